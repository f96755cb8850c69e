"""Between which of its members an interval lies, and how that is taken from migrations that came."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks.parts.live_calibration import instants, rank_of, shortest
from benchmarks.parts.live_tables import PARTS, table
from fcm.migration.forecast.first_pass import HostFacts
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.ranks import BLACKOUTS, ENDS, PASSES, Situation, at, between, situation_of
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.live import figures, validate_live
from fcm.model.telemetry import Phase, TelemetryRow

DATA = Path(__file__).parents[3] / "data"
MEMBERS = np.arange(1.0, 46.0)


def test_a_rank_lies_between_members_and_beyond_the_last_finite_one_is_no_end() -> None:
    assert at(MEMBERS, 0.5 / 45) == 1.0
    assert at(MEMBERS, 1.0 / 45) == pytest.approx(1.5)
    assert at(MEMBERS, 0.0) == 1.0
    assert at(MEMBERS, 1.0) == 45.0
    never = np.where(MEMBERS > 40, math.inf, MEMBERS)
    assert math.isinf(at(never, 0.93))
    assert between(never, (0.1, 0.5, 0.8)).high == pytest.approx(36.5)


def test_a_rank_and_the_value_at_it_belong_together() -> None:
    for truth in (1.0, 7.25, 44.9):
        assert at(MEMBERS, rank_of(MEMBERS, truth)) == pytest.approx(truth)


@pytest.mark.parametrize("ranks", [ENDS, BLACKOUTS])
def test_every_situation_has_ranks_in_their_order(ranks: dict[Situation, tuple[float, float, float]]) -> None:
    passes = range(1, PASSES + 1)
    assert {key[:2] for key in ranks if not key[3]} == {(moved, number) for moved in (False, True) for number in passes}
    assert {key[1] for key in ranks if key[3]} == set(passes)
    assert all(0.0 < low < middle < high < 1.0 for low, middle, high in ranks.values())


def test_a_situation_is_doubtful_where_more_than_a_tenth_of_the_members_have_no_end() -> None:
    few, many = (np.where(np.arange(45) < count, math.inf, 1.0) for count in (4, 5))
    assert situation_of(True, 7, few) == (True, PASSES, False, False)
    assert situation_of(False, 0, many) == (False, 1, True, False)
    assert situation_of(True, 2, few, slowed=True) == (False, 2, False, True)


def test_the_shortest_interval_leaves_out_where_the_truth_seldom_is() -> None:
    truth = np.concatenate([np.linspace(5.0, 15.0, 95), [40.0] * 5])
    low, high = shortest([MEMBERS] * 100, truth, np.full(100, 0.01))
    assert at(MEMBERS, low) >= 4.0
    assert at(MEMBERS, high) <= 17.0


def test_on_real_hosts_the_interval_is_that_of_the_situation() -> None:
    bare, host = Forecast(1 << 30, 1e8, 0.3), Forecast(1 << 30, 1e8, 0.3, host=HostFacts())
    for k in range(1, 31):
        for forecast in (bare, host):
            sent = k * 10_000_000
            forecast.update(TelemetryRow(k * 0.1, 1, (1 << 30) - sent, sent, 0.0, 1e8, Phase.BROWNOUT))
    found = host.view().eta
    assert host.members is not None
    assert found == between(np.sort(host.members[0]), ENDS[False, 1, False, False])
    assert bare.view().eta != found


def test_the_first_recordings_of_real_hosts_hold_as_often_as_is_said() -> None:
    cases = [
        case
        for folder in ("live", "live-qemu-7.2")
        for case in validate_live(sorted((DATA / folder).glob("*.json"))).cases
    ]
    found = figures(cases)
    assert found["migrations"] == 28
    assert 0.72 <= found["eta"]["held"] <= 0.93
    assert 0.72 <= found["blackout"]["held"] <= 0.95
    assert sum(case.moved_before for case in cases) == 14


def test_instants_for_the_ranks_are_told_apart_by_pass_and_by_whether_the_machine_moved_before(tmp_path: Path) -> None:
    for way in ("node1-node2", "node2-node1"):
        name = f"qemu-10-tiny-{way}.json"
        (tmp_path / name).write_bytes((DATA / "live" / name).read_bytes())
    found = instants([tmp_path])
    assert {moved for moved, *_ in found} == {False, True}
    some = [one for all_of in found.values() for one in all_of[:3]]
    assert all(one.ended > 0 and len(one.end) == 45 and 0 < len(one.blackout) <= 45 for one in some)


def test_what_was_set_aside_is_not_among_what_the_ranks_were_taken_from() -> None:
    aside = {path.name for folder in PARTS["set aside"] for path in (DATA / folder).glob("*.json")}
    known = {path.name for folder in PARTS["training"] for path in (DATA / folder).glob("*.json")}
    assert len(aside) + len(known) >= 60
    assert len(aside) >= 20
    assert not aside & known
    facts = [read_recording(DATA / "live-set-aside" / name).facts for name in sorted(aside)]
    assert all(one is not None and one.emulator is not None and not one.simulated for one in facts)


def test_a_table_has_a_line_for_each_group_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, "training", ("live",))
    lines = table("training").splitlines()
    assert lines[0].startswith("| migrations | number | instants | end held |")
    assert [line.split(" | ")[1] for line in lines[2:5]] == ["14", "14", "7"]
