"""The steering of a migration between real hosts: what the job is told, in which order, and what ends it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.moves.steering import RunSteering
from fcm.migration.engine.engine import Engine
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.model import events as ev
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.telemetry import Phase
from tests.unit.hosts.moves.test_tuning_run import run_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.telemetry import TelemetryRow

MIB = 1 << 20
CAPACITY = 64.0 * MIB
GOALS = MigrationOptions(move_within=60.0, pause_at_most=0.6)


@pytest.fixture(autouse=True)
def _without_libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "fcm.backend.libvirt.moves.steering.load_libvirt", lambda: SimpleNamespace(libvirtError=OSError)
    )
    monkeypatch.setattr("fcm.backend.libvirt.moves.steering.error_sentence", lambda error: error)


class RefusalError(OSError):
    """What a host says."""

    def sentence(self) -> str:
        return "The host says no."


class Job:
    """A run's side of the steering: a job whose limits can be changed, and what was told."""

    def __init__(self, options: MigrationOptions, refuses: bool = False) -> None:
        self.told: list[ev.Event] = []
        self.asked: list[tuple[float | None, int | None, bool]] = []
        self._refuses = refuses
        self.steering = RunSteering(256 * MIB, "QEMU 7.2.22", CAPACITY, time.monotonic(), self.told.append)
        self.migration = self.steering.open(
            Migration("m1", MigrationKind.LIVE, "web", "node1", "node2", options, Phase.BROWNOUT, requested=0.0)
        )

    def change(self, downtime: float | None, bandwidth: int | None, post_copy: bool) -> MigrationOptions:
        if self._refuses:
            raise RefusalError
        self.asked.append((downtime, bandwidth, post_copy))
        return self.migration.options

    def copy(self, seconds: float) -> None:
        """Memory of a guest that does not converge is copied for so long."""
        for row in _rows(seconds):
            self.steering.read(self.migration, row, self.change)

    def steps(self) -> list[ev.MigrationSteered]:
        return [event for event in self.told if isinstance(event, ev.MigrationSteered)]


def _rows(seconds: float) -> Iterator[TelemetryRow]:
    guest = Workload((Uniform(0, 32768, 40_000.0),))
    engine = Engine()
    handle = engine.add(MigrationSpec(guest, 256 * MIB, bandwidth=CAPACITY, downtime_limit=0.01))
    for _ in range(round(seconds * 10)):
        yield engine.step().rows[handle]


def test_it_begins_with_a_low_downtime_limit_which_is_told_before_memory_moves() -> None:
    job = Job(GOALS)
    (event,) = job.steps()
    assert event.options == job.migration.options
    assert event.options.downtime_limit == 0.1
    assert job.migration.wanted == GOALS


def test_each_step_is_carried_out_and_then_told_and_no_limit_exceeds_the_pause() -> None:
    job = Job(GOALS)
    job.copy(50.0)
    steps = job.steps()[1:]
    assert len(job.asked) == len([step for step in steps if not step.warning]) > 1
    assert all(downtime is None or downtime <= 0.6 - 0.13 for downtime, _, _ in job.asked)
    assert not any(post_copy for _, _, post_copy in job.asked)


def test_post_copy_is_ordered_where_it_is_permitted() -> None:
    job = Job(MigrationOptions(move_within=20.0, pause_at_most=0.4, post_copy=True))
    job.copy(30.0)
    assert [post_copy for _, _, post_copy in job.asked][-1:] == [True]


def test_a_host_that_refuses_a_step_ends_the_steering_in_words() -> None:
    job = Job(GOALS, refuses=True)
    job.copy(50.0)
    last = job.steps()[-1]
    assert last.warning
    assert last.text == "The host says no. From now on, fcm changes nothing for the goals."
    assert len(job.steps()) == 2


def test_shadow_mode_asks_nothing_of_the_host() -> None:
    job = Job(MigrationOptions(move_within=60.0, pause_at_most=0.6, goals_shadow=True))
    job.copy(50.0)
    assert not job.asked
    assert len(job.steps()) > 2
    assert all(step.shadow and step.options.downtime_limit is None for step in job.steps())


def test_who_changes_the_options_by_hand_has_them_from_then_on() -> None:
    job = Job(GOALS)
    job.copy(30.0)
    job.steering.end(job.migration)
    told = len(job.told)
    assert "changed manually" in job.steps()[-1].text
    job.copy(50.0)
    assert len(job.told) == told


def test_a_migration_without_goals_is_left_alone() -> None:
    job = Job(MigrationOptions(downtime_limit=0.2))
    job.copy(50.0)
    assert not job.told
    assert not job.asked


def test_a_run_passes_its_goals_on_and_a_change_by_hand_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "fcm.backend.libvirt.moves.migration.load_libvirt", lambda: SimpleNamespace(libvirtError=OSError)
    )
    run = run_of(GOALS)
    ended: list[Migration] = []
    monkeypatch.setattr(run._steering, "end", ended.append)
    run.tune(None, 20 << 20, False)
    assert [one.options.bandwidth for one in ended] == [20 << 20]
