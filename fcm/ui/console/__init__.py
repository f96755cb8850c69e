"""The Console: each click as PowerShell, and a prompt for more of it."""

from __future__ import annotations


def load() -> None:
    """Import what the first line that is typed needs; for a worker thread."""
    from fcm.shell import cmdlets
    from fcm.shell.completion import (
        completion,  # noqa: F401
        hints,  # noqa: F401
    )
    from fcm.shell.runtime import session  # noqa: F401

    cmdlets.load()
