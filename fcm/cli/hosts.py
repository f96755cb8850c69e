"""The verbs of ``fcm hosts``: check hosts, measure a machine, a common processor, empty a node, form a cluster."""

from __future__ import annotations

import math
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.cli.hosts_cluster import add_cluster_verb
from fcm.model.commands import ResumeNode
from fcm.model.entities import NodeState
from fcm.model.rules.moving.drains import last_drain
from fcm.model.rules.networks import migration_order
from fcm.model.structures.tables import name_of
from fcm.model.telemetry import Phase
from fcm.text.words import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from typing import Protocol

    from fcm.backend.libvirt.configuration.check import HostFacts
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.moves.measure import MeasuredMachine
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.plan import Plan
    from fcm.model.entities import Network
    from fcm.workspace.planning.drain import DrainRow
    from fcm.workspace.planning.drain_plan import DrainPlan
    from fcm.workspace.workspace import Workspace

    class _Wait(Protocol):
        """Drains a cluster until something holds, so many s at most; whether it holds."""

        def __call__(self, condition: Callable[[], bool], limit: float = ...) -> bool: ...

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2
OPEN_LIMIT = 15.0
"""s to wait for the hosts to answer."""


def add_hosts_verbs(verbs: Subparsers) -> None:
    """Add ``hosts`` with its verbs; each parsed namespace carries ``handler``, which returns the exit code."""
    hosts = verbs.add_parser("hosts")
    inner = hosts.add_subparsers(title="verbs", required=True, metavar="VERB")
    check = inner.add_parser("check", help="check every host and list problems")
    check.add_argument("file", type=Path, metavar="FILE", help="hosts file, see docs/live-hosts.md")
    check.set_defaults(handler=_check)
    trust = inner.add_parser("trust", help="show what a hosts file does besides connecting, and allow it")
    trust.add_argument("file", type=Path, metavar="FILE", help="hosts file")
    trust.add_argument("--yes", action="store_true", help="allow it without asking")
    trust.set_defaults(handler=_trust)
    measure = inner.add_parser(
        "measure",
        help="measure how fast a virtual machine writes memory, and predict whether a live migration converges",
    )
    measure.add_argument("file", type=Path, metavar="FILE", help="hosts file")
    measure.add_argument("machine", metavar="MACHINE", help="name of a running virtual machine")
    measure.set_defaults(handler=_measure)
    baseline = inner.add_parser(
        "baseline", help="find the processor model that all hosts support, for a virtual machine that is off"
    )
    baseline.add_argument("file", type=Path, metavar="FILE", help="hosts file")
    baseline.add_argument("machine", metavar="MACHINE", help="name of a virtual machine")
    baseline.add_argument("--set", action="store_true", help="apply it to the virtual machine (default: show only)")
    baseline.set_defaults(handler=_baseline)
    add_cluster_verb(inner)
    drain = inner.add_parser("drain", help="plan or start draining a node")
    drain.add_argument("file", type=Path, metavar="FILE", help="hosts file")
    drain.add_argument("node", metavar="NODE")
    drain.add_argument("--go", action="store_true", help="start the moves (default: show the plan only)")
    drain.set_defaults(handler=_drain)
    resume = inner.add_parser("resume", help="resume a paused node")
    resume.add_argument("file", type=Path, metavar="FILE", help="hosts file")
    resume.add_argument("node", metavar="NODE")
    resume.add_argument(
        "--failback", action="store_true", help="live migrate back the virtual machines that the last drain moved away"
    )
    resume.set_defaults(handler=_resume)


def _load(path: Path) -> HostsFile:
    """A hosts file, with what its owner has allowed."""
    from fcm.backend.libvirt.configuration.hosts_file import load
    from fcm.workspace.files.trusted_files import TrustedFiles

    return load(path, TrustedFiles().allows)


