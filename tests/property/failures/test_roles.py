"""Whatever users and failures do to services and applications, nothing is lost, doubled or pending for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.model import commands as cmd
from fcm.model.entities import DiskUse, GroupType, Resource, ResourceState, ResourceType
from fcm.model.failures import FaultKind
from fcm.model.rules.allowed import allowed
from fcm.model.rules.dependencies import providers
from fcm.model.rules.failing.guardian import violations
from fcm.model.state import State, apply
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

NODES = ("node1", "node2", "node3")
_Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("add", "move", "online", "offline", "fail", "take", "bring", "resource", "disk", "return",
                         "delete", "power", "cable", "repair", "drain", "resume", "wait")),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=14,
)  # fmt: skip


def _ready() -> Desk:
    desk = Desk()
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (disk,)))
    assert desk.do(cmd.AddRole(GroupType.GENERIC_SERVICE, "TIME01", "10.0.1.61", (), "W32Time"))
    return desk


def _command(desk: Desk, step: _Step) -> cmd.Command | None:
    what, first, second = step
    state = desk.state
    roles = [one for one in state.groups.values() if one.is_role]
    if what == "add":
        available = [one.id for one in state.disks.values() if one.use is DiskUse.AVAILABLE]
        disks = tuple(available[: second % 2])
        return cmd.AddRole(GroupType.OTHER_SERVER, f"NEW{first}", f"10.0.1.{70 + first}", disks)
    if what in ("power", "cable", "repair", "drain", "resume"):
        return _of_nodes(desk, what, NODES[first % 3])
    if not roles:
        return None
    group = roles[first % len(roles)]
    members = state.group_resources(group.id)
    member = members[second % len(members)].id if members else ""
    disks = [one.disk for one in members if one.disk]
    available = [one.id for one in state.disks.values() if one.use is DiskUse.AVAILABLE]
    storage = desk.group("Available Storage").id
    made: dict[str, Callable[[], cmd.Command]] = {
        "move": lambda: cmd.MoveGroup(group.id, NODES[second % 3]),
        "online": lambda: cmd.SetGroupOnline(group.id, online=True),
        "offline": lambda: cmd.SetGroupOnline(group.id, online=False),
        "fail": lambda: cmd.FailResource(member),
        "take": lambda: cmd.TakeOffline(member),
        "bring": lambda: cmd.BringOnline(member),
        "resource": lambda: cmd.AddResource(group.id, ResourceType.PRINT_SPOOLER, f"Spooler {second}"),
        "disk": lambda: cmd.MoveDisk(available[0] if available else "", group.id),
        "return": lambda: cmd.MoveDisk(disks[0] if disks else "", storage),
        "delete": lambda: cmd.RemoveGroup(group.id),
    }
    return made[what]() if what in made else None


def _of_nodes(desk: Desk, what: str, node: str) -> cmd.Command | None:
    match what:
        case "power":
            return cmd.InjectFault(FaultKind.POWER_OFF, node)
        case "cable":
            return cmd.InjectFault(FaultKind.UNPLUG_CABLE, desk.adapter(node, "Cluster Network 1").id)
        case "repair":
            return next((cmd.RepairFault(one) for one in desk.state.faults), None)
        case "drain":
            return cmd.DrainNode(node)
        case _:
            return cmd.ResumeNode(node)


def _consistent(desk: Desk) -> None:
    state = desk.state
    assert not violations(state)
    for group in (one for one in state.groups.values() if one.is_role):
        members = state.group_resources(group.id)
        for one in members:
            if one.disk is not None:
                assert state.disks[one.disk].owner == group.owner, one.name
                assert state.disks[one.disk].use is DiskUse.GROUP, one.name
            if one.state is ResourceState.ONLINE:
                needed = [state.resources[other].state for other in providers(one)]
                assert set(needed) <= {ResourceState.ONLINE}, one.name
    owned = [one.disk for one in state.resources.values() if one.disk is not None]
    assert len(owned) == len(set(owned)), "a disk is in one group"


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_services_stay_whole_whatever_happens(steps: list[_Step]) -> None:
    desk = _ready()
    for step in steps:
        command = _command(desk, step)
        if command is not None:
            before = allowed(command, desk.state)
            verdict = desk.do(command)
            assert verdict.ok or verdict.reason
            assert before.ok or not verdict.ok
        desk.run(float(step[2]))
        _consistent(desk)
    state = State()
    for entry in desk.entries:
        if not entry.event.transient:
            state, _ = apply(state, entry)
    assert state.groups == desk.state.groups
    assert state.resources == desk.state.resources
    desk.workspace.close()


def _may_run(one: Resource, state: State) -> bool:
    """Whether neither it nor anything that it depends on, at any distance, was taken offline."""
    return one.wanted and all(_may_run(state.resources[other], state) for other in providers(one))


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_once_all_is_repaired_everything_wanted_is_online(steps: list[_Step]) -> None:
    desk = _ready()
    for step in steps:
        command = _command(desk, step)
        if command is not None:
            desk.do(command)
        desk.run(float(step[2]))
    while desk.state.faults:
        assert desk.do(cmd.RepairFault(next(iter(desk.state.faults))))
    for node in NODES:
        desk.do(cmd.ResumeNode(node))
    desk.run(2 * 3600.0)
    for group in (one for one in desk.state.groups.values() if one.is_role and one.wanted):
        for one in desk.state.group_resources(group.id):
            if _may_run(one, desk.state):
                assert one.state is ResourceState.ONLINE, (group.name, one.name, one.failure)
    desk.workspace.close()
