"""The Console: each click as PowerShell, and a prompt for more of it."""

from __future__ import annotations


def load() -> None:
    """Import what the first line that is typed needs; for a worker thread."""
    from fcm.shell import cmdlets, completion, hints, session  # noqa: F401

    cmdlets.load()
