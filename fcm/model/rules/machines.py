"""What is allowed with virtual machines and their moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, NodeState, OfflineAction, ResourceState
from fcm.model.migrations import UNLIMITED, MigrationKind
from fcm.model.quantities import apart
from fcm.model.rules.failing.access import io_flows
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.failing.filling import room_to_save, short_of_room
from fcm.model.rules.failing.guests import monitored
from fcm.model.rules.maintenance import not_in_maintenance, within_reach
from fcm.model.rules.moving.bandwidth import MOST_CONNECTIONS, limit_holds, qemu_version
from fcm.model.rules.moving.preflight_checks import CATEGORY, destination_checks, migration_checks, online_machine
from fcm.model.rules.moving.transfer_options import impossible, impossible_goals, program_version, supported
from fcm.model.rules.names import file_name
from fcm.model.rules.snapshots import active_backup
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.model.telemetry import Phase
from fcm.model.validation.report import CheckResult
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.state import State

LONGEST_TIME = 30 * 86_400.0
"""s: the longest time limit of a live migration."""


def create_machine(command: cmd.CreateVirtualMachine, state: State) -> Verdict:
    """New Virtual Machine: everything that stands against it is told."""
    return together(_against_new(command, state))


def _against_new(command: cmd.CreateVirtualMachine, state: State) -> Iterator[Verdict]:
    yield file_name(command.name, "virtual machine")
    if state.machine_named(command.name) is not None:
        yield no(f"A virtual machine {command.name} already exists.", "Choose another name.")
    node = state.nodes[command.node]
    if node.state not in (NodeState.UP, NodeState.PAUSED):
        yield no(f"{node.name} is {node.state.lower()}.", "Choose a node that is up.")
    elif not answers(state, node.name):
        yield no(f"{node.name} does not respond.", "Choose a node that does.")
    yield _memory_size(command.memory)
    if not 1 <= command.processors <= 4:
        yield no(
            f"A virtual machine cannot have {command.processors} virtual processors.",
            "Hyper-V in Windows Server 2008 R2 supports 1 to 4.",
        )
    if command.disk is not None:
        disk = state.disks[command.disk]
        if disk.use is not DiskUse.SHARED_VOLUME:
            yield no(f"{disk.name} is not a Cluster Shared Volume.", "Add it to the Cluster Shared Volumes first.")
        yield within_reach(state, disk.id)
        if disk.state is not ResourceState.ONLINE:
            yield no(f"{disk.name} is {disk.state.lower()}.", "Bring the disk online first.")
        if disk.free < command.disk_size:
            free, wanted = apart(disk.free, command.disk_size)
            yield no(f"{disk.name} has {free} free; {wanted} is needed.", "Choose another volume or a smaller disk.")
    if command.switch is not None and command.switch not in node.switches:
        yield no(f"{node.name} has no virtual network {quoted(command.switch)}.", "Choose one that the node has.")
    if command.start and state.free_memory(node.name) < command.memory:
        yield _short_of_memory(state, node.name, command.memory)


def _memory_size(memory: int | None) -> Verdict:
    """Whether a machine can have so many bytes (None: as many as before)."""
    if memory is None or (8 * MIB <= memory <= 64 * GIB and memory % (2 * MIB) == 0):
        return OK
    return no("The memory must be from 8 MiB to 64 GiB, in steps of 2 MiB.", "Choose another size.")


def _short_of_memory(state: State, node: str, memory: int) -> Verdict:
    has, needed = apart(max(0, state.free_memory(node)), memory)
    return no(
        f"{node} has {has} of free memory; {needed} is needed.",
        "Shut down or move other machines there, or give this machine less memory.",
    )


def configure_machine(command: cmd.ConfigureVirtualMachine, state: State) -> Verdict:
    """Settings of a virtual machine."""
    return together(_against_settings(command, state))


def _against_settings(command: cmd.ConfigureVirtualMachine, state: State) -> Iterator[Verdict]:
    machine = state.machines[command.machine]
    if state.active_migration(machine.id) is not None:
        yield no(f"{machine.name} is being migrated.", "You can change its settings after the migration.")
    if machine.state is not MachineState.OFF:
        asked = {"memory": command.memory, "processor compatibility": command.processor_compatibility}
        for what in (name for name, value in asked.items() if value is not None):
            yield no(
                f"The {what} of a machine can be changed only while it is off.", f"Shut down {machine.name} first."
            )
    yield _memory_size(command.memory)
    if command.switch and command.switch not in state.nodes[machine.node].switches:
        yield no(f"{machine.node} has no virtual network {quoted(command.switch)}.", "Choose one that the node has.")
    yield io_flows(state, machine.node, machine.disk)


def delete_machine(command: cmd.DeleteVirtualMachine, state: State) -> Verdict:
    """Delete a machine that the cluster does not hold."""
    return together(_against_deletion(state.machines[command.machine], state))


def _against_deletion(machine: VirtualMachine, state: State) -> Iterator[Verdict]:
    if machine.is_highly_available:
        yield no(f"{machine.name} is clustered.", "Delete it from Services and applications first.")
    if machine.state is not MachineState.OFF:
        yield no(f"{machine.name} is {machine.state.lower()}.", "Turn it off first.")
    if active_backup(state, machine.id) is not None:
        yield no(f"{machine.name} is being backed up.", "Wait until the backup ends.")
    yield io_flows(state, machine.node, machine.disk)


_REACHABLE: dict[MachineState, tuple[MachineState, ...]] = {
    MachineState.RUNNING: (
        MachineState.OFF,
        MachineState.SAVED,
        MachineState.PAUSED,
        MachineState.PAUSED_CRITICAL,
    ),
    MachineState.OFF: (MachineState.RUNNING, MachineState.PAUSED, MachineState.SAVED, MachineState.PAUSED_CRITICAL),
    MachineState.SAVED: (MachineState.RUNNING, MachineState.PAUSED),
    MachineState.PAUSED: (MachineState.RUNNING,),
}


def set_machine_state(command: cmd.SetMachineState, state: State) -> Verdict:
    """Start, shut down, turn off, save, pause."""
    return together(_against_state(command, state))


def _against_state(command: cmd.SetMachineState, state: State) -> Iterator[Verdict]:
    machine = state.machines[command.machine]
    waits = command.state is MachineState.OFF and machine.queued_since is not None
    if machine.state not in _REACHABLE.get(command.state, ()) and not waits:
        yield no(f"{machine.name} is {machine.state.lower()}.")
        return  # what it would need is of no interest where it cannot get there
    if state.active_migration(machine.id) is not None:
        yield no(f"{machine.name} is being migrated.", "Wait until the migration ends, or cancel it.")
    if not answers(state, machine.node):
        yield no(f"{machine.node} does not respond.", "Wait until the cluster notices, or turn the node off and on.")
    yield monitored(state, machine)
    if command.state is MachineState.OFF and machine.state is MachineState.SAVED and not command.forced:
        yield no(f"{machine.name} is saved.", "Start it first, or turn it off and lose the saved state.")
    if command.state is MachineState.RUNNING and machine.state is MachineState.PAUSED_CRITICAL:
        yield io_flows(state, machine.node, machine.disk)
        yield short_of_room(state, machine)
    elif command.state is MachineState.RUNNING and machine.state is not MachineState.PAUSED:
        yield from _against_start(machine, state)
    if command.state is MachineState.SAVED:
        yield room_to_save(state, machine)
    yield within_reach(state, machine.disk)  # what runs from such a volume already cannot be


def _against_start(machine: VirtualMachine, state: State) -> Iterator[Verdict]:
    node = state.nodes[machine.node]
    if not node.state.is_member and machine.is_highly_available:
        yield no(f"{node.name} is {node.state.lower()}.", "Start the cluster service of the node.")
    elif node.state is NodeState.DOWN:
        yield no(f"{node.name} is down.", "Start the cluster service of the node.")
    if state.free_memory(node.name) < machine.memory:
        yield _short_of_memory(state, node.name, machine.memory)
    disk = None if machine.disk is None else state.disks[machine.disk]
    if disk is None:
        return
    if disk.state is not ResourceState.ONLINE:
        yield no(f"The disk of {machine.name} is {disk.state.lower()}.", "Bring the disk online first.")
    elif disk.use is DiskUse.SHARED_VOLUME:
        yield io_flows(state, machine.node, disk.id)
    yield short_of_room(state, machine)
    if disk.owner not in (machine.node, None) and disk.use is not DiskUse.SHARED_VOLUME:
        yield no(
            f"{disk.name} has the files of {machine.name} and is owned by {disk.owner}, not by {machine.node}.",
            "Make the machine highly available, so that the disk moves with it.",
        )


def make_highly_available(command: cmd.MakeHighlyAvailable, state: State) -> Verdict:
    """High Availability wizard."""
    if not command.machines:
        return no("No virtual machine was chosen.", "Select at least one virtual machine.")
    return together(_not_for_the_cluster(command, state))


def _not_for_the_cluster(command: cmd.MakeHighlyAvailable, state: State) -> Iterator[Verdict]:
    for identity in dict.fromkeys(command.machines):
        machine = state.machines[identity]
        if machine.is_highly_available:
            yield no(f"{machine.name} is already highly available.", "Choose machines that are not clustered.")
        elif not state.nodes[machine.node].state.is_member:
            text = f"{machine.node} with {machine.name} is {state.nodes[machine.node].state.lower()}."
            yield no(text, "Start the cluster service of the node.")
        elif machine.disk is None:
            yield no(
                f"The files of {machine.name} are on local storage of {machine.node} ({machine.path}).",
                "Put them on a Cluster Shared Volume under ClusterStorage first.",
            )
        elif state.disks[machine.disk].use not in (DiskUse.SHARED_VOLUME, DiskUse.AVAILABLE):
            disk = state.disks[machine.disk]
            yield no(
                f"The files of {machine.name} are on {disk.name}, which is in use: {disk.use}.",
                "Put them on a Cluster Shared Volume under ClusterStorage first.",
            )
        else:
            yield not_in_maintenance(state, machine.disk)
    if len(set(command.machines)) != len(command.machines):
        yield no("A machine is listed twice.", "List each machine once.")
        return
    on_own_disks = [m.disk for m in map(state.machines.__getitem__, command.machines) if m.disk is not None]
    on_own_disks = [disk for disk in on_own_disks if state.disks[disk].use is DiskUse.AVAILABLE]
    if len(set(on_own_disks)) != len(on_own_disks):
        yield no("Two of the machines share one cluster disk.", "Put them on a Cluster Shared Volume.")


def live_migrate(command: cmd.LiveMigrate, state: State) -> Verdict:
    """Each failing pre-flight check refuses; a busy node does not, the request waits."""
    machine = state.machines[command.machine]
    active = state.active_migration(machine.id)
    if active is not None:
        return no(
            f"{machine.name} is already being moved to {active.destination}.",
            "Wait until that migration ends, or cancel it.",
        )
    verdict = _passed(migration_checks(state, machine, command.destination))
    return together((verdict, _passed(option_checks(state, machine, command.options))))


def option_checks(state: State, machine: VirtualMachine, options: MigrationOptions | None) -> tuple[CheckResult, ...]:
    """What stands against these options of a live migration (None: those of the cluster) where the machine runs now."""
    chosen = state.migration_options(options)
    node = state.nodes[machine.node]
    libvirt = program_version(node.libvirt_version, "libvirt")
    has_them = supported(chosen, node.name, qemu_version(node.version), libvirt)
    verdict = transfer_options(chosen) and limit_holds(chosen, node) and has_them
    return () if verdict else (CheckResult("Options", CATEGORY, "fail", verdict.reason, verdict.remedy),)


def _passed(checks: Iterable[CheckResult]) -> Verdict:
    """Every check that fails refuses, not only the first."""
    return together(no(check.text, check.remedy) for check in checks if check.level == "fail")


def transfer_options(options: MigrationOptions) -> Verdict:
    """Options of QEMU's transfer: limits of qapi/migration.json, combinations of migration/options.c."""
    return together(_impossible_options(options))


