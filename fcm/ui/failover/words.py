"""A failover as sentences and as steps of a time line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.structures.tables import name_of
from fcm.ui.look.format import clock_time, seconds
from fcm.ui.widgets.time_line import Step

if TYPE_CHECKING:
    from fcm.model.failures import Failover
    from fcm.model.state import State

NOTHING = (
    "{name} has not failed over yet. When its node or one of its resources fails, this shows what failed, when the "
    "cluster noticed it, why it chose the new node, and how long detection, arbitration, start and boot took. To try "
    "it, simulate a failure of its node."
)
REAL = (
    "Nothing restarts the virtual machines of these hosts elsewhere, because they do not form a Pacemaker cluster. "
    "To form one: fcm hosts cluster create."
)
LOOSE = "Only highly available virtual machines fail over to another node."
NO_REASON = "Pacemaker does not tell why it chose this node. Rehearse shows what it would choose now."
ASSUMED = "Simulated. Steps without a documented duration use assumed figures."
_MEANINGS = (
    ("Detection", "until the cluster noticed the failure"),
    ("Arbitration", "until the remaining nodes had agreed on a membership with quorum and chosen a node"),
    ("Start", "until the group was online on its new node"),
    ("Boot", "until the guest operating system had booted"),
)
_MEANINGS_OF_PACEMAKER = (
    ("Detection", "until the other nodes noticed the failure"),
    ("Fencing", "until the node was switched off, and a node was chosen"),
    ("Start", "until the virtual machine was started on its new node"),
    ("Boot", "until the guest operating system had booted"),
)


@dataclass(frozen=True, slots=True)
class FailoverSummary:
    """What is said of a failover."""

    cause: str
    """What failed, and when."""
    course: str
    """What came of it."""


def steps(failover: Failover, simulated: bool = True) -> tuple[Step, ...]:
    """The steps that were taken, each with its duration in s; None while it is in progress.

    What took no time is left out: a failure of a resource needs no detection by others. A failover that ended without
    success has no steps after its last. Of real hosts, what was not told is left out, as is the boot of the guest.
    """
    ends = [failover.noticed, failover.decided, failover.online, failover.booted]
    for number in range(len(ends) - 2, -1, -1):  # what was not told apart took no time of its own
        if ends[number] is None:
            ends[number] = ends[number + 1]
    found: list[Step] = []
    start = failover.failed
    for (name, meaning), end in zip(_MEANINGS if simulated else _MEANINGS_OF_PACEMAKER, ends, strict=True):
        if end is None:
            if not failover.outcome and (simulated or failover.online is None):
                found.append(Step(name, None, meaning))
            break
        if end > start:
            found.append(Step(name, end - start, meaning))
            start = end
    return tuple(found)


def summary(failover: Failover, state: State, simulated: bool = True) -> FailoverSummary:
    """Cause and course of a failover as sentences; of real hosts it may not be known when it began."""
    name = name_of(state.groups, failover.group)
    cause = f"{clock_time(failover.failed)}: {_ended(failover.cause)}"
    if failover.online is not None:
        away = seconds(failover.online - failover.failed)
        if not simulated and failover.noticed is not None and failover.noticed <= failover.failed:
            away = f"at least {away}, counted from when the loss was noticed"
        course = f"{failover.destination} took {name} over from {failover.source}. It was away for {away}"
        group = state.groups.get(failover.group)
        if failover.booted is not None and not (group is not None and group.is_role):
            course += f"; its guest had booted {seconds(failover.booted - failover.failed)} after the failure."
        else:
            course += "."
        return FailoverSummary(cause, f"{course} {failover.outcome}".strip())
    if failover.outcome:
        return FailoverSummary(cause, _ended(failover.outcome))
    if failover.destination:
        return FailoverSummary(cause, f"{failover.destination} takes {name} over from {failover.source} and starts it.")
    if failover.noticed is not None:
        return FailoverSummary(cause, f"The cluster has noticed it and decides which node takes {name} over.")
    return FailoverSummary(cause, "The cluster has not noticed it yet.")


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
