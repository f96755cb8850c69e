"""Services and applications that are no virtual machines: configured, moved, failing, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion, DiskUse, Group, GroupType, NodeState, ResourceState, ResourceType
from fcm.model.failures import FaultKind
from fcm.model.rules.dependencies import expression
from fcm.model.rules.failing.guardian import violations
from fcm.workspace.files.journal import Journal
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.failing import cluster_file, fault, logged
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.entities import Resource

ONLINE, OFFLINE, FAILED = ResourceState.ONLINE, ResourceState.OFFLINE, ResourceState.FAILED


def resource(desk: Desk, name: str) -> Resource:
    return next(item for item in desk.state.resources.values() if item.name == name)


def file_server(desk: Desk, name: str = "FS01", address: str = "10.0.1.60", disk: str = "Cluster Disk 2") -> Group:
    assert desk.do(cmd.AddRole(GroupType.FILE_SERVER, name, address, (desk.disk(disk).id,)))
    return desk.group(name)


def service(desk: Desk, name: str = "TIME01", address: str = "10.0.1.61") -> Group:
    assert desk.do(cmd.AddRole(GroupType.GENERIC_SERVICE, name, address, (), "W32Time"))
    return desk.group(name)


def states(desk: Desk, group: str) -> dict[str, ResourceState]:
    return {one.name: one.state for one in desk.state.group_resources(desk.group(group).id)}


def test_a_file_server_has_a_client_access_point_a_disk_and_dependencies_and_is_online(desk: Desk) -> None:
    group = file_server(desk)
    assert (group.type, group.state, group.owner) == (GroupType.FILE_SERVER, ONLINE, "node1")
    assert states(desk, "FS01") == {
        "File Server (FS01)": ONLINE,
        "FS01": ONLINE,
        "IP Address 10.0.1.60": ONLINE,
        "Cluster Disk 2": ONLINE,
    }
    server, name = resource(desk, "File Server (FS01)"), resource(desk, "FS01")
    assert expression(desk.state, server.depends_on, ()) == "([FS01]) and ([Cluster Disk 2])"
    assert expression(desk.state, name.depends_on, ()) == "([IP Address 10.0.1.60])"
    assert (desk.disk("Cluster Disk 2").use, desk.disk("Cluster Disk 2").owner) == (DiskUse.GROUP, "node1")
    assert not violations(desk.state)


@pytest.mark.parametrize(
    ("kind", "program", "made"),
    [
        (GroupType.GENERIC_SERVICE, "Spooler", "Spooler (TOOL01)"),
        (GroupType.GENERIC_APPLICATION, '"C:\\Tools\\report.exe" /all', "report.exe (TOOL01)"),
        (GroupType.DHCP_SERVER, "", "DHCP Service (TOOL01)"),
        (GroupType.PRINT_SERVER, "", "Print Spooler (TOOL01)"),
    ],
)
def test_each_kind_runs_its_own_resource_on_name_and_disk(desk: Desk, kind: GroupType, program: str, made: str) -> None:
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.AddRole(kind, "TOOL01", "10.0.1.60", (disk,), program))
    found = resource(desk, made)
    assert (found.state, found.detail) == (ONLINE, program)
    assert {desk.state.resources[one].name for one in found.depends_on} == {"TOOL01", "Cluster Disk 2"}


def test_other_server_is_only_a_client_access_point(desk: Desk) -> None:
    assert desk.do(cmd.AddRole(GroupType.OTHER_SERVER, "OTHER01", "10.0.1.60"))
    assert list(states(desk, "OTHER01")) == ["OTHER01", "IP Address 10.0.1.60"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60"), "A File Server needs a disk."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "", "10.0.1.60"), "The client access point needs a name."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "node1", "10.0.1.60"),
         "The name node1 is already in use in this cluster."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "sql01", "10.0.1.60"),
         "The name sql01 is already in use in this cluster."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "X", "10.0.9.9"), "Clients cannot reach 10.0.9.9: it should be in one of "
         "10.0.1.0/24."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "X", "10.0.2.60"), "Clients cannot reach 10.0.2.60: it should be in one "
         "of 10.0.1.0/24."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "X", "10.0.1.0"), "10.0.1.0 is the address of the whole "
         "subnet 10.0.1.0/24."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "X", "here"), "'here' is not an IP address."),
        (cmd.AddRole(GroupType.GENERIC_SERVICE, "X", "10.0.1.60"), "The service name is missing."),
        (cmd.AddRole(GroupType.OTHER_SERVER, "X", "10.0.1.60", (), "a.exe"),
         "A service or application of the type Other Server starts no program."),
        (cmd.AddRole(GroupType.VIRTUAL_MACHINE, "X", "10.0.1.60"),
         "Virtual Machine is no service or application of this kind."),
    ],
)  # fmt: skip
def test_what_cannot_be_configured_is_refused_with_the_reason(desk: Desk, command: cmd.AddRole, reason: str) -> None:
    verdict = desk.do(command)
    assert (verdict.ok, verdict.reason) == (False, reason)
    assert verdict.remedy


def test_an_address_or_a_disk_that_is_taken_is_refused(desk: Desk) -> None:
    file_server(desk)
    disk = desk.disk("Cluster Disk 2").id
    assert "10.0.1.60 is already in use." in desk.do(cmd.AddRole(GroupType.OTHER_SERVER, "X", "10.0.1.60")).reason
    taken = desk.do(cmd.AddRole(GroupType.FILE_SERVER, "FS02", "10.0.1.62", (disk,)))
    assert taken.reason == "Cluster Disk 2 is not in Available Storage (Service or application)."
    twice = desk.disk("Cluster Disk 3").id
    assert desk.do(cmd.AddRole(GroupType.FILE_SERVER, "X", "10.0.1.63", (twice, twice))).reason == (
        "A disk was chosen twice."
    )


def test_a_move_takes_all_of_it_and_its_disk_to_the_other_node(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.MoveGroup(group.id, "node3"))
    assert (desk.group("FS01").owner, desk.group("FS01").state) == ("node3", ONLINE)
    assert desk.disk("Cluster Disk 2").owner == "node3"
    assert logged(desk, "1641") == [("node3", {"group": "FS01", "from": "node1", "to": "node3"})]
    assert not logged(desk, "1153"), "a move is no failover"
    refused = desk.do(cmd.MoveGroup(group.id, "node3"))
    assert refused.reason == "node3 already owns FS01."


def test_what_was_offline_is_offline_after_a_move(desk: Desk) -> None:
    group = service(desk)
    assert desk.do(cmd.SetGroupOnline(group.id, online=False))
    assert set(states(desk, "TIME01").values()) == {OFFLINE}
    target = next(name for name in desk.state.nodes if name != group.owner)
    assert desk.do(cmd.MoveGroup(group.id, target))
    assert (desk.group("TIME01").owner, desk.group("TIME01").state) == (target, OFFLINE)
    assert desk.do(cmd.SetGroupOnline(group.id, online=True))
    assert set(states(desk, "TIME01").values()) == {ONLINE}


def test_a_lost_node_loses_its_services_to_another_one(desk: Desk) -> None:
    group = file_server(desk)
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(30.0)
    after = desk.group("FS01")
    assert after.owner != "node1"
    assert after.state is ONLINE
    assert desk.disk("Cluster Disk 2").owner == after.owner
    record = desk.state.failovers[group.id]
    assert (record.source, record.destination) == ("node1", after.owner)
    assert record.online is not None
    assert record.booted == record.online, "there is no guest that boots"
    assert not violations(desk.state)


def test_one_that_the_user_took_offline_fails_over_and_stays_offline(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.SetGroupOnline(group.id, online=False))
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(30.0)
    assert desk.group("FS01").owner != "node1"
    assert desk.group("FS01").state is OFFLINE


def test_without_auto_start_it_fails_over_and_stays_offline(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.ConfigureGroup(group.id, auto_start=False))
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(30.0)
    assert (desk.group("FS01").owner != "node1", desk.group("FS01").state) == (True, OFFLINE)


def test_a_failed_resource_takes_down_what_depends_on_it_and_is_restarted(desk: Desk) -> None:
    file_server(desk)
    assert desk.do(cmd.FailResource(resource(desk, "FS01").id))
    assert states(desk, "FS01") == {
        "File Server (FS01)": OFFLINE,
        "FS01": FAILED,
        "IP Address 10.0.1.60": ONLINE,
        "Cluster Disk 2": ONLINE,
    }
    desk.run(5.0)
    assert set(states(desk, "FS01").values()) == {ONLINE}
    assert desk.group("FS01").owner == "node1"


@pytest.mark.parametrize("name", ["File Server (FS01)", "FS01", "IP Address 10.0.1.60", "Cluster Disk 2"])
def test_the_second_failure_of_any_resource_makes_the_group_fail_over(desk: Desk, name: str) -> None:
    file_server(desk)
    for _ in range(2):
        assert desk.do(cmd.FailResource(resource(desk, name).id))
        desk.run(10.0)
    assert desk.group("FS01").owner != "node1"
    assert set(states(desk, "FS01").values()) == {ONLINE}
    assert desk.disk("Cluster Disk 2").owner == desk.group("FS01").owner


def test_the_cable_of_its_address_unplugged_makes_it_fail_over(desk: Desk) -> None:
    group = service(desk)
    owner = group.owner
    assert desk.unplug(owner, "Cluster Network 1")
    desk.run(30.0)
    assert desk.group("TIME01").owner != owner
    assert desk.group("TIME01").state is ONLINE


def test_the_path_of_its_disk_lost_makes_it_fail_over(desk: Desk) -> None:
    file_server(desk)
    assert desk.inject(FaultKind.LOSE_PATH, desk.disk("Cluster Disk 2").id, "node1")
    desk.run(30.0)
    assert desk.group("FS01").owner != "node1"
    assert desk.group("FS01").state is ONLINE


def test_where_no_node_can_own_it_it_is_left_failed_and_comes_back_with_its_node(desk: Desk) -> None:
    group = file_server(desk)
    for one in desk.state.group_resources(group.id):
        assert desk.do(cmd.ConfigureResource(one.id, possible_owners=("node1",)))
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(30.0)
    assert desk.group("FS01").owner == "node1"
    assert desk.group("FS01").state is FAILED
    assert desk.repair("node1")
    desk.run(300.0)
    assert desk.state.nodes["node1"].state is NodeState.UP
    assert desk.group("FS01").state is ONLINE


def test_failback_brings_it_back_to_its_preferred_owner(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.ConfigureGroup(group.id, preferred_owners=("node1",), failback=True))
    fault(desk, FaultKind.POWER_OFF, "node1")
    desk.run(30.0)
    assert desk.group("FS01").owner != "node1"
    assert desk.repair("node1")
    desk.run(300.0)
    assert (desk.group("FS01").owner, desk.group("FS01").state) == ("node1", ONLINE)


def test_a_drain_moves_it_away(desk: Desk) -> None:
    file_server(desk)
    assert desk.do(cmd.DrainNode("node1"))
    assert desk.group("FS01").owner != "node1"
    assert desk.group("FS01").state is ONLINE


def test_a_node_whose_cluster_service_is_stopped_gives_it_away(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.MoveGroup(group.id, "node3"))
    assert desk.do(cmd.StopClusterService("node3"))
    desk.run(5.0)
    assert desk.group("FS01").owner != "node3"
    assert desk.group("FS01").state is ONLINE


def test_on_an_isolated_node_only_machines_are_left() -> None:
    desk = desk_of(ClusterVersion.V2016)
    file_server(desk)
    fault(desk, FaultKind.ISOLATE, "node1")
    desk.run(20.0)
    assert desk.state.nodes["node1"].state is NodeState.ISOLATED
    assert desk.group("FS01").owner != "node1"
    assert desk.group("FS01").state is ONLINE
    assert desk.group("SQL01").owner == "node1"
    desk.workspace.close()


def test_an_added_resource_is_offline_until_it_is_brought_online(desk: Desk) -> None:
    group = service(desk)
    assert desk.do(cmd.AddResource(group.id, ResourceType.GENERIC_APPLICATION, "Report", "report.exe"))
    assert desk.group("TIME01").state is ResourceState.PARTIAL_ONLINE
    assert desk.do(cmd.SetGroupOnline(group.id, online=True))
    assert desk.group("TIME01").state is ONLINE
    report = resource(desk, "Report")
    assert desk.do(cmd.ConfigureResource(report.id, depends_on=(resource(desk, "TIME01").id,)))
    assert desk.do(cmd.TakeOffline(resource(desk, "TIME01").id))
    assert resource(desk, "Report").state is OFFLINE


@pytest.mark.parametrize(
    ("kind", "name", "detail", "reason"),
    [
        (ResourceType.IP_ADDRESS, "Second", "10.0.1.61", "10.0.1.61 is already in use."),
        (ResourceType.NETWORK_NAME, "Second", "node2", "The name node2 is already in use in this cluster."),
        (ResourceType.GENERIC_SERVICE, "Second", "", "The service name is missing."),
        (ResourceType.PRINT_SPOOLER, "Second", "x", "A Print Spooler needs no further text."),
        (ResourceType.PRINT_SPOOLER, "TIME01", "", "A resource TIME01 already exists."),
        (ResourceType.PHYSICAL_DISK, "Second", "", "A resource of the type Physical Disk cannot be added here."),
    ],
)
def test_a_resource_that_cannot_be_is_refused(
    desk: Desk, kind: ResourceType, name: str, detail: str, reason: str
) -> None:
    group = service(desk)
    verdict = desk.do(cmd.AddResource(group.id, kind, name, detail))
    assert (verdict.ok, verdict.reason) == (False, reason)


def test_what_a_user_took_offline_alone_is_not_brought_online_by_a_restart_of_another(desk: Desk) -> None:
    group = service(desk)
    assert desk.do(cmd.AddResource(group.id, ResourceType.PRINT_SPOOLER, "Spooler"))
    desk.do(cmd.BringOnline(resource(desk, "Spooler").id))
    assert desk.do(cmd.TakeOffline(resource(desk, "Spooler").id))
    assert desk.do(cmd.FailResource(resource(desk, "W32Time (TIME01)").id))
    desk.run(10.0)
    assert resource(desk, "W32Time (TIME01)").state is ONLINE
    assert resource(desk, "Spooler").state is OFFLINE
    assert desk.do(cmd.MoveGroup(group.id, next(one for one in desk.state.nodes if one != group.owner)))
    assert resource(desk, "Spooler").state is OFFLINE


def test_a_resource_is_deleted_once_nothing_depends_on_it(desk: Desk) -> None:
    service(desk)
    name, running = resource(desk, "TIME01"), resource(desk, "W32Time (TIME01)")
    assert desk.do(cmd.RemoveResource(name.id)).reason == "W32Time (TIME01) depends on TIME01."
    assert desk.do(cmd.RemoveResource(running.id))
    assert list(states(desk, "TIME01")) == ["TIME01", "IP Address 10.0.1.61"]


def test_storage_is_added_and_given_back(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.MoveGroup(group.id, "node2"))
    disk = desk.disk("Cluster Disk 3")
    assert desk.do(cmd.MoveDisk(disk.id, group.id))
    assert (desk.disk(disk.name).use, desk.disk(disk.name).owner) == (DiskUse.GROUP, "node2")
    assert states(desk, "FS01")["Cluster Disk 3"] is ONLINE
    available = desk.group("Available Storage").id
    needed = desk.do(cmd.MoveDisk(desk.disk("Cluster Disk 2").id, available))
    assert needed.reason == "File Server (FS01) depends on Cluster Disk 2."
    assert desk.do(cmd.MoveDisk(disk.id, available))
    assert (desk.disk(disk.name).use, desk.disk(disk.name).owner) == (DiskUse.AVAILABLE, "node1")
    assert desk.disk(disk.name).state is ONLINE


def test_a_deleted_service_gives_its_disk_back(desk: Desk) -> None:
    group = file_server(desk)
    assert desk.do(cmd.RemoveGroup(group.id))
    assert group.id not in desk.state.groups
    assert not [one for one in desk.state.resources.values() if one.group == group.id]
    disk = desk.disk("Cluster Disk 2")
    assert (disk.use, disk.state, disk.owner) == (DiskUse.AVAILABLE, ONLINE, "node1")
    assert not violations(desk.state)


def test_a_disk_of_a_service_that_goes_offline_takes_the_server_with_it(desk: Desk) -> None:
    file_server(desk)
    assert desk.do(cmd.SetDiskOnline(desk.disk("Cluster Disk 2").id, online=False))
    assert states(desk, "FS01")["File Server (FS01)"] is OFFLINE
    assert states(desk, "FS01")["FS01"] is ONLINE


def test_groups_of_machines_and_of_the_cluster_have_their_own_commands(desk: Desk) -> None:
    machine, core = desk.group("SQL01"), desk.group("Cluster Group")
    assert desk.do(cmd.MoveGroup(machine.id, "node2")).reason == "SQL01 is a virtual machine."
    assert desk.do(cmd.SetGroupOnline(core.id, online=False)).reason == "Cluster Group belongs to the cluster itself."
    assert desk.do(cmd.TakeOffline(resource(desk, "Cluster Name").id)).reason == (
        "The cluster itself needs Cluster Name."
    )
    assert desk.do(cmd.TakeOffline(resource(desk, "Virtual Machine Configuration SQL01").id)).reason == (
        "SQL01 is running."
    )


def test_the_whole_cluster_stops_and_starts_with_its_services(desk: Desk) -> None:
    file_server(desk)
    assert desk.do(cmd.StopCluster())
    desk.run(900.0)
    assert desk.group("FS01").state is OFFLINE
    assert desk.do(cmd.StartCluster())
    desk.run(300.0)
    assert desk.group("FS01").state is ONLINE


def test_closing_the_program_loses_none_of_it(tmp_path: Path) -> None:
    path = tmp_path / "roles.journal"
    first = Desk(journal=Journal.open(path, "embedded:contoso"))
    group = file_server(first)
    first.do(cmd.FailResource(resource(first, "FS01").id))
    first.workspace.close()
    again = Desk(journal=Journal.open(path, "embedded:contoso"))
    assert again.group("FS01") == first.group("FS01")
    again.run(5.0)
    assert again.state.groups[group.id].state is ONLINE
    again.workspace.close()


def test_its_creation_is_one_event(desk: Desk) -> None:
    group = file_server(desk)
    (made,) = [entry.event for entry in desk.entries if isinstance(entry.event, ev.GroupCreated)]
    assert made.group.id == group.id
    assert {one.state for one in made.resources if one.disk is None} == {OFFLINE}


ROLES = """
[[disks]]
name = "Shares"
use = "Available Storage"
size = "20 GiB"
used = "1 GiB"

