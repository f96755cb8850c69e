"""Facts become entries of the history: whoever carries commands out numbers and words them in this one way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.state import apply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.commands import Command
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State


def stamped(state: State, events: Iterable[ev.Event], time: float) -> tuple[State, list[ev.Entry]]:
    """Facts as the next entries after a state, and the state after them.

    Args:
        state: all that has been before.
        events: what has happened, in its order; transient events take no sequence number.
        time: s since the epoch, clock of the cluster.
    """
    entries = []
    for event in events:
        entry = ev.Entry(0 if event.transient else state.sequence + 1, time, event)
        state, _ = apply(state, entry)
        entries.append(entry)
    return state, entries


def refusal(command: Command, verdict: Verdict) -> ev.CommandRefused:
    """The fact that a command was not carried out, and why."""
    return ev.CommandRefused(type(command).__name__, verdict.reason, verdict.remedy)
