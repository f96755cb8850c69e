"""A migration of real hosts that does not end: canceled after its time limit, told once."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.model import events as ev
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase, TelemetryRow
from tests.unit.hosts.moves.test_tuning_run import LIBVIRT, run_of


@pytest.fixture(autouse=True)
def _without_libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.load_libvirt", lambda: LIBVIRT)


def limited(seconds: float | None, began: float, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[str]]:
    """A run that began so many seconds ago, and its cancellations."""
    run = run_of(MigrationOptions(time_limit=seconds))
    run._began = time.monotonic() - began
    asked: list[str] = []
    monkeypatch.setattr(run, "cancel", lambda: (run._canceled.set(), asked.append("cancel")))
    return run, asked


@pytest.mark.parametrize("phase", [Phase.SETUP, Phase.BROWNOUT])
def test_it_is_canceled_once_its_time_is_over(phase: Phase, monkeypatch: pytest.MonkeyPatch) -> None:
    run, asked = limited(60.0, 61.0, monkeypatch)
    run._look_at_limit(phase)
    run._look_at_limit(phase)
    assert asked == ["cancel"]


@pytest.mark.parametrize("phase", [Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP])
def test_it_is_left_alone_once_the_guest_stands_still_or_runs_at_the_destination(
    phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, asked = limited(60.0, 100.0, monkeypatch)
    run._look_at_limit(phase)
    assert not asked


@pytest.mark.parametrize(("seconds", "began"), [(None, 1e6), (60.0, 59.0)])
def test_without_a_limit_or_before_it_nothing_is_canceled(
    seconds: float | None, began: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, asked = limited(seconds, began, monkeypatch)
    run._look_at_limit(Phase.BROWNOUT)
    assert not asked


def test_where_the_machine_runs_decides_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = limited(60.0, 61.0, monkeypatch)
    run._look_at_limit(Phase.BROWNOUT)
    (ended,) = run._ending(Whereabouts(node="node1"), "", "")
    assert isinstance(ended, ev.MigrationCanceled)
    assert "time limit of 1 min 0 s" in ended.reason
    assert "still running on node1" in ended.reason
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.final_figures", lambda *_: (None, None))
    assert isinstance(run._ending(Whereabouts(node="node2"), "", "")[-1], ev.MigrationCompleted)


def test_one_that_a_user_canceled_has_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = limited(60.0, 10.0, monkeypatch)
    run.cancel()
    assert run._ending(Whereabouts(node="node1"), "", "") == [ev.MigrationCanceled("m1")]


def test_a_migration_that_does_not_end_is_reported_once() -> None:
    run = run_of(MigrationOptions())
    said: list[tuple[str, str, str]] = []
    run._reporter = SimpleNamespace(found_endless=lambda *words: said.append(words))
    run._memory = 1 << 30
    stuck = 200 << 20
    sent = 0
    for k in range(1200):
        number = 1 + max(0, (k - 100) // 20)
        left = (1 << 30) - k * (10 << 20) if number == 1 else stuck - ((k - 100) % 20) * (10 << 20)
        sent += 10 << 20
        run._look_at_convergence(TelemetryRow(k / 10, number, max(left, 0), sent, 25_000, 1e8, Phase.BROWNOUT))
    ((identity, reason, remedy),) = said
    assert identity == "m1"
    assert "while the same amount is sent" in reason
    assert "cancel it" in remedy
    told = run_of(MigrationOptions())
    told.migration = replace(told.migration, endless=reason)
    told._look_at_convergence(TelemetryRow(1.0, 1, 1, 1, 1, 1, Phase.BROWNOUT))
    assert told._watch is None
