"""Script files that scripts run: arguments, scopes, what they leave behind, and where their errors are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell.language.errors import ParameterError
from fcm.shell.language.parser import LONGEST, parse
from fcm.shell.runtime.execution.scripts import DEEPEST, given_arguments

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk

MOVE = 'param([Parameter(Mandatory=$true)]$Machine, [int]$Count = 2, [switch]$Dry)\n"$Machine $Count $Dry"\n'


def write(desk: ShellDesk, **files: str) -> None:
    for name, text in files.items():
        (desk.folder / f"{name}.ps1").write_text(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (".\\move.ps1 SQL01", "SQL01 2 False"),
        ("./move.ps1 -Count 5 -Machine SQL01 -Dry", "SQL01 5 True"),
        ("& '.\\sub folder\\two words.ps1' SQL01", "SQL01 2 False"),
        ('$here = "sub folder"; & "$here\\two words.ps1" -Dry SQL01 7', "SQL01 7 True"),
        ("$given = @{ Machine = 'WEB01'; Count = 3 }; .\\move.ps1 @given", "WEB01 3 False"),
        ("& .\\MOVE.ps1 SQL01".lower(), "sql01 2 False"),
    ],
)
def test_a_script_file_takes_its_arguments_like_a_function(desk: ShellDesk, line: str, said: str) -> None:
    write(desk, move=MOVE)
    (desk.folder / "sub folder").mkdir()
    (desk.folder / "sub folder" / "two words.ps1").write_bytes(b"\xef\xbb\xbf" + MOVE.replace("\n", "\r\n").encode())
    assert desk.must(line) == [said]


def test_a_script_without_parameters_has_args_and_input(desk: ShellDesk) -> None:
    write(desk, all="$args.Count; $args[1]; $input | ForEach-Object { $_ * 2 }")
    assert desk.must("1, 2 | .\\all.ps1 a 'b c'") == [2, "b c", 2, 4]


def test_a_script_knows_where_it_lies_and_so_do_functions_that_it_leaves(desk: ShellDesk) -> None:
    (desk.folder / "lib").mkdir()
    (desk.folder / "lib" / "own.ps1").write_text(
        "function Where-From { $PSScriptRoot }\n"
        "$MyInvocation.MyCommand.Path; $MyInvocation.MyCommand.Name; $PSCommandPath"
    )
    folder = str(desk.folder / "lib")
    write(desk, main='. "$PSScriptRoot\\lib\\own.ps1"; Where-From; $PSScriptRoot')
    path = f"{folder}/own.ps1"
    assert desk.must(".\\main.ps1") == [path, "own.ps1", path, folder, str(desk.folder)]
    assert desk.must("$PSScriptRoot; $MyInvocation") == ["", None]


def test_a_script_leaves_nothing_behind_unless_it_is_dot_sourced(desk: ShellDesk) -> None:
    write(
        desk,
        lib='param($Size = 1)\n$left = "left $Size"\nfunction Get-Left { $left }\n$script:own = 5\n'
        "function Get-Own { $script:own }\nGet-Own",
    )
    assert desk.must("$own = 1; .\\lib.ps1; $left; $own") == [5, None, 1]
    assert "Get-Left" in desk.run("Get-Left").text()
    assert desk.must(". .\\lib.ps1 -Size 3; $left; Get-Left; $own") == [5, "left 3", "left 3", 5]
    assert desk.must("function f { $inside = 1; . { $inside = 2 }; & { $inside = 3 }; $inside }; f") == [2]


def test_exit_ends_the_file_alone_and_its_number_is_the_last_exit_code(desk: ShellDesk) -> None:
    write(
        desk, outer="'a'; .\\inner.ps1; \"$? $LASTEXITCODE\"; exit 4", inner="'b'; function stop { exit 3 }; stop; 'no'"
    )
    results = desk.run(".\\outer.ps1; $LASTEXITCODE; 'on'")
    assert results.ok
    assert results.objects == ["a", "b", "False 3", 4, "on"]
    assert results.exit_code is None
    assert desk.run(". .\\outer.ps1; exit 9; 'no'").exit_code == 9


def test_errors_name_the_file_line_and_column_wherever_the_code_runs(desk: ShellDesk) -> None:
    write(
        desk,
        lib="# functions\nfunction Ask {\n  Get-VM nobody\n}\n$block = {\n\n    1 / 0 }",
        broken="'x'\nif (",
        main=". .\\lib.ps1\nAsk\n1 | ForEach-Object $block\ntry { .\\broken.ps1 } "
        "catch [System.Management.Automation.ParseException] { 'unread' }\n.\\broken.ps1",
    )
    results = desk.run("'first'\n . .\\main.ps1; Ask")
    places = [line for line in results.text().splitlines() if line.startswith("At ")]
    lib, broken = (desk.folder / f"{name}.ps1" for name in ("lib", "broken"))
    assert places == [f"At {lib}:3 char:3", f"At {lib}:7 char:5", f"At {broken}:2 char:5", f"At {lib}:3 char:3"]
    assert results.objects == ["first", "unread"]
    desk.run("try { $ErrorActionPreference = 'Stop'; . .\\lib.ps1; Ask } catch { $where = $_.InvocationInfo }")
    asked = ("$where.ScriptName", "$where.ScriptLineNumber", "$where.OffsetInLine", "$where.Line.Trim()")
    assert desk.must("; ".join(asked)) == [str(lib), 3, 3, "Get-VM nobody"]
    asked = desk.must(
        "Get-VM nobody -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].InvocationInfo.ScriptLineNumber"
    )
    assert asked == [1]


def test_a_script_that_runs_itself_ends_with_its_name_and_at_once(desk: ShellDesk) -> None:
    write(desk, turn="$global:runs++\n.\\turn.ps1\n.\\turn.ps1")
    results = desk.run("$runs = 0\n.\\turn.ps1")
    (error,) = results.errors
    assert (
        error.message
        == f"Script files are nested more than {DEEPEST} levels deep: " + " > ".join(["turn.ps1"] * 4) + "."
    )
    assert desk.must("$runs") == [DEEPEST]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (".\\mvoe.ps1", ("does not exist", "Did you mean move.ps1?")),
        (".\\empty\\x.ps1", ("does not exist", "There is no script in")),
        (".\\folder.ps1", ("is a folder",)),
        (".\\binary.ps1", ("cannot be read as text: it is not UTF-8", "Save it as UTF-8")),
        (".\\zeros.ps1", ("contains null characters",)),
        (".\\long.ps1", (f"longer than {LONGEST} characters", "Split it")),
        (".\\huge.ps1", (f"longer than {LONGEST} characters",)),
        (".\\move.txt", ("Only script files (.ps1)",)),
        (".\\move.ps1", ("missing mandatory parameters: Machine",)),
        ("Get-VM | .\\move.ps1 -Speed 3", ("matches parameter name 'Speed'",)),
    ],
)
def test_what_cannot_be_run_is_said_in_words(desk: ShellDesk, line: str, said: tuple[str, ...]) -> None:
    write(desk, move=MOVE, long="#" * (LONGEST + 1), huge="#" * (5 * LONGEST), zeros="'a\0b'")
    (desk.folder / "folder.ps1").mkdir()
    (desk.folder / "binary.ps1").write_bytes(b"\x7fELF\xff\xfe")
    results = desk.run(f"try {{ {line} }} finally {{ }}\n'on'")
    assert results.objects == ["on"]
    assert all(words in results.text() for words in said), results.text()


def test_a_file_of_an_editor_of_windows_in_utf_16_is_read(desk: ShellDesk) -> None:
    (desk.folder / "wide.ps1").write_text("'grün'", encoding="utf-16")
    assert desk.must(".\\wide.ps1") == ["grün"]


def test_words_of_a_command_line_become_parameters_or_args() -> None:
    body = parse(MOVE)
    assert given_arguments("m", body, ["SQL01", "-Count", "5", "-Dry:$false"]) == {
        "Machine": "SQL01",
        "Count": 5,
        "Dry": False,
    }
    assert given_arguments("m", body, ["-3", "-Dry"]) == {"Machine": "-3", "Dry": True}
    assert given_arguments("m", parse("'x'"), ["-a", "b"]) == {"args": ["-a", "b"]}
    with pytest.raises(ParameterError, match="no parameter -Nope"):
        given_arguments("m", body, ["-Nope"])
    with pytest.raises(ParameterError, match="to a number"):
        given_arguments("m", body, ["SQL01", "many"])
