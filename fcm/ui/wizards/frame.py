"""The frame of a wizard: its steps on the left, the page, a notice, Previous, Next and Cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fcm.model.rules.verdict import OK, Verdict
from fcm.ui.dialogs.frame import PlainDialog
from fcm.ui.look import icons
from fcm.ui.look.plain import Label, literal
from fcm.ui.widgets.dialog_parts import LEVEL_ICONS, Notice, PowerShellBox, named, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent

    from fcm.model.commands import Command
    from fcm.ui.desk import Desk
    from fcm.workspace.workspace import Operation


class WizardPage(QWidget):
    """One step. A page with ``acts`` carries something out: there is no way back past it."""

    acts = False
    next_label = "&Next >"

    def __init__(self, title: str, intro: str = "") -> None:
        super().__init__()
        self.title = title
        named(self, title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        if intro:
            self.column.addWidget(wrapped(intro))

    def enter(self) -> None:
        """Called when the page appears, each time."""

    def verdict(self) -> Verdict:
        """Whether Next may go on; a refusal is shown when Next is pressed, and nothing typed is lost."""
        return OK

    def skipped(self) -> bool:
        """Whether this step does not apply with what was chosen so far."""
        return False

    def first_focus(self) -> QWidget | None:
        """The widget that gets the keyboard; None = the button Next."""
        return None


class Wizard(PlainDialog):
    """A wizard of several pages; the last one is the summary."""

    def __init__(self, window: Desk, title: str, icon: str, pages: Sequence[WizardPage], size: QSize) -> None:
        super().__init__(window, title, icon, size)
        self.pages = tuple(pages)
        self.power_shell_text = ""
        self._past: list[int] = []
        self.steps = named(QListWidget(), "Steps")
        self.steps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.steps.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.steps.setFrameShape(QFrame.Shape.NoFrame)
        self.steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.steps.setSpacing(2)
        for page in self.pages:
            self.steps.addItem(QListWidgetItem(page.title))
        width = self.steps.sizeHintForColumn(0) + 44
        self.steps.setFixedWidth(max(170, width))
        self.heading = wrapped("", "title")
        named(self.heading, "Step")
        picture = Label()
        picture.setPixmap(icons.pixmap(icon, 24, self.devicePixelRatioF()))
        self.stack = QStackedWidget()
        for page in self.pages:
            self.stack.addWidget(page)
        self.notice = Notice()
        self.back = named(QPushButton("< &Previous"), "Previous")
        self.next = named(QPushButton("&Next >"), "Next")
        self.cancel = named(QPushButton("Cancel"), "Cancel")
        self.back.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.cancel.clicked.connect(self.reject)
        for button in (self.back, self.cancel):
            button.setAutoDefault(False)
        self.next.setDefault(True)

        head = QHBoxLayout()
        head.addWidget(picture)
        head.addWidget(self.heading, 1)
        right = QVBoxLayout()
        right.setContentsMargins(16, 4, 4, 0)
        right.setSpacing(12)
        right.addLayout(head)
        right.addWidget(self.stack, 1)
        right.addWidget(self.notice)
        middle = QHBoxLayout()
        middle.addWidget(self.steps)
        middle.addLayout(right, 1)
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.HLine)
        rule.setProperty("role", "rule")
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (self.back, self.next, self.cancel):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.addLayout(middle, 1)
        column.addWidget(rule)
        column.addLayout(foot)
        for page in self.pages:
            _watch(page, self.recheck)
        self._show(0)

    @property
    def page(self) -> WizardPage:
        """The page that is shown."""
        return self.pages[self.stack.currentIndex()]

    def go_on(self) -> None:
        """Next: refused with the reason if the page is not complete; Finish on the last page."""
        index = self.stack.currentIndex()
        verdict = self.page.verdict()
        self.notice.refuse(verdict)
        if not verdict:
            return
        following = self._following(index)
        if following is None:
            self.accept()
            return
        self._past.append(index)
        self._show(following)

    def go_back(self) -> None:
        """Previous."""
        if self._past:
            self._show(self._past.pop())

    def recheck(self) -> None:
        """After a change of what was typed: whether the refusal that is shown still holds."""
        if not self.notice.isHidden():
            self.notice.refuse(self.page.verdict())

    def show_error(self, text: str) -> None:
        """Say what went wrong on the page that is shown."""
        self.notice.say(text)

    def back_with(self, verdict: Verdict) -> None:
        """Go back to the page before and say why its choice could not be carried out."""
        self.go_back()
        self.notice.refuse(verdict)

    def update_steps(self) -> None:
        """Show the steps that apply with what is chosen now."""
        for row, page in enumerate(self.pages):
            self.steps.item(row).setHidden(page.skipped())
        self.update_buttons()

    def update_buttons(self) -> None:
        """Enable what applies on this page."""
        index = self.stack.currentIndex()
        last = self._following(index) is None
        working = self.page.acts
        self.back.setEnabled(bool(self._past) and not working and not last)
        self.next.setEnabled(not working)
        self.next.setText("&Finish" if last else self.page.next_label)
        named(self.next, self.next.text().replace("&", "").replace(">", "").strip())
        self.cancel.setEnabled(not last)

    def _following(self, index: int) -> int | None:
        return next((i for i in range(index + 1, len(self.pages)) if not self.pages[i].skipped()), None)

    def _show(self, index: int) -> None:
        self.notice.say("")
        page = self.pages[index]
        self.stack.setCurrentIndex(index)
        self.heading.setText(page.title)
        for row in range(len(self.pages)):
            item = self.steps.item(row)
            font = item.font()
            font.setBold(row == index)
            item.setFont(font)
        self.update_steps()
        page.enter()
        if self.page is page:
            (page.first_focus() or self.next).setFocus(Qt.FocusReason.OtherFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is Cancel."""
        self.reject()
        event.accept()


