from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pytest

from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from fcm.workspace.forecasts import Forecasts, downtime_limit
from tests.ui.by_hand import node
from tests.unit.window.course_by_hand import MIB, attempt, machine, migration, sawtooth, state

if TYPE_CHECKING:
    from fcm.workspace.workspace import Workspace


class Opened:
    """As much of a workspace as forecasts need."""

    def __init__(self, memory: int = 64 * MIB, **about: Any) -> None:
        one = migration(**about)
        self.state = replace(state(one), machines=MappingProxyType({"vm1": machine(memory=memory)}))
        self.telemetry: list[TelemetryRow] = []
        self.asked = 0

    def rows(self, _migration: str) -> list[TelemetryRow]:
        self.asked += 1
        return self.telemetry

    def change(self, **about: Any) -> None:
        one = replace(self.state.migrations["m1"], **about)
        self.state = replace(self.state, migrations=MappingProxyType({"m1": one}))


def forecasts(opened: Opened) -> Forecasts:
    return Forecasts(cast("Workspace", opened))


def test_rows_are_taken_over_once_as_they_come() -> None:
    opened = Opened()
    kept = forecasts(opened)
    rows = sawtooth()
    opened.telemetry = rows[:20]
    assert len(kept.course("m1").recording) == 20
    opened.telemetry = rows[:35]
    recording = kept.course("m1").recording
    assert len(recording) == 35
    assert recording.row(34) == rows[34]


def test_names_limits_and_attempts_come_from_the_state() -> None:
    opened = Opened(attempts=(attempt("n3", True, "connected"),), options=MigrationOptions(downtime_limit=0.5))
    recording = forecasts(opened).course("m1").recording
    assert recording.identity.machine == "SQL1"
    assert recording.identity.network == "Cluster Network 3"
    assert (recording.memory, recording.downtime_limit, recording.bandwidth) == (64 * MIB, 0.5, 125e6)
    assert [one.outcome for one in recording.attempts] == ["connected"]


@pytest.mark.parametrize(
    ("version", "rule"), [("QEMU 10.0.13", "qemu-9.2+"), ("QEMU 7.2.22", "qemu-7.2"), ("Windows Server", "qemu-7.2")]
)
def test_a_forecast_follows_the_rules_of_the_qemu_that_runs_on_the_source(version: str, rule: str) -> None:
    opened = Opened()
    opened.state = replace(opened.state, nodes=MappingProxyType({"node1": replace(node("node1"), version=version)}))
    assert forecasts(opened).course("m1").rule.name == rule


def test_the_default_downtime_limit_is_that_of_qemu() -> None:
    assert downtime_limit(migration()) == pytest.approx(0.3)


def test_an_outlook_exists_only_between_the_first_row_and_the_end() -> None:
    opened = Opened()
    kept = forecasts(opened)
    assert kept.course("m1").outlook is None
    opened.telemetry = sawtooth()[:30]
    outlook = kept.course("m1").outlook
    assert outlook is not None
    assert outlook.time[0] >= opened.telemetry[-1].time
    opened.telemetry = sawtooth()
    opened.change(phase=Phase.COMPLETED, figures=FinalFigures(10.7, 0.1, 85 * MIB, 4))
    assert kept.course("m1").outlook is None


def test_progress_never_runs_backwards_and_is_whole_only_at_the_end() -> None:
    opened = Opened()
    kept = forecasts(opened)
    seen = []
    rows = sawtooth()
    for count in range(1, len(rows)):
        opened.telemetry = rows[:count]
        seen.append(kept.course("m1").progress)
    assert seen == sorted(seen)
    assert seen[-1] < 1.0
    opened.change(phase=Phase.COMPLETED)
    assert kept.course("m1").progress == 1.0


def test_the_progress_that_is_shown_stays_until_it_is_told_anew_and_never_falls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY", 0.0)
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY_OF_MANY", 0.0)
    opened = Opened()
    kept = forecasts(opened)
    rows, seen = sawtooth(), []
    for count in range(1, len(rows)):
        opened.telemetry = rows[:count]
        assert kept.course("m1").told_progress == (seen[-1] if seen else kept.course("m1").told_progress)
        kept.tell(["m1", "m9"])
        seen.append(kept.course("m1").told_progress)
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] <= 0.99
    opened.change(phase=Phase.BLACKOUT)
    assert kept.course("m1").told_progress == 0.99
    opened.change(phase=Phase.COMPLETED)
    assert kept.course("m1").told_progress == 1.0


def test_a_forecast_is_not_made_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY", 3600.0)
    opened = Opened()
    kept = forecasts(opened)
    rows, seen = sawtooth(), set()
    for count in range(1, len(rows)):
        opened.telemetry = rows[:count]
        kept.tell(["m1"])
        seen.add(kept.course("m1").told_progress)
    assert len(seen) <= 2


