"""Each step of each shipped course by its PowerShell; tests/ui/learning does them by mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.workspace.learning.course import load_course, shipped_courses
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from pathlib import Path

COURSES = sorted(shipped_courses())
SIMULATED = [name for name in COURSES if load_course(shipped_courses()[name]).cluster]
PATIENCE = 900.0
"""Virtual s until what a step wants holds after its PowerShell."""


@pytest.mark.parametrize("name", SIMULATED)
def test_each_step_of_a_course_is_done_by_its_powershell_and_not_before(name: str, tmp_path: Path) -> None:
    course = load_course(shipped_courses()[name])
    desk = ShellDesk(tmp_path, course.cluster.removeprefix("embedded:"))
    try:
        for step in course.steps:
            assert not step.is_done(desk.state), step.title
            if step.power_shell:
                desk.must(step.power_shell)
            end = desk.state.time + PATIENCE
            while step.checks and not step.is_done(desk.state) and desk.workspace.now() < end:
                desk.pump(5.0)
            assert step.is_done(desk.state) is bool(step.checks), (step.title, step.findings(desk.state))
    finally:
        desk.close()


def test_every_step_that_asks_for_something_can_be_done_by_mouse_and_by_powershell() -> None:
    for path in shipped_courses().values():
        for step in load_course(path).steps:
            if step.checks:
                assert step.moves, step.title
                assert step.power_shell, step.title


def test_the_script_of_the_guide_is_its_course() -> None:
    path = shipped_courses()["live-migration"]
    assert path.with_suffix(".ps1").read_text(encoding="utf-8") == load_course(path).script()
