"""Connect...: the console of a virtual machine of real hosts, in virt-viewer."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PySide6.QtCore import QProcess

from fcm.ui.widgets.background import Outcome, Work

if TYPE_CHECKING:
    from fcm.ui.desk import Desk
    from fcm.workspace.workspace import Console

VIEWER = "virt-viewer"


def arguments(console: Console) -> list[str]:
    """What virt-viewer is told: it asks libvirt for the graphics itself, and tunnels where libvirt does (ssh)."""
    return ["--connect", console.connection, console.machine]


def connect(window: Desk, machine: str) -> None:
    """Find the console beside the thread of the window, then start a viewer, or say what is missing."""
    workspace = window.workspace
    if workspace is None:
        return
    name = window.state.machines[machine].name

    def found(outcome: Outcome) -> None:
        if outcome.error is not None:
            window.messages.show_message("error", f"{name} cannot be shown. {outcome.error}")
        else:
            show(window, name, outcome.result)

    Work(window, lambda: workspace.console(machine), found)


def show(window: Desk, name: str, console: Console) -> None:
    """Start virt-viewer, or say what to do instead.

    Args:
        window: says it.
        name: of the machine.
        console: where its screen is.
    """
    if not console.graphics:
        line = f"virsh -c {console.connection} console {console.machine}"
        window.messages.show_message("warning", f"{name} has no screen.", f"For its serial console, run: {line}")
        return
    viewer = shutil.which(VIEWER)
    if viewer is None:
        line = " ".join([VIEWER, *arguments(console)])
        remedy = f"Install it (sudo apt install {VIEWER}), or run this on a computer that has it: {line}"
        window.messages.show_message("warning", f"{VIEWER} is not installed.", remedy)
    elif not QProcess.startDetached(viewer, arguments(console))[0]:
        window.messages.show_message("error", f"{viewer} could not be started.", "Start it in a terminal.")
