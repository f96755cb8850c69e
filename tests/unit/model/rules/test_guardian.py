"""The guardian says what may never be the case, and nothing about a cluster in good order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import find_cluster_file
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import events as ev
from fcm.model.entities import DiskUse, MachineState, NodeState
from fcm.model.failures import CutOffCopy, Fault, FaultKind, ServiceProcess
from fcm.model.rules.failing.guardian import is_stranded, pending_limit, runs_on_unseen, violations
from fcm.model.state import State, apply
from fcm.model.structures.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.entities import Node, VirtualMachine


@pytest.fixture(scope="module")
def state() -> State:
    return apply(State(), ev.Entry(1, 0.0, load(find_cluster_file("contoso"))))[0]


def sql(state: State) -> VirtualMachine:
    found = state.machine_named("SQL01")
    assert found is not None
    return found


def with_machine(before: State, **changes: object) -> State:
    machine = sql(before)
    changed = replace(machine, **changes)  # type: ignore[arg-type]
    return replace(before, machines=table(before.machines).with_one(machine.id, changed))


def with_disk(state: State, **changes: object) -> State:
    disk = state.disks[sql(state).disk or ""]
    return replace(state, disks=table(state.disks).with_one(disk.id, replace(disk, **changes)))  # type: ignore[arg-type]


def with_copy(state: State, node: str, node_state: NodeState = NodeState.DOWN) -> State:
    copy = CutOffCopy(sql(state).id, node, 5.0, "It is isolated.")
    nodes = table(state.nodes).with_one(node, replace(state.nodes[node], state=node_state))
    return replace(state, nodes=nodes, copies=table(state.copies).with_one(copy.id, copy))


def lost_node(state: State) -> State:
    return replace(state, nodes=table(state.nodes).without({"node1"}))


def lost_group(state: State) -> State:
    return replace(state, groups=table(state.groups).without({sql(state).group or ""}))


def lost_resource(state: State) -> State:
    gone = {resource.id for resource in state.machine_resources(sql(state).id)}
    return replace(state, resources=table(state.resources).without(gone))


def lost_disk(state: State) -> State:
    return replace(state, disks=table(state.disks).without({sql(state).disk or ""}))


def lost_machine(state: State) -> State:
    return replace(state, machines=table(state.machines).without({sql(state).id}))


def disk_elsewhere(state: State) -> State:
    return with_disk(state, owner="node2")


def owner_elsewhere(state: State) -> State:
    return with_machine(with_disk(state, owner="node2"), node="node2")


def copy_on_a_member(state: State) -> State:
    return with_copy(state, "node3", NodeState.UP)


def copy_beside_the_machine(state: State) -> State:
    return with_copy(state, "node1")


@pytest.mark.parametrize("name", ["contoso", "fabrikam"])
def test_a_cluster_as_it_was_made_is_in_good_order(name: str) -> None:
    made = apply(State(), ev.Entry(1, 0.0, load(find_cluster_file(name))))[0]
    assert violations(made) == ()


def test_no_cluster_is_in_good_order() -> None:
    assert violations(State()) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lost_node, "SQL01 is lost: its node node1 is not in the cluster."),
        (lost_node, "SQL01 is lost: its owner node1 is not in the cluster."),
        (lost_group, "SQL01 is lost: its service or application is not in the cluster."),
        (lost_resource, "SQL01 is lost: no resource controls it."),
        (lost_disk, "SQL01 is lost: the disk with its files is not in the cluster."),
        (lost_machine, "SQL01 has lost its virtual machine."),
        (disk_elsewhere, "SQL01 runs on node1, but node2 owns its disk Cluster Disk 5 and can write to it."),
        (owner_elsewhere, "SQL01 is on node2, but its service or application is owned by node1."),
        (
            copy_on_a_member,
            "A second copy of SQL01 runs on node3, which is a member of the cluster again: both can write.",
        ),
        (copy_beside_the_machine, "SQL01 runs twice on node1."),
    ],
)
def test_what_is_wrong_is_said(state: State, wrong: Callable[[State], State], said: str) -> None:
    assert said in violations(wrong(state))


def test_a_copy_without_disks_on_a_node_outside_is_allowed(state: State) -> None:
    assert violations(with_copy(state, "node3")) == ()


def test_a_machine_that_is_off_needs_no_disk_of_its_own(state: State) -> None:
    off = with_machine(with_disk(state, owner="node2"), state=MachineState.OFF)
    assert violations(off) == ()


def test_a_shared_volume_may_have_any_coordinator(state: State) -> None:
    assert violations(with_disk(state, owner="node2", use=DiskUse.SHARED_VOLUME)) == ()


def test_a_machine_on_a_node_that_is_down_is_stranded_while_the_cluster_runs(state: State) -> None:
    down = replace(state.nodes["node1"], state=NodeState.DOWN)
    state = replace(state, nodes=table(state.nodes).with_one("node1", down))
    assert is_stranded(state, sql(state))
    assert state.cluster is not None
    assert not is_stranded(replace(state, cluster=replace(state.cluster, stopped="No quorum.")), sql(state))


def test_a_group_may_be_pending_for_longer_the_more_memory_its_machine_has(state: State) -> None:
    group = sql(state).group or ""
    assert 360.0 < pending_limit(state, group) < pending_limit(with_machine(state, memory=2**40), group)


@pytest.mark.parametrize(
    ("kind", "unseen"),
    [
        (FaultKind.ISOLATE, True),
        (FaultKind.HANG, True),
        (FaultKind.POWER_OFF, False),
        (FaultKind.SERVICE_CRASH, False),
    ],
)
def test_only_a_service_that_others_dropped_and_that_still_exists_runs_on_unseen(
    state: State, kind: FaultKind, unseen: bool
) -> None:
    down = replace(state.nodes["node3"], state=NodeState.DOWN, process=ServiceProcess(cut_off=1.0))
    ended = replace(down, process=ServiceProcess())
    fault = Fault("fault-1", kind, "node3", 1.0)
    faults = table(state.faults).with_one(fault.id, fault)

    def with_node(node: Node) -> State:
        return replace(state, nodes=table(state.nodes).with_one("node3", node), faults=faults)

    assert not runs_on_unseen(replace(state, faults=faults), "node3")
    assert not runs_on_unseen(with_node(ended), "node3")
    assert runs_on_unseen(with_node(down), "node3") is unseen
