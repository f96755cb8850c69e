"""The PowerShell that a dialog or wizard shows gives its own commands again, whatever was changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QTreeWidget,
)

from fcm.backend.embedded import open_embedded
from fcm.shell.runtime.session import ShellSession
from fcm.ui import dialogs
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.migration import PreflightPanel
from fcm.ui.widgets.background import Work
from fcm.ui.wizards.frame import CommandWizard
from fcm.workspace.actions.catalog import ACTIONS
from fcm.workspace.actions.powershell import powershell
from tests.property.shell.test_shell_commands import Recorder, _selections
from tests.ui.window_by_hand import window_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.model.commands import Command
    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.selection import Selection

OF_COMMANDS = sorted({action.dialog for action in ACTIONS if action.dialog and action.of and not action.choices})


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window of a rich cluster whose commands are only noted, and whose plans are not looked at."""
    monkeypatch.setattr(PreflightPanel, "show_plan", lambda *_: None)
    workspace = Recorder(open_embedded("contoso", seed=1, start_time=1_000_000.0))
    workspace.prepare()
    return window_of(qtbot, tmp_path, workspace)


def _opened(shown: MainWindow, name: str) -> list[QDialog]:
    """The dialog of a name, for one object of each place that offers it."""
    found: dict[str, Selection] = {}
    for action in ACTIONS:
        for selection in _selections(shown.state):
            offers = action.dialog == name and selection.place in action.places
            if offers and action.verdict(shown.state, selection, shown.workspace.capabilities):
                found.setdefault(selection.place, selection)
    made = [dialogs.show(name, shown.desk, selection) for selection in found.values()]
    return [dialog for dialog in made if dialog is not None]


def _given(shown: MainWindow, text: str) -> list[Command]:
    workspace = shown.workspace
    assert isinstance(workspace, Recorder)
    workspace.noted.clear()
    ShellSession(workspace, lambda limit: None).execute(text)
    return list(workspace.noted)


def _close(dialog: QDialog) -> None:
    for work in dialog.findChildren(Work):
        work.wait()
    dialog.close()


def _tick(dialog: QDialog) -> None:
    for box in dialog.findChildren(QCheckBox):
        box.toggle()


def _choose(dialog: QDialog) -> None:
    for box in dialog.findChildren(QComboBox):
        box.setCurrentIndex((box.currentIndex() + 1) % max(1, box.count()))
    for button in dialog.findChildren(QRadioButton):
        button.setChecked(True)
    for tree in dialog.findChildren(QTreeWidget):
        item = tree.topLevelItem(0)
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            other = item.checkState(0) != Qt.CheckState.Checked
            item.setCheckState(0, Qt.CheckState.Checked if other else Qt.CheckState.Unchecked)


def _count(dialog: QDialog) -> None:
    for box in dialog.findChildren(QAbstractSpinBox):
        box.stepUp()


def _name(dialog: QDialog) -> None:
    for line in dialog.findChildren(QLineEdit):
        if not isinstance(line.parent(), QAbstractSpinBox | QComboBox) and not line.isReadOnly():
            line.setText("an odd ‘name’ ")


CHANGES: tuple[Callable[[QDialog], None], ...] = (lambda dialog: None, _tick, _choose, _count, _name)


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("name", OF_COMMANDS)
def test_what_a_dialog_shows_gives_its_commands_again(shown: MainWindow, name: str) -> None:
    for dialog in _opened(shown, name):
        for change in CHANGES:
            change(dialog)
            if isinstance(dialog, CommandDialog) and not dialog.problem():
                text, commands = dialog.power_shell.text(), list(dialog.commands())
                assert _given(shown, text) == commands, text
            elif isinstance(dialog, CommandWizard) and shown.workspace.allowed(dialog.command()):
                text = powershell(dialog.command(), shown.state)
                assert _given(shown, text) == [dialog.command()], text
        _close(dialog)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_there_are_dialogs_whose_changes_give_commands(shown: MainWindow) -> None:
    seen = set()
    for name in OF_COMMANDS:
        for dialog in _opened(shown, name):
            for change in CHANGES:
                change(dialog)
                if isinstance(dialog, CommandDialog) and not dialog.problem() and dialog.commands():
                    seen.add(name)
                    assert dialog.findChild(QPlainTextEdit).toPlainText()
            _close(dialog)
    assert seen >= {"machine-settings", "group-properties", "network-properties", "rename-volume", "preflight"}
