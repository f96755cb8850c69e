"""The engine against real migrations: QEMU 7.2.22 with KVM, a guest whose writes are known exactly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.migration.forecast.forecast import Forecast
from fcm.migration.forecast.outlook import Verdict
from fcm.migration.judging.prediction import COMPLETED, DID_NOT_CONVERGE, Prediction, from_case, predict
from fcm.migration.recordings.laboratory_form import load_qemu_recording
from fcm.migration.validation.reference import geometric, page_monte_carlo
from fcm.migration.validation.runs import validate, waited

if TYPE_CHECKING:
    from fcm.migration.recordings.recording import Recording
    from fcm.model.telemetry import FinalFigures


DATA = Path(__file__).parents[3] / "data" / "recordings"
NEVER = sorted(path.stem for path in DATA.glob("never-*.json"))
UNDISTURBED = [
    "uniform-10k.1",
    "uniform-20k.2",
    "two-class-hot4k.2",
    "zipf0.8.0",
    "uniform-20k-shift6.2",
    "preflight-two-class.0",
    "idle-1GiB.1",
    "sweep-2GiB.0",
    "hot-sets-2GiB.0",
]


def load(name: str) -> Recording:
    return load_qemu_recording(DATA / f"{name}.json")


def predicted(recording: Recording, achieved: bool) -> Prediction:
    laboratory = recording.laboratory
    assert laboratory is not None
    spec = from_case(laboratory.case, laboratory.achieved if achieved else None, waited=waited(laboratory))
    return predict(spec, laboratory.case.give_up)


def final(recording: Recording) -> FinalFigures:
    assert recording.final is not None
    return recording.final


@pytest.mark.parametrize("name", UNDISTURBED)
def test_the_case_alone_gives_time_bytes_and_blackout_of_an_undisturbed_run(name: str) -> None:
    recording = load(name)
    result, measured = predicted(recording, achieved=False), final(recording)
    assert result.status == COMPLETED
    assert result.total == pytest.approx(measured.total, rel=0.02)
    assert result.bytes == pytest.approx(measured.bytes, rel=0.015)
    assert result.downtime == pytest.approx(measured.downtime, abs=0.03)
    assert abs(result.passes - measured.passes) <= 1


@pytest.mark.parametrize("name", ["uniform-10k.1", "zipf0.8.0", "sweep-2GiB.0", "burst-0.5s.0", "auto-converge-30k.0"])
def test_achieved_bandwidth_and_writes_give_time_and_bytes(name: str) -> None:
    recording = load(name)
    result, measured = predicted(recording, achieved=True), final(recording)
    assert result.total == pytest.approx(measured.total, rel=0.02)
    assert result.bytes == pytest.approx(measured.bytes, rel=0.015)


@pytest.mark.parametrize("name", ["auto-converge-30k.0", "auto-converge-25k-64MiB.0"])
def test_auto_converge_is_foretold_from_the_case_alone(name: str) -> None:
    recording = load(name)
    result = predicted(recording, achieved=False)
    assert result.total == pytest.approx(final(recording).total, rel=0.10)


@pytest.mark.parametrize("achieved", [False, True])
@pytest.mark.parametrize("name", NEVER)
def test_a_migration_that_never_ended_is_foretold_not_to_end(name: str, achieved: bool) -> None:
    assert predicted(load(name), achieved).status == DID_NOT_CONVERGE


def test_a_migration_that_never_ended_is_told_from_its_dirty_rates_before_it_begins() -> None:
    result = validate([DATA / "never-two-class-24MiB.0.json"], pages=False)
    assert result.groups["pre-flight"]["pre-flight"]["right_class"] == 1.0


@pytest.mark.parametrize("name", [name for name in NEVER if "auto-converge" not in name])
def test_a_running_migration_that_never_ended_is_told_so_where_no_throttle_may_still_rise(name: str) -> None:
    recording = load(name)
    forecast = Forecast(recording.memory, recording.bandwidth, recording.downtime_limit)
    for k in range(len(recording)):
        forecast.update(recording.row(k))
    assert forecast.view().verdict is Verdict.WILL_NOT_CONVERGE


def test_pages_one_by_one_agree_with_the_expectation() -> None:
    recording = load("hot-sets-2GiB.0")
    assert recording.laboratory is not None
    spec = from_case(recording.laboratory.case)
    engine, pages = predict(spec), page_monte_carlo(spec)
    assert pages.total == pytest.approx(engine.total, rel=0.02)
    assert pages.bytes == pytest.approx(engine.bytes, rel=0.01)


def test_the_textbook_model_is_far_off_where_pages_are_written_again() -> None:
    recording = load("uniform-20k.2")
    assert recording.laboratory is not None
    assert geometric(from_case(recording.laboratory.case)).total > 2 * final(recording).total


def test_validation_sums_up_a_folder_by_group_and_model() -> None:
    files = [DATA / "uniform-10k.1.json", DATA / "preflight-two-class.0.json", DATA / "never-converges-48MiB.0.json"]
    result = validate(files, achieved=True, pages=False)
    engine = result.groups["all"]["engine"]
    assert engine["cases"] == 3
    assert engine["right_class"] == 1.0
    assert engine["total_pct"]["p90"] < 2.0
    assert result.groups["pre-flight"]["pre-flight"]["total_pct"]["max"] < 8.0


def test_runs_whose_guest_wrote_less_than_its_case_says_are_left_out_of_those_as_asked() -> None:
    files = [DATA / "uniform-10k.1.json", DATA / "two-class-48MiB.0.json"]
    result = validate(files, pages=False)
    assert [case.as_asked for case in result.cases] == [True, False]
    assert result.groups["steady"]["engine"]["cases"] == 2
    assert result.groups["as asked"]["engine"]["cases"] == 1
