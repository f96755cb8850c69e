"""Options of a live migration as fields: of one migration, or those of the cluster for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSpinBox, QTabWidget, QWidget

from fcm.migration.constants import DOWNTIME_LIMIT, THROTTLE_INCREMENT, THROTTLE_INITIAL
from fcm.model.commands import Command, SetConcurrentMigrations, SetMigrationOptions
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.moving.transfer_options import lacks_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.moves.option_fields import GoalFields, TransferFields, figure, percent
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import form, named, wrapped

if TYPE_CHECKING:
    from fcm.ui.desk import Desk
    from fcm.ui.dialogs.moves.option_fields import Lacks

MBIT = 125_000
"""Bytes/s of 1 Mbit/s."""
CHOSEN = "fcm chooses the downtime limit, because there is a goal"
DOWNTIME_HINT = f"How long the machine may be stopped at the end; {DOWNTIME_LIMIT * 1000:.0f} ms if not set"
LIMIT_HINT = (
    "Limit while memory is copied. The final copy while the machine is stopped, and the transfer after a switch to "
    "post-copy, are not limited. On real hosts, several connections need a higher limit than one"
)


class MigrationOptionsPanel(QTabWidget):
    """Every option of a live migration: limits, goals, and how memory is transferred.

    Args:
        options: what is shown at first.
    """

    changed = Signal()

    def __init__(self, options: MigrationOptions, lacks: Lacks | None = None) -> None:
        super().__init__()
        named(self, "Options")
        self._shown = options
        self.goals = GoalFields(options)
        self.transfer = TransferFields(options, lacks or {})
        self.downtime = figure("Downtime limit", 2_000_000, 50, " ms", "Default")
        self.downtime.setToolTip(DOWNTIME_HINT)
        self.bandwidth = figure("Bandwidth", 400_000, 100, " Mbit/s", "Full network bandwidth")
        self.bandwidth.setToolTip(LIMIT_HINT)
        self.time_limit = figure("Cancel after", 30 * 1440, 5, " min", "Never")
        self.time_limit.setDecimals(1)
        self.time_limit.setToolTip(
            "A live migration that is still copying memory after this time is canceled; the machine stays where it is"
        )
        self.connections = named(QSpinBox(), "Parallel connections")
        self.connections.setRange(1, 255)
        self.connections.setToolTip(
            "TCP connections that carry memory in parallel (QEMU: multifd); 2 to 4 are usually enough"
        )
        self.auto_converge = named(QCheckBox("&Auto-converge: slow the guest if it writes too fast"), "Auto-converge")
        self.first_step = percent("Auto-converge first step", f"{THROTTLE_INITIAL} % (QEMU)")
        self.next_steps = percent("Auto-converge increment", f"{THROTTLE_INCREMENT} % (QEMU)")
        self.post_copy = named(
            QCheckBox("&Post-copy: move first, fetch the rest of the memory afterwards"), "Post-copy"
        )
        self.post_copy.setToolTip(
            "If the source fails while memory is fetched, the machine is lost; if only the network fails, it waits"
        )
        self.xbzrle = named(QCheckBox("&XBZRLE: send only the changes in pages sent before"), "XBZRLE")
        self.xbzrle.setToolTip("Costs memory and processor time at the source")
        self.tls = named(QCheckBox("TL&S: encrypt the transfer"), "TLS")
        self.tls.setToolTip("The hosts need libvirt's certificates for migration")
        self._lay_out()
        self._show(options)
        for spin in (
            self.downtime,
            self.bandwidth,
            self.time_limit,
            self.connections,
            self.first_step,
            self.next_steps,
        ):
            spin.valueChanged.connect(self._touched)
        for tick in (self.auto_converge, self.post_copy, self.xbzrle, self.tls):
            tick.toggled.connect(self._touched)

    def _lay_out(self) -> None:
        fields = form()
        fields.addRow("Down&time limit:", self.downtime)
        fields.addRow("&Bandwidth:", self.bandwidth)
        fields.addRow("Co&nnections:", self.connections)
        fields.addRow("&Cancel after:", self.time_limit)
        steps = QHBoxLayout()
        for text, spin in (("&first by", self.first_step), ("t&hen by", self.next_steps)):
            label = Label(text)
            label.setBuddy(spin)
            steps.addWidget(label)
            steps.addWidget(spin)
        steps.addStretch(1)
        ticks = QGridLayout()
        ticks.setColumnMinimumWidth(0, 20)
        ticks.addWidget(self.auto_converge, 0, 0, 1, 2)
        ticks.addLayout(steps, 1, 1)
        for row, tick in enumerate((self.post_copy, self.xbzrle, self.tls), 2):
            ticks.addWidget(tick, row, 0, 1, 2)
        page = QWidget()
        whole = QHBoxLayout(page)
        whole.addLayout(fields)
        whole.addSpacing(20)
        whole.addLayout(ticks, 1)
        self.addTab(page, "Opt&ions")
        self.addTab(self.goals, "&Goals")
        self.addTab(self.transfer, "T&ransfer")
        for fields_ in (self.goals, self.transfer):
            fields_.changed.connect(self._touched)

    def lack(self, lacks: Lacks) -> None:
        """Other hosts take part: which options they lack, and why."""
        self.transfer.lack(lacks)
        self._enable()

    def _show(self, options: MigrationOptions) -> None:
        self.downtime.setValue((options.downtime_limit or 0) * 1000)
        self.bandwidth.setValue((options.bandwidth or 0) / MBIT)
        self.connections.setValue(options.parallel_connections)
        self.time_limit.setValue((options.time_limit or 0) / 60)
        self.auto_converge.setChecked(options.auto_converge)
        self.first_step.setValue(options.auto_converge_initial or 0)
        self.next_steps.setValue(options.auto_converge_increment or 0)
        self.post_copy.setChecked(options.post_copy)
        self.xbzrle.setChecked(options.xbzrle)
        self.tls.setChecked(options.tls)
        self._enable()

    def _enable(self) -> None:
        steered = self.goals.steers
        self.downtime.setEnabled(not steered)
        self.downtime.setToolTip(CHOSEN if steered else DOWNTIME_HINT)
        self.transfer.follow(
            self.connections.value() > 1, self.xbzrle.isChecked(), self.post_copy.isChecked(), steered=steered
        )
        for spin in (self.first_step, self.next_steps):
            spin.setEnabled(self.auto_converge.isChecked())

    def _touched(self) -> None:
        self._enable()
        self.changed.emit()

    def options(self) -> MigrationOptions:
        """What is chosen; figures that nobody touched keep the precision they came with."""
        throttled = self.auto_converge.isChecked()
        downtime: float | None = self.downtime.value() / 1000 or None
        bandwidth: int | None = round(self.bandwidth.value() * MBIT) or None
        if self.downtime.value() == round((self._shown.downtime_limit or 0) * 1000):
            downtime = self._shown.downtime_limit
        if self.bandwidth.value() == round((self._shown.bandwidth or 0) / MBIT):
            bandwidth = self._shown.bandwidth
        limit: float | None = self.time_limit.value() * 60 or None
        if self.time_limit.value() == round((self._shown.time_limit or 0) / 60, 1):
            limit = self._shown.time_limit
        chosen = MigrationOptions(
            downtime_limit=None if self.goals.steers else downtime,
            bandwidth=bandwidth,
            auto_converge=throttled,
            post_copy=self.post_copy.isChecked(),
            auto_converge_initial=(self.first_step.value() or None) if throttled else None,
            auto_converge_increment=(self.next_steps.value() or None) if throttled else None,
            xbzrle=self.xbzrle.isChecked(),
            parallel_connections=self.connections.value(),
            tls=self.tls.isChecked(),
            time_limit=limit,
        )
        return self.goals.put(self.transfer.put(chosen))


INTRO = (
    "These settings apply to every live migration that is started without its own options: from the Actions pane, a "
    "menu or PowerShell."
)


class MigrationSettingsDialog(CommandDialog):
    """Live Migration Settings: how many at once on a node, and the options of those that name none."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Live Migration Settings", "live-migrate", QSize(700, 420), with_apply=True)
        cluster = self.state.cluster
        self.limit = named(QSpinBox(), "Live migrations at once")
        self.limit.setRange(1, 16)
        self.limit.setValue(cluster.concurrent_migrations if cluster else 1)
        self.limit.setToolTip("How many live migrations a node can take part in; 1 in Windows Server 2008 R2")
        self.limit.valueChanged.connect(lambda _: self.refresh())
        lacks = lacks_of(self.state.nodes.values(), self.workspace.simulated)
        self.panel = MigrationOptionsPanel(self.state.migration_options(None), lacks)
        self.panel.changed.connect(self.refresh)
        fields = form()
        fields.addRow("Live migrations at &once on a node:", self.limit)
        self.body.addWidget(wrapped(INTRO))
        self.body.addLayout(fields)
        self.body.addWidget(self.panel)
        self.body.addStretch(1)
        self.finish_layout(self.limit)

    def commands(self) -> tuple[Command, ...]:
        """What was changed."""
        cluster = self.state.cluster
        if cluster is None:
            return ()
        wanted: list[Command] = []
        if self.limit.value() != cluster.concurrent_migrations:
            wanted.append(SetConcurrentMigrations(self.limit.value()))
        if self.panel.options() != cluster.migration_options:
            wanted.append(SetMigrationOptions(self.panel.options()))
        return tuple(wanted)
