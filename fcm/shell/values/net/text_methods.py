"""Methods of System.String and System.Char."""

from __future__ import annotations

from typing import Any

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.language.kinds import Char
from fcm.shell.values.net.casting import to_enum
from fcm.shell.values.net.comparing import order_of_texts
from fcm.shell.values.net.types import EnumValue, NetType, TypedArray
from fcm.shell.values.values import text

WIDEST = 100_000
"""Characters that a text is padded to at most."""
CHAR = NetType("System.Char")
_COMPARISON = NetType("System.StringComparison")
_SPLITTING = NetType("System.StringSplitOptions")


def outside(what: str) -> ShellError:
    """An argument outside of its range, as .NET names it."""
    error = ShellError(f"{what} is outside of the string.", "Choose a range within it.")
    error.known_id = "ArgumentOutOfRangeException"
    return error


def chars(values: list[Any]) -> str:
    """Characters given one by one, or as an array.

    Raises:
        KeyError: they are no characters.
    """
    found = ""
    for one in values:
        if isinstance(one, list):
            found += chars(one)
        elif isinstance(one, str) and (isinstance(one, Char) or len(one) == 1):
            found += one
        else:
            raise KeyError("characters")
    return found


def _comparison(value: Any) -> bool:
    """Whether a StringComparison ignores the case."""
    return to_enum(_COMPARISON, value).name().endswith("IgnoreCase")


def _folded(value: str, ignore: bool) -> str:
    return value.casefold() if ignore else value


def call(value: str, name: str, arguments: list[Any]) -> Any:
    """A method of a text.

    Raises:
        KeyError: there is none of that name for these arguments.
        ShellError: it fails.
    """
    plain = str(value)
    match name, arguments:
        case "toupper" | "toupperinvariant", []:
            return plain.upper()
        case "tolower" | "tolowerinvariant", []:
            return plain.lower()
        case "trim" | "trimstart" | "trimend", _:
            return _trimmed(plain, name, arguments)
        case "contains" | "startswith" | "endswith", [one]:
            return _holds(plain, name, text(one))
        case "contains" | "startswith" | "endswith", [one, how] if isinstance(how, str | EnumValue):
            ignore = _comparison(how)
            return _holds(_folded(plain, ignore), name, _folded(text(one), ignore))
        case "indexof" | "lastindexof", _:
            return _index(plain, name, arguments)
        case "indexofany", [several] if isinstance(several, list):
            return min((plain.find(one) for one in chars([several]) if one in plain), default=-1)
        case "replace", [old, new]:
            if not text(old):
                raise ShellError("The value to replace cannot be an empty string.", "Give a text.")
            return plain.replace(text(old), text(new))
        case "replace", [old, new, how]:
            return _replaced(plain, text(old), text(new), _comparison(how))
        case "split", _:
            return TypedArray(NetType("System.String"), list(_parts(plain, arguments)))
        case "substring", [start]:
            return _cut(plain, _whole(start), None)
        case "substring", [start, count]:
            return _cut(plain, _whole(start), _whole(count))
        case "padleft" | "padright", [width]:
            return _padded(plain, name, _whole(width), " ")
        case "padleft" | "padright", [width, char]:
            return _padded(plain, name, _whole(width), chars([char]))
        case "insert", [place, one]:
            if not 0 <= _whole(place) <= len(plain):
                raise outside("The place")
            return plain[: _whole(place)] + text(one) + plain[_whole(place) :]
        case "remove", [start]:
            if not 0 <= _whole(start) <= len(plain):
                raise outside("The start")
            return plain[: _whole(start)]
        case "remove", [start, count]:
            if not 0 <= _whole(start) <= _whole(start) + _whole(count) <= len(plain):
                raise outside("The range")
            return plain[: _whole(start)] + plain[_whole(start) + _whole(count) :]
        case "tochararray", []:
            return TypedArray(CHAR, [Char(one) for one in plain])
        case "compareto", [one]:
            return order_of_texts(plain, text(one), cased=True)
        case "equals", [one]:
            return isinstance(one, str) and str(one) == plain
        case "equals", [one, how]:
            ignore = _comparison(how)
            return _folded(plain, ignore) == _folded(text(one), ignore)
        case "chars", [place] if 0 <= _whole(place) < len(plain):
            return Char(plain[_whole(place)])
        case "tostring" | "clone", []:
            return plain
        case "normalize", []:
            import unicodedata

            return unicodedata.normalize("NFC", plain)
    raise KeyError(name)


