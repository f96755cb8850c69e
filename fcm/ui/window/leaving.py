"""The question before a cluster is closed while something in it is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.window.qactions import ask
from fcm.workspace.leaving import what_leaving_ends

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from fcm.workspace.workspace import Workspace


def ends_by_leaving(workspace: Workspace | None) -> str:
    """What is under way in an open cluster and what becomes of it; "" if nothing is."""
    return "" if workspace is None else what_leaving_ends(workspace.state, workspace.simulated)


def ask_before_leaving(parent: QWidget, workspace: Workspace | None, yes: str, then: Callable[[], object]) -> None:
    """Ask if migrations or drains are under way, then close; does not block.

    Args:
        parent: of the question.
        workspace: the cluster that would be closed.
        yes: the label of the button that closes.
        then: closes; called at once if nothing is under way.
    """

    def close() -> None:
        then()

    ends = ends_by_leaving(workspace)
    if ends:
        ask(parent, ends, yes, close)
    else:
        close()
