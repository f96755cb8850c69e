"""Whatever is piped into a cmdlet, it acts on nothing else."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.model.commands import SetMigrationNetworks
from fcm.model.rules.networks import migration_order
from fcm.shell.runtime.parameters import TEXT
from fcm.shell.runtime.registry import REGISTRY
from fcm.shell.runtime.session import ShellSession
from fcm.shell.values.values import ShellObject, text, wildcard
from tests.property.shell.test_shell_commands import recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.shell.runtime.call import Cmdlet

EXTRA = {
    "Add-ClusterGroupToAffinityRule": "-Groups DC01",
    "Add-ClusterVirtualMachineRole": "",
    "Remove-ClusterGroupFromAffinityRule": "-Groups DC01",
    "Set-VMMigrationNetwork": "-NewPriority 0",
    "Connect-VMNetworkAdapter": "-SwitchName 'VM Network'",
    "Checkpoint-VM": "-SnapshotName now",
    "Get-Content": "",
    "Move-ClusterGroup": "-Node node2",
    "Move-ClusterSharedVolume": "-Node node2",
    "Move-ClusterVirtualMachineRole": "-Node node2 -Wait 0",
    "Move-VM": "-DestinationHost node2 -Wait 0",
    "Set-ClusterOwnerNode": "-Owners node2",
    "Set-ClusterParameter": "OfflineAction 1",
    "Set-ClusterQuorum": "-NodeMajority",
    "Set-ClusterVirtualMachineMigration": "-Bandwidth 50MB",
    "Set-VM": "-MemoryStartupBytes 1GB",
    "Set-VMDvdDrive": "-Path $null",
    "Set-VMMemory": "-StartupBytes 1GB",
    "Set-VMMigrationNetworkOrder": "-Default",
    "Set-VMProcessor": "-CompatibilityForMigrationEnabled $true",
    "Start-ClusterNode": "-Wait 0",
    "Suspend-ClusterNode": "-Drain",
    "Stop-VM": "-TurnOff",
    "Stop-ClusterVirtualMachineMigration": "",
}
"""Arguments with which a cmdlet would act at once, were it not for what is piped."""
WHOLE = ("Start-Cluster", "Set-ClusterQuorum", "Test-Cluster", "Get-Cluster")
"""Cmdlets that act on the cluster itself, where it is piped."""


class Noting(ShellSession):
    """A session that notes commands instead of giving them."""

    def give(self, command: Command, at: int, cmdlet: str, then: Callable[[], list[Any]], joins: bool) -> list[Any]:
        self.noted.append(command)
        return []


@cache
def noting() -> Noting:
    session = Noting(recorder(), lambda limit: None)
    session.noted = []
    return session


@cache
def objects() -> tuple[Any, ...]:
    """Objects of every kind that the shell knows, and values that are none."""
    session = noting()
    found: list[Any] = []
    for source in (
        *("Get-Cluster", "Get-ClusterGroup", "Get-ClusterNode", "Get-ClusterResource", "Get-ClusterSharedVolume"),
        *("Get-ClusterNetwork", "Get-ClusterNetworkInterface", "Get-ClusterResourceType", "Get-ClusterQuorum"),
        *("Get-VM", "Get-VMSnapshot *", "Get-ClusterVirtualMachineMigration", "Get-VMMigrationNetworkOrder"),
        *("Get-ClusterAvailableDisk", "Get-Command Get-VM", "Get-ClusterMigrationDefault", "Get-Alias ft"),
        *("Get-ClusterOwnerNode SQL01", "Get-ClusterResource 'Virtual Machine SQL01' | Get-ClusterParameter"),
        *("Get-ClusterResourceDependency", "Get-ClusterEvent -MaxEvents 2", "Get-VM | Select-Object Name"),
        *("Get-VMMigrationNetwork -ComputerName node1", "Get-VMHardDiskDrive SQL01", "Get-ClusterAffinityRule"),
        *("Get-VM | Select-Object VMId", "Get-VMMigrationNetwork 10.0.3.0/24 | Select-Object Subnet"),
        "Get-ClusterGroup | Measure-Object; Get-VM | Group-Object State",
    ):
        results = session.execute(source)
        assert results.ok, results.text()
        found += results.objects
    found += [
        "SQL01",
        "node1",
        "zz*",
        "no such thing",
        "",
        7,
        2.5,
        True,
        {"Name": "SQL01"},
        datetime(2009, 1, 1, tzinfo=UTC),
    ]
    found.append(ShellObject("VirtualMachine", {"Name": "SQL01"}, "an id of a machine that is gone"))
    found.append(ShellObject("ClusterGroup", {"Name": "SQL01"}, "an id of a group that is gone"))
    return tuple(found)


APART = ("Start-Sleep", "Get-ClusterLog", "New-Item", "Measure-VMMemoryWrite")
"""Cmdlets that wait or write files; an empty pipeline keeps them from it like all others."""


def cmdlets() -> list[Cmdlet]:
    noting()
    return [one for one in REGISTRY.cmdlets.values() if not one.collects]


def harmless() -> list[Cmdlet]:
    return [one for one in cmdlets() if one.name not in APART]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _strings(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))


def _touched(command: Command, state: State) -> Iterator[str]:
    """What a command names; of an order of networks those whose place changes."""
    if not isinstance(command, SetMigrationNetworks):
        yield from _strings(command)
        return
    assert state.cluster is not None
    before = migration_order(state.cluster, state.networks)
    left = [one for one in before if one not in command.excluded]
    for network in (*before, *command.order):
        others = [[one for one in order if one != network] for order in (before, command.order)]
        if others[0] == others[1] and list(before) != list(command.order):
            yield network
            return
    yield from (one for one in command.order if one not in left)
    yield from (one for one in before if one not in command.order)


def _everything(state: State) -> set[str]:
    tables = (state.machines, state.groups, state.resources, state.disks, state.nodes, state.networks)
    return {key for table in (*tables, state.adapters, state.snapshots, state.migrations) for key in table}


def _given(one: Any, state: State, lists: bool) -> set[str]:
    """Ids that an object stands for; ``lists``: with what it contains, which a list may show."""
    if not isinstance(one, ShellObject):
        pattern = wildcard(text(one))
        tables: tuple[Any, ...] = (state.machines, state.groups, state.resources, state.disks, state.nodes)
        named = [each for table in (*tables, state.networks, state.adapters) for each in table.values()]
        found = {getattr(each, "id", each.name) for each in named if pattern.fullmatch(each.name)}
        found |= {each.id for each in state.machines.values() if each.id == text(one)}
        found |= {each.id for each in state.networks.values() if each.subnet == text(one)}
        found |= {m.id for m in state.migrations.values() if m.machine in found}
    else:
        found = {one.identity}
        found |= {n.id for n in state.networks.values() if one.get("Subnet") == n.subnet}
        if one.type == "Selected":  # its properties name what it means (about_Parameters: by property name)
            found |= {each for value in one.properties.values() for each in _given(text(value), state, lists)}
    for identity in tuple(found):
        resource = state.resources.get(identity)
        if resource is not None:
            found |= {resource.group, resource.disk or "", resource.machine or ""}
        machine = state.machines.get(identity)
        if machine is not None:
            found |= {machine.group or ""} | {one.id for one in state.migrations.values() if one.machine == identity}
            found |= {one.id for one in state.snapshots.values() if one.machine.id == identity}
        found |= {
            m.id for m in state.machines.values() if m.group and m.group in (identity, resource and resource.group)
        }
        found |= {m.id for m in state.migrations.values() if m.machine in found}
        if lists:
            found |= {g.id for g in state.groups.values() if g.owner == identity}
            found |= {m.id for m in state.machines.values() if m.node == identity}
            found |= {a.id for a in state.adapters.values() if identity in (a.node, a.network)}
            found |= set(state.networks) if identity in state.nodes else set()
            found |= {r.id for r in state.resources.values() if r.group in found or (r.disk and r.disk in found)}
    return found - {""}


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_whatever_is_piped_a_cmdlet_acts_on_nothing_else(data: st.DataObject) -> None:
    cmdlet = data.draw(st.sampled_from(harmless()))
    piped = data.draw(st.lists(st.sampled_from(objects()), min_size=1, max_size=3))
    session = noting()
    session.noted.clear()
    session.variables["piped"] = list(piped)
    results = session.execute(f"$piped | {cmdlet.name} {EXTRA.get(cmdlet.name, '')}")
    state, everything = session.workspace.state, _everything(session.workspace.state)
    assert not any("Internal error" in error.message for error in results.errors), results.text()
    lists = cmdlet.name.startswith("Get-")
    whole = any(isinstance(one, ShellObject) and one.type == "Cluster" for one in piped)
    if whole and (lists or cmdlet.name in WHOLE):
        return
    allowed = {one for each in piped for one in _given(each, state, lists)}
    allowed |= {"node2"} if "node2" in EXTRA.get(cmdlet.name, "") else set()
    allowed |= {one.id for one in state.groups.values() if one.name == "DC01" and "DC01" in EXTRA.get(cmdlet.name, "")}
    touched = {word for command in session.noted for word in _touched(command, state)} & everything
    shown = {one.identity for one in results.objects if isinstance(one, ShellObject) and one.identity in everything}
    assert touched | shown <= allowed, (cmdlet.name, session.noted, results.objects)


@pytest.mark.parametrize(
    "empty", ["@()", "$(Get-VM zz*)", "(Get-VM zz*)", "(Get-ClusterGroup | Where-Object Name -eq zz)"]
)
def test_an_empty_pipeline_lists_nothing_and_does_nothing(empty: str) -> None:
    session = noting()
    for cmdlet in cmdlets():
        session.noted.clear()
        results = session.execute(f"{empty} | {cmdlet.name} {EXTRA.get(cmdlet.name, '')}")
        assert results.ok, (cmdlet.name, results.text())
        assert session.noted == [], cmdlet.name
        assert results.objects == [], cmdlet.name


@pytest.mark.parametrize("empty", ["$null", "@()", "$neverset", "''", "@('')"])
def test_no_name_never_means_everything(empty: str) -> None:
    session = noting()
    for cmdlet in harmless():
        for param in cmdlet.parameters:
            if param.kind not in ("text", "texts") or param.absent or not set(param.pipes) - {TEXT}:
                continue
            session.noted.clear()
            results = session.execute(f"{cmdlet.name} -{param.name} {empty} {EXTRA.get(cmdlet.name, '')}")
            assert session.noted == [], (cmdlet.name, session.noted)
            assert not [one for one in results.objects if isinstance(one, ShellObject) and one.identity], cmdlet.name
            assert results.errors, (cmdlet.name, empty)


@pytest.mark.parametrize("pattern", ["zz*", "[z]z", "?"])
def test_a_wildcard_that_fits_nothing_does_nothing(pattern: str) -> None:
    session = noting()
    for cmdlet in harmless():
        for param in cmdlet.parameters:
            if param.kind not in ("text", "texts") or param.absent or not param.pipes:
                continue
            if cmdlet.name in ("Add-ClusterNode", "New-VM", "Test-Path") or cmdlet.module == "Core":
                continue
            session.noted.clear()
            session.execute(f"{cmdlet.name} -{param.name} '{pattern}' {EXTRA.get(cmdlet.name, '')}")
            assert session.noted == [], (cmdlet.name, session.noted)
