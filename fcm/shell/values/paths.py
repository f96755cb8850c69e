"""Folders of this computer as objects: Get-Location, $PWD."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from pathlib import Path


def path_info(path: Path) -> ShellObject:
    """A path as Get-Location gives it."""
    made = ShellObject("PathInfo", {"Path": str(path), "ProviderPath": str(path)}, shown=("Path",))
    made.methods["ToString"] = lambda: str(path)
    return made
