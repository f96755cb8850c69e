"""Validate a Configuration without an open cluster: select servers, choose tests, run them, see and keep the report."""

from __future__ import annotations

import threading
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from fcm.mistakes import SentenceError
from fcm.model.rules.verdict import Verdict, no
from fcm.ui.widgets.background import Outcome, Work, posted
from fcm.ui.widgets.dialog_parts import named, wrapped
from fcm.ui.wizards.create_cluster import CreateClusterWizard
from fcm.ui.wizards.frame import BeforeYouBegin, ConfirmationPage, Wizard, WizardPage
from fcm.ui.wizards.servers.select_page import NetworksPage, SelectServersPage
from fcm.ui.wizards.validate import OptionsPage, ReportSummary, SelectionPage, facts_of
from fcm.workspace.planning import servers
from fcm.workspace.planning.servers import Real, Simulated
from fcm.workspace.reports import servers_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent

    from fcm.model.validation.report import ValidationReport
    from fcm.ui.desk import Desk
    from fcm.workspace.planning.servers import Subject

_INTRO = """
<p>This wizard runs validation tests to determine whether servers, networks and storage are configured to support
failover. The servers need not be a cluster, and no cluster need be open.</p>
<p>Before you begin:</p>
<ul><li>Select all servers that will be nodes of the cluster: they are compared with each other.</li>
<li>The tests change nothing, and running machines keep running.</li>
<li>Tests of the cluster configuration run only if all nodes of one cluster are selected.</li></ul>
<p>The report is saved as an HTML page. To keep it with a cluster that is open, choose Validate This Cluster there.</p>
"""


