"""What a kept migration would have been otherwise, by the engine, beside what it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.migration.judging.prediction import Abandoned
from fcm.workspace.history import History
from fcm.workspace.replay.opening import open_past
from fcm.workspace.replay.what_if import WhatIf, as_it_was, basis_of, would_be
from tests.unit.replay.lived import URI, lived

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.migration.recordings.recording import Recording
    from fcm.workspace.replay.what_if import WouldBe

_KEPT: list[Recording] = []


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A kept live migration of SQL01, read from the journal once."""
    if not _KEPT:
        monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
        lived().close()
        past = open_past(URI)
        state = past.journal.follow()
        history = History(state, past.journal, simulated=True)
        chosen = [one for one in history.migrations() if one.has_rows]
        _KEPT.extend(history.recordings(chosen).values())
        past.journal.close()
    return _KEPT[0]


def of(recording: Recording, **changes: float | str) -> WouldBe:
    how = basis_of(recording)
    wish = replace(as_it_was(how), **changes)  # type: ignore[arg-type]
    return would_be(recording, how, wish, lambda: True)


def test_as_it_was_it_takes_as_long_as_it_took(recording: Recording) -> None:
    assert recording.final is not None
    found = of(recording)
    assert found.prediction.total == pytest.approx(recording.final.total, rel=0.15)
    assert found.prediction.curve
    assert "Predicted from the known workload" in found.sentence
    assert "Simulated:" in found.sentence


def test_ten_times_the_bandwidth_is_faster_and_half_of_it_slower(recording: Recording) -> None:
    was = as_it_was(basis_of(recording))
    same = of(recording).prediction.total
    assert of(recording, bandwidth=10 * was.bandwidth).prediction.total < same / 3
    assert of(recording, bandwidth=was.bandwidth / 2).prediction.total > same * 1.5


def test_more_writes_take_longer_or_never_end(recording: Recording) -> None:
    calm, wild = of(recording, writes=0.01), of(recording, writes=100.0)
    assert calm.prediction.total < of(recording).prediction.total
    assert wild.prediction.downtime is None or wild.prediction.total > calm.prediction.total
    if wild.prediction.downtime is None:
        assert "would not have ended" in wild.sentence


def test_a_longer_downtime_limit_needs_no_more_passes(recording: Recording) -> None:
    assert of(recording, downtime_limit=10.0).prediction.passes <= of(recording, downtime_limit=0.02).prediction.passes


def test_another_hypervisor_has_its_own_stopping_rule(recording: Recording) -> None:
    totals = {preset: of(recording, preset=preset).prediction.passes for preset in ("qemu-7.2", "xen-nsdi-2005")}
    assert len(set(totals.values())) == 2


def test_what_nobody_wants_any_more_is_dropped(recording: Recording) -> None:
    how = basis_of(recording)
    with pytest.raises(Abandoned):
        would_be(recording, how, WhatIf(1e6, 50.0, 0.01), lambda: False)
