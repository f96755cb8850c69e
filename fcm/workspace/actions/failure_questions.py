"""What is asked before something is made to fail: what will happen, to which machines, and after how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, NetworkRole, NodeState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.assumed import figure, heartbeat_delay, heartbeat_threshold
from fcm.model.rules.failing.failure_words import target_name
from fcm.model.rules.failing.faults import carries, has_link
from fcm.model.rules.quorum import votes
from fcm.model.rules.verdict import some
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fcm.model.commands import Command
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

_NAMES = 4
"""Machines that a question names; of more their number."""


def failure_question(state: State, command: Command) -> str:
    """What is asked before a failure is simulated; "" for other commands."""
    if not isinstance(command, cmd.InjectFault):
        return ""
    name = target_name(state, command.target)
    match command.kind:
        case FaultKind.POWER_OFF | FaultKind.HANG | FaultKind.BUGCHECK | FaultKind.SERVICE_CRASH | FaultKind.ISOLATE:
            return _of_nodes(state, command)
        case FaultKind.UNPLUG_CABLE:
            return _unplug(state, command.target)
        case FaultKind.SWITCH_DOWN:
            return _switch(state, command.target)
        case FaultKind.LOSE_SHARE:
            return (
                f"Make the file share witness {name} unreachable? No virtual machine stops, but the witness no longer "
                "votes."
            )
        case FaultKind.LOSE_PATH | FaultKind.LOSE_LUN | FaultKind.LOSE_RESERVATION:
            return _of_disk(state, command)
        case FaultKind.GUEST_HANG | FaultKind.GUEST_BUGCHECK | FaultKind.GUEST_SHUTDOWN:
            return _of_guest(state, command)


def shutdown_question(state: State, node: str, restart: bool) -> str:
    """What is asked before a node is shut down or restarted."""
    assert state.cluster is not None
    version = state.cluster.version
    how = "will be live migrated to other nodes"
    if not version.at_least(ClusterVersion.V2012_R2):
        quick = version.at_least(ClusterVersion.V2012)
        how = "will be saved and restored on other nodes" if quick else "will go to other nodes by their offline action"
    running = [one for one in state.machines_on(node) if one.state.holds_memory]
    first = f"{'Restart' if restart else 'Shut down'} {node}? "
    first += f"First {_machines(running)} {how}." if running else "No virtual machine is running on it."
    return f"{first}{_quorum(state, {node})}"


def resource_question(state: State, identity: str) -> str:
    """What is asked before a resource fails."""
    resource = state.resources[identity]
    text = f"Simulate the failure of {resource.name}?"
    if resource.machine is not None:
        text += " Its virtual machine stops as if it had crashed."
    else:
        group = state.groups[resource.group]
        needing = [one for one in state.group_resources(group.id) if resource.id in one.depends_on]
        if needing:
            text += f" What depends on it is taken down: {some([one.name for one in needing], _NAMES)}."
    return f"{text} The cluster then follows the policies of the resource."


def detection(state: State) -> str:
    """How long it takes until a node that no longer answers is out of the membership, in words."""
    assert state.cluster is not None
    clustered = sum(1 for group in state.groups.values() if not group.is_core)
    missed = heartbeat_threshold(state.cluster, clustered)
    seconds = missed * heartbeat_delay(state.cluster) + figure(state.cluster, "regroup")
    return f"about {seconds:.0f} s ({missed} missed heartbeats)"


def _machines(machines: Sequence[VirtualMachine]) -> str:
    names = some([machine.name for machine in machines], _NAMES)
    return f"{counted(len(machines), 'virtual machine')} ({names})"


def _holding(state: State, nodes: Iterable[str]) -> list[VirtualMachine]:
    return [machine for node in nodes for machine in state.machines_on(node) if machine.state.holds_memory]


def _quorum(state: State, lost: set[str]) -> str:
    """What is left of the quorum without some nodes, if that is too little."""
    assert state.cluster is not None
    after = {name: replace(node, state=NodeState.DOWN) if name in lost else node for name, node in state.nodes.items()}
    count = votes(state.cluster, after, state.disks)
    if count.has_quorum or not votes(state.cluster, state.nodes, state.disks).has_quorum:
        return ""
    return (
        f" Only {count.present} of {count.needed} needed votes are then left: the cluster loses quorum and stops, with "
        "all its virtual machines."
    )


def _of_nodes(state: State, command: cmd.InjectFault) -> str:
    assert state.cluster is not None
    node = command.target
    running = _holding(state, (node, *command.together))
    what = _machines(running) if running else "No virtual machine"
    quorum = _quorum(state, {node, *command.together})
    after = f"The cluster notices it after {detection(state)}"
    match command.kind:
        case FaultKind.POWER_OFF:
            text = f"Cut the power of {node}? {what} will stop at once; what was in memory is lost. {after}"
        case FaultKind.BUGCHECK:
            text = (
                f"Simulate a stop error on {node}? {what} will stop at once. The computer writes a dump and restarts "
                f"by itself. {after}"
            )
        case FaultKind.HANG:
            text = (
                f"Simulate a hang of the operating system on {node}? {what} will stop responding until you repair "
                f"it; once others own their disks, nothing on {node} can write. {after}"
            )
        case FaultKind.SERVICE_CRASH:
            wait = figure(state.cluster, "service_restart")
            text = (
                f"Simulate a crash of the cluster service on {node}? {what} will be turned off. Windows starts the "
                f"service again after about {wait:.0f} s (assumed). The other nodes notice it within a second"
            )
        case _:
            return _isolation(state, command)
    if quorum:
        return f"{text}.{quorum}"
    return f"{text}{_elsewhere(running)}."


def _elsewhere(running: Sequence[VirtualMachine]) -> str:
    """What becomes of machines whose node is lost, as the end of a sentence."""
    loose = [machine.name for machine in running if not machine.is_highly_available]
    if not running or len(loose) == len(running):
        return ""
    text = " and starts them on other nodes, where their guests boot"
    return f"{text} (not {some(loose, _NAMES)}, which is not highly available)" if loose else text


def _isolation(state: State, command: cmd.InjectFault) -> str:
    side = (command.target, *command.together)
    others = [name for name in state.nodes if name not in side]
    text = (
        f"Isolate {some(side, _NAMES)} from {some(others, _NAMES)}? Their links stay up, but no heartbeat passes. Both "
        f"sides notice it after {detection(state)}."
    )
    here, there = (not _quorum(state, set(lost)) for lost in (others, side))
    if here and there:
        return f"{text} The side that gets the witness continues; the other side stops its cluster service."
    if not here and not there:
        return f"{text} Neither side has a majority: all nodes stop their cluster service."
    loses = side if there else others
    running = _holding(state, loses)
    text += f" The side of {some(loses, _NAMES)} has no majority and stops its cluster service"
    return (
        f"{text}: {_machines(running)} there will be turned off and start on the other side." if running else f"{text}."
    )


def _unplug(state: State, adapter: str) -> str:
    item = state.adapters[adapter]
    text = f"Unplug the cable of {item.name}?"
    left = [
        network
        for network in state.networks.values()
        if network.role is not NetworkRole.NONE and network.id != item.network and _linked(state, item.node, network.id)
    ]
    if state.networks[item.network].role is NetworkRole.NONE:
        return f"{text} This network carries no heartbeats: the node stays in the cluster."
    if left:
        names = some([network.name for network in left], _NAMES)
        return f"{text} {item.node} stays in the cluster: heartbeats continue over {names}."
    running = _holding(state, (item.node,))
    text += f" It is the last one for heartbeats: {item.node} stops its cluster service"
    return f"{text}, and {_machines(running)} will start on other nodes." if running else f"{text}."


def _linked(state: State, node: str, network: str) -> bool:
    adapter = state.adapter(node, network)
    return adapter is not None and has_link(state, adapter)


def _switch(state: State, network: str) -> str:
    item = state.networks[network]
    text = f"Turn the switch of {item.name} off? No node reaches another one over this network."
    nodes = list(state.nodes)
    others = [other.name for other in state.networks.values() if _joins(state, other.id, network, nodes)]
    if item.role is NetworkRole.NONE or others:
        return f"{text} The nodes still hear each other over {some(others, _NAMES)}." if others else text
    return f"{text} It is the last network for heartbeats: each node is isolated, and nodes without a majority stop."


def _joins(state: State, network: str, without: str, nodes: Sequence[str]) -> bool:
    item = state.networks[network]
    return (
        network != without
        and item.role is not NetworkRole.NONE
        and any(carries(state, network, one, other) for one in nodes for other in nodes if one < other)
    )


def _of_disk(state: State, command: cmd.InjectFault) -> str:
    assert state.cluster is not None
    disk = state.disks[command.target]
    with_files = [one for one in state.machines_with_files_on(disk.id) if one.state.holds_memory]
    is_volume = disk.id in state.shared_volumes
    match command.kind:
        case FaultKind.LOSE_LUN:
            text = f"Make the LUN of {disk.name} unreachable for all nodes?"
            if disk.id == state.cluster.witness:
                return f"{text} The witness fails and no longer votes."
            return f"{text} {_machines(with_files)} on it can no longer read or write." if with_files else text
        case FaultKind.LOSE_RESERVATION:
            return (
                f"Take the persistent reservation of {disk.name} from {disk.owner}? The owner must get it again; if "
                "another node is faster, the disk fails there."
            )
        case _:
            text = f"Remove the path of {command.node} to {disk.name}?"
            there = [one for one in with_files if one.node == command.node]
            if is_volume and state.shared_volumes[disk.id].owner != command.node:
                what = f" {_machines(there)} can continue, but" if there else ""
                return f"{text}{what} I/O of {command.node} then goes over the network, redirected, and is slower."
            if disk.owner == command.node:
                return f"{text} It owns the disk: the disk fails there and goes to a node that still has a path."
            return f"{text} It does not own the disk: nothing stops."


def _of_guest(state: State, command: cmd.InjectFault) -> str:
    machine = state.machines[command.target]
    resource = state.machine_resource(machine.id)
    match command.kind:
        case FaultKind.GUEST_SHUTDOWN:
            text = f"Shut down the guest of {machine.name} from inside? Its users are disconnected."
            return f"{text} Its resource goes offline, which is not a failure: the cluster does not start it again."
        case FaultKind.GUEST_BUGCHECK:
            return f"Simulate a stop error in the guest of {machine.name}? It restarts by itself and boots."
        case _:
            text = f"Simulate a hang of the guest of {machine.name}?"
            if resource is None or not resource.heartbeat:
                return f"{text} No heartbeat is monitored, so the cluster does not notice it."
            return (
                f"{text} The cluster misses its heartbeat within about {resource.policy.is_alive} s, turns the machine "
                "off and follows the policies of its resource."
            )
