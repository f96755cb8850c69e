"""The verbs of ``fcm lab``: sentences and exit codes."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from fcm.cli import lab as cli_lab
from fcm.cli.main import main
from fcm.installation import command
from fcm.lab import existing
from fcm.lab.plan import LabError, LabFolders, make_plan
from fcm.lab.processes import process_start

if TYPE_CHECKING:
    from pathlib import Path


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="fcm")
    cli_lab.add_lab_verbs(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["lab", "--name", "nowhere", *words])
    code: int = arguments.handler(arguments)
    return code


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("up", "--bandwidth", "fast"),
        ("up", "--nodes", "three"),
        ("vm",),
        ("vm", "add"),
        ("vm", "add", "web", "--memory", "lots"),
        ("fault",),
        ("fault", "link-down", "node1"),
    ],
)
def test_wrong_usage_ends_with_code_2_and_says_what_is_wrong(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _run(*words)

    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "There is no verb 'nope'. Choose one of: up, status, down, vm, fault."),
        (("fault", "nope"), "There is no fault 'nope'. Choose one of: link-down, link-up, "),
        (("fault", "link-down", "node1"), "the following arguments are required: NETWORK"),
        (("vm", "nope"), "There is no verb 'nope'. Choose one of: add, remove."),
        (("up", "--nodes", "three"), "'three' is not a whole number."),
        (("vm", "add", "web", "--memory", "lots"), "'lots' is not a memory size."),
        (("--name", "../x", "down"), "'../x' is not a valid name for a lab."),
    ],
)
def test_a_wrong_name_is_answered_with_those_there_are(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["lab", *words])

    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fault", "link-down", "node9", "lm"), "The lab has no node 'node9'. Nodes: node1, node2."),
        (("fault", "link-down", "node1", "wan"), "The lab has no network 'wan'. Networks: "),
        (("fault", "power-cut", "node9"), "The lab has no node 'node9'. Nodes: node1, node2."),
        (("vm", "add", "web", "--node", "node9"), "The lab has no node 'node9'. Nodes: node1, node2."),
        (("vm", "add", "a/b"), "'a/b' is not a valid name for a virtual machine"),
        (("vm", "add", "web", "--processor", "a b"), "'a b' is not a processor model."),
        (("vm", "remove", "web"), "The lab has no virtual machine 'web'. Virtual machines: none."),
    ],
)
def test_a_name_that_the_lab_does_not_have_is_wrong_usage(
    words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli_lab, "current_plan", lambda _: make_plan(2))

    assert _run(*words) == 2
    assert said in capsys.readouterr().err


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Labs as they stand below /run, without one of them."""
    monkeypatch.setattr(existing, "_RUN", tmp_path)
    monkeypatch.setattr(LabFolders, "state", property(lambda self: tmp_path / f"fcm-lab-{self.name}"))
    monkeypatch.setattr(existing, "network_namespaces", lambda: ("fcm-half-switch", "someone-else"))
    return tmp_path


def _stands(folder: Path, name: str, process: tuple[int, int] | None) -> None:
    place = folder / f"fcm-lab-{name}"
    place.mkdir()
    record = {"nodes": 2, "older": None, "bandwidth": None, "complete": True, "own_mount": False}
    (place / "lab.json").write_text(json.dumps({**record, "identity": "i", "process": process}))


def test_every_lab_that_stands_is_named_with_the_command_that_removes_it(run_folder: Path) -> None:
    here = os.getpid()
    began = process_start(here)
    assert began is not None
    _stands(run_folder, "kept", None)
    _stands(run_folder, "mine", (here, began))
    _stands(run_folder, "reused", (here, began - 1))
    _stands(run_folder, "gone", (2**22 + 1, 5))
    (run_folder / "fcm-lab-bad name").mkdir()
    (run_folder / "fcm-lab-torn").mkdir()
    (run_folder / "fcm-lab-torn" / "lab.json").write_text('{"nodes": 2')

    assert [lab.sentence() for lab in existing.existing_labs()] == [
        "The lab 'gone' exists on this computer; process 4194305, which created it, has ended. "
        f"To remove it: {command('lab --name gone down')}",
        f"The lab 'half' exists on this computer. To remove it: {command('lab --name half down')}",
        f"The lab 'kept' exists on this computer. To remove it: {command('lab --name kept down')}",
        f"The lab 'mine' exists on this computer and belongs to process {here}, which is running. "
        f"To remove it: {command('lab --name mine down')}",
        f"The lab 'reused' exists on this computer; process {here}, which created it, has ended. "
        f"To remove it: {command('lab --name reused down')}",
        f"The lab 'torn' exists on this computer. To remove it: {command('lab --name torn down')}",
    ]


def test_down_removes_its_own_lab_and_those_whose_process_is_gone_and_names_the_others(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def take_down(folders: LabFolders) -> bool:
        taken.append(folders.name)
        if not folders.state.exists():
            return False
        shutil.rmtree(folders.state)
        return True

    taken: list[str] = []
    _stands(run_folder, "kept", None)
    _stands(run_folder, "gone", (2**22 + 1, 5))
    monkeypatch.setattr(cli_lab, "take_down", take_down)
    monkeypatch.setattr(existing, "take_down", take_down)

    assert _run("down") == 0
    assert taken == ["nowhere", "gone"]
    assert capsys.readouterr().out.splitlines() == [
        "The lab 'gone' was also removed: process 4194305, which created it, has ended.",
        f"The lab 'half' exists on this computer. To remove it: {command('lab --name half down')}",
        f"The lab 'kept' exists on this computer. To remove it: {command('lab --name kept down')}",
    ]


def test_status_without_a_lab_of_its_own_names_those_that_stand(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _stands(run_folder, "kept", None)

    assert _run("status") == 1
    said = capsys.readouterr()
    assert said.err == "No lab is running. Start one: fcm lab up\n"
    assert f"The lab 'kept' exists on this computer. To remove it: {command('lab --name kept down')}" in said.out


def test_a_bandwidth_that_is_none_is_answered_with_how_to_write_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _run("up", "--bandwidth", "fast")

    assert "'fast' is not a bandwidth. Enter a value such as 200mbit or 1gbit, or none." in capsys.readouterr().err


@pytest.mark.parametrize("words", [("up", "--nodes", "0"), ("up", "--older-processor", "node7")])
def test_an_impossible_plan_is_wrong_usage(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(*words) == 2
    assert capsys.readouterr().err.startswith(("A lab can have 1 to 8 nodes", "The lab has no node 'node7'"))


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("vm", "add", "web"),
        ("vm", "remove", "web"),
        ("fault", "link-down", "node1", "lm"),
        ("fault", "power-cut", "node1"),
    ],
)
def test_without_a_lab_every_verb_says_how_to_start_one(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(*words) == 1
    assert capsys.readouterr().err == "No lab is running. Start one: fcm lab up\n"


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (LabError("The lab needs Linux."), "The lab needs Linux.\n"),
        (
            OSError(28, "No space left on device", "/run/x"),
            "The lab command failed: No space left on device (/run/x).\n",
        ),
        (KeyboardInterrupt(), "Interrupted. To clean up, run: fcm lab down\n"),
    ],
)
def test_what_stops_the_lab_is_one_sentence_and_code_1(
    problem: BaseException,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(cli_lab, "bring_up", fail)

    assert _run("up") == 1
    assert capsys.readouterr().err == sentence
