"""Export List: what a table shows, as a file of comma-separated values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from fcm.ui.widgets.background import Outcome, Work

if TYPE_CHECKING:
    from fcm.ui.tables.table_view import TableView
    from fcm.ui.window.panes.messages import MessageArea


def ask_and_write(table: TableView, window: QWidget, messages: MessageArea) -> QFileDialog | None:
    """Ask for a file, then write the table there."""
    from fcm.ui.events.event_table import EventTable

    if isinstance(table.table, EventTable):
        return table.table.ask_export()
    dialog = QFileDialog(window, "Export List", f"{table.accessibleName()}.csv", "CSV (*.csv)")
    dialog.setObjectName("export-list")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.fileSelected.connect(lambda path: write(table, Path(path), window, messages))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def write(table: TableView, path: Path, window: QWidget, messages: MessageArea) -> Work:
    """Write a table in the background and say how that went."""
    text = table.as_csv()

    def done(outcome: Outcome) -> None:
        if outcome.error is None:
            messages.show_message("information", f"The list was written to {path}.")
            return
        reason = getattr(outcome.error, "strerror", None) or outcome.error
        messages.show_message(
            "error", f"The list was not written to {path}: {reason}.", "Choose another folder or name."
        )

    return Work(window, lambda: path.write_text(text, encoding="utf-8", newline=""), done)
