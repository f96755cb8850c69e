"""Breaking off a migration that libvirt carries out: asked for until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

AGAIN = 0.1
"""s after which a request that was refused is made again. libvirt refuses it until its job has begun ("no job is active
on the domain", seen with 9.0): one that comes a moment too early must not be lost."""
TAKEN = 2.0
"""s after which one that was taken is made again, where the call goes on all the same; it mostly ends at once."""
TELL_AFTER = 10
"""Requests in a row that the host refuses before that is told: 1 s, longer than a job takes to begin."""


def break_off(abort: Callable[[bool], bool], over: threading.Event, left: threading.Event) -> None:
    """Ask until the call is over; blocks.

    Args:
        abort: asks once, and tells a refusal if it is given True. Returns whether the host has taken it.
        over: set when the call has returned.
        left: set when the program is closed; the host then goes on by itself.
    """
    refused = 0
    while not over.is_set() and not left.is_set():
        taken = abort(refused + 1 == TELL_AFTER)
        refused = 0 if taken else refused + 1
        over.wait(TAKEN if taken else AGAIN)
