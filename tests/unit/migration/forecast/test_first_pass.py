"""What is foretold of the first pass of machines on real hosts, where zero pages count as remaining."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fcm.migration.engine.policies import QEMU_7_2
from fcm.migration.engine.specification import (
    FIXED_DOWNTIME,
    HOST_DOWNTIME,
    HOST_SETUP,
    QUEUED,
    SETUP,
    downtime_of,
    setup_of,
)
from fcm.migration.forecast.ensemble import LEVEL, PICK
from fcm.migration.forecast.first_pass import OWN, HostFacts, earlier_of, filled_by
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.growth import Pair, learn
from fcm.migration.forecast.readings import Readings
from fcm.migration.validation.live import validate_live
from fcm.model.migrations import Emulator
from fcm.model.telemetry import Phase, TelemetryRow

if TYPE_CHECKING:
    from fcm.migration.forecast.outlook import Outlook

DATA = Path(__file__).parents[3] / "data"
MIB = 1 << 20
MEMORY, FILLED, LINE = 1024 * MIB, 300 * MIB, 25 * MIB


def first_pass(until: float = 11.9) -> list[TelemetryRow]:
    """300 MiB at 25 MiB/s, then 724 MiB of zero pages within a row."""
    rows = []
    for k in range(1, round(until * 10) + 1):
        sent = round(k * LINE / 10)
        rows.append(TelemetryRow(k / 10, 1, MEMORY - sent, sent, 0.0, float(LINE), Phase.BROWNOUT))
    return rows


def whole() -> list[TelemetryRow]:
    """The first pass, a second one of 12 MiB that were dirtied in 12 s, and one of half a MiB."""
    rows = first_pass()
    rows.append(TelemetryRow(12.1, 2, 12 * MIB, FILLED, 256.0, float(LINE), Phase.BROWNOUT))
    rows.append(TelemetryRow(12.4, 2, 6 * MIB, FILLED + 6 * MIB, 256.0, float(LINE), Phase.BROWNOUT))
    rows.append(TelemetryRow(12.6, 3, MIB // 2, FILLED + 11 * MIB, 256.0, float(LINE), Phase.BROWNOUT))
    return rows


def outlook(rows: list[TelemetryRow], host: HostFacts | None) -> Outlook:
    forecast = Forecast(MEMORY, float(LINE), 0.3, host=host)
    for row in rows:
        forecast.update(row)
    return forecast.view()


def test_the_last_migration_of_the_machine_tells_where_its_zero_pages_are_and_how_it_writes() -> None:
    earlier = earlier_of(whole(), MEMORY, QEMU_7_2, 0.3, float(LINE))
    assert earlier is not None
    assert np.interp(MEMORY - 100 * MIB, earlier.remaining, earlier.ahead) == pytest.approx(200 * MIB, rel=0.05)
    told, untold = (outlook(first_pass(4.0), HostFacts(None, known)) for known in (earlier, None))
    assert told.eta.low <= 8.7 <= told.eta.high
    assert told.eta.high - told.eta.low < 3.0
    assert untold.eta.high - untold.eta.low > 10.0
    assert (told.assumed, told.from_before) == (False, True)
    assert (untold.assumed, untold.from_before) == (True, False)


def test_a_first_pass_that_was_not_seen_tells_nothing_for_the_next_migration() -> None:
    assert earlier_of(whole()[118:], MEMORY, QEMU_7_2, 0.3, float(LINE)) is None
    assert earlier_of(first_pass(), MEMORY, QEMU_7_2, 0.3, float(LINE)) is None


@pytest.mark.parametrize(("emulated", "arrived"), list(OWN))
def test_the_memory_of_the_emulator_bounds_what_the_first_pass_sends(emulated: bool, arrived: bool) -> None:
    own = OWN[emulated, arrived]
    used = Emulator(FILLED + round(own[1]) * MIB, emulated, arrived)
    assert filled_by(used, MEMORY) == pytest.approx(FILLED, abs=MIB)
    told, untold = (outlook(first_pass(4.0), HostFacts(found)) for found in (used, None))
    # 200 MiB are left; without the bound, all of the 924 that remain may have to be sent.
    assert told.eta.high < 17.0 < 25.0 < untold.eta.high
    assert told.eta.low > 5.0


def test_more_sent_than_an_emulator_can_have_leaves_its_memory_out_of_account() -> None:
    small = HostFacts(Emulator(50 * MIB))
    rows = first_pass(4.0)
    assert outlook(rows, small).eta == outlook(rows, HostFacts()).eta


def test_an_earlier_migration_counts_as_long_as_the_guest_does_not_show_otherwise() -> None:
    before = [Pair(w, 10e6 * w, earlier=True) for w in (10.0, 3.0, 1.0)]
    same = learn(before, PICK, LEVEL, False).distinct(np.ones(45))
    assert np.median(same) == pytest.approx(10e6, rel=0.05)
    changed = learn([*before, Pair(8.0, 120e6), Pair(5.0, 75e6)], PICK, LEVEL, False).distinct(np.ones(45))
    assert np.median(changed) == pytest.approx(15e6, rel=0.1)


def test_the_dirty_rate_of_the_host_counts_more_than_a_balance_over_skipped_zero_pages() -> None:
    seen = Readings(MEMORY, QEMU_7_2, sampled=True)
    for row in whole():
        seen.update(row, 0.3 * LINE)
    assert [round(pair.found / MIB) for pair in seen.pairs] == [12, 0]


def test_a_dirty_rate_that_comes_a_row_late_still_counts() -> None:
    seen = Readings(MEMORY, QEMU_7_2, sampled=True)
    for row in first_pass():
        seen.update(row, 0.3 * LINE)
    assert seen.update(TelemetryRow(12.1, 2, 40 * MIB, FILLED, 0.0, float(LINE), Phase.BROWNOUT), 0.3 * LINE)
    assert round(seen.pairs[0].found / MIB) != 12
    assert seen.update(TelemetryRow(12.2, 2, 38 * MIB, FILLED, 256.0, float(LINE), Phase.BROWNOUT), 0.3 * LINE)
    assert round(seen.pairs[0].found / MIB) == 12


def test_the_blackout_of_real_hosts_counts_what_waits_in_the_socket_unless_a_limit_holds_the_migration() -> None:
    assert downtime_of("QEMU 7.2.0", 25e6) == pytest.approx(HOST_DOWNTIME + QUEUED / 25e6)
    assert downtime_of("QEMU 7.2.0", 25e6, connections=2) == pytest.approx(HOST_DOWNTIME + 2 * QUEUED / 25e6)
    assert downtime_of("QEMU 7.2.0", 25e6, held=False) == downtime_of("QEMU 7.2.0") == HOST_DOWNTIME
    assert downtime_of("", 25e6) == FIXED_DOWNTIME


def test_real_hosts_need_a_while_before_memory_moves() -> None:
    assert setup_of("QEMU 10.0.13") == HOST_SETUP > setup_of("Windows Server") == SETUP


def test_a_folder_of_recordings_tells_of_each_machine_what_its_migration_before_showed(tmp_path: Path) -> None:
    back = "qemu-10-busy-node2-node1"
    shutil.copy(DATA / "live" / f"{back}.json", tmp_path)
    alone = validate_live(sorted(tmp_path.glob("*.json"))).as_json()["cases"]
    shutil.copy(DATA / "live" / "qemu-10-busy-node1-node2.json", tmp_path)
    both = {case["name"]: case for case in validate_live(sorted(tmp_path.glob("*.json"))).as_json()["cases"]}
    assert both[back]["width"] < 0.75 * alone[0]["width"]
    assert both[back]["eta"]["held"] >= 0.75