[[roles]]
name = "FS01"
type = "File Server"
address = "10.0.1.60"
disks = ["Shares"]
node = "node2"
preferred_owners = ["node2", "node1"]

[[roles]]
name = "TIME01"
type = "Generic Service"
address = "10.0.1.61"
service_name = "W32Time"
online = false
"""


def test_a_cluster_file_describes_services_and_applications(tmp_path: Path) -> None:
    path = cluster_file(tmp_path, 3)
    path.write_text(path.read_text(encoding="utf-8") + ROLES, encoding="utf-8")
    desk = Desk(path)
    files, time = desk.group("FS01"), desk.group("TIME01")
    assert (files.owner, files.state, files.preferred_owners) == ("node2", ONLINE, ("node2", "node1"))
    assert (desk.disk("Shares").owner, desk.disk("Shares").use) == ("node2", DiskUse.GROUP)
    assert (time.state, time.wanted) == (OFFLINE, False)
    assert resource(desk, "W32Time (TIME01)").detail == "W32Time"
    fault(desk, FaultKind.POWER_OFF, "node2")
    desk.run(30.0)
    assert desk.group("FS01").owner == "node1", "the next preferred owner"
    assert not violations(desk.state)
    desk.workspace.close()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('type = "File Server"', 'type = "Virtual Machine"', "it must be one of: DHCP Server"),
        ('address = "10.0.1.61"', 'address = "10.0.1.60"', "10.0.1.60 is already in use."),
        ('address = "10.0.1.61"', 'address = "10.0.2.60"', "10.0.2.60 is on no network that clients use"),
        ('address = "10.0.1.61"', 'address = "there"', "which is not an IP address."),
        ('disks = ["Shares"]', "", "A File Server needs a disk."),
        ('disks = ["Shares"]', 'disks = ["Disk of VM1"]', "is not in Available Storage"),
        ('disks = ["Shares"]', 'disks = ["None"]', "There is no disk 'None'"),
        ('service_name = "W32Time"', 'service_name = " "', "The service name is missing."),
        ('name = "TIME01"', 'name = "node1"', "There are two client access points named"),
    ],
)
def test_a_file_with_a_wrong_service_is_refused_with_the_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    from fcm.backend.embedded.cluster_file.reading import ClusterFileError, load

    path = cluster_file(tmp_path, 3)
    path.write_text(path.read_text(encoding="utf-8") + ROLES.replace(old, new), encoding="utf-8")
    with pytest.raises(ClusterFileError, match=r".") as caught:
        load(path)
    assert reason in str(caught.value)
