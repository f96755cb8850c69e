"""Carries out the tree of a script: statements and blocks; errors that are trapped."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.runtime.execution.binding import Argument
from fcm.shell.runtime.execution.catching import Catcher
from fcm.shell.runtime.execution.evaluation import Evaluator
from fcm.shell.runtime.execution.flow import Breaking, Continuing, Exiting, Returning
from fcm.shell.runtime.execution.frame import Frame
from fcm.shell.runtime.execution.functions.stage import FunctionStage
from fcm.shell.runtime.execution.invocation import Invoker
from fcm.shell.runtime.execution.loops import Loops
from fcm.shell.values.values import NOTHING, as_whole, folded, truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.shell.runtime.execution.running import RunningSession

DEEPEST = 60
"""Script blocks that may run inside each other."""


class Interpreter:
    """Runs statements in one session; variables live in the session."""

    def __init__(self, session: RunningSession) -> None:
        self.session = session
        self.frame = Frame()
        self.values = Evaluator(session, self)
        self.invoker = Invoker(session, self.values, self.frame)
        self._loops = Loops(session, self.values, self)
        self._catcher = Catcher(session, self.values, self, self.frame)
        self._depth = 0

    # blocks

    def body(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run statements and add their output; an error ends its statement, the next one goes on as in PowerShell."""
        traps = [one for one in statements if isinstance(one, tree.Trap)]
        for statement in statements:
            if isinstance(statement, tree.Trap):
                continue
            self.session.check_stopped()
            try:
                if traps:
                    self.frame.catches += 1
                    try:
                        self.run(statement, out)
                    finally:
                        self.frame.catches -= 1
                else:
                    self.run(statement, out)
            except ShellError as error:
                if error.at < 0:
                    error.at = statement.at
                error.source = error.source or self.frame.source
                if traps and self._catcher.trapped(traps, error, out):
                    continue
                if self.frame.catches or self.session.ends_script(error):
                    raise
                self.session.errors.record(error)

    def into(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run the statements of a block and add their output.

        Raises:
            ShellError: blocks are nested too deeply, or a statement ends with an error.
        """
        self._depth += 1
        joining, self.session.joining = self.session.joining, False
        try:
            if self._depth > DEEPEST:
                raise ShellError(f"Script blocks are nested more than {DEEPEST} levels deep.", "Use a loop.")
            self.body(statements, out)
        finally:
            self._depth -= 1
            self.session.joining = joining

    def block(self, block: tree.ScriptBlock, item: Any) -> list[Any]:
        """Output of a script block with ``$_`` = item; ``return`` ends the block."""
        out: list[Any] = []
        self.block_into(block, item, out)
        return out

    def block_into(self, block: tree.ScriptBlock, item: Any, out: list[Any]) -> None:
        """Run a script block with ``$_`` = item and add its output."""
        self.session.count_turn()
        captured = self.session.script.captured(block)
        if captured is not None or any(isinstance(one, tree.ParamBlock | tree.NamedBlock) for one in block.body):
            out.extend(self.invoke(block, [], item))
            return
        with self.session.item(item), contextlib.suppress(Returning), self.frame.within(block.origin):
            self.into(block.body, out)

    def invoke(
        self, block: tree.ScriptBlock, arguments: list[Any], item: Any = NOTHING, this: Any = NOTHING
    ) -> list[Any]:
        """Output of a block that is called with arguments."""
        out: list[Any] = []
        given = [Argument(one) for one in arguments]
        stage = FunctionStage(self.session, self.values, self.frame, block, "", given, out.append, False)
        values = {}
        if item is not NOTHING:
            values["_"] = item
        if this is not NOTHING:
            values["this"] = this
        with self.session.variables.scope(values):
            stage.begin()
            stage.end()
        return out

    def method(self, block: tree.ScriptBlock, names: list[str], values: list[Any], this: Any) -> Any:
        """What a method of a class of the script returns; anything else that it gives out is dropped."""
        scope = {name.casefold(): value for name, value in zip(names, values, strict=True)}
        scope["this"] = this
        outermost = self.session.variables.outermost
        catches = self.frame.catches
        try:
            self.frame.catches += 1  # an error in a method ends it
            with self.session.variables.scope(scope, within=outermost), self.frame.within(block.origin):
                self.into(block.body[1:], [])
        except Returning as returned:
            return returned.value
        finally:
            self.frame.catches = catches
        return None

    def collected(self, node: tree.Node) -> list[Any]:
        """Output of one statement."""
        out: list[Any] = []
        self.run(node, out)
        return out

    # statements

    def run(self, node: tree.Node, out: list[Any]) -> None:
        """Run one statement and add its output.

        Raises:
            ShellError: the statement ends with an error, or ``throw`` is run.
        """
        match node:
            case tree.Pipeline():
                self.invoker.pipelines.run(node, out)
            case tree.Assignment():
                self.values.assigner.assign(node)
                self.session.succeeded = True
            case tree.Increment():
                self.values.value(node)
            case tree.If(branches=branches, otherwise=otherwise):
                chosen = next((body for test, body in branches if self.holds(test)), otherwise)
                self.into(chosen, out)
            case tree.ForEach() | tree.While() | tree.DoLoop() | tree.For() | tree.Switch():
                self._loops.run(node, out)
            case tree.Try():
                self._catcher.attempt(node, out)
            case tree.Throw(value=value):
                raise self._catcher.thrown(value, node.at)
            case tree.Function():
                self.invoker.define(node)
            case tree.ParamBlock():
                self._script_parameters(node)
            case tree.NamedBlock(name=name):
                raise ShellError(f"{name} {{ }} is used outside a function.", "Use function f { ... }.", node.at)
            case tree.Leave():
                self._leave(node, out)
            case _:
                self._other(node, out)

    def _other(self, node: tree.Node, out: list[Any]) -> None:
        match node:
            case tree.Chain(first=first, operator=operator, second=second):
                self.run(first, out)
                if self.session.succeeded is (operator == "&&"):
                    self.run(second, out)
            case tree.Data(body=body):
                self.into(body, out)
            case tree.EnumType():
                self.values.types.declare_enum(node)
            case tree.ClassType():
                self.values.types.declare_class(node)
            case tree.Using(name=name):
                self.values.types.use(name)
            case tree.Trap():
                raise UnsupportedError("A trap that stands by itself", "", node.at)
            case tree.Unreadable(error=error):
                raise error
            case _:
                out.extend(self.values.elements(node))
                self.session.succeeded = True

    def holds(self, test: tree.Node) -> bool:
        """Whether a condition holds."""
        found = self.values.value(test)
        return truth(found)

    def _leave(self, node: tree.Leave, out: list[Any]) -> None:
        label = ""
        if node.word in ("break", "continue") and isinstance(node.value, tree.Literal):
            label = str(node.value.value).casefold()
        match node.word:
            case "break":
                raise Breaking(label)
            case "continue":
                raise Continuing(label)
            case "exit":
                values = [] if node.value is None else self.collected(node.value)
                code = as_whole(folded(values), "The exit code") if values else 0
                if not 0 <= code <= 255:
                    raise ShellError(f"{code} is not a valid exit code.", "Choose 0 to 255.", node.at)
                raise Exiting(code)
            case _:
                made: list[Any] = []
                if isinstance(node.value, tree.Increment):
                    made.append(self.values.value(node.value))
                elif node.value is not None:
                    self.run(node.value, made)
                out.extend(made)
                raise Returning(folded(made))

    def _script_parameters(self, node: tree.ParamBlock) -> None:
        """``param( )`` of a script: what is not set before has its default."""
        variables = self.session.variables
        given = {one.name: variables.get(one.name) for one in node.parameters if variables.get(one.name) is not None}
        missing = [one.name for one in node.parameters if one.needed and one.name not in given]
        if missing:
            raise ShellError(
                f"The script requires ${missing[0]}.", f"Set it: fcm run SCRIPT.ps1 --set {missing[0]}=VALUE", node.at
            )
        block = tree.ScriptBlock((node,), None, at=node.at)
        arguments = [Argument(value, "", name) for name, value in given.items()]
        stage = FunctionStage(
            self.session, self.values, self.frame, block, "", arguments, lambda value: None, False, dotted=True
        )
        stage.begin()


__all__ = ["DEEPEST", "Interpreter"]
