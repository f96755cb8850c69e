"""Validation tests of the category System Configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import NodeState
from fcm.model.quantities import size
from fcm.model.rules.verdict import some
from fcm.model.validation.finding import Finding, NamedTests, fail, passed, warn, words
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State


def _architecture(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        vendors: dict[str, list[str]] = {}
        for node in state.nodes.values():
            vendors.setdefault(node.processor.vendor, []).append(node.name)
        if len(vendors) > 1:
            found = "; ".join(f"{vendor}: {words(names)}" for vendor, names in vendors.items())
            yield fail(
                f"The nodes have processors from different manufacturers ({found}).",
                "Use processors from one manufacturer: live migration between different manufacturers is not possible.",
            )

    return passed(bad(), "All processors are from one manufacturer.")


def _features(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        nodes = list(state.nodes.values())
        everything = frozenset[str]().union(*(node.processor.features for node in nodes))
        for node in nodes:
            missing = sorted(everything - node.processor.features)
            if missing:
                yield warn(
                    f"{node.name} ({node.processor.model}) lacks processor features that other nodes have: "
                    f"{words(missing)}.",
                    "Select Migrate to a physical computer with a different processor version in the settings of the "
                    "machines that will move there.",
                )

    return passed(bad(), "All nodes have the same processor features.")


def _versions(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        versions: dict[str, list[str]] = {}
        for node in state.nodes.values():
            versions.setdefault(node.version, []).append(node.name)
        if len(versions) > 1:
            found = "; ".join(f"{version or 'not known'}: {words(names)}" for version, names in versions.items())
            yield fail(f"The nodes run different versions ({found}).", "Install the same version on all nodes.")

    return passed(bad(), "All nodes run the same version.")


def _updates(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        everything = {update for node in state.nodes.values() for update in node.updates}
        for node in state.nodes.values():
            missing = sorted(everything - set(node.updates))
            if missing:
                text = f"{node.name} lacks updates that other nodes have: {words(missing)}."
                yield warn(text, "Install the same updates on all nodes.")

    return passed(bad(), "All nodes have the same updates.")


def _drives(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        drives = {node.system_drive for node in state.nodes.values()}
        if len(drives) > 1:
            found = ", ".join(f"{node.name}: {node.system_drive}" for node in state.nodes.values())
            yield fail(
                f"The nodes have different system drive letters ({found}).",
                "Install all nodes with the same letter: paths under ClusterStorage must be the same on all nodes.",
            )

    return passed(bad(), "All nodes have the same system drive letter.")


def _switches(state: State) -> Iterator[Finding]:
    def bad() -> Iterator[Finding]:
        everything = {name for node in state.nodes.values() for name in node.switches}
        for node in state.nodes.values():
            missing = sorted(everything - set(node.switches))
            if missing:
                has = words(quoted(name) for name in node.switches)
                shown = words(quoted(name) for name in missing)
                text = f"{node.name} has no virtual network named {shown} (it has {has})."
                yield warn(text, "Give the virtual networks the same names on all nodes.")

    return passed(bad(), "The virtual networks have the same names on all nodes.")


def _memory(state: State) -> Iterator[Finding]:
    """Machines of the cluster alone fail over, and only to nodes that are up: not to paused ones."""
    up = [node.name for node in state.nodes.values() if node.state is NodeState.UP]

    def bad() -> Iterator[Finding]:
        for node in state.nodes.values():
            guests = [one for one in state.machines_on(node.name) if one.is_highly_available and one.state.holds_memory]
            free = {name: max(0, state.free_memory(name)) for name in up if name != node.name}
            needed, spare = sum(machine.memory for machine in guests), sum(free.values())
            homeless = _homeless(guests, free)
            if homeless:
                yield warn(
                    f"If {node.name} fails, its machines need {size(needed)}; the others that are up have "
                    f"{size(spare)} free. There is no room for {some([machine.name for machine in homeless], 3)}.",
                    "Keep more memory free, or give the machines less.",
                )

    return passed(bad(), "If any one node fails, its machines fit on the other nodes.")


def _homeless(machines: Iterable[VirtualMachine], free: dict[str, int]) -> list[VirtualMachine]:
    """Those that fit on no node, the largest placed first where most memory is free; takes from ``free``."""
    left = []
    for machine in sorted(machines, key=lambda one: -one.memory):
        best = max(free, key=lambda name: free[name], default=None)
        if best is None or free[best] < machine.memory:
            left.append(machine)
        else:
            free[best] -= machine.memory
    return left


TESTS: NamedTests = (
    ("Validate Same Processor Architecture", _architecture),
    ("Validate Processor Features", _features),
    ("Validate Operating System Versions", _versions),
    ("Validate Software Update Levels", _updates),
    ("Validate System Drive Variable", _drives),
    ("Validate Virtual Network Names", _switches),
    ("Validate Memory for Failover", _memory),
)
