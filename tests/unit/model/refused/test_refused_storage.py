"""What is refused for disks and volumes, and in which words; one entry a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import (
    MachineState,
    NodeState,
    QuorumMode,
    ResourceState,
)
from tests.unit.model.changed import (
    disk,
    with_disk,
    with_machine,
    with_node,
)
from tests.unit.model.refused.case import (
    assert_refused,
    enabled,
    moving,
    new,
    on,
    on_disk,
    on_disks,
    plain,
    with_volume,
)

if TYPE_CHECKING:
    from fcm.model.state import State
    from tests.unit.model.refused.case import Case


REFUSED: dict[str, tuple[Case, str]] = {
    "no LUN chosen": (on(plain(cmd.AddClusterDisk(()))), "No disk was chosen"),
    "a cluster disk again": (on(on_disks(cmd.AddClusterDisk, "Cluster Disk 2")), "is already a cluster disk"),
    "a LUN that is hidden": (on(on_disks(cmd.AddClusterDisk, "iSCSI Disk 17")), "is not visible to node3"),
    "a LUN without reservations": (
        on(
            on_disks(cmd.AddClusterDisk, "iSCSI Disk 15"),
            lambda s: with_disk(s, "iSCSI Disk 15", persistent_reservations=False),
        ),
        "does not support persistent reservations",
    ),
    "storage before enabling": (on(on_disks(cmd.AddStorage, "Cluster Disk 2")), "are not enabled"),
    "no storage chosen": (on(plain(cmd.AddStorage(())), enabled), "No disk was chosen"),
    "storage in use": (on(on_disks(cmd.AddStorage, "Cluster Disk 1"), enabled), "is not in Available Storage"),
    "storage that is offline": (
        on(
            on_disks(cmd.AddStorage, "Cluster Disk 2"),
            lambda s: enabled(with_disk(s, "Cluster Disk 2", state=ResourceState.OFFLINE)),
        ),
        "Cluster Disk 2 is offline",
    ),
    "storage in FAT": (
        on(
            on_disks(cmd.AddStorage, "Cluster Disk 2"),
            lambda s: enabled(with_disk(s, "Cluster Disk 2", file_system="FAT32")),
        ),
        "formatted with FAT32",
    ),
    "a volume with files": (
        on(
            on_disk(cmd.RemoveSharedVolume, "Cluster Disk 2"),
            lambda s: with_machine(with_volume(s), "TEST01", disk=disk(s, "Cluster Disk 2").id),
        ),
        "holds files of TEST01",
    ),
    "a volume without name": (on(on_disk(cmd.RenameSharedVolume, "Cluster Disk 2", " "), with_volume), "needs a name"),
    "a volume with a taken name": (
        on(on_disk(cmd.RenameSharedVolume, "Cluster Disk 2", "cluster disk 3"), with_volume),
        "Another disk is named",
    ),
    "a folder with a slash": (
        on(on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "a/b"), with_volume),
        "has a character that file names cannot have",
    ),
    "a folder called as a device": (
        on(on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "nul.txt"), with_volume),
        "Windows reserves the name NUL for a device",
    ),
    "a machine called as a device": (on(new(name="com1")), "Windows reserves the name COM1 for a device"),
    "a machine with a period at the end": (on(new(name="WEB09.")), "ends with a period"),
    "a node with a long name": (on(plain(cmd.AddNode("a-very-long-name"))), "has 16 characters"),
    "a taken folder": (
        on(
            on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "volume2"),
            lambda s: with_volume(with_volume(s), "Cluster Disk 3", "Volume2"),
        ),
        "already has a folder volume2",
    ),
    "a folder in use": (
        on(
            on_disk(cmd.RenameVolumeFolder, "Cluster Disk 2", "X"),
            lambda s: moving(with_machine(with_volume(s), "WEB01", disk=disk(s, "Cluster Disk 2").id), "WEB01"),
        ),
        "is being migrated",
    ),
    "the same coordinator": (on(on_disk(cmd.MoveSharedVolume, "Cluster Disk 2", "node1"), with_volume), "already"),
    "a coordinator that is down": (
        on(
            on_disk(cmd.MoveSharedVolume, "Cluster Disk 2", "node2"),
            lambda s: with_node(with_volume(s), "node2", state=NodeState.DOWN),
        ),
        "node2 is down",
    ),
    "a coordinator that does not see": (
        on(
            on_disk(cmd.MoveSharedVolume, "Cluster Disk 2", "node2"),
            lambda s: with_disk(with_volume(s), "Cluster Disk 2", visible_to=("node1",)),
        ),
        "node2 does not see this disk",
    ),
    "no redirection to end": (
        on(on_disk(cmd.SetRedirectedAccess, "Cluster Disk 2", False), with_volume),
        "Redirected access of Cluster Disk 2 is already off",
    ),
    "maintenance of a LUN": (on(on_disk(cmd.SetMaintenance, "iSCSI Disk 15", True)), "is not a cluster disk"),
    "maintenance of the witness": (on(on_disk(cmd.SetMaintenance, "Cluster Disk 1", True)), "is the quorum witness"),
    "no maintenance to end": (
        on(on_disk(cmd.SetMaintenance, "Cluster Disk 2", False)),
        "Maintenance mode of Cluster Disk 2 is already off",
    ),
    "maintenance of a disk that is offline": (
        on(
            on_disk(cmd.SetMaintenance, "Cluster Disk 2", True),
            lambda s: with_disk(s, "Cluster Disk 2", state=ResourceState.OFFLINE),
        ),
        "Cluster Disk 2 is offline",
    ),
    "maintenance under a migration": (
        on(on_disk(cmd.SetMaintenance, "Cluster Disk 6", True), lambda s: moving(s, "WEB01")),
        "A live migration of WEB01 is in progress",
    ),
    "maintenance under a machine that the cluster cannot stop": (
        on(
            lambda s: cmd.SetMaintenance(disk(s, "Cluster Disk 2").id, True, force=True),
            lambda s: with_machine(with_volume(s), "WEB01", disk=disk(s, "Cluster Disk 2").id, group=None),
        ),
        "not highly available",
    ),
    "maintenance under a machine that is being saved": (
        on(
            lambda s: cmd.SetMaintenance(disk(s, "Cluster Disk 2").id, True, force=True),
            lambda s: with_machine(
                with_volume(s), "WEB01", disk=disk(s, "Cluster Disk 2").id, state=MachineState.SAVING
            ),
        ),
        "WEB01 is saving",
    ),
    "a disk in maintenance as volume": (
        on(
            on_disks(cmd.AddStorage, "Cluster Disk 2"),
            lambda s: with_disk(enabled(s), "Cluster Disk 2", maintenance=True),
        ),
        "Cluster Disk 2 is in maintenance mode",
    ),
    "a disk in maintenance as witness": (
        on(
            lambda s: cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, disk(s, "Cluster Disk 2").id),
            lambda s: with_disk(s, "Cluster Disk 2", maintenance=True),
        ),
        "Cluster Disk 2 is in maintenance mode",
    ),
    "a LUN brought online": (on(on_disk(cmd.SetDiskOnline, "iSCSI Disk 15", True)), "is not a cluster disk"),
    "online twice": (on(on_disk(cmd.SetDiskOnline, "Cluster Disk 2", True)), "is already online"),
    "the witness offline": (on(on_disk(cmd.SetDiskOnline, "Cluster Disk 1", False)), "is the quorum witness"),
    "a disk under machines": (
        on(on_disk(cmd.SetDiskOnline, "Cluster Disk 5", False)),
        "is used by running machines: SQL01",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(state: State, name: str) -> None:
    case, words = REFUSED[name]
    assert_refused(case, state, words)
