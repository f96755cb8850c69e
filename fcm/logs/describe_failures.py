"""Failures in words: level, source, event id and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from fcm.logs.node_events import fields_of, node_events, said_by
from fcm.model import events as ev
from fcm.model.entities import ClusterVersion
from fcm.model.failures import Fault
from fcm.model.rules.failing.failure_words import sentence
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from fcm.model.failures import Failover
    from fcm.model.state import State

Said: TypeAlias = tuple[str, str, int, str]
_PROGRAM, _CLUSTERING = "fcm", "FailoverClustering"


def of_failure(event: ev.FailureEvent, state: State) -> Said:
    """Level, source, Windows event id (0: none) and text of a failure.

    Args:
        event: what happened.
        state: for names.
    """
    match event:
        case ev.FaultInjected(fault=fault) if fault.ordered:
            return "Information", _PROGRAM, 0, f"The computer {fault.target} was shut down in order and is off."
        case ev.FaultInjected(fault=fault):
            return "Warning", _PROGRAM, 0, f"A failure was simulated: {sentence(state, fault)}."
        case ev.FaultRepaired(fault=identity):
            known = state.faults.get(identity)
            if known is not None and known.ordered:
                return "Information", _PROGRAM, 0, f"The computer {known.target} was turned on."
            what = sentence(state, known) if known is not None else identity
            return "Information", _PROGRAM, 0, f"A simulated failure has ended: {what}."
        case ev.FaultPlanned(plan=plan):
            fault = Fault(plan.id, plan.kind, plan.target, 0.0, plan.node, plan.together)
            when = "will not happen again" if plan.over else "will happen again"
            return "Information", _PROGRAM, 0, f"A planned failure {when}: {sentence(state, fault)}."
        case ev.CopyCutOff(copy=copy):
            name = name_of(state.machines, copy.machine)
            text = f"A copy of {name} is still running on {copy.node}, without access to its disks. {copy.reason}"
            return "Warning", _PROGRAM, 0, text.strip()
        case ev.CopyEnded(copy=identity):
            ended_copy = state.copies.get(identity)
            if ended_copy is None:
                return "Information", _PROGRAM, 0, f"The copy {identity} without access to its disks has ended."
            name = name_of(state.machines, ended_copy.machine)
            text = f"The copy of {name} on {ended_copy.node}, which had lost access to its disks, has ended."
            return "Information", _PROGRAM, 0, text
        case ev.FailoverRecorded(failover=failover):
            level = "Warning" if failover.outcome and failover.online is None else "Information"
            return level, _PROGRAM, 0, _failover(failover, state)
        case ev.NodeLogged():
            return _logged(event, state)
        case _:
            assert_never(event)


def is_told(failover: Failover) -> bool:
    """Whether a step of a failover is worth a record: it is over, or its guest has booted."""
    return failover.online is not None or bool(failover.outcome)


def version_of(state: State) -> ClusterVersion:
    """The version whose events are written."""
    return state.cluster.version if state.cluster else ClusterVersion.V2008_R2


def _logged(event: ev.NodeLogged, state: State) -> Said:
    words = node_events().entries.get(event.key)
    text = said_by(event.key, fields_of(event, state), event.node)
    if words is None:
        return "Information", _CLUSTERING, 0, text
    version = version_of(state)
    number = words.id if words.is_event_in(version) else 0
    return words.level_in(version), words.source if number else _CLUSTERING, number, text


def _failover(failover: Failover, state: State) -> str:
    name = name_of(state.groups, failover.group)
    where = f" to {failover.destination}" if failover.destination else ""
    steps = (("noticed", failover.noticed), ("decided", failover.decided), ("online", failover.online),
             ("booted", failover.booted))  # fmt: skip
    done = ", ".join(f"{word} after {at - failover.failed:.1f} s" for word, at in steps if at is not None)
    return " ".join(
        part
        for part in (
            f"Failover of {name} from {failover.source}{where}.",
            failover.cause,
            f"{done[:1].upper()}{done[1:]}." if done else "",
            failover.outcome,
        )
        if part
    )
