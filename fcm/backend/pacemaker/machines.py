"""Machines online and offline by Pacemaker: ``target-role`` is what is wanted, the agent does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.pacemaker.impact import change, order, status_of
from fcm.backend.pacemaker.mapping import machine_of_group, machine_of_resource, resource_of
from fcm.backend.pacemaker.moves.forgetting import clear_blocked
from fcm.backend.pacemaker.remote import lines
from fcm.model.entities import MachineState
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.model import commands as cmd

TURN_OFF_LIMIT = 40.0
"""s in which a machine that is turned off must be off."""
SHOWN_LIMIT = 10.0
"""s that a command waits at most until libvirt has said what it did."""
LOOK_EVERY = 0.1
"""s between two looks at what libvirt says."""


def set_machine_state(context: Context, command: cmd.SetMachineState) -> Verdict:
    """Bring a machine online, take it offline in order or by force, pause or resume its guest; blocks."""
    machine = context.state.machines[command.machine]
    status = status_of(context)
    resource = resource_of(status, machine.id)
    if resource is None:
        return no(f"Pacemaker does not manage {machine.name}.", "Refresh the view (F5).")
    match command.state:
        case MachineState.SAVED:
            return no("Pacemaker does not support saved machines.", "Shut it down, or pause it.")
        case MachineState.PAUSED:
            return _by_libvirt(context, command)
        case MachineState.RUNNING if machine.state is MachineState.PAUSED and resource.nodes:
            return _by_libvirt(context, command)
        case MachineState.RUNNING:
            return bring_online(context, resource)
        case MachineState.OFF if command.forced:
            return _turn_off(context, resource, command)
        case MachineState.OFF:
            return _take_offline(context, resource)
    return no("Pacemaker has no equivalent of this state.")


def bring_resource_online(context: Context, command: cmd.BringOnline) -> Verdict:
    """*Bring this resource online*: the machine of the resource; blocks."""
    resource = resource_of(status_of(context), machine_of_resource(command.resource))
    if resource is None:
        return no("Pacemaker does not manage this resource.", "Refresh the view (F5).")
    return bring_online(context, resource)


def bring_online(context: Context, resource: ResourceStatus) -> Verdict:
    """Have a machine started where Pacemaker finds room; earlier failures are forgotten. Blocks."""
    if resource.blocked:
        return no(f"{resource.id} is blocked after a failure.", "Use Clear and keep running first.")
    start = [lines.delete_meta(resource.id, "target-role")]
    verdict = change(context, start, f"the start of {resource.id}")
    if verdict and not resource.nodes:
        order(context, [lines.refresh(resource.id)])  # its failures would keep it off
    return verdict


def clear_group(context: Context, command: cmd.ClearBlocked) -> Verdict:
    """*Clear and keep running*; blocks."""
    resource = resource_of(status_of(context), machine_of_group(command.group))
    if resource is None:
        return no("Pacemaker does not manage this machine.", "Refresh the view (F5).")
    clear_blocked(context, resource)
    return OK


def confirm_node_off(context: Context, command: cmd.ConfirmNodeOff) -> Verdict:
    """The user has made sure that a node is off; blocks. An attempt that runs is waited for by Pacemaker (measured)."""
    answer = context.shell().run(lines.line("stonith_admin", "--confirm", command.node), limit=ORDER_WAIT)
    if answer.code:
        said = (answer.errors.strip() or answer.output.strip()).splitlines()
        reason = said[-1].rstrip(".") if said else "it gave no reason"
        return no(f"Pacemaker did not confirm {command.node} as fenced: {reason}.")
    return OK


ORDER_WAIT = 60.0
"""s that a confirmation may take."""


def _by_libvirt(context: Context, command: cmd.SetMachineState) -> Verdict:
    """Pausing a guest neither starts nor stops its machine: the agent takes a paused one as running."""
    node = context.state.machines[command.machine].node
    try:
        return context.hosts.set_machine_state(command, node) or OK
    except load_libvirt().libvirtError as error:
        return error_sentence(error, node)


def _take_offline(context: Context, resource: ResourceStatus) -> Verdict:
    if resource.blocked:
        return no(f"{resource.id} is blocked after a failure.", "Use Clear and keep running first.")
    stop = [lines.set_meta(resource.id, "target-role", "Stopped")]
    return change(context, stop, f"the shutdown of {resource.id}", meant={resource.id})


def _turn_off(context: Context, resource: ResourceStatus, command: cmd.SetMachineState) -> Verdict:
    """The wish first, so that Pacemaker leaves it off; then libvirt ends it, and the agent's stop finds it ended.

    The parameter force_stop is of no use here: a stop gets the parameters of the start before it (seen).
    """
    if resource.blocked:
        return no(f"{resource.id} is blocked after a failure.", "Use Clear and keep running first.")
    if resource.meta.get("target-role", "").lower() != "stopped":
        wish = [lines.set_meta(resource.id, "target-role", "Stopped")]
        verdict = change(context, wish, f"turning {resource.id} off", meant={resource.id})
        if not verdict:
            return verdict

    def is_off(status: ClusterStatus) -> bool:
        found = status.resource(resource.id)
        return found is None or not found.nodes

    verdict = _by_libvirt(context, command)
    if context.wait_for(is_off, TURN_OFF_LIMIT):  # also where libvirt did not respond: the agent ends it then
        _until_shown(context, command.machine, MachineState.OFF)
        return OK
    if context.closing.is_set() or not verdict:
        return verdict
    return no(f"{resource.id} is still not off after {TURN_OFF_LIMIT:g} s.", "See pacemaker.log on its node.")


def _until_shown(context: Context, machine: str, state: MachineState) -> None:
    """Pacemaker may know it before libvirt of the node was asked again; whoever goes on sees what was done."""
    waited = 0.0
    while waited < SHOWN_LIMIT and not context.closing.wait(LOOK_EVERY):
        known = context.state.machines.get(machine)
        if known is None or known.state is state:
            return
        waited += LOOK_EVERY
