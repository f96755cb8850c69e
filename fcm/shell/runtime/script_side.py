"""What cmdlets ask of their session about the script that runs: its blocks, its functions, its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.parser import parse
from fcm.shell.runtime.execution.streams import NUMBERS, Streams
from fcm.shell.values.net.types import ARRAY_LIST, NetList
from fcm.shell.values.records import error_record
from fcm.shell.values.values import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fcm.shell.language.errors import ShellError
    from fcm.shell.runtime.execution.interpreter import Interpreter
    from fcm.shell.runtime.execution.variables import Variables
    from fcm.shell.runtime.results import Results


class ScriptSide:
    """The part of a session that knows the script."""

    _interpreter: Interpreter
    _captured: list[tuple[tree.ScriptBlock, dict[str, Any]]]
    _results: Results
    _is_over: bool
    variables: Variables
    streams: Streams
    failures: int
    succeeded: Any
    pipeline_failed: bool
    on_error: Callable[[ShellError, str], None]

    def ends_script(self, error: ShellError) -> bool:
        """Whether the statements after an error are not carried out."""
        raise NotImplementedError

    def preference(self, name: str) -> str:
        """``$NAMEPreference`` in lowercase."""
        raise NotImplementedError

    def say(self, line: str, stream: str = "host", told: bool = False) -> None:
        """Show a text at once."""
        raise NotImplementedError

    @property
    def origin(self) -> tree.Source:
        """The text that runs right now."""
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

    # errors

    def record(self, error: ShellError) -> None:
        """Keep an error that was not caught and tell it, or put it where 2> sends errors."""
        self.note(error)
        if not self.ends_script(error) and self.streams.take(2, error_record(error)):
            return
        self._results.errors.append(error)
        self.on_error(error, self._results.source)
        if self.ends_script(error):
            self._is_over = True

    def note(self, error: ShellError, keep: bool = True) -> None:
        """Count an error, and keep it in ``$Error``."""
        self.failures += 1
        self.succeeded = False
        record = error_record(error)
        self.streams.keep(2, record)
        kept = self.variables.outermost.values.get("error")
        if keep and isinstance(kept, list) and not any(one is record for one in kept[:1]):
            kept.insert(0, record)
            del kept[50:]

    def fail(self, error: ShellError, wanted: Mapping[str, Any] | None = None) -> None:
        """An error after which the command goes on, unless errors are to end it.

        Args:
            error: what went wrong.
            wanted: the parameters of the command, for -ErrorAction and -ErrorVariable.

        Raises:
            ShellError: errors are to end it.
        """
        self.pipeline_failed = True
        given = wanted or {}
        name = given.get("ErrorVariable")
        if name is not None:
            word = text(name)
            before = self.variables.get(word.removeprefix("+"))
            old = before if isinstance(before, list) else []
            self.variables[word.removeprefix("+")] = NetList(ARRAY_LIST, [*old, error_record(error)])
        action = text(given.get("ErrorAction", "")).casefold() or self.preference("ErrorAction")
        if action in ("stop", "1") or error.ends:
            error.ends = True
            raise error
        if action in ("ignore", "4"):
            return
        if action in ("silentlycontinue", "0"):
            self.note(error)
            return
        error.source = error.source or self.origin
        self.record(error)

    def write(self, record: Any, stream: str, line: str) -> None:
        """A record of a stream: to where the stream is redirected, else shown."""
        if not self.streams.take(NUMBERS[stream], record):
            self.say(line, stream, told=True)
