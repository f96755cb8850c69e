"""Validate a Configuration: choose the tests, run them, see and keep the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QRadioButton, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.model.commands import ValidateCluster
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.validation.validate import TESTS
from fcm.ui.dialogs.report_viewer import ReportViewer
from fcm.ui.look import icons
from fcm.ui.widgets.dialog_parts import LEVEL_ICONS, LEVEL_WORDS, named, wrapped
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    CommandWizard,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    WizardPage,
)
from fcm.workspace.actions.powershell import powershell
from fcm.workspace.reports import validation_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.model.validation.report import ValidationReport
    from fcm.ui.desk import Desk
    from fcm.workspace.reports import Report

_WORST = ("fail", "warn", "pass", "info")
_INTRO = """
<p>This wizard runs validation tests to determine whether the servers, networks and storage of this cluster are
configured to support failover.</p>
<p>Before you begin:</p>
<ul><li>All nodes should be up: a node that is down cannot be compared with the others.</li>
<li>The tests change nothing, and running machines keep running.</li>
<li>The report is kept with the cluster and saved as an HTML page.</li></ul>
<p>Validate before you enable Cluster Shared Volumes, and again after each hardware change.</p>
"""


class ValidateWizard(CommandWizard):
    """The tests, in five categories."""

    def __init__(self, window: Desk) -> None:
        self.options = OptionsPage()
        self.selection = SelectionPage(self.options)
        self.selection.show_tests([(test.name, test.category) for test in TESTS])
        self.confirmation = _Confirmation(self)
        self.progress = ProgressPage(
            "Validating", "The tests are running. The report appears when they are done.", self.carry_out
        )
        self.summary = _Summary(window, self)
        pages = (
            BeforeYouBegin(_INTRO),
            self.options,
            self.selection,
            self.confirmation,
            self.progress,
            self.summary,
        )
        super().__init__(window, "Validate a Configuration Wizard", "validate", pages, QSize(800, 560))

    def command(self) -> ValidateCluster:
        """Run what was chosen; no names mean all."""
        return ValidateCluster(self.selection.chosen())


class OptionsPage(WizardPage):
    """All tests, or some."""

    def __init__(self) -> None:
        super().__init__("Testing Options", "Run all tests, or select tests yourself.")
        self.all = named(QRadioButton("Run &all tests (recommended)"), "Run all tests (recommended)")
        self.some = named(QRadioButton("Run only tests I &select"), "Run only tests I select")
        self.all.setChecked(True)
        self.column.addWidget(self.all)
        self.column.addWidget(self.some)
        self.column.addWidget(
            wrapped(
                "Only a report of all tests shows that the whole configuration is suitable. Selected tests are useful "
                "after a small change.",
                "quiet",
            )
        )
        self.column.addStretch(1)

    def first_focus(self) -> QWidget:
        """What is chosen."""
        return self.all if self.all.isChecked() else self.some


class SelectionPage(WizardPage):
    """Tests in their categories."""

    def __init__(self, options: OptionsPage) -> None:
        super().__init__("Test Selection", "Select the tests that you want to run.")
        self._options = options
        self._tests: tuple[tuple[str, str], ...] = ()
        self._items: list[QTreeWidgetItem] = []
        self.tree = named(QTreeWidget(), "Tests")
        self.tree.setHeaderHidden(True)
        self.column.addWidget(self.tree, 1)

    def show_tests(self, tests: Sequence[tuple[str, str]]) -> None:
        """Offer these, as name and category; all are selected, unless they are those that are offered already."""
        if self._tests == tuple(tests):
            return
        self._tests = tuple(tests)
        self._items.clear()
        self.tree.clear()
        for number, category in enumerate(dict.fromkeys(category for _, category in tests)):
            top = QTreeWidgetItem([category])
            top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
            self.tree.addTopLevelItem(top)
            for name, of in tests:
                if of == category:
                    item = QTreeWidgetItem([name])
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    item.setCheckState(0, Qt.CheckState.Checked)
                    top.addChild(item)
                    self._items.append(item)
            top.setExpanded(number == 0)

    def skipped(self) -> bool:
        """All tests need no selection."""
        return self._options.all.isChecked()

    def first_focus(self) -> QWidget:
        """The tests."""
        return self.tree

    def chosen(self) -> tuple[str, ...]:
        """Names of the tests that will run; none where all will."""
        return () if self._options.all.isChecked() else self.tests()

    def tests(self) -> tuple[str, ...]:
        """Names of the ticked tests."""
        return tuple(item.text(0) for item in self._items if item.checkState(0) == Qt.CheckState.Checked)

    def verdict(self) -> Verdict:
        """At least one is selected."""
        return OK if self.tests() else no("No test is selected.", "Select at least one test.")


class _Confirmation(ConfirmationPage):
    def __init__(self, wizard: ValidateWizard) -> None:
        super().__init__("You are ready to start validation. Click Next to run these tests.")
        self._wizard = wizard
        self.facts.setHeaderLabels(["Category", "Tests"])

    def enter(self) -> None:
        state = self._wizard.state
        command = self._wizard.command()
        tests = [(test.name, test.category) for test in TESTS]
        facts = [("Servers to test", ", ".join(state.nodes)), *facts_of(tests, command.tests)]
        self.show_choice(facts, powershell(command, state))


def facts_of(tests: Sequence[tuple[str, str]], chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Each category with the tests that will run; ``chosen`` is empty where all will."""
    found = []
    for category in dict.fromkeys(category for _, category in tests):
        names = [name for name, of in tests if of == category and (not chosen or name in chosen)]
        if names:
            found.append((category, f"{len(names)}: {', '.join(names)}"))
    return found