def _trust(arguments: argparse.Namespace) -> int:
    from fcm.backend.libvirt.configuration.hosts_file import load
    from fcm.workspace.files.trusted_files import TrustedFiles, UntrustedFileError

    trusted = TrustedFiles()
    path: Path = arguments.file
    try:
        load(path, trusted.allows)
    except UntrustedFileError as asked:
        print(f"Opening {path} would:")
        for demand in asked.demands:
            print(f"  - {demand}")
        if not arguments.yes and not _agreed():
            print("Not allowed.", file=sys.stderr)
            return FAILED
        try:
            trusted.allow(path, asked.digest)
        except OSError as error:
            print(f"{trusted.path} cannot be written: {error.strerror}.", file=sys.stderr)
            return FAILED
        print("Allowed until the file changes or moves.")
    else:
        print(f"{path} needs no permission, or is already allowed.")
    return DONE


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("Cannot ask without a terminal. To allow it, add --yes.", file=sys.stderr)
        return False
    try:
        return input("Allow this? [y/N] ").strip().casefold() in ("y", "yes")
    except EOFError:
        return False


def _check(arguments: argparse.Namespace) -> int:
    from fcm.backend.libvirt.configuration.check import ask_hosts, judge_hosts
    from fcm.workspace.hosts.checking import check_cluster

    hosts = _load(arguments.file)
    facts = ask_hosts(hosts)
    print("\n".join(table(facts)))
    results = judge_hosts(facts)
    if hosts.fencing is not None:
        results = (*(result for result in results if result.level != "pass"), *check_cluster(hosts)) or results
    print()
    for result in results:
        print(f"{result.level.upper():<5} {result.text}{f' {result.remedy}' if result.remedy else ''}")
    return FAILED if any(result.level == "fail" for result in results) else DONE


def _measure(arguments: argparse.Namespace) -> int:
    from fcm.backend.libvirt.cluster_view import formed_cluster
    from fcm.backend.libvirt.moves.measure import measure_machine
    from fcm.migration.judging.preflight import judge
    from fcm.model.quantities import rate, size

    hosts = _load(arguments.file)

    def told(sample: DirtySample) -> None:
        print(f"{sample.seconds:g} s: {sample.mib_per_s:g} MiB/s of distinct pages (sampled)", flush=True)

    found = measure_machine(hosts, arguments.machine, told)
    formed = formed_cluster(hosts, None)
    networks = {network.id: network for network in formed.networks}
    order = migration_order(formed.cluster, networks)
    if not order:
        print("No network in the hosts file is enabled for live migration.", file=sys.stderr)
        return FAILED
    network = networks[order[0]]
    if found.saw_nothing:
        print(
            f"{arguments.machine}: no writes were seen. Sampling reads 512 pages of each GiB, so a guest that writes "
            f"few pages is not seen: whether a migration converges cannot be told for such a guest."
        )
    judgement = judge(measured_plan(found, network), samples=found.samples)
    print(
        f"{arguments.machine} on {found.host}, {size(found.memory)}, over {network.name} ({rate(network.bandwidth)}):"
    )
    basis = "If it writes nothing" if found.saw_nothing else "Forecast based on measured dirty rates"
    print(f"{basis}: {judgement.sentence}")
    print(judgement.reckoned_with)
    return DONE


def measured_plan(found: MeasuredMachine, network: Network) -> Plan:
    """What ``fcm hosts measure`` judges: a measured machine over a network, without options."""
    from fcm.migration.constants import GOODPUT
    from fcm.migration.engine.policies import host_rule
    from fcm.migration.engine.specification import MigrationSpec, downtime_of, setup_of
    from fcm.migration.engine.workload import IDLE
    from fcm.migration.forecast.first_pass import filled_by
    from fcm.migration.judging.plan import Plan
    from fcm.workspace.planning.preflight import speed_words

    line = network.bandwidth * GOODPUT
    spec = MigrationSpec(
        IDLE,
        found.memory,
        rule=host_rule(found.version),
        bandwidth=line,
        line_rate=line,
        fixed_downtime=downtime_of(found.version, line),
        setup_time=setup_of(found.version),
        dirty_ring=found.emulator is not None and found.emulator.emulated,
    )
    return Plan(
        spec,
        zero_share=0.0 if found.emulator is None else 1.0 - filled_by(found.emulator, found.memory) / found.memory,
        bandwidth_words=speed_words(network),
        line_words=f"what {network.name} carries",
    )


