"""Dependencies between the resources of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, TEXT, Param, taking
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.values import ShellObject

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
            needed = [state.resources[one].name for one in resource.depends_on if one in state.resources]
            expression = " and ".join(f"([{name}])" for name in needed)
            rows.append(
                ShellObject("ClusterDependency", {"Resource": resource.name, "DependencyExpression": expression})
            )
    return rows
