"""Which cmdlets there are: their parameters, help and code, and how arguments find their parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fcm.shell.absent import why_absent
from fcm.shell.errors import CommandNotFoundError, ConversionError, ParameterError, near
from fcm.shell.values import as_number, as_truth, as_whole, items, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.call import Call

    Body = Callable[[Call], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a cmdlet."""

    name: str
    kind: str = "text"
    """One of text, texts, whole, number, switch, truth, any, block."""
    position: int | None = None
    """Its place among arguments without a name; None: it must be named."""
    aliases: tuple[str, ...] = ()
    rest: bool = False
    """True: takes all arguments without a name from its position on."""
    absent: str = ""
    """Why it is known but cannot be used here; "" if it can."""
    help: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False


COMMON = (
    Param("ErrorAction", aliases=("ea",), choices=("Continue", "SilentlyContinue", "Stop", "Ignore", "Inquire")),
    Param("WarningAction", aliases=("wa",)),
    Param("ErrorVariable", aliases=("ev",)),
    Param("OutVariable", aliases=("ov",)),
    Param("Verbose", "switch", aliases=("vb",)),
    Param("Debug", "switch", aliases=("db",)),
    Param("WhatIf", "switch", aliases=("wi",)),
    Param("Confirm", "truth", aliases=("cf",)),
)
"""Parameters that every cmdlet has."""
CLUSTER = Param("Cluster", help="The cluster; . or nothing: the one that is open.")
INPUT = Param("InputObject", "any")


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """One cmdlet."""

    name: str
    body: Body
    parameters: tuple[Param, ...]
    synopsis: str
    example: str
    aliases: tuple[str, ...] = ()
    module: str = "FailoverClusters"
    joins: bool = False
    """True if its command may be joined with those of the next statements on the same line."""
    since: str = ""
    """The version of Windows that brought it, or "fcm" for one of this program's own."""
    raw: bool = False
    """True for programs such as wevtutil: all words are arguments, dashes too."""

    def parameter(self, name: str, at: int) -> Param:
        """The parameter that a name or its unambiguous beginning means.

        Raises:
            ParameterError: none or several.
        """
        wanted = name.casefold()
        known = (*self.parameters, *COMMON)
        for param in known:
            if wanted in (param.name.casefold(), *(alias.casefold() for alias in param.aliases)):
                return param
        found = [param for param in known if param.name.casefold().startswith(wanted)]
        own = [param for param in found if param in self.parameters]
        if len(found) == 1 or len(own) == 1:
            return (own or found)[0]
        if found:
            names = ", ".join(f"-{param.name}" for param in found)
            raise ParameterError(f"-{name} is ambiguous: {names}.", "Write more of its name.", at, "InvalidArgument")
        mine = [f"-{param.name}" for param in self.parameters]
        hint = near(f"-{name}", mine) or f"It has {', '.join(mine) or 'none'}."
        raise ParameterError(f"{self.name} has no parameter -{name}.", hint, at, "InvalidArgument")

    def syntax(self) -> str:
        """Its syntax on one line."""
        parts = [self.name]
        for param in self.parameters:
            value = "" if param.kind == "switch" else f" <{'|'.join(param.choices) or param.kind}>"
            written = f"[-{param.name}]{value}" if param.position is not None else f"-{param.name}{value}"
            if not param.absent:
                parts.append(written if param.needed else f"[{written}]")
        return " ".join(parts)


