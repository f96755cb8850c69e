"""Steers the migration of a run towards its goals: what is to be changed is told to the run, then to everyone."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.steering import BY_HAND, GoalSteering, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model import events as ev
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.telemetry import TelemetryRow

REFUSED = "From now on, fcm changes nothing for the goals."
"""Follows what a host said that refused a step."""


class RunSteering:
    """The steering of one run: opened in its thread, then fed by the thread that looks at the job."""

    def __init__(
        self, memory: int, qemu: str, capacity: float | None, began: float, post: Callable[[ev.Event], None]
    ) -> None:
        """Nothing begins yet.

        Args:
            memory: bytes of the machine.
            qemu: version of the source.
            capacity: bytes/s of memory that the first network carries; None: not known.
            began: start of the migration, s of the monotonic clock.
            post: passes an event on.
        """
        self._memory = memory
        self._qemu = qemu
        self._capacity = capacity
        self._began = began
        self._post = post
        self._steering: GoalSteering | None = None
        self._behind = 0.0
        """s between the start of the migration and that of the job that is looked at."""
        self._over = False

    def open(self, migration: Migration) -> Migration:
        """The migration with the options to begin with, which are told."""
        event = opened(migration, self._memory, self._qemu, self._capacity)
        if event is None:
            return migration
        self._post(event)
        steps, asked = migration.steered(event.text, event.shadow, event.warning, time.time())
        return replace(migration, options=event.options, asked=asked, steps=steps)

    def begin_again(self) -> None:
        """Another job carries the memory: nothing is known of it yet."""
        self._steering = None

    def read(
        self,
        migration: Migration,
        row: TelemetryRow,
        change: Callable[[float | None, int | None, bool], MigrationOptions],
    ) -> None:
        """Take a row of the job, and carry out the next step, if there is one; blocks.

        Args:
            migration: with the options in force.
            row: its time since the job began.
            change: changes the running job (as ``Run.tune``); returns the options then.
        """
        if self._over or not migration.wanted.has_goals:
            return
        if self._steering is None:
            memory = self._memory or row.remaining + row.sent
            self._steering = GoalSteering(migration, memory, self._qemu, self._capacity)
            self._behind = max(time.monotonic() - self._began - row.time, 0.0)
        found = self._steering.read(replace(row, time=row.time + self._behind))
        if found is None:
            return
        step, event = found
        if not event.shadow and step.changes:
            try:
                change(step.downtime_limit, step.bandwidth, step.post_copy)
            except load_libvirt().libvirtError as error:
                self._over = True
                self._steering.changed(migration.options)
                event = self._steering.stop(f"{error_sentence(error).sentence()} {REFUSED}")
        self._post(event)

    def end(self, migration: Migration) -> None:
        """A person changed the options, which are in ``migration``: nothing is steered any more."""
        steering, self._steering, self._over = self._steering, None, True
        if steering is not None:
            steering.changed(migration.options)
            self._post(steering.stop(BY_HAND))
