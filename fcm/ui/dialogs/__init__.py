"""One short module per dialog; ``show`` opens the dialog of a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from fcm.ui.desk import Desk
    from fcm.workspace.selection import Selection


def show(name: str, window: Desk, selection: Selection) -> QDialog | None:
    """Open the dialog of that name (Action.dialog) for what is selected; does not block.

    Returns:
        The dialog, or None if there is no such dialog, no cluster, or the selected thing is gone.
    """
    # Dialogs are many and the first picture of the window must not wait for them.
    from fcm.ui.dialogs.registry import WITH_CLUSTER, WITHOUT_CLUSTER

    maker = WITHOUT_CLUSTER.get(name)
    if maker is None:
        workspace = window.workspace
        if workspace is None or not selection.exists(workspace.state):
            return None
        maker = WITH_CLUSTER.get(name)
    if maker is None:
        return None
    dialog = maker(window, selection)
    if dialog is None:
        return None
    if dialog.windowModality() == dialog.windowModality().NonModal:
        dialog.show()
    else:
        dialog.open()
    return dialog
