"""Dependencies between the resources of a group."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.rules.dependencies import expression, read_expression
from fcm.shell.language.errors import ParameterError, RefusedError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param, taking
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.objects import resource_object
from fcm.shell.values.references import resource_reference
from fcm.shell.values.values import ShellObject
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.entities import Resource
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
    written = call.text("Dependency") or ""
    sets = read_expression(written)
    if sets is None:
        sets = read_expression(f"({written})")  # alternatives alone need no parentheses
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


_RESOURCE = Param(
    "Resource", "texts", position=0, aliases=("Name", "res"), pipes=("ClusterResource", TEXT), of="resource"
)
_PROVIDER = Param("Provider", position=1, needed=True, help="Name of the resource that it depends on.", of="resource")


def _changed(call: Call, adds: bool) -> Iterable[Any]:
    """Add or remove one dependency of each resource."""
    finding.check_cluster(call)
    names = finding.named(call, "a resource", "Get-ClusterResource", "Resource")
    provider = finding.one("resource", call.text("Provider"), finding.resources(call, [call.text("Provider")]))

    def change(resource: Resource) -> Iterable[Any]:
        depends = (one for one in resource.depends_on if one != provider.id)
        alternatives = resource.alternatives
        if not adds:
            if provider.id not in (*resource.depends_on, *(one for some in alternatives for one in some)):
                raise RefusedError(
                    f"{resource.name} does not depend on {provider.name}.",
                    "To show its dependencies, run Get-ClusterResourceDependency.",
                    call.at,
                )
            left = [tuple(one for one in some if one != provider.id) for some in alternatives]
            # What is left alone of several alternatives is a dependency like any other.
            needed = (*depends, *(some[0] for some in left if len(some) == 1))
            command = cmd.ConfigureResource(
                resource.id, depends_on=needed, alternatives=tuple(some for some in left if len(some) > 1)
            )
        else:
            command = cmd.ConfigureResource(resource.id, depends_on=(*depends, provider.id), alternatives=alternatives)
        return call.submit(command, resource.name, partial(_resource_shown, call, resource.id))

    return call.one_by_one(finding.resources(call, names), change)


def _resource_shown(call: Call, identity: str) -> list[Any]:
    return [resource_object(call.state.resources[identity], call.state)]


@cmdlet(
    "Add-ClusterResourceDependency",
    _RESOURCE,
    _PROVIDER,
    CLUSTER,
    INPUT,
    synopsis="Adds a resource to those that another resource depends on.",
    example="Add-ClusterResourceDependency 'Cluster Name' 'Cluster IP Address'",
)
def add_dependency(call: Call) -> Iterable[Any]:
    """Add; all dependencies are needed together (AND)."""
    return _changed(call, adds=True)


@cmdlet(
    "Remove-ClusterResourceDependency",
    _RESOURCE,
    _PROVIDER,
    CLUSTER,
    INPUT,
    synopsis="Removes a resource from those that another resource depends on.",
    example="Add-ClusterServerRole -Name SERVER01 -StaticAddress 10.0.1.60 | Out-Null; "
    "Remove-ClusterResourceDependency SERVER01 'IP Address 10.0.1.60'",
)
def remove_dependency(call: Call) -> Iterable[Any]:
    """Remove."""
    return _changed(call, adds=False)
