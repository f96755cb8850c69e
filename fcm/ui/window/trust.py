"""The question before a file is opened that asks for more than any file may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.widgets.background import Outcome, Work
from fcm.ui.window.qactions import ask
from fcm.workspace.files.trusted_files import TrustedFiles, UntrustedFileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def ask_or_say(
    parent: QWidget, error: BaseException, say: Callable[[str], object], again: Callable[[], object]
) -> None:
    """Ask whether a file may do what it asks for, where that is why it was not opened; ``say`` any other error.

    Yes is remembered for this content of this file; then ``again`` opens it. Nothing was connected or run before.
    """
    if not isinstance(error, UntrustedFileError):
        say(str(error) or type(error).__name__)
        return
    path, digest = error.path, error.digest
    listed = "\n".join(f"  - {demand}" for demand in error.demands)
    question = (
        f"Opening {path} would:\n\n{listed}\n\nAllow this only if you wrote the file or trust its author. The "
        "permission applies only to this file, until it is changed or moved."
    )

    def allow() -> None:
        Work(parent, lambda: TrustedFiles().allow(path, digest), done)

    def done(outcome: Outcome) -> None:
        if outcome.error is None:
            again()
        else:
            say(f"Your choice cannot be saved in {TrustedFiles().path}. Check the permissions of its folder.")

    ask(parent, question, "Allow and open", allow)