class ValidateServersWizard(Wizard):
    """Select Servers > Testing Options > Test Selection > Confirmation > Validating > Summary."""

    def __init__(self, window: Desk) -> None:
        self.select = SelectServersPage(window, lambda: self.update_selected(), lambda text: self.show_error(text))
        self.networks = NetworksPage(self.select)
        self.options = _Options(lambda: self.take_subject())
        self.selection = SelectionPage(self.options)
        self.confirmation = _Confirmation(self)
        self.progress = _Validating(lambda: self._begin())
        self.summary = _Summary(window, self)
        self.subject: Subject | None = None
        self.report: ValidationReport | None = None
        self._stop = threading.Event()
        self._work: Work | None = None
        pages = (
            BeforeYouBegin(_INTRO),
            self.select,
            self.networks,
            self.options,
            self.selection,
            self.confirmation,
            self.progress,
            self.summary,
        )
        super().__init__(window, "Validate a Configuration Wizard", "validate", pages, QSize(860, 580))

    def update_selected(self) -> None:
        """Other servers are selected."""
        self.update_steps()
        self.recheck()

    def take_subject(self) -> None:
        """Take what was selected, as it is now, and offer its tests."""
        chosen = self.select.chosen()
        nodes = self.select.described.nodes()
        if nodes:
            form = self.networks.form
            chosen.append(servers.described_servers(nodes, form.networks(), form.sizes()))
        self.subject = servers.subject(chosen)
        self.selection.show_tests(self.subject.tests)

    @property
    def power_shell(self) -> str:
        """The line that does the same."""
        return "" if self.subject is None else self.subject.power_shell(self.selection.chosen())

    def _begin(self) -> None:
        """Run the tests in a thread."""
        subject = self.subject
        assert subject is not None
        tests, now, stop = self.selection.chosen(), time(), threading.Event()
        self._stop = stop
        told = posted(self, self.progress.told)

        def progress(name: str, number: int, count: int) -> None:
            if stop.is_set():
                raise _CanceledError
            told(name, number, count)

        self._work = Work(self, lambda: subject.run(tests, progress, now), self._done)

    def _done(self, outcome: Outcome) -> None:
        self._work = None
        if isinstance(outcome.error, SentenceError):
            self.go_back()
            self.show_error(str(outcome.error))
        elif outcome.error is not None:
            raise outcome.error
        else:
            self.report = outcome.result
            if isinstance(self.subject, Simulated):
                self.window_of.echo(self.power_shell)
            self._show(self.stack.currentIndex() + 1)

    def _cancel_run(self) -> bool:
        """Stop a run of tests, of which nothing is kept; whether one was in progress."""
        if self._work is None:
            return False
        self._stop.set()
        self._work.abandon()
        self._work = None
        return True

    def reject(self) -> None:
        """Cancel: a run of tests ends, and another choice can be made; else close."""
        if self._cancel_run():
            self.go_back()
            self.notice.say("Validation was canceled. There is no report, and nothing was changed.", "info")
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing ends a run of tests, too."""
        self._cancel_run()
        super().closeEvent(event)

    def accept(self) -> None:
        """Finish; then Create a Cluster, if it was wanted."""
        super().accept()
        if not self.summary.create_now.isChecked():
            return
        if isinstance(self.subject, Real):
            _create_on_hosts(self.window_of, self.subject.chosen.hosts.path)
            return
        wizard = CreateClusterWizard(self.window_of)
        form = self.networks.form
        wizard.fill(self.select.described.nodes(), form.networks(), form.sizes())
        wizard.open()
        wizard.go_on()


class _CanceledError(Exception):
    """The tests were canceled; nobody waits for them any more."""


def _create_on_hosts(window: Desk, path: Path) -> None:
    from fcm.ui.wizards.hosts.create import CreateHostsWizard  # needs the backend of Pacemaker

    wizard = CreateHostsWizard(window)
    wizard.file.path.setText(str(path))
    wizard.open()
    wizard.go_on()


class _Options(OptionsPage):
    def __init__(self, entered: Callable[[], None]) -> None:
        super().__init__()
        self._entered = entered

    def enter(self) -> None:
        self._entered()


class _Confirmation(ConfirmationPage):
    def __init__(self, wizard: ValidateServersWizard) -> None:
        super().__init__("You are ready to start validation. Click Next to run these tests.")
        self._wizard = wizard
        self.facts.setHeaderLabels(["Category", "Tests"])

    def enter(self) -> None:
        subject = self._wizard.subject
        assert subject is not None
        tests = facts_of(subject.tests, self._wizard.selection.chosen())
        self.show_choice([("Servers to test", ", ".join(subject.names)), *tests], self._wizard.power_shell)


class _Validating(WizardPage):
    acts = True

    def __init__(self, begin: Callable[[], None]) -> None:
        super().__init__("Validating", "The tests are running. The summary appears when they are done.")
        self._begin = begin
        self.bar = named(QProgressBar(), "Validating")
        self.test = wrapped("")
        named(self.test, "Running test")
        self.column.addWidget(self.bar)
        self.column.addWidget(self.test)
        self.column.addWidget(wrapped("To stop the tests, choose Cancel. Nothing is changed.", "quiet"))
        self.column.addStretch(1)

    def enter(self) -> None:
        """Begin."""
        self.bar.setRange(0, 0)
        self.test.setText("")
        self._begin()

    def first_focus(self) -> QWidget | None:
        return None

    def told(self, name: str, number: int, count: int) -> None:
        """A test begins."""
        self.bar.setRange(0, count)
        self.bar.setValue(number)
        self.test.setText(f"Test {number + 1} of {count}: {name}")


class _Summary(ReportSummary):
    def __init__(self, window: Desk, wizard: ValidateServersWizard) -> None:
        super().__init__(window)
        self._wizard = wizard
        text = "&Create the cluster now using the validated nodes..."
        self.create_now = named(QCheckBox(text), "Create the cluster now using the validated nodes")
        self.why_not = wrapped("", "quiet")
        named(self.why_not, "Why no cluster can be created")
        self.column.addWidget(self.create_now)
        self.column.addWidget(self.why_not)

    def enter(self) -> None:
        subject, report = self._wizard.subject, self._wizard.report
        assert subject is not None
        assert report is not None
        title, names = subject.title, subject.names
        self.show_report(report, lambda: servers_report(report, title, names), self._wizard.power_shell)
        may = _may_create(subject, report)
        self.create_now.setEnabled(bool(may))
        self.create_now.setChecked(False)
        self.why_not.setText("" if may else f"No cluster can be created now: {may.reason} {may.remedy}")
        self.why_not.setVisible(not may)


def _may_create(subject: Subject, report: ValidationReport) -> Verdict:
    may = subject.may_form_cluster
    if may and report.level == "fail":
        return no("At least one test has failed.", "Correct the problems, and then validate again.")
    return may
