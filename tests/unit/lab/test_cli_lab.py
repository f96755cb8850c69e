"""The verbs of ``fcm lab``: sentences and exit codes."""

from __future__ import annotations

import argparse

import pytest

from fcm import cli_lab
from fcm.lab.plan import LabError


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


def test_a_bandwidth_that_is_none_is_answered_with_how_to_write_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _run("up", "--bandwidth", "fast")

    assert "'fast' is not a bandwidth. Write it like 200mbit, 1gbit or none." in capsys.readouterr().err


@pytest.mark.parametrize("words", [("up", "--nodes", "0"), ("up", "--older-processor", "node7")])
def test_an_impossible_plan_is_wrong_usage(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(*words) == 2
    assert capsys.readouterr().err.startswith(("A lab has 1 to 8 nodes", "The lab has no node 'node7'"))


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
    assert capsys.readouterr().err == "No lab is up. Start one: fcm lab up\n"


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (LabError("The lab needs Linux."), "The lab needs Linux.\n"),
        (
            OSError(28, "No space left on device", "/run/x"),
            "The lab could not go on: No space left on device (/run/x).\n",
        ),
        (KeyboardInterrupt(), "Interrupted. Clear up what is there: fcm lab down\n"),
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
