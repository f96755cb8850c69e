"""The checks before a move: what Windows finds out by failing, found out before the click.

Each check has a level: pass, warn, fail or info. The causes and remedies follow KB 4558514 "Troubleshoot live
migration issues" and the guide's own troubleshooting section.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import AdapterState, MachineState, NetworkRole, NodeState, ResourceState, VolumeAccess
from fcm.model.migrations import MigrationKind
from fcm.model.quantities import apart, size
from fcm.model.rules.failing.access import path_works, redirected_load
from fcm.model.rules.failing.guests import monitored
from fcm.model.rules.maintenance import not_in_maintenance
from fcm.model.rules.networks import migration_order
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.model.validation.report import CheckResult
from fcm.text.words import quoted

if TYPE_CHECKING:
    from fcm.model.entities import Disk, VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.state import State

CATEGORY = "Pre-flight"


def _check(name: str, level: str, text: str, remedy: str = "") -> CheckResult:
    return CheckResult(name, CATEGORY, level, text, remedy)


def online_machine(machine: VirtualMachine) -> Verdict:
    """Whether a machine can be live-migrated as far as its own state goes."""
    if not machine.is_highly_available:
        return no(
            f"{machine.name} is not highly available.",
            "Cluster it with Configure a Service or Application > Virtual Machine.",
        )
    if machine.state is not MachineState.RUNNING:
        return no(f"{machine.name} is not online ({machine.state.lower()}).", "Start the virtual machine first.")
    return OK


def migration_checks(state: State, machine: VirtualMachine, destination: str) -> tuple[CheckResult, ...]:
    """All checks of a live migration, in the order in which Windows would stumble over them."""
    online = online_machine(machine)
    if not online:
        return (_check("Virtual machine", "fail", online.reason, online.remedy),)
    home = state.nodes.get(machine.node)
    if home is None or home.state is NodeState.DOWN:
        text = f"{machine.node}, the owner of {machine.name}, is down."
        return (_check("Virtual machine", "fail", text, "Start the cluster service of the node."),)
    reached = monitored(state, machine)
    if not reached:
        return (_check("Virtual machine", "fail", reached.reason, reached.remedy),)
    first = _check("Virtual machine", "pass", f"{machine.name} is highly available and online.")
    checks = (first, *destination_checks(state, machine, destination))
    if destination not in state.nodes or destination == machine.node:
        return checks
    return (
        *checks,
        _processor(state, machine, destination),
        _media(machine),
        _network(state, machine, destination),
        _concurrency(state, machine, destination),
    )


def destination_checks(state: State, machine: VirtualMachine, destination: str) -> tuple[CheckResult, ...]:
    """Checks that every kind of move shares."""
    node = state.nodes.get(destination)
    if node is None:
        return (_check("Destination", "fail", f"There is no node {destination}.", "Choose a node of this cluster."),)
    if destination == machine.node:
        text = f"{machine.name} is already on {destination}."
        return (_check("Destination", "fail", text, "Choose another node."),)
    if node.state is not NodeState.UP:
        remedy = "Resume the node." if node.state is NodeState.PAUSED else "Start the cluster service of the node."
        where = _check("Destination", "fail", f"{destination} is {node.state.lower()}.", remedy)
    else:
        where = _check("Destination", "pass", f"{destination} is up.")
    return (
        where,
        _owner(state, machine, destination),
        _memory(state, machine, destination),
        _switch(state, machine, destination),
        _storage(state, machine, destination),
    )


def _owner(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    name = "Possible owner"
    for resource in state.machine_resources(machine.id):
        if destination not in resource.possible_owners:
            return _check(
                name,
                "fail",
                f"{destination} is not a possible owner of {resource.name}.",
                "Select the node on the Advanced Policies tab of the resource.",
            )
    group = state.groups.get(machine.group or "")
    if group is not None and group.preferred_owners and destination not in group.preferred_owners:
        return _check(name, "info", f"{destination} is a possible owner, but not a preferred owner.")
    return _check(name, "pass", f"{destination} is a possible owner.")


def _memory(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    free = max(0, state.free_memory(destination))
    if not machine.state.holds_memory:
        return _check("Memory", "pass", "The machine is not running and needs no memory now.")
    if free < machine.memory:
        has, needs = apart(free, machine.memory)
        return _check(
            "Memory",
            "fail",
            f"{destination} has {has} of free memory; {machine.name} needs {needs}.",
            "Shut down or move other machines there, or give this machine less memory.",
        )
    return _check("Memory", "pass", f"{size(free)} free, {size(machine.memory)} needed.")


def _processor(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    source, target = state.nodes[machine.node].processor, state.nodes[destination].processor
    if source.vendor != target.vendor:
        return _check(
            "Processor",
            "fail",
            f"{destination} has a processor from {target.vendor}, {machine.node} has one from {source.vendor}.",
            "Live migration requires processors from one manufacturer. Use quick migration or move instead.",
        )
    missing = sorted(machine.features - target.features)
    if missing:
        shown = ", ".join(missing[:6]) + (" ..." if len(missing) > 6 else "")
        return _check(
            "Processor",
            "fail",
            f"{destination} ({target.model}) lacks processor features that {machine.name} uses: {shown}.",
            "Shut down the machine and select Migrate to a physical computer with a different processor version "
            "in its settings.",
        )
    if machine.processor_compatibility:
        return _check("Processor", "pass", "Processor compatibility is on.")
    return _check("Processor", "pass", f"{destination} has all features that the machine uses.")


def _switch(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    if machine.switch is None:
        return _check("Virtual network", "info", f"{machine.name} is not connected to a virtual network.")
    if machine.switch in state.nodes[destination].switches:
        return _check("Virtual network", "pass", f"{quoted(machine.switch)} exists on {destination}.")
    has = ", ".join(quoted(name) for name in state.nodes[destination].switches) or "none"
    return _check(
        "Virtual network",
        "fail",
        f"{destination} has no virtual network named {quoted(machine.switch)} (it has {has}).",
        "Give the virtual networks the same name on all nodes, then refresh the virtual machine configuration.",
    )


def _storage(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    if machine.disk is None:
        return _check(
            "Storage",
            "fail",
            f"The files of {machine.name} are on local storage ({machine.path}).",
            "Put them on a Cluster Shared Volume.",
        )
    disk = state.disks[machine.disk]
    if disk.state is not ResourceState.ONLINE:
        return _check("Storage", "fail", f"{disk.name} is {disk.state.lower()}.", "Bring the disk online.")
    if destination not in disk.visible_to:
        return _check("Storage", "fail", f"{destination} does not see {disk.name}.", "Present the LUN to the node.")
    free = together((not_in_maintenance(state, machine.disk), _usable(state, machine.node, destination, disk)))
    if not free:
        return _check("Storage", "fail", free.reason, free.remedy)
    volume = state.shared_volumes.get(machine.disk)
    if volume is not None and volume.access is VolumeAccess.DIRECT and not path_works(state, destination, disk.id):
        text = f"{destination} has no path to {volume.name}. I/O goes through {volume.owner} and is slower."
        return _check("Storage", "warn", text, "Repair the path of the node.")
    if volume is not None and volume.access is not VolumeAccess.DIRECT:
        text = f"{volume.name}: {volume.access}. I/O goes through {volume.owner} and is slower."
        return _check("Storage", "warn", text, "Turn off redirected access when it is no longer needed.")
    return _check("Storage", "pass", f"{destination} can access {volume.name if volume else disk.name}.")


def _usable(state: State, source: str, destination: str, disk: Disk) -> Verdict:
    """A disk of a group must be within reach of the destination; a shared volume is at least through its owner."""
    if state.nodes[destination].state is not NodeState.UP:
        return OK  # that is said already
    volume = state.shared_volumes.get(disk.id)
    if volume is None:
        return path_works(state, destination, disk.id)
    paused = [node for node in (source, destination) if node in volume.paused]
    if paused:
        return no(f"I/O from {paused[0]} to {volume.name} is paused.", "Wait until the volume is back.")
    return OK


def _media(machine: VirtualMachine) -> CheckResult:
    if machine.media is None:
        return _check("Attached media", "pass", "No ISO file is attached.")
    return _check(
        "Attached media",
        "fail",
        f"The ISO file {machine.media} is attached to {machine.name}; the destination might not be able to access it.",
        "Set the DVD drive of the machine to None.",
    )


def _network(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    assert state.cluster is not None
    order = migration_order(state.cluster, state.networks, machine)
    if not order:
        allowed = [n.name for n in state.networks.values() if n.role is not NetworkRole.NONE]
        remedy = "Select a network on the Network for live migration tab."
        if not allowed:
            remedy = "Allow cluster network communication on a network in its properties."
        return _check("Network", "fail", "No network may be used for live migration.", remedy)
    usable = [identity for identity in order if _reaches(state, machine.node, destination, identity)]
    if not usable:
        names = ", ".join(state.networks[identity].name for identity in order)
        return _check(
            "Network",
            "fail",
            f"None of the networks for live migration connects {machine.node} with {destination} now ({names}).",
            "Repair an adapter or its connection, or select another network.",
        )
    first = state.networks[order[0]]
    if usable[0] != order[0]:
        name = state.networks[usable[0]].name
        text = f"{first.name} does not connect the nodes now; {name} will be used."
        return _check("Network", "warn", text, f"Repair the adapters on {first.name}.")
    load = redirected_load(state)
    redirected = max(load.get((node, first.id), 0.0) for node in (machine.node, destination))
    if redirected:
        text = (
            f"{first.name} will be used; it also carries redirected I/O of Cluster Shared Volumes, about "
            f"{redirected / 1e6:.0f} MB/s each way (assumed)."
        )
        return _check(
            "Network", "warn", text, "Turn off redirected access, repair the paths, or select another network."
        )
    if first.gateway is not None:
        text = f"{first.name} will be used; it has a default gateway, so it is not a private network."
        return _check("Network", "warn", text, "Move a private network up on the Network for live migration tab.")
    return _check("Network", "pass", f"{first.name} will be used.")


def _reaches(state: State, source: str, destination: str, network: str) -> bool:
    ends = (state.adapter(source, network), state.adapter(destination, network))
    return all(end is not None and end.state is AdapterState.UP for end in ends)


def _concurrency(state: State, machine: VirtualMachine, destination: str) -> CheckResult:
    reason = waiting_reason(state, machine.node, destination)
    if reason:
        return _check("Concurrency", "warn", reason, "The request will wait in the queue.")
    return _check("Concurrency", "pass", f"Neither {machine.node} nor {destination} takes part in a live migration.")


def queue_reason(state: State, source: str, destination: str) -> str:
    """Why a live migration waits in the queue, in words that hold until it starts.

    Who is ahead changes with each migration that ends: to tell each waiting one of it would be as many events as the
    square of their number.
    """
    assert state.cluster is not None
    limit = state.cluster.concurrent_migrations
    return (
        f"Other live migrations of {source} or {destination} are ahead in the queue: a node takes part in "
        f"{'one' if limit == 1 else limit} at a time."
    )


def waiting_reason(state: State, source: str, destination: str, but: Migration | None = None) -> str:
    """Why a new live migration between these nodes would have to wait; "" if it would not.

    Windows Server 2008 R2: a node is source or destination of one live migration at a time (Hyper-V Live
    Migration FAQ).
    """
    assert state.cluster is not None
    running = [m for m in state.running_migrations() if m.kind is MigrationKind.LIVE and (not but or m.id != but.id)]
    for node in (source, destination):
        busy = [m for m in running if node in (m.source, m.destination)]
        if len(busy) >= state.cluster.concurrent_migrations:
            name = state.moved_name(busy[0])
            path = f"{busy[0].source} to {busy[0].destination}"
            return f"{node} is already taking part in a live migration ({name}, {path})."
    return ""
