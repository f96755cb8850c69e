"""Options of a live migration as fields: of one migration, or those of the cluster for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QGroupBox, QHBoxLayout, QSpinBox

from fcm.migration.constants import DOWNTIME_LIMIT, THROTTLE_INCREMENT, THROTTLE_INITIAL
from fcm.model.commands import Command, SetConcurrentMigrations, SetMigrationOptions
from fcm.model.migrations import MigrationOptions
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look.plain import Label
from fcm.ui.widgets.dialog_parts import form, named, wrapped

if TYPE_CHECKING:
    from fcm.ui.desk import Desk

MBIT = 125_000
"""Bytes/s of 1 Mbit/s."""
DOWNTIME_HINT = f"How long the machine may be stopped at the end; {DOWNTIME_LIMIT * 1000:.0f} ms if not set"
LIMIT_HINT = (
    "Limit while memory is copied. The final copy while the machine is stopped, and the transfer after a switch to "
    "post-copy, are not limited. On real hosts, several connections need a higher limit than one"
)


class MigrationOptionsPanel(QGroupBox):
    """Every option of a live migration that libvirt and QEMU have and this program passes on.

    Args:
        options: what is shown at first.
    """

    changed = Signal()

    def __init__(self, options: MigrationOptions, title: str = "Options") -> None:
        super().__init__(title)
        self._shown = options
        self.downtime = _figure("Downtime limit", 2_000_000, 50, " ms", "Default")
        self.downtime.setToolTip(DOWNTIME_HINT)
        self.bandwidth = _figure("Bandwidth", 400_000, 100, " Mbit/s", "Full network bandwidth")
        self.bandwidth.setToolTip(LIMIT_HINT)
        self.time_limit = _figure("Cancel after", 30 * 1440, 5, " min", "Never")
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
        self.first_step = _percent("Auto-converge first step", f"{THROTTLE_INITIAL} % (QEMU)")
        self.next_steps = _percent("Auto-converge increment", f"{THROTTLE_INCREMENT} % (QEMU)")
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
        whole = QHBoxLayout(self)
        whole.addLayout(fields)
        whole.addSpacing(20)
        whole.addLayout(ticks, 1)

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
        return MigrationOptions(
            downtime_limit=downtime,
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


def _figure(name: str, most: int, step: int, unit: str, nothing: str) -> QDoubleSpinBox:
    spin = named(QDoubleSpinBox(), name)
    spin.setRange(0, most)
    spin.setDecimals(0)
    spin.setSingleStep(step)
    spin.setSuffix(unit)
    spin.setSpecialValueText(nothing)
    return spin


def _percent(name: str, nothing: str) -> QSpinBox:
    spin = named(QSpinBox(), name)
    spin.setRange(0, 99)
    spin.setSuffix(" %")
    spin.setSpecialValueText(nothing)
    return spin


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
        self.panel = MigrationOptionsPanel(self.state.migration_options(None))
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
