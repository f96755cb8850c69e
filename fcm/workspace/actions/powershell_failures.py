"""Commands that concern failures, quorum and the cluster as a whole, as PowerShell text."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.model.rules.cluster_properties import PROPERTIES
from fcm.model.rules.failing.failure_words import target_name
from fcm.model.rules.failing.failures import share_of
from fcm.model.structures.tables import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State


def failure_text(command: cmd.FailureCommand, state: State, quoted: Callable[[str], str]) -> str:
    """The PowerShell that does the same as a command.

    Args:
        command: what is to be done.
        state: for names.
        quoted: writes a text as an argument.
    """
    match command:
        case cmd.InjectFault(kind=kind, target=target, node=node, together=together):
            text = f"Invoke-ClusterFault{_named(kind, target, state, quoted)} -Fault {kind}"
            text += f" -Node {quoted(node)}" if node else ""
            return text + (f" -Together {', '.join(quoted(name) for name in together)}" if together else "")
        case cmd.RepairFault(fault=identity):
            fault = state.faults.get(identity)
            if fault is None:
                return f"Repair-ClusterFault -Id {quoted(identity)}"
            text = f"Repair-ClusterFault{_named(fault.kind, fault.target, state, quoted)} -Fault {fault.kind}"
            return text + (f" -Node {quoted(fault.node)}" if fault.node else "")
        case cmd.StopCluster():
            return f"Stop-Cluster {_cluster(state, quoted)} -Force"
        case cmd.StartCluster(ignore_persistent_state=ignore):
            return f"Start-Cluster {_cluster(state, quoted)}" + (" -IgnorePersistentState" if ignore else "")
        case cmd.ShutDownNode(node=node, restart=restart):
            return f"{'Restart' if restart else 'Stop'}-Computer {quoted(node)}"
        case cmd.ConfigureNode(node=node, weight=weight):
            found = f"Get-ClusterNode {quoted(node)}"
            return found if weight is None else f"({found}).NodeWeight = {weight}"
        case cmd.ConfigureCluster():
            return _configure(command, quoted)
        case cmd.ClearBlocked(group=group):
            return f"Clear-FcmBlockedGroup {quoted(name_of(state.groups, group))}"
        case cmd.ConfirmNodeOff(node=node):
            return f"Confirm-FcmNodeOff {quoted(node)} -NodeIsOff"
        case _:
            assert_never(command)


def _named(kind: FaultKind, target: str, state: State, quoted: Callable[[str], str]) -> str:
    """The parameter for the object; the file share witness is the only one of its kind and needs none."""
    if kind is FaultKind.LOSE_SHARE and target == share_of(state):
        return ""
    return f" -Name {quoted(target_name(state, target))}"


def _cluster(state: State, quoted: Callable[[str], str]) -> str:
    return quoted(state.cluster.name) if state.cluster else "."


def _configure(command: cmd.ConfigureCluster, quoted: Callable[[str], str]) -> str:
    found = []
    for field, known in PROPERTIES.items():
        value = getattr(command, field)
        if value is not None:
            found.append(f"(Get-Cluster).{known.name} = {_value(value, quoted)}")
    return "; ".join(found) or "Get-Cluster"


def _value(value: str | int, quoted: Callable[[str], str]) -> str:
    """A value of a property; a node stands for its Id."""
    if isinstance(value, str):
        return f"(Get-ClusterNode {quoted(value)}).Id" if value else "0"
    return str(int(value))
