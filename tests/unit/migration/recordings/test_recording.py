from __future__ import annotations

import json
from pathlib import Path

import pytest

from fcm.migration.fields import BadFileError
from fcm.migration.recordings.laboratory_form import load_qemu_recording
from fcm.migration.recordings.own_form import from_json, to_json
from fcm.migration.recordings.recording import Attempt, Identity, Recording
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

DATA = Path(__file__).parents[3] / "data" / "recordings"


def row(time: float, number: int, remaining: int, sent: int, phase: Phase = Phase.BROWNOUT) -> TelemetryRow:
    return TelemetryRow(time, number, remaining, sent, 100.0, 1e8, phase, 0)


def recorded() -> Recording:
    recording = Recording(Identity("vm1", "node1", "node2", "LM"), 1 << 30, 1e8, 0.3)
    recording.append(row(0.1, 1, 4096 * 1000, 0))
    recording.append(row(1.0, 1, 4096 * 100, 4096 * 900))
    recording.append(row(1.1, 2, 4096 * 300, 4096 * 910))
    recording.append(row(1.5, 2, 0, 4096 * 1210, Phase.COMPLETED))
    return recording


def test_passes_follow_from_the_rows() -> None:
    first, second = recorded().passes()
    assert (first.number, first.to_send, first.sent) == (1, 1000, 910)
    assert first.dirtied == 210
    assert (second.to_send, second.sent, second.duration) == (300, 300, pytest.approx(0.4))


def test_rows_are_kept_however_many_come() -> None:
    recording = Recording()
    for k in range(1000):
        recording.append(row(k * 0.1, 1, 1000 - k, k))
    assert len(recording) == 1000
    assert recording.row(-1).sent == 999
    assert recording.time[500] == pytest.approx(50.0)


def test_time_never_runs_backwards_in_a_recording() -> None:
    recording = recorded()
    recording.append(row(0.5, 2, 0, 4096 * 1210))
    assert recording.time[-1] == recording.time[-2]


def test_a_saved_recording_comes_back_whole() -> None:
    recording = recorded()
    recording.attempts.append(Attempt("LM", 0.0, "connected"))
    recording.final = FinalFigures(1.5, 0.02, 4096 * 1210, 2)
    recording.outcome = "completed"
    again = from_json(to_json(recording))
    assert to_json(again) == to_json(recording)
    assert again.final == recording.final
    assert again.identity == recording.identity


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "other/9"}, "format"),
        ({"memory": -1}, "memory"),
        ({"memory": "much"}, "memory"),
        ({"final": {"total": 1}}, "final.downtime"),
        ({"rows": {"phase": ["brownout"], "time": []}}, "rows.time"),
    ],
)
def test_a_wrong_field_of_a_saved_recording_is_named(change: dict[str, object], field: str) -> None:
    data = json.loads(to_json(recorded())) | change
    with pytest.raises(BadFileError) as caught:
        from_json(json.dumps(data), "file.json")
    assert caught.value.field == field
    assert "file.json" in str(caught.value)
    assert "expected" in str(caught.value)


def test_a_laboratory_recording_brings_case_rows_and_final_figures() -> None:
    recording = load_qemu_recording(DATA / "preflight-two-class.0.json")
    assert recording.laboratory is not None
    assert recording.final == FinalFigures(12.265, 0.025, 1251978130, 6)
    assert recording.laboratory.case.memory == 1 << 30
    assert recording.laboratory.dirty_rate[0] == ("dirty-bitmap", 1.0, 34.0)
    assert recording.sent[-1] == 1251978130
    assert len(recording.passes()) >= 6


def test_a_folder_instead_of_a_file_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="This is a folder, not a file"):
        load_qemu_recording(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("mem", 0, "case.mem"),
        ("bw", None, "case.bw"),
        ("rate", "fast", "case.rate"),
        ("pattern", [[1, 0]], "case.pattern[0]"),
        ("pattern", [[1, 0, 10**9]], "case.pattern[0]"),
        ("sweep", [1], "case.sweep"),
        ("caps", ["turbo"], "case.caps"),
        ("accel", "hvf", "case.accel"),
        ("shift", 3, "case.shift"),
        ("memend", 1 << 40, "case.memend"),
    ],
)
def test_a_wrong_field_of_a_case_is_named(tmp_path: Path, field: str, value: object, named: str) -> None:
    data = json.loads((DATA / "uniform-10k.1.json").read_text())
    data["case"][field] = value
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(data))
    with pytest.raises(BadFileError) as caught:
        load_qemu_recording(path)
    assert caught.value.field == named
