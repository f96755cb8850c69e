"""What can be made to fail at each kind of object, and what of it can be repaired, as choices of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.failure_words import target_name
from fcm.model.rules.failing.failures import share_of
from fcm.model.rules.failing.faults import active, answers, faults_at
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.workspace.actions.choice import Choice
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.model.commands import Command
    from fcm.model.failures import Fault
    from fcm.model.state import State

LABELS = {
    FaultKind.POWER_OFF: "Power off (pull the plug)",
    FaultKind.HANG: "Hang (the operating system stops responding)",
    FaultKind.BUGCHECK: "Bugcheck (stop error, the computer restarts)",
    FaultKind.SERVICE_CRASH: "Crash of the cluster service",
    FaultKind.ISOLATE: "Isolate from all other nodes",
    FaultKind.UNPLUG_CABLE: "Unplug the cable",
    FaultKind.SWITCH_DOWN: "Switch down",
    FaultKind.LOSE_PATH: "Lose the path of",
    FaultKind.LOSE_LUN: "Lose the LUN (no node reaches it)",
    FaultKind.LOSE_RESERVATION: "Lose the persistent reservation",
    FaultKind.LOSE_SHARE: "Lose the file share witness",
    FaultKind.GUEST_HANG: "Guest hangs",
    FaultKind.GUEST_BUGCHECK: "Guest bugcheck",
    FaultKind.GUEST_SHUTDOWN: "Guest is shut down from inside",
}
ICONS = {
    FaultKind.POWER_OFF: "shut-down",
    FaultKind.HANG: "hang",
    FaultKind.BUGCHECK: "fail",
    FaultKind.SERVICE_CRASH: "stop-node",
    FaultKind.ISOLATE: "isolate",
    FaultKind.UNPLUG_CABLE: "adapter-down",
    FaultKind.SWITCH_DOWN: "network-down",
    FaultKind.LOSE_PATH: "path-lost",
    FaultKind.LOSE_LUN: "disk-failed",
    FaultKind.LOSE_RESERVATION: "disk-offline",
    FaultKind.LOSE_SHARE: "quorum",
    FaultKind.GUEST_HANG: "vm-paused",
    FaultKind.GUEST_BUGCHECK: "vm-failed",
    FaultKind.GUEST_SHUTDOWN: "vm-offline",
}
_REPAIRS = {
    FaultKind.POWER_OFF: "Turn on",
    FaultKind.HANG: "End the hang",
    FaultKind.BUGCHECK: "Restart now after the bugcheck",
    FaultKind.SERVICE_CRASH: "Start the cluster service again",
    FaultKind.ISOLATE: "Reconnect to the other nodes",
    FaultKind.UNPLUG_CABLE: "Plug in the cable",
    FaultKind.SWITCH_DOWN: "Turn the switch on",
    FaultKind.LOSE_PATH: "Restore the path of",
    FaultKind.LOSE_LUN: "Restore the LUN",
    FaultKind.LOSE_RESERVATION: "Restore the persistent reservation",
    FaultKind.LOSE_SHARE: "Restore the file share witness",
    FaultKind.GUEST_HANG: "End the hang of the guest",
    FaultKind.GUEST_BUGCHECK: "Restart the guest now",
    FaultKind.GUEST_SHUTDOWN: "End the failure of the guest",
}
_OF_PLACE = {
    Place.NODE: (
        FaultKind.POWER_OFF,
        FaultKind.HANG,
        FaultKind.BUGCHECK,
        FaultKind.SERVICE_CRASH,
        FaultKind.ISOLATE,
    ),
    Place.NETWORK: (FaultKind.SWITCH_DOWN,),
    Place.DISK: (FaultKind.LOSE_LUN, FaultKind.LOSE_PATH, FaultKind.LOSE_RESERVATION),
    Place.VOLUME: (FaultKind.LOSE_LUN, FaultKind.LOSE_PATH, FaultKind.LOSE_RESERVATION),
    Place.MACHINE: (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN),
    Place.CLUSTER: (FaultKind.LOSE_SHARE,),
}
"""What can happen at a place, in the order of the menus; adapters have an action of their own."""
MOST = 20
"""Repairs that the menu of the cluster offers; its page lists all failures."""
FAILING = frozenset(_OF_PLACE)
"""Places with something that can fail."""


def failure_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    """What can be made to fail at an object; the rules say which of it makes sense now."""
    found: list[Choice] = []
    for kind in _OF_PLACE[selection.place]:
        if kind is FaultKind.LOSE_PATH:
            found += (
                Choice(f"{LABELS[kind]} {node}", cmd.InjectFault(kind, selection.id, node), icon=ICONS[kind])
                for node in state.nodes
            )
        else:
            command = cmd.InjectFault(kind, _target(state, selection))
            found.append(Choice(LABELS[kind], command, icon=ICONS[kind]))
    return tuple(found)


def repair_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    """What of an object has failed by simulation, each with its repair; of the cluster the first of everything."""
    if not state.faults:
        return ()
    if selection.place is Place.CLUSTER:
        named = list(state.faults.values())[:MOST]
        return tuple(
            Choice(f"{target_name(state, fault.target)}: {repair_label(fault)}", cmd.RepairFault(fault.id))
            for fault in named
        )
    return tuple(Choice(repair_label(fault), cmd.RepairFault(fault.id)) for fault in faults_at(state, selection.id))


def repairable(state: State, selection: Selection) -> Verdict:
    """Objects that have failed by simulation."""
    return OK if repair_choices(state, selection) else no("No failure is simulated here.")


def repair_label(fault: Fault) -> str:
    """The repair of a failure as an entry of a menu."""
    label = _REPAIRS[fault.kind]
    return f"{label} {fault.node}" if fault.kind is FaultKind.LOSE_PATH else label


def unplug(state: State, selection: Selection) -> Command:
    """A network adapter loses its link."""
    return cmd.InjectFault(FaultKind.UNPLUG_CABLE, selection.id)


def plug_in(state: State, selection: Selection) -> Command:
    """A network adapter gets its link back."""
    fault = active(state, FaultKind.UNPLUG_CABLE, selection.id)
    return cmd.RepairFault(fault.id if fault else "")


def unplugged(state: State, selection: Selection) -> Verdict:
    """Adapters whose cable is unplugged by simulation."""
    if active(state, FaultKind.UNPLUG_CABLE, selection.id) is not None:
        return OK
    return no(f"The cable of {state.adapters[selection.id].name} is plugged in.")


def isolatable(state: State, selection: Selection) -> Verdict:
    """Nodes that respond, where another one does too."""
    able = [name for name in state.nodes if answers(state, name)]
    if selection.id and selection.id not in able:
        return no(f"{selection.id} does not respond.", "Turn it on, or repair its failure first.")
    if len(able) < 2:
        return no("Fewer than two nodes respond, so nothing can be separated.", "Turn on another node first.")
    return OK


def turn_on(state: State, selection: Selection) -> Command:
    """A node without power gets it back, whether it failed or was shut down."""
    fault = active(state, FaultKind.POWER_OFF, selection.id)
    return cmd.RepairFault(fault.id if fault else "")


def is_off(state: State, selection: Selection) -> Verdict:
    """Nodes without power."""
    if active(state, FaultKind.POWER_OFF, selection.id) is not None:
        return OK
    return no(f"{selection.id} is on.")


def _target(state: State, selection: Selection) -> str:
    if selection.place is Place.CLUSTER:
        return share_of(state)
    return selection.id
