"""Orders to Pacemaker: each is asked of the scheduler first, and refused with the reason where it would do harm."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fcm.backend.pacemaker import drains, machines
from fcm.backend.pacemaker.adoption.adopting import fencing_works
from fcm.backend.pacemaker.impact import OrderError, status_of
from fcm.backend.pacemaker.moves.found import found
from fcm.backend.pacemaker.orders import HANDLERS
from fcm.backend.pacemaker.remote import service
from fcm.backend.pacemaker.status import NodeStatus, OperationStatus, QuorumStatus, ResourceStatus
from fcm.model import commands as cmd
from fcm.model.entities import MachineState
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.ui.tour.patience import stretched
from tests.unit.pacemaker.fake_context import UUID, FakeContext, cluster, machine
from tests.unit.pacemaker.fake_node import FakeNode

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.status import ClusterStatus

RUNNING = """
<cluster_status><resources>
<resource id="web" resource_agent="ocf:fcm:VirtualMachine" active="true"><node name="node1"/></resource>
<resource id="db" resource_agent="ocf:fcm:VirtualMachine" active="true"><node name="node2"/></resource>
</resources></cluster_status>"""
STOPS_WEB = '<rsc_action action="stop" resource="web" node="node1" reason="node availability"/>'
STOPS_DB = '<rsc_action action="stop" resource="db" node="node2" reason="node availability"/>'


@pytest.fixture
def node(tmp_path: Path) -> FakeNode:
    fake = FakeNode(tmp_path)
    names = ("cibadmin", "crm_resource", "attrd_updater", "crm_attribute", "crm_standby", "stonith_admin", "pidof")
    for name in names:
        fake.program(name)
    fake.program("crm_diff", "exit 1")  # they differ
    plan(fake)
    return fake


def plan(node: FakeNode, *actions: str) -> None:
    """What the scheduler would do."""
    text = f"<pacemaker-result>{RUNNING}<actions>{''.join(actions)}</actions></pacemaker-result>".replace("\n", "")
    node.program("crm_simulate", f"echo '{text}'")


def given(node: FakeNode, status: ClusterStatus | None = None, state: MachineState = MachineState.RUNNING) -> Any:
    fake: Any = FakeContext(node, lambda: status or cluster(machine()))
    web = SimpleNamespace(id=UUID, name="web", node="node1", state=state)
    fake.state = SimpleNamespace(machines={UUID: web})
    return fake


def ordered(node: FakeNode) -> list[str]:
    """What was ordered of the cluster itself: after the scheduler was asked."""
    calls = [call for call in node.calls() if not call.startswith(("cibadmin -Q", "crm_diff", "cibadmin --patch"))]
    asked = [number for number, call in enumerate(calls) if call.startswith("crm_simulate")]
    return calls[asked[-1] + 1 :] if asked else calls


def state(target: MachineState, *, forced: bool = False) -> cmd.SetMachineState:
    return cmd.SetMachineState(UUID, target, forced)


def test_a_machine_is_taken_offline_by_its_target_role(node: FakeNode) -> None:
    plan(node, STOPS_WEB)
    assert machines.set_machine_state(given(node), state(MachineState.OFF))
    assert ordered(node) == ["crm_resource -r web --meta -p target-role -v Stopped"]


def test_a_shutdown_that_would_take_another_machine_with_it_is_refused(node: FakeNode) -> None:
    plan(node, STOPS_WEB, STOPS_DB)
    verdict = machines.set_machine_state(given(node), state(MachineState.OFF))
    assert verdict.reason == (
        "Pacemaker would stop db on node2 (No other node that may run it has room for it) because of the shutdown "
        "of web."
    )
    assert ordered(node) == []


@pytest.mark.parametrize("refused", [OK, no("libvirtd does not respond.")])
def test_a_machine_is_turned_off_by_libvirt_once_pacemaker_is_to_leave_it_off(node: FakeNode, refused: Verdict) -> None:
    """Where libvirt does not respond, the agent that stops it ends it."""
    plan(node, STOPS_WEB)
    fake = given(node)
    fake.wait_for = lambda reached, limit: reached(cluster(machine(role="Stopped", nodes=())))

    def end(command: cmd.SetMachineState, where: str) -> Verdict:
        assert ordered(node) == ["crm_resource -r web --meta -p target-role -v Stopped"]
        assert (command.state, command.forced, where) == (MachineState.OFF, True, "node1")
        fake.state.machines[UUID].state = MachineState.OFF
        return refused

    fake.hosts.set_machine_state = end
    assert machines.set_machine_state(fake, state(MachineState.OFF, forced=True))


def test_a_machine_is_off_once_libvirt_says_so_too_and_not_when_pacemaker_alone_does(node: FakeNode) -> None:
    plan(node, STOPS_WEB)
    fake = given(node)
    fake.wait_for = lambda reached, limit: reached(cluster(machine(role="Stopped", nodes=())))
    fake.hosts.set_machine_state = lambda *_: OK
    looks: list[float] = []

    class Closing:
        def is_set(self) -> bool:
            return False

        def wait(self, limit: float) -> bool:
            looks.append(limit)
            if len(looks) == 3:
                fake.state.machines[UUID].state = MachineState.OFF
            return False

    fake.closing = Closing()
    assert machines.set_machine_state(fake, state(MachineState.OFF, forced=True))
    assert len(looks) == 3


def test_a_machine_that_is_not_off_in_time_is_told(node: FakeNode) -> None:
    plan(node, STOPS_WEB)
    fake = given(node)
    fake.hosts.set_machine_state = lambda *_: OK
    verdict = machines.set_machine_state(fake, state(MachineState.OFF, forced=True))
    assert verdict.reason.startswith("web is still not off")


def test_a_machine_that_is_off_is_started_by_pacemaker_and_its_failures_are_forgotten(node: FakeNode) -> None:
    status = cluster(machine(role="Stopped", nodes=()))
    assert machines.set_machine_state(given(node, status, MachineState.OFF), state(MachineState.RUNNING))
    assert ordered(node) == ["crm_resource -r web --meta -d target-role", "crm_resource --refresh -r web --force"]


def test_pacemaker_saves_no_machine(node: FakeNode) -> None:
    assert machines.set_machine_state(given(node), state(MachineState.SAVED)).reason == (
        "Pacemaker does not support saved machines."
    )
    assert node.calls() == []


@pytest.mark.parametrize("target", [MachineState.OFF, MachineState.RUNNING])
def test_a_blocked_machine_must_be_cleared_first(node: FakeNode, target: MachineState) -> None:
    status = cluster(machine(blocked=True, nodes=()))
    verdict = machines.set_machine_state(given(node, status, MachineState.OFF), state(target))
    assert verdict.remedy == "Use Clear and keep running first."
    assert node.calls() == []


def test_a_node_that_is_off_is_taken_as_fenced_by_the_word_of_the_user(node: FakeNode) -> None:
    assert machines.confirm_node_off(given(node), cmd.ConfirmNodeOff("node3"))
    assert node.calls() == ["stonith_admin --confirm node3"]


def test_nothing_is_ordered_without_quorum(node: FakeNode) -> None:
    fake = given(node, cluster(machine(), have_quorum=False))
    with pytest.raises(OrderError, match="has no quorum"):
        machines.set_machine_state(fake, state(MachineState.OFF))
    assert node.calls() == []
    with pytest.raises(OrderError, match="No node of the cluster responds"):
        status_of(cast("Any", SimpleNamespace(status=None)))


# Nodes


def test_a_drain_that_would_stop_a_machine_is_refused_before_anything_moves(node: FakeNode) -> None:
    plan(node, STOPS_WEB)
    verdict = drains.drain_node(given(node), cmd.DrainNode("node1"))
    assert verdict.reason == (
        "Pacemaker would stop web on node1 (No other node that may run it has room for it) because of the drain "
        "of node1."
    )
    assert ordered(node) == []


def test_a_paused_node_is_not_drained_since_its_machines_are_not_managed(node: FakeNode) -> None:
    nodes = (NodeStatus("node1", "1", online=True, maintenance=True),)
    assert not drains.drain_node(given(node, cluster(machine(), nodes=nodes)), cmd.DrainNode("node1"))
    assert node.calls() == []


def test_a_pause_keeps_what_runs_there(node: FakeNode) -> None:
    assert drains.pause_node(given(node), cmd.PauseNode("node1"))
    assert node.calls() == ["crm_attribute -N node1 -n maintenance -v true"]


def test_a_resume_ends_pause_drain_and_standby(node: FakeNode) -> None:
    fake = given(node)
    fake.state = SimpleNamespace(nodes={"node1": SimpleNamespace(paused=False)})
    resumed: list[Any] = []
    fake.runs = SimpleNamespace(book=SimpleNamespace(resume=resumed.append))
    command = cmd.ResumeNode("node1", failback=True)
    assert drains.resume_node(fake, command)
    assert node.calls() == [
        "crm_standby -N node1 -D",
        "crm_attribute -N node1 -n maintenance -D",
        "crm_attribute -N node1 -n fcm-draining -D",
    ]
    assert resumed == [command]


DRAINED = (NodeStatus("node1", "1", online=True, attributes={"fcm-draining": "1"}),)


@pytest.mark.parametrize("resumed", [False, True])
def test_a_drain_that_is_over_ends_in_standby_but_not_where_the_node_was_resumed_meanwhile(
    node: FakeNode, resumed: bool
) -> None:
    marked = node.folder / "marked"
    marked.touch()
    node.program("crm_attribute", '[ "$5" != -G ] || if [ -e "$FAKE/marked" ]; then echo 1; else exit 105; fi')
    elsewhere = machine(nodes=("node2",))
    fake = given(node, cluster(elsewhere, nodes=DRAINED))  # the newest status is older than the resume
    fake.state = SimpleNamespace(nodes={"node1": SimpleNamespace(paused=False)})
    if resumed:
        rehearsal = (node.folder / "crm_simulate.sh").read_text()
        node.program("crm_simulate", f'rm "$FAKE/marked"; {rehearsal}')
    drains._end(fake, "node1", "")
    asked = "crm_attribute -N node1 -n fcm-draining -G -q"
    done = ["crm_standby -N node1 -v on", "crm_attribute -N node1 -n fcm-draining -D"]
    assert ordered(node) == ([asked] if resumed else [asked, *done])
    assert fake.told == []


def test_a_node_is_not_resumed_while_a_drain_puts_it_in_standby(node: FakeNode) -> None:
    fake = given(node)
    fake.state = SimpleNamespace(nodes={"node1": SimpleNamespace(paused=False)})
    fake.runs = SimpleNamespace(book=SimpleNamespace(resume=lambda _: None))
    resumed = threading.Thread(target=drains.resume_node, args=(fake, cmd.ResumeNode("node1")))
    with fake.pausing:
        resumed.start()
        resumed.join(0.2)
        assert node.calls() == []
    resumed.join(stretched(20))
    assert node.calls()[0] == "crm_standby -N node1 -D"


@pytest.mark.parametrize(("total", "needed", "possible"), [(3, 2, True), (2, 2, False), (5, 3, True)])
def test_a_node_whose_vote_is_needed_does_not_leave(total: int, needed: int, possible: bool) -> None:
    quorum = QuorumStatus(True, 3, total, needed, {"node1": 1, "node2": 1})
    assert bool(service.keeps_quorum(cluster(quorum=quorum), "node1")) is possible
    assert not service.keeps_quorum(cluster(), "node1"), "it is not known how many votes there are"


# Fencing


DEVICE = ResourceStatus("fence-node1", "stonith:fence_x", "Started", ("node2",), active=True)


def test_nothing_is_made_highly_available_without_a_fencing_device_in_order() -> None:
    assert fencing_works(cluster(DEVICE, properties={"stonith-enabled": "true"}))
    assert fencing_works(cluster()).reason.startswith("The cluster has no fencing device")
    assert fencing_works(cluster(DEVICE, properties={"stonith-enabled": "false"})).reason.startswith(
        "Fencing is turned"
    )
    for broken in ({"failed": True}, {"role": "Stopped"}):
        status = cluster(ResourceStatus("fence-node1", "stonith:fence_x", **({"role": "Started"} | broken)))  # type: ignore[arg-type]
        assert fencing_works(status).reason.startswith("The fencing device fence-node1 does not work")


# Migrations that Pacemaker begins


MOVES = OperationStatus(
    "web", "node1", "migrate_to", 0, -1, True, 193, 1000.0, migrate_source="node1", migrate_target="node3"
)


def seen(node: FakeNode, *, active: bool = False) -> Any:
    fake = given(node)
    fake.state = SimpleNamespace(
        machines={UUID: SimpleNamespace(id=UUID, name="web")},
        nodes={"node1": None, "node2": None, "node3": None},
        migrations={},
        active_migration=lambda _: object() if active else None,
        migration_options=lambda _: MigrationOptions(),
    )
    return fake


def test_a_migration_that_pacemaker_begins_is_found_by_its_pending_operation(node: FakeNode) -> None:
    (one,) = found(seen(node), cluster(machine(), operations=(MOVES,)))
    assert (one.machine, one.source, one.destination, one.started) == (UUID, "node1", "node3", 1000.0)


def test_a_migration_that_is_known_already_is_not_found_again(node: FakeNode) -> None:
    assert found(seen(node, active=True), cluster(machine(), operations=(MOVES,))) == []
    over = OperationStatus("web", "node1", "migrate_to", 0, 7, False, 0, 1000.0, migrate_target="node3")
    assert found(seen(node), cluster(machine(), operations=(over,))) == []


def test_every_order_takes_the_context_and_its_command() -> None:
    assert {cmd.MakeHighlyAvailable, cmd.RemoveGroup, cmd.SetMachineState, cmd.DrainNode, cmd.ClearBlocked} <= set(
        HANDLERS
    )
    assert cmd.LiveMigrate not in HANDLERS, "live migrations go through the order book"
