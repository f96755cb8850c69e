from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.migration.engine.policies import PRESETS
from fcm.migration.judging.prediction import Abandoned
from fcm.model.entities import GIB, MIB
from fcm.ui.migration.scenario import Scenario, look_closer, other, work_out

SMALL = Scenario(memory=GIB, dirty_rate=20.0 * MIB, working_set=64 * MIB)


def test_a_quiet_guest_ends_and_its_course_falls_to_nothing() -> None:
    outcome = work_out(SMALL)
    assert outcome.converges
    assert outcome.sentence.startswith("Expected to finish in")
    assert outcome.recording.remaining[0] == GIB
    assert outcome.recording.remaining[-1] == 0
    assert outcome.recording.time[-1] == pytest.approx(outcome.prediction.total)


def test_a_guest_that_writes_more_than_the_network_carries_does_not_converge_and_is_told_why() -> None:
    outcome = work_out(replace(SMALL, dirty_rate=float(GIB), working_set=512 * MIB))
    assert not outcome.converges
    assert outcome.sentence.startswith("Does not converge: the guest writes")
    assert outcome.details == ""


def test_the_engine_adds_intervals_to_what_ends_and_remedies_to_what_does_not() -> None:
    assert look_closer(SMALL, lambda: True).details.startswith("80 % range: ")
    stuck = replace(SMALL, dirty_rate=400.0 * MIB, working_set=128 * MIB)
    told = look_closer(stuck, lambda: True)
    assert told.sentence == work_out(stuck).sentence
    assert told.details.startswith("It would converge with a downtime limit of 900")
    assert work_out(replace(stuck, downtime_limit=0.9)).converges


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    with pytest.raises(Abandoned):
        look_closer(SMALL, lambda: False)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_preset_gives_a_verdict(preset: str) -> None:
    assert work_out(replace(SMALL, preset=preset)).sentence.endswith(".")


def test_a_guest_that_writes_nothing_is_sent_once() -> None:
    outcome = work_out(replace(SMALL, dirty_rate=0.0))
    assert outcome.converges
    assert outcome.prediction.bytes == pytest.approx(GIB, rel=0.01)


def test_the_second_scenario_is_the_first_over_a_faster_network() -> None:
    assert other(SMALL).bandwidth == 10 * SMALL.bandwidth
    assert work_out(other(SMALL)).prediction.total < work_out(SMALL).prediction.total
