"""Snapshots of virtual machines: whether one can be taken, reverted to or deleted, and what is asked before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.rules.allowed import allowed
from fcm.model.rules.snapshots import current_snapshot, revert_advice, snapshot_advice, snapshots_of
from fcm.model.rules.verdict import Verdict, no
from fcm.workspace.actions.choice import Choice

if TYPE_CHECKING:
    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.selection import Selection


def snapshot_question(state: State, selection: Selection) -> str:
    """What is asked before a snapshot is taken."""
    machine = state.machines[selection.id]
    return f"Take a snapshot of {machine.name}? {snapshot_advice(state, machine)}".strip()


_NO_SNAPSHOT = "{} has no snapshot."


def revert_command(state: State, selection: Selection) -> Command:
    """Revert to the newest snapshot."""
    found = current_snapshot(state, selection.id)
    return cmd.RevertToSnapshot(found.id if found else "")


def revert_question(state: State, selection: Selection) -> str:
    """What is asked before that."""
    found = current_snapshot(state, selection.id)
    if found is None:
        return _NO_SNAPSHOT.format(state.machines[selection.id].name)
    return f"Revert {found.machine.name} to a snapshot? {revert_advice(state, found)}"


def _with_snapshot(state: State, selection: Selection, choices: tuple[Choice, ...]) -> Verdict:
    if not choices:
        return no(_NO_SNAPSHOT.format(state.machines[selection.id].name), "Take one with Snapshot.")
    verdicts = [allowed(choice.command, state) for choice in choices]
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


def revertible(state: State, selection: Selection) -> Verdict:
    """Whether there is a snapshot to revert to, and it may be done."""
    command = revert_command(state, selection)
    found = current_snapshot(state, selection.id) is not None
    return _with_snapshot(state, selection, (Choice("", command),) if found else ())


def applicable(state: State, selection: Selection) -> Verdict:
    """Whether one of the snapshots may be applied."""
    return _with_snapshot(state, selection, apply_choices(state, selection))


def deletable(state: State, selection: Selection) -> Verdict:
    """Whether one of the snapshots may be deleted."""
    return _with_snapshot(state, selection, delete_choices(state, selection))


def apply_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    """The snapshots to apply."""
    return tuple(Choice(one.name, cmd.RevertToSnapshot(one.id)) for one in snapshots_of(state, selection.id))


def delete_choices(state: State, selection: Selection) -> tuple[Choice, ...]:
    """The snapshots to delete."""
    return tuple(Choice(one.name, cmd.DeleteSnapshot(one.id)) for one in snapshots_of(state, selection.id))
