"""Live migrations that Pacemaker has begun by itself: standby, failback, a node that leaves, an order by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.orders import new_identity
from fcm.backend.pacemaker.mapping import uuid_of
from fcm.backend.pacemaker.moves.run import PacemakerRun
from fcm.model.migrations import Migration, MigrationKind
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.backend.libvirt.moves.runs import Run
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus


def make_run(context: Context, migration: Migration) -> Run:
    """See ``fcm.backend.libvirt.moves.runs.Engine``; under the lock of the hosts."""
    return PacemakerRun(context, migration)


def found(context: Context, status: ClusterStatus) -> list[Migration]:
    """The first live migration under way that is not known yet; the next status brings the next. Under the lock."""
    state = context.state
    for operation in status.operations:
        if operation.name != "migrate_to" or not operation.pending:
            continue
        resource = status.resource(operation.resource)
        machine = state.machines.get(uuid_of(resource)) if resource is not None and resource.is_machine else None
        ends = operation.migrate_source or operation.node, operation.migrate_target
        if machine is None or not set(ends) <= set(state.nodes) or state.active_migration(machine.id) is not None:
            continue
        begun = operation.changed or status.at
        return [
            Migration(
                id=new_identity(state),
                kind=MigrationKind.LIVE,
                machine=machine.id,
                source=ends[0],
                destination=ends[1],
                options=state.migration_options(None),
                phase=Phase.SETUP,
                requested=begun,
                started=begun,
                name=machine.name,
            )
        ]
    return []
