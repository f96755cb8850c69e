"""Frozen dataclasses to plain JSON values and back, by their annotations, strictly."""

from __future__ import annotations

import dataclasses
import enum
import functools
import json
import re
import types
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from fcm.text.textfile import is_text
from fcm.text.words import as_data, quoted

T = TypeVar("T")
Decoder = Callable[[Any], Any]
Encoder = Callable[[Any], Any]


class DecodeError(ValueError):
    """The value does not have the form of the type; the message names the field and what was expected."""


_LARGEST = 1.7e308
"""No number of an event is infinite or none at all, though JSON of Python has such."""
_LARGEST_WHOLE = 2**64 - 1
_NAMES: dict[Any, str] = {int: "a whole number", float: "a number", str: "a string", bool: "true or false"}


def encode(value: Any) -> Any:
    """Plain JSON value (dict, list, str, int, float, bool, None) of a dataclass; sets become sorted lists.

    Raises:
        TypeError: a value in it is neither plain, nor a collection, nor a dataclass.
    """
    kind: type = value.__class__
    if kind in _AS_THEY_ARE:
        return value
    encoder = _ENCODERS.get(kind)
    if encoder is not None:
        return encoder(value)
    if isinstance(value, enum.Enum):
        _ENCODERS[kind] = _VALUE
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(encode(item) for item in value)
    if isinstance(value, (tuple, list)):
        if _AS_THEY_ARE.issuperset(map(type, value)):
            return list(value)
        return [encode(item) for item in value]
    if dataclasses.is_dataclass(value):
        encoder = _ENCODERS[kind] = _encoder(kind)
        return encoder(value)
    if isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _encoder(kind: type) -> Encoder:
    """What encodes objects of a dataclass; made once a class, since a large cluster has tens of thousands."""
    names = _field_names(kind)
    if not names:
        return lambda _: {}
    values = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

    def encoded(value: Any) -> dict[str, Any]:
        found = dict(zip(names, values(value), strict=True))
        for name, part in found.items():
            if part.__class__ not in _AS_THEY_ARE:
                found[name] = encode(part)
        return found

    return encoded


_ENCODERS: dict[type, Encoder] = {}
_VALUE = attrgetter("_value_")
"""Of a member of an enumeration, ten times as fast as ``value``."""
_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})
"""Types of values that are their own JSON form."""
LARGE = 1_000_000
"""Characters of a text that is decoded piece by piece: the plain values of all its pieces at once would take 5 times
the memory of the objects."""
_SPACE = re.compile(r"[ \t\n\r]*")
_SCANNER = json.JSONDecoder()
_ALIKE = 4096
"""Lists of strings that are kept, so that equal ones are one object: the owners of thousands of resources are."""


def decode_text(kind: type[T], text: str) -> T:
    """The object that a JSON text describes, as ``decode`` of ``json.loads`` gives it.

    Raises:
        DecodeError: see ``decode``.
        ValueError: it is no JSON.
    """
    if len(text) >= LARGE and dataclasses.is_dataclass(kind):
        try:
            found: T = kind(**dict(_fields_of(kind, text)))
        except (_FaultError, TypeError, ValueError, IndexError, StopIteration, RuntimeError):
            pass  # what is wrong is said by the usual way
        else:
            return found
    return decode(kind, json.loads(text))


def _fields_of(kind: type, text: str) -> Iterator[tuple[str, Any]]:
    """The decoded fields of a large object one after the other, and of lists one part after the other.

    Raises:
        Exception: the text is of any other form than such an object, or a field is twice in it.
    """
    hints, seen, place = get_type_hints(kind), set(), _past(text, 0, "{")
    texts: dict[str, str] = {}
    while True:
        name, place = _SCANNER.raw_decode(text, _SPACE.match(text, place).end())  # type: ignore[union-attr]
        if name in seen or name not in _field_names(kind):
            raise ValueError(name)
        seen.add(name)
        place = _SPACE.match(text, _past(text, place, ":")).end()  # type: ignore[union-attr]
        arguments = get_args(hints[name])
        if get_origin(hints[name]) is tuple and arguments[-1] is Ellipsis and text[place] == "[":
            found, place = _parts_of(_decoder(arguments[0]), text, place + 1, texts)
            yield name, found
        else:
            value, place = _SCANNER.raw_decode(text, place)
            yield name, _decoder(hints[name])(value)
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr]
        if text[place] == "}":
            if text[place + 1 :].strip(" \t\n\r"):
                raise ValueError("there is more")
            return
        place = _past(text, place, ",")


def _parts_of(decoder: Decoder, text: str, place: int, texts: dict[str, str]) -> tuple[tuple[Any, ...], int]:
    """The parts of a list; ``texts``: strings that are there already, so that equal ones (ids) are one object."""
    found: list[Any] = []
    place = _SPACE.match(text, place).end()  # type: ignore[union-attr]
    if text[place] == "]":
        return (), place + 1
    while True:
        value, place = _SCANNER.raw_decode(text, _SPACE.match(text, place).end())  # type: ignore[union-attr]
        if isinstance(value, dict):
            for name, part in value.items():
                if part.__class__ is str:
                    value[name] = texts.setdefault(part, part)
        found.append(decoder(value))
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr]
        if text[place] == "]":
            return tuple(found), place + 1
        place = _past(text, place, ",")


def _past(text: str, place: int, mark: str) -> int:
    place = _SPACE.match(text, place).end()  # type: ignore[union-attr]
    if text[place] != mark:
        raise ValueError(f"expected {mark}")
    return place + 1


