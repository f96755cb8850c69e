"""Every command line of Microsoft's guide to live migration, as printed: typographic quotes and dashes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtx import PyEvtxParser

from fcm import resources
from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from tests.unit.logs.test_query import GUIDE

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_the_printed_move_runs_a_live_migration_to_its_end(desk: ShellDesk) -> None:
    desk.must("Add-Module FailoverClusters")
    shown = desk.run("Get-Cluster “contoso” | Move-ClusterVirtualMachineRole -Name “DC01” -Node “node2”")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    assert machine.node == "node2"
    migration = desk.state.last_migration(machine.id)
    assert migration is not None
    assert migration.phase is Phase.COMPLETED
    assert shown.text().splitlines() == [
        "",
        "Name                       OwnerNode                                       State",
        "----                       ---------                                       -----",
        "DC01                       node2                                          Online",
    ]


def test_the_guide_enables_shared_volumes_and_adds_storage(desk: ShellDesk) -> None:
    desk.must('(Get-Cluster).EnableSharedVolumes = "Enabled"')
    desk.must("Add-ClusterSharedVolume –Name “Cluster Disk 2”")
    assert [volume.folder for volume in desk.state.shared_volumes.values()] == ["Volume1"]


def test_the_order_of_networks_is_a_private_property_of_the_machine(desk: ShellDesk) -> None:
    networks = {network.name: network.id for network in desk.state.networks.values()}
    first, last = networks["Cluster Network 3"], networks["Cluster Network 1"]
    desk.must(
        f"Get-ClusterResource 'Virtual Machine SQL01' | Set-ClusterParameter MigrationNetworkOrder '{first};{last}'"
    )
    assert desk.commands == [cmd.SetMigrationNetworks((first, last))]
    shown = desk.must("Get-ClusterResource 'Virtual Machine WEB01' | Get-ClusterParameter MigrationNetworkOrder")
    assert [item.get("Value") for item in shown] == [f"{first};{last}"]


def test_the_printed_lines_enable_and_export_event_logs(desk: ShellDesk) -> None:
    (desk.folder / "query.txt").write_text(GUIDE)
    log = "Microsoft-Windows-Hyper-V-High-Availability-Analytic"
    desk.must(f"Wevtutil sl “{log}” /e:true /q")
    assert "enabled: true" in desk.must(f"wevtutil gl {log}")
    desk.must("Move-ClusterVirtualMachineRole DC01 node2")
    desk.must("Wevtutil epl query.txt /sq:true Live.evtx")
    texts = [item["data"] for item in PyEvtxParser(str(desk.folder / "Live.evtx")).records()]
    assert any("<EventID>20415</EventID>" in text for text in texts)
    assert any(f"<Channel>{log}</Channel>" in text for text in texts)
    refused = desk.run("Wevtutil epl query.txt /sq:true “Live.evtx”")
    assert "already exists" in refused.text()
    desk.must("Wevtutil epl query.txt /sq:true “Live.evtx” /ow:true")


def test_the_printed_lines_write_the_cluster_log_of_each_node(desk: ShellDesk) -> None:
    names = ["node1_cluster.log", "node2_cluster.log", "node3_cluster.log"]
    assert [item.get("Name") for item in desk.must("Get-ClusterLog")] == names
    desk.must("Get-ClusterLog –Destination logs")
    desk.must("Cluster.exe log /g /copy:old")
    for folder in ("logs", "old"):
        assert sorted(path.name for path in (desk.folder / folder).iterdir()) == names


def test_events_become_csv_json_and_html(desk: ShellDesk) -> None:
    desk.must("Suspend-ClusterNode node3")
    desk.must("Get-ClusterEvent -FilterXPath '*[System[Level=3]]' | Export-Csv events.csv")
    assert "is paused" in (desk.folder / "events.csv").read_text()
    assert "is paused" in desk.must("Get-ClusterEvent System -MaxEvents 1 | ConvertTo-Json")[0]
    assert any("is paused" in line for line in desk.must("Get-ClusterEvent | ConvertTo-Html Id, Message"))
    (xml,) = desk.must('wevtutil qe System /q:"*[System[Level=3]]" /c:1')
    assert "<Level>3</Level>" in xml


def test_the_course_does_the_whole_guide_from_nothing(desk: ShellDesk) -> None:
    script = resources.path("courses", "live-migration.ps1").read_text(encoding="utf-8")
    results = desk.run(script)
    assert results.ok, results.text()
    machine = desk.state.machine_named("NEW01")
    assert machine is not None
    assert machine.is_highly_available
    moves = [move for move in desk.state.migrations.values() if move.machine == machine.id]
    assert [(move.source, move.destination, move.phase) for move in moves] == [
        ("node1", "node2", Phase.COMPLETED),
        ("node2", "node1", Phase.COMPLETED),
    ]
