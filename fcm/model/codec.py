"""Frozen dataclasses to plain JSON values and back, by their annotations, strictly."""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
from collections.abc import Callable
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from fcm.text.textfile import is_text
from fcm.text.words import as_data, quoted

T = TypeVar("T")
Decoder = Callable[[Any], Any]


class DecodeError(ValueError):
    """The value does not have the form of the type; the message names the field and what was expected."""


_LARGEST = 1.7e308
"""No number of an event is infinite or none at all, though JSON of Python has such."""
_LARGEST_WHOLE = 2**64 - 1
_NAMES: dict[Any, str] = {int: "a whole number", float: "a number", str: "a string", bool: "true or false"}


def encode(value: Any) -> Any:
    """Plain JSON value (dict, list, str, int, float, bool, None) of a dataclass; sets become sorted lists."""
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (set, frozenset)):
        return sorted(encode(item) for item in value)
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {name: encode(getattr(value, name)) for name in _field_names(value.__class__)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


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
        return _sequence(arguments) if len(arguments) == 2 and arguments[1] is Ellipsis else _tuple(arguments)
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
                found[name] = fields[name](part)
        except _FaultError as fault:
            fault.below(f".{name}")
            raise
        return kind(**found)

    return decoded


def _list(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise _FaultError(f"expected a list, found {as_data(value)}")
    return value
