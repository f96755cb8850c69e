"""Invoke-Command: a block on nodes gets the cmdlets of the cluster, and reaches nothing of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell import cmdlets
from fcm.shell.cmdlets.windows.remote import CLUSTER_MODULES, COMPUTING, NODE_CMDLETS, allowed_cmdlets
from fcm.shell.runtime.registry import REGISTRY

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

cmdlets.load()


def test_a_block_runs_once_for_each_node_and_knows_its_name(desk: ShellDesk) -> None:
    assert desk.must("Invoke-Command -ComputerName node1, node2 -ScriptBlock { $env:COMPUTERNAME }") == [
        "node1",
        "node2",
    ]


def test_what_a_block_gives_out_says_of_which_node_it_is(desk: ShellDesk) -> None:
    line = "Get-ClusterNode node1, node3 | Invoke-Command -ScriptBlock { Get-Service ClusSvc }"
    assert [(one.get("MachineName"), one.get("PSComputerName")) for one in desk.must(line)] == [
        ("node1", "node1"), ("node3", "node3")
    ]  # fmt: skip
    (hidden,) = desk.must("Invoke-Command node1 { Get-VMHost } -HideComputerName")
    assert hidden.key("PSComputerName") is None


def test_a_block_takes_arguments(desk: ShellDesk) -> None:
    assert desk.must("Invoke-Command node1 { param($a, $b) $a - $b } -ArgumentList 5, 3") == [2]
    assert desk.must("Invoke-Command node1 { $args -join '-' } -ArgumentList 'x', 'y'") == ["x-y"]


def test_cmdlets_about_computers_are_about_the_node_of_the_block(desk: ShellDesk) -> None:
    machines = desk.must("Invoke-Command node2 { Get-VM }")
    assert {one.get("ComputerName") for one in machines} == {"node2"}
    assert desk.must("Invoke-Command node2 { (Get-VMHost node1).Name }") == ["node1"]


def test_a_block_changes_the_cluster(desk: ShellDesk) -> None:
    desk.must("Invoke-Command node1 { Stop-ClusterGroup WEB01 | Out-Null }")
    assert desk.must("(Get-ClusterResource 'Virtual Machine WEB01').State") == ["Offline"]


@pytest.mark.parametrize(
    ("deed", "word"),
    [
        ("Get-Content secret.txt", "Get-Content reaches this computer"),
        ("Set-Content made.txt x", "Set-Content reaches this computer"),
        ("'x' > made.txt", "reaches files of this computer"),
        ("1 2> made.txt; Get-VM nosuch 2> made.txt", "reaches files of this computer"),
        (".\\other.ps1", "reaches files of this computer"),
        ("Get-VM | Export-Csv made.txt", "Export-Csv reaches this computer"),
        ("Get-VM | Out-File made.txt", "Out-File reaches this computer"),
        ("Get-VM | Tee-Object made.txt", "Tee-Object reaches this computer"),
        ("New-Item made.txt", "New-Item reaches this computer"),
        ("Get-ClusterLog -Destination .", "Get-ClusterLog reaches this computer"),
        ("wevtutil epl System made.txt", "wevtutil reaches this computer"),
        ("Invoke-Command node2 { Get-VM }", "Invoke-Command reaches this computer"),
        ("cluster /list", "cluster reaches this computer"),
    ],
)
def test_what_reaches_this_computer_is_an_error_of_that_node_and_is_not_done(
    desk: ShellDesk, deed: str, word: str
) -> None:
    (desk.folder / "secret.txt").write_text("x secret")
    (desk.folder / "other.ps1").write_text("'x' | Out-File made.txt")
    results = desk.run(f"Invoke-Command node1 {{ {deed} }}")
    assert results.errors
    assert "node1: " in results.errors[0].message
    assert word in results.errors[0].message
    assert results.errors[0].target == "node1"
    assert "secret" not in "".join(map(str, results.objects))
    assert sorted(one.name for one in desk.folder.iterdir()) == ["other.ps1", "secret.txt"]


def test_after_an_error_the_block_and_the_other_nodes_go_on(desk: ShellDesk) -> None:
    results = desk.run("Invoke-Command node1, node2 { Get-Content x; 'on' }")
    assert (results.objects, len(results.errors)) == (["on", "on"], 2)


def test_a_node_that_does_not_respond_is_an_error_and_the_others_go_on(desk: ShellDesk) -> None:
    desk.must("Invoke-ClusterFault node2 PowerOff | Out-Null")
    results = desk.run("Invoke-Command node1, node2, node3 { $env:COMPUTERNAME }")
    assert results.objects == ["node1", "node3"]
    assert [error.message for error in results.errors] == ["node2 does not respond."]


@pytest.mark.parametrize("words", ["node1", "-ComputerName node1", "elsewhere { 1 }"])
def test_without_nodes_of_the_cluster_nothing_runs(desk: ShellDesk, words: str) -> None:
    results = desk.run(f"Invoke-Command {words}")
    assert (results.objects, len(results.errors)) == ([], 1)


def test_variables_of_the_caller_stay_his(desk: ShellDesk) -> None:
    assert desk.must("$x = 1; Invoke-Command node1 { $x = 2 }; $x") == [1]


def test_a_block_has_no_cmdlet_but_those_of_the_cluster_and_those_that_compute() -> None:
    """Every cmdlet that is added later is none of them, unless it is of the cluster's modules or listed."""
    allowed = {one.name for one in allowed_cmdlets("node1").cmdlets.values()}
    of_cluster = {one.name for one in REGISTRY.cmdlets.values() if one.module in CLUSTER_MODULES}
    assert allowed <= of_cluster | set(NODE_CMDLETS) | set(COMPUTING)
    assert "Get-ClusterLog" not in allowed


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("Invoke-Command { 1 + 1 }", [2]),
        ('Invoke-Command -ScriptBlock { param($a, $b) "$a-$b" } -ArgumentList 1, 2', ["1-2"]),
        ("icm { $args.Count } -Args (1..3)", [3]),
        ("$x = 1; Invoke-Command { $x = 2; $x }; $x", [2, 1]),
        ("Invoke-Command { Get-VM DC01 } | ForEach-Object Name", ["DC01"]),
        ("try { Invoke-Command { 1 / 0; 'on' } } catch { 'caught' }", ["caught"]),
        ("try { Invoke-Command { throw 'no' } } catch { $_.Exception.Message }", ["no"]),
    ],
)
def test_without_nodes_a_block_runs_here_as_if_it_were_called(
    desk: ShellDesk, script: str, output: list[object]
) -> None:
    assert desk.must(script) == output


def test_pipeline_input_of_a_block_that_runs_here_is_refused(desk: ShellDesk) -> None:
    for words in ("{ $input }", "-ScriptBlock { $input }"):
        results = desk.run(f"1..3 | Invoke-Command {words}")
        assert results.errors
        assert results.objects == []
