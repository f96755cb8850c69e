"""Create a Cluster on Hosts: Pacemaker and Corosync on the hosts of a hosts file, with fencing and a witness.

Every step is shown as the commands that do it, before and while it is done. What an interrupted run left is found by
looking at the nodes, so the same wizard continues it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QProgressBar, QPushButton, QTreeWidget, QTreeWidgetItem

from fcm.installation import typed
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.text.words import counted, quoted
from fcm.ui.look import icons
from fcm.ui.look.plain import literal
from fcm.ui.widgets.background import posted
from fcm.ui.widgets.dialog_parts import LEVEL_ICONS, LEVEL_WORDS, form, named, wrapped
from fcm.ui.wizards.frame import BeforeYouBegin, SummaryPage, WizardPage
from fcm.ui.wizards.hosts.fencing_page import FencingPage
from fcm.ui.wizards.hosts.frame import HostsFilePage, HostsWizard, WorkingPage
from fcm.ui.wizards.hosts.steps import RunPage, StepsPage
from fcm.ui.wizards.hosts.words import facts_of, outcome_of
from fcm.workspace.hosts import site as hosts_site
from fcm.workspace.hosts.site import Choice, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from fcm.ui.desk import Desk
    from fcm.workspace.hosts.site import HostsFile, Looked, SetupState, Site, Step, StepOutcome

_INTRO = """
<p>This wizard forms a failover cluster of real hosts that run QEMU and libvirt. Pacemaker and Corosync decide about
failover from then on. To create a simulated cluster, choose Create a Cluster.</p>
<p>Before you begin:</p>
<ul><li>Describe the hosts in a hosts file, with their networks and their shared storage.</li>
<li>Install Pacemaker, Corosync and the fence agents on each host. fcm installs no packages.</li>
<li>fcm must be able to log in to each host as root, and the hosts to libvirt of each other.</li>
<li>Have a fencing device ready, and for two nodes a witness: a host outside of the cluster.</li></ul>
<p>Virtual machines keep running. Nothing is made highly available until you choose it. If this wizard is interrupted,
start it again: it looks at the hosts and continues.</p>
"""


_REMEDY = Qt.ItemDataRole.UserRole


class CreateHostsWizard(HostsWizard):
    """Select Hosts > Fencing Device > Witness > Checks > Confirmation > Creating > Summary."""

    def __init__(self, window: Desk) -> None:
        self.looked: Looked | None = None
        self.ran: tuple[StepOutcome, SetupState] | None = None
        self.file = HostsFilePage(
            lambda: self, window, "Select the hosts file of the hosts that will form the cluster."
        )
        self.fencing = FencingPage()
        self.witness = _WitnessPage(self)
        self.checks = _ChecksPage(self)
        self.confirmation = StepsPage("&Create", self._to_confirm)
        self.progress = RunPage("Creating", self._create)
        self.summary = _Summary(self)
        pages = (
            BeforeYouBegin(_INTRO),
            self.file,
            self.fencing,
            self.witness,
            self.checks,
            self.confirmation,
            self.progress,
            self.summary,
        )
        super().__init__(window, "Create a Cluster on Hosts Wizard", "create-cluster", pages, QSize(940, 600))
        self._told = posted(self, self.progress.told)

    def take_hosts(self, hosts: HostsFile) -> None:
        """Fill the pages with what the file says."""
        super().take_hosts(hosts)
        self.fencing.take_hosts(hosts)
        self.witness.take_hosts(hosts)

    def choice(self) -> Choice:
        """What was chosen for failover."""
        witness = self.witness
        wanted = witness.wanted.isChecked()
        return Choice(
            self.fencing.chosen_agent(),
            self.fencing.general(),
            self.fencing.nodes(),
            self.fencing.password.text(),
            witness.host.text().strip() if wanted else "",
            witness.login.text().strip() if wanted else "",
        )

    @property
    def command_line(self) -> str:
        """What does the same without the window."""
        return "" if self.hosts is None else f"fcm hosts cluster create {typed(str(self.hosts.path))}"

    def _to_confirm(self) -> tuple[Sequence[Step], int | None, str]:
        assert self.looked is not None
        assert self.hosts is not None
        steps = self.looked.steps
        count = counted(len(steps), "step")
        names = ", ".join(host.name for host in self.hosts.hosts)
        more = ""
        if self.looked.setup.stage is not Stage.NONE:
            more = " Completed steps are not repeated."
        text = (
            f"{count} will form the cluster {quoted(self.hosts.name)} of {names}.{more} Virtual machines keep running."
        )
        return steps, None, text

    def _create(self) -> None:
        assert self.looked is not None
        looked = self.looked
        self.progress.show_steps(looked.steps)
        runner = self.site_of().runner(self._told, looked.passwords)

        def work(site: Site) -> tuple[StepOutcome, SetupState]:
            return runner.carry_out(looked.steps), site.read_setup()

        def then(result: tuple[StepOutcome, SetupState]) -> None:
            self.ran = result
            self._show(self.stack.currentIndex() + 1)

        self.run_steps(runner, self.on_site(work), then)

    def went_wrong(self) -> None:
        """The checks can be made again."""
        if self.page is self.checks:
            self.checks.failed()

    def canceling(self) -> None:
        """Show it."""
        self.progress.canceling()

    def look_again(self) -> None:
        """Back to the checks, to continue what was not completed."""
        self._past = self._past[: self.pages.index(self.checks)]
        self._show(self.pages.index(self.checks))

    def accept(self) -> None:
        """Finish opens the cluster that is complete."""
        super().accept()
        if self.hosts is not None and self.ran is not None and self.ran[1].stage is Stage.COMPLETE:
            self.window_of.open(f"pacemaker:{self.hosts.path}")


class _WitnessPage(WorkingPage):
    def __init__(self, wizard: CreateHostsWizard) -> None:
        super().__init__(
            "Witness",
            "A witness is a host outside the cluster that has a vote, so that one group of nodes can continue when the "
            "nodes lose contact with each other. It runs corosync-qnetd. Two nodes need one.",
        )
        self._wizard = wizard
        self._path: object = None
        self.wanted = named(QCheckBox("&Use a witness"), "Use a witness")
        self.host = named(QLineEdit(), "Witness host")
        self.host.setPlaceholderText("Name or address by which the nodes reach it")
        self.login = named(QLineEdit(), "Login")
        self.login.setPlaceholderText("root@host; empty: as root on the witness host")
        fields = form()
        fields.addRow("&Witness host:", self.host)
        fields.addRow("&Login of fcm:", self.login)
        self.column.addWidget(self.wanted)
        self.column.addLayout(fields)
        self.column.addStretch(1)
        self.column.addWidget(self.bar)
        self.wanted.toggled.connect(self._enable)
        self._enable()

    def take_hosts(self, hosts: HostsFile) -> None:
        """Show what the file says."""
        if self._path == hosts.path:
            return
        self._path = hosts.path
        witness = hosts.witness
        self.wanted.setChecked(witness is not None or len(hosts.hosts) % 2 == 0)
        self.host.setText("" if witness is None else witness.host)
        self.login.setText("" if witness is None or witness.ssh is None else witness.ssh.text)

    def _enable(self) -> None:
        for field in (self.host, self.login):
            field.setEnabled(self.wanted.isChecked())

    def first_focus(self) -> QWidget:
        return self.host if self.wanted.isChecked() else self.wanted

    def verdict(self) -> Verdict:
        if self.wanted.isChecked() and not self.host.text().strip():
            return no("No witness host is specified.", "Type its name or address, or clear Use a witness.")
        return OK

    def job(self) -> Callable[[], tuple[HostsFile, Site]]:
        hosts, choice = self._wizard.hosts, self._wizard.choice()
        assert hosts is not None

        def work() -> tuple[HostsFile, Site]:
            saved = hosts_site.save_choice(hosts, choice)
            return saved, hosts_site.open_site(saved)

        return work

    def take(self, result: tuple[HostsFile, Site]) -> None:
        hosts, site = result
        self._wizard.take_hosts(hosts)
        self._wizard.take_site(site)


class _ChecksPage(WizardPage):
    """What stands and what is in the way; looked at when the page appears."""

    def __init__(self, wizard: CreateHostsWizard) -> None:
        super().__init__("Checks")
        self._wizard = wizard
        self.text = named(wrapped(""), "Result of the checks")
        self.bar = named(QProgressBar(), "Checks: in progress")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.tree = named(QTreeWidget(), "Checks")
        self.tree.setHeaderLabels(["Result", "Found"])
        self.tree.setRootIsDecorated(False)
        self.tree.setColumnWidth(0, 110)
        self.tree.currentItemChanged.connect(lambda item, _: self._explain(item))
        self.details = named(wrapped(""), "Details")
        self.again = named(QPushButton(icons.icon("refresh"), "Check &again"), "Check again")
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self.enter)
        self.column.addWidget(self.text)
        self.column.addWidget(self.bar)
        self.column.addWidget(self.tree, 1)
        self.column.addWidget(self.details)
        self.column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignRight)

    def enter(self) -> None:
        """Look and check."""
        wizard = self._wizard
        if wizard.busy:
            return
        wizard.looked = None
        self.tree.clear()
        self.details.setText("")
        self.again.setEnabled(False)
        self.text.setText("The hosts, the connections between them and the fencing device are being checked.")
        wizard.do(wizard.on_site(hosts_site.look_before_create), self._take, self.bar)

    def _take(self, looked: Looked) -> None:
        self._wizard.looked = looked
        self.again.setEnabled(True)
        for level, text, remedy in hosts_site.found(looked):
            item = QTreeWidgetItem([LEVEL_WORDS[level], text])
            item.setIcon(0, icons.icon(LEVEL_ICONS[level]))
            item.setToolTip(1, literal(f"{text} {remedy}".rstrip()))
            item.setData(1, _REMEDY, remedy)
            self.tree.addTopLevelItem(item)
        self.tree.setCurrentIndex(self.tree.model().index(0, 0))
        if looked.refused:
            self.text.setText(f"{_problems(looked)} Nothing was changed. Correct what is wrong, then check again.")
        elif looked.setup.stage is Stage.PARTIAL:
            self.text.setText(f"{looked.setup.sentence} It can be continued.")
        else:
            self.text.setText(looked.setup.sentence)
        self._wizard.update_buttons()
        (self.again if looked.refused else self._wizard.next).setFocus()

    def failed(self) -> None:
        """The checks could not be made."""
        self.again.setEnabled(True)
        self.text.setText("The checks could not be completed.")

    def _explain(self, item: QTreeWidgetItem | None) -> None:
        self.details.setText("" if item is None else f"{item.text(1)} {item.data(1, _REMEDY) or ''}".rstrip())

    def verdict(self) -> Verdict:
        looked = self._wizard.looked
        if looked is None:
            return no("The checks are not completed.", "Choose Check again.")
        if looked.refused:
            return no(_problems(looked), "Correct what is wrong, then choose Check again.")
        return OK


def _problems(looked: Looked) -> str:
    return f"{counted(looked.refused, 'problem')} must be corrected first."


class _Summary(SummaryPage):
    def __init__(self, wizard: CreateHostsWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self.power_shell.hide()
        self.again = named(QPushButton(icons.icon("refresh"), "Check and &continue..."), "Check and continue...")
        self.again.clicked.connect(wizard.look_again)
        self.add_button(self.again)

    def enter(self) -> None:
        """What came of it and what stands."""
        result = self._wizard.ran
        assert result is not None
        outcome, setup = result
        level, text = outcome_of(outcome, setup)
        complete = setup.stage is Stage.COMPLETE
        if complete:
            text += " Choose Finish to open it, then make virtual machines highly available."
        else:
            text += " To continue, choose Check and continue; to remove it, choose Destroy a Cluster on Hosts."
        self.again.setVisible(not complete)
        facts = [*facts_of(outcome, setup), ("Command that does the same", self._wizard.command_line)]
        self.show_outcome(level, text, facts, "")