class ReportSummary(SummaryPage):
    """The result of each test, the worst first, and the report."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._page: tuple[Callable[[], Report], float] | None = None
        self.facts.setHeaderLabels(["Test", "Result"])
        self.view = named(QPushButton(icons.icon("validate-report"), "&View Report..."), "View Report...")
        self.view.setEnabled(False)
        self.view.clicked.connect(self._view)
        self.add_button(self.view)

    def show_report(self, report: ValidationReport, page: Callable[[], Report], power_shell: str) -> None:
        """What was found, how the page that tells it is made, and the line that does the same."""
        self._page = page, report.time
        self.view.setEnabled(True)
        outcome = {
            "fail": "Testing has found problems that must be corrected. View the report for reasons and remedies.",
            "warn": "Testing has completed with warnings. View the report before you rely on this configuration.",
        }.get(report.level, "Testing has completed successfully. The configuration is suitable for clustering.")
        worst: dict[str, str] = {}
        for result in report.results:
            known = worst.get(result.name, "info")
            worst[result.name] = min(known, result.level, key=_WORST.index)
        ordered = sorted(worst.items(), key=lambda pair: _WORST.index(pair[1]))
        self.show_outcome(report.level, outcome, [(name, LEVEL_WORDS[level]) for name, level in ordered], power_shell)
        for row, (_, level) in enumerate(ordered):
            item = self.facts.topLevelItem(row)
            if item is not None:
                item.setIcon(1, icons.icon(LEVEL_ICONS[level]))

    def _view(self) -> None:
        if self._page is not None:
            page, time = self._page
            viewer = ReportViewer(self._desk, page(), time)
            # Above the wizard: window-modal to the same window it would lie behind it.
            viewer.setParent(self.window(), viewer.windowFlags())
            viewer.open()


class _Summary(ReportSummary):
    def __init__(self, window: Desk, wizard: ValidateWizard) -> None:
        super().__init__(window)
        self._wizard = wizard

    def enter(self) -> None:
        state = self._wizard.state
        report = state.cluster.validation if state.cluster else None
        if report is None:
            self.show_outcome("fail", "There is no report.", (), "")
            return
        self.show_report(report, lambda: validation_report(report, state), powershell(self._wizard.command(), state))
