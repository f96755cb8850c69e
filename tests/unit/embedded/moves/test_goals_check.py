"""The chance to meet the goals of a live migration, told before it starts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.migration.judging.fitting import DirtySample
from fcm.migration.judging.prediction import Abandoned
from fcm.model.migrations import MigrationOptions
from fcm.workspace.planning.goals import goals_check
from fcm.workspace.planning.preflight import question

if TYPE_CHECKING:
    from fcm.workspace.planning.preflight import Question
    from tests.unit.embedded.desk import Desk


def asked(desk: Desk, name: str, options: MigrationOptions) -> Question:
    machine = desk.machine(name)
    node = next(node for node in desk.state.nodes if node != machine.node)
    return question(desk.workspace, machine, node, options)


def test_without_goals_nothing_is_said(desk: Desk) -> None:
    assert goals_check(asked(desk, "WEB01", MigrationOptions()), MigrationOptions()) is None


def test_goals_that_are_easily_met_pass(desk: Desk) -> None:
    options = MigrationOptions(move_within=120.0, pause_at_most=1.0)
    found = goals_check(asked(desk, "WEB01", options), options)
    assert found is not None
    assert found.level == "pass"
    assert "The chance that both are met is over 90 %" in found.text
    assert "ten simulated migrations" in found.text


def test_goals_that_cannot_be_met_warn_with_what_would_help(desk: Desk) -> None:
    options = MigrationOptions(bandwidth=100_000_000, move_within=120.0, pause_at_most=0.2)
    found = goals_check(asked(desk, "CACHE01", options), options)
    assert found is not None
    assert found.level == "warn"
    assert "under 10 % to finish in time" in found.text
    assert found.remedy == "Allow more than 2 min 0 s, a longer pause, auto-converge or post-copy."


def test_where_nothing_was_measured_it_says_that_it_cannot_tell(desk: Desk) -> None:
    options = MigrationOptions(move_within=60.0)
    unknown = replace(asked(desk, "WEB01", options), workload=None, unknown="It has not been measured yet.")
    found = goals_check(unknown, options)
    assert found is not None
    assert found.level == "info"
    assert "cannot tell with what chance: It has not been measured yet." in found.text


def test_measured_dirty_rates_are_enough_for_a_chance(desk: Desk) -> None:
    options = MigrationOptions(move_within=300.0)
    samples = (DirtySample(1, 3.0), DirtySample(4, 2.0))
    measured = replace(asked(desk, "WEB01", options), workload=None, samples=samples, basis="Measured.")
    found = goals_check(measured, options)
    assert found is not None
    assert found.text.endswith("Measured.")
    assert "The chance to finish in time is over 90 %" in found.text


def test_work_that_nobody_waits_for_is_dropped(desk: Desk) -> None:
    options = MigrationOptions(move_within=300.0)
    with pytest.raises(Abandoned):
        goals_check(asked(desk, "WEB01", options), options, wanted=lambda: False)
