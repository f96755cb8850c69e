"""Simulated failures; the cmdlets are this program's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.failure_words import sentence, target_name
from fcm.model.rules.failing.failures import share_of
from fcm.model.rules.failing.faults import active
from fcm.shell.language.errors import ParameterError
from fcm.shell.runtime import finding
from fcm.shell.runtime.parameters import CLUSTER, INPUT, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.failure_objects import fault_object
from fcm.shell.values.values import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.failures import Fault
    from fcm.shell.runtime.call import Call

_KINDS = {str(kind).casefold(): kind for kind in FaultKind}
_NODES = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH, FaultKind.ISOLATE)
_DISKS = (FaultKind.LOSE_PATH, FaultKind.LOSE_LUN, FaultKind.LOSE_RESERVATION)
_OBJECTS = (
    "ClusterNode",
    "ClusterNetwork",
    "ClusterNetworkInterface",
    "ClusterResource",
    "ClusterSharedVolume",
    "ClusterGroup",
    "VirtualMachine",
)
NAME = Param(
    "Name",
    "texts",
    position=0,
    pipes=(*_OBJECTS, TEXT),
    of="faulty",
    help="What fails: a node, a network adapter, a network, a disk or volume, or a virtual machine. Not needed for "
    "LoseShare.",
)
FAULT = Param("Fault", position=1, choices=tuple(map(str, FaultKind)), help="What happens.", needed=True)


def _kind(call: Call) -> FaultKind:
    return _KINDS[call.text("Fault").casefold()]


def _targets(call: Call, kind: FaultKind) -> list[str]:
    """Ids of what -Name means: names are looked up among what can fail in this way."""
    if kind is FaultKind.LOSE_SHARE:
        return call.names() or [share_of(call.state)]
    names = finding.named(call, "what is to fail", "Get-ClusterNode, Get-ClusterResource or Get-VM")
    if kind in _NODES:
        return [node.name for node in finding.nodes(call, names)]
    if kind in _DISKS:
        return _disks(call, names)
    if kind is FaultKind.UNPLUG_CABLE:
        known = ((adapter.name, adapter.id, adapter.id) for adapter in call.state.adapters.values())
        return finding.pick(call, "network adapter", known, names)
    if kind is FaultKind.SWITCH_DOWN:
        return [network.id for network in finding.networks(call, names)]
    return [machine.id for machine in finding.machines(call, names)]


def _disks(call: Call, names: list[str]) -> list[str]:
    """Disks by their names, and by those of their volumes."""
    state = call.state
    known = [(disk.name, disk.id, disk.id) for disk in state.disks.values()]
    taken = {name.casefold() for name, _, _ in known}
    known += [
        (one.name, one.disk, one.disk) for one in state.shared_volumes.values() if one.name.casefold() not in taken
    ]
    return finding.pick(call, "disk", known, names)


@cmdlet(
    "Invoke-ClusterFault",
    NAME,
    FAULT,
    Param("Node", help="With LosePath: the node that loses its path to the disk."),
    Param("Together", "texts", help="With Isolate: nodes on the same side of the cut, which still reach each other."),
    CLUSTER,
    INPUT,
    synopsis="Simulates a failure of a node, network adapter, network, disk, witness or virtual machine (simulated "
    "clusters).",
    example="Invoke-ClusterFault node1 -Fault PowerOff; Start-Sleep 20; Get-ClusterNode",
    since="fcm",
)
def invoke_fault(call: Call) -> Iterable[Any]:
    """Make each named object fail.

    Raises:
        ParameterError: a parameter that this failure does not have, or one that it needs is missing.
    """
    kind = _kind(call)
    for parameter, of in (("Node", FaultKind.LOSE_PATH), ("Together", FaultKind.ISOLATE)):
        if call.has(parameter) and kind is not of:
            raise ParameterError(f"-{parameter} requires -Fault {of}.", f"Remove -{parameter}.", call.at)
    if kind is FaultKind.LOSE_PATH and not call.has("Node"):
        raise ParameterError("-Fault LosePath requires -Node.", "Specify the node that loses its path.", call.at)
    node = finding.node(call, call.text("Node")) if call.has("Node") else ""
    together = tuple(one.name for one in finding.nodes(call, call.names("Together") or (), must=True))

    def fail(target: str) -> list[Any]:
        command = cmd.InjectFault(kind, target, node, together)
        return call.submit(command, target_name(call.state, target), partial(_shown, call, command))

    return call.one_by_one(_targets(call, kind), fail)


def _shown(call: Call, command: cmd.InjectFault) -> list[Any]:
    found = active(call.state, command.kind, command.target, command.node)
    return [fault_object(found, call.state)] if found is not None else []


_SELECTED = (
    Param(
        "Name",
        "texts",
        position=0,
        pipes=(*_OBJECTS, TEXT),
        of="faulty",
        help="Name of the object that has failed; \\\\server\\share for the witness.",
    ),
    Param("Fault", position=1, choices=tuple(map(str, FaultKind)), help="Only failures of this kind."),
    Param("Node", help="With LosePath: only that of this node."),
    Param("Id", "texts", pipes=("ClusterFault",), help="ID of a failure."),
)


def _selected(call: Call) -> list[Fault]:
    """The failures that -Name, -Fault, -Node and -Id mean, all where nothing is given."""
    state = call.state
    found = list(state.faults.values())
    if call.has("Id"):
        known = ((one.id, one.id, one) for one in found)
        found = finding.pick(call, "simulated failure", known, call.names("Id"))
    if call.has("Fault"):
        found = [one for one in found if one.kind is _kind(call)]
    if call.has("Node"):
        node = finding.node(call, call.text("Node"))
        found = [one for one in found if one.node == node]
    if not call.has("Name"):
        return found
    chosen = call.one_by_one(call.names() or (), lambda name: _of(call, name, found))
    return list({one.id: one for one in chosen}.values())


def _of(call: Call, name: str, among: list[Fault]) -> list[Fault]:
    """Failures of what a name or an object means.

    Raises:
        NotFoundError: nothing in the cluster has this name.
    """
    if isinstance(name, Identity):
        return [one for one in among if one.target == name]
    state = call.state
    names = [(target_name(state, one.target), one.target, one) for one in among]
    names += [
        (state.shared_volumes[one.target].name, one.target, one) for one in among if one.target in state.shared_volumes
    ]
    by_name: dict[str, list[Fault]] = {}
    for known, _, fault in names:
        by_name.setdefault(known, []).append(fault)
    picked = finding.pick(call, "simulated failure", ((key, key, found) for key, found in by_name.items()), [name])
    return [fault for found in picked for fault in found]


@cmdlet(
    "Get-ClusterFault",
    *_SELECTED,
    CLUSTER,
    INPUT,
    synopsis="Gets the simulated failures that have not been repaired.",
    example="Get-ClusterFault | Format-Table Name, Fault, Since",
    since="fcm",
)
def get_fault(call: Call) -> Iterable[Any]:
    """Failures."""
    finding.check_cluster(call)
    return [fault_object(fault, call.state) for fault in _selected(call)]


@cmdlet(
    "Repair-ClusterFault",
    *_SELECTED,
    Param("All", "switch", help="All simulated failures."),
    CLUSTER,
    INPUT,
    synopsis="Repairs simulated failures: turns on, plugs in, reconnects, restores.",
    example="Invoke-ClusterFault node1 -Fault PowerOff; Get-ClusterFault | Repair-ClusterFault",
    since="fcm",
)
def repair_fault(call: Call) -> Iterable[Any]:
    """Repair the selected failures; all of them only with -All.

    Raises:
        ParameterError: nothing is selected, or no such failure is simulated.
    """
    finding.check_cluster(call)
    if not any(call.has(one.name) for one in _SELECTED) and not call.switch("All"):
        raise ParameterError(
            f"{call.cmdlet.name} requires a name, a failure or -All.",
            "To list the failures, run Get-ClusterFault.",
            call.at,
        )
    found = _selected(call)
    if not found and not call.switch("All"):
        raise ParameterError(
            "No such failure is simulated now.", "To list the failures, run Get-ClusterFault.", call.at
        )
    for fault in found:
        yield from call.submit(cmd.RepairFault(fault.id), sentence(call.state, fault))
