"""The total at the end of `make test` counts everything once and hides nothing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from fcm.ui.tour import patience
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP, script

if TYPE_CHECKING:
    from pathlib import Path

checks = script("run_tests")


class Program:
    """A program that ends with a code, when it has been waited for in vain ``late`` times."""

    def __init__(self, code: int, late: int = 0) -> None:
        self.code, self.late = code, late
        self.waited: list[float] = []
        self.killed = False

    def wait(self, timeout: float | None = None) -> int:
        if timeout is None:
            assert self.killed
            return -9
        self.waited.append(timeout)
        if len(self.waited) <= self.late:
            raise subprocess.TimeoutExpired("pytest", timeout)
        return self.code

    def poll(self) -> int:
        return -9 if self.killed else self.code

    def kill(self) -> None:
        self.killed = True


REPORT = """
<testsuites><testsuite name="pytest">
  <testcase classname="tests.a" name="test_one"/>
  <testcase classname="tests.a" name="test_two"><failure message="no"/></testcase>
  <testcase classname="tests.a" name="test_left_a_thread"/>
  <testcase classname="tests.a" name="test_left_a_thread"><error message="left a thread"/></testcase>
  <testcase classname="tests.b" name="test_one"><skipped/></testcase>
</testsuite></testsuites>
"""


def test_a_test_that_failed_in_its_teardown_counts_once_and_as_failed(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT, encoding="utf-8")
    assert checks.count(tmp_path / "report.xml") == {"passed": 1, "skipped": 1, "failed": 2}


def test_a_missing_report_counts_nothing(tmp_path: Path) -> None:
    assert checks.count(tmp_path / "report.xml") == {}


@pytest.mark.parametrize(("in_ci", "good"), [(True, False), (False, True)])
def test_live_tests_left_out_are_a_failure_in_ci_and_a_sentence_elsewhere(
    monkeypatch: pytest.MonkeyPatch, in_ci: bool, good: bool
) -> None:
    monkeypatch.setattr(checks, "IN_CI", in_ci)
    monkeypatch.setattr(checks, "why_not_live", lambda: "The lab needs root.")
    outcome = checks.run("live")
    assert outcome.good is good
    assert outcome.said.startswith("skipped")
    assert "The lab needs root." in outcome.said


@pytest.mark.parametrize(
    ("code", "skipped", "in_ci", "good"),
    [(0, 0, True, True), (0, 1, True, False), (0, 1, False, True), (1, 0, False, False), (5, 0, False, False)],
    ids=["all passed", "skipped in CI", "skipped elsewhere", "failed", "no test found"],
)
def test_a_group_is_good_when_pytest_is_and_nothing_was_skipped_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, skipped: int, in_ci: bool, good: bool
) -> None:
    monkeypatch.setattr(checks, "IN_CI", in_ci)
    monkeypatch.setattr(checks, "REPORTS", tmp_path)
    monkeypatch.setattr(checks, "count", lambda report: {"passed": 3, "skipped": skipped, "failed": 0})
    monkeypatch.setattr(checks.subprocess, "Popen", lambda *_, **__: Program(code))
    assert checks.pytest("rules").good is good


def test_a_group_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = Program(0, late=1)
    monkeypatch.setattr(patience, "load", lambda: 0.5)
    monkeypatch.setattr(checks, "REPORTS", tmp_path)
    monkeypatch.setattr(checks.subprocess, "Popen", lambda *_, **__: program)
    outcome = checks.pytest("live")
    assert not outcome.good
    assert program.killed
    assert outcome.said == f"FAILED: timed out after {checks.GROUPS['live'][1]} s"


def test_a_group_on_a_busy_machine_is_given_up_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = Program(0, late=2)
    loads = iter([2.0, 3.0])
    monkeypatch.setattr(patience, "load", lambda: next(loads))
    monkeypatch.setattr(checks, "REPORTS", tmp_path)
    monkeypatch.setattr(checks, "count", lambda report: {"passed": 3})
    monkeypatch.setattr(checks.subprocess, "Popen", lambda *_, **__: program)
    assert checks.pytest("rules").good
    assert [round(seconds / checks.GROUPS["rules"][1]) for seconds in program.waited] == [1, 2, 3]
    assert not program.killed


def test_an_unknown_group_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["speed"]) == 2
    assert capsys.readouterr().out.startswith("Unknown groups: speed.")


def test_the_groups_of_make_test_together_fit_into_seventy_minutes() -> None:
    assert sum(limit for name, (_, limit) in checks.GROUPS.items() if name != "failover") <= 4200


@pytest.mark.parametrize("file", ["packaging/setup.sh", ".ci/run"])
def test_the_shell_scripts_have_no_error_of_syntax(file: str) -> None:
    assert subprocess.run(["bash", "-n", TOP / file], check=False).returncode == 0


def test_the_set_up_refuses_a_purpose_that_it_does_not_know() -> None:
    done = subprocess.run(
        ["bash", TOP / "packaging" / "setup.sh", "fly"],
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == 'setup.sh: "fly" is not valid. Use run, test or mutate.\n'
