"""Variables of a session in nested scopes: a function sees those of its caller and sets only its own."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_GLOBAL = "global:"
_SCRIPT = "script:"
_OF_A_CALL = ("args", "input", "psscriptroot", "pscommandpath", "myinvocation")
"""Variables that every call has for itself."""
_LOCAL = ("local:", "private:", "variable:")
_ENVIRONMENT = {"systemdrive": "C:", "computername": "localhost"}
"""Variables of Windows' environment that scripts of the guide use, where this computer has none of that name."""


class Variables:
    """Values by name; the case of letters does not count."""

    def __init__(self) -> None:
        self._scopes: list[dict[str, Any]] = [{}]
        self._script = 0
        """Which scope is that of the script file that runs; 0, the outermost, where none does."""

    def get(self, name: str, default: Any = None) -> Any:
        """Value of a variable, from the innermost scope outwards; ``$env:NAME`` reads the environment."""
        key = name.casefold()
        if key in CONSTANTS:
            return CONSTANTS[key]
        if key.startswith("env:"):
            return os.environ.get(name[4:], _ENVIRONMENT.get(key[4:], default))
        scopes, key = self._scoped(key)
        return next((scope[key] for scope in reversed(scopes) if key in scope), default)

    def is_set(self, name: str) -> bool:
        """Whether a variable was given something, if only the output of a command that had none; $null never is."""
        missing = object()
        return name.casefold() != "null" and self.get(name, missing) is not missing

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
            raise ShellError(f"${name} cannot be changed.", "Choose another name.")
        if key.startswith("env:"):
            raise ShellError("Environment variables cannot be set.", "Set them before you start fcm.")
        scopes, key = self._scoped(key)
        scopes[-1][key] = value

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for scope in self._scopes for name in scope))

    @contextlib.contextmanager
    def scope(self, values: Mapping[str, Any], is_file: bool = False) -> Iterator[None]:
        """A scope of its own, with these values to begin with (names in small letters).

        Args:
            values: what is set in it.
            is_file: it is that of a script file, which ``script:`` means.
        """
        before = self._script
        self._script = len(self._scopes) if is_file else before
        self._scopes.append(dict(values))
        try:
            yield
        finally:
            self._scopes.pop()
            self._script = before

    @contextlib.contextmanager
    def here(self, values: Mapping[str, Any]) -> Iterator[None]:
        """These values in the innermost scope, where all stay but those that every call has for itself."""
        scope = self._scopes[-1]
        before = {name: scope[name] for name in _OF_A_CALL if name in scope}
        scope.update(values)
        try:
            yield
        finally:
            for name in _OF_A_CALL:
                scope.pop(name, None)
            scope.update(before)

    def _scoped(self, key: str) -> tuple[list[dict[str, Any]], str]:
        if key.startswith(_GLOBAL):
            return self._scopes[:1], key.removeprefix(_GLOBAL)
        if key.startswith(_SCRIPT):
            return self._scopes[self._script : self._script + 1], key.removeprefix(_SCRIPT)
        for prefix in _LOCAL:
            if key.startswith(prefix):
                return self._scopes[-1:] if prefix != "variable:" else self._scopes, key.removeprefix(prefix)
        return self._scopes, key
