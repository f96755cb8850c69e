from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import DiskUse, GroupType, QuorumMode, ResourceState, VolumeAccess

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk


def enable(desk: Desk, *names: str) -> None:
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    if names:
        assert desk.do(cmd.AddStorage(tuple(desk.disk(name).id for name in names)))


def test_enabling_needs_the_notice_to_be_accepted(desk: Desk) -> None:
    assert not desk.do(cmd.EnableSharedVolumes())
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    assert desk.state.cluster is not None
    assert desk.state.cluster.shared_volumes_enabled


def test_added_storage_is_numbered_and_its_coordinators_are_spread(desk: Desk) -> None:
    enable(desk, "Cluster Disk 2", "Cluster Disk 3", "Cluster Disk 4")
    volumes = list(desk.state.shared_volumes.values())
    assert [volume.folder for volume in volumes] == ["Volume1", "Volume2", "Volume3"]
    assert {volume.owner for volume in volumes} == {"node1", "node2", "node3"}
    assert volumes[0].path() == "C:\\ClusterStorage\\Volume1"
    assert desk.disk("Cluster Disk 2").use is DiskUse.SHARED_VOLUME


def test_the_lowest_free_number_is_given_to_the_next_volume(desk: Desk) -> None:
    enable(desk, "Cluster Disk 2", "Cluster Disk 3")
    assert desk.do(cmd.RemoveSharedVolume(desk.disk("Cluster Disk 2").id))
    assert desk.do(cmd.AddStorage((desk.disk("Cluster Disk 4").id,)))
    assert desk.state.shared_volumes[desk.disk("Cluster Disk 4").id].folder == "Volume1"


def test_a_disk_that_becomes_a_volume_leaves_available_storage_and_comes_back(desk: Desk) -> None:
    disk = desk.disk("Cluster Disk 2").id
    enable(desk, "Cluster Disk 2")
    assert not [resource for resource in desk.state.resources.values() if resource.disk == disk]
    assert desk.do(cmd.RemoveSharedVolume(disk))
    (resource,) = [resource for resource in desk.state.resources.values() if resource.disk == disk]
    assert desk.state.groups[resource.group].type is GroupType.AVAILABLE_STORAGE
    assert desk.state.disks[disk].use is DiskUse.AVAILABLE


def test_available_storage_is_offline_once_it_is_empty(desk: Desk) -> None:
    enable(desk, "Cluster Disk 2", "Cluster Disk 3", "Cluster Disk 4")
    assert desk.group("Available Storage").state is ResourceState.OFFLINE


def test_a_renamed_volume_renames_its_disk_and_a_renamed_folder_the_paths_of_its_machines(desk: Desk) -> None:
    enable(desk, "Cluster Disk 2")
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.CreateVirtualMachine("NEW", "node1", 512 << 20, disk))
    assert desk.do(cmd.RenameSharedVolume(disk, "Data"))
    assert desk.do(cmd.RenameVolumeFolder(disk, "Machines"))
    assert desk.state.disks[disk].name == "Data"
    assert desk.machine("NEW").path == "C:\\ClusterStorage\\Machines\\NEW"


def test_a_lun_becomes_a_cluster_disk_under_the_next_free_name(desk: Desk) -> None:
    lun = desk.disk("iSCSI Disk 15").id
    assert desk.do(cmd.AddClusterDisk((lun,)))
    disk = desk.state.disks[lun]
    assert (disk.name, disk.use, disk.owner) == ("Cluster Disk 15", DiskUse.AVAILABLE, "node1")


def test_a_lun_that_one_node_does_not_see_is_refused(desk: Desk) -> None:
    verdict = desk.do(cmd.AddClusterDisk((desk.disk("iSCSI Disk 17").id,)))
    assert "not visible to node3" in verdict.reason


def test_a_new_witness_sends_the_old_one_to_available_storage(desk: Desk) -> None:
    old, new = desk.disk("Cluster Disk 1").id, desk.disk("Cluster Disk 4").id
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, new))
    assert desk.state.disks[old].use is DiskUse.AVAILABLE
    assert desk.state.disks[new].use is DiskUse.WITNESS
    core = {resource.disk for resource in desk.state.group_resources(desk.group("Cluster Group").id)}
    assert new in core
    assert old not in core


def test_node_majority_has_no_witness(desk: Desk) -> None:
    assert desk.do(cmd.SetQuorum(QuorumMode.NODE_MAJORITY))
    assert desk.state.cluster is not None
    assert desk.state.cluster.witness is None
    assert desk.disk("Cluster Disk 1").use is DiskUse.AVAILABLE


def test_coordinator_and_access_of_a_volume_change_on_command(desk: Desk) -> None:
    enable(desk, "Cluster Disk 2")
    disk = desk.disk("Cluster Disk 2").id
    target = next(name for name in desk.state.nodes if name != desk.state.shared_volumes[disk].owner)
    assert desk.do(cmd.MoveSharedVolume(disk, target))
    assert desk.do(cmd.SetRedirectedAccess(disk, on=True))
    volume = desk.state.shared_volumes[disk]
    assert (volume.owner, volume.access) == (target, VolumeAccess.REDIRECTED)
    assert desk.state.disks[disk].owner == target


def test_a_disk_with_running_machines_stays_online(desk: Desk) -> None:
    verdict = desk.do(cmd.SetDiskOnline(desk.disk("Cluster Disk 5").id, online=False))
    assert "SQL01" in verdict.reason


def test_a_disk_taken_offline_takes_its_resource_with_it(desk: Desk) -> None:
    disk = desk.disk("Cluster Disk 3").id
    assert desk.do(cmd.SetDiskOnline(disk, online=False))
    (resource,) = [resource for resource in desk.state.resources.values() if resource.disk == disk]
    assert resource.state is ResourceState.OFFLINE
    assert desk.group("Available Storage").state is ResourceState.PARTIAL_ONLINE
    assert desk.do(cmd.SetDiskOnline(disk, online=True))
    assert desk.group("Available Storage").state is ResourceState.ONLINE


def test_a_disk_with_files_of_machines_cannot_become_volume_or_witness(desk: Desk) -> None:
    assert desk.do(cmd.RemoveGroup(desk.group("WEB01").id))
    disk = desk.disk("Cluster Disk 6")
    assert disk.use is DiskUse.AVAILABLE
    enable(desk)
    assert "WEB01" in desk.do(cmd.AddStorage((disk.id,))).reason
    assert "WEB01" in desk.do(cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, disk.id)).reason


def test_validation_keeps_its_report_with_the_cluster(desk: Desk) -> None:
    assert desk.do(cmd.ValidateCluster())
    assert desk.state.cluster is not None
    report = desk.state.cluster.validation
    assert report is not None
    assert report.level == "warn"
    assert report.time == desk.workspace.now()
    assert len(desk.events(ev.ClusterValidated)) == 1
