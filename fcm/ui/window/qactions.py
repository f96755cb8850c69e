"""One list of actions, seen four ways: this file turns it into menus and says what each entry would do now."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from fcm.model.commands import (
    InjectFault,
    LiveMigrate,
    MoveGroup,
    MoveMachine,
    MoveSharedVolume,
    QuickMigrate,
    RepairFault,
)
from fcm.model.rules.verdict import OK, Verdict, no, together
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.window.many_choices import SEARCHED_FROM, ChoiceSearch
from fcm.ui.window.many_moves import ASKED as ASKED
from fcm.ui.window.many_moves import ChoiceEntry as ChoiceEntry  # who shows menus knows both by this room
from fcm.ui.window.many_moves import ManyMoves, failures_of_many, is_many
from fcm.workspace.actions.catalog import Action, actions_for, question_of
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace

EVERYWHERE = ("refresh", "help")
"""Actions of every place; a menu shows them once, at its end."""
OF_FAILURES = frozenset(
    (
        "simulate-failure",
        "repair-failure",
        "repair-fault",
        "fail-resource",
        "fail-adapter",
        "repair-adapter",
        "reset-cluster",
        "replay",
    )
)
"""What a drill leaves out: these entries would tell what has failed, or need a journal."""
JUDGED = 200
"""Selected things for which they are asked before something is done or described; of more the cluster refuses."""
_ALIKE = (LiveMigrate, QuickMigrate, MoveMachine, MoveGroup, MoveSharedVolume, InjectFault, RepairFault)
"""Commands whose choices are the same for several things: the nodes, or what can fail."""
_NUMBERED = re.compile(r"\d+ - ")
"""What stands before a label of choices that are nodes; it differs from machine to machine."""
_CLOSED = no("No cluster is open.", "Open one with Manage a Cluster.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One action as it stands now for what is selected."""

    action: Action
    selections: tuple[Selection, ...]
    verdict: Verdict
    choices: Sequence[ChoiceEntry] = ()
    said: str = ""
    """Its label in the present state, where it has such a one."""

    @property
    def label(self) -> str:
        """As the menus show it; several machines are spoken of as several."""
        if len(self.selections) > 1:
            return self.action.label.replace("virtual machine", "virtual machines", 1)
        return self.said or self.action.label

    @property
    def reason(self) -> str:
        """Why it cannot be done now, and what would help; "" if it can."""
        return "" if self.verdict else self.verdict.sentence()


def entries(workspace: Workspace | None, selections: Sequence[Selection]) -> tuple[Entry, ...]:
    """All actions for what is selected (things of one kind), in the order of the menus."""
    if not selections:
        return ()
    chosen = tuple(selections)
    found = []
    for action in actions_for(chosen[0].place):
        if action.id in OF_FAILURES and workspace is not None and workspace.hides_failures:
            continue
        if action.special and workspace is not None and not _has(workspace, action):
            continue
        if action.fits is not None and workspace is not None and not _fits(workspace.state, action, chosen):
            continue
        if len(chosen) > 1 and action.dialog is not None and action.command is None and action.id not in EVERYWHERE:
            continue
        entry = _entry(workspace, action, chosen)
        # What can be chosen for one machine alone (its snapshots) has no meaning for several.
        if len(chosen) == 1 or action.choices is None or entry.choices:
            found.append(entry)
    return tuple(found)


def _fits(state: State, action: Action, chosen: Sequence[Selection]) -> bool:
    """Whether an action is for one of the first things that are selected."""
    assert action.fits is not None
    return any(action.fits(state, one) for one in chosen[:ASKED] if one.exists(state))


def _has(workspace: Workspace, action: Action) -> bool:
    """Whether this kind of cluster knows what an action is for."""
    if action.able is not None and not action.able(workspace.capabilities):
        return False
    return action.of is None or bool(workspace.capabilities.verdict(action.of))


def entry_for(workspace: Workspace | None, action: Action, selection: Selection) -> Entry:
    """One action for one thing."""
    return _entry(workspace, action, (selection,))


def _entry(workspace: Workspace | None, action: Action, chosen: tuple[Selection, ...]) -> Entry:
    found = _judged(workspace, action, chosen)
    if action.words is None or workspace is None or len(chosen) > 1 or not chosen[0].exists(workspace.state):
        return found
    return replace(found, said=action.words(workspace.state, chosen[0]))


def _judged(workspace: Workspace | None, action: Action, chosen: tuple[Selection, ...]) -> Entry:
    if action.window:
        return Entry(action, chosen, OK)
    if workspace is None:
        return Entry(action, chosen, _CLOSED)
    state, capabilities = workspace.state, workspace.capabilities
    verdict = _any(action.verdict(state, selection, capabilities) for selection in chosen)
    if action.choices is None or (len(chosen) > 1 and action.of not in _ALIKE):
        return Entry(action, chosen, verdict)
    if not all(selection.exists(state) for selection in chosen):
        return Entry(action, chosen, verdict)
    if is_many(action, state, chosen):
        return Entry(action, chosen, verdict, ManyMoves(workspace, action, chosen))
    return Entry(action, chosen, verdict, _choices(workspace, action, chosen))


