"""Validation tests of the category Cluster Configuration (new in Windows Server 2008 R2; existing clusters only)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NodeState, QuorumMode, ResourceState, ResourceType, StartAction, VolumeAccess
from fcm.model.rules.networks import migration_order
from fcm.model.rules.quorum import description, has_dynamic_witness, votes
from fcm.model.validation.finding import Finding, NamedTests, fail, info, listed, passed, warn, words
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Resource
    from fcm.model.state import State


def _core_groups(state: State) -> Iterator[Finding]:
    lines = (f"{g.name}: owner {g.owner}, {g.state.lower()}" for g in state.groups.values() if g.is_core)
    return listed(lines, "There are no core groups.")


def _networks(state: State) -> Iterator[Finding]:
    lines = (
        f"{n.name}: {n.subnet}, use {n.role.name.replace('_', ' ').lower()}, metric {n.metric}, {n.state.lower()}"
        for n in state.networks.values()
    )
    return listed(lines, "There are no cluster networks.")


def _resources(state: State) -> Iterator[Finding]:
    lines = (f"{r.name} ({r.type}): {r.state.lower()}" for r in state.resources.values())
    return listed(lines, "There are no resources.")


def _volumes(state: State) -> Iterator[Finding]:
    lines = (f"{v.name}: {v.path()}, owner {v.owner}, {v.access.lower()}" for v in state.shared_volumes.values())
    return listed(lines, "There are no Cluster Shared Volumes.")


def _services(state: State) -> Iterator[Finding]:
    lines = (f"{g.name}: owner {g.owner}, {g.state.lower()}" for g in state.groups.values() if not g.is_core)
    return listed(lines, "There are no services or applications.")


def _quorum(state: State) -> Iterator[Finding]:
    cluster = state.cluster
    if cluster is None:
        yield fail("There is no cluster.", "Create a cluster first.")
        return
    count = votes(cluster, state.nodes, state.disks)
    mode = description(cluster, state.disks)
    if not count.has_quorum:
        yield fail(f"{mode}: {count.present} of {count.needed} needed votes are present.", "Start more nodes.")
    even = len(state.nodes) % 2 == 0
    if even and cluster.quorum_mode is QuorumMode.NODE_MAJORITY:
        yield warn(
            f"{mode} with {len(state.nodes)} nodes: with an even number of nodes, the cluster can split into "
            "two halves that both lack a majority.",
            "Add a witness with Configure Cluster Quorum Settings.",
        )
    elif cluster.quorum_mode is QuorumMode.DISK_ONLY:
        yield warn(
            f"{mode}: the disk is a single point of failure.",
            "Choose another mode in Configure Cluster Quorum Settings.",
        )
    else:
        spare = count.present - count.needed
        yield Finding(
            "pass" if spare >= 1 else "warn",
            f"{mode}: {count.present} of {count.total} votes are present, {count.needed} are needed.",
            ""
            if spare >= 1
            else "The next failure would stop the cluster. Bring the missing nodes or the witness back online.",
        )
    dynamic = has_dynamic_witness(cluster)
    if dynamic and not even and cluster.quorum_mode is QuorumMode.NODE_MAJORITY:
        yield info(f"From Windows Server 2012 R2, a witness helps any number of nodes; {cluster.name} has none.")
    if not dynamic and not even and cluster.quorum_mode is QuorumMode.NODE_AND_DISK_MAJORITY:
        nodes = counted(len(state.nodes), "node")
        yield info(f"With {nodes}, an odd number, Node Majority would tolerate just as many failures.")


def _resource_status(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for resource in state.resources.values():
            if resource.state is ResourceState.FAILED:
                yield fail(f"{resource.name} has failed.", "Review its critical events, and then bring it online.")
            elif resource.state is ResourceState.OFFLINE and _should_run(state, resource):
                yield warn(f"{resource.name} is offline.", "Bring the resource online.")

    return passed(bad(), "No resource has failed.")


def _should_run(state: State, resource: Resource) -> bool:
    """Whether a resource that is offline should not be: a machine may be off, and what the user took offline."""
    group = state.groups.get(resource.group)
    stopped = group is not None and group.is_role and not (group.wanted and resource.wanted)
    return resource.type is not ResourceType.VIRTUAL_MACHINE and not stopped


def _node_status(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for node in state.nodes.values():
            if node.state in (NodeState.DOWN, NodeState.JOINING):
                yield warn(f"{node.name} is {node.state.lower()}.", "Start the cluster service of the node.")
            elif node.state is NodeState.PAUSED:
                yield warn(f"{node.name} is paused: nothing can move to it.", "Resume the node.")

    return passed(bad(), "All nodes are up.")


def _volume_access(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for volume in state.shared_volumes.values():
            if volume.access is VolumeAccess.MAINTENANCE:
                yield warn(
                    f"{volume.name} is in maintenance mode: no node can access it.", "Turn off maintenance mode."
                )
            elif volume.access is not VolumeAccess.DIRECT:
                text = f"{volume.name}: {volume.access}. All I/O goes through {volume.owner}."
                yield warn(text, "Turn off redirected access, or wait until the backup ends.")
            if state.disks[volume.disk].state is ResourceState.FAILED:
                yield fail(f"{volume.name} has failed.", "Repair the storage, and then bring the disk online.")
            for node in volume.paused:
                yield fail(f"I/O from {node} to {volume.name} is paused.", "Review the events 5120 of the node.")
            for node in volume.redirected:
                text = f"{node} has no path to {volume.name}. Its I/O goes through {volume.owner}."
                yield warn(text, "Repair the path of the node.")

    return passed(bad(), "All nodes have direct access to all Cluster Shared Volumes.")


def _machines(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        for machine in state.machines.values():
            if not machine.is_highly_available:
                continue
            if machine.start_action is not StartAction.NOTHING:
                yield warn(
                    f"{machine.name}: the automatic start action is {quoted(machine.start_action.value)}.",
                    "Set it to Nothing: the cluster decides where the machine starts.",
                )
            if machine.media is not None:
                yield warn(
                    f"{machine.name}: the ISO file {machine.media} is attached; it cannot be live-migrated.",
                    "Set the DVD drive of the machine to None.",
                )
            if machine.switch is not None:
                lacking = [n.name for n in state.nodes.values() if machine.switch not in n.switches]
                if lacking:
                    yield warn(
                        f"{machine.name} is connected to {quoted(machine.switch)}, "
                        f"which {words(lacking)} does not have.",
                        "Give the virtual networks the same name on all nodes.",
                    )

    return passed(bad(), "All highly available machines can run on every node.")


def _live_migration(state: State) -> Iterator[Finding]:
    if state.cluster is None:
        return
    order = [state.networks[identity] for identity in migration_order(state.cluster, state.networks)]
    if not order:
        yield fail("No network may be used for live migration.", "Select one on the Network for live migration tab.")
        return
    names = ", ".join(network.name for network in order)
    if order[0].gateway is not None:
        text = f"Live migration uses {names}, in this order. The first has a default gateway: it is not private."
        yield warn(text, "Move a private network up on the Network for live migration tab.")
    else:
        yield Finding("pass", f"Live migration uses {names}, in this order.")


TESTS: NamedTests = (
    ("List Cluster Core Groups", _core_groups),
    ("List Cluster Network Information", _networks),
    ("List Cluster Resources", _resources),
    ("List Cluster Volumes", _volumes),
    ("List Clustered Services and Applications", _services),
    ("Validate Quorum Configuration", _quorum),
    ("Validate Resource Status", _resource_status),
    ("Validate Node Status", _node_status),
    ("Validate Cluster Shared Volume Access", _volume_access),
    ("Validate Highly Available Virtual Machines", _machines),
    ("Validate Networks for Live Migration", _live_migration),
)
