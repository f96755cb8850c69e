"""What is known of the guest of a virtual machine, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState, NodeState
from fcm.model.failures import GuestState
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

HEARTBEATS = {
    GuestState.BOOTING: "NoContact",
    GuestState.RUNNING: "OkApplicationsUnknown",
    GuestState.HUNG: "LostCommunication",
}
"""The property Heartbeat of Get-VM."""


def is_unmonitored(state: State, machine: VirtualMachine) -> bool:
    """Whether the cluster leaves a machine on a node that it does not hear (2016 and later)."""
    node = state.nodes.get(machine.node)
    isolated = node is not None and node.state is NodeState.ISOLATED
    return isolated and machine.is_highly_available and machine.state.holds_memory


def monitored(state: State, machine: VirtualMachine) -> Verdict:
    """Whether the cluster reaches a machine: those on an isolated node it does not."""
    if is_unmonitored(state, machine):
        return no(
            f"{machine.node} is isolated: the cluster cannot reach {machine.name}.",
            "Wait until the node is back, or until its virtual machines start on other nodes.",
        )
    return OK


def guest_note(state: State, machine: VirtualMachine) -> str:
    """What a status adds in parentheses about a machine that is online: "" where there is nothing to add."""
    if machine.state is not MachineState.RUNNING:
        return ""
    if is_unmonitored(state, machine):
        return "unmonitored"
    return {GuestState.BOOTING: "booting", GuestState.HUNG: "guest not responding"}.get(machine.guest, "")


def guest_words(machine: VirtualMachine) -> str:
    """The guest of a machine as its page shows it; the end of its boot is said apart."""
    match machine.guest:
        case GuestState.BOOTING if machine.booted_at is None:
            return "Booting; its heartbeat has not been seen"
        case GuestState.BOOTING:
            return "Booting"
        case GuestState.HUNG:
            return "Not responding; its heartbeat is lost"
        case GuestState.RUNNING:
            return "Running"
        case _:
            return "Not running" if not machine.state.holds_memory else "Unknown"
