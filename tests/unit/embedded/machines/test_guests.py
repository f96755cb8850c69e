"""Guests of an embedded cluster: they boot, hang, stop, shut down, and are watched by their heartbeat."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.machines.machines import MOST_STARTING
from fcm.backend.embedded.machines.workloads import workload_of
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, MachineState, ResourceState
from fcm.model.failures import FaultKind, GuestState
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.cluster_of import cluster_of, local_machine, machine
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.entities import Resource

NAME = "WEB01"


def resource(desk: Desk, name: str = NAME) -> Resource:
    found = desk.state.machine_resource(desk.machine(name).id)
    assert found is not None
    return found


def fault(desk: Desk, kind: FaultKind, name: str = NAME) -> None:
    assert desk.do(cmd.InjectFault(kind, desk.machine(name).id))


def logged(desk: Desk) -> list[tuple[str, str]]:
    """Key and node of what nodes wrote themselves."""
    entries = (entry.event for entry in desk.entries)
    return [(event.key, event.node) for event in entries if isinstance(event, ev.NodeLogged)]


def started(desk: Desk, name: str = NAME) -> None:
    """The machine starts anew, and is running, its guest booting."""
    assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.OFF, forced=True))
    assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.RUNNING))
    while desk.machine(name).state is not MachineState.RUNNING:
        desk.run(0.5)


def test_the_guests_of_a_new_cluster_have_booted(desk: Desk) -> None:
    running = [one for one in desk.state.machines.values() if one.state is MachineState.RUNNING]
    assert running
    assert {one.guest for one in running} == {GuestState.RUNNING}


def test_a_machine_that_runs_is_not_yet_a_guest_that_serves(desk: Desk) -> None:
    begin = desk.workspace.now()
    started(desk)
    web = desk.machine(NAME)
    assert web.guest is GuestState.BOOTING
    assert web.booted_at is not None
    assert web.booted_at - begin > 0.9 * workload_of(web).boot
    desk.run(web.booted_at - desk.workspace.now() - 0.1)
    assert desk.machine(NAME).guest is GuestState.BOOTING
    desk.run(0.2)
    assert (desk.machine(NAME).guest, desk.machine(NAME).booted_at) == (GuestState.RUNNING, None)


def test_a_restored_guest_does_not_boot(desk: Desk) -> None:
    assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.SAVED))
    desk.run(120.0)
    assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.RUNNING))
    desk.run(120.0)
    changes = [entry.event for entry in desk.entries if isinstance(entry.event, ev.MachineChanged)]
    assert desk.machine(NAME).state is MachineState.RUNNING
    assert all(change.machine.guest is GuestState.RUNNING for change in changes)


def test_a_guest_that_was_paused_while_it_booted_boots_after_that(desk: Desk) -> None:
    started(desk)
    assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.PAUSED))
    desk.run(300.0)
    assert desk.machine(NAME).guest is GuestState.BOOTING
    assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.RUNNING))
    desk.run(300.0)
    assert desk.machine(NAME).guest is GuestState.RUNNING


def test_a_guest_goes_on_booting_after_fcm_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    with closing(Desk(journal=Journal.open(path, "embedded:contoso"))) as desk:
        started(desk)
        due = desk.machine(NAME).booted_at
        assert due is not None
    with closing(Desk(journal=Journal.open(path, "embedded:contoso"))) as desk:
        desk.run(due - desk.workspace.now() - 0.1)
        assert desk.machine(NAME).guest is GuestState.BOOTING
        desk.run(0.2)
        assert desk.machine(NAME).guest is GuestState.RUNNING


# the heartbeat


def test_a_guest_that_hangs_is_restarted_on_its_node(desk: Desk) -> None:
    fault(desk, FaultKind.GUEST_HANG)
    desk.run(9.0)
    assert desk.machine(NAME).guest is GuestState.HUNG
    assert resource(desk).state is ResourceState.ONLINE
    desk.run(80.0)
    states = [e.event.resource.state for e in desk.entries if isinstance(e.event, ev.ResourceChanged)]
    assert ResourceState.FAILED in states
    assert (desk.machine(NAME).node, resource(desk).state) == ("node1", ResourceState.ONLINE)
    assert not desk.state.faults
    assert [one for one in logged(desk) if one[0] in ("18502", "18500", "21119")] == [
        ("18502", "node1"),
        ("18500", "node1"),
        ("21119", "node1"),
    ]
    desk.run(120.0)
    assert desk.machine(NAME).guest is GuestState.RUNNING


def test_the_heartbeat_is_missed_after_10_s_and_at_most_one_health_check_later(desk: Desk) -> None:
    begin = desk.workspace.now()
    fault(desk, FaultKind.GUEST_HANG)
    desk.run(120.0)
    failed = [
        entry.time
        for entry in desk.entries
        if isinstance(entry.event, ev.ResourceChanged) and entry.event.resource.state is ResourceState.FAILED
    ]
    assert 10.0 <= failed[0] - begin <= 90.0


def test_a_guest_that_hangs_a_second_time_fails_over(desk: Desk) -> None:
    for _ in range(2):
        while desk.machine(NAME).guest is not GuestState.RUNNING:
            desk.run(10.0)
        fault(desk, FaultKind.GUEST_HANG)
        desk.run(85.0)
    assert desk.machine(NAME).node != "node1"
    assert desk.group(NAME).owner == desk.machine(NAME).node


def test_without_heartbeat_monitoring_only_users_notice(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureResource(resource(desk).id, heartbeat=False))
    fault(desk, FaultKind.GUEST_HANG)
    desk.run(3600.0)
    assert desk.machine(NAME).guest is GuestState.HUNG
    assert resource(desk).state is ResourceState.ONLINE


def test_heartbeat_monitoring_that_is_turned_on_later_notices_it(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureResource(resource(desk).id, heartbeat=False))
    fault(desk, FaultKind.GUEST_HANG)
    desk.run(3600.0)
    assert desk.do(cmd.ConfigureResource(resource(desk).id, heartbeat=True))
    desk.run(70.0)
    assert not desk.state.faults
    assert desk.machine(NAME).guest is GuestState.BOOTING


def test_a_guest_that_hangs_in_its_boot_is_not_watched(desk: Desk) -> None:
    started(desk)
    fault(desk, FaultKind.GUEST_HANG)
    desk.run(3600.0)
    assert (desk.machine(NAME).guest, desk.machine(NAME).booted_at) == (GuestState.BOOTING, None)
    assert resource(desk).state is ResourceState.ONLINE
    (identity,) = desk.state.faults
    assert desk.do(cmd.RepairFault(identity))
    desk.run(120.0)
    assert desk.machine(NAME).guest is GuestState.RUNNING


def test_a_repaired_guest_goes_on_as_if_nothing_had_been(desk: Desk) -> None:
    fault(desk, FaultKind.GUEST_HANG)
    desk.run(5.0)
    (identity,) = desk.state.faults
    assert desk.do(cmd.RepairFault(identity))
    desk.run(300.0)
    assert desk.machine(NAME).guest is GuestState.RUNNING
    assert logged(desk) == []


def test_a_hang_is_noticed_after_fcm_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    with closing(Desk(journal=Journal.open(path, "embedded:contoso"))) as desk:
        fault(desk, FaultKind.GUEST_HANG)
        desk.run(5.0)
    with closing(Desk(journal=Journal.open(path, "embedded:contoso"))) as desk:
        desk.run(300.0)
        assert not desk.state.faults
        assert desk.machine(NAME).guest is GuestState.RUNNING


# other ends


def test_a_guest_that_bugchecks_restarts_by_itself(desk: Desk) -> None:
    fault(desk, FaultKind.GUEST_BUGCHECK)
    desk.run(9.0)
    assert desk.machine(NAME).guest is GuestState.HUNG
    desk.run(2.0)
    assert desk.machine(NAME).guest is GuestState.BOOTING
    assert not desk.state.faults
    desk.run(120.0)
    assert desk.machine(NAME).guest is GuestState.RUNNING
    assert resource(desk).state is ResourceState.ONLINE
    assert logged(desk) == [("18514", "node1")]


def test_a_guest_that_shuts_down_leaves_its_resource_offline_and_wanted(desk: Desk) -> None:
    fault(desk, FaultKind.GUEST_SHUTDOWN)
    desk.run(600.0)
    assert desk.machine(NAME).state is MachineState.OFF
    assert resource(desk).state is ResourceState.OFFLINE
    assert desk.group(NAME).wanted
    assert not desk.state.faults
    assert logged(desk) == [("18508", "node1")]


def test_a_failure_of_a_guest_ends_when_its_machine_is_turned_off(desk: Desk) -> None:
    fault(desk, FaultKind.GUEST_HANG)
    assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.OFF, forced=True))
    assert not desk.state.faults
    desk.run(600.0)
    assert desk.machine(NAME).state is MachineState.OFF


# starts


def test_at_most_32_machines_start_on_a_node_at_once(tmp_path: Path) -> None:
    crowd = [machine(f"VM{number}", state="Off") for number in range(40)]
    with closing(Desk(cluster_of(tmp_path, crowd))) as desk:
        for one in tuple(desk.state.machines):
            assert desk.do(cmd.SetMachineState(one, MachineState.RUNNING))
        machines = desk.state.machines.values()
        assert [one.state for one in machines].count(MachineState.STARTING) == MOST_STARTING == 32
        assert sum(one.queued_since is not None for one in machines) == 8
        most = 0
        while any(one.state is not MachineState.RUNNING for one in desk.state.machines.values()):
            desk.run(0.3)
            most = max(most, [one.state for one in desk.state.machines.values()].count(MachineState.STARTING))
        assert most == 32
        assert all(one.queued_since is None for one in desk.state.machines.values())


def test_machines_that_wait_for_their_start_start_after_fcm_was_closed(tmp_path: Path) -> None:
    file = cluster_of(tmp_path, [machine(f"VM{number}", state="Off") for number in range(34)])
    path = tmp_path / "c.journal"
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        for one in tuple(desk.state.machines):
            assert desk.do(cmd.SetMachineState(one, MachineState.RUNNING))
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        desk.run(30.0)
        assert {one.state for one in desk.state.machines.values()} == {MachineState.RUNNING}


def test_a_machine_that_is_turned_off_while_it_waits_does_not_start(tmp_path: Path) -> None:
    crowd = [machine(f"VM{number}", state="Off") for number in range(33)]
    with closing(Desk(cluster_of(tmp_path, crowd))) as desk:
        for one in tuple(desk.state.machines):
            assert desk.do(cmd.SetMachineState(one, MachineState.RUNNING))
        (waiting,) = (one for one in desk.state.machines.values() if one.queued_since is not None)
        assert desk.do(cmd.SetMachineState(waiting.id, MachineState.OFF, forced=True))
        desk.run(30.0)
        assert desk.machine(waiting.name).state is MachineState.OFF


def test_a_machine_whose_start_waits_starts_where_it_is_moved_to(tmp_path: Path) -> None:
    crowd = [machine(f"VM{number}", state="Off") for number in range(33)]
    with closing(Desk(cluster_of(tmp_path, crowd))) as desk:
        for one in tuple(desk.state.machines):
            assert desk.do(cmd.SetMachineState(one, MachineState.RUNNING))
        (waiting,) = (one for one in desk.state.machines.values() if one.queued_since is not None)
        assert desk.do(cmd.MoveMachine(waiting.id, "n2"))
        desk.run(1.0)
        assert (desk.machine(waiting.name).node, desk.machine(waiting.name).state) == ("n2", MachineState.STARTING)


def test_the_machines_of_a_lost_node_start_32_at_a_time_on_the_next_and_each_does(tmp_path: Path) -> None:
    crowd = [machine(f"VM{number}") for number in range(40)]
    with closing(Desk(cluster_of(tmp_path, crowd, nodes=3, memory="66 GiB"))) as desk:
        assert desk.do(cmd.PauseNode("n3"))
        assert desk.do(cmd.InjectFault(FaultKind.ISOLATE, "n1"))
        most = 0
        for _ in range(60):
            desk.run(0.5)
            most = max(most, [one.state for one in desk.state.machines.values()].count(MachineState.STARTING))
        assert most == 32
        assert {(one.node, one.state) for one in desk.state.machines.values()} == {("n2", MachineState.RUNNING)}


# nodes that end


def test_machines_that_are_not_clustered_start_by_their_start_action_when_their_node_is_back(tmp_path: Path) -> None:
    locals_ = [
        local_machine("RAN"),
        local_machine("WAS-OFF", state="Off"),
        local_machine("ALWAYS", state="Off", action="always"),
        local_machine("NEVER", action="nothing"),
    ]
    with closing(Desk(cluster_of(tmp_path, locals_))) as desk:
        assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, "n1"))
        assert {one.state for one in desk.state.machines.values()} == {MachineState.OFF}
        desk.run(60.0)
        (fault_of_node,) = desk.state.faults
        assert desk.do(cmd.RepairFault(fault_of_node))
        desk.run(75.0)
        assert {one.state for one in desk.state.machines.values()} == {MachineState.OFF}
        desk.run(60.0)
        states = {one.name: one.state for one in desk.state.machines.values()}
        off, running = MachineState.OFF, MachineState.RUNNING
        assert states == {"RAN": running, "WAS-OFF": off, "ALWAYS": running, "NEVER": off}


def test_they_start_though_fcm_was_closed_meanwhile(tmp_path: Path) -> None:
    file, path = cluster_of(tmp_path, [local_machine("RAN")]), tmp_path / "c.journal"
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, "n1"))
        (fault_of_node,) = desk.state.faults
        assert desk.do(cmd.RepairFault(fault_of_node))
    with closing(Desk(file, journal=Journal.open(path, "embedded:equal"))) as desk:
        desk.run(120.0)
        assert desk.machine("RAN").state is MachineState.RUNNING


def test_a_machine_that_is_not_clustered_goes_on_without_the_cluster_service(tmp_path: Path) -> None:
    with closing(Desk(cluster_of(tmp_path, [local_machine("RAN")]))) as desk:
        assert desk.do(cmd.InjectFault(FaultKind.SERVICE_CRASH, "n1"))
        desk.run(10.0)
        assert desk.machine("RAN").state is MachineState.RUNNING


# memory and virtual networks


def test_from_2012_on_it_starts_without_a_connection(tmp_path: Path) -> None:
    file = cluster_of(tmp_path, [machine(NAME, "n1", state="Off")], version="2012")
    with closing(Desk(file)) as desk:
        node = desk.state.nodes["n1"]
        desk.backend._core.emit(ev.NodeChanged(replace(node, switches=())))
        desk.run(0.0)
        assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.RUNNING))
        desk.run(30.0)
        assert desk.machine(NAME).state is MachineState.RUNNING
        assert not desk.machine(NAME).connected
        assert ("21142", "n1") in logged(desk)


def test_2008_r2_does_not_start_a_machine_where_its_virtual_network_is_missing(tmp_path: Path) -> None:
    file = cluster_of(tmp_path, [machine(NAME, "n1", state="Off")])
    with closing(Desk(file)) as desk:
        node = desk.state.nodes["n1"]
        desk.backend._core.emit(ev.NodeChanged(replace(node, switches=())))
        desk.run(0.0)
        assert desk.do(cmd.SetMachineState(desk.machine(NAME).id, MachineState.RUNNING))
        desk.run(30.0)
        assert (desk.machine(NAME).state, desk.machine(NAME).node) != (MachineState.RUNNING, "n1")
        assert any(key in ("21117", "21201") for key, _ in logged(desk))


def test_a_machine_on_a_host_without_power_takes_no_command(desk: Desk) -> None:
    assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, "node1"))
    verdict = desk.do(cmd.SetMachineState(desk.machine("TEST01").id, MachineState.RUNNING))
    assert not verdict
    assert verdict.reason == "node1 does not respond."
    assert "node1 does not respond." in desk.do(cmd.CreateVirtualMachine("NEW01", "node1", GIB, None)).reason
