"""A real migration is kept, exported and held against the engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fcm.migration.judging.recorded_prediction import Basis, comparable, predict_recorded
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.runs import validate
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.lab.machines import LabMachine
    from tests.live.watched import Watched

pytestmark = pytest.mark.live


def test_a_real_migration_is_exported_and_retold_by_the_engine(
    watched: Watched, writing: LabMachine, tmp_path: Path
) -> None:
    ended = watched.end_of(watched.migrate(watched.machine(writing.name), "node2"))
    assert ended.phase is Phase.COMPLETED, ended.reason
    assert ended.figures is not None

    history = watched.workspace.history()
    (past,) = (one for one in history.migrations() if one.id == ended.id)
    (path,) = history.export([past], tmp_path / "out").files
    written = json.loads(path.read_text())
    recording = read_recording(path)
    how = comparable(recording)
    made = predict_recorded(recording, how)
    result = validate([path])

    assert written["transferred"] == ended.figures.bytes
    assert written["total_ms"] == round(ended.figures.total * 1000)
    assert "workload" not in written["case"]
    assert "bw" not in written["case"], "nobody asked for a limit"
    assert recording.identity.network == "Live Migration"
    assert len(recording) == len(watched.workspace.rows(ended.id))
    assert how.basis is Basis.FITTED
    assert not how.bandwidth_asked
    assert how.spec.bandwidth == pytest.approx(200e6 / 8, rel=0.15)
    print(
        f"\nkept: {ended.figures.total:.2f} s, {ended.figures.bytes / 2**20:.0f} MiB, {ended.figures.passes} passes, "
        f"{ended.figures.downtime * 1000:.0f} ms; retold: {made.total:.2f} s, {made.bytes / 2**20:.0f} MiB, "
        f"{made.passes} passes, {(made.downtime or 0) * 1000:.0f} ms"
    )
    assert made.total == pytest.approx(ended.figures.total, rel=0.15)
    assert made.bytes == pytest.approx(ended.figures.bytes, rel=0.15)
    assert [case.group for case in result.cases] == ["kept, measured, fitted workload"]
    assert result.cases[0].right_class["engine"]
