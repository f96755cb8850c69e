"""What the parts of the interpreter ask of the one that evaluates expressions, and of the one that runs statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.language.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.shell.language import tree
    from fcm.shell.runtime.execution.running import RunningSession


class Statements(Protocol):
    """What runs the statements that stand in expressions and functions."""

    def into(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run the statements of a block and add their output."""

    def collected(self, node: tree.Node) -> list[Any]:
        """Output of one statement."""

    def invoke(self, block: tree.ScriptBlock, arguments: list[Any], item: Any = ..., this: Any = ...) -> list[Any]:
        """Output of a block that is called with arguments."""


class Values(Protocol):
    """What evaluates expressions."""

    session: RunningSession
    types: Any
    """The types that the session knows (``functions.classes.Types``)."""
    strict: Any
    """Strict mode (``strict.Strictness``)."""
    assigner: Any
    """What assigns (``assignment.Assigner``)."""

    @property
    def statements(self) -> Statements:
        """What runs statements."""

    def value(self, node: tree.Node) -> Any:
        """Value of an expression."""

    def raw(self, node: tree.Node) -> Any:
        """Value of a node; NOTHING where it is the output of a pipeline that had none."""

    def elements(self, node: tree.Node) -> list[Any]:
        """What an expression puts into a pipeline."""

    def placed(self, at: int, function: Callable[..., Any], *arguments: Any) -> Any:
        """The value of a function; an error of it is placed here."""

    def between(self) -> str:
        """What stands between the elements of a list in a text."""

    def text(self, value: Any) -> str:
        """A value in a text."""

    def call(self, holder: Any, name: str, arguments: list[Any]) -> Any:
        """``holder.name(arguments)``."""


def source_of(block: tree.ScriptBlock) -> str:
    """What is written in a block.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if block.origin is None:
        raise UnsupportedError("The text of this script block")
    return block.origin.text[block.span[0] : block.span[1]]
