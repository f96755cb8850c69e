"""The PowerShell text of every command gives the same command again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.backend.base import Operation
from fcm.backend.embedded import open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import (
    AUTOMATIC,
    GroupType,
    MachineState,
    NetworkRole,
    OfflineAction,
    QuorumMode,
    ResourceType,
    RestartPolicy,
    StartAction,
)
from fcm.model.failures import Fault, FaultKind
from fcm.model.migrations import UNLIMITED, DrainMove, MigrationOptions, NetworkPreference
from fcm.model.roles import DETAILS, KINDS
from fcm.model.rules.verdict import no
from fcm.shell.runtime.session import ShellSession
from fcm.shell.values.values import ShellObject
from fcm.workspace.actions.catalog import ACTIONS
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.selection import Place, Selection
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State


class Recorder(Workspace):
    """A workspace that notes commands and carries none out."""

    def prepare(self) -> None:
        """A shared volume, snapshots and a live migration, so that every action has something to act on."""
        self.open()
        disks = tuple(d.id for d in self.state.disks.values() if d.name in ("Cluster Disk 2", "Cluster Disk 3"))
        machine = self.state.machine_named("WEB01")
        assert machine is not None
        for command in (
            cmd.EnableSharedVolumes(notice_accepted=True),
            cmd.AddStorage(disks),
            *(cmd.TakeSnapshot(one.id, name) for one in self.state.machines.values() for name in ("", "before")),
            cmd.LiveMigrate(machine.id, "node2"),
            cmd.AddRole(GroupType.GENERIC_SERVICE, "TIME01", "10.0.1.60", (), "W32Time"),
        ):
            super().submit(command)
            self.drain(60.0)
        self._name_alike()
        self._fail()
        self.noted: list[cmd.Command] = []

    def _name_alike(self) -> None:
        """Another snapshot of the same name for each machine, as histories of other versions may hold them."""
        named = [one for one in self.state.snapshots.values() if one.name == "before"]
        twins = [replace(one, id=f"{one.id}-again", name="Before") for one in named]
        first = self.state.sequence + 1
        self.post([ev.Entry(first + number, self.now(), ev.SnapshotTaken(twin)) for number, twin in enumerate(twins)])
        self.drain(60.0)

    def _fail(self) -> None:
        """A simulated failure of every kind of object; nothing comes of them."""
        disk, machine = next(iter(self.state.disks)), next(iter(self.state.machines))
        failed = (
            (FaultKind.POWER_OFF, "node3", ""),
            (FaultKind.UNPLUG_CABLE, next(iter(self.state.adapters)), ""),
            (FaultKind.SWITCH_DOWN, next(iter(self.state.networks)), ""),
            (FaultKind.LOSE_PATH, disk, "node1"),
            (FaultKind.LOSE_PATH, disk, "node2"),
            (FaultKind.LOSE_LUN, disk, ""),
            (FaultKind.LOSE_SHARE, "", ""),
            (FaultKind.GUEST_HANG, machine, ""),
        )
        faults = [Fault(f"fault-{n}", kind, target, self.now(), node) for n, (kind, target, node) in enumerate(failed)]
        first = self.state.sequence + 1
        self.post([ev.Entry(first + n, self.now(), ev.FaultInjected(fault)) for n, fault in enumerate(faults)])
        self.drain(60.0)

    def submit(self, command: cmd.Command, on_finished: Callable[[Operation], None] | None = None) -> Operation:
        self.noted.append(command)
        operation = Operation(command, on_finished)
        operation.finish(no("Only noted."))
        return operation


@cache
def recorder() -> Recorder:
    made = Recorder(open_embedded("contoso", seed=1, start_time=1_000_000.0))
    made.prepare()
    return made


def again(command: cmd.Command) -> list[cmd.Command]:
    """What the text of a command submits."""
    workspace = recorder()
    workspace.noted.clear()
    ShellSession(workspace, lambda limit: None).execute(powershell(command, workspace.state))
    return list(workspace.noted)


def _selections(state: State) -> list[Selection]:
    by_place = {
        Place.MACHINE: state.machines,
        Place.NODE: state.nodes,
        Place.VOLUME: state.shared_volumes,
        Place.DISK: state.disks,
        Place.NETWORK: state.networks,
        Place.ADAPTER: state.adapters,
        Place.RESOURCE: state.resources,
        Place.GROUP: {key: one for key, one in state.groups.items() if one.is_role},
        Place.MIGRATION: state.migrations,
        Place.FAULT: state.faults,
    }
    found = [Selection(place, identity) for place, known in by_place.items() for identity in known]
    return found + [Selection(place) for place in Place if place not in by_place]


def _of_actions() -> list[tuple[str, cmd.Command]]:
    state = recorder().state
    found = []
    for action in ACTIONS:
        for selection in _selections(state):
            if selection.place not in action.places:
                continue
            if action.command is not None:
                command = action.command(state, selection)
                running = isinstance(command, cmd.CancelMigration) and not command.migration
                of_group = cmd.RemoveGroup | cmd.ClearBlocked | cmd.ConfigureGroup
                clustered = not isinstance(command, of_group) or command.group
                failed = not isinstance(command, cmd.RepairFault) or command.fault
                if clustered and failed and not running:
                    found.append((action.id, command))
            if action.choices is not None:
                found += [(action.id, choice.command) for choice in action.choices(state, selection)]
    return found


@pytest.mark.parametrize("name", ["00", "0x10", "1GB", "1e3", "-1", ".5", "3.", "007-b", "10.0.0.1"])
def test_a_name_that_reads_as_a_number_is_quoted(name: str) -> None:
    assert again(cmd.ValidateCluster((name, "a"))) == [cmd.ValidateCluster((name, "a"))]
    assert again(cmd.AddNode(name)) == [cmd.AddNode(name)]


def test_every_action_of_the_window_gives_its_own_command_again_as_powershell() -> None:
    for action, command in _of_actions():
        assert again(command) == [command], (action, powershell(command, recorder().state))


def _id(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(getattr(recorder().state, kind)))


def _has_no_command_of_its_own(identity: str) -> bool:
    """Disks and machines are brought online by other commands."""
    own = (ResourceType.PHYSICAL_DISK, ResourceType.VIRTUAL_MACHINE)
    return recorder().state.resources[identity].type not in own


NAMES = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text
)
SOME = st.booleans()


def _maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def _options() -> st.SearchStrategy[MigrationOptions]:
    return st.builds(
        MigrationOptions,
        _maybe(st.floats(0.001, 30)),
        _maybe(st.integers(1, 10**10)),
        SOME,
        SOME,
    )


def _drain_moves(machines: st.SearchStrategy[str], nodes: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    moves = st.lists(st.builds(DrainMove, machines, nodes), max_size=4, unique_by=lambda move: move.machine)
    return moves.map(tuple)


def _policies(resource: str) -> st.SearchStrategy[RestartPolicy]:
    now = recorder().state.resources[resource].policy
    made = st.builds(
        RestartPolicy, SOME, st.integers(1, 9999), st.integers(0, 99), SOME, st.integers(0, 9999), st.integers(1, 999),
        st.integers(1, 999), st.integers(1, 999),
    )  # fmt: skip
    # RestartAction 0 says nothing about failover, which then stays as it is.
    return made.map(lambda policy: policy if policy.restart else replace(policy, failover=now.failover))


def _faults(nodes: st.SearchStrategy[str]) -> list[st.SearchStrategy[cmd.Command]]:
    """Every failure of what can fail in that way, whether or not it makes sense now."""
    others = st.lists(nodes, unique=True, max_size=3).map(tuple)
    of_nodes = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH)
    of_guests = (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN)
    return [
        st.builds(cmd.InjectFault, st.sampled_from(of_nodes), nodes),
        st.builds(cmd.InjectFault, st.just(FaultKind.ISOLATE), nodes, st.just(""), others),
        st.builds(cmd.InjectFault, st.just(FaultKind.UNPLUG_CABLE), _id("adapters")),
        st.builds(cmd.InjectFault, st.just(FaultKind.SWITCH_DOWN), _id("networks")),
        st.builds(cmd.InjectFault, st.sampled_from((FaultKind.LOSE_LUN, FaultKind.LOSE_RESERVATION)), _id("disks")),
        st.builds(cmd.InjectFault, st.just(FaultKind.LOSE_PATH), _id("disks"), nodes),
        st.builds(cmd.InjectFault, st.just(FaultKind.LOSE_SHARE), st.sampled_from(("", "\\\\server\\witness"))),
        st.builds(cmd.InjectFault, st.sampled_from(of_guests), _id("machines")),
    ]


@cache
def _commands() -> st.SearchStrategy[cmd.Command]:
    state = recorder().state
    nodes, disks, machines = _id("nodes"), _id("disks"), _id("machines")
    groups, networks = _id("groups"), _id("networks")
    unassigned = [disk.id for disk in state.disks.values() if disk.use == "Unassigned" and len(disk.visible_to) == 3]
    owners = st.lists(nodes, unique=True, max_size=3).map(tuple)
    hours = st.integers(0, 23)
    with_witness = st.sampled_from((QuorumMode.NODE_AND_DISK_MAJORITY, QuorumMode.DISK_ONLY))
    a_list = st.lists(networks, unique=True).map(tuple)
    return st.one_of(
        st.builds(cmd.ValidateCluster, st.lists(NAMES, max_size=3, unique=True).map(tuple)),
        st.just(cmd.EnableSharedVolumes(notice_accepted=True)),
        st.just(cmd.SetQuorum(QuorumMode.NODE_MAJORITY)),
        st.builds(cmd.SetQuorum, with_witness, disks),
        st.builds(cmd.SetQuorum, st.just(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY), NAMES.map(lambda n: "\\\\s\\" + n)),
        st.builds(cmd.SetMigrationNetworks, a_list, a_list),
        st.builds(cmd.SetConcurrentMigrations, st.integers(1, 16)),
        st.lists(st.sampled_from(unassigned), min_size=1, unique=True).map(
            lambda found: cmd.AddClusterDisk(tuple(one for one in unassigned if one in found))
        ),
        st.builds(cmd.AddStorage, st.lists(disks, min_size=1, unique=True).map(tuple)),
        st.builds(cmd.RenameSharedVolume, _id("shared_volumes"), NAMES),
        st.builds(cmd.RenameVolumeFolder, _id("shared_volumes"), NAMES),
        st.builds(cmd.MoveSharedVolume, _id("shared_volumes"), nodes),
        st.builds(cmd.SetRedirectedAccess, _id("shared_volumes"), SOME),
        st.builds(cmd.SetMaintenance, _id("disks"), st.just(True), SOME),
        # Resume-ClusterResource of a volume that is not in maintenance ends its redirected access.
        st.builds(cmd.SetMaintenance, _id("disks").filter(lambda one: one not in state.shared_volumes), st.just(False)),
        st.builds(cmd.SetDiskOnline, _id("disks").filter(lambda one: state.disks[one].owner is not None), SOME),
        st.builds(
            cmd.CreateVirtualMachine,
            NAMES.filter(lambda name: state.machine_named(name) is None),
            nodes,
            st.integers(8 * 2**20, 2**36),
            _maybe(_id("shared_volumes")),
            _maybe(NAMES),
            st.integers(1, 4),
            st.integers(2**20, 2**42),
            st.sampled_from(("idle", "web-server")),
            st.sampled_from(StartAction),
            SOME.map(bool),
            SOME.map(bool),
        ),
        st.builds(
            cmd.ConfigureVirtualMachine,
            machines,
            _maybe(st.integers(2**20, 2**36)),
            _maybe(st.sampled_from(StartAction)),
            _maybe(SOME),
            _maybe(NAMES | st.just("")),
            _maybe(NAMES | st.just("")),
            _maybe(st.sampled_from(("idle", "web-server"))),
        ),
        st.builds(
            cmd.SetMachineState,
            machines,
            st.sampled_from((MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED)),
        ),
        st.builds(cmd.SetMachineState, machines, st.just(MachineState.OFF), st.just(True)),
        st.builds(cmd.MakeHighlyAvailable, st.lists(machines, min_size=1, unique=True).map(tuple)),
        st.builds(cmd.RemoveGroup, groups),
        st.builds(
            cmd.ConfigureGroup,
            groups,
            _maybe(NAMES),
            _maybe(owners),
            _maybe(SOME),
            _maybe(SOME),
            _maybe(st.integers(0, 99) | st.just(AUTOMATIC)),
            _maybe(st.integers(1, 999)),
            _maybe(SOME),
            _maybe(st.tuples(hours, hours) | st.just((AUTOMATIC, AUTOMATIC))),
            _maybe(st.lists(NAMES, max_size=3).map(tuple)),
        ).filter(lambda command: command != cmd.ConfigureGroup(command.group)),
        _id("resources")
        .flatmap(
            lambda one: st.builds(
                cmd.ConfigureResource,
                st.just(one),
                _maybe(NAMES),
                _maybe(owners),
                _maybe(_policies(one)),
                _maybe(st.sampled_from(OfflineAction)),
                _maybe(SOME),
                separate_monitor=_maybe(SOME),
            )
        )
        .filter(lambda command: command != cmd.ConfigureResource(command.resource)),
        st.builds(cmd.LiveMigrate, machines, nodes, _maybe(_options())),
        st.builds(cmd.SetMigrationOptions, _options()),
        st.builds(cmd.SetMachineNetworks, machines, _maybe(st.builds(NetworkPreference, a_list, a_list))),
        st.builds(cmd.QuickMigrate, machines, nodes),
        st.builds(cmd.MoveMachine, machines, nodes),
        st.builds(
            cmd.TuneMigration,
            _id("migrations"),
            _maybe(st.floats(0.001, 30)),
            _maybe(st.just(UNLIMITED) | st.integers(1, 10**10)),
            SOME,
        ),
        st.builds(cmd.PauseNode, nodes),
        st.builds(cmd.ResumeNode, nodes, SOME),
        st.builds(cmd.DrainNode, nodes, _maybe(_drain_moves(machines, nodes)), _maybe(_options())),
        st.builds(cmd.CancelMigrations, _maybe(nodes)),
        st.builds(cmd.FailResource, _id("resources")),
        st.builds(cmd.BringOnline, _id("resources").filter(_has_no_command_of_its_own)),
        st.builds(cmd.ClearBlocked, _id("groups")),
        st.builds(cmd.ConfirmNodeOff, nodes),
        st.builds(cmd.AddNode, NAMES),
        st.builds(cmd.EvictNode, nodes),
        st.builds(
            cmd.ConfigureNetwork,
            networks,
            _maybe(NAMES),
            _maybe(st.sampled_from(NetworkRole)),
            _maybe(st.integers(1, 99999)),
            _maybe(SOME),
        ).filter(lambda command: command != cmd.ConfigureNetwork(command.network)),
        st.builds(cmd.RevertToSnapshot, _id("snapshots")),
        st.builds(cmd.DeleteSnapshot, _id("snapshots")),
        *_faults(nodes),
        st.builds(cmd.RepairFault, _id("faults")),
        st.builds(cmd.ShutDownNode, nodes, SOME),
        *_of_roles(nodes, disks),
    )


def _of_roles(nodes: st.SearchStrategy[str], disks: st.SearchStrategy[str]) -> list[st.SearchStrategy[cmd.Command]]:
    """Commands about services and applications that are no virtual machines."""
    state = recorder().state
    roles = st.sampled_from([group.id for group in state.groups.values() if group.is_role])
    others = st.sampled_from([one.id for one in state.resources.values() if one.machine is None and one.disk is None])
    some = st.lists(disks, max_size=2, unique=True).map(tuple)
    with_program = [kind for kind, one in KINDS.items() if one.program]
    without = [kind for kind, one in KINDS.items() if not one.program]
    return [
        st.builds(cmd.AddRole, st.sampled_from(without), NAMES, NAMES, some),
        st.builds(cmd.AddRole, st.sampled_from(with_program), NAMES, NAMES, some, NAMES),
        st.builds(cmd.SetGroupOnline, roles, SOME),
        st.builds(cmd.MoveGroup, roles, nodes),
        st.builds(cmd.AddResource, roles, st.sampled_from(list(DETAILS)), NAMES, NAMES | st.just("")),
        st.builds(cmd.RemoveResource, _id("resources")),
        st.builds(cmd.MoveDisk, disks, _id("groups")),
        st.builds(cmd.TakeOffline, others),
    ]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_powershell_text_of_a_command_gives_the_same_command_again(data: st.DataObject) -> None:
    command = data.draw(_commands())
    assert again(command) == [command], powershell(command, recorder().state)


def test_the_text_of_a_snapshot_has_its_id_exactly_where_its_name_is_not_enough() -> None:
    state = recorder().state
    names = [(one.machine.id, one.name.casefold()) for one in state.snapshots.values()]
    counts = {one.id: names.count((one.machine.id, one.name.casefold())) for one in state.snapshots.values()}
    assert set(counts.values()) == {1, 2}
    for identity, count in counts.items():
        for command in (cmd.RevertToSnapshot(identity), cmd.DeleteSnapshot(identity)):
            assert (" -Id " in powershell(command, state)) is (count > 1)
            assert again(command) == [command], powershell(command, state)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_with_what_if_the_text_of_a_command_only_says_what_it_would_do(data: st.DataObject) -> None:
    workspace = recorder()
    text = powershell(data.draw(_commands()), workspace.state)
    cmdlets = "; ".join(line for line in text.split("; ") if not line.startswith("(Get-"))
    workspace.noted.clear()
    results = ShellSession(workspace, lambda limit: None).execute(f"$WhatIfPreference = $true; {cmdlets}")
    assert workspace.noted == [], text
    assert all(str(line).startswith("What if: ") or isinstance(line, ShellObject) for line in results.objects), text
