"""What may be set for the whole cluster: shared volumes, quorum, networks and defaults of live migration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import (
    DiskUse,
    NetworkRole,
    QuorumMode,
)
from fcm.model.rules import machines as machine_rules
from fcm.model.rules.failing.faults import reaches_share
from fcm.model.rules.maintenance import not_in_maintenance
from fcm.model.rules.moving.bandwidth import limit_holds
from fcm.model.rules.quorum import members_of, reweighted, votes, witness_online
from fcm.model.rules.verdict import OK, Verdict, no, some, together
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.entities import Disk
    from fcm.model.state import State


def validate(command: cmd.ValidateCluster, state: State) -> Verdict:
    """Validation is possible in every state."""
    return OK


def enable_shared_volumes(command: cmd.EnableSharedVolumes, state: State) -> Verdict:
    """Once; the notice must have been accepted, and all nodes have the same system drive."""
    assert state.cluster is not None
    if state.cluster.shared_volumes_enabled:
        return no("Cluster Shared Volumes are already enabled.", "Use Add storage in Cluster Shared Volumes.")
    return together(_against_shared_volumes(command, state))


def _against_shared_volumes(command: cmd.EnableSharedVolumes, state: State) -> Iterator[Verdict]:
    if not command.notice_accepted:
        yield no("The notice on Cluster Shared Volumes was not accepted.", 'Select "I have read the above notice."')
    drives = {node.system_drive for node in state.nodes.values()}
    if len(drives) > 1:
        found = ", ".join(sorted(drives))
        yield no(f"The nodes have different system drives ({found}).", "Use the same system drive letter on all nodes.")


def may_enable_shared_volumes(state: State) -> Verdict:
    """Whether the action Enable Cluster Shared Volumes applies, before its notice is shown."""
    if state.cluster is None:
        return no("No cluster is open.", "Open one with Manage a Cluster.")
    return enable_shared_volumes(cmd.EnableSharedVolumes(notice_accepted=True), state)


def set_quorum(command: cmd.SetQuorum, state: State) -> Verdict:
    """The witness fits the mode, and the votes that are present now would be a majority."""
    assert state.cluster is not None
    verdict = _witness(command, state)
    if not verdict:
        return verdict
    wanted = replace(state.cluster, quorum_mode=command.mode, witness=command.witness, witness_online=True)
    wanted, nodes = reweighted(wanted, state.nodes, members_of(state), witness_online(wanted, state.disks))
    count = votes(wanted, nodes, state.disks)
    if not count.has_quorum:
        return no(
            f"Only {count.present} of {count.needed} needed votes would be present: the cluster would lose quorum.",
            "Start more nodes first.",
        )
    return OK


def _witness(command: cmd.SetQuorum, state: State) -> Verdict:
    match command.mode:
        case QuorumMode.NODE_MAJORITY:
            return OK
        case QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            if not (command.witness or "").startswith("\\\\"):
                return no("A file share witness needs a UNC path.", "Enter a path such as \\\\server\\witness.")
            if not any(reaches_share(state, name) for name in members_of(state)):
                return no(f"No node reaches {command.witness}.", "Repair the network or the file server first.")
            return OK
        case QuorumMode.NODE_AND_DISK_MAJORITY | QuorumMode.DISK_ONLY:
            if command.witness is None or command.witness not in state.disks:
                return no("No disk witness was chosen.", "Choose a disk in Available Storage.")
            return together(_against_witness(state.disks[command.witness], state))


def _against_witness(disk: Disk, state: State) -> Iterator[Verdict]:
    if disk.use not in (DiskUse.AVAILABLE, DiskUse.WITNESS):
        yield no(f"{disk.name} is in use: {disk.use}.", "Choose a disk in Available Storage.")
    users = [machine.name for machine in state.machines_with_files_on(disk.id)]
    if users:
        yield no(f"{disk.name} holds files of {some(users, 3)}.", "Choose another disk.")
    yield not_in_maintenance(state, disk.id)


def set_migration_networks(command: cmd.SetMigrationNetworks, state: State) -> Verdict:
    """Known networks, each once, and one is left for live migration."""
    return _networks(command.order, command.excluded, state)


def set_machine_networks(command: cmd.SetMachineNetworks, state: State) -> Verdict:
    """The same for one machine alone; None goes back to the order of the cluster."""
    machine = state.machines.get(command.machine)
    if machine is None:
        return no(f"There is no virtual machine {quoted(command.machine)}.", "Refresh the view (F5) and try again.")
    if command.networks is None:
        return OK
    return _networks(command.networks.order, command.networks.excluded, state)


def _networks(order: tuple[str, ...], excluded: tuple[str, ...], state: State) -> Verdict:
    return together(_against_networks(order, excluded, state))


def _against_networks(order: tuple[str, ...], excluded: tuple[str, ...], state: State) -> Iterator[Verdict]:
    named = (*order, *excluded)
    for unknown in (identity for identity in named if identity not in state.networks):
        yield no(f"There is no cluster network {quoted(unknown)}.", "Refresh the view (F5) and try again.")
    if len(set(named)) != len(named):
        yield no("A network is listed twice.", "List each network once.")
    usable = {n.id for n in state.networks.values() if n.role is not NetworkRole.NONE}
    if not usable - set(excluded):
        yield no("No network would be left for live migration.", "Select at least one network.")


def set_concurrent(command: cmd.SetConcurrentMigrations, state: State) -> Verdict:
    """1 to 16 live migrations a node at once."""
    if 1 <= command.limit <= 16:
        return OK
    return no(
        f"A node cannot take part in {command.limit} live migrations at once.",
        "Enter 1 to 16. Windows Server 2008 R2 allows 1.",
    )


def set_migration_options(command: cmd.SetMigrationOptions, state: State) -> Verdict:
    """Options that every node can keep to."""
    possible = machine_rules.transfer_options(command.options)
    return together((possible, *(limit_holds(command.options, node) for node in state.nodes.values())))
