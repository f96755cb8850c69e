"""What fcm orders from Pacemaker: adoption, live migrations, drains; no machine is restarted by any of it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.lab.faults import LinkFault, break_link
from fcm.lab.machines import ready_count, remove_machine
from fcm.lab.plan import LIVE_MIGRATION
from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from fcm.ui.tour.patience import stretched
from tests.live.pacemaker.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.lab.machines import LabMachine
    from tests.live.pacemaker.cluster import Failover

pytestmark = pytest.mark.live

_numbers = itertools.count(1)

ADD, MANAGE, CONFIRM = "10 done", "16", "17"
"""Steps of an adoption on three nodes in which fcm is killed. Before the first of them is done, nothing stands."""
UNMANAGE, DELETE = "1 done", "3"
"""Steps of a release, likewise."""


@pytest.fixture
def opened(failover: Failover, tmp_path: Path) -> Iterator[Opened]:
    found = Opened(failover, tmp_path)
    yield found
    found.workspace.close()


@pytest.fixture
def mover(failover: Failover) -> Iterator[LabMachine]:
    """A machine that nobody manages yet, with 60 MiB of data of which 4 MiB/s are rewritten.

    Each has a name of its own: what a test that failed leaves of it is nothing to the next one.
    """
    failover.make_ready("node1")
    made = failover.add_machine(f"mover{next(_numbers)}", "node1", fill=60, dirty=4, working_set=20)
    yield made
    failover.discard(made.name)
    remove_machine(made.name, failover.plan, failover.folders)


@pytest.fixture
def managed(opened: Opened, mover: LabMachine, failover: Failover) -> Iterator[str]:
    """The id of that machine, once Pacemaker manages it; it must not have been restarted, and is released again."""
    booted = ready_count(mover, failover.folders)
    machine = opened.adopt(mover.name)
    yield machine
    assert ready_count(mover, failover.folders) == booted, "it was restarted"
    opened.carry_out(cmd.RemoveGroup(f"group-{machine}"))


def qemu_of(machine: LabMachine) -> str:
    """Process id and time of start of the QEMU that runs a machine, as this computer counts; it runs once."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            began = (folder / "stat").read_text().rpartition(")")[2].split()[19]
        except OSError:
            continue
        if b"qemu" in words[0] and any(word.startswith(f"guest={machine.name},".encode()) for word in words):
            found.append(f"{folder.name} {began}")
    assert len(found) == 1, found
    return found[0]


def left(failover: Failover, machine: str) -> list[str]:
    """What a move has left in the CIB."""
    text = failover.on("node1", "cibadmin -Q")
    marks = (f'"cli-prefer-{machine}', f'"cli-ban-{machine}', "fcm-moving", "fcm-adopting", "fcm-releasing")
    return [mark for mark in marks if mark in text]


def is_well(failover: Failover, machine: str, node: str) -> bool:
    seen = failover.seen(machine)
    return seen.nodes == (node,) and seen.managed and not seen.failed and not seen.blocked and seen.role == "Started"


def test_a_machine_becomes_highly_available_and_leaves_the_cluster_in_one_life(
    failover: Failover, opened: Opened, mover: LabMachine
) -> None:
    before = qemu_of(mover)
    with failover.hold(mover) as held:
        held.wait_for_ticks(20)
        machine = opened.adopt(mover.name)
        assert is_well(failover, mover.name, "node1")
        assert mover.name not in failover.on("node1", "virsh -q list --all --persistent --name").split()

        opened.carry_out(cmd.RemoveGroup(f"group-{machine}"))
        assert mover.name in failover.on("node1", "virsh -q list --all --persistent --name").split()
        assert f'<resource id="{mover.name}"' not in failover.on("node1", "crm_mon -1 --output-as=xml")
        continuity = held.read()
    assert qemu_of(mover) == before
    assert continuity.unbroken, continuity


def test_a_live_migration_by_pacemaker_has_its_curve_and_keeps_the_connection(
    failover: Failover, opened: Opened, mover: LabMachine, managed: str
) -> None:
    with failover.hold(mover) as held:
        held.wait_for_ticks(20)
        ended = opened.end_of(opened.migrate(managed, "node2"))
        held.wait_for_ticks(50)
        continuity = held.read()
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert ended.figures is not None
    assert opened.owner(managed) == "node2"
    rows = opened.workspace.rows(ended.id)
    assert len(rows) > 10
    assert all(later.sent >= earlier.sent for earlier, later in itertools.pairwise(rows))
    assert opened.workspace.state.networks[ended.network or ""].name == "Live Migration"
    assert continuity.unbroken, continuity
    assert is_well(failover, mover.name, "node2")
    assert left(failover, mover.name) == []

    # The way back, canceled: it reads as half a migration to whoever forgets the failure of one node alone.
    before = qemu_of(mover)
    identity = opened.migrate(managed, "node1")
    opened.until_memory_moves(identity)
    opened.carry_out(cmd.CancelMigration(identity))
    assert opened.end_of(identity).phase is Phase.CANCELED
    assert qemu_of(mover) == before
    assert is_well(failover, mover.name, "node2")
    assert left(failover, mover.name) == []


