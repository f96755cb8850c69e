"""Which failures make sense: what is refused, in which words, and that the rest is allowed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from fcm.model.commands import InjectFault, RepairFault, ShutDownNode
from fcm.model.entities import MachineState, NodeState, QuorumMode, ResourceState
from fcm.model.failures import Fault, FaultKind, GuestState
from fcm.model.rules.allowed import allowed
from tests.unit.model.changed import disk, machine, network, with_cluster, with_disk, with_machine, with_node

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State

    Changed = Callable[[State], State]
    Made = Callable[[State], InjectFault]

SHARE = r"\\server\witness"
K = FaultKind


def failed(state: State, kind: FaultKind, target: str, node: str = "", together: tuple[str, ...] = ()) -> State:
    fault = Fault(f"f{len(state.faults)}", kind, target, 1.0, node, together)
    return replace(state, faults=MappingProxyType({**state.faults, fault.id: fault}))


def with_share(state: State) -> State:
    return with_cluster(state, quorum_mode=QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, witness=SHARE)


def same(state: State) -> State:
    return state


def off(*nodes: str) -> Changed:
    def change(state: State) -> State:
        for node in nodes:
            state = failed(state, K.POWER_OFF, node)
        return state

    return change


def of(kind: FaultKind, target: str, node: str = "", together: tuple[str, ...] = ()) -> Made:
    return lambda state: InjectFault(kind, target, node, together)


def of_disk(kind: FaultKind, name: str, node: str = "") -> Made:
    return lambda state: InjectFault(kind, disk(state, name).id, node)


def of_machine(kind: FaultKind, name: str) -> Made:
    return lambda state: InjectFault(kind, machine(state, name).id)


def of_adapter(state: State) -> InjectFault:
    return InjectFault(K.UNPLUG_CABLE, next(one.id for one in state.adapters.values() if one.node == "node1"))


def of_network(state: State) -> InjectFault:
    return InjectFault(K.SWITCH_DOWN, network(state, "Cluster Network 2").id)


ALLOWED: dict[str, tuple[Made, Changed]] = {
    "power off": (of(K.POWER_OFF, "node1"), same),
    "power off of what hangs": (of(K.POWER_OFF, "node1"), lambda s: failed(s, K.HANG, "node1")),
    "hang": (of(K.HANG, "node2"), same),
    "bugcheck": (of(K.BUGCHECK, "node2"), same),
    "service crash": (of(K.SERVICE_CRASH, "node2"), same),
    "isolate one": (of(K.ISOLATE, "node3"), same),
    "isolate two": (of(K.ISOLATE, "node3", together=("node1",)), same),
    "unplug": (of_adapter, same),
    "switch": (of_network, same),
    "path": (of_disk(K.LOSE_PATH, "Cluster Disk 2", "node1"), same),
    "lun": (of_disk(K.LOSE_LUN, "Cluster Disk 2"), same),
    "reservation": (of_disk(K.LOSE_RESERVATION, "Cluster Disk 1"), same),
    "share": (of(K.LOSE_SHARE, SHARE), with_share),
    "guest hang": (of_machine(K.GUEST_HANG, "SQL01"), same),
    "guest bugcheck": (of_machine(K.GUEST_BUGCHECK, "SQL01"), same),
    "guest shutdown": (of_machine(K.GUEST_SHUTDOWN, "SQL01"), same),
}
REFUSED: dict[str, tuple[Made, Changed, str]] = {
    "twice": (of(K.POWER_OFF, "node1"), off("node1"), "already simulated"),
    "hang without power": (of(K.HANG, "node1"), off("node1"), "node1 has no power. Turn it on"),
    "bugcheck of what hangs": (of(K.BUGCHECK, "node1"), lambda s: failed(s, K.HANG, "node1"), "node1 hangs"),
    "crash of what is stopped": (
        of(K.SERVICE_CRASH, "node3"),
        lambda s: with_node(s, "node3", state=NodeState.DOWN),
        "cluster service of node3 is not running",
    ),
    "isolate all": (of(K.ISOLATE, "node1", together=("node2", "node3")), same, "No node would be on the other side"),
    "isolate twice named": (of(K.ISOLATE, "node1", together=("node1",)), same, "specified twice"),
    "isolate from the dead": (
        of(K.ISOLATE, "node1"),
        off("node2", "node3"),
        "No node on the other side responds",
    ),
    "the same cut from the other side": (
        of(K.ISOLATE, "node1", together=("node2",)),
        lambda s: failed(s, K.ISOLATE, "node3"),
        "already separated",
    ),
    "unplug without power": (of_adapter, off("node1"), "node1 has no power"),
    "path without a node": (of_disk(K.LOSE_PATH, "Cluster Disk 2"), same, "is not specified"),
    "path of one that has none": (
        of_disk(K.LOSE_PATH, "Cluster Disk 2", "node1"),
        lambda s: with_disk(s, "Cluster Disk 2", visible_to=("node2",)),
        "node1 does not see the LUN of Cluster Disk 2",
    ),
    "path of a lost LUN": (
        of_disk(K.LOSE_PATH, "Cluster Disk 2", "node1"),
        lambda s: failed(s, K.LOSE_LUN, disk(s, "Cluster Disk 2").id),
        "No node reaches the LUN",
    ),
    "path without power": (of_disk(K.LOSE_PATH, "Cluster Disk 2", "node1"), off("node1"), "node1 has no power"),
    "reservation of an unused disk": (
        of_disk(K.LOSE_RESERVATION, "Cluster Disk 2"),
        lambda s: with_disk(s, "Cluster Disk 2", owner=None),
        "no node has reserved it",
    ),
    "reservation that is unknown": (
        of_disk(K.LOSE_RESERVATION, "Cluster Disk 2"),
        lambda s: with_disk(s, "Cluster Disk 2", persistent_reservations=False),
        "does not support persistent reservations",
    ),
    "reservation of what is offline": (
        of_disk(K.LOSE_RESERVATION, "Cluster Disk 2"),
        lambda s: with_disk(s, "Cluster Disk 2", state=ResourceState.OFFLINE),
        "is offline, so no node has reserved it",
    ),
    "share without one": (of(K.LOSE_SHARE, SHARE), same, "has no file share witness"),
    "another share": (of(K.LOSE_SHARE, r"\\other\share"), with_share, r"is not the file share witness. The witness is"),
    "guest of a machine that is off": (
        of_machine(K.GUEST_HANG, "SQL01"),
        lambda s: with_machine(s, "SQL01", state=MachineState.OFF),
        "SQL01 is not running (off). Start it",
    ),
    "guest on a dead node": (
        of_machine(K.GUEST_HANG, "SQL01"),
        lambda s: off(machine(s, "SQL01").node)(s),
        "has no power",
    ),
    "shutdown of a guest that hangs": (
        of_machine(K.GUEST_SHUTDOWN, "SQL01"),
        lambda s: with_machine(s, "SQL01", guest=GuestState.HUNG),
        "does not respond",
    ),
    "a node for what is on none": (of(K.POWER_OFF, "node1", "node2"), same, "only with LosePath"),
    "together without a cut": (of(K.HANG, "node1", together=("node2",)), same, "only with Isolate"),
    "nobody": (of(K.HANG, "node9"), same, "node9 is no longer in this cluster"),
    "a disk that is none": (of(K.LOSE_LUN, "x"), same, "x is no longer in this cluster"),
    "isolated with nobody": (of(K.ISOLATE, "node1", together=("node9",)), same, "node9 is no longer in this cluster"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_it_can_fail(state: State, name: str) -> None:
    command, change = ALLOWED[name]
    changed = change(state)
    assert allowed(command(changed), changed).reason == ""


@pytest.mark.parametrize("name", REFUSED)
def test_it_cannot_fail_and_these_words_say_why(state: State, name: str) -> None:
    command, change, words = REFUSED[name]
    changed = change(state)
    verdict = allowed(command(changed), changed)
    assert not verdict
    assert words in verdict.sentence()


def test_every_kind_of_failure_is_allowed_somewhere(state: State) -> None:
    assert {command(change(state)).kind for command, change in ALLOWED.values()} == set(FaultKind)


def test_only_what_has_failed_can_be_repaired(state: State) -> None:
    assert not allowed(RepairFault("f0"), state)
    assert allowed(RepairFault("f0"), off("node1")(state))


def test_a_node_is_shut_down_once_and_only_while_it_responds(state: State) -> None:
    assert allowed(ShutDownNode("node1"), state)
    assert "node1 has no power" in allowed(ShutDownNode("node1"), off("node1")(state)).reason
    being = with_node(state, "node1", shutdown="off")
    assert "already being shut down" in allowed(ShutDownNode("node1"), being).reason
    isolated = replace(state.nodes["node1"], state=NodeState.ISOLATED)
    apart = replace(state, nodes={**state.nodes, "node1": isolated})
    assert "node1 is isolated" in allowed(ShutDownNode("node1"), apart).reason
