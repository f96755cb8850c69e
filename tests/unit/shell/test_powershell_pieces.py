"""Small pieces of PowerShell with what the real engine printed, as a specification of the built-in shell.

``tests/data/powershell-pieces.json``: recorded from PowerShell 7.6 (``expected``; en-US, 80 columns); ``expected51`` is
what Windows PowerShell 5.1 prints where that differs. The shell prints the same, or refuses in words: never anything
else.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.runtime.screen import Screen
from fcm.shell.runtime.session import ShellSession
from tests.unit.shell.desk import ShellDesk

PIECES = Path(__file__).parents[2] / "data" / "powershell-pieces.json"
REFUSED = (
    "Export-Clixml x3.xml",
    "Get-Date }'\ntry { Import-PowerShellDataFile",
    "$d.TryGetValue('none'",
    "ForEach-Object NoSuchPro",
    "$_ * 1234.567",
    "w = 9 }, Rack -Wrap",
    "Rename-Item i7a.txt",
)
"""Parts of the pieces that are refused; all others are right."""


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).strip("\n")


def _verdict(desk: ShellDesk, piece: dict[str, str], folder: Path) -> str:
    folder.mkdir()
    shown = io.StringIO()
    session = ShellSession(desk.workspace, desk.pump, folder=folder)
    screen = Screen(session, shown.write)
    results = session.execute(piece["source"] + "\n")
    screen.finish()
    if _tidy(shown.getvalue()) in (_tidy(piece["expected"]), _tidy(piece.get("expected51", piece["expected"]))):
        return "right"
    return "refused" if results.errors or results.exit_code else "wrong"


def test_a_piece_prints_what_powershell_prints_or_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pieces = json.loads(PIECES.read_text(encoding="utf-8"))
    desk = ShellDesk(tmp_path)
    try:
        found = [(_verdict(desk, piece, tmp_path / f"piece{number}"), piece) for number, piece in enumerate(pieces)]
    finally:
        desk.close()
    wrong = [piece["source"] for verdict, piece in found if verdict == "wrong"]
    assert wrong == []
    refused = [piece["source"] for verdict, piece in found if verdict == "refused"]
    assert [one for one in refused if not any(part in one for part in REFUSED)] == []
    assert len(refused) == len(REFUSED), "what is not refused any more leaves the list"
    assert not any(folder.name.startswith("piece") for folder in Path(os.sep).iterdir())


def test_what_is_refused_cannot_be_caught_and_ends_the_script(desk: ShellDesk) -> None:
    results = desk.run("'before'\ntry { Get-Acl . } catch { 'caught' }\n'after'")
    (error,) = results.errors
    assert results.objects == ["before"]
    assert isinstance(error, UnsupportedError)
    assert "Get-Acl is not supported by the built-in shell." in error.message
    assert desk.run("$ErrorActionPreference = 'SilentlyContinue'; Get-Acl .; 'after'").objects == []


@pytest.mark.parametrize("command", ["Get-Process", "Start-Job { 1 }", "Get-EventLog x", "Get-Command Get-Process"])
def test_a_command_of_powershell_that_is_not_here_is_refused_and_not_caught(desk: ShellDesk, command: str) -> None:
    results = desk.run(f"try {{ {command} }} catch {{ 'caught' }}; 'on'")
    assert results.objects == []
    assert isinstance(results.errors[0], UnsupportedError)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('$n = 1; "$n: x"', "Variable reference is not valid."),
        ("$private:x = 1; & { $x }", "A private variable is not supported"),
        ("(1, 2).ForEach('ToString')", ".ForEach() with ToString is not supported"),
        ("function f { 1 }; Get-Help f", "Help about a function of a script is not supported"),
    ],
)
def test_what_would_print_something_else_than_powershell_is_refused(desk: ShellDesk, script: str, words: str) -> None:
    results = desk.run(script)
    assert results.objects == []
    assert words in results.text()


def test_a_command_that_there_is_not_is_an_error_of_get_command(desk: ShellDesk) -> None:
    assert desk.must("try { Get-Command nope-nope -ea Stop } catch { $_.Exception.GetType().Name }") == [
        "CommandNotFoundException"
    ]
    assert desk.must("function f { 1 }; (Get-Command f, Get-VM).Name -join ','") == ["f,Get-VM"]
    assert desk.must("[bool](Get-Command nope-nope -ErrorAction SilentlyContinue)") == [False]


def test_a_construct_in_a_function_that_is_never_called_stops_nothing(desk: ShellDesk) -> None:
    never = "function never { switch -File x.txt { '}' { } } }\n"
    assert desk.must(never + "'on'") == ["on"]
    results = desk.run(never + "'on'; never; 'off'")
    assert results.objects == ["on"]
    assert "switch -file is not supported" in results.text()


def test_words_of_an_error_that_are_not_those_of_powershell_are_not_read_by_a_script(desk: ShellDesk) -> None:
    results = desk.run("try { 'abc'.Substring(9) } catch { 'said: ' + $_.Exception.Message }")
    assert results.objects == []
    assert "The text of this error" in results.text()
    assert desk.must("try { 1 / 0 } catch { $_.Exception.Message }") == ["Attempted to divide by zero."]


def test_one_table_goes_on_from_statement_to_statement(desk: ShellDesk) -> None:
    shown = io.StringIO()
    screen = Screen(desk.session, shown.write)
    desk.run("[pscustomobject]@{ Name = 'hv1'; Rack = 4 }\n'between'\n[pscustomobject]@{ Name = 'hv22'; Rack = 12 }")
    screen.finish()
    lines = [line.rstrip() for line in shown.getvalue().splitlines()]
    assert lines == ["", "Name Rack", "---- ----", "hv1     4", "between", "hv22   12", ""]


def test_each_object_goes_through_all_stages_before_the_next_one_begins(desk: ShellDesk) -> None:
    script = '$t = @(); 1, 2 | ForEach-Object { $t += "a$_"; $_ } | ForEach-Object { $t += "b$_" }; "$t"'
    assert desk.must(script) == ["a1 b1 a2 b2"]
    counted = "$n = 0; 1..100 | ForEach-Object { $n++; $_ } | Select-Object -First 2 | Out-Null; $n"
    assert desk.must(counted) == [2]
