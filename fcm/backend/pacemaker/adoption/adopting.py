"""*Make highly available* and *Remove from the cluster*, carried out: checks, steps, and what is taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.adoption.adoption_steps import Adoption, adoption_steps, release_steps
from fcm.backend.pacemaker.mapping import ADOPTING, machine_of_group, resource_id, resource_of, uuid_of
from fcm.backend.pacemaker.moves.forgetting import running_copies
from fcm.backend.pacemaker.steps import Runner
from fcm.mistakes import SentenceError
from fcm.model import events as ev
from fcm.model.entities import MIB, MachineState
from fcm.model.rules.verdict import OK, Verdict, no, together

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.remote.shells import NodeShell
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.backend.pacemaker.steps import StepReport
    from fcm.model import commands as cmd
    from fcm.model.entities import VirtualMachine

ADOPTABLE = (MachineState.RUNNING, MachineState.PAUSED, MachineState.OFF)


def make_highly_available(context: Context, command: cmd.MakeHighlyAvailable) -> Verdict:
    """Adopt machines, one after the other; blocks. What fails is taken back, the others stay adopted."""
    return together(_adopt(context, context.state.machines[identity]) for identity in command.machines)


def remove_group(context: Context, command: cmd.RemoveGroup) -> Verdict:
    """Release a machine; it runs on. Blocks."""
    machine = context.state.machines.get(machine_of_group(command.group))
    status = _status(context)
    resource = None if machine is None else resource_of(status, machine.id)
    if machine is None or resource is None:
        return no("Pacemaker does not manage this machine.", "Refresh the view (F5).")
    if resource.blocked or resource.failed:
        return no(f"{machine.name} is blocked after a failure.", "Use Clear and keep running first.")
    if len(resource.nodes) > 1 or resource.pending:
        return no(f"{machine.name} is being moved, started or stopped.", "Wait until that has finished.")
    release(context, resource, machine.node)
    return OK


def fencing_works(status: ClusterStatus) -> Verdict:
    """Whether lost nodes can be fenced; without it nothing may be highly available.

    A machine of a lost node would never start elsewhere, or run twice.
    """
    remedy = "Add [fencing] to the hosts file, then use: fcm hosts cluster create HOSTS.toml"
    if status.properties.get("stonith-enabled", "true") in ("false", "0", "no", "off"):
        return no("Fencing is turned off in this cluster (stonith-enabled is false).", remedy)
    devices = status.fencing_devices
    if not devices:
        return no("The cluster has no fencing device, so a lost node is never known to be off.", remedy)
    failed = [one.id for one in devices if one.failed or one.role != "Started"]
    if failed:
        return no(
            f"The fencing device {', '.join(failed)} does not work: its monitor failed, or it is not started.",
            "Repair it, then clear its failure: crm_resource --cleanup -r DEVICE",
        )
    return OK


def release(context: Context, resource: ResourceStatus, node: str) -> None:
    """Give a machine back to libvirt on its node; blocks.

    Raises:
        StepError: a step failed; what was done stands, and the same goes on from there.
    """
    machine = _adoption_of(context, resource, node)
    _runner(context, machine).carry_out(release_steps(machine)).require()


def go_on(context: Context, resource: ResourceStatus) -> str:
    """Bring an adoption or a release to its end that an earlier session of fcm began; blocks.

    Returns:
        What was done, as a sentence.

    Raises:
        SentenceError: it was taken back, or still stands half; the message says why.
    """
    known = context.state.machines.get(uuid_of(resource))
    # Pacemaker may not have looked for it yet, so libvirt is asked where it runs.
    copies = running_copies(context, uuid_of(resource))
    if len(copies) > 1:
        raise SentenceError(f"{resource.id} is running on {' and '.join(copies)} at the same time.")
    node = copies[0] if copies else known.node if known is not None else context.file.hosts[0].name
    if ADOPTING not in resource.meta:
        release(context, resource, node)
        return (
            f"The removal of {resource.id} from the cluster, which an earlier session of fcm had begun, was completed."
        )
    _carry_in(context, replace(_adoption_of(context, resource, node), running=bool(copies)))
    return f"{resource.id} is highly available: what an earlier session of fcm had begun was completed."


def _adopt(context: Context, machine: VirtualMachine) -> Verdict:
    status = _status(context)
    if not (verdict := fencing_works(status)):
        return verdict
    if not (verdict := _suits(context, machine)):
        return verdict
    resource = resource_of(status, machine.id)
    if resource is not None and ADOPTING not in resource.meta:
        return OK
    if resource is None:
        taken = {one.id for one in status.resources}
        adoption = _adoption(context, machine, resource_id(machine.name, machine.id, taken))
    else:
        adoption = _adoption_of(context, resource, machine.node)
    try:
        _carry_in(context, adoption)
    except SentenceError as error:
        return no(str(error))
    return OK


def _suits(context: Context, machine: VirtualMachine) -> Verdict:
    if machine.state not in ADOPTABLE:
        return no(f"{machine.name} is {machine.state.lower()}.", "Start it, or turn it off.")
    if machine.disk is None:
        return no(
            f"The disks of {machine.name} are only on {machine.node}, so no other node can start it.",
            "Move them to the shared storage of the hosts file.",
        )
    if not all(host.storage for host in context.file.hosts):
        return no(
            "The definition of the machine must be on shared storage, and not every node of the hosts file has one.",
            "Add storage to each [[node]].",
        )
    if context.state.active_migration(machine.id) is not None:
        return no(f"{machine.name} is being moved.", "Wait until that has finished.")
    return OK


def _adoption(context: Context, machine: VirtualMachine, resource: str) -> Adoption:
    hosts = context.file.hosts
    storage = next(host.storage for host in hosts if host.storage)
    return Adoption(
        resource,
        machine.id,
        machine.name,
        machine.node,
        machine.state is not MachineState.OFF,
        storage,
        machine.memory // MIB,
        {host.name: host.peer_uri for host in hosts},
        # The lab's folder is one file system, which libvirt cannot know.
        "--unsafe" if context.file.same_file_system else "",
    )


def _adoption_of(context: Context, resource: ResourceStatus, node: str) -> Adoption:
    """From what the cluster has of a machine."""
    config = resource.parameters.get("config", "")
    return Adoption(
        resource.id,
        uuid_of(resource),
        resource.parameters.get("name", resource.id),
        node,
        bool(resource.nodes),
        config.rpartition("/")[0].rpartition("/")[0],
        int(resource.utilization.get("memory", "0")),
        {host.name: host.peer_uri for host in context.file.hosts},
        resource.parameters.get("migrate_options", ""),
    )


def _carry_in(context: Context, adoption: Adoption) -> None:
    """Raises StepError: a step failed; all was taken back, or the message says what stands."""
    steps = adoption_steps(adoption)
    runner = _runner(context, adoption)
    outcome = runner.carry_out(steps)
    if outcome.ok:
        return
    undone = _runner(context, adoption).undo(steps[: len(outcome.reports)])
    for report in undone.failed:
        context.tell(ev.BackendReported("warning", f"Only partly undone: {report.sentence()}"))
    outcome.require()


def _runner(context: Context, adoption: Adoption) -> Runner:
    def shell_of(node: str | None) -> NodeShell:
        return context.shell() if node is None else context.shell_of(node)

    def told(_number: int, report: StepReport) -> None:
        if report.state.value == "done":
            where = f" on {report.step.node}" if report.step.node else ""
            text = f"{adoption.name}: {report.step.title}{where}. {report.step.text}"
            context.tell(ev.BackendReported("information", text))

    return Runner(shell_of, told)


def _status(context: Context) -> ClusterStatus:
    """Raises NobodyError: nobody answers for the cluster."""
    status = context.status
    if status is None:
        raise NobodyError("No node of the cluster responds. Wait until one does.")
    if not status.have_quorum:
        raise NobodyError("The cluster has no quorum, so its configuration cannot be changed.")
    return status


class NobodyError(SentenceError):
    """Nobody can answer for the cluster."""
