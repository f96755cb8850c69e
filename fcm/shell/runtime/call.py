"""One call of a cmdlet: its arguments, its input, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fcm.shell.values.values import Identity, ShellObject, items, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fcm.model.commands import Command
    from fcm.model.state import State
    from fcm.shell.runtime.registry import Cmdlet
    from fcm.shell.runtime.session import ShellSession
    from fcm.workspace.workspace import Workspace


class Named(Protocol):
    """What a command can be about."""

    @property
    def name(self) -> str:
        """As users know it."""


T = TypeVar("T", bound=Named)


class Later:
    """Output that is known once the command of a line has been carried out."""

    def __init__(self) -> None:
        self.values: list[Any] = []


@dataclass(slots=True)
class Call:
    """A call under way."""

    session: ShellSession
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

    @property
    def workspace(self) -> Workspace:
        """The open cluster."""
        return self.session.workspace

    @property
    def state(self) -> State:
        """The cluster as it is known now."""
        return self.session.workspace.state

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

    def whole(self, name: str) -> int | None:
        """A parameter of kind whole."""
        value = self.values.get(name)
        return None if value is None else int(value)

    def switch(self, name: str) -> bool:
        """A parameter of kind switch or truth; False if it was not given."""
        return bool(self.values.get(name, False))

    @property
    def what_if(self) -> bool:
        """Whether only to say what would be done: -WhatIf, or $WhatIfPreference."""
        return self.switch("WhatIf") if self.has("WhatIf") else truth(self.session.variables.get("WhatIfPreference"))

    def planned(self, target: str) -> str | None:
        """The sentence of -WhatIf for a deed on a target; None: it is to be done."""
        return f'What if: Performing operation "{self.cmdlet.name}" on Target "{target}".' if self.what_if else None

    def agreed(self, target: str) -> bool:
        """Whether a deed may be done: asks where -Confirm was given."""
        return not self.switch("Confirm") or self.session.confirmed(self.cmdlet.name, target, self.at)

    def each(
        self, objects: Iterable[T], command: Callable[[T], Command], shown: Callable[[T], list[Any]]
    ) -> Iterator[Any]:
        """Give a command for each object, and the output that ``shown`` makes once it was carried out.

        Raises:
            RefusedError: one was not carried out; the ones after it are not given.
        """
        for one in objects:
            yield from self.submit(command(one), one.name, partial(shown, one))

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
