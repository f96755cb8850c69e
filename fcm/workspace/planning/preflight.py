"""Will a planned live migration converge? The plan and what is known of the guest's writing, from an open cluster."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.constants import GOODPUT
from fcm.migration.engine.policies import host_rule
from fcm.migration.engine.specification import downtime_of, setup_of, specification_of
from fcm.migration.judging.fitting import DirtySample
from fcm.migration.judging.plan import Plan
from fcm.migration.judging.preflight import Judgement, Verdict, judge
from fcm.migration.recordings.recording import Recording
from fcm.model.entities import MIB, AdapterState
from fcm.model.migrations import MigrationKind
from fcm.model.rules.failing.access import redirected_load
from fcm.model.rules.moving.preflight_checks import CATEGORY
from fcm.model.rules.networks import migration_order
from fcm.model.telemetry import Phase
from fcm.model.validation.report import CheckResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.engine.workload import Workload
    from fcm.model.entities import Network, VirtualMachine
    from fcm.model.migrations import MigrationOptions
    from fcm.model.state import State
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.view import ClusterView

NAME = "Convergence"
"""Of the check that this module adds to those of fcm.model.rules.moving.preflight_checks."""
MEMBERS = 12
"""Migrations run beside the best guess for the intervals; more would keep a user waiting."""
SHORTEST = 0.5
"""s that a pass must have taken for its dirtied pages to tell a rate."""


_BESIDE = ", less redirected I/O of Cluster Shared Volumes, which is assumed"


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that the judgement needs; it can be answered in another thread."""

    plan: Plan | None
    workload: Workload | None
    samples: tuple[DirtySample, ...]
    unknown: str = ""
    """Why no judgement is possible, in words; "" if one is."""
    basis: str = ""
    """On what the judgement rests, in words; "" for a workload that is known."""

    def answer(self) -> tuple[CheckResult, Judgement | None]:
        """The check in words, and what it rests on. May take some tenths of a second."""
        if self.plan is None or self.unknown:
            return CheckResult(NAME, CATEGORY, "info", self.unknown), None
        judgement = judge(self.plan, self.workload, self.samples, members=MEMBERS)
        text = " ".join(part for part in (judgement.sentence, judgement.reckoned_with, self.basis) if part)
        if judgement.verdict is Verdict.CONVERGES:
            return CheckResult(NAME, CATEGORY, "pass" if judgement.certain else "warn", text), judgement
        remedy = "You can still start it, watch it here, and cancel it at any time."
        return CheckResult(NAME, CATEGORY, "warn", text, remedy), judgement


def question(
    workspace: ClusterView, machine: VirtualMachine, destination: str, options: MigrationOptions | None = None
) -> Question:
    """What is to be judged, read from the state; cheap. ``options`` None: those of the cluster."""
    options = workspace.state.migration_options(options)
    network = first_network(workspace.state, machine, destination)
    if network is None:
        return Question(
            None,
            None,
            (),
            "No network can carry a live migration to that node now, so convergence cannot be predicted.",
        )
    source = workspace.state.nodes.get(machine.node)
    version = source.version if source is not None else ""
    spec = specification_of(options, machine.memory, rule=host_rule(version))
    whole = network.bandwidth * GOODPUT
    load = redirected_load(workspace.state)
    beside = max(load.get((node, network.id), 0.0) for node in (machine.node, destination))
    line = whole - min(beside, whole / 2)  # the two share it evenly where both want all of it
    plan = Plan(
        replace(
            spec,
            bandwidth=min(spec.bandwidth, line or math.inf),
            line_rate=line,
            setup_time=setup_of(version),
            fixed_downtime=downtime_of(version, line, not options.bandwidth, options.parallel_connections),
        ),
        zero_share=machine.zero_share,
        bandwidth_words=_bandwidth_words(options, network, line) + (_BESIDE if beside else ""),
        line_words=f"what {network.name} carries" + (_BESIDE if beside else ""),
    )
    workload = known_workload(machine)
    if workload is not None:
        return Question(plan, workload, ())
    samples, basis = measured_samples(workspace, machine.id)
    if not samples:
        return Question(
            plan,
            None,
            (),
            f"How {machine.name} writes its memory has not been measured yet: choose Measure memory writes, or wait "
            "for the first pass of a live migration.",
        )
    return Question(plan, None, samples, basis=basis)


def _bandwidth_words(options: MigrationOptions, network: Network, line: float) -> str:
    if options.bandwidth and options.bandwidth < line:
        return "the limit of the migration's options"
    return speed_words(network)


def speed_words(network: Network) -> str:
    """Where a bandwidth comes from that is what a network carries, as a clause."""
    return f"the speed of {network.name} less {(1 - GOODPUT) * 100:.0f} % for TCP and Ethernet, which is assumed"


def first_network(state: State, machine: VirtualMachine, destination: str) -> Network | None:
    """The first network of the preference order of a machine that connects its node with another now."""
    if state.cluster is None:
        return None
    for identity in migration_order(state.cluster, state.networks, machine):
        ends = (state.adapter(machine.node, identity), state.adapter(destination, identity))
        if all(end is not None and end.state is AdapterState.UP for end in ends):
            return state.networks[identity]
    return None


def known_workload(machine: VirtualMachine) -> Workload | None:
    """The workload of a machine of an embedded cluster; None for a real guest."""
    if not machine.workload:
        return None
    from fcm.backend.embedded.machines.workloads import workload_of

    return workload_of(machine)


def measured_samples(workspace: ClusterView, machine: str) -> tuple[tuple[DirtySample, ...], str]:
    """How a machine was seen to write, and how that was found out; the newest counts, both are empty without any.

    What was measured before a migration counts, and what the passes of its live migrations found dirtied.
    """
    when, measured = workspace.measured.get(machine, (-math.inf, ()))
    for migration in reversed(tuple(workspace.state.migrations.values())):
        if migration.machine == machine and migration.kind is MigrationKind.LIVE and migration.requested > when:
            samples = samples_of(workspace.rows(migration.id))
            if samples:
                return samples, "Forecast from what earlier migrations of it measured."
    return measured, "Forecast from the measurement of its memory writes." if measured else ""


def samples_of(rows: Sequence[TelemetryRow]) -> tuple[DirtySample, ...]:
    """Distinct pages that passes found dirtied, as samples of the dirty-rate curve, shortest first."""
    recording = Recording()
    for row in rows:
        if row.phase is Phase.BROWNOUT:
            recording.append(row)
    passes = [one for one in recording.passes()[:-1] if one.duration >= SHORTEST and one.dirtied > 0]
    rates = [(one.duration, one.dirtied * recording.page_size / MIB / one.duration) for one in passes]
    return tuple(DirtySample(seconds, rate, rounded=False) for seconds, rate in sorted(rates))
