"""Starts a program behind a pseudo-terminal, whatever the system."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.ui.console.terminal.program import Program


def start(
    words: Sequence[str],
    variables: Mapping[str, str],
    size: tuple[int, int],
    said: Callable[[bytes], None],
    ended: Callable[[int], None],
) -> Program:
    """Start a program in a terminal of its own.

    Args:
        words: its command.
        variables: its environment.
        size: columns and rows.
        said: told what it says, in another thread.
        ended: told its exit code once it is over and everything was said, in another thread.

    Raises:
        TerminalError: it cannot be started, or this computer has no pseudo-terminals.
    """
    known = {**variables, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in ("LINES", "COLUMNS"):
        known.pop(name, None)
    if sys.platform == "win32":
        from fcm.ui.console.terminal import conpty as system
    else:
        from fcm.ui.console.terminal import unix_pty as system
    return system.start(words, known, size, said, ended)
