"""The question before a cluster is closed while something in it is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.window.qactions import ask
from fcm.workspace.leaving import what_leaving_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from fcm.workspace.workspace import Workspace


def ends_by_leaving(workspaces: Sequence[Workspace]) -> str:
    """What is under way in open clusters and what becomes of it; "" if nothing is. Of several, each is named."""
    said = []
    for workspace in workspaces:
        ends = what_leaving_ends(workspace.state, workspace.simulated)
        cluster = workspace.state.cluster
        if ends:
            said.append(f"{cluster.shown_name}:\n{ends}" if cluster is not None and len(workspaces) > 1 else ends)
    return "\n\n".join(said)


def ask_before_leaving(parent: QWidget, workspaces: Sequence[Workspace], yes: str, then: Callable[[], object]) -> None:
    """Ask if migrations or drains are under way, then close; does not block.

    Args:
        parent: of the question.
        workspaces: the clusters that would be closed.
        yes: the label of the button that closes.
        then: closes; called at once if nothing is under way.
    """

    def close() -> None:
        then()

    ends = ends_by_leaving(workspaces)
    if ends:
        ask(parent, ends, yes, close)
    else:
        close()
