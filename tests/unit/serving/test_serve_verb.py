"""``fcm serve`` as a process: what a module of PowerShell starts, speaks to, and loses."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from tests.unit.serving.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def program() -> Iterator[Program]:
    started = Program("--fresh")
    yield started
    started.kill()


def test_it_answers_until_nobody_asks_any_more(program: Program) -> None:
    (told,) = program.ask(1, do="hello", protocol=1)
    assert told["hello"]["cluster"] == "contoso"
    assert [line["host"] for line in program.ask(2, do="invoke", cmdlet="Write-Host", parameters={"Object": "a"})] == [
        "a"
    ]
    assert program.ends() == (0, b"", b"")


def test_ctrl_c_in_its_terminal_does_not_end_it(program: Program) -> None:
    program.ask(1, do="hello", protocol=1)
    program.process.send_signal(signal.SIGINT)
    assert program.ask(2, do="hello", protocol=1)
    assert program.ends()[0] == 0


def test_a_server_that_is_killed_leaves_a_journal_that_opens_with_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    first = Program("--speed", "max")
    (moved,) = [
        line["outputs"][0]
        for line in first.ask(
            1, do="invoke", cmdlet="Move-ClusterVirtualMachineRole", parameters={"Name": "DC01", "Node": "node2"}
        )
        if "outputs" in line
    ]
    assert moved["p"]["OwnerNode"]["v"] == "node2"
    first.process.kill()
    first.process.communicate()
    second = Program("--speed", "max")
    (told,) = second.ask(1, do="invoke", cmdlet="Get-ClusterGroup", parameters={"Name": "DC01"})
    assert told["outputs"][0]["p"]["OwnerNode"]["v"] == "node2"
    assert second.ends()[0] == 0


@pytest.mark.parametrize("words", [["serve"], ["serve", "--stdio", "--cluster", "embedded:atlantis"]])
def test_wrong_usage_is_said_on_standard_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as ended:
        code = int(str(ended.code))
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.strip()
