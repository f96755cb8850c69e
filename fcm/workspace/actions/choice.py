"""One entry of the submenu of an action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fcm.model.commands import Command


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a submenu."""

    label: str
    command: Command
    node: str = ""
    """Where it leads; "" if to no node."""
    icon: str = ""
    """Its own icon; "" = it has none."""
    dialog: str = ""
    """The dialog that it opens for ``node`` instead of carrying out ``command``, which is only where that begins."""