def _any(verdicts: Iterable[Verdict], most: int = JUDGED) -> Verdict:
    """Whether something can be done with one thing of ``most`` at least; else the reasons of all that were asked."""
    refused: list[Verdict] = []
    for verdict in islice(verdicts, most + 1):
        if verdict or len(refused) == most:
            return OK
        refused.append(verdict)
    return together(refused[:ASKED])


def _choices(workspace: Workspace, action: Action, chosen: tuple[Selection, ...]) -> tuple[ChoiceEntry, ...]:
    assert action.choices is not None
    if len(chosen) == 1:
        return tuple(
            ChoiceEntry(
                choice.label,
                workspace.allowed(choice.command),
                (choice.command,),
                choice.icon,
                Selection(Place.NODE, choice.node) if choice.dialog else None,
                choice.dialog,
            )
            for choice in action.choices(workspace.state, chosen[0])
        )
    if action.of is InjectFault and chosen[0].place is Place.MACHINE and len(chosen) > JUDGED:
        return failures_of_many(workspace, action, chosen)
    by_label: dict[str, list[tuple[Command, Verdict]]] = {}
    numbered = False
    shown: dict[str, str] = {}
    for selection in chosen:
        for choice in action.choices(workspace.state, selection):
            if not isinstance(choice.command, _ALIKE):
                continue
            text = _NUMBERED.sub("", choice.label, count=1)
            numbered = numbered or text != choice.label
            shown.setdefault(text, choice.icon)
            found = by_label.setdefault(text, [])
            found.append((choice.command, workspace.allowed(choice.command) if len(found) < ASKED else OK))
    merged = []
    for number, text in enumerate(sorted(by_label) if numbered else by_label, 1):
        asked = [command for command, verdict in by_label[text] if verdict]
        able = _with_room(workspace.state, asked)
        verdict = OK if able else together(verdict for _, verdict in by_label[text])
        of_all = (len(chosen) <= ASKED or len(able) < len(asked)) and len(able) < len(chosen)
        label = (f"{number} - " if numbered else "") + text + (f" ({len(able)} of {len(chosen)})" if of_all else "")
        merged.append(ChoiceEntry(label, verdict, able, shown[text]))
    return tuple(merged)


def _with_room(state: State, commands: list[Command]) -> tuple[Command, ...]:
    """Of moves to one node those whose machines have room there together, in the order in which they are selected."""
    left: dict[str, int] = {}
    found: list[Command] = []
    for command in commands:
        if isinstance(command, LiveMigrate | QuickMigrate | MoveMachine):
            machine, node = state.machines.get(command.machine), command.destination
            needed = machine.memory if machine is not None and machine.state.holds_memory else 0
            room = left.setdefault(node, state.free_memory(node) if node in state.nodes else 0)
            if found and needed > room:
                continue
            left[node] = room - needed
        found.append(command)
    return tuple(found)


def submenu(menu: QMenu, icon: str, label: str) -> QMenu:
    """Append a submenu to a menu and return it.

    ``addMenu`` with a text makes it outside of Python, which then never learns that it was deleted: its parent would
    hold what stands for it and for its entries as long as it lives itself.
    """
    below = QMenu(label, menu)
    below.setIcon(icons.icon(icon))
    menu.addMenu(below)
    return below


def emptied(menu: QMenu) -> None:
    """Remove all entries of a menu, with their submenus: ``QMenu.clear`` leaves these behind."""
    for below in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        below.deleteLater()
    menu.clear()


def fill_menu(
    menu: QMenu, found: Sequence[Entry], perform: Callable[[Entry, ChoiceEntry | None], None]
) -> Sequence[Entry]:
    """Append entries to a menu and return them; the data of each is (entry, choice).

    A disabled entry has its reason as tooltip and status tip.
    """
    whole = menu
    whole.setToolTipsVisible(True)
    parted = False
    within: dict[str, QMenu] = {}
    for entry in found:
        if entry.action.id in EVERYWHERE and not parted and not whole.isEmpty():
            whole.addSeparator()
            parted = True
        menu = _place_of(entry, whole, within)
        if entry.choices:
            below = submenu(menu, entry.action.icon, entry.label)
            _explain(below.menuAction(), entry.verdict)
            below.menuAction().setObjectName(entry.action.id)
            below.menuAction().setData((entry, None))
            fill_choices(below, entry, perform)
            continue
        made = menu.addAction(icons.icon(entry.action.icon), entry.label)
        made.setObjectName(entry.action.id)
        made.setData((entry, None))
        _explain(made, entry.verdict)
        if entry.action.shortcut:
            made.setShortcut(QKeySequence(entry.action.shortcut))
        made.triggered.connect(lambda _=False, entry=entry: perform(entry, None))
    return found


