"""Validation tests of the category Inventory: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.quantities import size
from fcm.model.validation.finding import Finding, NamedTests, listed, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.state import State


def _operating_systems(state: State) -> Iterator[Finding]:
    return listed((f"{n.name}: {n.version or 'not known'}" for n in state.nodes.values()), "There are no nodes.")


def _memory(state: State) -> Iterator[Finding]:
    lines = (
        f"{n.name}: {size(n.memory)} installed, {size(n.reserved_memory)} reserved for the host, "
        f"{size(max(0, state.free_memory(n.name)))} free"
        for n in state.nodes.values()
    )
    return listed(lines, "There are no nodes.")


def _processors(state: State) -> Iterator[Finding]:
    lines = (
        f"{n.name}: {n.processor.model} ({n.processor.vendor}), {n.logical_processors} logical processors"
        for n in state.nodes.values()
    )
    return listed(lines, "There are no nodes.")


def _updates(state: State) -> Iterator[Finding]:
    return listed((f"{n.name}: {words(n.updates)}" for n in state.nodes.values()), "There are no nodes.")


def _switches(state: State) -> Iterator[Finding]:
    return listed((f"{n.name}: {words(n.switches)}" for n in state.nodes.values()), "There are no nodes.")


def _adapters(state: State) -> Iterator[Finding]:
    lines = (
        f"{a.node}: {a.name}, {a.address or 'no address'}, {a.state.lower()}"
        for a in sorted(state.adapters.values(), key=lambda a: (a.node, a.name))
    )
    return listed(lines, "No node has a network adapter.")


def _machines(state: State) -> Iterator[Finding]:
    lines = (
        f"{m.name} on {m.node}: {m.state.lower()}, {size(m.memory)}, "
        f"{'highly available' if m.is_highly_available else 'not clustered'}"
        for m in state.machines.values()
    )
    return listed(lines, "There are no virtual machines.")


TESTS: NamedTests = (
    ("List Operating System Information", _operating_systems),
    ("List Memory Information", _memory),
    ("List Processor Information", _processors),
    ("List Software Updates", _updates),
    ("List Network Adapters", _adapters),
    ("List Virtual Networks", _switches),
    ("List Virtual Machines", _machines),
)
