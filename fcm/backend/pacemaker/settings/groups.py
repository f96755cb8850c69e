"""Properties of a service or application: preferred owners, failback, anti-affinity classes, priority, name.

How each is said in Pacemaker was tried with crm_simulate: scores of preferred owners lie below the stickiness of 100,
so that they decide only where a machine starts; above it, they also bring it back. A window is a second set of meta
attributes of this machine alone with a rule (as a default for all machines it shuffled five of six).
"""

from __future__ import annotations

import shlex
from itertools import chain
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.impact import at_rest, change, status_of
from fcm.backend.pacemaker.mapping import (
    APART,
    APART_SCORE,
    CLASSES,
    FAILBACK,
    FIRST_OWNER,
    NAME,
    OWNER,
    RETURNING_OWNER,
    classes_of,
    failback_of,
    machine_of_group,
    preferred_owners,
    resource_of,
)
from fcm.backend.pacemaker.remote import lines
from fcm.model.entities import AUTOMATIC
from fcm.model.rules.verdict import Verdict, no, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus, ResourceStatus
    from fcm.model import commands as cmd
    from fcm.model.entities import Group

_NO_AUTO_START = no(
    "Pacemaker has no Auto Start: what is online is started with the cluster, and what was taken offline stays off.",
    "Take the machine offline instead.",
)
_NOT_PERSISTENT = no(
    "Pacemaker does not remember the node on which a machine ran when the whole cluster was stopped.",
    "Use preferred owners.",
)
_NO_FAILURE_LIMIT = no(
    "Pacemaker does not count failovers: a machine stays off only once it has failed on all nodes.",
    "Set the restarts on one node on the Policies tab of the resource.",
)


def configure_group(context: Context, command: cmd.ConfigureGroup) -> Verdict:
    """Carry out what has changed of a group; blocks."""
    group = context.state.groups[command.group]
    status = status_of(context)
    resource = resource_of(status, machine_of_group(command.group))
    if resource is None:
        return no(f"Pacemaker does not manage {group.name}.", "Refresh the view (F5).")
    refused = unsupported(command, group)
    if not refused:
        return refused
    placing = (command.preferred_owners, command.failback, command.failback_window, command.anti_affinity)
    if any(value is not None for value in (*placing, command.priority)):
        verdict = at_rest(context, status, resource, group.name)
        if not verdict:
            return verdict
    return change(context, group_lines(command, status, resource), f"the new properties of {group.name}")


def unsupported(command: cmd.ConfigureGroup, group: Group) -> Verdict:
    """What of the command differs from today and has no counterpart."""
    asked = (
        (command.auto_start is False or command.priority == 0, group.auto_start, _NO_AUTO_START),
        (bool(command.persistent), not group.persistent, _NOT_PERSISTENT),
        (
            command.maximum_failures not in (None, AUTOMATIC, group.maximum_failures),
            command.maximum_failures != group.maximum_failures,
            _NO_FAILURE_LIMIT,
        ),
        (command.failover_period is not None, command.failover_period != group.failover_period, _NO_FAILURE_LIMIT),
    )
    return together(verdict for wanted, differs, verdict in asked if wanted and differs)


def group_lines(command: cmd.ConfigureGroup, status: ClusterStatus, resource: ResourceStatus) -> list[str]:
    """The command lines for what has a counterpart; those that add come before those that take away."""
    found: list[str] = []
    if command.name is not None:
        found.append(lines.set_meta(resource.id, NAME, command.name))
    if command.priority:
        found.append(lines.set_meta(resource.id, "priority", str(command.priority)))
    if command.preferred_owners is not None or command.failback is not None or command.failback_window is not None:
        found += _owner_lines(command, status, resource)
    if command.anti_affinity is not None:
        found += _class_lines(command.anti_affinity, status, resource)
    return found