def _place_of(entry: Entry, menu: QMenu, within: dict[str, QMenu]) -> QMenu:
    """The menu itself, or its submenu in which an entry stands; that is made once."""
    under = entry.action.under
    if not under:
        return menu
    if under not in within:
        within[under] = submenu(menu, group_icon(under), under)
        within[under].setToolTipsVisible(True)
        within[under].setAccessibleName(under.replace("...", ""))
        within[under].menuAction().setObjectName(group_name(under))
    return within[under]


def group_name(under: str) -> str:
    """The name of the object of a submenu of actions."""
    return under.replace("...", "").replace(" ", "-").lower()


def group_icon(under: str) -> str:
    """The icon of a submenu of actions."""
    return "new-vm" if under.startswith("Virtual") else "more"


def fill_choices(
    menu: QMenu, entry: Entry, perform: Callable[[Entry, ChoiceEntry | None], None], at_once: bool = False
) -> None:
    """Append the choices of an entry to a menu; many, and those of many machines, each time when it opens.

    ``at_once``: now, since it opens now.
    """
    menu.setToolTipsVisible(True)
    if isinstance(entry.choices, ManyMoves) or (len(entry.choices) >= SEARCHED_FROM and not at_once):
        menu.aboutToShow.connect(lambda: _fill_again(menu, entry, perform))
    else:
        _fill_again(menu, entry, perform)


def _fill_again(menu: QMenu, entry: Entry, perform: Callable[[Entry, ChoiceEntry | None], None]) -> None:
    menu.clear()
    many = len(entry.choices) >= SEARCHED_FROM
    able: list[QAction] = []
    others: list[QAction] = []
    for choice in sorted(entry.choices, key=lambda one: not one.verdict) if many else entry.choices:
        made = menu.addAction(choice.label)
        if choice.icon:
            made.setIcon(icons.icon(choice.icon))
        made.setData((entry, choice))
        _explain(made, choice.verdict)
        made.triggered.connect(lambda _=False, choice=choice: perform(entry, choice))
        (able if choice.verdict else others).append(made)
    if many:
        ChoiceSearch(menu, able, others)


def _explain(action: QAction, verdict: Verdict) -> None:
    action.setEnabled(bool(verdict))
    if not verdict:
        action.setToolTip(literal(verdict.sentence()))
        action.setStatusTip(verdict.sentence())


def acted_on(entry: Entry, workspace: Workspace) -> tuple[Selection, ...]:
    """Those of the selected things with which something would be done: all for which it is allowed."""
    if not entry.verdict or not 1 < len(entry.selections) <= JUDGED:
        return entry.selections
    state, capabilities = workspace.state, workspace.capabilities
    return tuple(one for one in entry.selections if entry.action.verdict(state, one, capabilities))


def dialog_of(entry: Entry, choice: ChoiceEntry | None) -> tuple[str, Selection] | None:
    """The dialog that an entry or its choice opens, and what it is about; None: it carries out commands."""
    if choice is not None and choice.about is not None:
        return choice.dialog, choice.about
    if entry.action.dialog is None or (len(entry.selections) > 1 and entry.action.command is not None):
        return None  # what has a command as well is done at once to several things
    return entry.action.dialog, entry.selections[0]


def commands_of(entry: Entry, choice: ChoiceEntry | None, workspace: Workspace) -> Sequence[Command]:
    """The commands that an entry leads to; none if it opens a dialog."""
    if choice is not None:
        if not 1 < len(choice.commands) <= JUDGED:
            return choice.commands
        return tuple(command for command in choice.commands if workspace.allowed(command))
    if entry.action.command is None:
        return ()
    return tuple(entry.action.command(workspace.state, selection) for selection in acted_on(entry, workspace))


def question(entry: Entry, workspace: Workspace, commands: Sequence[Command] = ()) -> str:
    """What is asked before it is done, with the names of all that it acts on and of nothing else; "" if nothing is.

    Args:
        entry: what was chosen.
        workspace: the open cluster.
        commands: what it leads to.
    """
    if entry.action.confirm is None and entry.action.asks is None:
        return ""
    return question_of(entry.action, workspace.state, acted_on(entry, workspace), commands)


def ask(parent: QWidget, question: str, yes: str, then: Callable[[], None]) -> QMessageBox:
    """Ask before an action that costs something; does not block."""
    box = QMessageBox(QMessageBox.Icon.Question, "Failover Cluster Manager", question, parent=parent)
    box.setObjectName("question")
    box.setAccessibleName(question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    go = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(QMessageBox.StandardButton.Cancel)
    go.setAccessibleName(yes)
    stay.setAccessibleName("Cancel")
    box.setDefaultButton(stay)
    box.accepted.connect(then)
    box.finished.connect(box.deleteLater)
    box.open()
    return box