@dataclass(slots=True)
class Registry:
    """All cmdlets by name and alias."""

    cmdlets: dict[str, Cmdlet] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def add(self, cmdlet: Cmdlet) -> None:
        """Register one.

        Raises:
            ValueError: the name is taken.
        """
        for name in (cmdlet.name, *cmdlet.aliases):
            if name.casefold() in self.cmdlets or name.casefold() in self.aliases:
                raise ValueError(f"{name} is registered twice")
        self.cmdlets[cmdlet.name.casefold()] = cmdlet
        self.aliases.update({alias.casefold(): cmdlet.name.casefold() for alias in cmdlet.aliases})

    def find(self, name: str, at: int = -1) -> Cmdlet:
        """The cmdlet of a name or alias.

        Raises:
            CommandNotFoundError: there is none; the message has the near ones.
        """
        found = self.get(name)
        if found is None:
            remedy = why_absent(name) or near(name, [cmdlet.name for cmdlet in self.cmdlets.values()])
            raise CommandNotFoundError(
                f"The term {name!r} is not the name of a cmdlet or program of this shell.",
                remedy or "Get-Command lists what there is.",
                at,
                "ObjectNotFound",
                name,
            )
        return found

    def get(self, name: str) -> Cmdlet | None:
        """The cmdlet of a name or alias, None if there is none."""
        folded = name.casefold().removeprefix("failoverclusters\\").removeprefix("hyper-v\\")
        if folded not in self.cmdlets and folded not in self.aliases:
            folded = folded.removesuffix(".exe")
        return self.cmdlets.get(self.aliases.get(folded, folded))


REGISTRY = Registry()


def cmdlet(
    name: str,
    *parameters: Param,
    synopsis: str,
    example: str,
    aliases: tuple[str, ...] = (),
    module: str = "FailoverClusters",
    joins: bool = False,
    since: str = "",
    raw: bool = False,
) -> Callable[[Body], Body]:
    """Register a function as the body of a cmdlet."""

    def register(body: Body) -> Body:
        REGISTRY.add(Cmdlet(name, body, parameters, synopsis, example, aliases, module, joins, since, raw))
        return body

    return register


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
                raise ParameterError(f"-{param.name} is given twice.", "Leave one out.", argument.at, "InvalidArgument")
            if argument.value is not _NOTHING:
                bound[param.name] = _convert(param, argument)
            elif param.kind == "switch" or param.name == "Confirm":
                bound[param.name] = _convert(param, Argument(True, at=argument.at))
            else:
                waiting = (param, argument.at)
        elif waiting is not None:
            bound[waiting[0].name] = _convert(waiting[0], argument)
            waiting = None
        else:
            free.append(argument)
    if waiting is not None:
        raise _without_value(cmdlet, waiting)
    _bind_free(cmdlet, free, bound)
    for param in cmdlet.parameters:
        if param.needed and param.name not in bound:
            raise ParameterError(f"{cmdlet.name} needs -{param.name}.", cmdlet.syntax(), -1, "InvalidArgument")
    return bound


def _bind_free(cmdlet: Cmdlet, free: list[Argument], bound: dict[str, Any]) -> None:
    places = sorted((p for p in cmdlet.parameters if p.position is not None), key=lambda p: p.position or 0)
    places = [param for param in places if param.name not in bound]
    while free:
        if not places:
            raise ParameterError(
                f"{cmdlet.name} has no place for {text(free[0].value)!r}.",
                "Put names with blanks into quotes. " + cmdlet.syntax(),
                free[0].at,
                "InvalidArgument",
            )
        param = places.pop(0)
        if param.rest:
            whole = [part for argument in free for part in items(argument.value)]
            bound[param.name] = _convert(param, Argument(whole, at=free[0].at))
            return
        bound[param.name] = _convert(param, free.pop(0))


_NOTHING = object()
NOTHING: Any = _NOTHING
"""Value of a named argument that was written without one (``-Name`` alone)."""


def _without_value(cmdlet: Cmdlet, waiting: tuple[Param, int]) -> ParameterError:
    return ParameterError(
        f"-{waiting[0].name} of {cmdlet.name} needs a value.", "Write it after the parameter.", waiting[1]
    )


def _convert(param: Param, argument: Argument) -> Any:
    if param.absent:
        raise ParameterError(f"-{param.name} is not possible here: {param.absent}", "", argument.at, "NotImplemented")
    value = argument.value
    try:
        match param.kind:
            case "text":
                found: Any = argument.word or text(value)
            case "texts":
                found = [argument.word] if argument.word else [text(item) for item in items(value)]
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
            f"-{param.name} cannot be {text(found)!r}.", f"Choose {', '.join(param.choices)}.", argument.at
        )
    return found
