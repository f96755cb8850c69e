"""Enable Cluster Shared Volumes: the notice, and a tick box before OK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QTextBrowser

from fcm.model.commands import Command, EnableSharedVolumes
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.widgets.dialog_parts import named

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

NOTICE = """
<p><b>Read this before you enable Cluster Shared Volumes.</b></p>
<ul>
<li>In Windows Server 2008 R2, Cluster Shared Volumes are supported only for the files of Hyper-V virtual machines.
Other files under <i>SystemDrive</i>\\ClusterStorage are not supported and might be damaged or lost.</li>
<li>All nodes read and write a shared volume at the same time. Do not use it for anything else, and do not change it
with a tool that does not support shared volumes.</li>
<li>Make sure that anti-virus and backup software on the nodes supports Cluster Shared Volumes.</li>
<li>Every node must have the same system drive letter, because the volumes appear under the same path on all of
them.</li>
<li>Validate the configuration of the cluster first.</li>
</ul>
<p>The folder ClusterStorage appears on the system drive of every node, and Cluster Shared Volumes appears
in the console tree. Disks are not changed until you add them.</p>
"""
"""The gist of Microsoft's notice in own words (TechNet "Enable Cluster Shared Volumes in a Failover Cluster")."""


class EnableSharedVolumesDialog(CommandDialog):
    """The notice must be read and ticked before OK."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Enable Cluster Shared Volumes", "enable-csv", QSize(560, 500))
        notice = named(QTextBrowser(), "Notice")
        notice.setHtml(NOTICE)
        self.read = named(QCheckBox("I have &read the above notice."), "I have read the above notice.")
        self.read.toggled.connect(lambda _: self.refresh())
        self.body.addWidget(notice, 1)
        self.body.addWidget(self.read)
        self.finish_layout(self.read)

    def may_accept(self) -> bool:
        """OK only after the tick."""
        return self.read.isChecked()

    def commands(self) -> tuple[Command, ...]:
        """Enable, with the notice accepted or not."""
        return (EnableSharedVolumes(notice_accepted=self.read.isChecked()),)
