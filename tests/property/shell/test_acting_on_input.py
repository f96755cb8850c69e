"""No cmdlet acts on more than its input, whether it is called by the server or by a line of the built-in shell.

Commands are recorded instead of being carried out, so that one cluster serves for all of them.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from fcm.shell import cmdlets
from fcm.shell.runtime.execution.binding import Argument
from fcm.shell.runtime.parameters import ANY, TEXT
from fcm.shell.runtime.registry import REGISTRY
from fcm.shell.values.references import made
from fcm.shell.values.values import NameOf, ShellObject
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.commands import Command
    from fcm.shell.runtime.call import Cmdlet

cmdlets.load()
CLUSTERS = ("FailoverClusters", "Hyper-V", "fcm", "Microsoft.PowerShell.Management", "NetAdapter")
GIVEN: dict[str, Any] = {
    "StartupBytes": 2**30, "SwitchName": "DMZ-Network", "Path": "C:\\other.iso", "Owners": ["node1"],
    "Dependency": "", "Provider": "Cluster IP Address", "Group": "SQL01", "CompatibilityForMigrationEnabled": True,
    "Node": "node2", "DestinationHost": "node2", "Fault": "HANG", "Value": 1, "Default": True, "Drain": True,
    "Groups": ["DC01"],
}  # fmt: skip
"""Values of parameters that cmdlets need besides their input."""
WHOLE_CLUSTER = ("Start-Cluster", "Stop-Cluster", "Test-Cluster", "Set-ClusterQuorum", "New-Cluster")
"""Cmdlets whose input is the cluster."""


def acting() -> list[Cmdlet]:
    """Cmdlets of the cluster that change something and take a pipeline."""
    return [
        one
        for one in REGISTRY.cmdlets.values()
        if one.module in CLUSTERS
        and one.name.partition("-")[0] not in ("Get", "Measure", "Test")
        and one.name not in WHOLE_CLUSTER
        and not one.collects
        and any(set(param.pipes) - {"Cluster"} for param in one.parameters)
    ]


class Recording:
    """A session whose commands are written down and not carried out."""

    def __init__(self, desk: ShellDesk) -> None:
        self.desk, self.session = desk, desk.session
        self.commands: list[Command] = []
        self.session.give = self._give  # type: ignore[method-assign]

    def _give(self, command: Command, *_: Any) -> list[Any]:
        self.commands.append(command)
        return []

    def call(self, way: str, cmdlet: Cmdlet, piped: list[Any]) -> int:
        """Give a cmdlet its input; the number of errors."""
        self.commands.clear()
        own = {param.name for param in cmdlet.parameters if set(param.pipes) - {"Cluster"}}
        needed = {
            param.name: GIVEN[param.name]
            for param in cmdlet.parameters
            if param.name in GIVEN and param.name not in own and (param.needed or param.name in ("Node", "Default"))
        }
        if way == "server":
            arguments = [Argument(value, name=name) for name, value in needed.items()]
            return len(self.session.invoke(cmdlet.name, arguments, piped, True).errors)
        self.session.variables["piped"] = piped
        self.session.variables["needed"] = needed
        return len(self.session.execute(f"$piped | {cmdlet.name} @needed").errors)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    desk = ShellDesk(tmp_path_factory.mktemp("desk"))
    yield Recording(desk)
    desk.close()


NOTHING: list[list[Any]] = [
    [None], ["no such thing"], [""], [ShellObject("Other", {"Name": "SQL01"}, "x")], [NameOf("SQL01", "Other", "x")],
    [{"Name": "SQL01"}], [True], [ShellObject("Selected", {"Title": "SQL01"})], [[]],
    [ShellObject("VirtualMachine", {"Name": "SQL01"}, "gone")],
    [ShellObject("ClusterNode", {"Name": "node9"}, "node9")],
]  # fmt: skip
"""Inputs that name nothing of the cluster."""


@pytest.mark.parametrize("way", ["server", "built-in"])
@pytest.mark.parametrize("cmdlet", acting(), ids=lambda one: one.name)
def test_input_that_names_nothing_changes_nothing(recording: Recording, cmdlet: Cmdlet, way: str) -> None:
    for piped in NOTHING:
        if cmdlet.name == "Add-ClusterNode" and piped in (["no such thing"], [True]):
            continue  # it is the name of a new node
        recording.call(way, cmdlet, piped)
        assert recording.commands == [], (piped, recording.commands)
    assert recording.call(way, cmdlet, []) == 0
    assert recording.commands == []


def inputs(cmdlet: Cmdlet, desk: ShellDesk) -> Iterator[tuple[ShellObject, set[str]]]:
    """One object of each type that it takes, with the ids of all that belongs to it."""
    state = desk.state
    machine = state.machine_named("SQL01")
    assert machine is not None
    assert machine.group is not None
    parts = [one for one in state.resources.values() if one.group == machine.group]
    related = {machine.id, machine.group, *(one.id for one in parts), *(one.disk or "" for one in parts)}
    chosen = {
        "VirtualMachine": machine.id, "ClusterGroup": machine.group, "ClusterResource": parts[0].id,
        "ClusterNode": "node1", "ClusterNetwork": next(iter(state.networks)),
        "ClusterNetworkInterface": next(iter(state.adapters)),
    }  # fmt: skip
    for kind in {kind for param in cmdlet.parameters for kind in param.pipes} - {TEXT, ANY}:
        if kind in chosen and (one := made(kind, chosen[kind], state)) is not None:
            yield one, related | {chosen[kind]}


def mentioned(command: Command, desk: ShellDesk) -> set[str]:
    """Ids of machines, groups, resources and disks in a command; nodes may be destinations."""
    state = desk.state
    known = {*state.machines, *state.groups, *state.resources, *state.disks}
    values: list[Any] = [getattr(command, one.name) for one in dataclasses.fields(command)]
    found: set[str] = set()
    while values:
        value = values.pop()
        if isinstance(value, tuple | list | frozenset):
            values += value
        elif isinstance(value, str) and value in known:
            found.add(value)
    return found


@pytest.mark.parametrize("way", ["server", "built-in"])
@pytest.mark.parametrize("cmdlet", acting(), ids=lambda one: one.name)
def test_one_object_is_all_that_a_cmdlet_acts_on(recording: Recording, cmdlet: Cmdlet, way: str) -> None:
    desk = recording.desk
    allowed = {one.id for one in desk.state.resources.values() if one.name == GIVEN["Provider"]}
    allowed |= {one.id for one in desk.state.groups.values() if one.name in GIVEN["Groups"]}
    for one, related in inputs(cmdlet, desk):
        if one.type == "ClusterNode":
            continue  # what a node carries is drained with it; the next test has it
        recording.call(way, cmdlet, [one])
        for command in recording.commands:
            assert mentioned(command, desk) <= related | allowed, (one, command)


@pytest.mark.parametrize("way", ["server", "built-in"])
@pytest.mark.parametrize("cmdlet", [one for one in acting() if one.name.endswith(("-ClusterNode", "-Computer"))],
                         ids=lambda one: one.name)  # fmt: skip
def test_a_node_is_all_that_a_cmdlet_for_nodes_acts_on(recording: Recording, cmdlet: Cmdlet, way: str) -> None:
    node = made("ClusterNode", "node2", recording.desk.state)
    recording.call(way, cmdlet, [node])
    assert all(getattr(command, "node", "node2") == "node2" for command in recording.commands)


def test_there_are_cmdlets_to_be_tried_and_some_of_them_act(recording: Recording) -> None:
    assert len(acting()) > 40
    acted = 0
    for cmdlet in acting():
        for one, _ in inputs(cmdlet, recording.desk):
            recording.call("server", cmdlet, [one])
            acted += bool(recording.commands)
    assert acted > 30
