"""The checks of a live migration before the click, with the remedy under each, and whether it will converge."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from fcm.model.rules.machines import option_checks
from fcm.model.rules.moving.preflight_checks import CATEGORY, migration_checks
from fcm.model.validation.report import CheckResult
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import LEVEL_ICONS, LEVEL_WORDS, clear, named, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.migrations import MigrationOptions
    from fcm.workspace.workspace import Workspace

_CONVERGENCE = "Convergence"
_JUDGING = CheckResult(_CONVERGENCE, CATEGORY, "info", "Checking whether it will converge.")


class PreflightPanel(QWidget):
    """One line a check: icon, name, finding, remedy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._checks: tuple[CheckResult, ...] = ()
        self._work: Work | None = None
        self._unwanted = threading.Event()
        """Set once nobody waits any more for what is being computed."""
        self._summary = wrapped("")
        self._summary.setProperty("role", "heading")
        named(self._summary, "Result of the checks")
        inside = _Page()
        inside.setObjectName("page")
        self._rows = QGridLayout(inside)
        self._rows.setContentsMargins(10, 8, 10, 8)
        self._rows.setHorizontalSpacing(10)
        self._rows.setVerticalSpacing(2)
        self._rows.setColumnStretch(2, 1)
        self._area = named(QScrollArea(), "Checks")
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.StyledPanel)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._summary)
        column.addWidget(self._area, 1)

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """What is shown, top to bottom."""
        return self._checks

    def show_plan(
        self, workspace: Workspace, machine: str, destination: str, options: MigrationOptions | None = None
    ) -> None:
        """Check the live migration of a machine to a node; whether it converges is judged in a worker thread."""
        self._unwanted.set()
        if self._work is not None:
            self._work.abandon()
            self._work = None
        found = workspace.state.machines.get(machine)
        if found is None:
            self._show(
                (
                    CheckResult(
                        "Virtual machine", CATEGORY, "fail", "The virtual machine no longer exists.", "Refresh (F5)."
                    ),
                )
            )
            return
        checks = (
            *migration_checks(workspace.state, found, destination),
            *option_checks(workspace.state, found, options),
        )
        if any(check.name in ("Virtual machine", "Destination") and check.level == "fail" for check in checks):
            self._show(checks)
            return
        self._show((*checks, _JUDGING))
        unwanted = self._unwanted = threading.Event()
        self.destroyed.connect(unwanted.set)
        state_is_new = (workspace, found, destination, options, lambda: not unwanted.is_set())
        self._work = Work(self, lambda: _answer(*state_is_new), lambda outcome: self._take(checks, outcome))

    def _take(self, checks: tuple[CheckResult, ...], outcome: Outcome) -> None:
        self._work = None
        if outcome.error is not None:
            text = f"Convergence could not be predicted: {outcome.error}."
            self._show((*checks, CheckResult(_CONVERGENCE, CATEGORY, "info", text)))
        else:
            self._show((*checks, *outcome.result))

    def _show(self, checks: tuple[CheckResult, ...]) -> None:
        if checks == self._checks:
            return
        self._checks = checks
        clear(self._rows)
        bold = self.font()
        bold.setBold(True)
        top = Qt.AlignmentFlag.AlignTop
        for row, check in enumerate(checks):
            icon = Label()
            icon.setPixmap(icons.pixmap(LEVEL_ICONS[check.level], 16, self.devicePixelRatioF()))
            icon.setToolTip(literal(LEVEL_WORDS[check.level]))
            icon.setAccessibleName(LEVEL_WORDS[check.level])
            icon.setContentsMargins(0, 1, 0, 0)
            name = Label(check.name)
            name.setFont(bold)
            text = wrapped(check.text)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            named(text, check.name)
            text.setAccessibleDescription(f"{LEVEL_WORDS[check.level]}. {check.text} {check.remedy}".strip())
            self._rows.addWidget(icon, 2 * row, 0, top)
            self._rows.addWidget(name, 2 * row, 1, top)
            self._rows.addWidget(text, 2 * row, 2, top)
            if check.remedy:
                remedy = wrapped(check.remedy, "quiet")
                remedy.setContentsMargins(0, 0, 0, 4)
                self._rows.addWidget(remedy, 2 * row + 1, 2, top)
        self._rows.setRowStretch(2 * len(checks), 1)
        self._summary.setText(summary(checks))


class _Page(QWidget):
    """As high as its wrapped texts need at its width; a scroll area asks for no more than that."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(0, layout.totalHeightForWidth(max(self.width(), 200)) if layout is not None else 0)


def summary(checks: tuple[CheckResult, ...]) -> str:
    """All checks in one sentence."""
    failed = sum(check.level == "fail" for check in checks)
    warned = sum(check.level == "warn" for check in checks)
    if failed:
        return f"Not possible now: {failed} of {len(checks)} checks failed."
    if warned:
        return f"Possible, with {warned} warning{'s' if warned > 1 else ''}."
    return "All checks passed." if _JUDGING not in checks else "All checks passed so far."


def _answer(
    workspace: Workspace,
    machine: object,
    destination: str,
    options: MigrationOptions | None,
    wanted: Callable[[], bool],
) -> tuple[CheckResult, ...]:
    """In a worker thread: the imports of the engine take a while the first time."""
    from fcm.model.entities import VirtualMachine
    from fcm.workspace.planning.goals import goals_check
    from fcm.workspace.planning.preflight import question

    assert isinstance(machine, VirtualMachine)
    chosen = workspace.state.migration_options(options)
    asked = question(workspace, machine, destination, options)
    goals = goals_check(asked, chosen, wanted)
    return (asked.answer()[0],) if goals is None else (asked.answer()[0], goals)
