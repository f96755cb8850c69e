"""Carries out the tree of a script: statements, loops, errors that are caught."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError
from fcm.shell.runtime.execution.evaluation import Evaluator
from fcm.shell.runtime.execution.flow import Breaking, Continuing, Exiting, Returning
from fcm.shell.runtime.execution.frame import Frame
from fcm.shell.runtime.execution.invocation import Invoker
from fcm.shell.values.operators import binary
from fcm.shell.values.records import ErrorRecord, error_record
from fcm.shell.values.values import as_whole, equal, folded, items, text, truth

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
        self._values = Evaluator(session, self)
        self._invoker = Invoker(session, self._values, self, self.frame)
        self._depth = 0
        self._caught: list[ShellError] = []
        """Errors whose catch blocks run, the innermost last."""

    # blocks

    def body(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run statements and add their output; an error ends its statement, the next one goes on as in PowerShell."""
        for statement in statements:
            self.session.check_stopped()
            try:
                self.run(statement, out)
            except ShellError as error:
                if error.at < 0:
                    error.at = statement.at
                error.source = error.source or self.frame.source
                if self.frame.catches or self.session.ends_script(error):
                    raise
                self.session.record(error)

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
        with self.session.item(item), contextlib.suppress(Returning), self.frame.within(block.origin):
            self.into(block.body, out)

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
                out += self._invoker.pipeline(node, out if self.session.shows(out) else None)
            case tree.Assignment():
                self._values.assign(node)
            case tree.Increment():
                self._values.value(node)
            case tree.If(branches=branches, otherwise=otherwise):
                chosen = next((body for test, body in branches if self._holds(test)), otherwise)
                self.into(chosen, out)
            case tree.ForEach() | tree.While() | tree.DoLoop() | tree.For():
                self._loop(node, out)
            case tree.Switch():
                self._switch(node, out)
            case tree.Try():
                self._try(node, out)
            case tree.Throw(value=value):
                raise self._thrown(value, node.at)
            case tree.Function():
                self._invoker.define(node)
            case tree.ParamBlock():
                self._script_parameters(node)
            case tree.NamedBlock(name=name):
                raise ShellError(f"{name} {{ }} is used outside a function.", "Use function f { ... }.", node.at)
            case tree.Leave():
                self._leave(node, out)
            case _:
                out += items(self._values.value(node))

    def _holds(self, test: tree.Node) -> bool:
        return truth(folded(self.collected(test)))

    def _leave(self, node: tree.Leave, out: list[Any]) -> None:
        values = [] if node.value is None else self.collected(node.value)
        match node.word:
            case "break":
                raise Breaking
            case "continue":
                raise Continuing
            case "exit":
                code = as_whole(folded(values), "The exit code") if values else 0
                if not 0 <= code <= 255:
                    raise ShellError(f"{code} is not a valid exit code.", "Choose 0 to 255.", node.at)
                raise Exiting(code)
            case _:
                out += values
                raise Returning

    def _script_parameters(self, node: tree.ParamBlock) -> None:
        """``param( )`` of a script: what is not set before has its default."""
        variables = self.session.variables
        given = [one.name for one in node.parameters if variables.get(one.name) is not None]
        missing = [one.name for one in node.parameters if one.needed and one.name not in given]
        if missing:
            raise ShellError(
                f"The script requires ${missing[0]}.", f"Set it: fcm run SCRIPT.ps1 --set {missing[0]}=VALUE", node.at
            )
        self._invoker.defaults(node, given)

    # loops

    def _loop(self, node: tree.Node, out: list[Any]) -> None:
        match node:
            case tree.ForEach(variable=variable, source=source, body=body):
                for item in self.collected(source):
                    self.session.variables[variable] = item
                    if not self._turn_of_loop(body, out):
                        break
            case tree.While(test=test, body=body):
                while self._holds(test) and self._turn_of_loop(body, out):
                    pass
            case tree.DoLoop(body=body, until=until, test=test):
                while self._turn_of_loop(body, out) and self._holds(test) is not until:
                    pass
            case tree.For(first=first, test=maybe, step=step, body=body):
                if first is not None:
                    self.run(first, [])
                while (maybe is None or self._holds(maybe)) and self._turn_of_loop(body, out):
                    if step is not None:
                        self.run(step, [])

    def _turn_of_loop(self, body: Sequence[tree.Node], out: list[Any]) -> bool:
        """Run the body once; False if it left the loop."""
        self.session.count_turn()
        try:
            self.into(body, out)
        except Continuing:
            return True
        except Breaking:
            return False
        return True

    def _switch(self, node: tree.Switch, out: list[Any]) -> None:
        operator = {"wildcard": "-like", "regex": "-match", "casesensitive": "-ceq"}.get(node.mode)
        for item in self._looked_at(node.value):
            found = False
            for pattern, body in node.cases:
                value = self._values.value(pattern)
                if isinstance(value, tree.ScriptBlock):
                    fits = truth(folded(self.block(value, item)))
                else:
                    fits = equal(item, value) if operator is None else truth(binary(operator, item, value))
                if fits:
                    found = True
                    if not self._case(body, item, out):
                        return
            if not found and node.default is not None and not self._case(node.default, item, out):
                return

    def _looked_at(self, node: tree.Node) -> list[Any]:
        """What a switch looks at: each element of a list, $null too."""
        if isinstance(node, tree.Variable | tree.Member | tree.Index | tree.Call):
            return self._values.elements(node)
        return self.collected(node)

    def _case(self, body: Sequence[tree.Node], item: Any, out: list[Any]) -> bool:
        with self.session.item(item):
            return self._turn_of_loop(body, out)

    # errors

    def _thrown(self, value: tree.Node | None, at: int) -> ShellError:
        """What ``throw`` raises: its text, or an error that was caught, as it was."""
        values = [] if value is None else self.collected(value)
        given = folded(values)
        caught = (
            given.error if isinstance(given, ErrorRecord) else self._caught[-1] if not values and self._caught else None
        )
        error = caught or ShellError(text(given) or "ScriptHalted", "", at, "OperationStopped")
        error.ends = True
        return error

    def _try(self, node: tree.Try, out: list[Any]) -> None:
        trying = self.frame.catches
        try:
            self.frame.catches = trying + 1
            self.into(node.body, out)
        except ShellError as error:
            self.frame.catches = trying
            clause = None if self.session.is_stop(error) else _catching(node.catches, error)
            if clause is None:
                raise
            self.session.note(error)
            self._caught.append(error)
            try:
                with self.session.item(error_record(error)):
                    self.into(clause.body, out)
            finally:
                self._caught.pop()
        finally:
            self.frame.catches = trying
            if node.final:
                with self.session.to_the_end():
                    self.into(node.final, out)


def _catching(clauses: Sequence[tree.Catch], error: ShellError) -> tree.Catch | None:
    """The first clause that takes an error; None if none does."""
    found = error.caught_as()
    return next((one for one in clauses if not one.types or not found.isdisjoint(one.types)), None)