def _baseline(arguments: argparse.Namespace) -> int:
    from fcm.backend.libvirt.baseline import find_baseline

    baseline = find_baseline(_load(arguments.file), arguments.machine, apply=arguments.set)
    print(f"All hosts support {baseline.model} with {counted(len(baseline.features), 'feature')}.")
    for host, lost in baseline.lost.items():
        cost = f"cannot use {', '.join(lost)} of {host}" if lost else f"has all features of {host}"
        print(f"A virtual machine with this processor {cost}.")
    print(
        f"{arguments.machine} "
        f"{'uses it from the next start' if arguments.set else 'is unchanged (use --set to apply)'}."
    )
    return DONE


@contextmanager
def _opened(file: Path, keep: bool) -> Iterator[tuple[Workspace, _Wait]]:
    """The hosts as a cluster, once each of them was asked; and a way to wait for what happens in it."""
    from fcm.app import open_workspace

    awake = threading.Event()
    workspace = open_workspace(f"libvirt:{file}", keep=keep)
    workspace.set_wake(awake.set)

    def wait_for(condition: Callable[[], bool], limit: float = math.inf) -> bool:
        end = time.monotonic() + limit
        while not condition() and time.monotonic() < end:
            awake.wait(0.2)
            awake.clear()
            workspace.drain()
        return condition()

    def asked() -> bool:
        nodes = workspace.state.nodes.values()
        return not any(node.state is NodeState.DOWN and node.note.startswith("Connecting") for node in nodes)

    try:
        wait_for(asked, OPEN_LIMIT)
        yield workspace, wait_for
    finally:
        workspace.close()


def _has_node(workspace: Workspace, name: str) -> bool:
    if name in workspace.state.nodes:
        return True
    print(f"The hosts file has no node {name}. Nodes: {', '.join(workspace.state.nodes)}.", file=sys.stderr)
    return False


def _drain(arguments: argparse.Namespace) -> int:
    from fcm.workspace.planning.drain import plan_drain

    # What is done is kept, as the window would: the pause of the node must outlive this command.
    with _opened(arguments.file, keep=arguments.go) as (workspace, wait_for):
        if not _has_node(workspace, arguments.node):
            return WRONG_USAGE
        plan = plan_drain(workspace, arguments.node)
        names = {machine.id: machine.name for machine in workspace.state.machines.values()}
        for number, move in enumerate(plan.moves, 1):
            takes = "not expected to finish" if move.duration is None else f"about {move.duration:.1f} s ({move.basis})"
            print(f"{number}. {move.name} to {move.destination}: {takes}. {move.reason}")
        for item in plan.staying:
            print(f"   {names[item.machine]} stays: {item.reason} {item.remedy}".rstrip())
        if not arguments.go:
            return DONE if plan.is_complete else FAILED
        return _carry_out(workspace, plan, wait_for)


def _resume(arguments: argparse.Namespace) -> int:
    """End the pause of a node, and wait for the machines that come back."""
    with _opened(arguments.file, keep=True) as (workspace, wait_for):
        if not _has_node(workspace, arguments.node):
            return WRONG_USAGE
        before = frozenset(workspace.state.migrations)
        operation = workspace.submit(ResumeNode(arguments.node, arguments.failback))
        wait_for(lambda: operation.verdict is not None)
        workspace.drain()
        verdict = operation.verdict
        if verdict is None or not verdict.ok:
            print("" if verdict is None else verdict.sentence(), file=sys.stderr)
            return FAILED
        print(f"{arguments.node} is resumed and accepts virtual machines again.")
        return _come_back(workspace, before, wait_for) if arguments.failback else DONE