def _impossible_options(options: MigrationOptions) -> Iterator[Verdict]:
    yield _downtime(options.downtime_limit)
    if options.bandwidth is not None and options.bandwidth <= 0:
        yield no("The bandwidth must be greater than 0.", "Leave it empty to use all that the network carries.")
    if options.time_limit is not None and not 1 <= options.time_limit <= LONGEST_TIME:
        yield no("The time limit must be from 1 s to 30 days.", "Leave it empty for no limit.")
    for percent in (options.auto_converge_initial, options.auto_converge_increment):
        if percent is not None and not 1 <= percent <= 99:
            yield no("Auto-converge can slow a guest by 1 to 99 %.", "QEMU's own defaults are 20 % and 10 %.")
    if not 1 <= options.parallel_connections <= MOST_CONNECTIONS:
        yield no(
            f"There can be 1 to {MOST_CONNECTIONS} parallel connections.", "Two to four are enough for most networks."
        )
    if options.parallel_connections > 1:
        for other, chosen in (("Post-copy", options.post_copy), ("XBZRLE", options.xbzrle)):
            if chosen:
                yield no(f"{other} and parallel connections cannot be used together.", "Choose one of the two.")
    yield from impossible(options)
    yield from impossible_goals(options, LONGEST_TIME)


def _downtime(limit: float | None) -> Verdict:
    """Whether a guest may be asked to stand still for so many s at most (None: as long as before)."""
    if limit is None or 0 < limit <= 2000:
        return OK
    return no("The downtime limit must be greater than 0 s and at most 2000 s.", "QEMU does not allow more.")


