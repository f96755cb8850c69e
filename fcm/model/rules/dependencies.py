"""Which resources of a group need which others: all of ``depends_on``, and one of each set of ``alternatives``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fcm.model.entities import ResourceState
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def expression(state: State, needed: Iterable[str], alternatives: Iterable[tuple[str, ...]]) -> str:
    """Dependencies in the words of Windows: ([A] or [B]) and ([C]).

    Args:
        state: for the names.
        needed: ids of ``Resource.depends_on``.
        alternatives: ids of ``Resource.alternatives``.
    """
    sets = [*((one,) for one in needed if one in state.resources), *alternatives]
    return " and ".join(
        "(" + " or ".join(f"[{name_of(state.resources, one)}]" for one in options) + ")" for options in sets
    )


def read_expression(text: str) -> tuple[tuple[str, ...], ...] | None:
    """Names of resources, each set of them as alternatives; None: the text is no expression of dependencies.

    Names are in brackets; ``or`` only within parentheses, which one name alone does not need. "" is no dependency.
    """
    if not text.strip():
        return ()
    found: list[tuple[str, ...]] = []
    for part in _AND.split(text.strip()):
        match = _SET.fullmatch(part.strip())
        if match is None:
            return None
        found.append(tuple(_NAME.findall(part)))
    return tuple(found)


_AND = re.compile(r"\s+and\s+(?=[(\[])", re.IGNORECASE)
_NAME = re.compile(r"\[([^\[\]]+)\]")
_SET = re.compile(r"\[[^\[\]]+\]|\(\s*\[[^\[\]]+\](\s+or\s+\[[^\[\]]+\])*\s*\)", re.IGNORECASE)


def circle(state: State, identity: str, wanted: tuple[str, ...]) -> str | None:
    """A resource among ``wanted`` that itself depends on the resource; None: there is none."""
    above = {identity, *(one.id for one in dependents(state, identity))}
    return next((one for one in wanted if one in above), None)
