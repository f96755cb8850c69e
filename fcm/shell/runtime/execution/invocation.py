"""Pipelines: cmdlets, functions and blocks are called, their arguments bound, their streams redirected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import CommandNotFoundError, ShellError
from fcm.shell.runtime.call import Call, Cmdlet
from fcm.shell.runtime.execution.binding import NOTHING, Argument, bind, lacks_nothing
from fcm.shell.runtime.execution.declared import ABSENT, KINDS, params_of
from fcm.shell.runtime.execution.flow import Exiting, Returning
from fcm.shell.runtime.execution.piped import bound
from fcm.shell.runtime.execution.scripts import DEEPEST, as_path, automatic, is_script, parsed, read_script
from fcm.shell.runtime.parameters import Param
from fcm.shell.values.output import write_text
from fcm.shell.values.records import error_record
from fcm.shell.values.values import folded, items, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fcm.shell.runtime.execution.evaluation import Evaluator, Statements
    from fcm.shell.runtime.execution.frame import Frame
    from fcm.shell.runtime.execution.running import RunningSession

_PATH = "Check the path and its permissions."
_QUIET = ("silentlycontinue", "ignore")


class Invoker:
    """Runs pipelines: values of arguments come from an evaluator, the interpreter runs function bodies."""

    def __init__(self, session: RunningSession, values: Evaluator, statements: Statements, frame: Frame) -> None:
        self.session = session
        self._values = values
        self._statements = statements
        self._frame = frame

    def pipeline(self, node: tree.Pipeline, sink: list[Any] | None = None) -> list[Any]:
        """Output of a pipeline; ``$?`` shows whether it ran without errors.

        Args:
            node: the pipeline.
            sink: takes output as it comes, so that it can be shown before the pipeline is over; None: nothing does.
        """
        failures = self.session.failures
        values: list[Any] = []
        try:
            for number, stage in enumerate(node.stages):
                is_last = number == len(node.stages) - 1
                if isinstance(stage, tree.Redirected):
                    values = self._redirected(stage, values, number > 0)
                else:
                    values = self._stage(stage, values, number > 0, is_last, sink if is_last else None)
        except ShellError:
            self.session.succeeded = False
            raise
        self.session.succeeded = self.session.failures == failures
        return values

    def _stage(
        self, stage: tree.Node, given: list[Any], has_input: bool, is_last: bool, sink: list[Any] | None = None
    ) -> list[Any]:
        if isinstance(stage, tree.Command):
            return self._command(stage, given, has_input, is_last, sink)
        if has_input:
            raise ShellError(
                "Only commands can follow |.", "Move it to the start of the pipeline.", stage.at, "ParserError"
            )
        return self._values.elements(stage)

    # redirections

    def _redirected(self, node: tree.Redirected, given: list[Any], has_input: bool) -> list[Any]:
        errors = next((one for one in node.redirections if one.stream == 2), None)
        output = next((one for one in node.redirections if one.stream == 1), None)
        values: list[Any] = []
        if errors is None:
            values = self._stage(node.stage, given, has_input, is_last=False)
        else:
            with self.session.errors_apart() as apart:
                try:
                    values = self._stage(node.stage, given, has_input, is_last=False)
                except ShellError as error:
                    if self.session.ends_script(error):
                        raise
                    error.at = error.at if error.at >= 0 else node.at
                    error.source = error.source or self._frame.source
                    self.session.record(error)
            if errors.target is None:
                values = [*values, *(error_record(error) for error in apart)]
            else:
                self._write(errors, [error.show(self.session.source) for error in apart])
        if output is None:
            return values
        self._write(output, values)
        return []

    def _write(self, redirection: tree.Redirection, values: list[Any]) -> None:
        """Write values to the file; $null swallows them."""
        assert redirection.target is not None
        path = text(self._values.value(redirection.target))
        if not path:
            return
        try:
            write_text(self.session.path(path), self.session.format(values), append=redirection.append)
        except OSError as error:
            why = f"{error.strerror or error}: {path}"
            raise ShellError(why, _PATH, redirection.at, _category(error)) from error

    # commands

    def _command(
        self, node: tree.Command, given: list[Any], has_input: bool, is_last: bool, sink: list[Any] | None
    ) -> list[Any]:
        self.session.check_stopped()
        name = self._values.value(node.name)
        if isinstance(name, tree.ScriptBlock):
            return list(self._block(name, self._arguments(node), given, node.dotted, sink))
        cmdlet = self._script(node, text(name)) if is_script(text(name)) else self._find(node, text(name))
        values: dict[str, Any] = {}
        try:
            values = {"Arguments": self._words(node)} if cmdlet.raw else bind(cmdlet, self._arguments(node))
            sink = None if "OutVariable" in values else sink
            out: list[Any] = []
            with self.session.clusters.of_call(cmdlet.module, values, given):
                calls, unbound = bound(cmdlet, values, given, has_input, self.session.workspace.state)
                self._tell_unbound(unbound, node, cmdlet, values)
                for one in calls:
                    call = Call(self.session, cmdlet, one, given, node.at, has_input, is_last, node.dotted, sink)
                    out += cmdlet.body(call)
                self.session.clusters.mark(out)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else node.at
            error.command, error.module = error.command or cmdlet.name, error.module or cmdlet.module
            error.source = error.source or self._frame.source
            if cmdlet.raw:
                self.session.exit_code = 1
            return self._failed(error, values)
        except OSError as error:
            where = f" {error.filename}" if error.filename else ""
            failed = ShellError(f"{error.strerror or error}:{where}", _PATH, node.at, _category(error), cmdlet.name)
            failed.__cause__ = error
            return self._failed(failed, values)
        if cmdlet.raw:
            self.session.exit_code = 0
        self._keep(values.get("OutVariable"), out)
        return out

    def _tell_unbound(
        self, errors: Sequence[ShellError], node: tree.Command, cmdlet: Cmdlet, values: Mapping[str, Any]
    ) -> None:
        """An object that a cmdlet cannot take is an error of its own; the others go on unless errors end the script."""
        for error in errors:
            error.at, error.source = node.at, error.source or self._frame.source
            error.command, error.module = cmdlet.name, cmdlet.module
            try:
                self._failed(error, values)
            except ShellError:
                if self._frame.catches or self.session.ends_script(error):
                    raise
                self.session.record(error)
        if errors:
            self._keep(values.get("ErrorVariable"), [error_record(error) for error in errors])

    def _failed(self, error: ShellError, values: Mapping[str, Any]) -> list[Any]:
        """What -ErrorAction and -ErrorVariable make of an error: no output, or the error itself."""
        self._keep(values.get("ErrorVariable"), [error_record(error)])
        action = text(values.get("ErrorAction", "")).casefold()
        if self.session.is_stop(error):
            raise error
        if action in _QUIET or (not action and self.session.preference("ErrorAction") in _QUIET and not error.ends):
            self.session.note(error, keep=action != "ignore")
            return []
        if action == "inquire":
            asked = self.session.on_confirm
            error.ends = asked is None or not asked(f"{error.message} Continue?")
        error.ends = error.ends or action == "stop"
        raise error

    def _keep(self, name: Any, found: list[Any]) -> None:
        """-OutVariable and -ErrorVariable; a plus before the name adds to what is there."""
        if name is None:
            return
        word = text(name)
        before = items(self.session.variables.get(word[1:])) if word.startswith("+") else []
        self.session.variables[word.removeprefix("+")] = [*before, *found]

    def _find(self, node: tree.Command, name: str) -> Cmdlet:
        try:
            return self.session.command(name, node.at)
        except CommandNotFoundError:
            hint = _hint(node, name)
            if hint:
                raise CommandNotFoundError(
                    f"{quoted(name)} is not a command.", hint, node.at, "ObjectNotFound"
                ) from None
            raise

    def _arguments(self, node: tree.Command) -> list[Argument]:
        found: list[Argument] = []
        for element in node.elements:
            if isinstance(element, tree.Splat):
                found += self._splatted(element)
            elif isinstance(element, tree.Parameter):
                value = NOTHING if element.value is None else self._values.value(element.value)
                found.append(Argument(value, _word(element.value), element.name, element.at))
            else:
                found.append(Argument(self._values.value(element), _word(element), None, element.at))
        return found

    def _splatted(self, node: tree.Splat) -> list[Argument]:
        """``@name``: a table gives named arguments, a list those without a name."""
        value = self.session.variables.get(node.name)
        if isinstance(value, dict):
            return [Argument(given, "", text(key), node.at) for key, given in value.items()]
        return [Argument(given, "", None, node.at) for given in items(value)]

    def _words(self, node: tree.Command) -> list[str]:
        words: list[str] = []
        for element in node.elements:
            if isinstance(element, tree.Parameter):
                tail = "" if element.value is None else ":" + text(self._values.value(element.value))
                words.append(f"-{element.name}{tail}")
            elif isinstance(element, tree.Splat):
                words += [text(argument.value) for argument in self._splatted(element)]
            else:
                words.append(_word(element) or text(self._values.value(element)))
        return words

    # functions and blocks

    def define(self, node: tree.Function) -> None:
        """Make a function a command of the session."""
        self.session.functions[node.name.casefold()] = self._as_cmdlet(
            node.name, node.body, node.is_filter, node.origin
        )

    def _script(self, node: tree.Command, name: str) -> Cmdlet:
        """A script file as a command.

        Raises:
            ShellError: it cannot be read, is not of the language, or too many run inside each other.
        """
        path = self.session.path(as_path(name))
        try:
            if len(self._frame.files) >= DEEPEST:
                last = " > ".join([*self._frame.files[-3:], path.name])
                error = ShellError(
                    f"Script files are nested more than {DEEPEST} levels deep: {last}.",
                    "Check for a script that calls itself.",
                )
                error.ends = True
                raise error
            source = read_script(path)
            inner = self._as_cmdlet(path.name, parsed(source), origin=source, is_file=True)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else node.at
            error.command = error.command or path.name
            raise

        def run(call: Call) -> Iterable[Any]:
            functions = dict(self.session.functions)
            self._frame.files.append(path.name)
            try:
                return inner.body(call)
            finally:
                self._frame.files.pop()
                if not call.dotted:
                    self.session.functions = functions

        return replace(inner, body=run)

    def _as_cmdlet(
        self,
        name: str,
        body: tuple[tree.Node, ...],
        is_filter: bool = False,
        origin: tree.Source | None = None,
        is_file: bool = False,
    ) -> Cmdlet:
        """What calls a body. ``origin``: the text that it is of; ``is_file``: it is a whole script file."""
        head = next((statement for statement in body if isinstance(statement, tree.ParamBlock)), None)
        params = (Param("Arguments", "any", position=0, rest=True),) if head is None else params_of(head)

        def run(call: Call) -> Iterable[Any]:
            if head is None:
                scope: dict[str, Any] = {"args": items(call.values.get("Arguments"))}
            else:
                scope = {key.casefold(): value for key, value in call.values.items()}
            scope["input"] = list(call.input)
            if call.switch("WhatIf"):
                scope["whatifpreference"] = True
            if call.switch("Verbose"):
                scope["verbosepreference"] = "Continue"
            if origin is not None and origin.file:
                scope |= automatic(origin, is_file)
            variables = self.session.variables
            with variables.here(scope) if call.dotted else variables.scope(scope, is_file), self._frame.within(origin):
                if head is not None:
                    self.defaults(head, call.values)
                return self._function(tuple(one for one in body if one is not head), call, is_filter, is_file)

        return Cmdlet(name, run, params, "A function of this session.", name, module="Function", own=True)

    def defaults(self, head: tree.ParamBlock, given: Iterable[str]) -> None:
        """Set the parameters that were not given to their defaults."""
        known = {name.casefold() for name in given}
        for one in head.parameters:
            if one.name.casefold() not in known:
                value = ABSENT.get(KINDS.get(one.type, "")) if one.default is None else self._values.value(one.default)
                self.session.variables[one.name] = value

    def _function(self, body: tuple[tree.Node, ...], call: Call, is_filter: bool, is_file: bool) -> list[Any]:
        named = {one.name: one.body for one in body if isinstance(one, tree.NamedBlock)}
        if named and len(named) < len(body):
            raise ShellError(
                "A function contains either begin, process and end blocks, or statements.",
                "Move all statements into the blocks.",
                body[0].at,
            )
        if is_filter and not named:
            named = {"process": body}
        out = call.gathering()
        try:
            if not named:
                self._statements.into(body, out)
            self._statements.into(named.get("begin", ()), out)
            for item in call.input if call.has_input else [None]:
                self.session.variables["_"] = item
                self._turn(named.get("process", ()), out)
            self._statements.into(named.get("end", ()), out)
        except Returning:
            pass
        except Exiting as left:
            if not is_file:
                raise
            self.session.exit_code = left.code
            # As after a program that failed: $? is false, and there is no error to be told.
            self.session.failures += left.code != 0
        return call.rest(out)

    def _turn(self, body: tuple[tree.Node, ...], out: list[Any]) -> None:
        try:
            self._statements.into(body, out)
        except Returning:
            return

    def _block(
        self,
        block: tree.ScriptBlock,
        arguments: list[Argument],
        given: list[Any],
        dotted: bool,
        sink: list[Any] | None,
    ) -> Iterable[Any]:
        """``& { ... } arguments``."""
        cmdlet = self._as_cmdlet("block", block.body, origin=block.origin)
        at = arguments[0].at if arguments else block.at
        values = bind(cmdlet, arguments)
        lacks_nothing(cmdlet, values)
        call = Call(self.session, cmdlet, values, given, at, bool(given), False, dotted, sink)
        with self.session.item(folded(given) if given else self.session.variables.get("_")):
            return cmdlet.body(call)


def _word(node: tree.Node | None) -> str:
    return node.word if isinstance(node, tree.Literal) else ""


def _category(error: OSError) -> str:
    """PowerShell's word for what is wrong with a file."""
    if isinstance(error, FileNotFoundError):
        return "ObjectNotFound"
    return "PermissionDenied" if isinstance(error, PermissionError) else "WriteError"


def _hint(node: tree.Command, name: str) -> str:
    """For ``$x.Name = word``, where a text without quotes is taken for a command, and for files that are no scripts."""
    if "\\" in name or "/" in name:
        return "Only script files (.ps1) can be run."
    if "-" not in name and not node.elements and name.isalnum() and len(name) > 12:
        return "Enclose text in quotes."
    return ""
