"""The thread of the window as the owner of the open clusters, for scripts in threads of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.runtime.borrowed import OwnerThread
from fcm.ui.widgets.background import posted

if TYPE_CHECKING:
    from PySide6.QtCore import QObject


def window_thread(parent: QObject) -> OwnerThread:
    """What has things done between two events of the window, while ``parent`` is there; to be called there."""
    return OwnerThread(posted(parent, lambda work: work()))
