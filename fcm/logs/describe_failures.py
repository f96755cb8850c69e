"""Failures in words: level, source, event id and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.model import events as ev
from fcm.model.tables import name_of

if TYPE_CHECKING:
    from fcm.model.failures import Fault
    from fcm.model.state import State

_PROGRAM, _CLUSTERING = "fcm", "FailoverClustering"


def of_failure(event: ev.FailureEvent, state: State) -> tuple[str, str, int, str]:
    """Level, source, Windows event id (0: none) and text of a failure.

    Args:
        event: what happened.
        state: for names.
    """
    match event:
        case ev.FaultInjected(fault=fault):
            return "Warning", _PROGRAM, 0, f"A failure was simulated: {fault.kind} of {_target(fault, state)}."
        case ev.FaultRepaired(fault=identity):
            return "Information", _PROGRAM, 0, f"The simulated failure {identity} was repaired."
        case ev.CopyCutOff(copy=copy):
            name = name_of(state.machines, copy.machine)
            text = f"A copy of {name} still runs on {copy.node}, without access to its disks. {copy.reason}"
            return "Warning", _PROGRAM, 0, text
        case ev.CopyEnded(copy=identity):
            return "Information", _PROGRAM, 0, f"The copy {identity} has ended."
        case ev.FailoverRecorded(failover=failover):
            text = f"{name_of(state.groups, failover.group)}: failover from {failover.source}. {failover.cause}"
            return "Information", _CLUSTERING, 0, text
        case ev.NodeLogged(key=key, node=node, values=values):
            fields = ", ".join(f"{name} {value}" for name, value in values)
            return "Information", _CLUSTERING, int(key) if key.isdigit() else 0, f"{node}: {fields}."
        case _:
            assert_never(event)


def _target(fault: Fault, state: State) -> str:
    for table in (state.adapters, state.networks, state.disks, state.machines):
        if fault.target in table:
            return name_of(table, fault.target)
    return fault.target
