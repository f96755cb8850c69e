"""The frame of the wizards about hosts: work in threads between the pages, one run of steps, and its cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QPushButton

from fcm.mistakes import SentenceError
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.widgets.dialog_parts import form, named, wrapped
from fcm.ui.window.trust import ask_or_say
from fcm.ui.wizards.frame import Wizard, WizardPage
from fcm.ui.wizards.hosts.held_site import HeldSite
from fcm.workspace.hosts import site as hosts_site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from fcm.ui.desk import Desk
    from fcm.workspace.hosts.site import HostsFile, Runner, Site


class WorkingPage(WizardPage):
    """A page whose Next does something in a thread before it goes on."""

    def __init__(self, title: str, intro: str = "") -> None:
        super().__init__(title, intro)
        self.bar = named(QProgressBar(), f"{title}: in progress")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.hide()

    def job(self) -> Callable[[], Any]:
        """What is to be done; it blocks."""
        raise NotImplementedError

    def take(self, result: Any) -> None:
        """What came of it, before the next page is shown."""


class HostsWizard(Wizard):
    """A wizard about the hosts of a hosts file. Cancel during its run of steps ends the run after the current step."""

    def __init__(self, window: Desk, title: str, icon: str, pages: Sequence[WizardPage], size: QSize) -> None:
        self.hosts: HostsFile | None = None
        self.runner: Runner | None = None
        self._held: HeldSite | None = None
        self._work: Work | None = None
        self._canceling = False
        super().__init__(window, title, icon, pages, size)
        self.finished.connect(lambda _: self.release())

    @property
    def busy(self) -> bool:
        """Whether something is being done in a thread."""
        return self._work is not None

    def take_hosts(self, hosts: HostsFile) -> None:
        """The hosts that were read."""
        self.hosts = hosts

    def take_site(self, site: Site) -> None:
        """The way to the hosts; an earlier one is ended."""
        self.release()
        self._held = HeldSite(site)

    def release(self) -> None:
        """End the way to the hosts, once nothing works with it."""
        if self._held is not None:
            self._held.release()
            self._held = None

    def site_of(self) -> Site:
        """The way to the hosts; what asks them belongs into a thread."""
        assert self._held is not None
        return self._held.site

    def on_site(self, work: Callable[[Site], Any]) -> Callable[[], Any]:
        """Work with the hosts, to be done in a thread."""
        held = self._held
        assert held is not None
        return lambda: held.use(work)

    def do(self, function: Callable[[], Any], then: Callable[[Any], None], bar: QWidget | None = None) -> None:
        """Do something in a thread, then go on with its result; what goes wrong is said on the page."""
        page = self.page

        def done(outcome: Outcome) -> None:
            self._work = self.runner = None
            if bar is not None:
                bar.hide()
            self.update_buttons()
            if self.page is not page:
                return
            if outcome.error is None:
                then(outcome.result)
            elif isinstance(outcome.error, SentenceError):
                ask_or_say(self, outcome.error, self.show_error, self.go_on)
                self.went_wrong()
            else:
                raise outcome.error

        if bar is not None:
            bar.show()
        self.show_error("")
        self._work = Work(self, function, done)
        self.update_buttons()

    def went_wrong(self) -> None:
        """After something went wrong and was said."""

    def go_on(self) -> None:
        """Next: first what the page does in a thread."""
        page = self.page
        if self.busy:
            return
        if not isinstance(page, WorkingPage):
            super().go_on()
            return
        verdict = page.verdict()
        self.notice.refuse(verdict)
        if not verdict:
            return

        def then(result: Any) -> None:
            page.take(result)
            super(HostsWizard, self).go_on()

        self.do(page.job(), then, page.bar)

    def update_buttons(self) -> None:
        """While something is done, only Cancel works."""
        super().update_buttons()
        if self.busy:
            self.back.setEnabled(False)
            self.next.setEnabled(False)

    def run_steps(self, runner: Runner, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Carry steps out in a thread."""
        self.runner, self._canceling = runner, False
        self.do(function, then)

    def canceling(self) -> None:
        """Show that the run ends after the current step."""

    def reject(self) -> None:
        """Cancel: a run of steps ends after the current step, and its summary is shown; else close."""
        if self.runner is not None and not self._canceling:
            self._canceling = True
            self.runner.cancel()
            self.canceling()
            return
        if self._work is not None:
            self._work.abandon()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is Cancel; a run that is canceled can be left alone."""
        if self.runner is not None and not self._canceling:
            self.reject()
            event.ignore()
            return
        super().closeEvent(event)


class HostsFilePage(WorkingPage):
    """Which hosts: the file that describes them."""

    def __init__(self, wizard_of: Callable[[], HostsWizard], window: Desk, intro: str) -> None:
        super().__init__("Select Hosts", intro)
        self._wizard = wizard_of
        self.path = named(QLineEdit(), "Hosts file")
        self.path.setPlaceholderText("Path of a hosts file, such as /etc/fcm/hosts.toml")
        self.browse = named(QPushButton("&Browse..."), "Browse...")
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        fields = form()
        fields.addRow("&Hosts file:", row)
        label = fields.labelForField(row)
        if label is not None:
            label.setBuddy(self.path)  # type: ignore[attr-defined]
        self.column.addLayout(fields)
        self.column.addWidget(
            wrapped(
                "A hosts file names the hosts, their networks and their shared storage. For the format, see "
                "docs/live-hosts.md.",
                "quiet",
            )
        )
        self.column.addStretch(1)
        self.column.addWidget(self.bar)
        workspace = window.workspace
        uri = "" if workspace is None else workspace.uri
        if uri.partition(":")[0] in ("libvirt", "pacemaker"):
            self.path.setText(uri.partition(":")[2])

    def first_focus(self) -> QWidget:
        """The path."""
        return self.path

    def verdict(self) -> Verdict:
        """A path is typed."""
        return OK if self.path.text().strip() else no("No hosts file is specified.", "Type its path, or browse to it.")

    def job(self) -> Callable[[], HostsFile]:
        """Read the file."""
        text = self.path.text().strip()
        return lambda: hosts_site.read_hosts(hosts_site.path_of(text))

    def take(self, result: HostsFile) -> None:
        """The hosts."""
        self._wizard().take_hosts(result)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Hosts file", "", "Hosts files (*.toml);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.path.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
