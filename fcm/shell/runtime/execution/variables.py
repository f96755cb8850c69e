"""Variables, functions and aliases of a session in nested scopes: a function sees those of its caller, sets its own."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.values.values import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Guard = Callable[[Any], Any]
    """What makes of a value what a variable takes; raises for one that it does not."""

CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
OF_A_CALL = ("args", "input", "psscriptroot", "pscommandpath", "myinvocation", "psboundparameters", "pscmdlet")
"""Variables that every call has for itself."""
_ENVIRONMENT = {"systemdrive": "C:", "computername": "localhost"}
"""Variables of Windows' environment that scripts of the guide use, where this computer has none of that name."""
READ_ONLY, CONSTANT = "ReadOnly", "Constant"


@dataclass
class Scope:
    """One scope; names are in small letters."""

    parent: Scope | None = None
    values: dict[str, Any] = field(default_factory=dict)
    guards: dict[str, list[Guard]] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)
    """Functions as cmdlets."""
    aliases: dict[str, str] = field(default_factory=dict)
    is_file: bool = False
    """Whether it is that of a script file, which ``script:`` means."""

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it, the innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


class Variables:
    """Values by name; the case of letters does not count."""

    def __init__(self) -> None:
        self.outermost = Scope()
        self.current = self.outermost
        """The scope that runs."""
        self.environment: dict[str, str] = {}
        """Variables of the environment that scripts set; other programs do not see them."""

    def raw(self, name: str, default: Any = None) -> Any:
        """What a variable was given; NOTHING for the output of a pipeline that had none."""
        key = name.casefold()
        if key in CONSTANTS:
            return CONSTANTS[key]
        where, key = self._prefixed(key)
        if where == "env":
            return self.of_environment(key, default)
        for scope in self._chain(where):
            if key in scope.values:
                return scope.values[key]
        return default

    def get(self, name: str, default: Any = None) -> Any:
        """Value of a variable, from the innermost scope outwards; ``$env:NAME`` reads the environment."""
        found = self.raw(name, default)
        return None if found is NOTHING else found

    def is_set(self, name: str) -> bool:
        """Whether a variable was given something, if only the output of a command that had none; $null never is."""
        missing = object()
        return name.casefold() != "null" and self.raw(name, missing) is not missing

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a variable of the innermost scope, with ``global:`` of the outermost, with ``script:`` of the file's.

        Raises:
            ShellError: it cannot be changed.
        """
        key = name.casefold()
        if key == "null":
            return  # $null = ... swallows a value
        if key in CONSTANTS:
            raise _not_writable(name)
        where, key = self._prefixed(key)
        if where == "env":
            from fcm.shell.values.values import text

            self.environment[key] = text(value)
            return
        self.store(self._own(where), key, value, name)

    def store(self, scope: Scope, key: str, value: Any, name: str = "") -> None:
        """Set a variable of a scope.

        Raises:
            ShellError: it is read-only, or guarded against the value.
        """
        for one in scope.chain():
            if one.options.get(key) == CONSTANT or (one is scope and one.options.get(key) == READ_ONLY):
                raise _not_writable(name or key)
        for guard in scope.guards.get(key, ()):
            value = guard(None if value is NOTHING else value)
        scope.values[key] = value

    def guard(self, name: str, guards: list[Guard]) -> None:
        """What is set to a variable of the innermost scope goes through these from now on."""
        where, key = self._prefixed(name.casefold())
        self._own(where).guards[key] = guards

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for scope in self.current.chain() for name in scope.values))

    def holder(self, name: str) -> Scope | None:
        """The scope that has a variable."""
        where, key = self._prefixed(name.casefold())
        return next((scope for scope in self._chain(where) if key in scope.values), None)

    def up(self, count: int) -> Scope:
        """The scope so many levels outwards.

        Raises:
            ShellError: there are not so many.
        """
        for number, scope in enumerate(self.current.chain()):
            if number == count:
                return scope
        raise ShellError(f"There is no scope {count}.", "Use a smaller number.")

    def function(self, name: str) -> Any:
        """The function of a name that can be seen."""
        key = name.casefold()
        return next((one.functions[key] for one in self.current.chain() if key in one.functions), None)

    def functions(self) -> dict[str, Any]:
        """All functions that can be seen, by their names in small letters."""
        found: dict[str, Any] = {}
        for scope in reversed([*self.current.chain()]):
            found.update(scope.functions)
        return found

    def alias(self, name: str) -> str:
        """What an alias of the script stands for; "": there is none."""
        key = name.casefold()
        return next((one.aliases[key] for one in self.current.chain() if key in one.aliases), "")

    @contextlib.contextmanager
    def scope(self, values: Mapping[str, Any], is_file: bool = False, within: Scope | None = None) -> Iterator[Scope]:
        """A scope of its own, with these values to begin with (names in small letters).

        Args:
            values: what is set in it.
            is_file: it is that of a script file, which ``script:`` means.
            within: the scope around it; None: the one that runs.
        """
        before = self.current
        self.current = made = Scope(within or before, dict(values), is_file=is_file)
        try:
            yield made
        finally:
            self.current = before

    @contextlib.contextmanager
    def at(self, scope: Scope) -> Iterator[None]:
        """What runs inside runs in a scope that is there already."""
        before, self.current = self.current, scope
        try:
            yield
        finally:
            self.current = before

    def of_environment(self, key: str, default: Any) -> Any:
        """A variable of the environment, by its name in small letters."""
        if key in self.environment:
            return self.environment[key] or default
        for name, value in os.environ.items():
            if name.casefold() == key:
                return value
        return _ENVIRONMENT.get(key, default)

    @staticmethod
    def _prefixed(key: str) -> tuple[str, str]:
        where, colon, rest = key.partition(":")
        if colon and where == "private":
            raise UnsupportedError("A private variable")
        if colon and where in ("global", "script", "local", "variable", "env", "function"):
            return where, rest
        return "", key

    def _file(self) -> Scope:
        return next((scope for scope in self.current.chain() if scope.is_file), self.outermost)

    def _chain(self, where: str) -> Iterator[Scope]:
        match where:
            case "global":
                yield self.outermost
            case "script":
                yield from self._file().chain()
            case "local":
                yield self.current
            case _:
                yield from self.current.chain()

    def _own(self, where: str) -> Scope:
        match where:
            case "global":
                return self.outermost
            case "script":
                return self._file()
            case _:
                return self.current


def _not_writable(name: str) -> ShellError:
    return exact(
        f"Cannot overwrite variable {name.rpartition(':')[2]} because it is read-only or constant.",
        "VariableNotWritable",
    )
