"""Cultures: the invariant one and en-US."""

from __future__ import annotations

from typing import Any

from fcm.shell.language.errors import UnsupportedError
from fcm.shell.values.net.types import Net


class Culture(Net):
    """``[cultureinfo]``: the invariant one, or en-US."""

    net = "System.Globalization.CultureInfo"

    def __init__(self, name: str) -> None:
        self.name = name

    def net_text(self) -> str:
        """Its name."""
        return self.name

    def net_get(self, name: str) -> Any:
        """Name.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if name == "name":
            return self.name
        raise UnsupportedError(f"The property {name} of a culture")
