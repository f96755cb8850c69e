"""The history in a journal, at hand at any of its moments.

While the journal is read once, which opening a cluster does anyhow, the state is kept after every two hundred events
(key_frames.py). To go to a moment, the nearest kept state before it is brought forward by the events between, so that
it takes as long in a journal of a million events as in one of ten thousand.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from fcm.model.state import State, apply
from fcm.model.structures.tables import one_turn
from fcm.workspace.files.journal_file import DamagedJournalError
from fcm.workspace.files.journal_rows import NONSENSE
from fcm.workspace.replay.key_frames import EVERY, KeyFrames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fcm.model import events as ev
    from fcm.model.telemetry import TelemetryRow
    from fcm.workspace.files.journal import Journal


class JournalPast:
    """The history in a journal that nobody writes any more, see ``fcm.backend.replay.Past``."""

    def __init__(self, journal: Journal, title: str, simulated: bool) -> None:
        """Nothing is known of it before ``take`` got its entries.

        Args:
            journal: the workspace of the replay closes it.
            title: what it is the history of.
            simulated: whether its figures were computed.
        """
        self.journal = journal
        self.title = title
        self.simulated = simulated
        self.first = 0
        self._times: array[float] = array("d")
        """Time of the event ``first`` and of those after it, never before the one before it."""
        self._kept = KeyFrames()
        self._newest = State()
        """The state that was made last, from which the next one may not be far."""
        self._rows: dict[str, list[TelemetryRow]] = {}
        self._lock = threading.Lock()

    def take(self, before: State, after: State) -> None:
        """One entry of the journal in its order, as the states around it."""
        if not self._kept:
            if before.cluster is not None:
                self._begin(before)
            elif after.cluster is None:
                return
            else:
                self._begin(after)
                return
        self._times.append(max(after.time, self._times[-1]))
        if after.sequence - self._kept.last >= EVERY:
            self._kept.keep(after)

    def begin_with(self, state: State) -> None:
        """The journal has no entries after this state."""
        if not self._kept and state.cluster is not None:
            self._begin(state)

    def _begin(self, state: State) -> None:
        self.first = state.sequence
        self._times.append(state.time)
        self._kept.keep(state)

    @property
    def last(self) -> int:
        """Number of the last event."""
        return self.first + max(len(self._times) - 1, 0)

    @property
    def length(self) -> int:
        """How many events there are after the first state."""
        return self.last - self.first

    @property
    def kept(self) -> int:
        """How many states are kept."""
        return len(self._kept)

    def place(self, time: float) -> int:
        """Number of the last event up to a time (s since the epoch); ``first`` before that."""
        return self.first + max(bisect_right(self._times, time) - 1, 0)

    def time(self, sequence: int) -> float:
        """When an event happened, s since the epoch; never before the one before it."""
        return self._times[min(max(sequence - self.first, 0), len(self._times) - 1)]

    def times(self) -> Sequence[float]:
        """When each event happened, s since the epoch, from ``first`` on. Do not change it."""
        return self._times

    def state(self, sequence: int) -> State:
        """The state after an event.

        Raises:
            DamagedJournalError: the journal cannot be read.
        """
        sequence = min(max(sequence, self.first), self.last)
        state = self._kept.before(sequence)
        newest = self._newest
        if state.sequence < newest.sequence <= sequence:
            state = newest
        try:
            with one_turn():
                for entry in self.journal.entries_between(state.sequence, sequence):
                    state, _ = apply(state, entry)
        except NONSENSE as error:
            cause = f"event {state.sequence + 1} does not follow from those before it"
            raise DamagedJournalError(self.journal.path, state.sequence, cause) from error
        self._newest = state
        return state

    def entries(self, after: int, until: int) -> Iterator[ev.Entry]:
        """The events after one up to another.

        Raises:
            DamagedJournalError: the journal cannot be read.
        """
        return self.journal.entries_between(after, until)

    def telemetry(self, migrations: Sequence[str]) -> Mapping[str, Sequence[TelemetryRow]]:
        """All telemetry of migrations; those without any are left out. What was asked for stays in memory.

        Raises:
            JournalError: the journal cannot be read.
        """
        with self._lock:
            missing = [one for one in migrations if one not in self._rows]
            if missing:
                found = self.journal.telemetry(missing)
                self._rows.update((one, found.get(one, [])) for one in missing)
            return {one: self._rows[one] for one in migrations if self._rows[one]}
