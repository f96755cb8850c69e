"""Which cmdlets there are: their parameters, help and code, and how arguments find their parameters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import CommandNotFoundError, ConversionError, ParameterError, near
from fcm.shell.runtime.absent import why_absent
from fcm.shell.values.values import ShellObject, as_number, as_truth, as_whole, items, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fcm.shell.runtime.call import Call

    Body = Callable[[Call], Iterable[Any]]


ANY = "*"
"""In ``Param.pipes``: whatever is piped, all of it at once, an empty pipeline too."""
TEXT = "text"
"""In ``Param.pipes``: texts and numbers."""


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
    pipes: tuple[str, ...] = ()
    """Which it takes from the pipeline: types of objects, ``TEXT``, ``ANY``."""
    of: str = ""
    """What its names mean, where objects of other kinds can stand for it (fcm.shell.runtime.piped); "": themselves."""
    empty: bool = False
    """True if @() is a value of it: a list of none."""
    null: bool = False
    """True if $null is a value of it."""


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
CLUSTER = Param("Cluster", help="The cluster; . or nothing: the one that is open.", pipes=("Cluster",))
INPUT = Param("InputObject", "any")
"""Objects that are given as an argument instead of through the pipeline."""
OBJECTS = replace(INPUT, pipes=(ANY,))
"""The same of a cmdlet that takes objects of every kind, all at once."""


def taking(*types: str) -> Param:
    """-InputObject of a cmdlet that looks at objects of these types itself."""
    return replace(INPUT, pipes=types)


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
    own: bool = False
    """True for functions and script files of the user: they see the pipeline as it is."""

    @property
    def collects(self) -> bool:
        """Whether it takes everything that is piped at once, whatever it is, and runs for an empty pipeline too."""
        return self.own or self.raw or any(ANY in param.pipes for param in self.parameters)

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
                f"The term {quoted(name)} is not the name of a cmdlet or program of this shell.",
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


def lacks_nothing(cmdlet: Cmdlet, bound: Mapping[str, Any]) -> None:
    """Refuse a call without a parameter that is needed.

    Raises:
        ParameterError: one is missing.
    """
    for param in cmdlet.parameters:
        if param.needed and param.name not in bound:
            raise ParameterError(f"{cmdlet.name} needs -{param.name}.", cmdlet.syntax(), -1, "InvalidArgument")


def _bind_free(cmdlet: Cmdlet, free: list[Argument], bound: dict[str, Any]) -> None:
    places = sorted((p for p in cmdlet.parameters if p.position is not None), key=lambda p: p.position or 0)
    places = [param for param in places if param.name not in bound]
    while free:
        if not places:
            raise ParameterError(
                f"{cmdlet.name} has no place for {quoted(text(free[0].value))}.",
                "Put names with blanks into quotes. " + cmdlet.syntax(),
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
        f"-{waiting[0].name} of {cmdlet.name} needs a value.", "Write it after the parameter.", waiting[1]
    )


def converted(param: Param, argument: Argument) -> Any:
    """The value that an argument gives a parameter.

    Raises:
        ParameterError: it does not fit; $null and an empty list fit only where the parameter says so.
    """
    if param.absent:
        raise ParameterError(f"-{param.name} is not possible here: {param.absent}", "", argument.at, "NotImplemented")
    value = argument.value
    lacking = _lacking(param, value)
    if lacking:
        raise ParameterError(
            f"Cannot bind argument to parameter -{param.name} because it is {lacking}.",
            "Give a value, or leave the parameter out.",
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
    return value if isinstance(value, ShellObject) and value.type in param.pipes else text(value)


def _lacking(param: Param, value: Any) -> str:
    """What is wrong with a value that names nothing, in words; "" if it may: a name that is missing is never all."""
    if param.kind == "any":
        return ""
    given = items(value)
    if not given:
        missing = ("null", param.null) if value is None else ("an empty list", param.empty)
        return "" if missing[1] else missing[0]
    names_objects = bool(set(param.pipes) - {TEXT})
    return "an empty text" if names_objects and any(one is None or one == "" for one in given) else ""
