"""``Set-StrictMode``: what is not there is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import exact
from fcm.shell.values.net.types import Net, NetType
from fcm.shell.values.values import ShellObject, table_key

if TYPE_CHECKING:
    from fcm.shell.runtime.execution.running import RunningSession

VERSION = "<strict>"
"""The variable that holds the version; no script can name it."""
_OF_ALL = ("count", "length", "psobject", "psbase", "pstypenames")


class Strictness:
    """Asks whether what a script reads is there."""

    def __init__(self, session: RunningSession) -> None:
        self._session = session

    @property
    def version(self) -> int:
        """The version in force; 0: off."""
        return int(self._session.variables.raw(VERSION, 0))

    def variable(self, name: str) -> None:
        """A variable that was never set is read.

        Raises:
            ShellError: strict mode is on.
        """
        if self.version >= 1 and name.casefold() not in ("_", "args", "input", "matches", "ofs"):
            raise exact(
                f"The variable '${name}' cannot be retrieved because it has not been set.", "VariableIsUndefined"
            )

    def member(self, holder: Any, name: str) -> None:
        """A property is read.

        Raises:
            ShellError: strict mode is on, and there is none of that name.
        """
        if self.version < 2 or self._has(holder, name.casefold()):
            return
        raise exact(
            f"The property '{name}' cannot be found on this object. Verify that the property exists.",
            "PropertyNotFoundStrict",
        )

    def index(self) -> None:
        """An index is outside of an array.

        Raises:
            ShellError: strict mode is on.
        """
        if self.version >= 3:
            raise exact("Index was outside the bounds of the array.", "System.IndexOutOfRangeException")

    @staticmethod
    def _has(holder: Any, word: str) -> bool:
        if holder is None:
            return False
        if isinstance(holder, ShellObject):
            return holder.key(word) is not None or word in _OF_ALL
        if isinstance(holder, dict):
            if word in ("count", "keys", "values", "psbase"):
                return True
            try:
                table_key(holder, word)
            except KeyError:
                return False
            return True
        if isinstance(holder, list):
            if word in ("count", "length"):
                return True
            return any(Strictness._has(one, word) for one in holder)
        if isinstance(holder, str):
            return word == "length"
        if isinstance(holder, int | float):
            return False
        if isinstance(holder, Net | NetType):
            return True
        return word not in ("count", "length")
