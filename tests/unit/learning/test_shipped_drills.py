from __future__ import annotations

import pytest

from fcm.shell.drilling import set_up
from fcm.workspace.learning.drill import shipped_drills
from fcm.workspace.learning.running import RunningDrill
from tests.unit.learning.attempts import SOLUTIONS, TEMPTING, attempt, shipped

DRILLS = sorted(shipped_drills())
SEEDS = (0, 5, 4711)
TO_MEND = [name for name in DRILLS if shipped(name, 0).checks]
"""Drills that ask for more than a diagnosis."""


def solution(name: str) -> str:
    return (SOLUTIONS / f"{name}.ps1").read_text(encoding="utf-8")


def test_every_shipped_drill_has_a_solution_and_every_script_its_drill() -> None:
    assert len(DRILLS) >= 20
    assert sorted(path.stem for path in SOLUTIONS.glob("*.ps1")) == DRILLS
    assert sorted(path.stem for path in TEMPTING.glob("*.ps1")) == TO_MEND


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", DRILLS)
def test_the_solution_script_and_the_right_diagnosis_solve_the_drill(name: str, seed: int) -> None:
    drill = shipped(name, seed)
    grade = attempt(drill, solution(name), drill.right)
    assert grade.errors == 0
    assert grade.is_passed, [finding for finding in grade.findings if not finding.holds]
    assert grade.points == 100


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", TO_MEND)
def test_doing_nothing_does_not_solve_a_drill(name: str, seed: int) -> None:
    drill = shipped(name, seed)
    grade = attempt(drill, "", drill.right)
    assert not grade.is_mended
    assert not grade.is_passed


@pytest.mark.parametrize("name", DRILLS)
def test_the_tempting_diagnosis_does_not_solve_a_drill_even_if_all_is_mended(name: str) -> None:
    drill = shipped(name, 5)
    for number in drill.tempting:
        grade = attempt(drill, solution(name), number)
        assert not grade.is_passed
        assert grade.points < 100


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", TO_MEND)
def test_what_follows_from_the_tempting_diagnosis_does_not_mend_the_cluster(name: str, seed: int) -> None:
    drill = shipped(name, seed)
    script = (TEMPTING / f"{name}.ps1").read_text(encoding="utf-8")
    assert not attempt(drill, script, drill.right).is_mended


@pytest.mark.parametrize("name", DRILLS)
def test_nothing_that_must_be_kept_is_broken_before_the_student_begins(name: str) -> None:
    running = RunningDrill(shipped(name, 5))
    running.open(set_up)
    try:
        found = [check.look(running.workspace.state) for check in running.drill.kept]
    finally:
        running.close()
    assert not [finding for finding in found if not finding.holds]
