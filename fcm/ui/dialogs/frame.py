"""The frame of a dialog that ends in commands: body, notice, PowerShell that does the same, buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from fcm.ui.look import icons
from fcm.ui.widgets.dialog_parts import Notice, PowerShellBox, name_fields, named, wrapped
from fcm.workspace.actions.powershell import powershell

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.ui.desk import Desk
    from fcm.workspace.workspace import Operation, Workspace

SMALLEST_SCREEN = 1024
WIDE_SCREEN = 1920
"""Pixels of a screen on which dialogs are wider."""
_BUTTON = QDialogButtonBox.StandardButton


FRAME = QSize(4, 40)
"""Pixels of the frame and the title bar around a window."""


def fitting(widget: QWidget, size: QSize) -> QSize:
    """A size, or as much of it as the screen has room for; a quarter wider on a wide one, so that names are whole."""
    room = widget.screen().availableSize()
    if room.width() >= WIDE_SCREEN:
        size = QSize(size.width() * 5 // 4, size.height())
    # A screen narrower than that is none that a person sits at (offscreen says 800 x 800).
    return size.boundedTo(room - FRAME) if room.width() >= SMALLEST_SCREEN else size


class PlainDialog(QDialog):
    """A window-modal dialog that deletes itself when it is closed."""

    def __init__(self, window: Desk, title: str, icon: str, size: QSize) -> None:
        super().__init__(window)
        self.window_of = window
        self.setWindowTitle(title)
        self.setWindowIcon(icons.icon(icon))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        named(self, title)
        self._size = size
        self._sized = False

    @property
    def workspace(self) -> Workspace:
        """The open cluster.

        Raises:
            LookupError: none is open; the caller should not have made this dialog.
        """
        workspace = self.window_of.workspace
        if workspace is None:
            raise LookupError("no cluster is open")
        return workspace

    @property
    def state(self) -> State:
        """The state of the open cluster."""
        return self.workspace.state

    def showEvent(self, event: QShowEvent) -> None:
        """Take a sensible size: at least what the content needs."""
        if not self._sized:
            self._sized = True
            name_fields(self)
            self.resize(fitting(self, self._size).expandedTo(self.minimumSizeHint()))
        super().showEvent(event)


class CommandDialog(PlainDialog):
    """A dialog whose OK carries out ``commands()``, one after the other, and closes when all were carried out.

    A refusal is shown in the dialog and nothing typed is lost. ``with_apply`` adds the button Apply of a property
    sheet.
    """

    def __init__(
        self, window: Desk, title: str, icon: str, size: QSize, *, intro: str = "", with_apply: bool = False
    ) -> None:
        super().__init__(window, title, icon, size)
        self.notice = Notice()
        self.power_shell = PowerShellBox()
        column = QVBoxLayout(self)
        column.setSpacing(10)
        if intro:
            column.addWidget(wrapped(intro))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column.addLayout(self.body, 1)
        column.addWidget(self.notice)
        column.addWidget(self.power_shell)
        wanted = _BUTTON.Ok | _BUTTON.Cancel
        self.buttons = QDialogButtonBox(wanted | _BUTTON.Apply if with_apply else wanted)
        for button in self.buttons.buttons():
            named(button, button.text().replace("&", ""))
        self.ok: QPushButton = self.buttons.button(_BUTTON.Ok)
        self.apply: QPushButton | None = self.buttons.button(_BUTTON.Apply) if with_apply else None
        self.ok.setDefault(True)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        if self.apply is not None:
            self.apply.clicked.connect(lambda: self._submit(close=False))
        column.addWidget(self.buttons)
        self._waiting: list[Command] = []
        self._close_after = False
        self._refused = False

    # what a dialog says about itself

    def commands(self) -> tuple[Command, ...]:
        """What OK would do now; empty where nothing would change."""
        raise NotImplementedError

    def may_accept(self) -> bool:
        """Whether OK is enabled at all; refusals with a reason are for the rules."""
        return True

    def problem(self) -> str:
        """What is wrong with what was typed, before it can become a command."""
        return ""

    def applied(self) -> None:
        """After Apply: the dialog shows what is the case now."""

    # the course of things

    def finish_layout(self, focus: QWidget | None = None) -> None:
        """Called at the end of a dialog's construction."""
        if focus is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()
        self.window_of.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Show the PowerShell of what OK would do, enable the buttons, look again at a refusal that was shown."""
        if self.window_of.workspace is None:
            return
        problem = self.problem()
        commands = () if problem else self.commands()
        self.power_shell.show_text("\n".join(powershell(command, self.state) for command in commands))
        idle = not self._waiting
        self.ok.setEnabled(idle and self.may_accept())
        if self.apply is not None:
            self.apply.setEnabled(idle and bool(commands) and self.may_accept())
        if self._refused:
            self._refused = self._refuse(problem, commands)

    def _refuse(self, problem: str, commands: tuple[Command, ...]) -> bool:
        if problem:
            self.notice.say(problem)
            return True
        for command in commands[:1]:
            verdict = self.workspace.allowed(command)
            self.notice.refuse(verdict)
            return not verdict
        self.notice.say("")
        return False

    def _on_changed(self, _change: object) -> None:
        if self.window_of.workspace is None:
            self.reject()
        else:
            self.refresh()

    def _accept(self) -> None:
        self._submit(close=True)

    def _submit(self, *, close: bool) -> None:
        problem = self.problem()
        commands = () if problem else self.commands()
        self._refused = self._refuse(problem, commands)
        if self._refused:
            return
        if not commands:
            if close:
                self.accept()
            return
        self._close_after = close
        self._waiting = list(commands)
        self.refresh()
        self._next()

    def _next(self) -> None:
        self.window_of.submit(self._waiting[0], self._finished)

    def _finished(self, operation: Operation) -> None:
        verdict = operation.verdict
        if verdict is not None and not verdict:
            self._waiting = []
            self._refused = True
            self.refresh()
            self.notice.refuse(verdict)
            return
        self._waiting = self._waiting[1:]
        if self._waiting:
            self._next()
        elif self._close_after:
            self.accept()
        else:
            self.applied()
            self.refresh()
