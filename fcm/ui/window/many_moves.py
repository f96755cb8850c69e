"""Where many selected machines can go: found when a menu of it opens, for thousands of machines and tens of nodes.

8,000 machines and 64 nodes have half a million pairs; a menu needs one count for each node, and the commands only of
the node that is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from fcm.model.commands import InjectFault, LiveMigrate, MoveMachine, QuickMigrate
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import OK, Verdict, together
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.actions.action import Action
    from fcm.workspace.actions.choice import Choice
    from fcm.workspace.selection import Selection
    from fcm.workspace.workspace import Workspace

ASKED = 12
"""Selected things for which the rules are asked before a menu shows an entry, and whose reasons are told."""
PAIRS = 400
"""Machines times nodes from which on the choices are found only when a menu opens."""
_MOVES = (LiveMigrate, QuickMigrate, MoveMachine)


@dataclass(frozen=True, slots=True)
class ChoiceEntry:
    """One entry of a submenu: the commands, one for each selected thing for which it is allowed."""

    label: str
    verdict: Verdict
    commands: Sequence[Command]
    icon: str = ""
    about: Selection | None = None
    """What the dialog is about that it opens; None: it carries out its commands."""
    dialog: str = ""


@dataclass(frozen=True, slots=True)
class Commands(Sequence["Command"]):
    """Commands that differ in one field alone, such as moves to one node; made one by one when they are wanted."""

    pattern: Command
    """One of them."""
    machines: tuple[str, ...]
    field: str = "machine"
    """The field that has the id of the machine."""

    def __len__(self) -> int:
        """One for each machine."""
        return len(self.machines)

    @overload
    def __getitem__(self, place: int) -> Command: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Command]: ...
    def __getitem__(self, place: int | slice) -> Command | Sequence[Command]:
        """The command of one machine, or those of some."""
        if isinstance(place, slice):
            return replace(self, machines=self.machines[place])
        changes: Any = {self.field: self.machines[place]}
        return replace(self.pattern, **changes)


def is_many(action: Action, state: State, chosen: Sequence[Selection]) -> bool:
    """Whether the choices of an action are found only when they are wanted."""
    return (
        len(chosen) > 1
        and len(chosen) * len(state.nodes) > PAIRS
        and action.of in _MOVES
        and action.choices is not None
        and chosen[0].place is Place.MACHINE
    )


class ManyMoves(Sequence[ChoiceEntry]):
    """The nodes to which many machines can go, as the state is when somebody looks."""

    def __init__(self, workspace: Workspace, action: Action, chosen: tuple[Selection, ...]) -> None:
        """Nothing is asked yet."""
        self._workspace = workspace
        self._action = action
        self._chosen = chosen
        self._of: State | None = None
        self._found: tuple[ChoiceEntry, ...] = ()

    def __eq__(self, other: object) -> bool:
        """The same question, whatever the answer is now."""
        if not isinstance(other, ManyMoves):
            return NotImplemented
        mine = (self._workspace, self._action, self._chosen)
        return mine == (other._workspace, other._action, other._chosen)  # of the same class

    def __hash__(self) -> int:
        return hash((self._action.id, self._chosen))

    def __bool__(self) -> bool:
        """There may be some; whether there are is found when they are wanted."""
        return True

    def __len__(self) -> int:
        return len(self._now())

    def __iter__(self) -> Iterator[ChoiceEntry]:
        return iter(self._now())

    @overload
    def __getitem__(self, place: int) -> ChoiceEntry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ChoiceEntry]: ...
    def __getitem__(self, place: int | slice) -> ChoiceEntry | Sequence[ChoiceEntry]:
        """One of them, or some."""
        return self._now()[place]

    def _now(self) -> tuple[ChoiceEntry, ...]:
        state = self._workspace.state
        if self._of is not state:
            self._of, self._found = state, tuple(self._find(state))
        return self._found

    def _find(self, state: State) -> Iterator[ChoiceEntry]:
        machines = [state.machines[one.id] for one in self._chosen if one.id in state.machines]
        here = [(machine.id, machine.node, machine.memory if machine.state.holds_memory else 0) for machine in machines]
        patterns = self._patterns(state, [machine.id for machine in machines])
        number = 0
        for node in state.nodes:
            pattern = patterns.get(node)
            if pattern is None:
                continue
            number += 1
            others = [(identity, needed) for identity, home, needed in here if home != node]
            verdicts = [self._verdict(state, pattern, identity) for identity, _ in others[:ASKED]]
            refused = {identity for (identity, _), one in zip(others, verdicts, strict=False) if not one}
            asked = [one for one in others if one[0] not in refused] if refused else others
            able = fitting(asked, state.free_memory(node))
            verdict = OK if able else together(verdicts)
            told = len(self._chosen) <= ASKED or len(able) < len(asked)
            count = f" ({len(able):,} of {len(self._chosen):,})" if told and len(able) < len(self._chosen) else ""
            label = f"{number} - {pattern.label.partition(' - ')[2]}{count}"
            yield ChoiceEntry(label, verdict, Commands(pattern.command, able), pattern.icon)

    def _patterns(self, state: State, machines: Sequence[str]) -> dict[str, Choice]:
        """A choice for each node: those of one machine, and of one on another node than the first is."""
        assert self._action.choices is not None
        found: dict[str, Choice] = {}
        for identity in machines:
            if state.machines[identity].node != state.machines[machines[0]].node or not found:
                choices = self._action.choices(state, next(one for one in self._chosen if one.id == identity))
                found.update({choice.node: choice for choice in choices if choice.node not in found})
                if len(found) == len(state.nodes):
                    break
        return found

    def _verdict(self, state: State, pattern: Choice, machine: str) -> Verdict:
        (command,) = Commands(pattern.command, (machine,))
        able = self._workspace.capabilities.verdict(command)
        return allowed(command, state) if able else able


def failures_of_many(workspace: Workspace, action: Action, chosen: tuple[Selection, ...]) -> tuple[ChoiceEntry, ...]:
    """What can be made to fail at each of many machines; the rules are asked for the first of them."""
    assert action.choices is not None
    machines = tuple(one.id for one in chosen)
    found = []
    for choice in action.choices(workspace.state, chosen[0]):
        assert isinstance(choice.command, InjectFault)
        some = Commands(choice.command, machines[:ASKED], "target")
        verdicts = [workspace.allowed(command) for command in some]
        refused = {one for one, verdict in zip(machines, verdicts, strict=False) if not verdict}
        able = tuple(one for one in machines if one not in refused) if refused else machines
        verdict = OK if able else together(verdicts)
        found.append(ChoiceEntry(choice.label, verdict, Commands(choice.command, able, "target"), choice.icon))
    return tuple(found)


def fitting(machines: Sequence[tuple[str, int]], room: int) -> tuple[str, ...]:
    """Those of some machines that have room together on a node, in their order; the first is always among them.

    Args:
        machines: id and bytes of memory that each needs.
        room: bytes that are free there.
    """
    if sum(needed for _, needed in machines) <= room:
        return tuple(identity for identity, _ in machines)
    found: list[str] = []
    for identity, needed in machines:
        if not found or needed <= room:
            found.append(identity)
            room -= needed
    return tuple(found)
