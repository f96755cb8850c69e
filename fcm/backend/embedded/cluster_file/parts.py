"""Checks that the sections of a cluster file share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.rules.names import same
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from fcm.backend.toml_table import Table
    from fcm.model.entities import Node
    from fcm.model.rules.verdict import Verdict


def checked_name(table: Table, what: str, taken: set[str], rule: Callable[[str, str], Verdict]) -> str:
    """The key ``name``: valid for this type of object, and unique regardless of case."""
    name = table.text("name")
    verdict = rule(name, what)
    if not verdict:
        raise table.error(verdict.sentence(), "name")
    if same(name) in taken:
        raise table.error(f"There are two {what}s named {quoted(name)}.", "name")
    taken.add(same(name))
    return name


def known_node(table: Table, node: str, nodes: Mapping[str, Node], *keys: str | int) -> str:
    """The name of a node as the file describes it, whatever the case of its letters; refuse one that it does not."""
    found = named(node, nodes)
    if found is None:
        raise table.error(f"There is no node {quoted(node)}; the nodes are: {', '.join(nodes)}.", *keys)
    return found


def named(name: str, known: Collection[str]) -> str | None:
    """The one of the known names that is the same, whatever the case of its letters; None: there is none."""
    return name if name in known else next((other for other in known if same(other) == same(name)), None)
