"""Properties of the resource of a machine: possible owners, what follows a failure, how it is taken offline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.impact import at_rest, change, status_of
from fcm.backend.pacemaker.mapping import NEVER, machine_of_resource, possible_owners, resource_of
from fcm.backend.pacemaker.remote import lines
from fcm.model.entities import OfflineAction
from fcm.model.rules.verdict import Verdict, no, together

if TYPE_CHECKING:
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.model import commands as cmd
    from fcm.model.entities import Resource, RestartPolicy

_NO_DEPENDENCIES = no("Pacemaker manages each virtual machine as one resource, without dependencies.")
_NO_HEARTBEAT = no(
    "Pacemaker does not monitor the heartbeat of the guest, only the machine.", "Use a watchdog inside the guest."
)
_ONE_NAME = no("The name of a resource cannot be changed while it is managed.", "Rename its service or application.")
_NO_SAVE = no("Pacemaker does not save machines.", "Choose Shut down or Turn off.")
_OTHER_POLICY = no(
    "Pacemaker always restarts a failed resource, and moves it after the number of restarts set here. "
    "It has one health check and does not try again later.",
    "Set the number of restarts, their period, the pending timeout and the basic health check only.",
)


def configure_resource(context: Context, command: cmd.ConfigureResource) -> Verdict:
    """Carry out what has changed of a resource; blocks."""
    known = context.state.resources[command.resource]
    status = status_of(context)
    resource = resource_of(status, known.machine or machine_of_resource(command.resource))
    if resource is None:
        return no(f"Pacemaker does not manage {known.name}.", "Refresh the view (F5).")
    refused = unsupported(command, known)
    if not refused:
        return refused
    verdict = at_rest(context, status, resource, known.name)
    if not verdict:
        return verdict
    return change(context, resource_lines(command, status, resource), f"the new properties of {known.name}")


def unsupported(command: cmd.ConfigureResource, known: Resource) -> Verdict:
    """What of the command differs from today and has no counterpart."""
    asked = (
        (command.name not in (None, known.name), _ONE_NAME),
        (command.depends_on not in (None, known.depends_on), _NO_DEPENDENCIES),
        (command.alternatives not in (None, known.alternatives), _NO_DEPENDENCIES),
        (command.heartbeat not in (None, known.heartbeat), _NO_HEARTBEAT),
        (
            command.offline_action is OfflineAction.SAVE and known.offline_action is not OfflineAction.SAVE,
            _NO_SAVE,
        ),
        (command.policy is not None and not _has_counterpart(command.policy, known.policy), _OTHER_POLICY),
    )
    return together(verdict for refused, verdict in asked if refused)


def _has_counterpart(policy: RestartPolicy, known: RestartPolicy) -> bool:
    possible = replace(
        known,
        period=policy.period,
        maximum_restarts=policy.maximum_restarts,
        pending_timeout=policy.pending_timeout,
        looks_alive=policy.looks_alive,
    )
    return policy == possible


def resource_lines(command: cmd.ConfigureResource, status: ClusterStatus, resource: ResourceStatus) -> list[str]:
    """The command lines for what has a counterpart."""
    found: list[str] = []
    if command.possible_owners is not None:
        found += _owner_lines(command.possible_owners, status, resource)
    if command.policy is not None:
        found += _policy_lines(command.policy, resource)
    match command.offline_action:
        case OfflineAction.TURN_OFF:
            found.append(lines.set_parameter(resource.id, "force_stop", "true"))
        case OfflineAction.SHUT_DOWN | OfflineAction.SHUT_DOWN_FORCED:
            found.append(lines.delete_parameter(resource.id, "force_stop"))
    return found


def _owner_lines(owners: tuple[str, ...], status: ClusterStatus, resource: ResourceStatus) -> list[str]:
    allowed = possible_owners(status, resource.id)
    names = [node.name for node in status.nodes]
    found = [
        lines.delete(lines.element("rsc_location", {"id": one.id}))
        for one in status.locations
        if one.resource == resource.id and one.score == "-INFINITY" and one.node in owners
    ]
    return found + [
        lines.modify("constraints", lines.location(f"{NEVER}{resource.id}-{name}", resource.id, name, "-INFINITY"))
        for name in names
        if name in allowed and name not in owners
    ]


def _policy_lines(policy: RestartPolicy, resource: ResourceStatus) -> list[str]:
    """Failures on a node before a machine leaves it are its restarts and one more.

    Timeouts and intervals of operations restart nothing (measured).
    """
    operations = lines.element(
        "operations",
        {},
        lines.element(
            "op",
            {"id": f"{resource.id}-monitor", "name": "monitor", "interval": f"{policy.looks_alive}s", "timeout": "30s"},
        ),
        lines.element(
            "op",
            {
                "id": f"{resource.id}-start",
                "name": "start",
                "interval": "0",
                "timeout": f"{policy.pending_timeout}s",
            },
        ),
    )
    return [
        lines.set_meta(resource.id, "migration-threshold", str(policy.maximum_restarts + 1)),
        lines.set_meta(resource.id, "failure-timeout", f"{policy.period}s"),
        lines.modify("resources", lines.element("primitive", {"id": resource.id}, operations)),
    ]
