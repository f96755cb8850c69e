"""Live migrations of a real QEMU guest through the product's own workspace."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import libvirt
import pytest

from fcm.backend.libvirt.hosts import ASK_EVERY
from fcm.lab.faults import LinkFault, NodeFault, break_link, break_node
from fcm.lab.lab import bring_up
from fcm.lab.plan import CLUSTER, LIVE_MIGRATION, MANAGEMENT
from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState
from fcm.model.migrations import NetworkPreference
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.lab.machines import LabMachine
    from tests.live.live_lab import LiveLab
    from tests.live.watched import Watched

pytestmark = pytest.mark.live

COMPLETED = libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED | libvirt.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED


def test_a_guest_that_writes_memory_moves_over_the_preferred_network_with_its_connection(
    lab: LiveLab, watched: Watched, writing: LabMachine
) -> None:
    machine = watched.machine("writer")
    with lab.hold(writing) as held:
        held.wait_for_ticks(50)
        ended = watched.end_of(watched.migrate(machine, "node2"))
        held.wait_for_ticks(100)
        continuity = held.read()

    asked = watched.workspace.state.sequence
    watched.until_asked_again()

    assert ended.phase is Phase.COMPLETED, ended.reason
    assert lab.running(writing) == ["node2"]
    assert watched.workspace.state.machines[machine].node == "node2"
    assert watched.workspace.state.machines[machine].is_highly_available
    assert watched.workspace.state.sequence == asked, "the inventory found something new after a plain migration"
    assert watched.workspace.state.networks[ended.network or ""].name == "Live Migration"
    assert continuity.unbroken, continuity

    rows = watched.workspace.rows(ended.id)
    assert len({row.pass_number for row in rows if row.phase is Phase.BROWNOUT}) >= 3
    assert all(later.sent >= earlier.sent for earlier, later in itertools.pairwise(rows))

    domain = lab.connection("node2").lookupByName("writer")
    measured = domain.jobStats(COMPLETED)
    assert ended.figures is not None
    assert ended.figures.total == measured["time_elapsed"] / 1000
    assert ended.figures.downtime == measured["downtime"] / 1000
    assert ended.figures.bytes == measured["memory_processed"]
    assert ended.figures.passes == measured["memory_iteration"]
    print(
        f"\nlive migration: {ended.figures.total:.2f} s, {ended.figures.passes} passes, "
        f"{ended.figures.bytes / 2**20:.0f} MiB, downtime {ended.figures.downtime * 1000:.0f} ms, "
        f"longest gap of the guest's TCP connection {continuity.longest_gap * 1000:.0f} ms"
    )


def test_a_canceled_migration_leaves_the_guest_at_the_source_and_the_destination_clean(
    lab: LiveLab, watched: Watched, writing: LabMachine
) -> None:
    machine = watched.machine("writer")
    with lab.hold(writing) as held:
        identity = watched.migrate(machine, "node2")
        watched.until(lambda: any(row.sent for row in watched.workspace.rows(identity)), "memory moves")
        watched.workspace.submit(cmd.CancelMigration(identity))
        ended = watched.end_of(identity)
        held.wait_for_ticks(50)
        continuity = held.read()

    assert ended.phase is Phase.CANCELED, ended.reason
    assert lab.running(writing) == ["node1"]
    assert "writer" not in [domain.name() for domain in lab.connection("node2").listAllDomains()]
    assert watched.workspace.state.machines[machine].node == "node1"
    assert continuity.unbroken, continuity


def test_the_next_network_is_taken_when_the_preferred_one_does_not_answer(
    lab: LiveLab, watched: Watched, machine: LabMachine
) -> None:
    identity = watched.machine(machine.name)
    break_link(LinkFault.DOWN, lab.node("node2"), LIVE_MIGRATION, lab.plan, lab.folders)
    try:
        ended = watched.end_of(watched.migrate(identity, "node2"))
    finally:
        break_link(LinkFault.UP, lab.node("node2"), LIVE_MIGRATION, lab.plan, lab.folders)

    names = [watched.workspace.state.networks[attempt.network].name for attempt in ended.attempts]
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert [attempt.connected for attempt in ended.attempts] == [False, True]
    assert names == ["Live Migration", "Management"]
    assert lab.running(machine) == ["node2"]


def test_a_machine_with_an_order_of_its_own_moves_over_that_and_keeps_it(watched: Watched, writing: LabMachine) -> None:
    machine = watched.machine(writing.name)
    networks = {network.name: network.id for network in watched.workspace.state.networks.values()}
    own = NetworkPreference((networks["Management"],), (networks["Live Migration"],))
    operation = watched.workspace.submit(cmd.SetMachineNetworks(machine, own))
    watched.until(lambda: operation.verdict is not None, "the request is answered")
    assert operation.verdict, operation.verdict
    ended = watched.end_of(watched.migrate(machine, "node2"))
    watched.until_asked_again()
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert watched.workspace.state.networks[ended.network or ""].name == "Management"
    assert watched.workspace.state.machines[machine].node == "node2"
    assert watched.workspace.state.machines[machine].migration_networks == own


def test_a_migration_fails_with_every_attempt_listed_when_no_network_answers(
    lab: LiveLab, watched: Watched, machine: LabMachine
) -> None:
    identity = watched.machine(machine.name)
    networks = (LIVE_MIGRATION, MANAGEMENT, CLUSTER)
    for network in networks:
        break_link(LinkFault.DOWN, lab.node("node2"), network, lab.plan, lab.folders)
    try:
        ended = watched.end_of(watched.migrate(identity, "node2"))
    finally:
        for network in networks:
            break_link(LinkFault.UP, lab.node("node2"), network, lab.plan, lab.folders)

    assert ended.phase is Phase.FAILED
    assert all(network.name in ended.reason for network in networks)
    assert "still running on node1" in ended.reason
    assert lab.running(machine) == ["node1"]


def test_the_window_s_state_follows_a_machine_that_is_paused_and_resumed(
    lab: LiveLab, watched: Watched, machine: LabMachine
) -> None:
    identity = watched.machine(machine.name)
    state = watched.workspace

    state.submit(cmd.SetMachineState(identity, MachineState.PAUSED))
    watched.until(lambda: state.state.machines[identity].state is MachineState.PAUSED, "the machine is paused")
    refused = state.allowed(cmd.LiveMigrate(identity, "node2"))
    state.submit(cmd.SetMachineState(identity, MachineState.RUNNING))
    watched.until(lambda: state.state.machines[identity].state is MachineState.RUNNING, "the machine runs")

    assert not refused
    assert "not online" in refused.reason


def test_a_change_by_another_program_is_shown_by_the_host_s_event_without_being_asked_for(
    lab: LiveLab, watched: Watched, machine: LabMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = watched.machine(machine.name)
    monkeypatch.setattr("fcm.backend.libvirt.hosts.ASK_EVERY", 3600.0)
    watched.until(lambda: (watched.workspace.silence("node1") or 0) > ASK_EVERY, "no host is asked any more")
    domain = lab.connection("node1").lookupByName(machine.name)

    domain.suspend()
    watched.until(lambda: watched.workspace.state.machines[identity].state is MachineState.PAUSED, "the pause is seen")
    domain.resume()
    watched.until(lambda: watched.workspace.state.machines[identity].state is MachineState.RUNNING, "it runs again")
    assert watched.workspace.silence("node3") > watched.workspace.silence("node1")


def test_a_host_that_hangs_is_shown_as_not_answering_and_comes_back_by_itself(
    lab: LiveLab, watched: Watched, machine: LabMachine
) -> None:
    watched.machine(machine.name)
    nodes = watched.workspace
    lab.disconnect("node3")
    break_node(NodeFault.LIBVIRTD_HANG, lab.node("node3"), lab.folders)
    try:
        watched.until(lambda: nodes.state.nodes["node3"].state is NodeState.DOWN, "node3 counts as down", 15)
        note = nodes.state.nodes["node3"].note
        others = {nodes.state.nodes[name].state for name in ("node1", "node2")}
    finally:
        break_node(NodeFault.LIBVIRTD_RESUME, lab.node("node3"), lab.folders)
    watched.until(lambda: nodes.state.nodes["node3"].state is NodeState.UP, "node3 comes back", 30)

    assert "has not responded" in note
    assert "Its information was last updated at " in note
    assert others == {NodeState.UP}


def test_a_host_that_refuses_is_shown_with_the_reason(lab: LiveLab, watched: Watched, machine: LabMachine) -> None:
    watched.machine(machine.name)
    lab.disconnect("node3")
    break_node(NodeFault.LIBVIRTD_STOP, lab.node("node3"), lab.folders)
    try:
        state = watched.workspace
        watched.until(lambda: state.state.nodes["node3"].state is NodeState.DOWN, "node3 counts as down", 15)
        note = state.state.nodes["node3"].note
    finally:
        break_node(NodeFault.LIBVIRTD_START, lab.node("node3"), lab.folders)
    watched.until(lambda: state.state.nodes["node3"].state is NodeState.UP, "node3 comes back", 30)

    assert "libvirtd" in note or "No connection" in note or "connection" in note


def test_a_host_that_loses_its_power_is_shown_as_down_and_found_again(
    lab: LiveLab, watched: Watched, machine: LabMachine
) -> None:
    watched.machine(machine.name)
    state = watched.workspace
    lab.disconnect("node3")
    break_node(NodeFault.POWER_CUT, lab.node("node3"), lab.folders)
    try:
        watched.until(lambda: state.state.nodes["node3"].state is NodeState.DOWN, "node3 counts as down", 20)
        others = {state.state.nodes[name].state for name in ("node1", "node2")}
        refused = state.allowed(cmd.LiveMigrate(state.state.machine_named(machine.name).id, "node3"))  # type: ignore[union-attr]
    finally:
        bring_up(lab.plan, lab.folders)
    watched.until(lambda: state.state.nodes["node3"].state is NodeState.UP, "node3 comes back", 30)

    assert others == {NodeState.UP}
    assert "node3 is down" in refused.reason
    assert lab.running(machine) == ["node1"]
