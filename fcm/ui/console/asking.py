"""What a script asks of the window, and waits for, in its own thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.session import ShellSession

LOOK = 0.1
"""s between two looks at Ctrl+C while a person is asked."""


def answer_of(session: ShellSession, ask: Callable[[Callable[[Any], None]], None], abandon: Callable[[], None]) -> Any:
    """Ask, and wait for the answer.

    Args:
        session: that of the script.
        ask: asks in the window, and has what it is given called with the answer.
        abandon: told if no answer is needed any more.

    Raises:
        StoppedError: the script was stopped meanwhile.
    """
    answered, found = threading.Event(), []

    def give(answer: Any) -> None:
        found.append(answer)
        answered.set()

    ask(give)
    while not answered.wait(LOOK):
        try:
            session.check_stopped()
        except StoppedError:
            abandon()
            raise
    return found[0]