def offline_move(command: cmd.QuickMigrate | cmd.MoveMachine, state: State) -> Verdict:
    """Quick migration and Move."""
    machine = state.machines[command.machine]
    if not machine.is_highly_available:
        return online_machine(machine)
    if state.active_migration(machine.id) is not None:
        return no(f"{machine.name} is already being moved.", "Wait until that migration ends, or cancel it.")
    if isinstance(command, cmd.QuickMigrate) and machine.state is not MachineState.RUNNING:
        return online_machine(machine)
    checks = together((monitored(state, machine), _passed(destination_checks(state, machine, command.destination))))
    saves = isinstance(command, cmd.QuickMigrate) or _is_saved_to_move(state, machine)
    return together((checks, room_to_save(state, machine))) if saves else checks


def _is_saved_to_move(state: State, machine: VirtualMachine) -> bool:
    resource = state.machine_resource(machine.id)
    running = machine.state in (MachineState.RUNNING, MachineState.PAUSED)
    return running and (resource is None or resource.offline_action is OfflineAction.SAVE)


def cancel(command: cmd.CancelMigration, state: State) -> Verdict:
    """Only in Setup and Data Transfer (CLUSCTL_RESOURCE_VM_CANCEL_MIGRATION)."""
    migration = state.migrations[command.migration]
    if migration.phase.is_over:
        return no("That migration has ended.", "")
    if migration.kind is not MigrationKind.LIVE:
        return no(f"A {migration.kind.lower()} cannot be canceled.", "Wait until it ends.")
    if migration.phase in (Phase.WAITING, Phase.SETUP, Phase.BROWNOUT):
        return OK
    return no("The machine is being handed over; it is too late to cancel.", "It will be online in a moment.")