class BeforeYouBegin(WizardPage):
    """What the wizard does and what is good to know before."""

    def __init__(self, text: str) -> None:
        super().__init__("Before You Begin")
        label = wrapped(text)
        label.setTextFormat(Qt.TextFormat.RichText)
        self.column.addWidget(label)
        self.column.addStretch(1)


class Facts(QTreeWidget):
    """What was chosen, as a table of two columns."""

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name)
        self.setColumnCount(2)
        self.setHeaderLabels(["Setting", "Value"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QTreeWidget.SelectionMode.SingleSelection)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Fill the table."""
        self.clear()
        for label, value in facts:
            item = QTreeWidgetItem([label, value])
            item.setToolTip(1, literal(value))
            self.addTopLevelItem(item)
        self.resizeColumnToContents(0)
        self.setColumnWidth(0, self.columnWidth(0) + 12)


class ConfirmationPage(WizardPage):
    """What will be done, once more, and the PowerShell that does the same."""

    def __init__(self, intro: str = "You are ready. Click Next to continue.") -> None:
        super().__init__("Confirmation", intro)
        self.facts = Facts("Confirmation")
        self.power_shell = PowerShellBox()
        self.column.addWidget(self.facts, 1)
        self.column.addWidget(self.power_shell)

    def show_choice(self, facts: Sequence[tuple[str, str]], power_shell: str) -> None:
        """Fill the page."""
        self.facts.show_facts(facts)
        self.power_shell.show_text(power_shell)


class ProgressPage(WizardPage):
    """Carries out a command; shows that it is under way."""

    acts = True

    def __init__(self, title: str, text: str, begin: Callable[[ProgressPage], None]) -> None:
        super().__init__(title)
        self._begin = begin
        self.bar = named(QProgressBar(), title)
        self.bar.setTextVisible(False)
        self.text = wrapped(text)
        self.column.addWidget(self.text)
        self.column.addWidget(self.bar)
        self.column.addWidget(
            wrapped("Cancel closes this wizard. The cluster completes the work in progress.", "quiet")
        )
        self.column.addStretch(1)

    def enter(self) -> None:
        """Begin."""
        self.bar.setRange(0, 0)
        self._begin(self)

    def done(self) -> None:
        """It is over."""
        self.bar.setRange(0, 1)
        self.bar.setValue(1)


class SummaryPage(WizardPage):
    """How it ended."""

    def __init__(self) -> None:
        super().__init__("Summary")
        self._icon = Label()
        self.outcome = wrapped("")
        named(self.outcome, "Outcome")
        row = QHBoxLayout()
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.outcome, 1)
        self.column.addLayout(row)
        self.facts = Facts("Summary")
        self.column.addWidget(self.facts, 1)
        self.foot = QHBoxLayout()
        self.foot.addStretch(1)
        self.column.addLayout(self.foot)
        self.power_shell = PowerShellBox()
        self.column.addWidget(self.power_shell)

    def show_outcome(self, level: str, text: str, facts: Sequence[tuple[str, str]], power_shell: str) -> None:
        """``level`` is one of pass, warn, fail, info."""
        self._icon.setPixmap(icons.pixmap(LEVEL_ICONS[level], 24, self.devicePixelRatioF()))
        self.outcome.setText(text)
        self.facts.show_facts(facts)
        self.power_shell.show_text(power_shell)

    def add_button(self, button: QPushButton) -> None:
        """A button below the table."""
        button.setAutoDefault(False)
        self.foot.insertWidget(0, button)


class CommandWizard(Wizard):
    """A wizard whose progress page submits one command."""

    def command(self) -> Command:
        """What the choices come to."""
        raise NotImplementedError

    def carried_out(self) -> None:
        """Called once the command was carried out, before the summary appears."""

    def carry_out(self, progress: ProgressPage) -> None:
        """Submit the command; go on to the summary when it was carried out, back with the reason when it was not."""
        self.window_of.submit(self.command(), lambda operation: self._finished(operation, progress))

    def _finished(self, operation: Operation, progress: ProgressPage) -> None:
        if self.page is not progress:
            return
        progress.done()
        verdict = operation.verdict
        if verdict is not None and not verdict:
            self.back_with(verdict)
            return
        self.carried_out()
        self._show(self.stack.currentIndex() + 1)


def _watch(page: QWidget, changed: Callable[[], None]) -> None:
    """Call ``changed`` whenever something on a page is typed, ticked or chosen."""
    for field in page.findChildren(QLineEdit):
        field.textChanged.connect(lambda _: changed())
    for box in page.findChildren(QComboBox):
        box.currentIndexChanged.connect(lambda _: changed())
    for button in page.findChildren(QAbstractButton):
        if button.isCheckable():
            button.toggled.connect(lambda _: changed())
    for tree in page.findChildren(QTreeWidget):
        tree.itemChanged.connect(lambda *_: changed())
    for table in page.findChildren(QTableWidget):
        table.itemChanged.connect(lambda _: changed())
