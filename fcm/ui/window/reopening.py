"""Which clusters are open is remembered; at the next start the others than the one in front are offered."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from fcm.text.words import counted
from fcm.ui.window.panes.messages import Offer
from fcm.workspace.files import settings as st
from fcm.workspace.learning import is_drill
from fcm.workspace.replay import is_replay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.ui.window.panes.messages import MessageArea
    from fcm.workspace.files.settings import Settings


class Reopening:
    """What was open before, and what of it is still to be opened."""

    def __init__(self, settings: Settings, messages: MessageArea, open_uri: Callable[[str], None]) -> None:
        """``open_uri`` opens a cluster in the background; ``go_on`` is to be called after that."""
        self._settings = settings
        self._messages = messages
        self._open = open_uri
        self._left: list[str] = []

    def opened(self, uri: str) -> None:
        """A cluster was opened: it is one of the recent ones, unless it is a replay or a drill."""
        if not is_replay(uri) and not is_drill(uri):
            self._settings.change(st.RECENT, lambda known: {**known, uri: time()})

    def remember(self, uris: Sequence[str], in_front: str) -> None:
        """These are open, and the one in front ("" for none); replays and drills are not opened again."""
        passing = [uri for uri in (*uris, in_front) if is_replay(uri) or is_drill(uri)]
        self._settings.set(st.OPEN, [uri for uri in uris if uri not in passing])
        self._settings.set(st.LAST, "" if in_front in passing else in_front)

    def offer(self, wanted: str) -> None:
        """Offer what was open before, but for the one that is opened anyhow."""
        uris = [uri for uri in self._settings.get(st.OPEN) if uri != wanted]
        if uris:
            text = f"When the program closed, {counted(len(uris), 'cluster was', 'clusters were')} also open:"
            offer = Offer("Open", "connect", lambda: self._open_all(uris))
            self._messages.show_message("information", text, f"{', '.join(uris)}.", offer=offer)

    def _open_all(self, uris: Sequence[str]) -> None:
        self._left = list(uris)
        self.go_on()

    def go_on(self) -> None:
        """The next one, whether or not those before could be opened."""
        if self._left:
            self._open(self._left.pop(0))
