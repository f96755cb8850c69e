from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, NodeState, QuorumMode
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase
from fcm.shell.language.parser import parse

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


def test_tables_have_the_columns_of_the_failover_clusters_module(desk: ShellDesk) -> None:
    assert desk.run("Get-ClusterResource 'Cluster Disk 1'").text().splitlines()[1:] == [
        "Name                State               Group               ResourceType",
        "----                -----               -----               ------------",
        "Cluster Disk 1      Online              Cluster Group       Physical Disk",
    ]
    assert desk.run("Get-ClusterQuorum").text().splitlines()[3] == (
        "contoso                    Cluster Disk 1                    NodeAndDiskMajority"
    )


def test_groups_of_a_node_come_through_the_pipeline(desk: ShellDesk) -> None:
    names = [item.get("Name") for item in desk.must("Get-ClusterNode node3 | Get-ClusterGroup")]
    assert names == ["FILE01", "PRINT01", "SETUP01"]


def test_a_move_that_does_not_wait_returns_while_the_migration_runs(desk: ShellDesk) -> None:
    desk.must("Move-ClusterVirtualMachineRole DC01 node2 -Wait 0")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    assert machine.node == "node1"
    assert desk.state.active_migration(machine.id) is not None
    desk.must("Move-ClusterVirtualMachineRole DC01 -Cancel")
    found = desk.state.last_migration(machine.id)
    assert found is not None
    assert found.phase is Phase.CANCELED


def test_ctrl_c_cancels_the_live_migration_that_is_waited_for(desk: ShellDesk) -> None:
    seen: list[str] = []

    def stop_in_the_middle(activity: str, status: str, percent: int) -> None:
        seen.append(status)
        if status.startswith("brownout"):
            desk.session.stop()

    desk.session.on_progress = stop_in_the_middle
    results = desk.run("Move-ClusterVirtualMachineRole SQL01 node2; Get-ClusterNode")
    machine = desk.state.machine_named("SQL01")
    assert machine is not None
    migration = desk.state.last_migration(machine.id)
    assert migration is not None
    assert migration.phase is Phase.CANCELED
    assert machine.node == "node1"
    assert not results.ok
    assert results.objects == []
    assert any(status.startswith("brownout, pass 1, ") and status.endswith(" MiB/s") for status in seen)


def test_the_progress_of_a_move_never_falls_although_later_passes_find_more_to_send(desk: ShellDesk) -> None:
    told: list[int] = []
    left: list[int] = []

    def look(activity: str, status: str, percent: int) -> None:
        migrations = list(desk.state.migrations)
        rows = desk.workspace.rows(migrations[-1]) if migrations else ()
        if percent >= 0 and rows:
            told.append(percent)
            left.append(rows[-1].remaining)

    desk.session.on_progress = look
    desk.must("Move-ClusterVirtualMachineRole SQL01 node2")
    assert left != sorted(left, reverse=True), "a later pass has more to send than was left"
    assert told == sorted(told)
    assert told[-1] >= 90


def test_options_of_this_program_reach_the_migration(desk: ShellDesk) -> None:
    desk.run("Move-ClusterVirtualMachineRole DC01 node2 -Wait 0 -DowntimeLimit 0.3 -Bandwidth 50MB -AutoConverge")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    options = MigrationOptions(downtime_limit=0.3, bandwidth=50 * 2**20, auto_converge=True)
    assert desk.commands == [cmd.LiveMigrate(machine.id, "node2", options)]


def test_a_bandwidth_limit_is_taken_away_by_a_switch_of_its_own_and_not_by_a_figure(desk: ShellDesk) -> None:
    desk.run("Move-ClusterVirtualMachineRole DC01 node2 -Wait 0 -Bandwidth 5MB")
    tune = "Set-ClusterVirtualMachineMigration DC01"
    assert "To remove the limit, use -NoBandwidthLimit" in desk.run(f"{tune} -Bandwidth 0").text()
    assert "cannot be used together" in desk.run(f"{tune} -Bandwidth 9MB -NoBandwidthLimit").text()
    (migration,) = desk.state.migrations.values()
    assert migration.options.bandwidth == 5 * 2**20
    desk.must(f"{tune} -NoBandwidthLimit")
    (migration,) = desk.state.migrations.values()
    assert migration.options.bandwidth is None


def test_the_options_of_the_cluster_can_be_set_shown_and_left_out_of_one_move(desk: ShellDesk) -> None:
    desk.must("Set-ClusterMigrationDefault -Bandwidth 50MB -AutoConverge")
    assert "AutoConverge" in desk.run("Get-ClusterMigrationDefault | Format-List").text()
    desk.run(
        "Move-ClusterVirtualMachineRole DC01 node2 -Wait 0\n"
        "Move-ClusterVirtualMachineRole SQL01 node2 -Wait 0 -NoDefault"
    )
    first, second = desk.state.migrations.values()
    assert first.options == MigrationOptions(bandwidth=50 * 2**20, auto_converge=True)
    assert second.options == MigrationOptions()


