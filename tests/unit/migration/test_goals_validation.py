"""KubeVirt's published rules as they are printed, and the comparison of fcm with them."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import IDLE
from fcm.migration.goals.trial import Change, Outcome
from fcm.migration.validation import goals
from fcm.migration.validation.kubevirt import Fixed, Ramp, Stall
from fcm.model.telemetry import Phase, TelemetryRow

if TYPE_CHECKING:
    from fcm.migration.goals.trial import Rule

DATA = Path(__file__).parents[2] / "data"
SPEC = MigrationSpec(IDLE, 4 << 30)
RATE = 100e6


def row(time: float, number: int, left: float) -> TelemetryRow:
    return TelemetryRow(time, number, round(left), round(time * RATE), 0.0, RATE, Phase.BROWNOUT)


def fed(rule: Rule, seconds: float, every: float, left: float) -> list[tuple[float, Change]]:
    """What a rule wants changed while passes of ``every`` s find ``left`` bytes."""
    found = []
    for k in range(1, round(seconds * 10)):
        time = k / 10
        change = rule.read(row(time, 1 + int(time / every), left * (1.0 - 0.9 * (time % every) / every)))
        if change is not None:
            found.append((time, change))
    return found


def test_the_ramp_begins_with_150_ms_and_rises_every_ten_seconds_from_the_third_pass_on_to_its_ceiling() -> None:
    rule = Ramp(throttle=False, post_copy=False)
    assert rule.begin(SPEC).downtime_limit == 0.15
    found = fed(rule, 100.0, 5.0, 200e6)
    limits = [change.downtime_limit for _, change in found]
    assert limits == pytest.approx([0.3, 0.45, 0.6, 0.75, 0.9, 1.05])
    times = [time for time, _ in found]
    assert times[0] == pytest.approx(20.0, abs=1.0)
    assert all(later - earlier >= 10.0 for earlier, later in itertools.pairwise(times))


def test_a_ceiling_below_the_first_limit_is_kept_from_the_start() -> None:
    rule = Ramp(throttle=False, post_copy=False, ceiling=0.1)
    assert rule.begin(SPEC).downtime_limit == 0.1
    assert fed(rule, 100.0, 5.0, 200e6) == []


@pytest.mark.parametrize("make", [Ramp, Stall, Fixed])
def test_after_150_s_for_each_gib_it_is_aborted_or_switched_to_post_copy_where_that_is_permitted(make: type) -> None:
    for post_copy in (False, True):
        rule = make(throttle=False, post_copy=post_copy)
        rule.begin(SPEC)
        late = row(600.5, 2, 1e9)
        rule.read(row(600.0, 2, 2e9))
        assert rule.read(late) == Change(post_copy=post_copy, cancel=not post_copy)


def test_a_stall_is_seen_after_forty_seconds_and_ends_with_the_longest_pause() -> None:
    rule = Stall(throttle=False, post_copy=False, longest=1.0)
    assert rule.begin(SPEC).downtime_limit == 0.3
    (found,) = [one for one in fed(rule, 100.0, 2.0, 80e6) if one[1].downtime_limit is not None]
    assert found[1] == Change(downtime_limit=1.0)
    assert 40.0 < found[0] < 50.0


def test_a_stall_that_would_need_half_as_much_again_as_the_longest_pause_is_aborted() -> None:
    rule = Stall(throttle=False, post_copy=False, longest=1.0)
    rule.begin(SPEC)
    assert fed(rule, 100.0, 2.0, 160e6)[0][1] == Change(cancel=True)


def test_a_stall_switches_to_post_copy_where_that_is_permitted() -> None:
    rule = Stall(throttle=True, post_copy=True, longest=1.0)
    rule.begin(SPEC)
    assert fed(rule, 100.0, 2.0, 160e6)[0][1] == Change(post_copy=True)


def test_what_ended_late_or_stood_still_for_too_long_has_missed_its_goals() -> None:
    def run(total: float, pause: float) -> goals.Run:
        return goals.Run("g", goals.FCM, "nothing else", 10.0, 0.5, Outcome(total, pause, 0, False, 0))

    runs = [run(9.0, 0.4), run(11.0, 0.4), run(9.0, 0.54), run(9.0, 0.56), run(math.inf, math.inf)]
    found = goals.figures(runs)
    assert (found["runs"], found["late"], found["too_long"], found["missed"]) == (5, 2, 1, 3)
    assert found["pause_s"]["max"] == 0.56


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with one guest, which has one goal."""
    monkeypatch.setattr(goals, "FACTORS", (2.0,))
    monkeypatch.setattr(goals, "PAUSES", (0.5,))
    monkeypatch.setattr(goals, "PERMITS", goals.PERMITS[:1])
    name = "uniform-10k.1.json"
    for copy in (name, "again.json"):
        (tmp_path / copy).write_bytes((DATA / "recordings" / name).read_bytes())
    return tmp_path


def test_every_rule_is_tried_with_every_guest_once_and_told_as_a_table(
    few: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", str(few), "--goals"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(goals.RULES)
    assert lines[2].startswith("| nothing else | fcm | 1 | 0 | 0 | 0 |")


def test_the_comparison_as_json_names_what_was_left_out(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(few), "--goals", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["rule"] for one in found["rules"]] == list(goals.RULES)
    assert found["left_out"] == [
        {"name": "uniform-10k.1", "reason": "the same guest on the same network as one before"}
    ]
    assert {one["guest"] for one in found["guests"]} == {"again"}
