"""Frozen dataclasses to plain JSON values and back, by their annotations, strictly."""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class DecodeError(ValueError):
    """The value does not have the form of the type; the message names the field and what was expected."""


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


def decode(kind: type[T], value: Any, where: str = "") -> T:
    """The object of type ``kind`` that ``value`` describes.

    Raises:
        DecodeError: unknown or missing fields, wrong types, values outside an enumeration.
    """
    result: T = _decode(kind, value, where or kind.__name__)
    return result


@functools.cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


@functools.cache
def _required(kind: type) -> frozenset[str]:
    missing = dataclasses.MISSING
    return frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is missing and field.default_factory is missing
    )


def _decode(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_optional(get_args(kind), value, where)
    if origin is tuple:
        return _decode_tuple(get_args(kind), value, where)
    if origin is frozenset:
        (item,) = get_args(kind)
        return frozenset(_decode(item, part, where) for part in _list(value, where))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        try:
            return kind(value)
        except ValueError as error:
            allowed = ", ".join(repr(member.value) for member in kind)
            raise DecodeError(f"{where}: {value!r} is not one of {allowed}") from error
    return _decode_scalar(kind, value, where)


def _decode_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, type) and isinstance(value, kind) and (kind is bool) == isinstance(value, bool):
        return value
    raise DecodeError(f"{where}: expected {getattr(kind, '__name__', kind)}, found {value!r}")


def _decode_optional(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in choices:
        return None
    (kind,) = (choice for choice in choices if choice is not type(None))
    return _decode(kind, value, where)


def _decode_tuple(items: tuple[Any, ...], value: Any, where: str) -> Any:
    parts = _list(value, where)
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_decode(items[0], part, f"{where}[{index}]") for index, part in enumerate(parts))
    if len(parts) != len(items):
        raise DecodeError(f"{where}: expected {len(items)} values, found {len(parts)}")
    return tuple(_decode(kind, part, where) for kind, part in zip(items, parts, strict=True))


def _decode_dataclass(kind: type, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise DecodeError(f"{where}: expected an object with fields, found {value!r}")
    names = _field_names(kind)
    unknown = sorted(set(value) - set(names))
    if unknown:
        raise DecodeError(f"{where}: unknown field {unknown[0]!r}; known are {', '.join(names)}")
    missing = sorted(_required(kind) - set(value))
    if missing:
        raise DecodeError(f"{where}: field {missing[0]!r} is missing")
    hints = _hints(kind)
    return kind(**{name: _decode(hints[name], part, f"{where}.{name}") for name, part in value.items()})


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise DecodeError(f"{where}: expected a list, found {value!r}")
    return list(value)