def _whole(value: Any) -> int:
    from fcm.shell.values.net.casting import to_number

    return int(to_number(NetType("System.Int32"), value))


def _trimmed(value: str, name: str, arguments: list[Any]) -> str:
    wanted: str | None = None
    if arguments:
        several = [Char(one) for one in arguments[0]] if len(arguments) == 1 and isinstance(arguments[0], str) else None
        wanted = chars(several or arguments) or None
    if name == "trim":
        return value.strip(wanted)
    return value.lstrip(wanted) if name == "trimstart" else value.rstrip(wanted)


def _holds(value: str, name: str, part: str) -> bool:
    if name == "contains":
        return part in value
    return value.startswith(part) if name == "startswith" else value.endswith(part)


def _index(value: str, name: str, arguments: list[Any]) -> int:
    part, *rest = arguments or [None]
    if not isinstance(part, str):
        raise KeyError(name)
    ignore = False
    if rest and isinstance(rest[-1], EnumValue | str):
        ignore = _comparison(rest.pop())
    whole, wanted = _folded(value, ignore), _folded(str(part), ignore)
    if name == "lastindexof":
        if rest:
            raise KeyError(name)
        return whole.rfind(wanted)
    if len(rest) > 1:
        raise KeyError(name)
    start = _whole(rest[0]) if rest else 0
    if not 0 <= start <= len(value):
        raise outside("The start")
    return whole.find(wanted, start)


def _replaced(value: str, old: str, new: str, ignore: bool) -> str:
    import re

    return re.sub(re.escape(old), lambda found: new, value, flags=re.IGNORECASE if ignore else 0)


def _parts(value: str, arguments: list[Any]) -> list[str]:
    """Split(separators, count, options)."""
    options, most = 0, 0
    given = list(arguments)
    if not given:
        return value.split() if value.strip() != value or "  " in value else value.split(" ")
    if len(given) > 1 and isinstance(given[-1], EnumValue):
        options = int(given.pop())
    elif len(given) > 1 and isinstance(given[-1], str) and not isinstance(given[-1], Char):
        try:
            options = int(to_enum(_SPLITTING, given[-1]))
        except ShellError:
            error = ShellError("The arguments of Split do not fit.", "Use -split with a pattern.")
            error.known_id = "MethodArgumentConversionInvalidCastArgument"
            raise error from None
        given.pop()
    if len(given) > 1 and isinstance(given[-1], int) and not isinstance(given[-1], bool):
        most = int(given.pop())
        if most < 0:
            raise outside("The count")
    by = _separators(given)
    if options & 2:
        raise UnsupportedError("Split with TrimEntries")
    return _split_by(value, by, most, bool(options & 1))


def _separators(given: list[Any]) -> list[str]:
    if len(given) != 1:
        raise KeyError("split")
    one = given[0]
    if isinstance(one, str):
        return [str(one)]
    if isinstance(one, list) and one and all(isinstance(each, str) for each in one):
        kind = one.element if isinstance(one, TypedArray) else None
        if kind is None and any(len(each) > 1 for each in one):
            raise UnsupportedError("Split with an array of texts", "Use [string[]].")
        return [str(each) for each in one]
    raise KeyError("split")


def _split_by(value: str, by: list[str], most: int, drops: bool) -> list[str]:
    import re

    wanted = "|".join(re.escape(one) for one in sorted(by, key=len, reverse=True) if one)
    if not wanted:
        return [value]
    found: list[str] = []
    start = 0
    for match in re.finditer(wanted, value):
        if most and len(found) >= most - 1:
            break
        piece = value[start : match.start()]
        if piece or not drops:
            found.append(piece)
        start = match.end()
    rest = value[start:]
    return [*found, rest] if rest or not drops else found


def _cut(value: str, start: int, count: int | None) -> str:
    end = len(value) if count is None else start + count
    if start < 0 or start > len(value) or end < start or end > len(value):
        raise outside("The range")
    return value[start:end]


def _padded(value: str, name: str, width: int, char: str) -> str:
    if width < 0 or len(char) != 1:
        raise outside("The width")
    if width > WIDEST:
        raise UnsupportedError(f"A text of more than {WIDEST} characters")
    return value.rjust(width, char) if name == "padleft" else value.ljust(width, char)
