from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.workspace.learning.checks import Finding
from fcm.workspace.learning.drill import Drill, load_drill
from fcm.workspace.learning.drill_report import drill_report
from fcm.workspace.learning.grading import Grade
from tests.unit.learning.attempts import SMALL, attempt, written

if TYPE_CHECKING:
    from pathlib import Path

MOVE = "Move-ClusterVirtualMachineRole DC01 -Node node2"
RESTART = "Stop-VM DC01 -TurnOff; Start-Sleep 5; Move-ClusterGroup DC01 -Node node2; Start-VM DC01; Start-Sleep 200"


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    """The small drill with the names of seed 3."""
    return load_drill(written(tmp_path, SMALL), 3)


def test_a_solved_drill_has_all_points(drill: Drill) -> None:
    grade = attempt(drill, MOVE, drill.right)
    assert grade.is_passed
    assert grade.in_words == "Solved: 100 of 100 points."


def test_a_wrong_diagnosis_keeps_the_points_for_the_state(drill: Drill) -> None:
    grade = attempt(drill, MOVE, drill.tempting[0])
    assert grade.in_words == "Not solved: the diagnosis is not right. 60 of 100 points."


def test_a_right_diagnosis_alone_has_its_points(drill: Drill) -> None:
    grade = attempt(drill, "", drill.right)
    assert grade.in_words == "Not solved: the cluster is not as it should be. 40 of 100 points."


def test_neither_has_none(drill: Drill) -> None:
    grade = attempt(drill, "", drill.tempting[0], hints=1)
    assert grade.in_words == "Not solved: neither the diagnosis nor the state of the cluster is right. 0 of 100 points."


def test_hints_cost_what_they_say(drill: Drill) -> None:
    assert attempt(drill, MOVE, drill.right, hints=1).points == 85


def test_each_minute_begun_beyond_the_time_costs_a_point_up_to_twenty(drill: Drill) -> None:
    grade = Grade(drill, drill.right, (), (), drill.time, 0)
    assert grade.points == 100
    assert replace(grade, time=drill.time + 1).points == 99
    assert replace(grade, time=drill.time + 60).points == 99
    assert replace(grade, time=drill.time + 61).points == 98
    assert replace(grade, time=drill.time + 86_400).points == 80


def test_time_is_that_of_the_cluster_until_all_is_mended(drill: Drill) -> None:
    waited = attempt(drill, f"Start-Sleep 1200; {MOVE}", drill.right)
    assert 1200 <= waited.time < 1300
    assert waited.points == 100 - waited.lost_for_time < 100


def test_a_script_that_waits_for_what_never_comes_is_ended_after_two_hours(drill: Drill) -> None:
    grade = attempt(drill, f"while ($true) {{ Start-Sleep 60 }}\n{MOVE}", drill.right)
    assert 7200 <= grade.time < 7300
    assert grade.errors == 1
    assert not grade.is_mended


def test_what_must_hold_all_the_time_may_not_even_be_broken_for_a_while(drill: Drill) -> None:
    grade = attempt(drill, RESTART, drill.right)
    assert all(finding.holds for finding in grade.findings)
    assert not grade.is_passed
    assert [finding.found.partition(": ")[2] for _, finding in grade.broken] == ["state is 'Off'."]


def test_the_report_has_everything_and_no_name_as_html(drill: Drill) -> None:
    grade = replace(attempt(drill, RESTART, drill.tempting[0], hints=1), errors=2)
    page = drill_report(grade, "Ann <b>", "Get-VM | Where-Object { $_.State -eq 'Off' } # <i>").page()
    assert "Ann &lt;b&gt;, seed 3" in page
    assert "# &lt;i&gt;" in page
    assert "<i>" not in page
    for words in (grade.in_words, drill.story, drill.hints[0].text, "The script had errors: 2.", "0 of 100", "-15"):
        assert words.replace("'", "&#x27;") in page
    for one in drill.diagnoses:
        assert one.because in page
    assert "<script" not in page
    assert "http" not in page


def test_a_finding_of_the_state_is_in_the_report(drill: Drill) -> None:
    grade = Grade(drill, drill.right, (Finding(False, "It should be so.", "It is otherwise."),), (), 61.0, 0)
    page = drill_report(grade).page()
    assert "It should be so.</td><td>It is otherwise." in page
    assert "1 min 1 s of 15 min 0 s" in page
