"""One short module per dialog; ``show`` opens the dialog of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from fcm.ui.desk import Desk
    from fcm.workspace.selection import Selection


def show(name: str, window: Desk, selection: Selection, general: Desk | None = None) -> QDialog | None:
    """Open the dialog of that name (Action.dialog) for what is selected; does not block.

    Args:
        name: of the dialog.
        window: the desk of the cluster that it is about; such a dialog closes with its cluster.
        selection: what is selected.
        general: the desk of dialogs that need no cluster; None: ``window``.

    Returns:
        The dialog, or None if there is no such dialog, no cluster, or the selected thing is gone.
    """
    # Dialogs are many and the first picture of the window must not wait for them.
    from fcm.ui.dialogs.registry import WITH_CLUSTER, WITHOUT_CLUSTER

    maker, desk = WITHOUT_CLUSTER.get(name), general or window
    if maker is None:
        desk = window
        workspace = window.workspace
        if workspace is None or not selection.exists(workspace.state):
            return None
        maker = WITH_CLUSTER.get(name)
    if maker is None:
        return None
    dialog = maker(desk, selection)
    if dialog is None:
        return None
    if dialog.windowModality() == dialog.windowModality().NonModal:
        dialog.show()
    else:
        dialog.open()
    return dialog
