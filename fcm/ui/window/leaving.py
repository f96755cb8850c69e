"""The question before a cluster is closed while something in it is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.window.qactions import ask
from fcm.workspace.leaving import what_leaving_ends

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.desk import Desk


def ends_by_leaving(desk: Desk) -> str:
    """What is under way in the open cluster and what becomes of it; "" if nothing is."""
    workspace = desk.workspace
    return "" if workspace is None else what_leaving_ends(workspace.state, workspace.simulated)


def ask_before_leaving(desk: Desk, yes: str, then: Callable[[], object]) -> None:
    """Ask if migrations or drains are under way, then close; does not block.

    Args:
        desk: the window.
        yes: the label of the button that closes.
        then: closes; called at once if nothing is under way.
    """

    def close() -> None:
        then()

    ends = ends_by_leaving(desk)
    if ends:
        ask(desk, ends, yes, close)
    else:
        close()
