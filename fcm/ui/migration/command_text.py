"""The command that a migration was, as PowerShell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from fcm.model.commands import Command, LiveMigrate, MoveMachine, QuickMigrate
from fcm.model.migrations import MigrationKind
from fcm.ui.widgets.dialog_parts import PowerShellBox
from fcm.workspace.actions.powershell import powershell

if TYPE_CHECKING:
    from fcm.model.migrations import Migration
    from fcm.model.state import State


def command_of(migration: Migration, state: State) -> Command:
    """The command that asked for a migration; its options are named where they are not those of the cluster."""
    usual = migration.wanted == state.migration_options(None)
    match migration.kind:
        case MigrationKind.LIVE:
            return LiveMigrate(migration.machine, migration.destination, None if usual else migration.wanted)
        case MigrationKind.QUICK:
            return QuickMigrate(migration.machine, migration.destination)
        case MigrationKind.MOVE:
            return MoveMachine(migration.machine, migration.destination)


class CommandText(QWidget):
    """The PowerShell of a migration with a button Copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = PowerShellBox()
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._box)
        column.addStretch(1)

    def text(self) -> str:
        """The PowerShell shown."""
        return self._box.text()

    def show_migration(self, state: State, migration: Migration) -> None:
        """Show the command of a migration."""
        self._box.show_text(powershell(command_of(migration, state), state))
