"""What scripts of administrators use: loops, functions, splatting, errors and their streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell.language.errors import ShellSyntaxError
from fcm.shell.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("$i = 0; while ($i -lt 4) { $i++; if ($i -eq 2) { continue }; $i }", [1, 3, 4]),
        ("for ($i = 0; $i -lt 9; $i++) { if ($i -gt 2) { break }; $i }", [0, 1, 2]),
        ("for (;;) { 'once'; break }", ["once"]),
        ("$i = 3; do { $i-- } until ($i -le 0); $i; do { ++$i } while ($i -lt 2); $i", [0, 2]),
        ("switch (3, 'A', 'x') { 3 { 'three' } 'a' { 'letter' } default { \"no $_\" } }", ["three", "letter", "no x"]),
        ("switch -Wildcard ('node1') { n* { 'first'; break } '*1' { 'never' } }", ["first"]),
        ("switch -Regex ('vm7') { '\\d' { 'digit' } { $_ -like 'v*' } { 'block' } }", ["digit", "block"]),
        ("function Add-Up([int]$a, $b = 5) { return $a + $b; 'never' }\nAdd-Up 3; Add-Up -b 1 2", [8, 3]),
        (
            'function Get-Total { param([string[]]$Name, [switch]$All) "$($Name.Count) $All" }\nGet-Total a, b -A',
            ["2 True"],
        ),
        ("function f { $args.Count; $input | ForEach-Object { $_ } }\n1, 2 | f x y", [2, 1, 2]),
        ("filter Double { $_ * 2 }\n1..3 | Double", [2, 4, 6]),
        ("function g { begin { 'b' } process { $_ } end { 'e' } }\n1, 2 | g", ["b", 1, 2, "e"]),
        ("$x = 1; function s { $x = 2; $global:y = $x }\ns; $x; $y", [1, 2]),
        ("function f { foreach ($i in 1..3) { if ($i -eq 2) { return $i } } }\nf", [2]),
        ("& { param($n) $n + 1 } 4", [5]),
        ("$p = @{ Name = 'node2' }; (Get-ClusterNode @p).Name", ["node2"]),
        ('function Join-Both($a, $b) { "$b$a" }\n$list = 1, 2; Join-Both @list', ["21"]),
        (
            "try { 'kept'; throw 'bad' } catch { \"$_\"; $_.Exception.Message } finally { 'end' }",
            ["kept", "bad", "bad", "end"],
        ),
        ("try { Get-VM nobody -ErrorAction Stop } catch { 'caught' }; 'on'", ["caught", "on"]),
        ("function f { try { return 1 } finally { 'f' } }\nf", [1, "f"]),
        ("Get-VM nobody 2>$null; $?; 'x' | Out-Null; $?; $Error[0].Message.Length -gt 9", [False, True, True]),
        ("Get-VM nobody 2>&1 | ForEach-Object { $_.Category }", ["ObjectNotFound"]),
        ("& { 'out'; Get-VM nobody } 2>&1 | Measure-Object | ForEach-Object { $_.Count }", [2]),
        (
            "Get-VM nobody -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count; $e[0].Remedy -like 'Available*'",
            [1, True],
        ),
        ("$ErrorActionPreference = 'SilentlyContinue'; Get-VM nobody; 'on'", ["on"]),
        ("wevtutil gl System | Out-Null; $LASTEXITCODE; wevtutil gl none 2>$null; $LASTEXITCODE", [0, 1]),
        (
            "'Node' -ceq 'node'; 'Node' -cmatch '^N'; 'a', 'B' -ccontains 'b'; 'Ab' -creplace 'a', 'x'",
            [False, True, False, "Ab"],
        ),
        ("'vm-12' -match '(?<n>\\d+)'; $Matches[0]; $Matches.n", [True, "12", "12"]),
        ("$a, $b = 1, 2, 3; $a; $b.Count; [int]$c = '7'; $c * 2", [1, 2, 14]),
        (
            "$h = @{ a = 1 }; $h.b = 2; $h['c'] = 3; $h.Count; $h.ContainsKey('A'); $x = $h.Remove('a'); $h.Count",
            [3, True, 2],
        ),
        ("[math]::Round(2.567, 1); [math]::Max(2, 3 + 4); [int]::MaxValue", [2.6, 7, 2147483647]),
        ("'abc'.Substring(1, 2 - 1); ' x '.Trim(); (2.5).ToString('N2'); 'x'.PadLeft(3)", ["b", "x", "2.50", "  x"]),
        ("5 -is [int]; '5' -as [int]; 6 -band 3; -bnot 0", [True, 5, 2, -1]),
        ('@"\nsum $(1 + 1)\n"@', ["sum 2"]),
        ("if (1) { 'a' } 'b'", ["a", "b"]),
        ("1..3 | ForEach-Object { if ($_ -eq 2) { return }; $_ }", [1, 3]),
    ],
)
def test_a_script_gives_what_powershell_gives(desk: ShellDesk, text: str, output: list[object]) -> None:
    results = desk.run(text)
    assert results.ok, results.text()
    assert results.objects == output


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ("workflow Node { }", "'workflow' is not supported", 1),
        ("switch -File x.txt { }", "switch -file is not supported", 8),
        ("foreach -Parallel ($i in 1..3) { }", "foreach -parallel is not supported", 1),
        ("Get-VM &", "in the background", 8),
        ("param($a, $A)", "Two parameters have the same name", 1),
        ("do { 1 }", "do requires while or until", 9),
        ("switch (1) { 1 { } default { } default { } }", "two default blocks", 32),
        ("Get-VM > a > b", "redirected twice", 12),
        ("Get-VM 1>&1", "not a valid redirection", 8),
        ("$a = @{ x = 1", "needs", 14),
    ],
)
def test_what_the_language_does_not_have_says_so_with_its_place(text: str, words: str, column: int) -> None:
    with pytest.raises(ShellSyntaxError) as caught:
        parse(text)
    if words != "needs":
        assert words in caught.value.message
    assert (caught.value.at + 1, bool(caught.value.remedy)) == (column, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("function f([Parameter(Mandatory=$true)]$Name) { }\nf", "missing mandatory parameters: Name"),
        ("function f([ValidateSet('a', 'b')]$Kind) { }\nf c", 'does not belong to the set "a,b"'),
        ("function f { [CmdletBinding()] param([int]$n) }\nf -m 3", "matches parameter name 'm'"),
        ("function Get-Upward { 1 }\nGet-Upwrd", "Did you mean Get-Upward?"),
        ("param([Parameter(Mandatory=$true)]$Name)", "The script requires $Name"),
        ("function f { f }\nf", "more than 60 levels"),
        ("(1).Frob()", "does not contain a method named 'Frob'"),
        ("[math]::Frob(1)", "does not contain a method named 'Frob'"),
        ("[math]::Sqrt('a')", "was not in a correct format"),
        ("'abc'.Substring(9)", "is outside of the string"),
        ("exit 900", "not a valid exit code"),
        ("$true = 1", "is read-only or constant"),
        ("begin { 1 }", "outside a function"),
    ],
)
def test_what_goes_wrong_in_a_script_is_said_in_words(desk: ShellDesk, text: str, words: str) -> None:
    results = desk.run(text)
    assert not results.ok
    assert words in results.text()


def test_throw_and_exit_end_a_script_and_what_was_given_out_before_stays(desk: ShellDesk) -> None:
    thrown = desk.run("'before'; throw 'stop here'; 'never'")
    assert (thrown.objects, thrown.errors[0].message) == (["before"], "stop here")
    left = desk.run("'before'; exit 3; 'never'")
    assert (left.objects, left.exit_code, left.ok) == (["before"], 3, True)


def test_write_host_and_warnings_are_shown_at_once_and_never_captured(desk: ShellDesk) -> None:
    told: list[object] = []
    desk.session.on_output = told.extend
    desk.must(
        "'first'; $x = Write-Host 'seen'; Write-Warning 'low'; \"[$x]\"\n"
        "Write-Warning 'quiet' -WarningAction SilentlyContinue; Write-Verbose 'no'; Write-Verbose 'yes' -Verbose"
    )
    assert told == ["first", "seen", "WARNING: low", "[]", "VERBOSE: yes"]


def test_errors_go_to_a_file_with_their_place(desk: ShellDesk) -> None:
    assert desk.must("Get-VM nobody 2> errors.txt; Get-VM nothing 2>> errors.txt; 'on'") == ["on"]
    lines = (desk.folder / "errors.txt").read_text().splitlines()
    assert lines[0] == "Get-VM : There is no virtual machine 'nobody' in this cluster."
    assert sum(line.startswith("At line:1") for line in lines) == 2


def test_a_loop_without_end_does_not_stop_the_window(desk: ShellDesk) -> None:
    desk.session.waits = False
    results = desk.run("while ($true) { $n++ }; 'never'")
    assert "the limit in the window" in results.text()
    assert results.objects == []


def test_a_stop_ends_a_loop_and_runs_finally(desk: ShellDesk) -> None:
    desk.session.on_output = lambda values: desk.session.stop()
    results = desk.run("Write-Host 'go'\ntry { while ($true) { } } finally { 'cleaned' }")
    assert not results.ok
    assert results.objects == ["go"]
    desk.session.on_output = lambda values: None
    desk.session.on_progress = lambda activity, status, percent: desk.session.stop()
    results = desk.run("try { while ($true) { Write-Progress 'x' } } finally { 'cleaned' }")
    assert results.objects == ["cleaned"]


def test_objects_and_files_of_a_scripts_own(desk: ShellDesk) -> None:
    desk.must("$o = New-Object PSObject -Property @{ Name = 'DC01'; Node = 'node2' }; $o | Export-Csv moves.csv")
    desk.must("Import-Csv moves.csv | ForEach-Object { Move-ClusterGroup $_.Name $_.Node } | Out-Null")
    machine = desk.state.machine_named("DC01")
    assert machine is not None
    assert machine.node == "node2"
    assert desk.must("'up', 'down' | Tee-Object list.txt | Select-String '^u' | ForEach-Object Line") == ["up"]
    desk.must("Add-Content list.txt 'last'; Get-Content list.txt | Tee-Object -Variable lines | Out-Null")
    assert desk.must("$lines -join ' '") == ["up down last"]
    desk.must("Set-Variable Node 'n9'")
    assert [item.get("Value") for item in desk.must("Get-Variable nod*")] == ["n9"]


def test_a_fault_of_the_program_ends_its_statement_in_words_and_the_next_one_goes_on(
    desk: ShellDesk, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("a statement failed")
    monkeypatch.setattr("fcm.shell.cmdlets.core.information.wildcard", lambda pattern: 1 / 0)
    results = desk.run("Get-Command x*\n'on'")
    assert "Internal error: ZeroDivisionError" in results.text()
    assert "Traceback" not in results.text()
    assert results.objects == ["on"]


def test_an_error_with_inquire_asks_whether_to_go_on(desk: ShellDesk) -> None:
    desk.session.on_confirm = lambda question: "nobody" in question
    assert desk.run("Get-VM nobody -ErrorAction Inquire; 'on'").objects == ["on"]
    assert desk.run("Get-VM another -ErrorAction Inquire; 'on'").objects == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("$s = 'x' * 900000; 1..6 | ForEach-Object { $s += $s }", "at most 16777216 characters"),
        ("$l = 1..100000; 1..6 | ForEach-Object { $l += $l }", "at most 1000000 elements"),
    ],
)
def test_what_grows_without_end_is_stopped_in_words(desk: ShellDesk, text: str, words: str) -> None:
    assert words in desk.run(text).text()


def test_numbers_that_grow_without_end_become_infinite(desk: ShellDesk) -> None:
    assert desk.must(
        "$n = 1; 1..2000 | ForEach-Object { $n += $n }; $n -gt 1e300; $n = 0 - 1; 1..2000 | % { $n += $n }; $n -lt 0"
    ) == [True, True]
