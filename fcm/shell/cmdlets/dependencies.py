"""Dependencies between the resources of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.rules.dependencies import expression, read_expression
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param, taking
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.references import resource_reference
from fcm.shell.values.values import ShellObject
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call


@cmdlet(
    "Get-ClusterResourceDependency",
    Param("Resource", "texts", position=0, aliases=("Name", "res"), pipes=("ClusterResource", TEXT), of="resource"),
    CLUSTER,
    taking("ClusterGroup"),
    synopsis="Gets the dependencies between resources.",
    example="Get-ClusterResourceDependency 'Virtual Machine SQL01'",
)
def get_dependency(call: Call) -> Iterable[Any]:
    """Dependencies as the expressions of Windows: ([A]) and ([B])."""
    finding.check_cluster(call)
    state = call.state
    groups = {item.identity for item in call.objects("ClusterGroup")}
    rows = []
    for resource in finding.resources(call, call.names("Resource")):
        if not groups or resource.group in groups:
            words = expression(state, resource.depends_on, resource.alternatives)
            whose = resource_reference(state, resource.id)
            rows.append(ShellObject("ClusterDependency", {"Resource": whose, "DependencyExpression": words}))
    return rows


@cmdlet(
    "Set-ClusterResourceDependency",
    Param("Resource", "texts", position=0, aliases=("Name", "res"), pipes=("ClusterResource", TEXT), of="resource"),
    Param(
        "Dependency",
        "text",
        position=1,
        needed=True,
        help="Names in brackets, with and, or and parentheses; '' for none.",
        empty=True,
    ),
    CLUSTER,
    INPUT,
    synopsis="Sets what a resource depends on.",
    example="Set-ClusterResourceDependency 'Cluster Name' '([Cluster IP Address])'",
)
def set_dependency(call: Call) -> Iterable[Any]:
    """Set what a resource depends on: resources of its group; those joined by ``or`` are alternatives.

    Raises:
        ParameterError: no resource is named, the expression cannot be read, or it names a resource that does not exist.
    """
    finding.check_cluster(call)
    names = call.names("Resource")
    if not names:
        raise ParameterError(
            "Set-ClusterResourceDependency requires the name of a resource.",
            "To list the names, run Get-ClusterResource.",
            call.at,
        )
    resource = finding.one("resource", names[0], finding.resources(call, names))
    sets = read_expression(call.text("Dependency") or "")
    if sets is None:
        raise ParameterError(
            f"{quoted(call.text('Dependency') or '')} is not an expression of dependencies.",
            "Write names in brackets, such as '([A] or [B]) and ([C])'.",
            call.at,
        )
    known = {one.name.casefold(): one.id for one in call.state.group_resources(resource.group)}
    elsewhere = {one.name.casefold(): one.id for one in call.state.resources.values()}
    unknown = [name for some in sets for name in some if name.casefold() not in elsewhere]
    if unknown:
        raise ParameterError(
            f"There is no resource {quoted(unknown[0])}.", "To list them, run Get-ClusterResource.", call.at
        )
    ids = [tuple(known.get(name.casefold()) or elsewhere[name.casefold()] for name in some) for some in sets]
    needed = tuple(dict.fromkeys(some[0] for some in ids if len(some) == 1))
    command = cmd.ConfigureResource(
        resource.id, depends_on=needed, alternatives=tuple(some for some in ids if len(some) > 1)
    )
    return call.submit(command, resource.name)
