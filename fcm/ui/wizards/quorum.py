"""Configure Cluster Quorum wizard: the mode, its witness, confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QRadioButton, QWidget

from fcm.model.commands import SetQuorum
from fcm.model.entities import DiskUse, QuorumMode
from fcm.model.rules.quorum import description, recommended_mode, votes
from fcm.model.rules.verdict import Verdict, no
from fcm.model.structures.tables import name_of
from fcm.ui.look import format as words
from fcm.ui.look.appearance import disk_icon
from fcm.ui.widgets.dialog_parts import TickList, form, named, wrapped
from fcm.ui.wizards.frame import (
    BeforeYouBegin,
    CommandWizard,
    ConfirmationPage,
    ProgressPage,
    SummaryPage,
    WizardPage,
)
from fcm.workspace.actions.powershell import powershell

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk

_INTRO = """
<p>The quorum configuration determines how many failures the cluster can sustain. The cluster runs as long as more than
half of the votes are present. Each node has a vote, and a witness can have one too.</p>
<ul><li>An odd number of nodes needs no witness: Node Majority.</li>
<li>An even number of nodes needs a witness to break a tie: a small disk that all nodes see, or a file share.</li>
<li>From Windows Server 2012 R2, always configure a witness: it votes only where it helps.</li>
</ul>
<p>The cluster keeps running while its quorum configuration is changed.</p>
"""
_MODES = {
    QuorumMode.NODE_MAJORITY: ("Node Majority", "Every node has a vote. For an odd number of nodes."),
    QuorumMode.NODE_AND_DISK_MAJORITY: (
        "Node and Disk Majority",
        "Every node and the disk witness have a vote. For an even number of nodes.",
    ),
    QuorumMode.NODE_AND_FILE_SHARE_MAJORITY: (
        "Node and File Share Majority",
        "Every node and the file share witness have a vote. For nodes at several sites.",
    ),
    QuorumMode.DISK_ONLY: (
        "No Majority: Disk Only",
        "The disk alone decides. Not recommended: the disk is a single point of failure.",
    ),
}
_WITH_DISK = (QuorumMode.NODE_AND_DISK_MAJORITY, QuorumMode.DISK_ONLY)


class QuorumWizard(CommandWizard):
    """Mode > witness > confirmation."""

    def __init__(self, window: Desk) -> None:
        self.modes = _ModePage(self)
        self.disk = _DiskPage(self)
        self.share = _SharePage(self)
        self.progress = ProgressPage(
            "Configure Quorum Settings", "The cluster is changing its quorum configuration.", self.carry_out
        )
        pages = (
            BeforeYouBegin(_INTRO),
            self.modes,
            self.disk,
            self.share,
            _Confirmation(self),
            self.progress,
            _Summary(self),
        )
        super().__init__(window, "Configure Cluster Quorum Wizard", "quorum", pages, QSize(800, 560))
        self.modes.fill()
        self.disk.fill()

    def mode(self) -> QuorumMode:
        """The mode chosen."""
        return self.modes.chosen()

    def command(self) -> SetQuorum:
        """Mode and witness."""
        mode = self.mode()
        if mode in _WITH_DISK:
            return SetQuorum(mode, next(iter(self.disk.list.ticked()), None))
        if mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            return SetQuorum(mode, self.share.path.text().strip())
        return SetQuorum(mode)


class _ModePage(WizardPage):
    def __init__(self, wizard: QuorumWizard) -> None:
        super().__init__("Select Quorum Configuration", "Select the quorum configuration for this cluster.")
        self._wizard = wizard
        self.buttons: dict[QuorumMode, QRadioButton] = {}

    def fill(self) -> None:
        """One button for each mode, the one in use chosen."""
        state = self._wizard.state
        assert state.cluster is not None
        has_disk = any(disk.use in (DiskUse.AVAILABLE, DiskUse.WITNESS) for disk in state.disks.values())
        best = recommended_mode(len(state.nodes), has_disk, state.cluster.version)
        for mode, (label, text) in _MODES.items():
            shown = f"{label} (recommended for your current number of nodes)" if mode is best else label
            button = named(QRadioButton(shown), label)
            button.setChecked(mode is state.cluster.quorum_mode)
            button.toggled.connect(lambda _: self._wizard.update_steps())
            self.buttons[mode] = button
            self.column.addWidget(button)
            note = wrapped(text, "quiet")
            note.setContentsMargins(24, 0, 0, 6)
            self.column.addWidget(note)
        self.column.addStretch(1)

    def chosen(self) -> QuorumMode:
        """The mode whose button is on."""
        return next((mode for mode, button in self.buttons.items() if button.isChecked()), QuorumMode.NODE_MAJORITY)

    def first_focus(self) -> QWidget:
        return self.buttons[self.chosen()]


class _DiskPage(WizardPage):
    def __init__(self, wizard: QuorumWizard) -> None:
        super().__init__("Configure Storage Witness", "Select the disk witness.")
        self._wizard = wizard
        self.list = TickList("Disks for the witness", ["Disk", "Capacity", "Use", "Owner node"])
        self.column.addWidget(self.list, 1)
        self.column.addWidget(wrapped("A witness needs only 512 MiB. Choose the smallest disk.", "quiet"))

    def fill(self) -> None:
        """Disks that could be the witness."""
        state = self._wizard.state
        for disk in state.disks.values():
            if disk.use in (DiskUse.AVAILABLE, DiskUse.WITNESS):
                texts = (disk.name, words.size(disk.size), str(disk.use), disk.owner or "")
                self.list.add(disk.id, texts, disk_icon(disk), ticked=disk.use is DiskUse.WITNESS)
        self.list.align_right(1)
        self.list.fit()

    def skipped(self) -> bool:
        return self._wizard.mode() not in _WITH_DISK

    def first_focus(self) -> QWidget:
        return self.list

    def verdict(self) -> Verdict:
        if len(self.list.ticked()) > 1:
            return no("More than one disk is selected.", "A quorum has one witness. Select only one disk.")
        return self._wizard.workspace.allowed(self._wizard.command())


class _SharePage(WizardPage):
    def __init__(self, wizard: QuorumWizard) -> None:
        super().__init__("Configure File Share Witness", "Enter the file share to use as the witness.")
        self._wizard = wizard
        self.path = named(QLineEdit(), "Shared folder path")
        self.path.setPlaceholderText("\\\\server\\witness")
        fields = form()
        fields.addRow("Shared &folder path:", self.path)
        self.column.addLayout(fields)
        self.column.addWidget(wrapped("The share must not be on a node of this cluster.", "quiet"))
        self.column.addStretch(1)

    def skipped(self) -> bool:
        return self._wizard.mode() is not QuorumMode.NODE_AND_FILE_SHARE_MAJORITY

    def first_focus(self) -> QWidget:
        return self.path

    def verdict(self) -> Verdict:
        return self._wizard.workspace.allowed(self._wizard.command())


class _Confirmation(ConfirmationPage):
    def __init__(self, wizard: QuorumWizard) -> None:
        super().__init__("You are ready to configure the quorum settings of the cluster.")
        self._wizard = wizard

    def enter(self) -> None:
        state, command = self._wizard.state, self._wizard.command()
        assert state.cluster is not None
        witness = name_of(state.disks, command.witness)
        facts = [
            ("Now", description(state.cluster, state.disks)),
            ("Quorum configuration", _MODES[command.mode][0]),
            ("Witness", witness or "None"),
            ("Nodes that vote", _voters(state) if command.mode is not QuorumMode.DISK_ONLY else "None"),
        ]
        self.show_choice(facts, powershell(command, state))

    def verdict(self) -> Verdict:
        return self._wizard.workspace.allowed(self._wizard.command())


def _voters(state: State) -> str:
    return ", ".join(name for name, node in state.nodes.items() if node.weight) or "None"


class _Summary(SummaryPage):
    def __init__(self, wizard: QuorumWizard) -> None:
        super().__init__()
        self._wizard = wizard

    def enter(self) -> None:
        state = self._wizard.state
        assert state.cluster is not None
        count = votes(state.cluster, state.nodes, state.disks)
        facts = [
            ("Quorum configuration", description(state.cluster, state.disks)),
            ("Votes present", f"{count.present} of {count.total}"),
            ("Votes needed", str(count.needed)),
        ]
        text = "You have successfully configured the quorum settings for the cluster."
        self.show_outcome("pass", text, facts, powershell(self._wizard.command(), state))
