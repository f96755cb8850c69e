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

    def __init__(self, code: int, late: int = 0, *said: str) -> None:
        self.code, self.late = code, late
        self.stdout = iter(said)
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
    assert checks.failed(tmp_path / "report.xml") == []


def test_the_end_of_the_log_names_each_test_that_failed_and_what_it_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules.xml").write_text(REPORT.replace('"no"', f'"assert 1 == 2&#10;{"+ " * 70}"'), encoding="utf-8")
    (tmp_path / "bundle.xml").write_text(REPORT.replace('"no"', f'"{"long " * 30}"'), encoding="utf-8")
    monkeypatch.setattr(checks, "REPORTS", tmp_path)
    monkeypatch.setattr(checks, "TOP", tmp_path)
    monkeypatch.setattr(checks, "pytest", lambda name: outcome(name))

    def outcome(name: str) -> object:
        return checks.Outcome(name, False, "FAILED", {"failed": 2}, checks.failed(tmp_path / f"{name}.xml"))

    assert checks.main(["rules", "bundle"]) == 1
    end = capsys.readouterr().out.splitlines()[-5:]
    assert end[0] == "failed: tests.a::test_two: assert 1 == 2"
    assert end[1] == "failed: tests.a::test_left_a_thread: left a thread"
    assert end[2] == f"failed: tests.a::test_two: {('long ' * 30)[:99]}\N{HORIZONTAL ELLIPSIS}"
    assert end[4].startswith("0 passed, 4 failed, 0 skipped in ")


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
    outcome = checks.pytest("bundle")
    assert not outcome.good
    assert program.killed
    assert outcome.said == f"FAILED: no report; timed out after {checks.GROUPS['bundle'][1]} s"


def test_the_parts_of_the_live_group_run_side_by_side_and_the_lines_of_each_bear_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[Program] = []

    def begin(command: list[object], **_: object) -> Program:
        assert all(not program.waited for program in begun), "the one before was waited for"
        begun.append(Program(len(begun) % 2, 0, f"{command[-2]}\n"))
        return begun[-1]

    monkeypatch.setattr(checks, "REPORTS", tmp_path)
    monkeypatch.setattr(checks, "count", lambda report: {"passed": 3, "failed": report.name == "live-cluster.xml"})
    monkeypatch.setattr(checks, "clear_labs", lambda: None)
    monkeypatch.setattr(checks.subprocess, "Popen", begin)
    outcome = checks.pytest("live")
    assert not outcome.good
    assert outcome.said == "FAILED: 9 passed, 1 failed; cluster ended with 1"
    assert len(begun) == len(checks.GROUPS["live"][0]) == 3
    assert f"faults  {checks.FAULTS[-1]}\n" in capsys.readouterr().out


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


def test_every_live_test_is_where_a_part_of_the_group_looks_for_it() -> None:
    mark = "pytestmark = pytest.mark." + "live"
    files = [file for file in (TOP / "tests").rglob("test_*.py") if mark in file.read_text(encoding="utf-8")]
    assert len(files) > 10
    assert [file for file in files if TOP / "tests" / "live" not in file.parents] == []
    assert all((TOP / file).is_file() for file in checks.FAULTS)


def test_an_unknown_group_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["speed"]) == 2
    assert capsys.readouterr().out.startswith("Unknown groups: speed.")


def test_the_groups_of_make_test_together_fit_into_seventy_minutes() -> None:
    assert sum(limit for _, limit in checks.GROUPS.values()) <= 4200


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
