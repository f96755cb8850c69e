"""What is said of clusters that are being opened and closed: how much of a long journal has been read, with Cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fcm.ui.window.panes.messages import Offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.ui.window.connections import Connections
    from fcm.ui.window.frame import Frame
    from fcm.ui.window.panes.messages import MessageStrip
    from fcm.ui.window.panes.status_bar import StatusBar

LONG = 4
"""Looks (of ``connections.LOOK``) after which reading is said above the page, too."""


class OpeningNotes(QObject):
    """Says how far the opening of a cluster is, and cancels it."""

    def __init__(
        self, frame: Frame, connections: Connections, status: StatusBar, canceled: Callable[[], object]
    ) -> None:
        """``canceled`` is called once the opening of a cluster was canceled."""
        super().__init__(frame)
        self._frame = frame
        self._connections = connections
        self._status = status
        self._canceled = canceled
        self._looks = 0
        self._strip: MessageStrip | None = None
        connections.reading.connect(self._say)
        connections.opened.connect(self._end)
        connections.not_closed.connect(frame.messages.saying("The cluster was not closed cleanly."))

    def _say(self, uri: str, done: int, whole: int) -> None:
        self._status.say_reading(uri, done, whole)
        self._looks += 1
        if self._looks < LONG:
            return
        remedy = f"{done:,} of {whole:,} events have been read ({done * 100 // max(whole, 1)} %)."
        strip = self._strip
        if strip is not None and strip in self._frame.messages.strips:
            strip.say_remedy(remedy)
        elif self._looks == LONG:  # once; a user who dismissed it has the status bar
            offer = Offer("Cancel", "cancel", self._cancel)
            self._strip = self._frame.messages.show_message("information", f"Opening {uri}.", remedy, offer=offer)

    def _end(self) -> None:
        self._looks = 0
        strip, self._strip = self._strip, None
        if strip is not None:
            self._frame.messages.dismiss(strip)

    def _cancel(self) -> None:
        self._connections.give_up()
        self._end()
        self._status.show_workspace(self._frame.workspace)
        self._canceled()
