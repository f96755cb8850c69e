"""How arguments find their parameters, and the values that they give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ConversionError, ParameterError
from fcm.shell.runtime.parameters import TEXT, Param
from fcm.shell.values.net.objects import XmlNode
from fcm.shell.values.values import ShellObject, as_number, as_truth, as_whole, items, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.shell.runtime.call import Cmdlet


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as it was given: its value, how it was written, and the parameter that was named."""

    value: Any
    word: str = ""
    name: str | None = None
    at: int = -1


def bind(cmdlet: Cmdlet, arguments: list[Argument]) -> dict[str, Any]:
    """Values by parameter name.

    Named parameters take the argument after them unless they are switches.

    Raises:
        ParameterError: unknown, doubled, missing or wrong.
    """
    bound: dict[str, Any] = {}
    free: list[Argument] = []
    waiting: tuple[Param, int] | None = None
    for argument in arguments:
        if argument.name is not None:
            if waiting is not None:
                raise _without_value(cmdlet, waiting)
            param = cmdlet.parameter(argument.name, argument.at)
            if param.name in bound:
                raise ParameterError(
                    f"-{param.name} is specified twice.", "Remove one of them.", argument.at, "InvalidArgument"
                )
            if param.absent:
                converted(param, argument)
            if argument.value is not _NOTHING:
                bound[param.name] = converted(param, argument)
            elif param.kind == "switch" or param.name == "Confirm":
                bound[param.name] = converted(param, Argument(True, at=argument.at))
            else:
                waiting = (param, argument.at)
        elif waiting is not None:
            bound[waiting[0].name] = converted(waiting[0], argument)
            waiting = None
        else:
            free.append(argument)
    if waiting is not None:
        raise _without_value(cmdlet, waiting)
    _bind_free(cmdlet, free, bound)
    return bound


def lacks_nothing(cmdlet: Cmdlet, bound: Mapping[str, Any], piped: bool = False) -> None:
    """Refuse a call without a parameter that is needed.

    Args:
        cmdlet: what is called.
        bound: the values that it has.
        piped: whether something stands before it in the pipeline.

    Raises:
        ParameterError: one is missing.
    """
    for param in cmdlet.parameters:
        if param.needed and param.name not in bound and not (piped and param.pipes):
            raise ParameterError(f"{cmdlet.name} requires -{param.name}.", cmdlet.syntax(), -1, "InvalidArgument")


def _bind_free(cmdlet: Cmdlet, free: list[Argument], bound: dict[str, Any]) -> None:
    places = sorted((p for p in cmdlet.parameters if p.position is not None), key=lambda p: p.position or 0)
    places = [param for param in places if param.name not in bound]
    while free:
        if not places:
            raise ParameterError(
                f"{cmdlet.name} does not accept the argument {quoted(text(free[0].value))}.",
                "Enclose names with spaces in quotes. " + cmdlet.syntax(),
                free[0].at,
                "InvalidArgument",
            )
        param = places.pop(0)
        if param.rest:
            whole = [part for argument in free for part in items(argument.value)]
            bound[param.name] = converted(param, Argument(whole, at=free[0].at))
            return
        bound[param.name] = converted(param, free.pop(0))


_NOTHING = object()
NOTHING: Any = _NOTHING
"""Value of a named argument that was written without one (``-Name`` alone)."""


def _without_value(cmdlet: Cmdlet, waiting: tuple[Param, int]) -> ParameterError:
    return ParameterError(
        f"-{waiting[0].name} of {cmdlet.name} requires a value.", "Add it after the parameter.", waiting[1]
    )


def converted(param: Param, argument: Argument) -> Any:
    """The value that an argument gives a parameter.

    Raises:
        ParameterError: it does not fit; $null and an empty list fit only where the parameter says so.
    """
    if param.absent:
        raise ParameterError(f"-{param.name} is not supported: {param.absent}", "", argument.at, "NotImplemented")
    value = argument.value
    lacking = _lacking(param, value)
    if lacking:
        raise ParameterError(
            f"Cannot bind argument to parameter -{param.name} because it is {lacking}.",
            "Specify a value, or remove the parameter.",
            argument.at,
            "InvalidArgument",
        )
    try:
        match param.kind:
            case "text":
                found: Any = argument.word or _named(param, value)
            case "texts":
                found = [argument.word] if argument.word else [_named(param, item) for item in items(value)]
            case "whole":
                found = as_whole(value, f"-{param.name}")
            case "number":
                found = as_number(value)
            case "switch" | "truth":
                found = as_truth(value, f"-{param.name}")
            case _:
                found = value
    except ConversionError as error:
        raise ParameterError(error.message, error.remedy, argument.at, "InvalidArgument") from error
    if param.choices and text(found).casefold() not in [choice.casefold() for choice in param.choices]:
        raise ParameterError(
            f"-{param.name} cannot be {quoted(text(found))}.", f"Choose {', '.join(param.choices)}.", argument.at
        )
    return found


def _named(param: Param, value: Any) -> Any:
    """A name; an object that the parameter takes from the pipeline too stays what it is."""
    if isinstance(value, XmlNode):
        return value.source
    return value if isinstance(value, ShellObject) and value.type in param.pipes else text(value)


def _lacking(param: Param, value: Any) -> str:
    """What is wrong with a value that names nothing, in words; "" if it may: a name that is missing is never all."""
    if param.kind == "any":
        return ""
    given = items(value)
    if not given:
        missing = ("null", param.null) if value is None else ("an empty array", param.empty)
        return "" if missing[1] else missing[0]
    names_objects = bool(set(param.pipes) - {TEXT})
    return "an empty string" if names_objects and any(one is None or one == "" for one in given) else ""
