"""Which resources of a group need which others: all of ``depends_on``, and one of each set of ``alternatives``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import ResourceState
from fcm.model.tables import name_of

if TYPE_CHECKING:
    from fcm.model.entities import Resource
    from fcm.model.state import State


def providers(resource: Resource) -> tuple[str, ...]:
    """All resources that a resource names as its dependencies."""
    return (*resource.depends_on, *(one for options in resource.alternatives for one in options))


def is_met(state: State, resource: Resource) -> bool:
    """Whether enough of what a resource depends on is online."""

    def online(identity: str) -> bool:
        found = state.resources.get(identity)
        return found is not None and found.state is ResourceState.ONLINE

    return all(map(online, resource.depends_on)) and all(any(map(online, some)) for some in resource.alternatives)


def dependents(state: State, identity: str) -> tuple[Resource, ...]:
    """What depends on a resource, directly or through others, nearest first."""
    group = state.resources[identity].group
    found: dict[str, Resource] = {}
    edge = [identity]
    while edge:
        edge = [
            one.id
            for one in state.group_resources(group)
            if one.id not in found and one.id != identity and set(providers(one)) & set(edge)
        ]
        found |= {one: state.resources[one] for one in edge}
    return tuple(found.values())


def expression(state: State, resource: Resource) -> str:
    """The dependencies in the words of Windows: ([A] or [B]) and ([C])."""
    sets = [*((one,) for one in resource.depends_on), *resource.alternatives]
    return " and ".join(
        "(" + " or ".join(f"[{name_of(state.resources, one)}]" for one in options) + ")" for options in sets
    )


def circle(state: State, identity: str, wanted: tuple[str, ...]) -> str | None:
    """A resource among ``wanted`` that itself depends on the resource; None: there is none."""
    above = {identity, *(one.id for one in dependents(state, identity))}
    return next((one for one in wanted if one in above), None)
