"""What cmdlets ask of the script that runs in their session: its blocks, functions, types and closures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.parser import parse
from fcm.shell.values.values import text

if TYPE_CHECKING:
    from fcm.shell.runtime.execution.interpreter import Interpreter


class SessionScript:
    """The part of a session that knows the script."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._captured: list[tuple[tree.ScriptBlock, dict[str, Any]]] = []

    @property
    def origin(self) -> tree.Source:
        """The text that runs right now: what was given, or a script file."""
        return self._interpreter.frame.source

    def run_block(self, block: tree.ScriptBlock, item: Any) -> list[Any]:
        """Output of a script block with ``$_`` = item; ``return`` ends the block."""
        return self._interpreter.block(block, item)

    def run_block_into(self, block: tree.ScriptBlock, item: Any, out: list[Any]) -> None:
        """Run a script block with ``$_`` = item and add its output."""
        self._interpreter.block_into(block, item, out)

    def invoke_block(self, block: tree.ScriptBlock, arguments: list[Any]) -> list[Any]:
        """Output of a block that is called with arguments."""
        return self._interpreter.invoke(block, arguments)

    def run_method(self, block: tree.ScriptBlock, names: list[str], values: list[Any], this: Any) -> Any:
        """What a method of a script's class returns."""
        return self._interpreter.method(block, names, values, this)

    def run_text(self, text: str) -> list[Any]:
        """Output of a text that is run in the scope of its caller (Invoke-Expression).

        Raises:
            ShellError: it is not of the language, or fails.
        """
        origin = tree.Source("", text)
        statements = parse(text, origin)
        out: list[Any] = []
        with self._interpreter.frame.within(origin):
            self._interpreter.into(statements, out)
        return out

    def declare(self, name: str, block: tree.ScriptBlock) -> None:
        """Make a block a function."""
        self._interpreter.invoker.declare(name, block)

    def define_function(self, name: str, value: Any) -> None:
        """``$function:name = { ... }``."""
        block = value if isinstance(value, tree.ScriptBlock) else self._interpreter.values.types.block_of(text(value))
        self.declare(name, block)

    def type_named(self, name: str) -> Any:
        """The type of a name, those of the script too."""
        return self._interpreter.values.types.named(name)

    def make(self, kind: Any, arguments: list[Any]) -> Any:
        """An object of a type (New-Object)."""
        return self._interpreter.values.static(kind, "new", arguments)

    def captured(self, block: tree.ScriptBlock) -> dict[str, Any] | None:
        """The variables that a closure keeps; None: it is none."""
        return next((values for known, values in self._captured if known is block), None)

    def capture(self, block: tree.ScriptBlock, values: dict[str, Any]) -> None:
        """A block becomes a closure with these variables."""
        self._captured.append((block, values))
