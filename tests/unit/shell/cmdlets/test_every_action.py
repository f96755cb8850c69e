"""Every action of the window, for every kind of object on a rich cluster, as PowerShell."""

from __future__ import annotations

import re

import pytest

from fcm.model import commands as cmd
from fcm.model.commands import COMMAND_TYPES, Command
from fcm.model.entities import GroupType, ResourceType
from fcm.model.failures import FaultKind
from fcm.model.migrations import UNLIMITED
from fcm.shell.language.errors import ShellSyntaxError
from fcm.shell.language.parser import parse
from fcm.shell.runtime.session import ShellSession
from fcm.workspace.actions.action_text import ActionText, action_text
from fcm.workspace.actions.catalog import ACTIONS, Action, actions_for
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.selection import Place, Selection
from tests.property.shell.test_shell_commands import _selections, recorder


def _given(text: str) -> tuple[Command, ...]:
    """The commands that a text submits."""
    workspace = recorder()
    workspace.noted.clear()
    ShellSession(workspace, lambda limit: None).execute(text)
    return tuple(workspace.noted)


def _texts(action: Action) -> list[tuple[Selection, ActionText]]:
    state = recorder().state
    found = [one for one in _selections(state) if one.place in action.places]
    return [(one, action_text(action, state, one)) for one in found]


def test_the_cluster_has_an_object_of_every_kind_that_has_actions() -> None:
    there = {selection.place for selection in _selections(recorder().state)}
    assert there >= {place for place in Place if actions_for(place)}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_an_action_is_powershell_or_says_why_it_is_not(action: Action) -> None:
    for selection, found in _texts(action):
        assert found.text or found.note.endswith("."), selection
        if found.text:
            parse(found.text)


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.dialog is None], ids=lambda action: action.id)
def test_an_action_without_a_dialog_has_a_text_for_some_object(action: Action) -> None:
    choices = action.choices or (lambda state, selection: ())
    assert any(found.text or choices(recorder().state, selection) for selection, found in _texts(action))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_the_text_of_an_action_gives_its_command_again(action: Action) -> None:
    for selection, found in _texts(action):
        if found.commands:
            assert _given(found.text) == found.commands, (selection, found.text)


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.choices], ids=lambda action: action.id)
def test_without_a_destination_the_text_gives_one_of_the_choices_or_a_reason(action: Action) -> None:
    assert action.choices is not None
    for selection, found in _texts(action):
        possible = [choice.command for choice in action.choices(recorder().state, selection)]
        assert all(one in possible for one in _given(found.text)), (selection, found.text)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_a_placeholder_is_named_in_the_note_and_can_be_filled_in(action: Action) -> None:
    for _, found in _texts(action):
        assert all(placeholder in found.note for placeholder in found.placeholders)
        assert not (found.placeholders and found.commands)
        try:
            parse(re.sub("<[a-z ]+>", "node1", found.text))
        except ShellSyntaxError as error:
            raise AssertionError(found.text) from error


def _of_dialogs() -> tuple[Command, ...]:
    """A command of each kind that only a dialog, a wizard, the migration view or PowerShell gives."""
    state = recorder().state
    volume, node = next(iter(state.shared_volumes)), next(iter(state.nodes))
    migration = next(iter(state.migrations))
    return (
        cmd.SetConcurrentMigrations(2),
        cmd.SetMachineNetworks(next(iter(state.machines)), None),
        cmd.CreateVirtualMachine("new one", node, 2**30, volume, start=True),
        cmd.AddNode("node9"),
        cmd.RenameVolumeFolder(volume, "Data"),
        cmd.InjectFault(FaultKind.ISOLATE, node, together=("node2",)),
        cmd.ShutDownNode(node),
        cmd.RenameSharedVolume(volume, "Data"),
        cmd.TuneMigration(migration, downtime_limit=0.5),
        cmd.TuneMigration(migration, bandwidth=10**8),
        cmd.TuneMigration(migration, bandwidth=UNLIMITED),
        cmd.TuneMigration(migration, post_copy=True),
        cmd.ConfigureNode(node, 0),
        cmd.ConfigureCluster(same_subnet_threshold=10),
        cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.61", (next(iter(state.disks)),)),
        cmd.AddResource(_role(), ResourceType.GENERIC_SERVICE, "Spooler", "Spooler"),
        cmd.MoveDisk(next(iter(state.disks)), _role()),
        cmd.SetGroupOnline(_role(), online=False),
        cmd.MoveGroup(_role(), "node2"),
        cmd.RemoveResource(next(iter(state.resources))),
        cmd.TakeOffline(next(one.id for one in state.resources.values() if one.disk is None and one.machine is None)),
    )


def _role() -> str:
    return next(group.id for group in recorder().state.groups.values() if group.is_role)


def test_the_text_of_what_only_dialogs_give_is_its_command_again() -> None:
    for command in _of_dialogs():
        assert _given(powershell(command, recorder().state)) == (command,)


def test_no_kind_of_command_is_left_out() -> None:
    state = recorder().state
    seen = {type(command) for command in _of_dialogs()}
    for action in ACTIONS:
        for selection, found in _texts(action):
            seen |= {type(command) for command in found.commands}
            seen |= {type(choice.command) for choice in (action.choices(state, selection) if action.choices else ())}
    assert {kind.__name__ for kind in COMMAND_TYPES} == {kind.__name__ for kind in seen}
