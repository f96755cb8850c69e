"""What is kept and forecast of each migration of one open cluster, brought up to date from its telemetry."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.migration.constants import GOODPUT
from fcm.migration.engine.policies import QEMU_7_2, host_rule
from fcm.migration.engine.specification import downtime_of, is_real, specification_of
from fcm.migration.forecast.first_pass import HostFacts, earlier_of
from fcm.migration.forecast.forecast import Forecast
from fcm.migration.recordings.recording import Attempt, Identity, Recording
from fcm.model.migrations import MigrationKind
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fcm.migration.forecast.first_pass import Earlier
    from fcm.migration.forecast.outlook import Outlook
    from fcm.model.migrations import Migration
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.view import ClusterView


TELL_EVERY = 0.25
"""s between two forecasts of one migration for its progress; each costs up to 2 ms."""
TELL_EVERY_OF_MANY = 0.01
"""s between two forecasts for each migration that runs: of many, all of them take a fifth of a core at most."""
AFTER_MEMORY = 0.99
"""Progress from the stop and copy on."""


def downtime_limit(migration: Migration) -> float:
    """The downtime limit in force (s): the one asked for, else the default of QEMU, whose rules the engine follows."""
    chosen = migration.options.downtime_limit
    return QEMU_7_2.downtime_limit if chosen is None else chosen


_LATE = frozenset(phase.value for phase in (Phase.BLACKOUT, Phase.STORAGE, Phase.NETWORK, Phase.CLEANUP))


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast and when it was made."""

    time: float
    """s since the start."""
    pass_number: int
    outlook: Outlook


class Forecasts:
    """Recordings and outlooks of the migrations of one workspace; every row of telemetry is read once.

    Belongs to the thread that owns the workspace.
    """

    def __init__(self, workspace: ClusterView) -> None:
        self._workspace = workspace
        self._courses: dict[str, Course] = {}

    def course(self, migration: str) -> Course:
        """Everything about a migration up to its newest row. Raises KeyError for an unknown migration."""
        entity = self._workspace.state.migrations[migration]
        course = self._courses.get(migration)
        if course is None:
            measures = self._measures(entity)
            course = self._courses[migration] = Course(*measures, self._version(entity), self._earlier(entity))
        course.name(self._identity(entity), entity, self._bandwidth(entity))
        course.read(self._workspace.rows(migration))
        return course

    def forget(self, migration: str) -> None:
        """Its rows are no longer in memory."""
        self._courses.pop(migration, None)

    def forget_all(self) -> None:
        """Another moment is shown."""
        self._courses.clear()

    def tell(self, migrations: Iterable[str]) -> None:
        """These sent something: their progress is told anew, but not more often than every TELL_EVERY, or where many
        run, every TELL_EVERY_OF_MANY for each of them.

        To be called once for each redraw, before it: everything that is drawn then shows the same progress.
        """
        now = time.monotonic()
        every = max(TELL_EVERY, TELL_EVERY_OF_MANY * len(self._workspace.state.running_migrations()))
        for course in filter(None, map(self._courses.get, migrations)):
            course.tell(now, every)

    def _measures(self, migration: Migration) -> tuple[int, float, Migration, float | None]:
        """Memory (bytes), bandwidth (bytes/s; 0 while unknown), the migration itself, rate of the last copy."""
        state = self._workspace.state
        machine = state.machines.get(migration.machine)
        network = state.networks.get(migration.network or "")
        line = network.bandwidth * self._goodput(migration) if network and network.bandwidth else None
        return machine.memory if machine else 0, self._bandwidth(migration), migration, line

    def _version(self, migration: Migration) -> str:
        node = self._workspace.state.nodes.get(migration.source)
        return node.version if node is not None else ""

    def _bandwidth(self, migration: Migration) -> float:
        network = self._workspace.state.networks.get(migration.network or "")
        limits = [float(migration.options.bandwidth)] if migration.options.bandwidth else []
        if network and network.bandwidth:
            limits.append(network.bandwidth * self._goodput(migration))
        return min(limits, default=0.0)

    def _goodput(self, migration: Migration) -> float:
        """Share of a network's bandwidth that memory has; of simulated clusters it is learned on the way."""
        return GOODPUT if is_real(self._version(migration)) else 1.0

    def _earlier(self, migration: Migration) -> Earlier | None:
        """What the last live migration of the same machine between real hosts showed; None where there is none."""
        version = self._version(migration)
        if not is_real(version):
            return None
        machine = self._workspace.state.machines.get(migration.machine)
        for past in reversed(tuple(self._workspace.state.migrations.values())):
            if past.machine != migration.machine or past.kind is not MigrationKind.LIVE or past.id == migration.id:
                continue
            rows = self._workspace.rows(past.id)
            if past.requested < migration.requested and past.phase is Phase.COMPLETED and rows:
                limits = downtime_limit(past), self._bandwidth(past)
                return earlier_of(rows, machine.memory if machine else 0, host_rule(version), *limits)
        return None

    def _identity(self, migration: Migration) -> Identity:
        state = self._workspace.state
        network = state.networks.get(migration.network or "")
        return Identity(
            state.moved_name(migration),
            migration.source,
            migration.destination,
            network.name if network else "",
        )


