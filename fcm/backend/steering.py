"""Steers live migrations towards their goals, for every backend: the policy of fcm/migration/goals as events.

Every backend feeds one such object for each migration with goals, carries out what it returns, and posts the event.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.rules.moving.bandwidth import least_limit

if TYPE_CHECKING:
    from fcm.migration.goals.decisions import Step
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.telemetry import TelemetryRow


def opened(migration: Migration, memory: int, version: str, capacity: float | None) -> ev.MigrationSteered | None:
    """What is decided before a migration with goals starts; None where it has none, or has started before.

    Args:
        migration: as it was asked for.
        memory: bytes of the machine.
        version: of the source (``Node.version``).
        capacity: bytes/s that its network carries; None: not known.
    """
    options = migration.options
    if not options.has_goals or migration.steps:
        return None
    begun, texts = _opening(options, memory, version, capacity)
    after = options if options.goals_shadow else begun
    return ev.MigrationSteered(migration.id, " ".join(texts), after, options.goals_shadow)


def _opening(
    options: MigrationOptions, memory: int, version: str, capacity: float | None
) -> tuple[MigrationOptions, tuple[str, ...]]:
    from fcm.migration.engine.specification import downtime_of  # numpy: only once memory moves
    from fcm.migration.goals.goals import worst_overhead
    from fcm.migration.goals.opening import opening

    least = least_limit(version, options.parallel_connections)
    overhead = downtime_of(version, capacity, connections=options.parallel_connections)
    begun = opening(options, memory, capacity, worst_overhead(overhead), least)
    return begun.options, begun.texts


class GoalSteering:
    """One live migration with goals; belongs to the thread that feeds it."""

    def __init__(self, migration: Migration, memory: int, version: str, capacity: float | None) -> None:
        """Nothing is decided before rows come.

        Args:
            migration: with the options in force.
            memory: bytes of the machine.
            version: of the source (``Node.version``), on which the stopping rule depends.
            capacity: bytes/s that its network carries; None: not known.
        """
        from fcm.migration.engine.policies import host_rule
        from fcm.migration.engine.specification import downtime_of, specification_of
        from fcm.migration.goals.steering import Steering

        asked, options = migration.wanted, migration.options
        rule = host_rule(version)
        begun = options if asked.steered else _opening(asked, memory, version, capacity)[0]
        self._migration = migration
        self._steering = Steering(
            memory,
            asked,
            begun,
            rule,
            downtime_of(version, capacity, connections=asked.parallel_connections),
            specification_of(options, max(memory, 1), rule=rule).late,
            capacity,
        )
        self.options = options
        """As they are now."""

    @property
    def shadow(self) -> bool:
        """True where nothing is to be carried out."""
        return self._migration.wanted.goals_shadow

    def read(self, row: TelemetryRow) -> tuple[Step, ev.MigrationSteered] | None:
        """Take a row (its time in s since the migration started): the step to be carried out now, and its event."""
        step = self._steering.read(row)
        if step is None:
            return None
        if not self.shadow:
            self.options = self.options.tuned(step.downtime_limit, step.bandwidth, post_copy=False)
        return step, self._event(step.text, not step.changes)

    def stop(self, text: str) -> ev.MigrationSteered:
        """Nothing is steered any more, and why."""
        self._steering.stop()
        return self._event(text, warning=True)

    def changed(self, options: MigrationOptions) -> None:
        """The options in force are these."""
        self.options = options
        self._migration = replace(self._migration, options=options)

    def _event(self, text: str, warning: bool) -> ev.MigrationSteered:
        return ev.MigrationSteered(self._migration.id, text, self.options, self.shadow, warning)


BY_HAND = "The options were changed manually. From now on, fcm changes nothing for the goals."
"""Why the steering ends where a person tunes a migration."""