def _come_back(workspace: Workspace, before: frozenset[str], wait_for: _Wait) -> int:
    """Tell of each migration that began since, once it is over."""
    told: set[str] = set()
    completed = True

    def are_over() -> bool:
        nonlocal completed
        coming = [one for one in workspace.state.migrations.values() if one.id not in before]
        for one in coming:
            if not one.phase.is_over or one.id in told:
                continue
            told.add(one.id)
            name = name_of(workspace.state.machines, one.machine)
            if one.phase is Phase.COMPLETED:
                print(f"{name} is back on {one.destination}.", flush=True)
            else:
                completed = False
                print(f"{name}: {one.phase.value}. {one.reason} {one.remedy}".rstrip(), file=sys.stderr)
        return all(one.phase.is_over for one in coming)

    wait_for(are_over)
    return DONE if completed else FAILED


def _carry_out(workspace: Workspace, plan: DrainPlan, wait_for: _Wait) -> int:
    """Drain the node and tell each move's duration against the planned one."""
    operation = workspace.submit(plan.command())
    wait_for(lambda: operation.verdict is not None)
    workspace.drain()
    verdict = operation.verdict
    if verdict is None or not verdict.ok:
        print(f"{plan.node} was not drained. {'' if verdict is None else verdict.sentence()}".rstrip(), file=sys.stderr)
        return FAILED
    from fcm.workspace.planning.drain import course, node_sentence

    told: set[str] = set()

    def is_over() -> bool:
        drain = last_drain(workspace.state, plan.node)
        if drain is None:
            return False
        for row in course(workspace.state, drain, workspace.now()):
            if row.phase is not None and row.phase.is_over and row.name not in told:
                told.add(row.name)
                _tell(row)
        return drain.ended is not None

    wait_for(is_over)
    drain = last_drain(workspace.state, plan.node)
    assert drain is not None
    rows = course(workspace.state, drain, workspace.now())
    print(node_sentence(workspace.state, drain))
    return DONE if plan.is_complete and all(row.phase is Phase.COMPLETED for row in rows) else FAILED


def _tell(row: DrainRow) -> None:
    if row.phase is not Phase.COMPLETED or row.actual is None:
        remedy = row.migration.remedy if row.migration else ""
        print(f"{row.name}: {row.status} {remedy}".rstrip(), file=sys.stderr)
        return
    planned = "" if row.move.predicted is None else f", planned {row.move.predicted:.1f} s"
    print(f"{row.name} runs on {row.move.destination}: {row.actual:.1f} s{planned}", flush=True)


def table(facts: Sequence[HostFacts]) -> list[str]:
    """One line per host under a line of headings, columns as wide as they need."""
    from fcm.model.quantities import size

    rows: list[tuple[str, ...]] = [
        ("Host", "Answer", "libvirt", "QEMU", "Processor", "Memory", "Machines", "Networks", "Storage")
    ]
    for fact in facts:
        reached = sum(text == "answered" for text in fact.paths.values())
        networks = f"{reached} of {len(fact.paths)}"
        if fact.answered:
            storage = "not in a pool" if fact.files is None else counted(len(fact.files), "file")
            rows.append(
                (
                    fact.name,
                    f"{fact.duration:.2f} s",
                    fact.libvirt,
                    fact.qemu,
                    fact.processor,
                    size(fact.memory),
                    str(fact.machines),
                    networks,
                    storage,
                )
            )
        else:
            rows.append((fact.name, "none", *("-",) * 5, networks if fact.paths else "-", "-"))
    names = [fact.tls_name for fact in facts]
    if any(names):  # most hosts files have none
        rows = [(*row, name) for row, name in zip(rows, ["TLS name", *(n or "address" for n in names)], strict=True)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