def test_the_next_network_is_taken_and_told_when_the_preferred_one_is_down(
    failover: Failover, opened: Opened, mover: LabMachine, managed: str
) -> None:
    break_link(LinkFault.DOWN, failover.node("node2"), LIVE_MIGRATION, failover.plan, failover.folders)
    try:
        ended = opened.end_of(opened.migrate(managed, "node2"))
    finally:
        break_link(LinkFault.UP, failover.node("node2"), LIVE_MIGRATION, failover.plan, failover.folders)
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert [attempt.connected for attempt in ended.attempts] == [False, True]
    assert opened.workspace.state.networks[ended.attempts[0].network].name == "Live Migration"
    assert is_well(failover, mover.name, "node2")


def test_a_drained_node_is_empty_and_in_standby_and_gets_its_machines_back(
    failover: Failover, opened: Opened, mover: LabMachine, managed: str
) -> None:
    assert opened.end_of(opened.migrate(managed, "node3")).phase is Phase.COMPLETED
    opened.carry_out(cmd.DrainNode("node3"))
    opened.until(lambda: opened.workspace.state.nodes["node3"].standby, "node3 is in standby")
    assert opened.owner(managed) != "node3"

    opened.carry_out(cmd.ResumeNode("node3", failback=True))
    opened.until(lambda: opened.owner(managed) == "node3", "it is back")
    opened.until(lambda: not tuple(opened.workspace.state.active_migrations()), "all moves have finished")
    assert opened.is_up("node3")
    assert is_well(failover, mover.name, "node3")
    assert left(failover, mover.name) == []


def killed(failover: Failover, folder: Path, what: str, machine: LabMachine, last: str) -> None:
    """Let another process do something and be killed in the middle of it."""
    folder.mkdir(exist_ok=True)
    words = [what, str(failover.hosts_file), str(folder), machine.name, last]
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.pacemaker.killed", *words],
        capture_output=True,
        text=True,
        timeout=stretched(90),
        check=False,
    )
    assert done.returncode == -9, done.stderr


def test_a_move_goes_on_when_fcm_is_killed_and_the_next_fcm_takes_back_what_was_set_for_it(
    failover: Failover, mover: LabMachine, tmp_path: Path
) -> None:
    first = Opened(failover, tmp_path)
    machine = first.adopt(mover.name)
    first.workspace.close()
    booted = ready_count(mover, failover.folders)
    killed(failover, tmp_path / "one", "move", mover, "node2")
    assert left(failover, mover.name), "it was killed before it had begun"

    other = Opened(failover, tmp_path / "one")
    assert other.machine(mover.name) == machine
    other.until(lambda: other.owner(machine) == "node2" and not left(failover, mover.name), "the move is put right")
    assert is_well(failover, mover.name, "node2")
    assert ready_count(mover, failover.folders) == booted
    other.carry_out(cmd.RemoveGroup(f"group-{machine}"))
    other.workspace.close()


@pytest.mark.parametrize("last", [ADD, MANAGE, CONFIRM])
def test_an_adoption_that_was_killed_is_completed_and_touches_no_machine(
    failover: Failover, mover: LabMachine, tmp_path: Path, last: str
) -> None:
    before = qemu_of(mover)
    killed(failover, tmp_path / "one", "adopt", mover, last)
    assert qemu_of(mover) == before
    opened = Opened(failover, tmp_path)
    machine = opened.machine(mover.name)
    opened.until(
        lambda: (
            opened.workspace.state.machines[machine].is_highly_available
            and not left(failover, mover.name)
            and is_well(failover, mover.name, "node1")
        ),
        "the adoption is completed",
        90,
    )
    opened.carry_out(cmd.RemoveGroup(f"group-{machine}"))
    opened.workspace.close()
    assert qemu_of(mover) == before


@pytest.mark.parametrize("last", [UNMANAGE, DELETE])
def test_a_release_that_was_killed_is_completed_and_touches_no_machine(
    failover: Failover, mover: LabMachine, tmp_path: Path, last: str
) -> None:
    first = Opened(failover, tmp_path)
    machine = first.adopt(mover.name)
    first.workspace.close()
    before = qemu_of(mover)
    killed(failover, tmp_path / "one", "release", mover, last)
    assert qemu_of(mover) == before
    opened = Opened(failover, tmp_path)
    opened.until(
        lambda: (
            f'<resource id="{mover.name}"' not in failover.on("node1", "crm_mon -1 --output-as=xml")
            and mover.name in failover.on("node1", "virsh -q list --all --persistent --name").split()
        ),
        "the release is completed",
        90,
    )
    opened.workspace.close()
    assert qemu_of(mover) == before
    assert machine
