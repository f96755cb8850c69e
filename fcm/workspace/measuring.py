"""Measure how a machine writes its memory, judge a live migration by it, and offer what would let it end.

What is measured comes from ``Workspace.measure_writes``, the judgement from ``fcm.migration.judging.preflight``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.constants import GOODPUT
from fcm.migration.judging.preflight import RemedyKind
from fcm.model.commands import LiveMigrate
from fcm.text.words import quoted
from fcm.workspace.planning.preflight import Question, first_network, question
from fcm.workspace.tuning import DANGER

if TYPE_CHECKING:
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.preflight import Judgement, Remedy
    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import MigrationOptions
    from fcm.workspace.view import ClusterView

LONGEST = 15.0
"""s that the four measurements of a real host take together."""


@dataclass(frozen=True, slots=True)
class Way:
    """A live migration as it would end, ready to be started."""

    text: str
    """Of the button, imperative."""
    command: LiveMigrate
    consequence: str
    dangerous: bool = False
    """True where the machine can be lost by it."""


def origin(workspace: ClusterView, machine: VirtualMachine) -> str:
    """Where the figures come from, in words."""
    if workspace.simulated:
        workload = machine.workload or "idle"
        return f"Computed from the workload {quoted(workload)} of the simulated machine; nothing is measured."
    return (
        f"Measured by QEMU on {machine.node}: it samples 512 pages of each GiB for 1, 2, 4 and 8 s, so the figures are "
        "rough. The machine keeps running."
    )


def measured_question(
    workspace: ClusterView, machine: VirtualMachine, destination: str, samples: tuple[DirtySample, ...]
) -> Question:
    """What is to be judged by measured samples, whatever else is known of the machine."""
    asked = question(workspace, machine, destination)
    if asked.plan is None:
        return asked
    return Question(asked.plan, None, samples)


def ways(workspace: ClusterView, machine: VirtualMachine, destination: str, judgement: Judgement) -> tuple[Way, ...]:
    """What can be started now: the migration as it is where it ends, else with one remedy each.

    A bandwidth is offered only where a limit of the cluster's options holds it down and the network carries more.
    """
    usual = workspace.state.migration_options(None)
    plain = Way(
        f"Live migrate to {destination}",
        LiveMigrate(machine.id, destination),
        "Uses the live migration options of the cluster.",
    )
    if not judgement.remedies:
        return (plain,)
    found = [_way(workspace, machine, destination, remedy, usual) for remedy in judgement.remedies]
    return tuple(way for way in found if way is not None)


def _way(
    workspace: ClusterView, machine: VirtualMachine, destination: str, remedy: Remedy, usual: MigrationOptions
) -> Way | None:
    start = f"Live migrate to {destination} with "
    takes = f"Takes about {remedy.total:.0f} s."
    match remedy.kind:
        case RemedyKind.DOWNTIME_LIMIT if remedy.value is not None:
            options = replace(usual, downtime_limit=remedy.value)
            limit = f"{remedy.value * 1000:.0f} ms"
            text, cost = f"a downtime limit of {limit}", f"{takes} The guest may be stopped for {limit}."
        case RemedyKind.AUTO_CONVERGE:
            options = replace(usual, auto_converge=True)
            text, cost = "auto-converge", f"{takes} The guest is slowed down during the migration."
        case RemedyKind.BANDWIDTH if remedy.value is not None:
            network = first_network(workspace.state, machine, destination)
            if usual.bandwidth is None or network is None or remedy.value > network.bandwidth * GOODPUT:
                return None
            options = replace(usual, bandwidth=round(remedy.value))
            text = f"{remedy.value * 8 / 1e6:.0f} Mbit/s"
            cost = f"{takes} Other traffic on {network.name} gets less."
        case RemedyKind.POSTCOPY:
            options = replace(usual, post_copy=True)
            text, cost = "post-copy", DANGER
        case _:
            return None
    dangerous = remedy.kind is RemedyKind.POSTCOPY
    return Way(start + text, LiveMigrate(machine.id, destination, options), cost, dangerous)
