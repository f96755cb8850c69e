from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("1 + 2 * 3", [7]),
        ("(1 + 2) * 3", [9]),
        ("'a' + 1", ["a1"]),
        ("2GB / 1MB", [2048]),
        ("7 / 2", [3.5]),
        ("-7 % 3", [-1]),
        ("1..4", [1, 2, 3, 4]),
        ('$a = 5; $a += 2; "$a is $($a - 1)"', ["7 is 6"]),
        ("“typo” –eq 'TYPO'", [True]),
        ("'node1' -like 'NODE*'", [True]),
        ("'a1' -match '\\d'", [True]),
        ("1, 2, 3 -contains 2", [True]),
        ("2 -in 1, 2", [True]),
        ("1, 2, 3 -gt 1", [2, 3]),
        ("'a,b' -split ','", ["a", "b"]),
        ("'a', 'b' -join '+'", ["a+b"]),
        ("'{0:N1} of {1,4}' -f 2.25, 7", ["2.2 of    7"]),
        ("-not $false -and $true", [True]),
        ("@{ a = 1; 'b c' = 2 }.'b c'", [2]),
        ("@(1, 2, 3)[-1]", [3]),
        ("(1..10)[2..4]", [3, 4, 5]),
        ("[int]'12' + 1", [13]),
        ("if (1 -gt 2) { 'x' } elseif ($null) { 'y' } else { 'z' }", ["z"]),
        ("foreach ($i in 1..3) { $i * $i }", [1, 4, 9]),
        ("1..3 | ForEach-Object { $_ + 1 } | Where-Object { $_ -ne 3 }", [2, 4]),
        ("try { throw 'bad' } catch { \"caught $($_.Message)\" } finally { 'end' }", ["caught bad", "end"]),
        ("& { 'in'; 'side' }", ["in", "side"]),
        ("Get-ClusterNode | `\n Select-Object -ExpandProperty Name -First 1 # comment", ["node1"]),
        ("<# block #> 'x'.ToUpper()", ["X"]),
        ("@'\nraw $x\n'@", ["raw $x"]),
        ("'3', 1, '2' | Sort-Object", [1, "2", "3"]),
        ("Get-VM nobody -ErrorAction SilentlyContinue; 'on'", ["on"]),
    ],
)
def test_a_text_gives_what_powershell_gives(desk: ShellDesk, text: str, output: list[object]) -> None:
    assert desk.must(text) == output


def test_after_an_error_the_next_statement_goes_on_unless_stop_is_asked_for(desk: ShellDesk) -> None:
    assert desk.run("Get-VM nobody; 'on'").objects == ["on"]
    assert desk.run("Get-VM nobody -ErrorAction Stop; 'on'").objects == []
    assert desk.run("$ErrorActionPreference = 'Stop'; Get-VM nobody; 'on'").objects == []


def test_parameters_can_be_shortened_while_they_are_clear(desk: ShellDesk) -> None:
    assert len(desk.must("Get-ClusterNetworkInterface -No node1")) == 4
    assert "ambiguous" in desk.run("Get-ClusterNetworkInterface -N node1").text()


def test_output_goes_to_files_whole_or_not_at_all(desk: ShellDesk) -> None:
    desk.must("Get-ClusterNode > nodes.txt; 'more' >> nodes.txt")
    lines = (desk.folder / "nodes.txt").read_text().splitlines()
    assert lines[1].startswith("Name")
    assert lines[-1] == "more"
    results = desk.run("Get-ClusterNode > missing/nodes.txt")
    assert "No such file" in results.text()
    assert sorted(path.name for path in desk.folder.iterdir()) == ["nodes.txt"]


def test_objects_become_json_and_csv(desk: ShellDesk) -> None:
    (text,) = desk.must("Get-ClusterNode | Select-Object Name, State | ConvertTo-Json -Compress")
    assert json.loads(text)[0] == {"Name": "node1", "State": "Up"}
    assert desk.must("Get-ClusterNode node1 | Select-Object Name, State | ConvertTo-Csv") == [
        '"Name","State"',
        '"node1","Up"',
    ]


def test_calculated_properties_and_groups(desk: ShellDesk) -> None:
    (first,) = desk.must("Get-VM SQL01 | Select-Object Name, @{ Name = 'GB'; Expression = { $_.MemoryStartup / 1GB } }")
    assert first.properties == {"Name": "SQL01", "GB": 8}
    (measured,) = desk.must("Get-VM | Measure-Object MemoryStartup -Sum -Maximum")
    assert measured.get("Maximum") == 8 * 2**30
    counts = {item.get("Name"): item.get("Count") for item in desk.must("Get-VM | Group-Object ComputerName")}
    assert counts == {"node1": 5, "node2": 4, "node3": 3}


def test_history_and_help_know_the_session(desk: ShellDesk) -> None:
    desk.must("Get-ClusterNode | Out-Null")
    assert desk.must("Get-History")[0].get("CommandLine") == "Get-ClusterNode | Out-Null"
    assert "-Cancel" in desk.run("Get-Help Move-ClusterVirtualMachineRole").text()
    names = [item.get("Name") for item in desk.must("Get-Command *-ClusterNode")]
    assert names[:2] == ["Add-ClusterNode", "Get-ClusterNode"]


def test_an_error_stands_at_its_line_and_column(desk: ShellDesk) -> None:
    lines = desk.run("$a = 1\n  Get-ClusterNode nod1").text().splitlines()
    assert lines[1] == "At line:2 char:3"
    assert lines[2] == "+   Get-ClusterNode <<<< nod1"
