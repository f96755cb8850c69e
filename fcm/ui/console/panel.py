"""The Console as a whole: the built-in shell, or a real PowerShell in a terminal, as the user chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from fcm import powershell
from fcm.ui.console.note_row import NoteRow
from fcm.ui.console.view import ConsoleView
from fcm.workspace.files.settings import CONSOLE_ZOOM, ENGINE

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from fcm.ui.console.power_shell import PowerShellPane
    from fcm.ui.window.frame import Frame
    from fcm.workspace.workspace import Workspace


class ConsolePanel(QWidget):
    """Both engines; one is shown. A terminal begins when it is first seen, on the cluster that is current then."""

    engine_changed = Signal(str)
    """What the engine that is shown is called."""

    def __init__(self, window: Frame, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console-panel")
        self._settings = window.context.settings
        self._current: Workspace | None = None
        self._frame = window
        self.built_in = ConsoleView(window, self)
        self.power_shell: PowerShellPane | None = None
        """None until PowerShell is first wanted."""
        self._program = ""
        self._is_terminal = False
        self._awaits_cluster = False
        """A terminal is to begin as soon as a cluster is open."""
        self._is_visiting = False
        """The built-in shell is shown for a text of a course, in front of PowerShell."""
        self._note = NoteRow("console-note", "Back to &PowerShell", self)
        self._note.button.clicked.connect(self._go_back)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.built_in)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._note)
        column.addWidget(self._stack, 1)
        window.engine_chosen.connect(self._choose)
        window.joins_allowed.connect(self._join_allowed)
        self._look()

    @property
    def engine(self) -> str:
        """What the engine that is shown is called."""
        return powershell.title_of(self._program if self._is_terminal else "")

    @property
    def note(self) -> str:
        """What is said of the engine above it; "" if nothing is."""
        return self._note.said

    # Clusters

    def open(self, workspace: Workspace) -> None:
        """Lines can run on this cluster, too, and PowerShell can join it."""
        self.built_in.runner.open(workspace)
        self.built_in.guests.open(workspace)

    def use(self, workspace: Workspace | None) -> None:
        """Another cluster is current: lines of the built-in shell run on it; a terminal stays with its own."""
        self._current = workspace
        self.built_in.runner.use(workspace)
        self.built_in.show_prompt()
        self._look()

    def close_on(self, workspace: Workspace) -> None:
        """A cluster is being closed: what runs on it ends."""
        if self.power_shell is not None and self.power_shell.workspace is workspace:
            self.power_shell.end("The cluster of this PowerShell was closed.")
        self.built_in.runner.close(workspace)
        self.built_in.guests.close(workspace)
        self.built_in.show_prompt()
        self._look()

    def echo(self, text: str, workspace: Workspace | None) -> None:
        """A command that was given elsewhere in the window."""
        self.built_in.echo(text, workspace)
        pane = self.power_shell
        if pane is None or self.built_in.runner.is_submitting:
            return
        on = workspace or self._current
        if on is not None and pane.token and self.built_in.guests.submits_as(on, pane.token):
            return  # it was typed in the terminal
        cluster = None if on is None else on.state.cluster
        is_other = on is not pane.workspace and cluster is not None
        pane.deeds.add(text, cluster.name if is_other and cluster is not None else "")

    # The engine

    def focus_input(self) -> None:
        """Put the keyboard where one types."""
        is_terminal = self._is_terminal and self.power_shell is not None
        target = self.power_shell.terminal if is_terminal and self.power_shell else self.built_in.input
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def propose(self, text: str) -> None:
        """Put a text of a course or a drill into the built-in shell: never into PowerShell, which reaches all files."""
        self._is_visiting = self._is_visiting or self._is_terminal
        self._look()
        self.built_in.propose(text)

    def _go_back(self) -> None:
        self._is_visiting = False
        self._look()
        self.focus_input()

    def _choose(self, engine: str) -> None:
        self._settings.set(ENGINE, engine)
        self._is_visiting = False
        self._look()

    def _join_allowed(self, allowed: bool) -> None:
        if not allowed and self.power_shell is not None:
            self.power_shell.end("PowerShell may no longer join the clusters of this window.")
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Now somebody can see a terminal."""
        super().showEvent(event)
        self._look()

    def _look(self) -> None:
        """Show what is to be shown now, and begin what is to be seen."""
        chosen = self._settings.get(ENGINE)
        why_not = ""
        try:
            self._program = powershell.program_for(chosen)
        except powershell.NoPowerShellError as error:
            self._program, why_not = "", str(error)
        pane = self.power_shell
        if self._program and not self._is_visiting:
            runs = pane is not None and pane.is_running
            if not runs and self._current is not None and not self.built_in.guests.lets_in(self._current):
                why_not = self._why_not_joined(self._current)
            else:
                self._is_terminal = True
                self._say("")
                if self.isVisible():
                    self._show_terminal()
                return
        elif pane is not None and not self._program:
            pane.end()
        self._is_terminal = False
        self._stack.setCurrentWidget(self.built_in)
        if self._is_visiting:
            why_not = "What a course or a drill proposes runs in the built-in shell only."
        self._say(why_not)

    def _show_terminal(self) -> None:
        pane = self.power_shell
        if pane is None:
            from fcm.ui.console.power_shell import PowerShellPane

            pane = self.power_shell = PowerShellPane(self)
            pane.again.connect(self._begin)
            pane.zoomed.connect(self.built_in.zoom)
            self.built_in.sized.connect(pane.terminal.zoom)
            pane.terminal.zoom(self._settings.get(CONSOLE_ZOOM))
            self._stack.addWidget(pane)
        self._stack.setCurrentWidget(pane)
        if not pane.is_running and (not pane.end_words or (self._awaits_cluster and self._current is not None)):
            self._begin()

    def _begin(self) -> None:
        pane = self.power_shell
        if pane is None:
            return
        self._awaits_cluster = self._current is None
        if self._current is None:
            pane.say_end("No cluster is open. Open one with Manage a Cluster, then start PowerShell.")
        elif not self.built_in.guests.lets_in(self._current):
            self._look()
        else:
            pane.begin(self._current)
            self.focus_input()

    def _why_not_joined(self, workspace: Workspace) -> str:
        if workspace.replay is not None:
            return "A replay cannot be joined by PowerShell. The built-in shell is used."
        if workspace.journal_file is None or workspace.read_only is not None:
            return "This cluster keeps no history here, so PowerShell cannot join it. The built-in shell is used."
        return "PowerShell may not join (menu Tools). The built-in shell is used."

    def _say(self, why_not: str) -> None:
        self._note.say(why_not)
        self._note.button.setVisible(self._is_visiting)
        self.engine_changed.emit(self.engine)
