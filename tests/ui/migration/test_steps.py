"""The steps towards the goals of a live migration in its view, and its outcome."""

from __future__ import annotations

from dataclasses import replace

from fcm.model.migrations import MigrationOptions, SteeringStep
from fcm.model.rules.moving.goals import outcome_of
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.migration.steps import NO_GOALS, StepList, step_lines
from tests.ui.by_hand import machine, migration

GOALS = MigrationOptions(move_within=60.0, pause_at_most=0.5)


def test_a_migration_without_goals_says_so() -> None:
    assert [text for _, _, text in step_lines(migration(machine("Web01", "node1")))] == [NO_GOALS]


def test_goals_steps_and_outcome_stand_below_each_other(qtbot: object) -> None:
    steps = (
        SteeringStep(1000.0, "Downtime limit raised."),
        SteeringStep(1001.0, "It is not expected to finish.", warning=True),
        SteeringStep(1002.0, "Would be raised.", shadow=True),
    )
    one = migration(machine("Web01", "node1"), phase=Phase.COMPLETED)
    one = replace(one, options=GOALS, steps=steps, figures=FinalFigures(70.0, 0.4, 1, 3), started=1000.0, ended=1071.0)
    lines = step_lines(one)
    assert [icon for icon, _, _ in lines] == ["settings", "pass", "warn", "pass", "fail"]
    assert lines[0][2] == "Goals: finish within 1 min 0 s and stand still for 500 ms at most."
    assert lines[3][2].startswith("Shadow mode, nothing was changed:")
    assert "the goal was 1 min 0 s, which is missed" in lines[4][2]
    shown = StepList()
    qtbot.addWidget(shown)  # type: ignore[attr-defined]
    shown.show_lines(lines)
    assert [shown.topLevelItem(row).text(1) for row in range(5)] == [text for _, _, text in lines]  # type: ignore[union-attr]


def test_goals_that_were_met_are_said_to_be_and_one_that_failed_has_no_outcome() -> None:
    one = replace(migration(machine("Web01", "node1"), phase=Phase.COMPLETED), options=GOALS)
    found = outcome_of(replace(one, figures=FinalFigures(50.0, 0.4, 1, 3)))
    assert found == (
        True,
        "It finished after 50.0 s; the goal was 1 min 0 s. The virtual machine stood still for 400 ms; the goal was "
        "500 ms.",
    )
    assert outcome_of(one) is None
