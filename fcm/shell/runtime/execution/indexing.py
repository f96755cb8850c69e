"""``value[index]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.language.kinds import Char
from fcm.shell.values.net.casting import to_number
from fcm.shell.values.net.objects import Groups
from fcm.shell.values.net.types import Dictionary, Matrix, Net, NetType, Ordered
from fcm.shell.values.values import Collected, table_key, text

if TYPE_CHECKING:
    from fcm.shell.runtime.execution.strict import Strictness

_INT = NetType("System.Int32")


def indexed(holder: Any, index: Any, strict: Strictness) -> Any:
    """An element of a list, text or table.

    Raises:
        ShellError: there is none that could be told.
    """
    if holder is None:
        raise exact("Cannot index into a null array.", "NullArray")
    if isinstance(holder, dict):
        return _of_table(holder, index, strict)
    if index is None:
        raise exact("Index operation failed; the array index evaluated to null.", "NullArrayIndex")
    if isinstance(holder, Matrix):
        return holder[place_in(holder, index)]
    if isinstance(holder, Groups) and isinstance(index, str):
        return holder.named(index)
    named = getattr(holder, "named", None)
    if named is not None and isinstance(index, str):
        return named(index)
    if isinstance(index, list):
        found = [indexed(holder, one, strict) for one in index]
        size = len(holder) if isinstance(holder, list | str) else 1
        return [one for one, where in zip(found, index, strict=True) if -size <= whole(where) < size]
    if isinstance(holder, Collected):
        raise UnsupportedError("An index into the keys or values of a table", "Use @( ... )[0].")
    if isinstance(holder, str | list):
        place = whole(index)
        if not -len(holder) <= place < len(holder):
            strict.index()
            return None
        return Char(holder[place]) if isinstance(holder, str) else holder[place]
    if isinstance(holder, Net):
        raise UnsupportedError(f"An index into [{holder.net}]")
    return holder if whole(index) in (0, -1) else None


def whole(index: Any) -> int:
    """An index as number."""
    return int(to_number(_INT, index))


def place_in(holder: Matrix, index: Any) -> int:
    """Where an element of an array of several dimensions is.

    Raises:
        ShellError: it is outside.
    """
    given = [whole(one) for one in (index if isinstance(index, list) else [index])]
    if len(given) != len(holder.sizes):
        raise UnsupportedError("An index with another number of dimensions")
    place = 0
    for one, size in zip(given, holder.sizes, strict=True):
        if not 0 <= one < size:
            raise outside()
        place = place * size + one
    return place


def outside() -> ShellError:
    """The index is outside of the array."""
    return exact("Index was outside the bounds of the array.", "System.IndexOutOfRangeException")


def _of_table(holder: dict[Any, Any], index: Any, strict: Strictness) -> Any:
    if index is None:
        raise exact("Index operation failed; the array index evaluated to null.", "NullArrayIndex")
    if isinstance(index, list):
        return [_of_table(holder, one, strict) for one in index]
    if isinstance(holder, Ordered) and isinstance(index, int) and not isinstance(index, bool):
        keys = list(holder)
        return holder[keys[index]] if -len(keys) <= index < len(keys) else None
    try:
        return holder[table_key(holder, index)]
    except KeyError:
        if isinstance(holder, Dictionary):
            # PowerShell gives $null for a key that a dictionary has not, as the recorded pieces show.
            return None
        return None


def shown(index: Any) -> str:
    """An index in a message."""
    return text(index)
