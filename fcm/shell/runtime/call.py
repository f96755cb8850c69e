"""A cmdlet, a call of it, and what a call may ask of the session that it runs in: none is said without the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from fcm.shell.language.errors import ParameterError, ShellError, UnsupportedError, near
from fcm.shell.runtime.parameters import ANY, COMMON, Param
from fcm.shell.values.values import Identity, ShellObject, as_whole, items, text, truth

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.shell.language import tree
    from fcm.shell.language.errors import NotFoundError
    from fcm.shell.runtime.clusters import Clusters
    from fcm.shell.runtime.execution.streams import Streams
    from fcm.shell.runtime.execution.variables import Variables
    from fcm.shell.runtime.waiting import Waiting
    from fcm.workspace.workspace import Workspace

    Body = Callable[["Call"], Iterable[Any]]
    """What a cmdlet does; gives its output."""


class Named(Protocol):
    """What a command can be about."""

    @property
    def name(self) -> str:
        """As users know it."""


T = TypeVar("T", bound=Named)
V = TypeVar("V")


class Later:
    """Output that is known once the command of a line has been carried out."""

    def __init__(self) -> None:
        self.values: list[Any] = []


class Known(Protocol):
    """The cmdlets that there are."""

    @property
    def cmdlets(self) -> Mapping[str, Cmdlet]:
        """By their names in lowercase."""

    @property
    def aliases(self) -> Mapping[str, str]:
        """Names of cmdlets by their aliases."""

    def get(self, name: str) -> Cmdlet | None:
        """The cmdlet of a name or alias, None if it does not exist."""


class Script(Protocol):
    """The script that runs in a session, as its cmdlets see it."""

    def run_block(self, block: tree.ScriptBlock, item: Any) -> list[Any]:
        """Output of a script block with ``$_`` = item."""

    def run_block_into(self, block: tree.ScriptBlock, item: Any, out: list[Any]) -> None:
        """Run a script block with ``$_`` = item and add its output."""

    def invoke_block(self, block: tree.ScriptBlock, arguments: list[Any]) -> list[Any]:
        """Output of a block that is called with arguments."""

    def run_text(self, text: str) -> list[Any]:
        """Output of a text that is run in the scope of its caller."""

    def declare(self, name: str, block: tree.ScriptBlock) -> None:
        """Make a block a function."""

    def type_named(self, name: str) -> Any:
        """The type of a name, those of the script too."""

    def make(self, kind: Any, arguments: list[Any]) -> Any:
        """An object of a type."""


class Errors(Protocol):
    """The errors of a session, as its cmdlets see them."""

    def record(self, error: ShellError) -> None:
        """Keep an error that was not caught and tell it."""

    def fail(self, error: ShellError, wanted: Mapping[str, Any] | None = ...) -> None:
        """An error after which the command goes on, unless errors are to end it."""

    def write(self, record: Any, stream: str, line: str) -> None:
        """A record of a stream: to where the stream is redirected, else shown."""


class Session(Protocol):
    """What a call may ask of its session."""

    workspace: Workspace
    waits: bool
    variables: Variables
    history: deque[str]
    joining: bool
    waiting: Waiting
    width: int
    on_progress: Callable[[str, str, int], None]
    on_made: Callable[[str], None] | None
    clusters: Clusters
    streams: Streams
    pipeline_failed: bool

    @property
    def registry(self) -> Known:
        """The cmdlets of this session."""

    @property
    def script(self) -> Script:
        """The script that runs."""

    @property
    def errors(self) -> Errors:
        """Its errors."""

    def is_stop(self, error: ShellError) -> bool:
        """Whether the user stopped the script."""

    def set_folder(self, folder: Path | None) -> None:
        """What relative paths are meant from now on."""

    def preference(self, name: str) -> str:
        """``$NAMEPreference`` in lowercase."""

    def path(self, path: str) -> Path:
        """A path as the script means it."""

    def say(self, line: str, stream: str = ..., told: bool = ...) -> None:
        """Show a text at once, after the output that is there already; ``stream``: host, warning, verbose or debug."""

    def command(self, name: str, at: int = ...) -> Cmdlet:
        """The function or cmdlet of a name."""

    def format(self, values: list[Any], width: int = ...) -> str:
        """Values as text."""

    def show_grid(self, title: str, values: list[Any], picks: bool, at: int) -> list[Any]:
        """Show a table in a window; the rows that were picked."""

    def confirmed(self, cmdlet: str, target: str, at: int) -> bool:
        """Ask for confirmation of an operation."""

    def check_stopped(self) -> None:
        """Raise StoppedError if the user ended the script."""

    def to_the_end(self) -> AbstractContextManager[None]:
        """What runs inside is not ended by a stop that was asked for before."""

    def wait(self, limit: float = ...) -> None:
        """Let the cluster go on for at most ``limit`` real s and take what it posted."""

    def give(self, command: Command, at: int, cmdlet: str, then: Callable[[], list[Any]], joins: bool) -> list[Any]:
        """Give a command to the cluster; its output."""

    def connect(self, uri: str) -> bool:
        """Go on with the cluster of a URI; False if no one can open it."""

    def created(self, name: str) -> bool:
        """Whether this line creates a machine of that name that is not there yet."""

    def not_found(self, what: str, name: str, known: list[str], at: int = ...) -> NotFoundError:
        """The error for an object that is not there, with the near names."""


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
    stream: Any = None
    """What makes the stage of a cmdlet that takes each object as it comes; None: it is called with all of them."""
    block: tree.ScriptBlock | None = None
    """The body of a function."""
    is_filter: bool = False
    """True for a filter: its body runs for each object."""

    @property
    def collects(self) -> bool:
        """Whether it takes everything that is piped at once, whatever it is, and runs for an empty pipeline too."""
        return self.own or self.raw or any(ANY in param.pipes for param in self.parameters)

    def parameter(self, name: str, at: int) -> Param:
        """The parameter that a name or its unambiguous beginning means.

        Raises:
            ParameterError: none or several.
            UnsupportedError: the built-in shell does not have what is asked for.
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
            raise ParameterError(
                f"-{name} is ambiguous: {names}.", "Enter more characters of the name.", at, "InvalidArgument"
            )
        if self.module == "Core" and not self.own:
            raise UnsupportedError(f"The parameter -{name} of {self.name}", "", at)
        mine = [f"-{param.name}" for param in self.parameters]
        hint = near(f"-{name}", mine) or f"Parameters: {', '.join(mine) or 'none'}."
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
class Call:
    """A call under way."""

    session: Session
    cmdlet: Cmdlet
    values: dict[str, Any]
    input: list[Any]
    at: int
    has_input: bool
    """True if something stands before it in the pipeline."""
    is_last: bool
    """True if nothing stands after it."""
    dotted: bool = False
    """True if it runs in the scope of its caller (``. name``)."""
    sink: list[Any] | None = None
    """What is put here is shown before the next wait; None: the output is not shown, or not by itself."""
    wanted: dict[str, Any] = field(default_factory=dict)
    """The values that were typed, common parameters too."""

    @property
    def workspace(self) -> Workspace:
        """The open cluster."""
        return self.session.workspace

    @property
    def state(self) -> State:
        """The cluster as it is known now."""
        return self.session.workspace.state

    def gathering(self) -> list[Any]:
        """A list for output that comes piece by piece; what it has in the end goes through ``rest``."""
        return [] if self.sink is None else self.sink

    def rest(self, gathered: list[Any]) -> list[Any]:
        """What of a list of ``gathering`` is still to be given out when the call is over."""
        return [] if gathered is self.sink else gathered

    def has(self, name: str) -> bool:
        """Whether a parameter was given."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """A parameter of kind text."""
        return text(self.values.get(name, default))

    def texts(self, name: str) -> list[str]:
        """A parameter of kind texts; empty if it was not given."""
        return [text(item) for item in items(self.values.get(name))]

    def names(self, name: str = "Name") -> list[str] | None:
        """What a parameter names, typed or piped: names, and ids of objects; None if it was not given."""
        if name not in self.values:
            return None
        return [item if isinstance(item, Identity) else text(item) for item in items(self.values[name])]

    @overload
    def whole(self, name: str) -> int | None: ...

    @overload
    def whole(self, name: str, default: int) -> int: ...

    def whole(self, name: str, default: int | None = None) -> int | None:
        """A parameter of kind whole; the default if it was not given: 0 is given."""
        value = self.values.get(name)
        return default if value is None else int(value)

    def wholes(self, name: str) -> list[int]:
        """A parameter of kind any that takes integers.

        Raises:
            ConversionError: one of them is not an integer.
        """
        return [as_whole(one, f"-{name}") for one in items(self.values.get(name))]

    def count(self, name: str) -> int | None:
        """A parameter of kind whole that counts things; None if it was not given.

        Raises:
            ParameterError: it is below 0.
        """
        found = self.whole(name)
        if found is not None and found < 0:
            raise ParameterError(f"-{name} must be at least 0, not {found}.", "Count from 0.", self.at)
        return found

    def switch(self, name: str) -> bool:
        """A parameter of kind switch or truth; False if it was not given."""
        return bool(self.values.get(name, False))

    @property
    def what_if(self) -> bool:
        """Whether only to say what would be done: -WhatIf, or $WhatIfPreference."""
        return self.switch("WhatIf") if self.has("WhatIf") else truth(self.session.variables.get("WhatIfPreference"))

    def planned(self, target: str) -> str | None:
        """The -WhatIf message for an operation on a target; None: run it."""
        return f'What if: Performing operation "{self.cmdlet.name}" on Target "{target}".' if self.what_if else None

    def agreed(self, target: str) -> bool:
        """Whether an operation may run: asks if -Confirm or $ConfirmPreference say so.

        The impact of an operation is Medium, as in PowerShell where a cmdlet does not name another.
        """
        preferred = self.session.preference("Confirm") in ("low", "medium")
        asks = self.switch("Confirm") if self.has("Confirm") else preferred
        return not asks or self.session.confirmed(self.cmdlet.name, target, self.at)

    def each(
        self, objects: Iterable[T], command: Callable[[T], Command], shown: Callable[[T], list[Any]]
    ) -> Iterator[Any]:
        """Give a command for each object, and the output that ``shown`` makes once it was carried out."""
        return self.one_by_one(objects, lambda one: self.submit(command(one), one.name, partial(shown, one)))

    def one_by_one(self, objects: Iterable[V], deed: Callable[[V], Iterable[Any]]) -> Iterator[Any]:
        """Do something for each object and give its output: an error of one does not keep the others from it.

        Raises:
            ShellError: the deed for the only object failed, or errors end the script.
        """
        several = list(objects)
        for one in several:
            try:
                yield from deed(one)
            except ShellError as error:
                if len(several) == 1:
                    raise
                self.tell(error)

    def tell(self, error: ShellError) -> None:
        """An error about one of several objects: it is told, and the call goes on.

        Raises:
            ShellError: errors end the script, or the user does.
        """
        if self.session.is_stop(error) or isinstance(error, UnsupportedError):
            raise error
        error.at = error.at if error.at >= 0 else self.at
        error.command, error.module = error.command or self.cmdlet.name, error.module or self.cmdlet.module
        self.session.errors.fail(error, self.wanted)

    def carry_out(self, target: str, deed: Callable[[], object]) -> list[Any]:
        """Do what is no command of the cluster (files), unless -WhatIf or -Confirm keep it from being done."""
        planned = self.planned(target)
        if planned is not None:
            return [planned]
        if self.agreed(target):
            deed()
        return []

    def objects(self, *types: str) -> list[ShellObject]:
        """Objects of these types that -InputObject took from the pipeline, or was given."""
        given = items(self.values.get("InputObject"))
        return [item for item in given if isinstance(item, ShellObject) and item.type in types]

    def submit(self, command: Command, target: str, then: Callable[[], list[Any]] | None = None) -> list[Any]:
        """Give a command, or say what would be given with -WhatIf; returns the output.

        Args:
            command: what to do.
            target: the object in words, for -WhatIf and -Confirm.
            then: makes the output once it was carried out.

        Raises:
            RefusedError: it was not carried out.
        """
        planned = self.planned(target)
        if planned is not None:
            return [planned]
        if not self.agreed(target):
            return []
        joins = self.cmdlet.joins and self.is_last and self.session.joining
        return self.session.give(command, self.at, self.cmdlet.name, then or list, joins)
