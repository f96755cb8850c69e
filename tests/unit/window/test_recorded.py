from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.migration.recordings.own_form import to_json
from fcm.migration.recordings.recording import Identity, Recording
from fcm.ui.migration.recordings.comparison import against_prediction
from fcm.ui.migration.recordings.recorded import FROM_ACHIEVED, FROM_CASE, RecordingError, load
from tests.unit.window.course_by_hand import sawtooth

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = sorted(resources.path("recordings").glob("*.json"))


def test_three_recordings_of_real_migrations_travel_with_the_program() -> None:
    assert len(SHIPPED) == 3


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recording_is_predicted_within_three_percent_from_what_it_achieved(path: Path) -> None:
    recorded = load(path)
    assert [name for name, _ in recorded.predictions] == [FROM_CASE, FROM_ACHIEVED]
    final = recorded.recording.final
    assert final is not None
    assert recorded.predictions[1][1].total == pytest.approx(final.total, rel=0.03)
    assert recorded.sentence.startswith("Measured on real QEMU: 1")


def test_measured_and_predicted_figures_stand_side_by_side() -> None:
    recorded = load(SHIPPED[0])
    table = against_prediction(recorded.recording.final, recorded.predictions)
    assert table.headings == ("Figure", "Measured", FROM_CASE, "Off by", FROM_ACHIEVED, "Off by")
    assert [row[0] for row in table.rows] == ["Total time", "Blackout", "Bytes sent", "Passes"]
    assert all(len(row) == len(table.headings) for row in table.rows)


def test_a_recording_of_the_program_itself_opens_without_a_prediction(tmp_path: Path) -> None:
    mine = Recording(Identity("SQL1", "node1", "node2", "Cluster Network 3"), memory=64 * 2**20)
    for row in sawtooth():
        mine.append(row)
    (tmp_path / "mine.json").write_text(to_json(mine), encoding="utf-8")
    recorded = load(tmp_path / "mine.json")
    assert recorded.predictions == ()
    assert ("Machine", "SQL1") in recorded.facts
    assert len(recorded.recording) == len(mine)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"case": 3}', '{"format": "fcm-migration/1"}', "\x00\xff", '{"case": {"mem": -1}}']
)
def test_a_file_that_is_no_recording_gets_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.json").write_text(text, encoding="latin-1")
    with pytest.raises(RecordingError, match=r"^notes\.json (is not a recording|has no rows).*\.$"):
        load(tmp_path / "notes.json")


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is not a recording that can be shown"):
        load(tmp_path / "gone.json")
