"""Where a script is: the text that runs, and how deep in try blocks and script files."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Frame:
    """What all parts of one interpreter know of the place where it is."""

    def __init__(self) -> None:
        self.source = tree.Source()
        """The text that runs right now: what was typed, or a script file."""
        self.catches = 0
        """How many try blocks are being run, one inside the other."""
        self.files: list[str] = []
        """Names of the script files that run, the innermost last."""

    @contextlib.contextmanager
    def within(self, source: tree.Source | None) -> Iterator[None]:
        """What runs inside is of this text (None: of the same one), and so are the places of its errors."""
        before, self.source = self.source, source or self.source
        try:
            yield
        except ShellError as error:
            if error.at >= 0:
                error.source = error.source or self.source
            raise
        finally:
            self.source = before
