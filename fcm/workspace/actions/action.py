"""What an action of the user is, as data: where it can be taken, whether it can be now, and what it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.rules.allowed import allowed
from fcm.model.rules.failing.stopped import runs_for
from fcm.model.rules.verdict import OK, Verdict, for_all, no
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.base import Capabilities
    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.actions.choice import Choice
    from fcm.workspace.selection import Selection


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a user can do.

    Exactly one of ``command``, ``choices``, ``dialog`` is given. ``dialog`` names the dialog or the callback of the
    window (fcm/ui) that follows. ``of`` says for which command the backend must be capable.
    """

    id: str
    label: str
    icon: str
    places: frozenset[Place]
    command: Callable[[State, Selection], Command] | None = None
    choices: Callable[[State, Selection], tuple[Choice, ...]] | None = None
    dialog: str | None = None
    may: Callable[[State, Selection], Verdict] | None = None
    of: type[Command] | None = None
    shortcut: str = ""
    confirm: Callable[[State, Selection], str] | None = None
    """A question to ask before the command, for actions that cost something."""
    asks: Callable[[State, Command], str] | None = None
    """A question to ask before what was chosen; it depends on the choice."""
    able: Callable[[Capabilities], Verdict] | None = None
    """Whether the backend can, for what is no command."""
    special: bool = False
    """True if only some kinds of clusters know what it is for: where the backend cannot do it, no menu shows it."""
    window: bool = False
    """True if the action concerns the window only (no cluster needed)."""
    words: Callable[[State, Selection], str] | None = None
    """Its label for one thing, where that depends on the state; ``label`` stands for several things."""
    fits: Callable[[State, Selection], bool] | None = None
    """Which things of its places it is for at all; menus of others do not show it."""
    under: str = ""
    """The submenu in which menus and the Actions pane show it; "" = among the others."""

    def verdict(self, state: State, selection: Selection, capabilities: Capabilities) -> Verdict:
        """Whether the action can be taken now, and why not."""
        if self.of is not None:
            able = capabilities.verdict(self.of)
            if not able:
                return able
        if self.able is not None and not (able := self.able(capabilities)):
            return able
        if not selection.exists(state):
            return no("The object no longer exists.", "Refresh the view (F5).")
        if self.of is None and self.command is not None:
            able = capabilities.verdict(self.command(state, selection))
            if not able:
                return able
        if self.of is not None:
            running = runs_for(self.of, state, selection.id if selection.place is Place.MACHINE else None)
            if not running:
                return running
        if self.may is not None:
            return self.may(state, selection)
        if self.command is not None:
            return allowed(self.command(state, selection), state)
        if self.choices is not None:
            return self._choices_verdict(state, selection)
        return OK

    def _choices_verdict(self, state: State, selection: Selection) -> Verdict:
        assert self.choices is not None
        refused: list[tuple[str, str, Verdict]] = []
        for choice in self.choices(state, selection):
            verdict = allowed(choice.command, state)
            if verdict:
                return OK
            refused.append((choice.node, verdict.reason.replace(choice.node, ""), verdict))
        return for_all(refused) if refused else no("There is no other node.", "Add a node to the cluster.")
