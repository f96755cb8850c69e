"""Rules by the version of QEMU, against recordings of QEMU 10.0.13 and 7.2.22 made on one host."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fcm.cli.main import main
from fcm.migration.engine.engine import WINDOW, Engine
from fcm.migration.engine.pacing import PacedWriter, filled_in
from fcm.migration.engine.policies import QEMU_7_2, QEMU_8_1, QEMU_9_2, host_rule, qemu_rule
from fcm.migration.engine.specification import Capability, MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.judging.prediction import COMPLETED, DID_NOT_CONVERGE, Prediction, from_case, predict
from fcm.migration.recordings.laboratory_form import load_qemu_recording
from fcm.migration.validation.runs import validate, waited

if TYPE_CHECKING:
    from fcm.migration.engine.policies import StoppingRule
    from fcm.migration.recordings.recording import Recording
    from fcm.model.telemetry import FinalFigures

DATA = Path(__file__).parents[3] / "data" / "second-laboratory"
SINGLE = ("qemu-10-single", "qemu-7.2-single")
"""One pass over a bandwidth that no loopback reaches: the case alone cannot tell how long it takes."""
ASIDE = DATA.with_name("set-aside")
"""Chosen before anyone looked at them, and looked at once, when the rules were finished."""
ENDED = sorted(
    path.stem for path in (*DATA.glob("*.json"), *ASIDE.glob("*.json")) if path.stem not in (*SINGLE, "qemu-10-never")
)
MIB = 1 << 20


def load(name: str) -> Recording:
    path = DATA / f"{name}.json"
    return load_qemu_recording(path if path.exists() else ASIDE / path.name)


def predicted(recording: Recording, achieved: bool, rule: StoppingRule | None = None) -> Prediction:
    laboratory = recording.laboratory
    assert laboratory is not None
    spec = from_case(laboratory.case, laboratory.achieved if achieved else None, rule, waited=waited(laboratory))
    return predict(spec, laboratory.case.give_up)


def final(recording: Recording) -> FinalFigures:
    assert recording.final is not None
    return recording.final


@pytest.mark.parametrize(
    ("version", "rule"),
    [
        ("", QEMU_7_2),
        ("7.2.22", QEMU_7_2),
        ("8.0.5", QEMU_7_2),
        ("8.1.0", QEMU_8_1),
        ("9.1.3", QEMU_8_1),
        ("9.2.0", QEMU_9_2),
        ("QEMU 10.0.13", QEMU_9_2),
        ("unheard of", QEMU_7_2),
    ],
)
def test_the_version_of_qemu_says_which_rule_holds(version: str, rule: StoppingRule) -> None:
    assert qemu_rule(version) is rule


def test_the_version_of_another_system_is_not_taken_for_qemus() -> None:
    assert host_rule("10.0.20348") is QEMU_7_2
    assert host_rule("QEMU 10.0.13") is QEMU_9_2


@pytest.mark.parametrize("achieved", [False, True])
@pytest.mark.parametrize("name", ENDED)
def test_a_recording_is_predicted_by_the_rule_of_its_version(name: str, achieved: bool) -> None:
    recording = load(name)
    result, measured = predicted(recording, achieved), final(recording)
    assert result.status == COMPLETED
    assert result.total == pytest.approx(measured.total, rel=0.02)
    assert result.bytes == pytest.approx(measured.bytes, rel=0.02)
    assert result.downtime == pytest.approx(measured.downtime, abs=0.01)
    assert abs(result.passes - measured.passes) <= 1


@pytest.mark.parametrize("achieved", [False, True])
def test_a_guest_that_qemu_10_did_not_finish_is_seen_as_endless(achieved: bool) -> None:
    assert predicted(load("qemu-10-never"), achieved).status == DID_NOT_CONVERGE


def test_qemu_10_sends_more_than_a_low_limit_and_the_rule_of_7_2_misses_that() -> None:
    recording = load("qemu-10-ac25k64")
    limit = 40.0 * MIB
    assert MigrationSpec(Workload(()), MIB, QEMU_9_2).carried(limit) == pytest.approx(1.002 * limit, rel=0.001)
    assert MigrationSpec(Workload(()), MIB, QEMU_9_2).carried(24.0 * MIB) == pytest.approx(1.0437 * 24 * MIB, rel=0.001)
    assert MigrationSpec(Workload(()), MIB, QEMU_7_2).carried(24.0 * MIB) == 24.0 * MIB
    assert MigrationSpec(Workload(()), MIB, QEMU_9_2).carried(math.inf) == math.inf
    assert predicted(recording, False, replace(QEMU_9_2, counted=0)).total > 1.01 * final(recording).total


def test_validate_takes_the_rule_of_each_recording() -> None:
    names = ("qemu-10-zipf96", "qemu-10-auto-converge-30k.0", "qemu-7.2-u20k")
    result = validate([DATA / f"{name}.json" for name in names], pages=False)
    for case in result.cases:
        assert abs(case.errors["engine"].total_pct) < 1.1, case.name
        assert abs(case.errors["engine"].passes) <= 1, case.name


@pytest.mark.parametrize("name", SINGLE)
def test_a_run_of_a_single_pass_is_a_recording_too(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(DATA / f"{name}.json"), "--achieved"]) == 0
    assert "in 2 passes" in capsys.readouterr().out
    recording = load(name)
    assert predicted(recording, achieved=True).total == pytest.approx(final(recording).total, rel=0.05)


def test_a_file_that_says_nothing_of_what_was_achieved_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"mem": 64, "rate": 10, "bw": 8e6, "pattern": [[1, 100, 200]]}')
    assert main(["predict", str(case), "--achieved"]) == 2
    assert "a recording that says what the run achieved" in capsys.readouterr().err


# Periodic readings of the log


def slow(rule: StoppingRule, capabilities: frozenset[Capability] = frozenset()) -> list[float]:
    """When the log of a slow migration was read (s)."""
    engine = Engine()
    guest = Workload((Uniform(4096, 40_000, 20_000.0),))
    handle = engine.add(MigrationSpec(guest, 256 * MIB, rule, 8.0 * MIB, capabilities=capabilities))
    found: list[float] = []
    for number in range(900):
        if handle in engine.step().synced:
            found.append(number * WINDOW)
    return found


def test_without_auto_converge_qemu_9_2_reads_the_log_no_more_often_than_7_2() -> None:
    assert slow(replace(QEMU_9_2, counted=0)) == slow(QEMU_7_2)


def test_with_auto_converge_qemu_9_2_reads_the_log_on_a_grid_of_five_seconds() -> None:
    found = slow(QEMU_9_2, frozenset({Capability.AUTO_CONVERGE}))
    assert found[0] > 25.0, "not within the first pass"
    first = 5.0 * (math.floor(found[0] / 5.0) + 2.0)
    assert found[1] == pytest.approx(first, abs=WINDOW), "the tick after the first pass only sees that it ended"
    assert found[2:5] == pytest.approx([first + 5.0, first + 10.0, first + 15.0], abs=WINDOW)


# The guest of the laboratory


def test_a_throttled_writer_is_silent_once_its_backlog_is_lost() -> None:
    writer = PacedWriter(utilisation=1.0, patience=0.8, waited=1.0)
    writer.throttle(1.0, 0.5)
    at = np.array([1.0, 2.0, 2.6, 3.4, 4.4])
    assert writer(at) == pytest.approx([1.0, 1.5, 1.8, 1.8, 2.3]), "0.8 s behind after 1.6 s, then as long silent"


def test_a_writer_that_fell_behind_catches_up_as_fast_as_its_processor_allows() -> None:
    writer = PacedWriter(utilisation=0.5, patience=10.0, waited=0.0)
    writer.throttle(0.0, 0.75)
    writer.throttle(2.0, 0.0)
    assert writer(np.array([2.0, 2.5, 3.0, 4.0])) == pytest.approx([1.0, 2.0, 3.0, 4.0])


def test_counts_of_writes_tell_when_a_paced_writer_fell_silent_and_for_how_long() -> None:
    writer = PacedWriter(utilisation=1.0, patience=0.8, waited=0.0)
    writer.throttle(0.0, 0.5)
    truth = writer(np.arange(0.0, 6.01, 0.1))
    counts = [(float(t), 1000.0 * float(done)) for t, done in zip(np.arange(0.0, 2.1, 1.0), truth[::10], strict=False)]
    filled = np.array(filled_in(counts, 1000.0, 0.8))
    ahead = np.interp(np.arange(0.0, 6.01, 0.1), filled[:, 0], filled[:, 1])
    assert ahead == pytest.approx(1000.0 * truth, abs=30.0)