def test_a_machine_is_given_an_order_of_its_own_and_that_of_the_cluster_again(desk: ShellDesk) -> None:
    names = [network.name for network in desk.state.networks.values()]
    desk.must(f"Set-VMMigrationNetworkOrder SQL01 -Network '{names[1]}' -Exclude '{names[0]}'")
    text = desk.run("Get-VMMigrationNetworkOrder SQL01 | Format-List").text()
    assert f"{{{names[1]}, {names[2]}}}" in text
    assert "Machine" in text
    assert desk.run("(Get-VMMigrationNetworkOrder DC01).From").text().strip() == "Cluster"
    desk.must("Get-VM SQL01 | Set-VMMigrationNetworkOrder -Default")
    assert desk.run("(Get-VMMigrationNetworkOrder SQL01).From").text().strip() == "Cluster"
    assert "requires networks or -Default" in desk.run("Set-VMMigrationNetworkOrder SQL01").text()


def test_a_move_without_a_node_goes_to_the_one_with_most_free_memory(desk: ShellDesk) -> None:
    desk.must("Move-ClusterGroup FILE01")
    assert isinstance(desk.commands[-1], cmd.MoveMachine)
    assert desk.commands[-1].destination == "node2"


def test_a_refusal_says_why_and_what_to_do_with_line_and_column(desk: ShellDesk) -> None:
    text = desk.run("$x = 1\nGet-ClusterNode node1; Move-ClusterVirtualMachineRole WEB02 node2").text()
    assert "At line:2 char:24" in text
    assert "DMZ Network" in text
    assert "Remedy" in text


def test_a_wrong_name_suggests_the_near_ones(desk: ShellDesk) -> None:
    assert "Did you mean Get-ClusterNode" in desk.run("Get-ClusterNod").text()
    assert "Did you mean SQL01?" in desk.run("Get-ClusterGroup SQL1").text()
    assert "has no parameter -Nod1" in desk.run("Move-ClusterGroup SQL01 -Nod1 x").text()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Suspend-ClusterNode node1 -Drain -ForceDrain", "Windows Server 2012"),
        (
            "Move-ClusterVirtualMachineRole DC01 node2 -MigrationType Shutdown",
            "not supported in Windows Server 2008 R2",
        ),
        ("Add-ClusterNode node1", "is already a node of the cluster"),
        ("Get-Cluster fabrikam", "There is no open cluster"),
        ("(Get-ClusterNode node1).State = 'Down'", "cannot be set"),
        ("Set-ClusterQuorum -NodeMajority -DiskOnly x", "2 quorum modes"),
        ("workflow Node { }", "is not supported"),
        ("Get-ClusterNode -Confirm | Suspend-ClusterNode -Confirm", "requires an interactive session"),
    ],
)
def test_what_is_not_possible_says_so(desk: ShellDesk, line: str, words: str) -> None:
    results = desk.run(line)
    assert not results.ok
    assert words in results.text()


def test_what_if_changes_nothing(desk: ShellDesk) -> None:
    shown = desk.must("Suspend-ClusterNode node1 -WhatIf; Stop-ClusterNode node2 -WhatIf")
    assert shown[0] == 'What if: Performing operation "Suspend-ClusterNode" on Target "node1".'
    assert desk.commands == []


def test_nodes_pause_resume_stop_and_start(desk: ShellDesk) -> None:
    desk.must("Suspend-ClusterNode node3")
    assert desk.state.nodes["node3"].state is NodeState.PAUSED
    desk.must("Resume-ClusterNode node3; Stop-ClusterNode node3")
    assert desk.state.nodes["node3"].state is NodeState.DOWN
    shown = desk.must("Start-ClusterNode node3")
    assert shown[0].get("State") == "Joining"
    desk.must("Start-Sleep 30")
    assert desk.state.nodes["node3"].state is NodeState.UP


def test_lines_that_belong_together_are_one_command(desk: ShellDesk) -> None:
    group = next(group for group in desk.state.groups.values() if group.name == "SQL01")
    desk.must("(Get-ClusterGroup SQL01).FailoverPeriod = 8; (Get-ClusterGroup SQL01).AutoFailbackType = 1")
    assert desk.commands == [cmd.ConfigureGroup(group.id, failover_period=8, failback=True)]
    desk.must("(Get-ClusterGroup SQL01).FailoverPeriod = 9\n(Get-ClusterGroup SQL01).FailoverThreshold = 2")
    assert len(desk.commands) == 3


