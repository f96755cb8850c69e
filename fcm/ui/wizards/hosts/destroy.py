"""Destroy a Cluster on Hosts: take back all that *create* did; virtual machines keep running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox

from fcm.installation import typed
from fcm.text.words import counted, quoted
from fcm.ui.widgets.background import posted
from fcm.ui.widgets.dialog_parts import named, wrapped
from fcm.ui.wizards.frame import SummaryPage
from fcm.ui.wizards.hosts.frame import HostsFilePage, HostsWizard, WorkingPage
from fcm.ui.wizards.hosts.steps import RunPage, StepsPage
from fcm.workspace.hosts import site as hosts_site
from fcm.workspace.hosts.site import StepReport, StepState
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from fcm.ui.desk import Desk
    from fcm.workspace.hosts.site import HostsFile, Looked, SetupState, Site, Step, StepOutcome

_RELEASE = (
    "Virtual machines that are highly available are first removed from the cluster. They keep running, and libvirt has "
    "their definitions again. Afterwards, nothing fails over."
)


class DestroyHostsWizard(HostsWizard):
    """Select Hosts > Virtual Machines > Confirmation > Destroying > Summary."""

    def __init__(self, window: Desk) -> None:
        self.looked: Looked | None = None
        self.steps_back: tuple[Step, ...] = ()
        self.ran: tuple[StepOutcome, SetupState] | None = None
        self.file = HostsFilePage(lambda: self, window, "Select the hosts file of the cluster that will be removed.")
        self.release_page = _ReleasePage(self)
        self.confirmation = StepsPage("&Destroy", self._to_confirm)
        self.progress = RunPage("Destroying", self._destroy)
        pages = (self.file, self.release_page, self.confirmation, self.progress, _Summary(self))
        super().__init__(window, "Destroy a Cluster on Hosts Wizard", "delete", pages, QSize(940, 600))
        self._offset = 0
        self._told = posted(self, self.progress.told)

    @property
    def command_line(self) -> str:
        """What does the same without the window."""
        release = " --release" if self.release_page.release.isChecked() else ""
        return "" if self.hosts is None else f"fcm hosts cluster destroy {typed(str(self.hosts.path))}{release}"

    def _to_confirm(self) -> tuple[Sequence[Step], int | None, str]:
        assert self.looked is not None
        assert self.hosts is not None
        release = self.looked.steps
        machines = counted(len(self.looked.setup.machines), "virtual machine")
        first = f"First, {machines} will be removed from it. " if self.looked.setup.machines else ""
        names = ", ".join(host.name for host in self.hosts.hosts)
        text = (
            f"The cluster {quoted(self.hosts.name)} will be removed from {names}. "
            f"{first}Virtual machines keep running, but no longer fail over."
        )
        return (*release, *self.steps_back), len(release), text

    def _destroy(self) -> None:
        assert self.looked is not None
        release = self.looked.steps
        self.progress.show_steps((*release, *self.steps_back), len(release))
        offset = 0

        def told(number: int, report: StepReport) -> None:
            self._told(number + offset, report)

        runner = self.site_of().runner(told, {})

        def work(site: Site) -> tuple[StepOutcome, SetupState]:
            nonlocal offset
            outcome = runner.carry_out(release)
            if outcome.ok:
                offset = len(release)
                outcome = runner.undo(site.undo_steps())
            return outcome, site.read_setup()

        def then(result: tuple[StepOutcome, SetupState]) -> None:
            self.ran = result
            self._show(self.stack.currentIndex() + 1)

        self.run_steps(runner, self.on_site(work), then)

    def canceling(self) -> None:
        """Show it."""
        self.progress.canceling()

    def accept(self) -> None:
        """Finish: what was open as a cluster of Pacemaker is opened as plain hosts."""
        super().accept()
        workspace = self.window_of.workspace
        gone = self.ran is not None and self.ran[1].is_gone
        if self.hosts is None or workspace is None or not gone:
            return
        if workspace.uri == f"pacemaker:{self.hosts.path}":
            self.window_of.messages.clear()  # while it ended, its nodes said that it does not run
            self.window_of.open(f"libvirt:{self.hosts.path}")
            self.window_of.show_dialog("close-cluster", Selection(Place.CLUSTER))


class _ReleasePage(WorkingPage):
    def __init__(self, wizard: DestroyHostsWizard) -> None:
        super().__init__("Virtual Machines")
        self._wizard = wizard
        self.release = named(
            QCheckBox("&Remove virtual machines from the cluster first; they keep running"),
            "Remove virtual machines from the cluster first; they keep running",
        )
        self.column.addWidget(self.release)
        self.column.addWidget(wrapped(_RELEASE))
        self.column.addStretch(1)
        self.column.addWidget(self.bar)

    def first_focus(self) -> QWidget:
        return self.release

    def job(self) -> Callable[[], tuple[Site, Looked, tuple[Step, ...]]]:
        hosts, release = self._wizard.hosts, self.release.isChecked()
        assert hosts is not None

        def work(hosts: HostsFile) -> tuple[Site, Looked, tuple[Step, ...]]:
            site = hosts_site.open_site(hosts)
            try:
                return site, hosts_site.look_before_destroy(site, release), hosts_site.taken_back(site)
            except BaseException:
                site.close()
                raise

        return lambda: work(hosts)

    def take(self, result: tuple[Site, Looked, tuple[Step, ...]]) -> None:
        site, self._wizard.looked, self._wizard.steps_back = result
        self._wizard.take_site(site)


class _Summary(SummaryPage):
    def __init__(self, wizard: DestroyHostsWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self.power_shell.hide()

    def enter(self) -> None:
        """What came of it and what is left."""
        assert self._wizard.ran is not None
        outcome, setup = self._wizard.ran
        done = sum(report.state in (StepState.UNDONE, StepState.DONE, StepState.ALREADY) for report in outcome.reports)
        facts = [(quoted(report.step.title), report.sentence()) for report in outcome.failed]
        if outcome.failed:
            level, text = "fail", f"{counted(len(outcome.failed), 'step')} could not be undone. Run the wizard again."
        elif outcome.canceled:
            level = "warn"
            text = (
                f"Canceled after {counted(done, 'step')}. The cluster is not complete. Run the wizard again, or "
                "create the cluster."
            )
        elif setup.is_gone:
            level, text = "pass", f"The cluster was removed. {setup.sentence}"
        else:
            level, text = "warn", f"Something is left. {next(setup.problems(), '')}".rstrip()
        facts.append(("Command that does the same", self._wizard.command_line))
        self.show_outcome(level, text, facts, "")
