"""Statements of one line whose commands belong together, as the dialogs give them.

``(Get-ClusterGroup A).FailoverPeriod = 8; (Get-ClusterGroup A).AutoFailbackType = 1`` is one ConfigureGroup: so a
dialog's text gives the dialog's command again, and a group is never seen half configured.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from fcm.model import commands as cmd
from fcm.model.entities import MachineState, RestartPolicy

if TYPE_CHECKING:
    from fcm.model.state import State

T = TypeVar(
    "T",
    cmd.ConfigureGroup,
    cmd.ConfigureResource,
    cmd.ConfigureNetwork,
    cmd.ConfigureVirtualMachine,
    cmd.ConfigureCluster,
)
NEW = "new:"
"""Before the name of a machine that the line has created but that does not exist yet."""


def join(first: cmd.Command, second: cmd.Command, state: State) -> cmd.Command | None:
    """The one command that does both, or None if there is none."""
    match first, second:
        case cmd.AddStorage(), cmd.AddStorage():
            return cmd.AddStorage((*first.disks, *second.disks))
        case cmd.MakeHighlyAvailable(), cmd.MakeHighlyAvailable():
            return cmd.MakeHighlyAvailable((*first.machines, *second.machines))
        case cmd.CreateVirtualMachine(), _:
            return _created(first, second)
        case cmd.ConfigureGroup(), cmd.ConfigureGroup() if first.group == second.group:
            if first.failback_window is not None and second.failback_window is not None:
                group = state.groups.get(first.group)
                now = (group.failback_window if group else None) or (0, 0)
                pairs = zip(first.failback_window, second.failback_window, now, strict=True)
                start, end = (new if new != old else former for former, new, old in pairs)
                second = replace(second, failback_window=(start, end))
                first = replace(first, failback_window=None)
            return _both(first, second, "group")
        case cmd.ConfigureResource(), cmd.ConfigureResource() if first.resource == second.resource:
            if first.policy is not None and second.policy is not None:
                resource = state.resources.get(first.resource)
                now_policy = resource.policy if resource else RestartPolicy()
                second = replace(second, policy=_policy(first.policy, second.policy, now_policy))
                first = replace(first, policy=None)
            return _both(first, second, "resource")
        case cmd.ConfigureNetwork(), cmd.ConfigureNetwork() if first.network == second.network:
            return _both(first, second, "network")
        case cmd.ConfigureVirtualMachine(), cmd.ConfigureVirtualMachine() if first.machine == second.machine:
            return _both(first, second, "machine")
        case cmd.ConfigureCluster(), cmd.ConfigureCluster():
            return _both(first, second, "")
        case _:
            return None


def _created(first: cmd.CreateVirtualMachine, second: cmd.Command) -> cmd.Command | None:
    new = NEW + first.name
    match second:
        case cmd.ConfigureVirtualMachine(machine=machine) if machine == new:
            given = {f.name: getattr(second, f.name) for f in fields(second) if f.name != "machine"}
            return replace(first, **{name: value for name, value in given.items() if value is not None})
        case cmd.SetMachineState(machine=machine, state=MachineState.RUNNING) if machine == new:
            return replace(first, start=True)
        case _:
            return None


def _both(first: T, second: T, key: str) -> T | None:
    given: dict[str, Any] = {}
    for field in fields(second):
        value = getattr(second, field.name)
        if field.name == key or value is None:
            continue
        if getattr(first, field.name) is not None:
            return None
        given[field.name] = value
    return replace(first, **given)


def _policy(first: RestartPolicy, second: RestartPolicy, now: RestartPolicy) -> RestartPolicy:
    changed = {
        field.name: getattr(second, field.name)
        for field in fields(second)
        if getattr(second, field.name) != getattr(now, field.name)
    }
    return replace(first, **changed)
