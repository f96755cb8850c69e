"""Validate a Configuration: choose the tests, run them, see and keep the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QRadioButton, QTreeWidget, QTreeWidgetItem, QWidget

from fcm.model.commands import ValidateCluster
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.validation.validate import CATEGORIES, TESTS
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
    from fcm.ui.desk import Desk

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
        self.options = _OptionsPage()
        self.selection = _SelectionPage(self.options)
        self.confirmation = _Confirmation(self)
        self.progress = ProgressPage(
            "Validating", "The tests are running. The report appears when they are done.", self.carry_out
        )
        self.summary = _Summary(self)
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
        return ValidateCluster(() if self.options.all.isChecked() else self.selection.tests())


class _OptionsPage(WizardPage):
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
        return self.all if self.all.isChecked() else self.some


class _SelectionPage(WizardPage):
    """The five categories with their tests."""

    def __init__(self, options: _OptionsPage) -> None:
        super().__init__("Test Selection", "Select the tests that you want to run.")
        self._options = options
        self._items: list[QTreeWidgetItem] = []
        self.tree = named(QTreeWidget(), "Tests")
        self.tree.setHeaderHidden(True)
        for category in CATEGORIES:
            top = QTreeWidgetItem([category])
            top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
            self.tree.addTopLevelItem(top)
            for test in TESTS:
                if test.category == category:
                    item = QTreeWidgetItem([test.name])
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    item.setCheckState(0, Qt.CheckState.Checked)
                    top.addChild(item)
                    self._items.append(item)
            top.setExpanded(category == CATEGORIES[0])
        self.column.addWidget(self.tree, 1)

    def skipped(self) -> bool:
        return self._options.all.isChecked()

    def first_focus(self) -> QWidget:
        return self.tree

    def tests(self) -> tuple[str, ...]:
        """Names of the ticked tests."""
        return tuple(item.text(0) for item in self._items if item.checkState(0) == Qt.CheckState.Checked)

    def verdict(self) -> Verdict:
        return OK if self.tests() else no("No test is selected.", "Select at least one test.")


class _Confirmation(ConfirmationPage):
    def __init__(self, wizard: ValidateWizard) -> None:
        super().__init__("You are ready to start validation. Click Next to run these tests.")
        self._wizard = wizard
        self.facts.setHeaderLabels(["Category", "Tests"])

    def enter(self) -> None:
        state = self._wizard.state
        command = self._wizard.command()
        chosen = [test for test in TESTS if not command.tests or test.name in command.tests]
        facts = [("Servers to test", ", ".join(state.nodes))]
        for category in CATEGORIES:
            names = [test.name for test in chosen if test.category == category]
            if names:
                facts.append((category, f"{len(names)}: {', '.join(names)}"))
        self.show_choice(facts, powershell(command, state))


class _Summary(SummaryPage):
    def __init__(self, wizard: ValidateWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self.facts.setHeaderLabels(["Test", "Result"])
        self.view = named(QPushButton(icons.icon("validate-report"), "&View Report..."), "View Report...")
        self.view.clicked.connect(self._view)
        self.add_button(self.view)

    def enter(self) -> None:
        state = self._wizard.state
        report = state.cluster.validation if state.cluster else None
        self.view.setEnabled(report is not None)
        if report is None:
            self.show_outcome("fail", "There is no report.", (), "")
            return
        outcome = {
            "fail": "Testing has found problems that must be corrected. View the report for reasons and remedies.",
            "warn": "Testing has completed with warnings. View the report before you rely on this cluster.",
        }.get(report.level, "Testing has completed successfully. The configuration is suitable for clustering.")
        worst: dict[str, str] = {}
        for result in report.results:
            known = worst.get(result.name, "info")
            worst[result.name] = min(known, result.level, key=("fail", "warn", "pass", "info").index)
        ordered = sorted(worst.items(), key=lambda pair: ("fail", "warn", "pass", "info").index(pair[1]))
        facts = [(name, LEVEL_WORDS[level]) for name, level in ordered]
        self.show_outcome(report.level, outcome, facts, powershell(self._wizard.command(), state))
        for row, (_, level) in enumerate(ordered):
            item = self.facts.topLevelItem(row)
            if item is not None:
                item.setIcon(1, icons.icon(LEVEL_ICONS[level]))

    def _view(self) -> None:
        state = self._wizard.state
        report = state.cluster.validation if state.cluster else None
        if report is not None:
            viewer = ReportViewer(self._wizard.window_of, validation_report(report, state), report.time)
            # Above the wizard: window-modal to the same window it would lie behind it.
            viewer.setParent(self._wizard, viewer.windowFlags())
            viewer.open()