def test_a_new_machine_is_made_set_up_and_started_in_one_command(desk: ShellDesk) -> None:
    line = "New-VM NEW01 -ComputerName node1 -MemoryStartupBytes 1GB; Set-VM NEW01 -AutomaticStartAction Nothing"
    desk.must(line + "; Start-VM NEW01")
    (command,) = desk.commands
    assert isinstance(command, cmd.CreateVirtualMachine)
    assert command.start
    desk.settle()
    assert [item.get("State") for item in desk.must("Get-VM NEW01")] == [MachineState.RUNNING]


def test_quorum_and_validation_are_commands(desk: ShellDesk) -> None:
    desk.must("Set-ClusterQuorum -NodeMajority")
    assert desk.commands == [cmd.SetQuorum(QuorumMode.NODE_MAJORITY)]
    results = desk.must("Test-Cluster | Where-Object { $_.Result -eq 'Warning' } | Select-Object -ExpandProperty Name")
    assert results


def test_some_nodes_are_validated_without_the_tests_of_the_cluster_and_all_of_them_as_the_cluster(
    desk: ShellDesk,
) -> None:
    categories = set(desk.must("Test-Cluster -Node node1, node2 | Select-Object -ExpandProperty Category"))
    assert categories == {"Inventory", "Network", "Storage", "System Configuration"}
    listed = desk.must("Test-Cluster node1, node2 -Include 'List Memory Information' | ForEach-Object { $_.Text }")
    assert [text.partition(":")[0] for text in listed] == ["node1", "node2"]
    assert desk.commands == []
    assert desk.must("Test-Cluster -Node node1, node2, node3")
    assert desk.commands == [cmd.ValidateCluster()]


def test_a_server_that_is_no_node_is_not_validated(desk: ShellDesk) -> None:
    results = desk.run("Test-Cluster -Node server9")
    assert not results.ok
    assert "server9" in results.text()
    assert desk.commands == []


def test_disks_become_shared_volumes_move_and_are_redirected(desk: ShellDesk) -> None:
    desk.must("(Get-Cluster).EnableSharedVolumes = 'Enabled'")
    desk.must("Get-ClusterAvailableDisk | Add-ClusterDisk | Out-Null; Get-ClusterResource 'Cluster Disk 15'")
    desk.must("Add-ClusterSharedVolume 'Cluster Disk 2'; Move-ClusterSharedVolume 'Cluster Disk 2' node3")
    desk.must("Suspend-ClusterResource 'Cluster Disk 2' -RedirectedAccess")
    (info,) = desk.must("(Get-ClusterSharedVolume).SharedVolumeInfo")
    assert info["RedirectedAccess"] is True
    desk.must("Rename-Item C:\\ClusterStorage\\Volume1 Machines; Remove-ClusterSharedVolume 'Cluster Disk 2'")
    assert not desk.state.shared_volumes


