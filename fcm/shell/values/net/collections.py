"""Collections of .NET: lists, queues, stacks, sets and dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.values.net.types import OBJECT, Dictionary, Net, NetList, NetType, SortedTable, TypedArray
from fcm.shell.values.values import part, table_key

Converter = Callable[[NetType, Any], Any]


def collection(kind: NetType, given: list[Any], convert: Converter) -> Any:
    """A collection of a type with these elements.

    Raises:
        ShellError: an element does not fit.
    """
    short = kind.name.rpartition(".")[2]
    if short in ("Dictionary", "SortedDictionary", "SortedList"):
        made: Any = Dictionary(kind) if short == "Dictionary" else SortedTable(kind)
        made.cased = True
        if given:
            raise UnsupportedError(f"{short} made of values")
        return made
    if short not in ("List", "ArrayList", "Queue", "Stack", "HashSet"):
        raise UnsupportedError(f"[{kind.name}]")
    values = [convert(kind.parts[0], one) if kind.parts else one for one in given]
    if short == "HashSet":
        values = list({_key(one): one for one in reversed(values)}.values())[::-1]
    return NetList(kind, values[::-1] if short == "Stack" else values)


def _key(value: Any) -> Any:
    return (type(value).__name__, value if isinstance(value, str | int | float) else id(value))


def list_method(found: NetList, name: str, arguments: list[Any], convert: Converter) -> Any:
    """A method of a collection.

    Raises:
        KeyError: there is none of that name.
        ShellError: it fails.
    """
    short = found.type.name.rpartition(".")[2]

    def fitting(one: Any) -> Any:
        return convert(found.element, one) if found.type.parts else one

    match short, name, arguments:
        case "List" | "Collection", "add", [one]:
            found.append(fitting(one))
            return None
        case "ArrayList", "add", [one]:
            found.append(one)
            return len(found) - 1
        case "List" | "ArrayList", "addrange", [several] if isinstance(several, list):
            found.extend(fitting(one) for one in several)
            return None
        case "List" | "ArrayList" | "Collection", "insert", [int() as place, one] if 0 <= place <= len(found):
            found.insert(place, fitting(one))
            return None
        case "List" | "ArrayList" | "Collection", "removeat", [int() as place]:
            if not 0 <= place < len(found):
                raise _outside()
            del found[place]
            return None
        case "List" | "ArrayList" | "Collection" | "HashSet", "remove", [one]:
            there = _place(found, fitting(one))
            if there >= 0:
                del found[there]
            return None if short == "ArrayList" else there >= 0
        case "List" | "ArrayList", "reverse", []:
            found.reverse()
            return None
        case "List", "toarray", []:
            return list(found) if found.element == OBJECT else TypedArray(found.element, list(found))
        case "ArrayList" | "Queue" | "Stack", "toarray", []:
            return list(found)
        case "List" | "ArrayList" | "Collection", "indexof", [one]:
            return _place(found, fitting(one))
        case _, "contains", [one]:
            return _place(found, fitting(one)) >= 0
        case _, "clear", []:
            found.clear()
            return None
        case "Queue", "enqueue", [one]:
            found.append(fitting(one))
            return None
        case "Stack", "push", [one]:
            found.insert(0, fitting(one))
            return None
        case ("Queue", "dequeue", []) | ("Stack", "pop", []):
            if not found:
                raise ShellError(f"The {short.lower()} is empty.", "Check Count first.")
            return found.pop(0)
        case "Queue" | "Stack", "peek", [] if found:
            return found[0]
        case "HashSet", "add", [one]:
            value = fitting(one)
            if _place(found, value) >= 0:
                return False
            found.append(value)
            return True
        case "HashSet", "unionwith", [several] if isinstance(several, list):
            found.extend(one for one in map(fitting, several) if _place(found, one) < 0)
            return None
        case "HashSet", "intersectwith" | "exceptwith", [several] if isinstance(several, list):
            others = [fitting(one) for one in several]
            found[:] = [one for one in found if (_place(others, one) >= 0) is (name == "intersectwith")]
            return None
        case "HashSet", "issubsetof", [several] if isinstance(several, list):
            others = [fitting(one) for one in several]
            return all(_place(others, one) >= 0 for one in found)
        case "HashSet", "issupersetof", [several] if isinstance(several, list):
            return all(_place(found, fitting(one)) >= 0 for one in several)
        case "HashSet", "setequals", [several] if isinstance(several, list):
            others = [fitting(one) for one in several]
            return all(_place(others, one) >= 0 for one in found) and all(_place(found, one) >= 0 for one in others)
    raise KeyError(name)


def _place(found: list[Any], value: Any) -> int:
    """Where a value is, as Equals() finds it: type and case count; -1: nowhere."""
    for number, one in enumerate(found):
        if one is value or (type(one) is type(value) and isinstance(one, str | int | float | Net) and one == value):
            return number
    return -1


def _outside() -> ShellError:
    error = ShellError("Index was out of range.", "Check Count first.")
    error.known_id = "ArgumentOutOfRangeException"
    return error


def dictionary_method(table: Any, name: str, arguments: list[Any], convert: Converter) -> Any:
    """A method of a dictionary whose keys are compared as they are.

    Raises:
        KeyError: there is none of that name.
        ShellError: it fails.
    """
    parts = table.type.parts

    def key_of(one: Any) -> Any:
        return convert(parts[0], one) if parts else one

    match name, arguments:
        case "add", [key, value]:
            store(table, key, value, convert, new=True)
            return None
        case "containskey" | "contains", [key]:
            return _has(table, key_of(key))
        case "remove", [key]:
            there = _has(table, key_of(key))
            if there:
                del table[table_key(table, key_of(key))]
            return there if table.type.name.endswith("Dictionary") else None
        case "getkey", [int() as place] if 0 <= place < len(table):
            return list(table)[place]
        case "clear", []:
            table.clear()
            return None
    raise KeyError(name)


def _has(table: Any, key: Any) -> bool:
    try:
        table_key(table, key)
    except KeyError:
        return False
    return True


def store(table: Any, key: Any, value: Any, convert: Converter, new: bool = False) -> None:
    """Put an entry into a dictionary.

    Raises:
        ShellError: it is there already and must be new, or does not fit.
    """
    parts = table.type.parts
    if parts:
        key, value = convert(parts[0], key), convert(parts[1], value)
    if new and _has(table, key):
        failed = exact(
            f'Exception calling "Add" with "2" argument(s): "An item with the same key has already been added. '
            f'Key: {part(key)}"',
            "ArgumentException",
        )
        raise failed
    table[key] = value
    if isinstance(table, SortedTable):
        table.order()
