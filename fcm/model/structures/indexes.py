"""By what the objects of a State are looked up, and what is summed over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState, ResourceState
from fcm.model.structures.tables import index, total

if TYPE_CHECKING:
    from fcm.model.entities import Adapter, Group, GroupType, Resource, VirtualMachine
    from fcm.model.migrations import Migration
    from fcm.model.structures.tables import Index, Total

MACHINES_BY_NAME: Index[VirtualMachine, str] = index(lambda machine: machine.name.casefold())
MACHINES_BY_NODE: Index[VirtualMachine, str] = index(lambda machine: machine.node)
MACHINES_BY_GROUP: Index[VirtualMachine, str | None] = index(lambda machine: machine.group)
MACHINES_BY_DISK: Index[VirtualMachine, str | None] = index(lambda machine: machine.disk)
MEMORY_IN_USE: Total[VirtualMachine, str] = total(
    lambda machine: machine.node, lambda machine: machine.memory if machine.state.holds_memory else 0
)
"""bytes that machines occupy, by node."""
MACHINES_AT_WORK: Total[VirtualMachine, tuple[str | None, str, str]] = total(
    lambda machine: (machine.disk, machine.node, machine.workload),
    lambda machine: int(machine.state is MachineState.RUNNING and not machine.ended),
)
"""Number of machines that run, by disk, node and workload."""
MACHINES_BY_CRITICAL: Index[VirtualMachine, bool] = index(lambda machine: machine.state is MachineState.PAUSED_CRITICAL)
"""True: Paused-Critical."""
RESOURCES_BY_GROUP: Index[Resource, str] = index(lambda resource: resource.group)
RESOURCES_BY_MACHINE: Index[Resource, str | None] = index(lambda resource: resource.machine)
MIGRATIONS_BY_MACHINE: Index[Migration, str] = index(lambda migration: migration.machine)
MIGRATIONS_BY_DRAIN: Index[Migration, str | None] = index(lambda migration: migration.drain)
MIGRATIONS_BY_END: Index[Migration, bool] = index(lambda migration: migration.phase.is_over)
"""True: over, False: waits or runs."""
MIGRATIONS_BY_RUN: Index[Migration, bool] = index(lambda migration: migration.phase.is_running)
"""True: between start and end."""
MIGRATIONS_BY_WAY_IN: Index[Migration, str | None] = index(
    lambda migration: migration.destination if migration.phase.is_running and not migration.handed_over else None
)
"""Running migrations by the node to which their machine has yet to come; None: the others."""
ADAPTERS_BY_PLACE: Index[Adapter, tuple[str, str]] = index(lambda adapter: (adapter.node, adapter.network))
"""By node and network."""
SERVICES_ONLINE: Total[Group, str] = total(
    lambda group: group.owner,
    lambda group: int(not group.is_core and group.state is not ResourceState.OFFLINE),
)
"""Services and applications that are not offline, by owner."""
SERVICES: Total[Group, bool] = total(lambda group: not group.is_core, lambda _: 1)
"""True: the number of services and applications."""
GROUPS_BY_TYPE: Index[Group, GroupType] = index(lambda group: group.type)
MACHINES_BY_AVAILABILITY: Total[VirtualMachine, bool] = total(lambda machine: machine.is_highly_available, lambda _: 1)
"""True: the number of machines that are highly available."""
GROUPS_BY_OWNER: Index[Group, str] = index(lambda group: group.owner)