def test_stopping_a_group_saves_its_machine_by_its_offline_action(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterGroup DC01")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    assert machine.state is MachineState.SAVED
    desk.must("Start-ClusterGroup DC01")
    assert desk.state.machines[machine.id].state is MachineState.RUNNING


def test_every_cmdlet_has_help_and_an_example_that_parses(desk: ShellDesk) -> None:
    for found in desk.session.registry.cmdlets.values():
        assert found.synopsis.endswith((".", "?", '"', "..."))
        assert parse(found.example)


def test_a_new_node_joins_and_shows_what_it_is(desk: ShellDesk) -> None:
    (shown,) = desk.must("Add-ClusterNode -Name node4")
    assert (shown.get("Name"), shown.get("State")) == ("node4", "Up")
    assert desk.commands == [cmd.AddNode("node4")]
    owners = desk.must("(Get-ClusterOwnerNode -Resource 'Virtual Machine WEB01').OwnerNodes")
    assert "node4" in owners


def test_start_cluster_starts_every_node_that_is_down(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterNode node3 | Out-Null; Start-Cluster; Start-Sleep 30")
    assert desk.state.nodes["node3"].state is NodeState.UP


def test_dependencies_are_shown_as_expressions(desk: ShellDesk) -> None:
    (shown,) = desk.must("Get-ClusterResourceDependency 'Virtual Machine SQL01'")
    assert shown.get("DependencyExpression") == "([Virtual Machine Configuration SQL01])"


def test_alternatives_are_set_and_shown_with_or(desk: ShellDesk) -> None:
    desk.must("Set-ClusterResourceDependency 'Cluster Name' '([Cluster IP Address] or [cluster disk 1])'")
    (shown,) = desk.must("Get-ClusterResourceDependency 'Cluster Name'")
    assert shown.get("DependencyExpression") == "([Cluster IP Address] or [Cluster Disk 1])"
    desk.must("Set-ClusterResourceDependency 'Cluster Name' '[Cluster IP Address] and ([Cluster Disk 1])'")
    (shown,) = desk.must("Get-ClusterResourceDependency 'Cluster Name'")
    assert shown.get("DependencyExpression") == "([Cluster IP Address]) and ([Cluster Disk 1])"
    wrong = desk.run("Set-ClusterResourceDependency 'Cluster Name' 'Cluster IP Address'").text()
    assert "is not an expression of dependencies" in wrong
    unknown = desk.run("Set-ClusterResourceDependency 'Cluster Name' '[Cluster IP]'").text()
    assert "There is no resource 'Cluster IP'." in unknown


def test_a_disk_of_the_cluster_fails_as_in_microsofts_example(desk: ShellDesk) -> None:
    (shown,) = desk.must('Test-ClusterResourceFailure "Cluster Disk 4"')
    assert shown.get("State") == "Failed"


def test_persistent_state_is_what_the_user_wants_and_the_default_owner_is_persistent_mode(desk: ShellDesk) -> None:
    automatic, both = 4294967295, "(Get-ClusterGroup WEB01).PersistentState; (Get-ClusterGroup WEB01).DefaultOwner"
    assert desk.must(both) == [1, automatic]
    desk.must("Stop-ClusterGroup WEB01; (Get-ClusterGroup WEB01).DefaultOwner = 1")
    assert desk.must(both) == [0, 1]
    assert desk.state.groups[next(one.id for one in desk.state.groups.values() if one.name == "WEB01")].persistent
    desk.must(f"(Get-ClusterGroup WEB01).DefaultOwner = {automatic}")
    assert desk.must("(Get-ClusterGroup WEB01).DefaultOwner") == [automatic]


def test_priorities_are_for_2012_and_later(desk: ShellDesk) -> None:
    assert desk.must("(Get-ClusterGroup WEB01).Priority") == [2000]
    assert "Priorities exist in Windows Server 2012" in desk.run("(Get-ClusterGroup WEB01).Priority = 3000").text()


def test_files_are_not_written_with_what_if(desk: ShellDesk) -> None:
    desk.must(
        "Get-VM | Export-Csv a.csv -WhatIf; Set-Content b.txt x -WhatIf; Get-VM | Out-File c -WhatIf; md d -WhatIf"
    )
    assert list(desk.folder.iterdir()) == []


def test_a_drain_that_is_waited_for_tells_how_far_it_is_and_ctrl_c_cancels_its_migrations(desk: ShellDesk) -> None:
    seen: list[str] = []

    def stop_at_the_third_look(activity: str, status: str, percent: int) -> None:
        seen.append(f"{activity}: {status}")
        if len(seen) == 3:
            desk.session.stop()

    desk.session.on_progress = stop_at_the_third_look
    results = desk.run("Suspend-ClusterNode node1 -Drain -Wait")
    assert "stays paused" in results.text()
    assert seen[0] == "Drain of node1: 0 of 4 machines"
    assert isinstance(desk.commands[-1], cmd.CancelMigrations)
    assert desk.state.nodes["node1"].state is NodeState.PAUSED
    desk.settle()
    assert not desk.state.running_migrations()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Suspend-ClusterNode", "requires the name of a node"),
        ("Start-ClusterGroup", "requires the name of a group"),
        ("Stop-ClusterResource", "requires the name of a resource"),
        ("Remove-ClusterSharedVolume", "requires the name of a disk"),
        ("Enable-NetAdapter", "requires the name of a network adapter"),
        ("Add-ClusterNode", "requires the name of a server"),
    ],
)
def test_a_cmdlet_that_is_about_nothing_says_what_it_needs_and_what_lists_it(
    desk: ShellDesk, line: str, words: str
) -> None:
    (error,) = desk.run(line).errors
    assert words in error.message
    assert error.remedy


def test_nodes_of_real_hosts_tell_when_they_answered_last_and_those_of_a_model_do_not(
    desk: ShellDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(one.key("LastSeen") is None and one.key("Age") is None for one in desk.must("Get-ClusterNode"))
    monkeypatch.setattr(desk.backend, "silence", lambda node: 75.0 if node == "node2" else None)
    (stale,) = desk.must("Get-ClusterNode | Where-Object { $_.Age -gt 60 }")
    assert (stale.get("Name"), stale.get("State"), stale.get("Age")) == ("node2", "Up", 75.0)
    assert stale.get("LastSeen").timestamp() == pytest.approx(desk.workspace.now() - 75.0)