def cancellable(state: State, node: str | None) -> tuple[Migration, ...]:
    """Live migrations of a node (None: of all) that can be canceled now, oldest first."""
    found = (one for one in state.active_migrations() if node is None or node in (one.source, one.destination))
    return tuple(one for one in found if cancel(cmd.CancelMigration(one.id), state))


def cancel_all(command: cmd.CancelMigrations, state: State) -> Verdict:
    """At least one must be there that can still be canceled; those past their blackout go on."""
    if command.node is not None and command.node not in state.nodes:
        return no(f"There is no node {command.node}.", "Choose a node of this cluster.")
    if cancellable(state, command.node):
        return OK
    of = f" of {command.node}" if command.node else ""
    active = [one for one in state.active_migrations() if command.node in (None, one.source, one.destination)]
    if active:
        return no(f"The migrations{of} that are in progress can no longer be canceled.", "They will end in a moment.")
    return no(f"No live migration{of} is waiting or running.", "")


def tune(command: cmd.TuneMigration, state: State) -> Verdict:
    """Downtime limit, bandwidth and post-copy of a migration under way."""
    migration = state.migrations[command.migration]
    if migration.kind is not MigrationKind.LIVE or migration.phase.is_over:
        return no("Only a live migration in progress can be tuned.", "")
    return together((_downtime(command.downtime_limit), _tuned_bandwidth(command.bandwidth, migration, state)))


def _tuned_bandwidth(bandwidth: int | None, migration: Migration, state: State) -> Verdict:
    if bandwidth is None:
        return OK
    if bandwidth < UNLIMITED:
        return no("The bandwidth must be greater than 0.", "Enter a larger value, or remove the limit.")
    return limit_holds(migration.options.tuned(None, bandwidth, post_copy=False), state.nodes[migration.source])