class Course:
    """One migration: its recording, its forecast, and the forecast that it is measured against afterwards."""

    def __init__(
        self,
        memory: int,
        bandwidth: float,
        migration: Migration,
        line_rate: float | None = None,
        version: str = "",
        earlier: Earlier | None = None,
    ) -> None:
        limit = downtime_limit(migration)
        options = migration.options
        held = not options.bandwidth or (line_rate is not None and line_rate <= options.bandwidth)
        self.rule = host_rule(version)
        """That of the hypervisor on the source; the forecast follows it."""
        self.recording = Recording(memory=memory, bandwidth=bandwidth, downtime_limit=limit)
        self._limit = migration.options.bandwidth
        self._made: list[Made] = []
        """The forecasts made in the middle of the first pass and when the second began."""
        self._forecast = Forecast(
            max(memory, 1),
            bandwidth,
            limit,
            rule=self.rule,
            auto_converge=migration.options.auto_converge,
            # QEMU lifts the limit for the last copy (migration.c, migration_completion).
            line_rate=line_rate if options.bandwidth else None,
            fixed_downtime=downtime_of(version, line_rate, held, options.parallel_connections),
            late=specification_of(options, max(memory, 1), rule=self.rule).late,
            host=HostFacts(migration.emulator, earlier) if is_real(version) else None,
        )
        self._emulator = migration.emulator
        self._earlier = earlier
        self._outlook: Outlook | None = None
        self._stale = True
        self._over = False
        self._told = 0.0
        self._told_at = -math.inf
        self._told_outlook: Outlook | None = None
        self._is_due = True

    def name(self, identity: Identity, migration: Migration, bandwidth: float) -> None:
        """Take over what events told since: names, attempts, limits, the end.

        ``bandwidth`` (bytes/s; 0 while unknown) is taken over where the limit of the migration was changed.
        """
        recording = self.recording
        recording.identity = identity
        recording.final = migration.figures
        recording.outcome = migration.phase.value
        self._over = migration.phase.is_over
        if len(recording.attempts) != len(migration.attempts):
            recording.attempts = [
                Attempt(attempt.network, attempt.time - migration.requested, attempt.result)
                for attempt in migration.attempts
            ]
        if migration.emulator != self._emulator:
            self._emulator = migration.emulator
            self._forecast.set_host(HostFacts(migration.emulator, self._earlier))
            self._stale = True
        limit = downtime_limit(migration)
        if limit != recording.downtime_limit:
            recording.downtime_limit = limit
            self._forecast.set_downtime_limit(limit)
            self._stale = True
        if migration.options.bandwidth != self._limit:
            self._limit = migration.options.bandwidth
            recording.bandwidth = bandwidth
            self._forecast.set_bandwidth(bandwidth)
            self._stale = True

    def read(self, rows: Sequence[TelemetryRow]) -> None:
        """Read the rows that are new."""
        recording = self.recording
        for row in rows[len(recording) :]:
            recording.append(row)
            self._forecast.update(row)
            self._stale = True
            if row.phase is Phase.BROWNOUT:
                self._keep(row)

    def _keep(self, row: TelemetryRow) -> None:
        halfway = row.pass_number == 1 and row.remaining * 2 <= self.recording.memory and not self._made
        second = row.pass_number >= 2 and all(made.pass_number < 2 for made in self._made)
        if halfway or second:
            self._made.append(Made(row.time, row.pass_number, self._forecast.view()))

    @property
    def compared(self) -> Made | None:
        """The forecast that the end is compared with.

        That made when the second pass began, the first that knows the guest; where two thirds of the time had
        passed by then, that made in the middle of the first pass.
        """
        if len(self._made) == 2 and len(self.recording):
            end = self.recording.final.total if self.recording.final else float(self.recording.time[-1])
            return self._made[1] if self._made[1].time <= end * 2 / 3 else self._made[0]
        return self._made[0] if self._made else None

    @property
    def last(self) -> TelemetryRow | None:
        """The newest row."""
        return self.recording.row(-1) if len(self.recording) else None

    @property
    def outlook(self) -> Outlook | None:
        """The newest forecast; None before the first row and once the migration is over."""
        if self._over or not len(self.recording):
            return None
        if self._stale:
            self._outlook = self._forecast.view()
            self._stale = False
        return self._outlook

    @property
    def progress(self) -> float:
        """0 to 1, never falling; 1 only once the migration is completed."""
        if self.recording.outcome == Phase.COMPLETED.value:
            return 1.0
        if self._over:
            return self._outlook.progress if self._outlook is not None else self._sent_share()
        outlook = self.outlook
        return outlook.progress if outlook is not None else 0.0

    def tell(self, now: float, every: float = TELL_EVERY) -> None:
        """See Forecasts.tell (now: s, monotonic clock; every: s between two times)."""
        if now - self._told_at >= every:
            self._told_at, self._is_due = now, True

    @property
    def told_outlook(self) -> Outlook | None:
        """The forecast from which ``told_progress`` was told; None before the first and once the migration is over."""
        _ = self.told_progress
        return None if self._over else self._told_outlook

    @property
    def told_progress(self) -> float:
        """The progress as all lists and views show it until it is told anew; 0 to 1, never falling."""
        phase = self.recording.outcome
        if phase == Phase.COMPLETED.value:
            return 1.0
        if phase in _LATE:
            self._told = AFTER_MEMORY
        elif self._is_due or self._over:
            self._is_due = False
            self._told = max(self._told, min(self.progress, AFTER_MEMORY))
            self._told_outlook = self._outlook
        return self._told

    def _sent_share(self) -> float:
        """How far a reopened migration had come that did not reach its end."""
        row = self.last
        if row is None or row.sent + row.remaining <= 0:
            return 0.0
        return min(row.sent / (row.sent + row.remaining), 0.99)

    def threshold(self) -> float:
        """Bytes that the last copy may have to fit the downtime limit at the rate of now; 0 while unknown.

        As QEMU has it: bandwidth of the last window x limit (migration.c, migration_update_counters).
        """
        recording = self.recording
        if not len(recording):
            return 0.0
        rates = recording.rate[-50:][recording.rate[-50:] > 0]
        if not len(rates):
            return 0.0
        rate = float(rates[-1]) if not self._over else float(sorted(rates)[len(rates) // 2])
        return rate * recording.downtime_limit
