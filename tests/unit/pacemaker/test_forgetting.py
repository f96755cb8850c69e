"""The failure of a machine that runs is forgotten without touching it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.moves.forgetting import BlockedError, clear_blocked, forget
from fcm.backend.pacemaker.moves.leftovers import put_right
from fcm.backend.pacemaker.status import OperationStatus
from tests.unit.pacemaker.fake_context import FakeContext, cluster, machine
from tests.unit.pacemaker.fake_node import FakeNode

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus

NOTHING = "<pacemaker-result><cluster_status/><actions/></pacemaker-result>"
RESTART = (
    '<pacemaker-result><cluster_status><resources><resource id="web" resource_agent="ocf:fcm:VirtualMachine" '
    'active="true"><node name="node1"/></resource></resources></cluster_status><actions>'
    '<rsc_action action="restart" resource="web" source="node1" dest="node1"/></actions></pacemaker-result>'
)
UNMANAGE = "crm_resource -r web --meta -p is-managed -v false"
MANAGE = "crm_resource -r web --meta -d is-managed"
REFRESH = "crm_resource --refresh -r web --force"


@pytest.fixture
def node(tmp_path: Path) -> FakeNode:
    fake = FakeNode(tmp_path)
    for name in ("cibadmin", "crm_resource", "attrd_updater", "crm_attribute"):
        fake.program(name)
    fake.program("crm_simulate", f"echo '{NOTHING}'")
    return fake


def found(node: FakeNode, *, at: tuple[str, ...] = ("node1",)) -> ClusterStatus:
    """As the cluster would answer: unmanaged between the two orders."""
    calls = node.calls("crm_resource")
    managed = calls.count(MANAGE) > 1  # the first is of the rehearsal
    return cluster(machine(nodes=at, managed=managed))


def test_a_machine_is_out_of_pacemakers_hands_while_its_history_is_deleted(node: FakeNode) -> None:
    forget(FakeContext(node, lambda: found(node)).context, "web", "node1")
    calls = node.calls("crm_resource")
    order = [calls.index(UNMANAGE), calls.index("crm_resource -r web --clear"), calls.index(REFRESH)]
    assert order == sorted(order)
    assert len(calls) - calls[::-1].index(MANAGE) > calls.index(REFRESH)
    assert not [call for call in calls if "--cleanup" in call], "it deletes the history of one node alone"


def test_a_machine_that_is_found_elsewhere_stays_out_of_pacemakers_hands(node: FakeNode) -> None:
    context = FakeContext(node, lambda: found(node, at=("node1", "node2"))).context
    with pytest.raises(BlockedError, match=r"did not find web only on node1, so it stays unmanaged"):
        forget(context, "web", "node1")
    assert MANAGE not in node.calls("crm_resource")


def test_a_machine_that_the_scheduler_would_restart_stays_out_of_pacemakers_hands(node: FakeNode) -> None:
    node.program("crm_simulate", f"echo '{RESTART}'")
    with pytest.raises(BlockedError, match=r"Pacemaker would restart web at once"):
        forget(FakeContext(node, lambda: found(node)).context, "web", "node1")
    assert node.calls("crm_resource").count(MANAGE) == 1, "in the copy of the rehearsal alone"


def test_a_machine_that_runs_twice_is_not_cleared(node: FakeNode) -> None:
    context = FakeContext(node, lambda: cluster(machine()), running=("node1", "node3")).context
    with pytest.raises(BlockedError, match=r"web is running on node1 and node3 at the same time"):
        clear_blocked(context, machine())
    assert node.calls() == []


BLOCKED = machine(blocked=True, failed=True, managed=False, nodes=("node1", "node2"))
FAILED_MOVE = OperationStatus("web", "node1", "migrate_to", 0, 7, False, 1, 0.0)


def put(node: FakeNode, resource: ResourceStatus, *operations: OperationStatus) -> FakeContext:
    fake = FakeContext(node, lambda: found(node))
    put_right(fake.context, cluster(resource, operations=operations))
    return fake


def test_a_machine_that_a_failed_move_blocked_is_watched_again_by_the_next_fcm(node: FakeNode) -> None:
    fake = put(node, BLOCKED, FAILED_MOVE)
    assert REFRESH in node.calls("crm_resource")
    assert [event.text for event in fake.told] == [  # type: ignore[attr-defined]
        "web was blocked by a failed live migration. It keeps running, and Pacemaker monitors it again."
    ]


def test_a_machine_that_something_else_blocked_is_left_to_the_user(node: FakeNode) -> None:
    put(node, BLOCKED, OperationStatus("web", "node1", "stop", 0, 7, False, 1, 0.0))
    assert node.calls() == []


def test_what_an_earlier_move_set_is_taken_back_by_the_next_fcm(node: FakeNode) -> None:
    put(node, machine(meta=machine().meta | {"fcm-moving": "node2"}))
    assert node.calls("crm_resource")[0] == "crm_resource -r web --clear"
    assert "crm_resource -r web --meta -d fcm-moving" in node.calls("crm_resource")


def test_a_move_that_begins_just_now_keeps_what_was_set_for_it_and_is_looked_at_again(node: FakeNode) -> None:
    """Its fcm was killed right after the order: taken back now, the machine would be restarted on its way."""
    ordered = machine(meta=machine().meta | {"fcm-moving": "node2"})
    begun = cluster(replace(ordered, role="Migrating", pending="Migrating"))
    fake = FakeContext(node, lambda: begun)
    assert put_right(fake.context, cluster(ordered)) == {"web"}
    assert node.calls() == []


def test_a_preference_that_a_person_has_set_is_left_alone(node: FakeNode) -> None:
    put(node, machine())
    assert node.calls() == []


def test_what_is_under_way_is_not_touched(node: FakeNode) -> None:
    pending = OperationStatus("web", "node1", "migrate_to", 0, -1, True, 193, 0.0)
    put(node, machine(meta=machine().meta | {"fcm-moving": "node2"}), pending)
    assert node.calls() == []


def test_a_flag_that_would_cancel_the_next_move_is_taken_back(node: FakeNode) -> None:
    fake = FakeContext(node, lambda: found(node))
    put_right(fake.context, cluster(machine(), moves={"fcm-cancel-web": {"node1": "1", "node2": "0"}}))
    assert node.calls() == ["attrd_updater -p -N node1 -n fcm-cancel-web -U 0"]


def test_the_history_of_a_machine_that_was_released_goes_too(node: FakeNode) -> None:
    put(node, machine(orphaned=True, meta={}))
    assert node.calls() == [REFRESH]
