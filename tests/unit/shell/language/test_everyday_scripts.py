"""What scripts of administrators rely on without saying it: what silently finds nothing is worse than an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("@(Get-ClusterGroup | Where-Object { $_.GroupType -eq 'VirtualMachine' }).Count", [10]),
        ("(Get-ClusterGroup 'Cluster Group').OwnerNode.Name", ["node1"]),
        ("(Get-ClusterGroup 'Cluster Group').OwnerNode", ["node1"]),
        ("(Get-ClusterResource 'Virtual Machine SQL01').OwnerGroup.Name", ["SQL01"]),
        ("switch ($null) { $null { 'null' } default { 'other' } }; switch (@()) { default { 'never' } }", ["null"]),
        ("(Get-VM | Group-Object State -NoElement | Select-Object -First 1).Group.Count", [0]),
        ("([datetime]'2009-10-17T19:20:41').ToString('R')", ["Sat, 17 Oct 2009 19:20:41 GMT"]),
        ("Set-Content q.txt 'one', 'two'; (Get-Content q.txt -Raw).Length; (Get-Content q.txt).Count", [8, 2]),
        ("1..5 | Select-Object -Last 2 -Skip 1", [3, 4]),
    ],
)
def test_it_gives_what_powershell_gives(desk: ShellDesk, script: str, shown: list[Any]) -> None:
    assert desk.must(script) == shown


def test_each_name_that_is_not_there_is_an_error_of_its_own_and_the_others_are_done(desk: ShellDesk) -> None:
    errors = desk.run("Stop-VM SQL01, nobody, nothing -TurnOff").errors
    assert [error.message for error in errors] == [
        "There is no virtual machine 'nobody' in this cluster.",
        "There is no virtual machine 'nothing' in this cluster.",
    ]
    assert len(desk.commands) == 1
    desk.commands.clear()
    (error,) = desk.run("Stop-VM nobody, nothing, WEB01 -TurnOff -ErrorAction Stop").errors
    assert "'nobody'" in error.message
    assert desk.commands == []


def test_a_refusal_for_one_of_several_keeps_none_of_the_others_back(desk: ShellDesk) -> None:
    desk.must("Stop-VM DC01 -TurnOff")
    desk.commands.clear()
    results = desk.run("Get-VM DC01, WEB01 | Suspend-VM; $?; 'on'")
    (error,) = results.errors
    assert "DC01" in error.message
    assert results.objects == [False, "on"]
    states = {one.name: str(one.state) for one in desk.state.machines.values()}
    assert (states["DC01"], states["WEB01"]) == ("Off", "Paused")


def test_names_that_are_a_setting_are_all_needed(desk: ShellDesk) -> None:
    (error,) = desk.run("Set-ClusterOwnerNode -Group SQL01 -Owners node1, nobody").errors
    assert "'nobody'" in error.message
    assert desk.commands == []


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("try { Get-VM nobody; 'on' } catch { 'caught' }", ["on"]),
        ("try { Get-VM nobody -ErrorAction Stop; 'on' } catch { 'caught' }", ["caught"]),
        ("$ErrorActionPreference = 'Stop'; try { Get-VM nobody; 'on' } catch { 'caught' }", ["caught"]),
        ("try { Get-VM -Nme x; 'on' } catch { 'caught' }", ["caught"]),
        ("try { Move-VM SQL01 node1; 'on' } catch { 'caught' }", ["on"]),
        ("try { (Get-ClusterNetwork 'Cluster Network 1').Role = 7; 'on' } catch { 'caught' }", ["caught"]),
        ("$x = 'before'; $x = Get-VM nobody; $null -eq $x", [True]),
        ("if (Get-ClusterGroup nobody) { 'there' } else { 'not there' }", ["not there"]),
        ("Get-VM nobody | Measure-Object | ForEach-Object Count", [0]),
        ("try { 'nobody', 'DC01' | Get-VM | ForEach-Object Name } catch { 'caught' }", ["DC01"]),
        ("try { Get-ClusterNetwork | Get-VM; 'on' } catch { 'caught' }", ["on"]),
        ("function f { Get-VM nobody; 'on' }; f", ["on"]),
        ("Get-VM nobody -ErrorVariable why; $why.Count; Get-VM DC01 -ErrorVariable why | Out-Null; $why.Count", [1, 0]),
    ],
)
def test_only_errors_that_end_a_statement_are_caught(desk: ShellDesk, script: str, output: list[object]) -> None:
    assert desk.run(script).objects == output


def test_a_move_that_no_node_can_take_tells_why_of_each_node(desk: ShellDesk) -> None:
    desk.must("Set-ClusterOwnerNode -Resource 'Virtual Machine WEB01' -Owners node1")
    (error,) = desk.run("Move-ClusterVirtualMachineRole WEB01").errors
    assert error.message.startswith("No node can take WEB01.")
    for node in ("node2", "node3"):
        assert f"{node} is not a possible owner of Virtual Machine WEB01." in error.message


def test_formulas_are_guarded_in_csv_and_come_back_as_they_were(desk: ShellDesk) -> None:
    script = "New-Object PSObject -Property @{ Name = '=1+1'; Number = -5; Lines = \"a`nb\" } | Export-Csv odd.csv"
    desk.must(script)
    assert '"\'=1+1"' in (desk.folder / "odd.csv").read_text(encoding="utf-8")
    assert desk.must("Import-Csv odd.csv | ForEach-Object { $_.Name; $_.Number; $_.Lines.Length }") == ["=1+1", "-5", 3]
    desk.must("Get-VM zz* | Export-Csv none.csv")
    assert (desk.folder / "none.csv").read_text(encoding="utf-8") == ""


def test_saved_logs_are_named_by_wildcards_and_piped(desk: ShellDesk) -> None:
    desk.must("Stop-ClusterNode node3; wevtutil epl System one.evtx; wevtutil epl System two.evtx")
    one = desk.must("@(Get-WinEvent -Path one.evtx).Count")
    assert desk.must("@(Get-WinEvent -Path *.evtx).Count") == [2 * one[0]]
    assert desk.must("@(Get-ChildItem one.evtx | Get-WinEvent).Count") == one
    assert desk.must("(Get-WinEvent -ListLog Sys* | Get-WinEvent -MaxEvents 1).LogName") == ["System"]
    (error,) = desk.run("Get-WinEvent -Path zz*.evtx").errors
    assert error.message == "There is no file that matches 'zz*.evtx'."


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("*[System[TimeCreated[timediff(@SystemTime) &lt;= 1000]]]", "'&lt;' is how XML writes <. Outside of XML"),
        ("*[System[Provider[@Name=\N{LEFT SINGLE QUOTATION MARK}x\N{RIGHT SINGLE QUOTATION MARK}]]]", "typographic"),
        ("*[System[ and (EventID=1135)]]", "A test is missing before 'and'."),
        ("*[System[EventID=1135 or 1136]]", "Compare it, as in EventID=1136"),
    ],
)
def test_pasted_expressions_are_refused_by_their_cause(desk: ShellDesk, expression: str, why: str) -> None:
    (error,) = desk.run(f'Get-WinEvent System -FilterXPath "{expression}"').errors
    assert why in error.message


@pytest.mark.parametrize(
    ("preference", "call", "asked"),
    [
        ("High", "Stop-VM DC01 -TurnOff", False),
        ("Medium", "Stop-VM DC01 -TurnOff", True),
        ("Low", "Stop-VM DC01 -TurnOff", True),
        ("Low", "Stop-VM DC01 -TurnOff -Confirm:$false", False),
        ("None", "Stop-VM DC01 -TurnOff", False),
        ("High", "Remove-It x", False),
        ("Medium", "Remove-It x", True),
        ("High", "Remove-Much x", True),
        ("None", "Remove-Much x", False),
        ("Low", "Remove-Much x -Confirm:$false", False),
        ("Low", "Get-VM DC01", False),
    ],
)
def test_the_preference_says_who_is_asked(desk: ShellDesk, preference: str, call: str, asked: bool) -> None:
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    desk.session.on_confirm = no
    body = "if ($PSCmdlet.ShouldProcess($n)) { 'gone' }"
    desk.must(f"function Remove-It {{ [CmdletBinding(SupportsShouldProcess)] param($n) {body} }}")
    desk.must(
        f"function Remove-Much {{ [CmdletBinding(SupportsShouldProcess, ConfirmImpact='High')] param($n) {body} }}"
    )
    desk.run(f"$ConfirmPreference = '{preference}'; {call}")
    assert bool(questions) is asked


@pytest.mark.parametrize(
    ("script", "remedy"),
    [
        ("1 / 0", "Check the divisor first."),
        ("[int]'x'", "convert it with -as"),
        ("$null.Foo()", "if ($null -ne $value)"),
        ("'x'.Nope()", "Get-Member shows"),
        ("Get-Content nope.txt", "Get-Location shows the working folder"),
        ("function f { param([Parameter(Mandatory)] $x) $x }; f", "Specify a value for each"),
        ("Set-StrictMode -Version Latest; $nope", "Set-StrictMode -Off"),
        ("$true = 1", "Choose another name."),
    ],
)
def test_an_error_in_the_words_of_powershell_says_what_to_do_as_well(desk: ShellDesk, script: str, remedy: str) -> None:
    (error,) = desk.run(script).errors
    assert remedy in error.remedy
    assert f"Remedy                : {error.remedy}" in error.show(script)


def test_what_a_script_says_itself_gets_no_remedy(desk: ShellDesk) -> None:
    assert [error.remedy for error in desk.run("throw 'NullArray'").errors] == [""]
    assert [error.remedy for error in desk.run("Write-Error 'odd'").errors] == [""]


def test_a_function_is_called_by_the_aliases_of_its_attribute(desk: ShellDesk) -> None:
    assert desk.must("function Get-It { [Alias('gi1', 'gi2')] param($x) \"it $x\" }; gi1 a; gi2 b") == ["it a", "it b"]