def test_a_changed_limit_moves_the_line_under_which_the_last_copy_fits() -> None:
    opened = Opened()
    kept = forecasts(opened)
    opened.telemetry = sawtooth()[:30]
    assert kept.course("m1").threshold() == pytest.approx(8 * MIB * 0.3)
    opened.change(options=MigrationOptions(downtime_limit=1.0))
    assert kept.course("m1").threshold() == pytest.approx(8 * MIB)


def test_the_end_is_compared_with_a_forecast_made_well_before_it() -> None:
    opened = Opened()
    kept = forecasts(opened)
    rows = sawtooth(share=0.7, passes=6)
    opened.telemetry = rows
    opened.change(phase=Phase.COMPLETED, figures=FinalFigures(rows[-1].time, 0.1, rows[-1].sent, 6))
    made = kept.course("m1").compared
    assert made is not None
    assert made.pass_number == 2
    assert made.time <= rows[-1].time * 2 / 3


def test_a_short_tail_is_compared_with_the_forecast_of_the_first_pass() -> None:
    opened = Opened()
    kept = forecasts(opened)
    rows = sawtooth(share=0.05, passes=3)
    opened.telemetry = rows
    opened.change(phase=Phase.COMPLETED, figures=FinalFigures(rows[-1].time, 0.1, rows[-1].sent, 3))
    made = kept.course("m1").compared
    assert made is not None
    assert made.pass_number == 1
    assert made.outlook.assumed


def test_an_unknown_migration_is_an_error() -> None:
    with pytest.raises(KeyError):
        forecasts(Opened()).course("m9")


def test_the_last_copy_of_a_limited_migration_is_foretold_at_the_speed_of_the_network() -> None:
    """A limit holds for the memory passes only, so the same telemetry means a shorter blackout."""
    rate, memory = 20e6, 1024 * MIB
    half = [
        TelemetryRow(n / 10, 1, memory - int(n * rate / 10), int(n * rate / 10), 0.0, rate, Phase.BROWNOUT)
        for n in range(300)
    ]
    blackouts = []
    for network in (None, "n3"):
        opened = Opened(memory=memory, network=network, options=MigrationOptions(bandwidth=int(rate)))
        opened.telemetry = half
        outlook = forecasts(opened).course("m1").outlook
        assert outlook is not None
        blackouts.append(outlook.blackout.mid)
    assert blackouts[1] < blackouts[0] / 2


@pytest.mark.parametrize(("running", "every"), [(1, 0.25), (25, 0.25), (64, 0.64)])
def test_forecasts_of_many_migrations_are_made_less_often_so_that_all_take_a_fifth_of_a_processor(
    running: int, every: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("fcm.workspace.forecasts.time.monotonic", lambda: clock[0])
    opened = Opened()
    others = {f"x{number}": replace(opened.state.migrations["m1"], id=f"x{number}") for number in range(running - 1)}
    opened.state = replace(opened.state, migrations=MappingProxyType({**opened.state.migrations, **others}))
    kept = forecasts(opened)
    rows = sawtooth()
    opened.telemetry = rows[:5]
    first = kept.course("m1").told_outlook
    opened.telemetry = rows[:20]
    kept.tell(["m1"])
    second = kept.course("m1").told_outlook
    assert second is not first
    opened.telemetry = rows[:35]
    clock[0] += every - 0.01
    kept.tell(["m1"])
    assert kept.course("m1").told_outlook is second
    clock[0] += 0.02
    kept.tell(["m1"])
    assert kept.course("m1").told_outlook is not second


def test_on_real_hosts_the_last_migration_of_the_machine_and_its_emulator_narrow_the_forecast() -> None:
    """In a simulated cluster the same rows tell nothing for the next migration."""
    rows = [one for one in sawtooth() if one.phase is Phase.BROWNOUT]
    widths = {}
    for version in ("QEMU 7.2.22", ""):
        opened = Opened(memory=512 * MIB)
        nodes = {"node1": replace(node("node1"), version=version)}
        before = replace(opened.state.migrations["m1"], id="m0", requested=-100.0, phase=Phase.COMPLETED)
        now = replace(opened.state.migrations["m1"], phase=Phase.BROWNOUT)
        for known in ({"m1": now}, {"m0": before, "m1": now}):
            opened.state = replace(opened.state, nodes=MappingProxyType(nodes), migrations=MappingProxyType(known))
            opened.telemetry = rows[:8]
            kept = forecasts(opened)
            opened.rows = lambda identity: rows if identity == "m0" else rows[:8]  # type: ignore[method-assign]
            outlook = kept.course("m1").outlook
            assert outlook is not None
            widths[version, "m0" in known] = outlook.eta.high - outlook.eta.low
    assert widths["QEMU 7.2.22", True] < widths["QEMU 7.2.22", False]
    assert widths["", True] == widths["", False]
