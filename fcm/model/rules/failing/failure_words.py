"""Simulated failures in words: what has failed, and where; the same in lists, pages, events and questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.failures import FaultKind
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from fcm.model.failures import Fault
    from fcm.model.state import State

_HAPPENED = {
    FaultKind.POWER_OFF: "power lost",
    FaultKind.HANG: "operating system hangs",
    FaultKind.BUGCHECK: "bugcheck",
    FaultKind.SERVICE_CRASH: "cluster service crashed",
    FaultKind.ISOLATE: "isolated",
    FaultKind.UNPLUG_CABLE: "cable unplugged",
    FaultKind.SWITCH_DOWN: "switch down",
    FaultKind.LOSE_PATH: "path lost",
    FaultKind.LOSE_LUN: "LUN lost",
    FaultKind.LOSE_RESERVATION: "reservation lost",
    FaultKind.LOSE_SHARE: "file share lost",
    FaultKind.GUEST_HANG: "guest does not respond",
    FaultKind.GUEST_BUGCHECK: "bugcheck of the guest",
    FaultKind.GUEST_SHUTDOWN: "guest shut down",
}


def happened(fault: Fault) -> str:
    """What has failed, without the object: "power lost", "path of node2 lost", "isolated with node3"."""
    if fault.ordered:
        return "shut down"
    if fault.kind is FaultKind.LOSE_PATH:
        return f"path of {fault.node} lost"
    if fault.kind is FaultKind.ISOLATE and fault.together:
        return f"isolated together with {', '.join(fault.together)}"
    return _HAPPENED[fault.kind]


def target_name(state: State, target: str) -> str:
    """What the object of a failure is called; one that is gone by its id."""
    for table in (state.adapters, state.networks, state.disks, state.machines):
        if target in table:
            return name_of(table, target)
    return target


def sentence(state: State, fault: Fault) -> str:
    """The failure with its object: "node1: power lost"."""
    return f"{target_name(state, fault.target)}: {happened(fault)}"