class _FaultError(Exception):
    """What is wrong with a part; each level that it passes adds where it is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.where: list[str] = []

    def below(self, step: str) -> None:
        """The fault lies below this step."""
        self.where.append(step)


def decode(kind: type[T], value: Any, where: str = "") -> T:
    """The object of type ``kind`` that ``value`` describes.

    Raises:
        DecodeError: unknown or missing fields, wrong types, values outside an enumeration.
    """
    try:
        decoder: Decoder = _decoder(kind)  # type: ignore[arg-type]
        result: T = decoder(value)
    except _FaultError as fault:
        place = "".join([where or kind.__name__, *reversed(fault.where)])
        raise DecodeError(f"{place}: {fault.reason}") from fault
    return result


@functools.cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@functools.cache
def _decoder(kind: Any) -> Decoder:
    """What decodes values of a type; made once a type, since a journal has hundreds of thousands of them."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(arguments)
    if origin is tuple:
        if len(arguments) != 2 or arguments[1] is not Ellipsis:
            return _tuple(arguments)
        return _strings(_sequence(arguments)) if arguments[0] is str else _sequence(arguments)
    if origin is frozenset:
        parts = _sequence(arguments)
        return lambda value: frozenset(parts(value))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _enumeration(kind)
    return _scalar(kind)


def _scalar(kind: Any) -> Decoder:
    name = _NAMES.get(kind, getattr(kind, "__name__", kind))
    exact = kind if isinstance(kind, type) else None

    def number(value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
            return float(value)
        raise _FaultError(f"expected {name}, found {as_data(value)}")

    def same(value: Any) -> Any:
        if exact is not None and isinstance(value, exact) and (exact is bool) == isinstance(value, bool):
            if isinstance(value, int) and not -_LARGEST_WHOLE <= value <= _LARGEST_WHOLE:
                raise _FaultError("a whole number has more than 64 bits")
            if isinstance(value, str) and not value.isascii() and not is_text(value):
                raise _FaultError("a string has half of a surrogate pair")
            return value
        raise _FaultError(f"expected {name}, found {as_data(value)}")

    return number if kind is float else same


def _enumeration(kind: type[enum.Enum]) -> Decoder:
    def decoded(value: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(as_data(member.value) for member in kind)
            raise _FaultError(f"{as_data(value)} is not one of {allowed}") from None

    return decoded


def _optional(choices: tuple[Any, ...]) -> Decoder:
    (kind,) = (choice for choice in choices if choice is not type(None))
    inner, may_be_none = _decoder(kind), type(None) in choices
    return lambda value: None if value is None and may_be_none else inner(value)


def _strings(decoded: Decoder) -> Decoder:
    """Equal lists of strings as one object."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def shared(value: Any) -> Any:
        if not isinstance(value, list):
            return decoded(value)
        try:
            found = known.get(tuple(value))
        except TypeError:  # no strings, which is said there
            return decoded(value)
        if found is None:
            found = decoded(value)
            if len(known) >= _ALIKE:
                known.clear()
            known[found] = found
        return found

    return shared


def _sequence(arguments: tuple[Any, ...]) -> Decoder:
    item = _decoder(arguments[0])

    def decoded(value: Any) -> Any:
        found: list[Any] = []
        try:
            for part in _list(value):
                found.append(item(part))
        except _FaultError as fault:
            fault.below(f"[{len(found)}]" if isinstance(value, (list, tuple)) else "")
            raise
        return tuple(found)

    return decoded


def _tuple(arguments: tuple[Any, ...]) -> Decoder:
    items = [_decoder(kind) for kind in arguments]

    def decoded(value: Any) -> Any:
        parts = _list(value)
        if len(parts) != len(items):
            raise _FaultError(f"expected {len(items)} values, found {len(parts)}")
        return tuple(item(part) for item, part in zip(items, parts, strict=True))

    return decoded


def _dataclass(kind: type) -> Decoder:
    names, hints = _field_names(kind), get_type_hints(kind)
    known, missing = frozenset(names), dataclasses.MISSING
    required = frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is missing and field.default_factory is missing
    )
    # Made at first use: a type may hold itself.
    fields: dict[str, Decoder] = {}
    plain = {name: exact for name in names if (exact := _plain(hints[name])) is not None}

    def decoded(value: Any) -> Any:
        if not isinstance(value, dict):
            raise _FaultError(f"expected an object with fields, found {as_data(value)}")
        if not value.keys() <= known:
            unknown = sorted(set(value) - known)
            raise _FaultError(f"unknown field {quoted(unknown[0])}; known are {', '.join(names)}")
        if not required <= value.keys():
            raise _FaultError(f"field {quoted(min(required - value.keys()))} is missing")
        if not fields:
            fields.update((name, _decoder(hints[name])) for name in names)
        found = {}
        name = ""
        try:
            for name, part in value.items():
                exact = part.__class__
                if exact in plain.get(name, ()) and (exact is not str or part.isascii()):
                    found[name] = part
                else:
                    found[name] = fields[name](part)
        except _FaultError as fault:
            fault.below(f".{name}")
            raise
        return kind(**found)

    return decoded


_NOTHING = type(None)
_PLAIN: dict[Any, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    str | None: (str, _NOTHING),
    bool | None: (bool, _NOTHING),
}


def _plain(hint: Any) -> tuple[type, ...] | None:
    """Types whose values are taken as they are for a field (strings, if they are ASCII); None if none is."""
    return _PLAIN.get(hint)


def _list(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise _FaultError(f"expected a list, found {as_data(value)}")
    return value
