"""Simulated failures as objects of the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.rules.failing.failure_words import happened, target_name
from fcm.shell.values.times import local
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from fcm.model.failures import Fault
    from fcm.model.state import State


def fault_object(fault: Fault, state: State) -> ShellObject:
    """A simulated failure."""
    return ShellObject(
        "ClusterFault",
        {
            "Name": target_name(state, fault.target),
            "Fault": str(fault.kind),
            "Description": happened(fault),
            "Node": fault.node,
            "Together": list(fault.together),
            "Since": local(fault.since),
            "Id": fault.id,
        },
        fault.id,
    )
