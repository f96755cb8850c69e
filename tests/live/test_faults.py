"""What breaks in the middle of a live migration: afterwards exactly one copy of the machine runs, the message is
true, and no job is left behind.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libvirt
import pytest

from fcm.backend.libvirt.paths.ssh_probe import probe_from
from fcm.lab.faults import LinkFault, NodeFault, break_link, break_node, emulator_of
from fcm.lab.lab import bring_up, read_status
from fcm.lab.machines import GUEST_PORT, remove_machine
from fcm.lab.plan import LIVE_MIGRATION
from fcm.model.entities import MachineState, NodeState
from fcm.model.events import BackendReported
from fcm.model.telemetry import Phase
from tests.live.live_lab import LiveLab, wait_until
from tests.live.station import connect_from
from tests.live.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fcm.backend.libvirt.configuration.hosts_file import Host
    from fcm.backend.libvirt.paths.probe import Answer
    from fcm.lab.machines import LabMachine
    from fcm.model.events import Entry
    from fcm.model.migrations import Migration
    from tests.live.station import Continuity

pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Voyage:
    """A guest that serves one test after the other, going to and fro between node1 and node2."""

    guest: LabMachine
    here: str
    there: str


@pytest.fixture(scope="module")
def voyager(lab: LiveLab) -> Iterator[LabMachine]:
    """90 MiB of data of which 10 MiB/s in 45 MiB are rewritten: several passes at 200 Mbit/s."""
    made = lab.add_machine("voyager", fill=90, dirty=10, working_set=45)
    yield made
    remove_machine(made.name, lab.plan, lab.folders)


@pytest.fixture
def voyage(lab: LiveLab, voyager: LabMachine) -> Voyage:
    """Where it is now and where it goes."""
    (here,) = lab.running(voyager)
    return Voyage(voyager, here, "node2" if here == "node1" else "node1")


def _at_rest(lab: LiveLab, machine: LabMachine, node: str) -> None:
    """The one copy runs on *node*, and no host works on a job of it."""
    wait_until(lambda: lab.running(machine) == [node], f"exactly one copy runs, on {node}", 30)
    job = lab.connection(node).lookupByName(machine.name).jobStats()
    assert not job.get("type"), job


def _answering(lab: LiveLab, node: str) -> bool:
    return any(seen.node.name == node and seen.answering for seen in read_status(lab.folders).nodes)


def _told(fault: str, ended: Migration, continuity: Continuity | None = None) -> None:
    """One line of the table in docs/live-hosts.md."""
    gap = f"{continuity.longest_gap * 1000:.0f} ms" if continuity else "-"
    taken = (ended.ended or 0) - (ended.started or ended.requested)
    print(f"\n| {fault} | {ended.phase} after {taken:.1f} s | {ended.reason or '-'} | {gap} |")


@contextmanager
def _fault(lab: LiveLab, broken: NodeFault, mended: NodeFault, node: str) -> Iterator[None]:
    break_node(broken, lab.node(node), lab.folders)
    try:
        yield
    finally:
        break_node(mended, lab.node(node), lab.folders)


def test_a_killed_emulator_at_the_destination_leaves_the_machine_running_at_the_source(
    lab: LiveLab, watched: Watched, voyage: Voyage
) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    machine = watched.machine(guest.name)
    with lab.hold(guest) as held:
        identity = watched.migrate(machine, there)
        watched.until_memory_moves(identity)
        os.kill(emulator_of(guest.name, lab.node(there), lab.folders), signal.SIGKILL)
        ended = watched.end_of(identity)
        held.wait_for_ticks(50)
        continuity = held.read()

    _told("kill -9 of QEMU at the destination", ended, continuity)
    assert ended.phase is Phase.FAILED
    assert "transfer failed" in ended.reason
    assert f"still running on {here}" in ended.reason
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, here)


def test_a_killed_libvirtd_at_the_source_is_named_and_the_machine_runs_on(
    lab: LiveLab, watched: Watched, voyage: Voyage
) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    machine = watched.machine(guest.name)
    with lab.hold(guest) as held:
        identity = watched.migrate(machine, there)
        watched.until_memory_moves(identity)
        lab.disconnect(here)
        break_node(NodeFault.LIBVIRTD_KILL, lab.node(here), lab.folders)
        ended = watched.end_of(identity)
        held.wait_for_ticks(50)
        continuity = held.read()

    _told("kill -9 of libvirtd at the source", ended, continuity)
    assert ended.phase is Phase.FAILED
    assert f"libvirtd on {here} stopped or was restarted" in ended.reason
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, here)


def test_a_link_that_goes_down_in_the_middle_costs_one_attempt_and_the_next_network_carries_the_machine(
    lab: LiveLab, watched: Watched, voyage: Voyage
) -> None:
    guest, there = voyage.guest, voyage.there
    machine = watched.machine(guest.name)
    with lab.hold(guest) as held:
        identity = watched.migrate(machine, there)
        watched.until_memory_moves(identity)
        break_link(LinkFault.DOWN, lab.node(there), LIVE_MIGRATION, lab.plan, lab.folders)
        try:
            ended = watched.end_of(identity)
        finally:
            break_link(LinkFault.UP, lab.node(there), LIVE_MIGRATION, lab.plan, lab.folders)
        held.wait_for_ticks(50)
        continuity = held.read()

    _told("link of the first network down in the middle", ended, continuity)
    networks = watched.workspace.state.networks
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert [(networks[a.network].name, a.connected) for a in ended.attempts] == [
        ("Live Migration", True),
        ("Live Migration", False),
        ("Management", True),
    ]
    assert "no data was transferred for 3 s" in ended.attempts[1].result
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, there)


def test_a_connection_that_hangs_in_spite_of_the_probe_is_told_with_its_limit_and_the_next_network_is_taken(
    lab: LiveLab, watched: Watched, voyage: Voyage, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    machine = watched.machine(guest.name)
    probed: list[str] = []

    def probe_then_drop(source: Host, address: str) -> tuple[Answer, str]:
        """The path answers, and an instant later it swallows what is sent."""
        found = probe_from(source, address)
        if not probed:
            # A test before may just have mended this link: the kernel is allowed a second to notice.
            wait_until(lambda: probe_from(source, address)[0].reached, f"{address} answers", 30)
            found = probe_from(source, address)
            break_link(LinkFault.DROP, lab.node(there), LIVE_MIGRATION, lab.plan, lab.folders)
        probed.append(address)
        return found

    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.probe_from", probe_then_drop)
    warnings: list[str] = []

    def keep(entries: Sequence[Entry]) -> None:
        warnings.extend(e.event.text for e in entries if isinstance(e.event, BackendReported))

    watched.workspace.subscribe(lambda _change, entries: keep(entries))
    with lab.hold(guest) as held:
        try:
            identity = watched.migrate(machine, there)
            watched.until(
                lambda: any("hangs" in text for text in warnings) or watched.of(identity).phase.is_over,
                "the connection is said to hang",
            )
            assert any("hangs" in text for text in warnings), watched.of(identity)
            states = [lab.connection(node).lookupByName(guest.name).state()[0] for node in (here, there)]
            ended = watched.end_of(identity)
        finally:
            break_link(LinkFault.PASS, lab.node(there), LIVE_MIGRATION, lab.plan, lab.folders)
        held.wait_for_ticks(50)
        continuity = held.read()

    _told("link of the first network swallows packets after the probe", ended, continuity)
    print("\n".join(warnings))
    (warning,) = [text for text in warnings if "hangs" in text]
    retries = lab.setting(here, "net.ipv4.tcp_syn_retries")
    networks = watched.workspace.state.networks
    assert f"(read on {here}: net.ipv4.tcp_syn_retries is {retries})" in warning
    assert "closes it after at most" in warning
    assert states == [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_PAUSED], "the copy at the destination waits"
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert [(networks[a.network].name, a.connected) for a in ended.attempts] == [
        ("Live Migration", True),
        ("Live Migration", False),
        ("Management", True),
    ]
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, there)


def test_a_destination_that_loses_its_power_is_named_and_the_machine_runs_on(
    lab: LiveLab, watched: Watched, voyage: Voyage
) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    machine = watched.machine(guest.name)
    with lab.hold(guest) as held:
        identity = watched.migrate(machine, there)
        watched.until_memory_moves(identity)
        lab.disconnect(there)
        break_node(NodeFault.POWER_CUT, lab.node(there), lab.folders)
        try:
            ended = watched.end_of(identity)
            watched.until(lambda: watched.workspace.state.nodes[there].state is NodeState.DOWN, f"{there} is down")
        finally:
            bring_up(lab.plan, lab.folders)
        held.wait_for_ticks(50)
        continuity = held.read()

    _told("power of the destination cut", ended, continuity)
    assert ended.phase is Phase.FAILED
    assert f"{there} no longer responds" in ended.reason
    assert f"still running on {here}" in ended.reason
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, here)


def test_a_second_program_that_moves_the_same_machine_is_told_so_and_the_first_goes_on(
    lab: LiveLab, watched: Watched, voyage: Voyage, tmp_path: Path
) -> None:
    guest, there = voyage.guest, voyage.there
    machine = watched.machine(guest.name)
    other = Watched(lab, tmp_path / "other")
    try:
        other.machine(guest.name)
        with lab.hold(guest) as held:
            first = watched.migrate(machine, there)
            watched.until_memory_moves(first)
            second = other.end_of(other.migrate(machine, "node3"))
            ended = watched.end_of(first)
            held.wait_for_ticks(50)
            continuity = held.read()
        other.until(lambda: other.workspace.state.machines[machine].node == there, "the other sees the move")
    finally:
        other.workspace.close()

    _told("the same machine moved by a second program (the second)", second)
    _told("the same machine moved by a second program (the first)", ended, continuity)
    assert second.phase is Phase.FAILED
    assert "Another program is already migrating voyager" in second.reason
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, there)


def test_a_destination_that_does_not_see_the_disk_is_told_as_the_reason(
    lab: LiveLab, watched: Watched, voyage: Voyage
) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    identity = watched.machine(guest.name)
    with _fault(lab, NodeFault.STORAGE_LOST, NodeFault.STORAGE_BACK, there):
        ended = watched.end_of(watched.migrate(identity, there))

    _told("disk missing at the destination", ended)
    assert ended.phase is Phase.FAILED
    assert f"{there} cannot access the files of the virtual machine" in ended.reason
    assert str(guest.disk(lab.folders)) in ended.reason
    assert "Mount the shared storage" in ended.remedy
    _at_rest(lab, guest, here)


def test_a_destination_without_memory_is_told_as_the_reason(lab: LiveLab, watched: Watched, voyage: Voyage) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    identity = watched.machine(guest.name)
    with _fault(lab, NodeFault.MEMORY_SHORT, NodeFault.MEMORY_BACK, there):
        ended = watched.end_of(watched.migrate(identity, there))

    _told("destination out of memory", ended)
    assert ended.phase is Phase.FAILED
    assert f"{there} does not have enough memory" in ended.reason
    _at_rest(lab, guest, here)


def test_a_libvirtd_restarted_while_idle_is_found_again_and_moves_its_machine(
    lab: LiveLab, watched: Watched, voyage: Voyage
) -> None:
    guest, here, there = voyage.guest, voyage.here, voyage.there
    identity = watched.machine(guest.name)
    with lab.hold(guest) as held:
        lab.disconnect(here)
        break_node(NodeFault.LIBVIRTD_KILL, lab.node(here), lab.folders)
        wait_until(lambda: _answering(lab, here), f"libvirtd of {here} answers again", 30)
        watched.until_asked_again()  # what is known may be from before the kill, or of the moment without libvirtd
        ended = watched.end_of(watched.migrate(watched.machine(guest.name), there))
        held.wait_for_ticks(50)
        continuity = held.read()

    _told("libvirtd restarted while idle, then moved", ended, continuity)
    assert ended.machine == identity
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert continuity.unbroken, continuity
    _at_rest(lab, guest, there)


def test_a_destination_that_lacks_processor_features_is_refused_before_the_transfer_and_they_are_named(
    lab: LiveLab, watched: Watched
) -> None:
    modern = lab.add_machine("modern", processor="Nehalem+aes+xsave+avx")
    try:
        ended = watched.end_of(watched.migrate(watched.machine("modern"), "node3"))
        _told("destination lacks processor features", ended)
        _at_rest(lab, modern, "node1")
    finally:
        remove_machine("modern", lab.plan, lab.folders)

    assert ended.phase is Phase.FAILED
    assert ended.reason.startswith("node3 does not support these processor features of the virtual machine: aes, avx.")
    assert ended.attempts == ()


def test_a_guest_that_shuts_down_in_the_middle_is_reported_as_shut_down(
    lab: LiveLab, watched: Watched, writing: LabMachine
) -> None:
    machine = watched.machine(writing.name)
    identity = watched.migrate(machine, "node2")
    watched.until_memory_moves(identity)
    with connect_from(lab.client, writing.address, GUEST_PORT) as line:
        line.sendall(b"poweroff\n")
    ended = watched.end_of(identity)
    _told("guest shut down", ended)
    watched.until(lambda: watched.workspace.state.machines[machine].state is MachineState.OFF, "it is shown as off")

    assert ended.phase is Phase.FAILED
    assert ended.reason == "The virtual machine was shut down during the migration."
    assert watched.workspace.state.machines[machine].node == "node1"
    wait_until(lambda: lab.running(writing) == [], "no copy runs", 30)
