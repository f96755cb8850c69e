"""Change a live migration that runs: downtime limit, bandwidth, post-copy now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox

from fcm.migration.constants import DOWNTIME_LIMIT
from fcm.model.commands import Command, TuneMigration
from fcm.model.migrations import UNLIMITED
from fcm.model.structures.tables import name_of
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.moves.migration_options import LIMIT_HINT
from fcm.ui.widgets.dialog_parts import fact, form, named, wrapped
from fcm.workspace.tuning import DANGER, may_post_copy, may_tune

if TYPE_CHECKING:
    from fcm.model.migrations import Migration
    from fcm.ui.desk import Desk

MBIT = 125_000
"""Bytes/s of 1 Mbit/s."""


class TuneMigrationDialog(CommandDialog):
    """What the hosts can change while memory is copied; what was chosen at the start stays."""

    def __init__(self, window: Desk, migration: str) -> None:
        self._migration = migration
        super().__init__(window, "Change a running live migration", "settings", QSize(560, 380))
        found = self.migration
        options = found.options
        self._old_limit = DOWNTIME_LIMIT if options.downtime_limit is None else options.downtime_limit
        self.limit = named(QDoubleSpinBox(), "Downtime limit")
        self.limit.setRange(1, 2_000_000)
        self.limit.setDecimals(0)
        self.limit.setSingleStep(50)
        self.limit.setSuffix(" ms")
        self.limit.setValue(self._old_limit * 1000)
        self.limit.setToolTip("How long the machine may be stopped at the end")
        self.bandwidth = named(QDoubleSpinBox(), "Bandwidth")
        self.bandwidth.setRange(0, 400_000)
        self.bandwidth.setDecimals(0)
        self.bandwidth.setSingleStep(100)
        self.bandwidth.setSuffix(" Mbit/s")
        self.bandwidth.setSpecialValueText("Full network bandwidth")
        self.bandwidth.setValue((options.bandwidth or 0) / MBIT)
        self.bandwidth.setToolTip(LIMIT_HINT)
        self.no_limit = named(QCheckBox("&No bandwidth limit"), "No bandwidth limit")
        self.no_limit.setToolTip("Remove the limit: the transfer uses the full network bandwidth")
        if options.bandwidth is None:
            self.no_limit.setEnabled(False)
            self.no_limit.setToolTip("This migration has no bandwidth limit")
        else:
            self.bandwidth.setMinimum(1)  # taken away by the tick alone, so that there are no two ways to say it
        self.post_copy = named(QCheckBox("Switch to &post-copy now"), "Switch to post-copy now")
        self._danger = wrapped(DANGER, "quiet")
        self._danger.setObjectName("post-copy-danger")
        fields = form()
        fields.addRow("Virtual machine:", fact(name_of(self.state.machines, found.machine)))
        fields.addRow("From and to:", fact(f"{found.source} to {found.destination}"))
        fields.addRow("Down&time limit:", self.limit)
        fields.addRow("&Bandwidth:", self.bandwidth)
        fields.addRow("", self.no_limit)
        self.body.addLayout(fields)
        self.body.addWidget(self.post_copy)
        self.body.addWidget(self._danger)
        self.body.addStretch(1)
        self.limit.valueChanged.connect(lambda _: self.refresh())
        self.bandwidth.valueChanged.connect(lambda _: self.refresh())
        self.no_limit.toggled.connect(lambda on: self.bandwidth.setEnabled(not on))
        self.no_limit.toggled.connect(lambda _: self.refresh())
        self.post_copy.toggled.connect(lambda _: self.refresh())
        self.ok.setText("&Change")
        named(self.ok, "Change")
        self.finish_layout(self.limit)

    @property
    def migration(self) -> Migration:
        """The migration as it is now."""
        return self.state.migrations[self._migration]

    def refresh(self) -> None:
        """Close once nothing can be changed any more; say why post-copy is not possible."""
        if self._migration not in self.state.migrations or self.migration.phase.is_over:
            self.reject()
            return
        verdict = may_post_copy(self.workspace, self.migration)
        self.post_copy.setEnabled(bool(verdict))
        self._danger.setText(DANGER if verdict else f"Post-copy: {verdict.sentence()}")
        if not verdict and self.post_copy.isChecked():
            self.post_copy.setChecked(False)
        super().refresh()

    def may_accept(self) -> bool:
        """Only while memory is copied."""
        return bool(may_tune(self.workspace, self.migration)) and bool(self.commands())

    def commands(self) -> tuple[Command, ...]:
        """What was changed, as one command."""
        options = self.migration.options
        limit = self.limit.value() / 1000 if self.limit.value() != round(self._old_limit * 1000) else None
        bandwidth = round(self.bandwidth.value() * MBIT) or None
        if self.no_limit.isChecked():
            bandwidth = None if options.bandwidth is None else UNLIMITED
        elif self.bandwidth.value() == round((options.bandwidth or 0) / MBIT):
            bandwidth = None
        post_copy = self.post_copy.isChecked()
        if limit is None and bandwidth is None and not post_copy:
            return ()
        return (TuneMigration(self._migration, limit, bandwidth, post_copy),)