def _owner_lines(command: cmd.ConfigureGroup, status: ClusterStatus, resource: ResourceStatus) -> Iterable[str]:
    owners = command.preferred_owners
    if owners is None:
        owners = preferred_owners(status, resource.id)
    returns, window = failback_of(resource)
    if command.failback is not None:
        returns = command.failback
    if command.failback_window is not None:
        window = None if AUTOMATIC in command.failback_window else command.failback_window
    if not returns:
        window = None
    first = RETURNING_OWNER if returns and window is None else FIRST_OWNER
    set_ = (
        lines.modify(
            "constraints",
            lines.location(f"{OWNER}{resource.id}-{node}", resource.id, node, str(first - place)),
        )
        for place, node in enumerate(owners)
    )
    gone = (
        lines.delete(lines.element("rsc_location", {"id": one.id}))
        for one in status.locations
        if one.resource == resource.id and one.id.startswith(OWNER) and one.node not in owners
    )
    # The stickiness first: a score above it would bring the machine back at once.
    return chain(_failback_lines(resource.id, returns, window), set_, gone)


def _failback_lines(resource: str, returns: bool, window: tuple[int, int] | None) -> Sequence[str]:
    identity = f"{resource}-failback"
    gone = lines.delete(lines.element("meta_attributes", {"id": identity}))
    if not returns:
        return [gone, lines.delete_meta(resource, FAILBACK)]
    if window is None:
        return [gone, lines.set_meta(resource, FAILBACK, "now")]
    rule = lines.element(
        "rule",
        {"id": f"{identity}-rule", "score": "0", "boolean-op": "or"},
        *(
            lines.element(
                "date_expression",
                {"id": f"{identity}-{number}", "operation": "date_spec"},
                lines.element("date_spec", {"id": f"{identity}-{number}-hours", "hours": hours}),
            )
            for number, hours in enumerate(hours_of(*window), 1)
        ),
    )
    # Looked at once a minute (cluster-recheck-interval).
    stickiness = {"id": f"{identity}-value", "name": "resource-stickiness", "value": "1"}
    rules = lines.element("meta_attributes", {"id": identity, "score": "2"}, rule, lines.element("nvpair", stickiness))
    return [
        gone,
        lines.modify("resources", lines.element("primitive", {"id": resource}, rules)),
        lines.set_meta(resource, FAILBACK, f"{window[0]}-{window[1]}"),
    ]


def hours_of(begin: int, end: int) -> tuple[str, ...]:
    """The hours from ``begin`` to before ``end`` as ranges of a date_spec, which cannot cross midnight."""
    if begin == end:
        return ("0-23",)
    last = (end - 1) % 24
    if begin <= last:
        return (_range(begin, last),)
    return (_range(begin, 23), _range(0, last))


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _class_lines(classes: tuple[str, ...], status: ClusterStatus, resource: ResourceStatus) -> Iterable[str]:
    """A pair of each two machines that share a class; both still run if only one node is left."""
    wanted = {
        pair_id(resource.id, other.id): other.id
        for other in status.machines
        if other.id != resource.id and set(classes) & set(classes_of(other))
    }
    name = (
        lines.set_meta(resource.id, CLASSES, shlex.join(classes))
        if classes
        else lines.delete_meta(resource.id, CLASSES)
    )
    known = {one.id for one in status.colocations}
    apart = (
        lines.modify(
            "constraints",
            lines.element(
                "rsc_colocation",
                {"id": identity, "rsc": resource.id, "with-rsc": other, "score": str(APART_SCORE)},
            ),
        )
        for identity, other in wanted.items()
        if identity not in known
    )
    gone = (
        lines.delete(lines.element("rsc_colocation", {"id": one.id}))
        for one in status.colocations
        if one.id.startswith(APART) and resource.id in (one.resource, one.other) and one.id not in wanted
    )
    return chain([name], apart, gone)


def pair_id(one: str, other: str) -> str:
    """Id of the constraint that keeps two machines apart, whichever is named first."""
    first, second = sorted((one, other))
    return f"{APART}{first}-{second}"
