"""Commands on the Nodes: what was run on real nodes for what a person asked, and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from fcm.model.moments import clock_time
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import copy_text, named, wrapped
from fcm.ui.widgets.page_parts import EmptyState

if TYPE_CHECKING:
    from fcm.ui.desk import Desk
    from fcm.workspace.workspace import NodeCommand

_INTRO = (
    "fcm carries out every action with commands on the nodes. This list shows the latest ones since the cluster was "
    "opened, newest first. Secrets are replaced."
)
_PLUMBING = ("#", "LC_ALL", "set -e", "if [ -d /run/systemd/system ]")
"""Begins of lines that say nothing about what a script is for."""
_NUMBER = Qt.ItemDataRole.UserRole


class NodeCommandsDialog(PlainDialog):
    """A list, newest first, and the whole text of the selected one. Not modal, so that it can be watched."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Commands on the Nodes", "console", QSize(860, 560))
        self.setWindowModality(Qt.WindowModality.NonModal)
        self._shown: tuple[NodeCommand, ...] = ()
        self.tree = named(QTreeWidget(), "Commands on the nodes")
        self.tree.setHeaderLabels(["Time", "Node", "Result", "Duration", "Command"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        for column, width in enumerate((110, 90, 130, 90)):
            self.tree.setColumnWidth(column, width)
        self.tree.headerItem().setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.tree.currentItemChanged.connect(lambda *_: self._explain())
        self.text = named(QPlainTextEdit(), "Command and answer")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.empty = EmptyState(
            "No commands have been run on the nodes yet. Perform an action, such as Pause or Live migrate."
        )
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.tree)
        both.addWidget(self.text)
        both.setChildrenCollapsible(False)
        self._both = both
        self.again = self._button("&Refresh", "refresh")
        self.again.clicked.connect(self.fill)
        self.copy = self._button("&Copy", "copy")
        self.copy.clicked.connect(lambda: copy_text(self.text.toPlainText()))
        self.discard = self._button("Close", "")
        self.discard.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.discard)
        column_of = QVBoxLayout(self)
        column_of.addWidget(wrapped(_INTRO, "quiet"))
        column_of.addWidget(both, 1)
        column_of.addWidget(self.empty, 1)
        column_of.addLayout(buttons)
        self.fill()

    def _button(self, text: str, icon: str) -> QPushButton:
        button = named(QPushButton(text), text.replace("&", ""))
        if icon:
            button.setIcon(icons.icon(icon))
        button.setAutoDefault(False)
        return button

    def fill(self) -> None:
        """Show what was run until now."""
        workspace = self.window_of.workspace
        commands = () if workspace is None else tuple(reversed(workspace.node_commands()))
        self._shown = commands
        self.tree.clear()
        for number, command in enumerate(commands):
            took = words.seconds(command.took) if command.took >= 0.05 else words.NONE
            item = QTreeWidgetItem([clock_time(command.time), command.node, _result(command), took, _first(command)])
            item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setIcon(2, icons.icon("pass" if command.code == 0 else "warn" if command.code else "fail"))
            item.setData(0, _NUMBER, number)
            item.setToolTip(4, literal(_first(command)))
            self.tree.addTopLevelItem(item)
        self._both.setVisible(bool(commands))
        self.empty.setVisible(not commands)
        self.copy.setEnabled(bool(commands))
        if commands:
            self.tree.setCurrentIndex(self.tree.model().index(0, 0))

    def _explain(self) -> None:
        item = self.tree.currentItem()
        if item is None:
            self.text.clear()
            return
        command = self._shown[item.data(0, _NUMBER)]
        said = "\n".join(f"# {line}" for line in command.said.splitlines())
        times = f", run {command.times:,} times" if command.times > 1 else ""
        self.text.setPlainText(f"# {command.node}: {_result(command)}{times}\n{command.script}\n{said}".rstrip())


def _result(command: NodeCommand) -> str:
    if command.code is None:
        return "no answer"
    return "carried out" if command.code == 0 else f"code {command.code}"


def _first(command: NodeCommand) -> str:
    """The first line that does something."""
    lines = (line.strip() for line in command.script.splitlines())
    return next((line for line in lines if line and not line.startswith(_PLUMBING)), "")
