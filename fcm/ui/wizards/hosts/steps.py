"""Pages that show steps: before they are carried out with their commands, and meanwhile with what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcm.ui.look import format as words
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.dialog_parts import copy_text, named, wrapped
from fcm.ui.wizards.frame import WizardPage
from fcm.workspace.hosts.site import StepState, commands_of, script_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.workspace.hosts.site import Step, StepReport

_ICONS = {
    StepState.RUNNING: "vm-migrating",
    StepState.DONE: "pass",
    StepState.ALREADY: "pass",
    StepState.UNDONE: "pass",
    StepState.FAILED: "fail",
    StepState.CANCELED: "warn",
}
_WIDTHS = (44, 90, 330, 130)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StepTable(QSplitter):
    """Steps, and the commands of the selected one. Steps that are taken back show the commands that do it."""

    def __init__(self, name: str, *, with_states: bool) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._steps: tuple[Step, ...] = ()
        self._undone = 0
        """From this step on, steps are taken back."""
        self._reports: dict[int, StepReport] = {}
        self.tree = named(QTreeWidget(), name)
        heads = ["No.", "Node", "Step", *(("State", "Time") if with_states else ())]
        self.tree.setHeaderLabels(heads)
        self.tree.headerItem().setTextAlignment(0, _RIGHT)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.currentItemChanged.connect(lambda *_: self._show())
        for column, width in enumerate(_WIDTHS[: len(heads) - 1]):
            self.tree.setColumnWidth(column, width)
        self.commands = named(QPlainTextEdit(), "Commands of the step")
        self.commands.setReadOnly(True)
        self.commands.setTabChangesFocus(True)
        self.commands.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.commands.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = named(QPushButton(icons.icon("copy"), "&Copy all commands"), "Copy all commands")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: copy_text(self.script()))
        head = QHBoxLayout()
        head.addWidget(wrapped("Commands of the selected step; secrets are not shown", "quiet"), 1)
        head.addWidget(copy)
        below = QWidget()
        column_of = QVBoxLayout(below)
        column_of.setContentsMargins(0, 4, 0, 0)
        column_of.addLayout(head)
        column_of.addWidget(self.commands, 1)
        self.addWidget(self.tree)
        self.addWidget(below)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)

    def show_steps(self, steps: Sequence[Step], undone: int | None = None) -> None:
        """Show steps; from ``undone`` on, they are taken back."""
        self._steps, self._reports = tuple(steps), {}
        self._undone = len(self._steps) if undone is None else undone
        self.tree.clear()
        for number, step in enumerate(self._steps):
            title = f"Undo: {step.title}" if number >= self._undone else step.title
            item = QTreeWidgetItem([str(number + 1), step.node or "any", title])
            item.setTextAlignment(0, _RIGHT)
            item.setToolTip(2, literal(title))
            self.tree.addTopLevelItem(item)
        self.tree.setCurrentIndex(self.tree.model().index(0, 0))

    def script(self) -> str:
        """The commands of all steps, as a script that can be read."""
        done, undone = self._steps[: self._undone], self._steps[self._undone :]
        return "\n".join(part for part in (script_of(done), script_of(undone, undo=True)) if part)

    def told(self, number: int, report: StepReport) -> None:
        """How a step stands; the one that runs is shown, unless the person looks at another one."""
        before = self._current()
        follows = before < 0 or before == number - 1 or before == number
        self._reports[number] = report
        item = self.tree.topLevelItem(number)
        if item is None:
            return
        item.setText(3, str(report.state))
        item.setIcon(3, icons.icon(_ICONS.get(report.state, "level-information")))
        if report.state not in (StepState.RUNNING, StepState.CANCELED):
            item.setText(4, words.seconds(report.seconds))
            item.setTextAlignment(4, _RIGHT)
        if report.reason:
            item.setToolTip(3, literal(report.reason))
        if follows or report.state is StepState.FAILED:
            self.tree.setCurrentItem(item)
            self._show()

    def _current(self) -> int:
        item = self.tree.currentItem()
        return -1 if item is None else self.tree.indexOfTopLevelItem(item)

    def _show(self) -> None:
        number = self._current()
        if not 0 <= number < len(self._steps):
            self.commands.clear()
            return
        text = commands_of(self._steps[number], undo=number >= self._undone)
        report = self._reports.get(number)
        if report is not None and (report.reason or report.said):
            said = "\n".join(part for part in (report.reason, report.said) if part)
            text += f"\n\n# {words.seconds(report.seconds)}, {report.state}\n" + "\n".join(
                f"# {line}" for line in said.splitlines()
            )
        if text != self.commands.toPlainText():
            self.commands.setPlainText(text)


class StepsPage(WizardPage):
    """Confirmation: what will be done, each step with its commands."""

    def __init__(self, label: str, steps: Callable[[], tuple[Sequence[Step], int | None, str]]) -> None:
        super().__init__("Confirmation")
        self.next_label = label
        self._steps = steps
        self.intro = named(wrapped(""), "What will be done")
        self.table = StepTable("Steps to carry out", with_states=False)
        self.column.addWidget(self.intro)
        self.column.addWidget(self.table, 1)

    def enter(self) -> None:
        """Show the steps as they are now."""
        steps, undone, text = self._steps()
        self.intro.setText(text)
        self.table.show_steps(steps, undone)


class RunPage(WizardPage):
    """Carries steps out and shows each."""

    acts = True

    def __init__(self, title: str, begin: Callable[[], None]) -> None:
        super().__init__(title)
        self._begin = begin
        self._count = 0
        self.text = named(wrapped(""), "Progress")
        self.bar = named(QProgressBar(), f"{title}: steps")
        self.table = StepTable("Steps", with_states=True)
        self.column.addWidget(self.text)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(
            wrapped(
                "Cancel stops after the current step. Completed steps are kept, and you can continue later.", "quiet"
            )
        )

    def enter(self) -> None:
        """Begin."""
        self._begin()

    def show_steps(self, steps: Sequence[Step], undone: int | None = None) -> None:
        """What will be done."""
        self._count = len(steps)
        self.bar.setRange(0, max(1, self._count))
        self.bar.setValue(0)
        self.bar.setFormat("%v of %m")
        self.text.setText("")
        self.table.show_steps(steps, undone)

    def told(self, number: int, report: StepReport) -> None:
        """A step begins, or is over."""
        self.table.told(number, report)
        if report.state is StepState.RUNNING:
            where = f" on {report.step.node}" if report.step.node else ""
            self.text.setText(f"Step {number + 1} of {self._count}{where}: {report.step.title}")
        else:
            self.bar.setValue(number + 1)

    def canceling(self) -> None:
        """The run ends after the current step."""
        self.text.setText("Canceling: the current step is completed, and no other step is started.")
