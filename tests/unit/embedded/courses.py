"""What happens in simulated clusters when something fails or moves, written down event by event.

A file in tests/data/courses has each event of one course: s since its first step, and the facts in it; then where
everything is at the end. The courses are the same under the same seed. After a change that is meant, write them anew
and read what changed (``git diff``):

    python -m tests.unit.embedded.courses
"""

from __future__ import annotations

import tempfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, MachineState, NodeState, OfflineAction, QuorumMode, RestartPolicy
from fcm.model.failures import FaultKind
from fcm.model.migrations import MigrationOptions
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, repair, unplug
from tests.unit.embedded.failing_storage import with_volume
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Course = Callable[["Stage"], None]

FOLDER = Path(__file__).parents[2] / "data" / "courses"
COURSES: dict[str, Course] = {}


def course(steps: Course) -> Course:
    """Keep a course by its name."""
    COURSES[steps.__name__] = steps
    return steps


class Stage:
    """Clusters one after the other, and what is written down of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self._state = State()

    def on(self, desk: Desk, title: str, steps: Callable[[Desk], None], opened: State | None = None) -> None:
        """Write down what some steps bring in a cluster; ``opened``: and what the opening of this state brought."""
        self.lines.append(f"== {title}")
        begin = desk.workspace.now()
        first, same = len(desk.entries) if opened is None else 0, ""
        self.follow(opened or desk.state)
        try:
            steps(desk)
            for entry in desk.entries[first:]:
                told = self.told(entry, begin)
                self.lines += [] if told and len(told) == 1 and told[0][10:] == same else told
                same = told[0][10:] if told else same
        finally:
            desk.close()

    def follow(self, state: State) -> None:
        """What is told next happens to this state."""
        self._state = state

    def stands(self, desk: Desk, begin: float) -> None:
        """Write down where everything is."""
        self.lines += changes(State(), desk.state, begin)

    def told(self, entry: ev.Entry, begin: float) -> list[str]:
        """An event as lines; none for what passes without a trace."""
        if entry.event.transient:
            return []
        before, (self._state, _) = self._state, apply(self._state, entry)
        event, time = entry.event, f"{entry.time - begin:9.3f}"
        if isinstance(event, ev.NodeLogged):
            values = " ".join(f"{key}={value}" for key, value in sorted(dict(event.values).items()) if _is_told(value))
            return [f"{time} {event.node} {event.key} {values}".rstrip()]
        if isinstance(event, ev.FailoverRecorded):
            marks = {name: getattr(event.failover, name) for name in ("noticed", "away", "running", "booted", "ended")
                     if isinstance(getattr(event.failover, name, None), float)}  # fmt: skip
            shown = " ".join(f"{name}={value - begin:.3f}" for name, value in marks.items())
            return [f"{time} failover {shown}".rstrip()]
        facts = [_named(one.name, getattr(event, one.name), begin) for one in fields(event)]
        told, *more = changes(before, self._state, begin) or [""]
        line = " ".join(filter(None, (time, type(event).__name__, *facts, told)))
        return [line, *(f"{'':10}{one}" for one in more)]


def changes(before: State, after: State, begin: float) -> list[str]:
    """What became of each object that is not as before, fact by fact; without sentences and reports."""
    lines = []
    if before.cluster != after.cluster:
        lines.append(_change("cluster", before.cluster, after.cluster, begin))
    for kind in _KINDS:
        old, new = getattr(before, kind), getattr(after, kind)
        if old is not new:
            lines += [_change(kind, old.get(key), one, begin) for key, one in new.items() if one != old.get(key)]
    return lines


def _change(kind: str, old: object, new: Any, begin: float) -> str:
    """An object by its name, and its facts that changed."""
    name = getattr(new, "name", "") or getattr(new, "kind", "")
    facts = [
        _named(one.name, value, begin, whole=True, empty=old is not None)
        for one in fields(new)
        if (value := getattr(new, one.name)) != getattr(old, one.name, None) and one.name not in ("id", "name")
    ]
    return " ".join(filter(None, (kind, name, *facts)))


_KINDS = tuple(one.name for one in fields(State) if one.name not in ("sequence", "time", "cluster"))


def _named(name: str, value: object, begin: float, *, whole: bool = False, empty: bool = False) -> str:
    """A fact: a sentence is none, for words are held elsewhere; ``empty``: what is empty says something too."""
    if name in ("report", "what") or _is_sentence(value) or (is_dataclass(value) and not whole):
        return ""
    if not empty and (value is None or value in ("", (), False)):
        return ""
    return f"{name}={_short(value, begin)}"


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and ". " in f"{value} "


def _short(value: object, begin: float) -> str:
    """Times since the first step, other numbers with two digits."""
    if isinstance(value, float):
        return f"{value - begin if value > 500_000.0 and value < 1e8 else value:.2f}"
    if is_dataclass(value):
        facts = (_named(one.name, getattr(value, one.name), begin, whole=True) for one in fields(value))
        return f"({' '.join(filter(None, facts))})"
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_short(one, begin) for one in value)}]"
    return "-" if value is None else str(value)


def _is_told(value: object) -> bool:
    return value is not None and value not in ("", ()) and not _is_sentence(value)


# Steps


def after(desk: Desk, command: cmd.Command, seconds: float = 0.0) -> None:
    """Carry a command out, and let time pass."""
    desk.do(command)
    if seconds:
        desk.run(seconds)


def fails(kind: FaultKind, target: str, seconds: float = 120.0, node: str = "") -> Callable[[Desk], None]:
    """Something fails, and is repaired later."""

    def steps(desk: Desk) -> None:
        desk.inject(kind, target, node)
        desk.run(seconds)
        repair(desk)
        desk.run(600.0)

    return steps


VERSIONS = (ClusterVersion.V2008_R2, tuple(ClusterVersion)[-1])
"""The oldest rules and the newest ones."""


@course
def nodes_that_fail(stage: Stage) -> None:
    kinds = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH, FaultKind.ISOLATE)
    for version in VERSIONS:
        for kind in kinds:
            stage.on(desk_of(version), f"{version} {kind}", fails(kind, "node1"))


@course
def networks_that_fail(stage: Stage) -> None:
    for version in VERSIONS:

        def cables(desk: Desk) -> None:
            unplug(desk, "node2", "Cluster Network 3")
            desk.run(30.0)
            unplug(desk, "node2", "Cluster Network 1", "Cluster Network 2")
            desk.run(90.0)
            repair(desk)
            desk.run(300.0)

        stage.on(desk_of(version), f"{version} cables", cables)
        desk = desk_of(version)
        stage.on(desk, f"{version} switch", fails(FaultKind.SWITCH_DOWN, desk.network("Cluster Network 3").id, 60.0))


@course
def guests_that_fail(stage: Stage) -> None:
    for version in VERSIONS:
        for kind in (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN):
            desk = desk_of(version)
            stage.on(desk, f"{version} {kind}", fails(kind, desk.machine("WEB01").id, 300.0))


@course
def disks_that_fail(stage: Stage) -> None:
    for version in VERSIONS:
        for kind, node in ((FaultKind.LOSE_LUN, ""), (FaultKind.LOSE_PATH, "node1"), (FaultKind.LOSE_RESERVATION, "")):
            for name in ("Cluster Disk 1", "Cluster Disk 2"):
                desk = desk_of(version)
                with_volume(desk, "node1", IN1="node1", IN2="node2")
                stage.on(desk, f"{version} {kind} {name}", fails(kind, desk.disk(name).id, 150.0, node))


@course
def votes_that_are_lost(stage: Stage) -> None:
    for version in ("2008 R2", "2012", "2016"):
        for witness in ("", "disk", "share"):
            for count in (3,) if witness == "share" else (4,):

                def one_by_one(desk: Desk) -> None:
                    for name in tuple(desk.state.nodes)[1:]:
                        desk.inject(FaultKind.POWER_OFF, name)
                        desk.run(90.0)
                    repair(desk)
                    desk.run(600.0)

                path = cluster_file(stage.folder, count, witness, version)
                stage.on(Desk(path), f"{version} {count} {witness or 'no witness'}", one_by_one)


@course
def halves_and_isolation(stage: Stage) -> None:
    for version in ("2008 R2", "2016"):
        for witness in ("", "disk", "share"):

            def halves(desk: Desk) -> None:
                desk.inject(FaultKind.ISOLATE, "node1", "", ("node2",))
                desk.run(120.0)
                repair(desk)
                desk.run(600.0)

            stage.on(Desk(cluster_file(stage.folder, 4, witness, version)), f"{version} {witness or 'no'}", halves)


@course
def resources_that_fail_again(stage: Stage) -> None:
    for policy in (RestartPolicy(), RestartPolicy(restart=False), RestartPolicy(failover=False, retry_after=60)):
        desk = Desk()
        resource = next(one for one in desk.state.resources.values() if one.name == "Virtual Machine WEB01")

        def again(desk: Desk, identity: str = resource.id, policy: RestartPolicy = policy) -> None:
            after(desk, cmd.ConfigureResource(identity, policy=policy))
            for _ in range(4):
                after(desk, cmd.FailResource(identity), 40.0)
            desk.run(4000.0)

        stage.on(desk, str(policy), again)


@course
def groups_that_come_back(stage: Stage) -> None:
    for window in (None, (22, 4), (3, 5)):

        def back(desk: Desk, window: tuple[int, int] | None = window) -> None:
            group = desk.group("WEB01").id
            changes = {} if window is None else {"failback_window": window}
            after(desk, cmd.ConfigureGroup(group, preferred_owners=("node1",), failback=True, **changes))
            desk.inject(FaultKind.POWER_OFF, "node1")
            desk.run(100.0)
            repair(desk)
            desk.run(50_000.0)

        stage.on(Desk(), f"window {window}", back)


@course
def moves_that_are_cut(stage: Stage) -> None:
    for lost in ("n1", "n2"):
        for phase in (Phase.SETUP, Phase.BROWNOUT, Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP):
            for action in ("live", "post", "quick", "move"):
                machines = [machine("VM1", "n1", memory="2 GiB"), machine("VM2", "n2"), machine("VM3", "n3")]

                def cut(desk: Desk, action: str = action, phase: Phase = phase, lost: str = lost) -> None:
                    identity = desk.machine("VM1").id
                    options = MigrationOptions(post_copy=True) if action == "post" else None
                    desk.do(
                        cmd.QuickMigrate(identity, "n2")
                        if action == "quick"
                        else cmd.MoveMachine(identity, "n2")
                        if action == "move"
                        else cmd.LiveMigrate(identity, "n2", options)
                    )
                    for _ in range(400):
                        if desk.migration("VM1").phase is phase or desk.migration("VM1").phase.is_over:
                            break
                        desk.run(0.1)
                    if action == "post" and phase is Phase.BROWNOUT:
                        after(desk, cmd.TuneMigration(desk.migration("VM1").id, None, None, post_copy=True), 0.2)
                    desk.inject(FaultKind.POWER_OFF, lost)
                    desk.run(120.0)

                stage.on(Desk(cluster_of(stage.folder, machines)), f"{lost} {phase} {action}", cut)


@course
def nodes_that_leave(stage: Stage) -> None:
    for version in VERSIONS:

        def leave(desk: Desk) -> None:
            after(desk, cmd.DrainNode("node1"), 600.0)
            after(desk, cmd.ResumeNode("node1"), 300.0)
            after(desk, cmd.StopClusterService("node2"), 60.0)
            after(desk, cmd.StartClusterService("node2"), 120.0)
            after(desk, cmd.AddNode("node4"), 120.0)
            after(desk, cmd.StopClusterService("node4"), 60.0)
            after(desk, cmd.EvictNode("node4"), 10.0)
            after(desk, cmd.PauseNode("node3"), 10.0)

        stage.on(desk_of(version), str(version), leave)


@course
def clusters_that_are_shut_down(stage: Stage) -> None:
    for version in VERSIONS:

        def down(desk: Desk) -> None:
            for name in desk.state.nodes:
                after(desk, cmd.ShutDownNode(name, restart=name == "node1"), 5.0)
            desk.run(2000.0)
            for name in desk.state.nodes:
                if desk.state.nodes[name].state is NodeState.DOWN:
                    after(desk, cmd.StartClusterService(name), 30.0)
            desk.run(600.0)

        stage.on(desk_of(version), str(version), down)


@course
def machines_that_change(stage: Stage) -> None:
    def change(desk: Desk) -> None:
        identity = desk.machine("WEB01").id
        for wanted in (MachineState.PAUSED, MachineState.RUNNING, MachineState.SAVED, MachineState.RUNNING):
            after(desk, cmd.SetMachineState(identity, wanted), 60.0)
        after(desk, cmd.TakeSnapshot(identity, "before"), 30.0)
        after(desk, cmd.SetMachineState(identity, MachineState.OFF), 120.0)
        after(desk, cmd.SetMachineState(identity, MachineState.RUNNING), 60.0)
        after(desk, cmd.SetMachineState(identity, MachineState.OFF, forced=True), 20.0)
        for snapshot in tuple(desk.state.snapshots):
            after(desk, cmd.RevertToSnapshot(snapshot), 30.0)
            after(desk, cmd.DeleteSnapshot(snapshot), 300.0)
        after(desk, cmd.BackUpMachine(desk.machine("DC01").id), 900.0)
        resource = desk.state.machine_resource(desk.machine("SQL01").id)
        assert resource is not None
        for action in OfflineAction:
            after(desk, cmd.ConfigureResource(resource.id, offline_action=action))
            after(desk, cmd.SetMachineState(desk.machine("SQL01").id, MachineState.OFF), 200.0)
            after(desk, cmd.SetMachineState(desk.machine("SQL01").id, MachineState.RUNNING), 100.0)

    stage.on(Desk(), "machines", change)


@course
def moves_without_end(stage: Stage) -> None:
    options = {
        "plain": MigrationOptions(bandwidth=100_000_000),
        "auto-converge": MigrationOptions(bandwidth=100_000_000, auto_converge=True),
        "post-copy": MigrationOptions(bandwidth=100_000_000, post_copy=True),
        "long": MigrationOptions(bandwidth=100_000_000, downtime_limit=3.0),
        "limited": MigrationOptions(bandwidth=100_000_000, time_limit=90.0),
    }
    for name, chosen in options.items():

        def endless(desk: Desk, chosen: MigrationOptions = chosen) -> None:
            after(desk, cmd.LiveMigrate(desk.machine("CACHE01").id, "node1", chosen), 250.0)
            migration = desk.migration("CACHE01")
            after(desk, cmd.TuneMigration(migration.id, 0.5, 90_000_000), 250.0)
            after(desk, cmd.CancelMigration(migration.id), 10.0)

        stage.on(Desk(), name, endless)


@course
def storage_that_is_set_up(stage: Stage) -> None:
    def set_up(desk: Desk) -> None:
        names = ("Cluster Disk 2", "Cluster Disk 3", "Cluster Disk 4")
        two, three, four = (desk.disk(name).id for name in names)
        after(desk, cmd.EnableSharedVolumes(notice_accepted=True))
        after(desk, cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, four), 10.0)
        after(desk, cmd.AddStorage((two, three)), 10.0)
        after(desk, cmd.MoveSharedVolume(two, "node2"), 30.0)
        after(desk, cmd.CreateVirtualMachine("IN1", "node1", 512 << 20, two, disk_size=10 << 30, workload="web-server"))
        after(desk, cmd.MakeHighlyAvailable((desk.machine("IN1").id,)), 5.0)
        after(desk, cmd.SetMachineState(desk.machine("IN1").id, MachineState.RUNNING), 60.0)
        for on in (True, False):
            after(desk, cmd.SetRedirectedAccess(two, on), 20.0)
            after(desk, cmd.SetMaintenance(three, on), 20.0)
            after(desk, cmd.SetDiskOnline(desk.disk("Cluster Disk 1").id, not on), 20.0)
        after(desk, cmd.RenameSharedVolume(two, "Data"))
        after(desk, cmd.RemoveSharedVolume(three), 20.0)
        after(desk, cmd.RemoveSharedVolume(two), 20.0)
        after(desk, cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "\\\\files\\witness"), 20.0)
        after(desk, cmd.SetQuorum(QuorumMode.NODE_MAJORITY), 20.0)
        after(desk, cmd.RemoveGroup(desk.group("WEB01").id), 20.0)
        after(desk, cmd.DeleteVirtualMachine(desk.machine("TEST01").id), 20.0)

    for version in VERSIONS:
        stage.on(desk_of(version), str(version), set_up)


@course
def volumes_that_all_nodes_lose(stage: Stage) -> None:
    for version in VERSIONS:

        def lose(desk: Desk) -> None:
            for node in tuple(desk.state.nodes):
                desk.inject(FaultKind.LOSE_PATH, desk.disk("Cluster Disk 2").id, node)
                desk.run(60.0)
            after(desk, cmd.StopClusterService("node3"), 60.0)
            desk.run(300.0)
            repair(desk)
            after(desk, cmd.StartClusterService("node3"), 120.0)
            desk.run(600.0)

        desk = desk_of(version)
        with_volume(desk, "node1", IN1="node1", IN2="node2")
        stage.on(desk, str(version), lose)


def made(name: str, folder: Path) -> str:
    """A course as it goes today."""
    stage = Stage(folder)
    COURSES[name](stage)
    return "\n".join(stage.lines) + "\n"


if __name__ == "__main__":
    from tests.unit.embedded import courses_of_days, courses_of_losses, courses_of_other_days, courses_of_work
    from tests.unit.embedded.courses import COURSES  # that to which these files add

    assert courses_of_work.course is courses_of_losses.course is courses_of_days.course is courses_of_other_days.course
    FOLDER.mkdir(exist_ok=True)
    for one in COURSES:
        with tempfile.TemporaryDirectory() as place:
            (FOLDER / f"{one}.txt").write_text(made(one, Path(place)), encoding="utf-8")
