"""Follows a user through a course: which step is done, which control is to be used next, and what it is called.

It looks at the state and at the window a few times a second, and remembers almost nothing, so that it does not matter
how the user got where they are: by the framed controls, by others, by keys or by PowerShell.
"""

from __future__ import annotations

import time
import weakref
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication

from fcm.ui.learning.finding import Scene, Target, bring_into_view
from fcm.ui.learning.mark import Overlays
from fcm.ui.learning.room import move_beside
from fcm.workspace.learning.moves import Act, Move

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QPushButton, QWidget

    from fcm.ui.window.frame import Frame
    from fcm.workspace.learning.course import CourseStep
    from fcm.workspace.learning.progress import Progress
    from fcm.workspace.workspace import Workspace

LOOK = 150
"""ms between two looks."""
GRACE = 1.5
"""s after which a way that leads nowhere (a dialog was canceled) begins anew."""


class Guide(QObject):
    """Frames the control that is next, and marks steps as done."""

    looked = Signal()
    """After each look."""
    marked = Signal()
    """The open step is done."""

    def __init__(self, frame: Frame, panel: QWidget, on: QPushButton) -> None:
        """``panel`` is what shows the course, ``on`` its button Next, which is framed once a step is done."""
        super().__init__(panel)
        self._frame = frame
        self._panel = panel
        self._on = on
        self._progress: Progress | None = None
        self._step: CourseStep | None = None
        self._made: set[int] = set()
        """Moves of the step that leave no trace in the window and were made: buttons, menus, keys."""
        self._watched: dict[int, QObject] = {}
        self._ended = False
        """The last move was made; what follows takes its time."""
        self._is_on_way = False
        """A window or page on which a move is to be made is to be seen."""
        self._lost: float | None = None
        """Since when nothing is to be seen that leads on."""
        self._aimed = -1
        """Number of the move whose control is framed; -1 for none."""
        self._seen: Callable[[], QWidget | None] = lambda: None
        """The newest dialog."""
        self.target: Target | None = None
        """What is framed; None while there is nothing to do but wait."""
        self.overlays = Overlays()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK)
        self._timer.timeout.connect(self.look)

    def follow(self, progress: Progress | None) -> None:
        """Follow a course from now on, or none."""
        self._progress = progress
        self._begin_step()
        self.watch(self._panel.isVisible())

    def watch(self, shown: bool) -> None:
        """Whether the panel is shown."""
        if self._progress is not None and shown:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()
            self._aim(None)

    @property
    def workspace(self) -> Workspace | None:
        """The open cluster of the course; None if it is not open."""
        if self._progress is None:
            return None
        wanted = self._progress.course.cluster
        if not wanted:
            current = self._frame.workspace
            return current if current is not None and not current.simulated else None
        return next((one for one in self._frame.workspaces() if one.uri == wanted), None)

    def begin_again(self) -> None:
        """The moves of the open step are to be made anew."""
        self._made.clear()
        self._ended = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Hear of the key that is wanted."""
        step, number = self._step, self._aimed
        if step is not None and number >= 0 and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            move = step.moves[number]
            wanted = QKeySequence(move.name).toString()
            if move.act is Act.KEYS and QKeySequence(event.keyCombination()).toString() == wanted:
                self._made.add(number)
                self._ended = self._ended or number == len(step.moves) - 1
        return False

    def look(self) -> None:
        """Look at the state and at the window."""
        progress = self._progress
        if progress is None:
            return
        if progress.step is not self._step:
            self._begin_step()
        workspace = self.workspace
        if workspace is not None and progress.look(workspace.state):
            self.marked.emit()
        self._make_room()
        self._aim(self._next(workspace))
        self.looked.emit()

    def _make_room(self) -> None:
        """A dialog opens in the middle of the window: once, it is moved off the panel, which says what to do in it."""
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog is self._seen() or not dialog.isVisible():
            return
        self._seen = weakref.ref(dialog)
        move_beside(dialog, QRect(self._panel.mapToGlobal(QPoint(0, 0)), self._panel.size()))

    def _begin_step(self) -> None:
        self._step = None if self._progress is None else self._progress.step
        self.begin_again()
        self._watched.clear()
        self._lost = None

    def _next(self, workspace: Workspace | None) -> Target | None:
        progress, step = self._progress, self._step
        self._aimed = -1
        if progress is None or step is None:
            return None
        in_dialog = QApplication.activeModalWidget() is not None
        if progress.is_done and not in_dialog:
            return self._go_on()
        if workspace is None:
            return None  # it is being opened, or the panel says that it is not open
        self._is_on_way = False
        target = None if self._ended else self._move(step, workspace)
        if target is None and not step.checks and not in_dialog:
            return self._go_on()
        self._notice_lost_ways(target)
        return target

    def _move(self, step: CourseStep, workspace: Workspace) -> Target | None:
        """The first move that is still to be made and can be made where the user is."""
        scene = Scene(workspace.uri, self._panel)
        self._is_on_way = any(move.on and scene.shows(move.on) for move in step.moves)
        target = None if self._made else self._place(scene, workspace)
        for number, move in enumerate(step.moves):
            if target is None and number not in self._made:
                target = scene.target(move)
                self._aimed = -1 if target is None else number
        return target

    def _place(self, scene: Scene, workspace: Workspace) -> Target | None:
        wanted = None if self._step is None else self._step.place.selection(workspace.state)
        if wanted is None or (self._frame.workspace is workspace and self._frame.page.selection == wanted):
            return None
        return scene.place(wanted)

    def _notice_lost_ways(self, target: Target | None) -> None:
        """After a dialog was canceled, or its OK was refused, begin anew."""
        now = time.monotonic()
        waits = self._ended and QApplication.activeModalWidget() is None
        is_busy = self._is_on_way and not self._ended  # a dialog that is still working out what it shows
        if target is not None or waits or is_busy or not (self._made or self._ended):
            self._lost = None
        elif self._lost is None:
            self._lost = now
        elif now - self._lost > GRACE:
            self.begin_again()
            self._lost = None

    def _go_on(self) -> Target:
        words = Move(Act.CLICK, self._on.accessibleName()).in_words()
        return Target(self._on, QRect(self._on.rect()), words)

    def _aim(self, target: Target | None) -> None:
        if target is not None and not target.is_same(self.target):
            bring_into_view(target)
            self._observe(target)
        self.target = target
        self.overlays.frame(target)

    def _observe(self, target: Target) -> None:
        """Hear when a button is pressed or an entry of a menu is chosen: the window may not show that it was."""
        move = target.move
        if move is None or self._step is None:
            return
        number = self._aimed
        made = partial(self._remember, number)
        if move.act is Act.KEYS:
            target.widget.installEventFilter(self)  # a second time it only becomes the first one to hear
        if target.entry is not None and target.entry.menu() is None:
            if self._watched.get(number) is not target.entry:
                self._watched[number] = target.entry
                target.entry.triggered.connect(made)
        elif (
            isinstance(target.widget, QAbstractButton)
            and move.act is Act.CLICK
            and not target.widget.isCheckable()
            and self._watched.get(number) is not target.widget
        ):
            self._watched[number] = target.widget
            target.widget.clicked.connect(made)

    def _remember(self, number: int, *_: object) -> None:
        step = self._step
        if step is None or not 0 <= number < len(step.moves):
            return
        if not step.moves[number].on:
            self._made.add(number)
        self._ended = self._ended or number == len(step.moves) - 1
