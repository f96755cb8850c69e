"""Commands with their arguments: which function, script or cmdlet a name means, and how it is called."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import (
    CommandNotFoundError,
    ShellError,
    StoppedError,
    UnsupportedError,
    exact,
)
from fcm.shell.runtime.absent import why_absent
from fcm.shell.runtime.call import Call, Cmdlet
from fcm.shell.runtime.execution.binding import NOTHING, Argument, bind
from fcm.shell.runtime.execution.functions.keeping import FileStage, Keeping
from fcm.shell.runtime.execution.functions.known import KNOWN_COMMANDS
from fcm.shell.runtime.execution.functions.stage import FunctionStage
from fcm.shell.runtime.execution.piped import bound
from fcm.shell.runtime.execution.pipeline import Pipelines
from fcm.shell.runtime.execution.scripts import DEEPEST, as_path, is_script, parsed, read_script
from fcm.shell.values.net.types import ARRAY_LIST, NetList
from fcm.shell.values.records import error_record
from fcm.shell.values.values import NOTHING as NO_OUTPUT
from fcm.shell.values.values import ShellObject, items, text
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.frame import Frame
    from fcm.shell.runtime.execution.pipeline import Emit, Stage
    from fcm.shell.runtime.execution.running import RunningSession
    from fcm.shell.runtime.execution.variables import Scope

_PATH = "Check the path and its permissions."
QUIET = ("silentlycontinue", "ignore", "0", "4")
_EACH = frozenset(
    ("write-output", "write-host", "write-warning", "write-verbose", "write-error", "write-information", "write-debug")
)
"""Cmdlets that take each object as it comes."""


class Invoker:
    """Runs commands in one session."""

    def __init__(self, session: RunningSession, values: Values, frame: Frame) -> None:
        self._session = session
        self._values = values
        self._frame = frame
        self.pipelines = Pipelines(session, values, self, frame)
        self.session, self.frame = session, frame

    def stage(self, node: tree.Command, emit: Emit, has_input: bool, is_last: bool, shown: list[Any] | None) -> Stage:
        """A command as stage of a pipeline.

        Raises:
            CommandNotFoundError: there is no such command.
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        self._session.check_stopped()
        name = self._values.value(node.name)
        if isinstance(name, tree.ScriptBlock):
            return self._function(name, "", node, emit, has_input)
        if isinstance(name, ShellObject) and name.type in ("FunctionInfo", "Cmdlet"):
            name = text(name.get("Name"))
        if not isinstance(name, str):
            raise UnsupportedError("Calling a value of this kind", "", node.at)
        word = text(name)
        if is_script(word):
            return self._script(node, word, emit, has_input)
        cmdlet = self._find(node, word)
        if cmdlet.own and len(node.elements) == 1 and isinstance(node.elements[0], tree.Sequence):
            self._strict_call(node, word)
        if cmdlet.block is not None:
            block = cmdlet.block
            return self._function(block, cmdlet.name, node, emit, has_input, is_filter=cmdlet.is_filter, shown_as=word)
        streamer = cmdlet.stream
        if streamer is not None:
            return _StreamStage(self, node, cmdlet, emit, has_input, is_last)
        return _CmdletStage(self, node, cmdlet, emit, has_input, is_last, shown)

    def _function(
        self, block: tree.ScriptBlock, name: str, node: tree.Command, emit: Emit, has_input: bool, **more: Any
    ) -> Stage:
        if any(isinstance(one, tree.Unreadable) for one in block.body):
            error = next(one.error for one in block.body if isinstance(one, tree.Unreadable))
            assert isinstance(error, ShellError)
            refused = UnsupportedError(name or "A block", error.remedy, error.at)
            refused.message, refused.source = error.message, error.source
            raise refused
        self._session.count_turn()
        crossed = self.pipelines.crossing(emit)
        return FunctionStage(
            self._session, self._values, self._frame, block, name, self.arguments(node), crossed, has_input,
            dotted=node.dotted, **more,
        )  # fmt: skip

    def _strict_call(self, node: tree.Command, word: str) -> None:
        """``f(1, 2)``, which calls f with one list: an error in strict mode."""
        source, after = self._frame.source.text, node.at + len(word)
        if self._values.strict.version >= 2 and node.at >= 0 and source[after : after + 1] == "(":
            raise exact(
                "The function or command was called as if it were a method. Parameters should be separated by spaces. "
                "For information about parameters, see the about_Parameters Help topic.",
                "StrictModeFunctionCallWithParens",
            )

    def _script(self, node: tree.Command, name: str, emit: Emit, has_input: bool) -> Stage:
        """A script file as a command.

        Raises:
            ShellError: it cannot be read, is not of the language, or too many run inside each other.
        """
        path = self._session.path(as_path(name))
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
            body = parsed(source)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else node.at
            error.command = error.command or path.name
            raise
        block = tree.ScriptBlock(body, source, (0, len(source.text)), at=0)
        within = None if node.dotted else self._session.variables.current
        return FileStage(
            self._frame, path.name, self._function(block, path.name, node, emit, has_input, is_file=True, within=within)
        )

    def _find(self, node: tree.Command, name: str) -> Cmdlet:
        variables = self._session.variables
        seen: set[str] = set()
        while (target := variables.alias(name)) and name.casefold() not in seen:
            seen.add(name.casefold())
            name = target
        found: Cmdlet | None = variables.function(name)
        if found is not None:
            return found
        try:
            return self._session.command(name, node.at)
        except CommandNotFoundError as missing:
            missing.target = name
            self._refuse_known(name, node)
            hint = _hint(node, name)
            if hint:
                raise CommandNotFoundError(
                    f"{quoted(name)} is not a command.", hint, node.at, "ObjectNotFound", name
                ) from None
            raise

    def _refuse_known(self, name: str, node: tree.Command) -> None:
        """What PowerShell has and this shell has not is refused: a script must not go on as if it were not there."""
        if name.casefold() in KNOWN_COMMANDS:
            raise UnsupportedError(name, why_absent(name), node.at)

    # arguments

    def arguments(self, node: tree.Command) -> list[Argument]:
        """The arguments of a command."""
        found: list[Argument] = []
        for element in node.elements:
            if isinstance(element, tree.Splat):
                found += self._splatted(element)
            elif isinstance(element, tree.Parameter):
                value = NOTHING if element.value is None else self._argument(element.value)
                found.append(Argument(value, _word(element.value), element.name, element.at))
            else:
                found.append(Argument(self._argument(element), _word(element), None, element.at))
        return found

    def _argument(self, node: tree.Node) -> Any:
        found = self._values.raw(node)
        return None if found is NO_OUTPUT else found

    def _splatted(self, node: tree.Splat) -> list[Argument]:
        """``@name``: a table gives named arguments, a list those without a name."""
        value = self._session.variables.get(node.name)
        if isinstance(value, dict):
            return [Argument(given, "", text(key), node.at) for key, given in value.items()]
        if node.name.casefold() == "args":
            return self._passed_on(items(value), node.at)
        given = list(value) if isinstance(value, list) else items(value)
        return [Argument(one, "", None, node.at) for one in given]

    @staticmethod
    def _passed_on(values: list[Any], at: int) -> list[Argument]:
        """``@args``: what looked like the name of a parameter is one again."""
        found = []
        for one in values:
            match = re.fullmatch(r"-([A-Za-z_]\w*):?", one) if isinstance(one, str) else None
            found.append(Argument(one, "", None, at) if match is None else Argument(NOTHING, "", match[1], at))
        return found

    def words(self, node: tree.Command) -> list[str]:
        """The arguments of a program."""
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

    # cmdlets

    def call(
        self,
        node: tree.Command,
        cmdlet: Cmdlet,
        given: list[Any],
        has_input: bool,
        is_last: bool,
        shown: list[Any] | None,
        arguments: list[Argument],
        emit: Emit,
    ) -> None:
        """Call a cmdlet with all that was piped."""
        values: dict[str, Any] = {}
        out: list[Any] = []
        runs = False
        try:
            values = {"Arguments": self.words(node)} if cmdlet.raw else bind(cmdlet, arguments)
            sink = None if "OutVariable" in values or "PipelineVariable" in values else shown
            with (
                Keeping(self._session, values) as keeping,
                self._session.clusters.of_call(cmdlet.module, values, given),
            ):
                calls, unbound = bound(cmdlet, values, given, has_input, self._session.workspace.state)
                if cmdlet.module != "Core" and not text(values.get("ErrorVariable", "+")).startswith("+"):
                    self.keep(values["ErrorVariable"], [])
                self._tell_unbound(unbound, node, cmdlet, values)
                runs = cmdlet.module != "Core"
                for one in calls:
                    call = Call(self._session, cmdlet, one, given, node.at, has_input, is_last, node.dotted, sink)
                    call.wanted = values
                    for value in cmdlet.body(call):
                        self._session.clusters.mark([value])
                        out.append(value)
                        if keeping.handed:
                            keeping.hand(value, self._session)
                        try:
                            emit(value)
                        except ShellError as error:
                            error.passing = True
                            raise
        except ShellError as error:
            if error.passing:  # it is of a stage behind this one
                raise
            error.at = error.at if error.at >= 0 else node.at
            error.command, error.module = error.command or cmdlet.name, error.module or cmdlet.module
            error.source = error.source or self._frame.source
            if cmdlet.raw:
                self._session.exit_code = 1
            if not runs or error.ends or isinstance(error, UnsupportedError | StoppedError):
                self.failed(error, values)
                return
            self.told(error, values)
            self.keep(values.get("OutVariable"), out)
            return
        except OSError as error:
            failed = self.of_file(error, node.at, cmdlet.name)
            self.failed(failed, values)
            return
        if cmdlet.raw:
            self._session.exit_code = 0
        self.keep(values.get("OutVariable"), out)

    def of_file(self, error: OSError, at: int, command: str = "") -> ShellError:
        """The error of the shell for a file that cannot be used."""
        where = f" {error.filename}" if error.filename else ""
        failed = ShellError(f"{error.strerror or error}:{where}", _PATH, at, _category(error), command)
        failed.__cause__ = error
        return failed

    def _tell_unbound(
        self, errors: Sequence[ShellError], node: tree.Command, cmdlet: Cmdlet, values: Mapping[str, Any]
    ) -> None:
        """An object that a cmdlet cannot take is an error of its own; the others go on unless errors end the script."""
        for error in errors:
            error.at, error.source = node.at, error.source or self._frame.source
            error.command, error.module = cmdlet.name, cmdlet.module
            self.told(error, values)

    def told(self, error: ShellError, values: Mapping[str, Any]) -> None:
        """An error of a cmdlet of the cluster: as in PowerShell it ends neither the statement nor ``try``.

        Raises:
            ShellError: -ErrorAction or $ErrorActionPreference say that errors do.
        """
        if text(values.get("ErrorAction", "")).casefold() == "inquire":
            self.failed(error, values)
        self._session.errors.fail(error, values)

    def failed(self, error: ShellError, values: Mapping[str, Any]) -> None:
        """What -ErrorAction and -ErrorVariable make of an error: nothing, or the error itself."""
        self._session.pipeline_failed = True
        if isinstance(error, UnsupportedError):
            raise error
        self.keep(values.get("ErrorVariable"), [error_record(error)])
        action = text(values.get("ErrorAction", "")).casefold()
        if self._session.is_stop(error):
            raise error
        if action in QUIET or (not action and self._session.preference("ErrorAction") in QUIET and not error.ends):
            self._session.errors.note(error, keep=action not in ("ignore", "4"))
            return
        if action == "inquire":
            asked = self._session.on_confirm
            error.ends = asked is None or not asked(f"{error.message} Continue?")
        error.ends = error.ends or action == "stop"
        raise error

    def keep(self, name: Any, found: list[Any]) -> None:
        """-OutVariable and -ErrorVariable; a plus before the name adds to what is there."""
        if name is None:
            return
        word = text(name)
        before = items(self._session.variables.get(word[1:])) if word.startswith("+") else []
        self._session.variables[word.removeprefix("+")] = NetList(ARRAY_LIST, [*before, *found])

    # functions

    def define(self, node: tree.Function) -> None:
        """Make a function a command of the scope that runs."""
        block = tree.ScriptBlock(node.body, node.origin, node.span, at=node.at)
        name = node.name
        variables = self._session.variables
        prefix, colon, rest = name.partition(":")
        scope = variables.current
        if colon and prefix.casefold() in ("global", "script", "local", "private"):
            name = rest
            if prefix.casefold() == "global":
                scope = variables.outermost
            elif prefix.casefold() == "script":
                scope = next((one for one in scope.chain() if one.is_file), variables.outermost)
        self.declare(name, block, node.is_filter, scope)
        head = next((one for one in node.body if isinstance(one, tree.ParamBlock)), None)
        for attribute in head.attributes if head is not None else ():
            if attribute.name.casefold() == "alias":
                scope.aliases.update({text(self._values.value(one)).casefold(): name for one in attribute.arguments})

    def declare(self, name: str, block: tree.ScriptBlock, is_filter: bool = False, scope: Scope | None = None) -> None:
        """Make a block a command under a name."""
        made = Cmdlet(name, lambda call: (), (), "A function of this session.", name, module="Function", own=True)
        made = replace(made, block=block, is_filter=is_filter)
        (scope or self._session.variables.current).functions[name.casefold()] = made


class _CmdletStage:
    """A cmdlet as stage: it is called once everything was piped, or for each object."""

    def __init__(
        self, invoker: Invoker, node: tree.Command, cmdlet: Cmdlet, emit: Emit, has_input: bool, is_last: bool,
        shown: list[Any] | None,
    ) -> None:  # fmt: skip
        self._invoker, self._node, self._cmdlet, self._emit = invoker, node, cmdlet, emit
        self._has_input, self._is_last, self._shown = has_input, is_last, shown
        self._given: list[Any] = []
        self._each = has_input and cmdlet.name.casefold() in _EACH
        self._arguments: list[Argument] = []

    def begin(self) -> None:
        """Evaluate the arguments."""
        if not self._cmdlet.raw:
            self._arguments = self._invoker.arguments(self._node)

    def process(self, value: Any) -> None:
        """One object."""
        if self._each:
            self._call([value])
        else:
            self._given.append(value)

    def end(self) -> None:
        """Call it."""
        if not self._each:
            self._call(self._given)

    def _call(self, given: list[Any]) -> None:
        self._invoker.call(
            self._node, self._cmdlet, given, self._has_input, self._is_last, self._shown, self._arguments, self._emit
        )


class _StreamStage:
    """A cmdlet that takes each object as it comes (``Cmdlet.stream``)."""

    def __init__(
        self, invoker: Invoker, node: tree.Command, cmdlet: Cmdlet, emit: Emit, has_input: bool, is_last: bool
    ) -> None:
        self._invoker, self._node, self._cmdlet = invoker, node, cmdlet
        self._emit = emit
        self._has_input, self._is_last = has_input, is_last
        self._inner: Any = None
        self._values: dict[str, Any] = {}
        self._out: list[Any] | None = None

    def begin(self) -> None:
        """Bind the arguments."""
        try:
            self._values = bind(self._cmdlet, self._invoker.arguments(self._node))
        except ShellError as error:
            raise self._placed(error) from None
        session = self._invoker.session
        call = Call(session, self._cmdlet, self._values, [], self._node.at, self._has_input, self._is_last)
        call.wanted = self._values
        if "OutVariable" in self._values:
            self._out = []
        handed = self._values.get("PipelineVariable")

        def emit(value: Any) -> None:
            if self._out is not None:
                self._out.append(value)
            if handed is not None:
                session.variables[text(handed)] = value
            self._emit(value)

        assert self._cmdlet.stream is not None
        self._inner = self._cmdlet.stream(call, emit, self)
        self._guarded(self._inner.begin)

    def process(self, value: Any) -> None:
        """One object."""
        self._guarded(lambda: self._inner.process(value))

    def end(self) -> None:
        """After the last object; what was given as -InputObject counts as piped."""
        if not self._has_input and "InputObject" in self._values:
            given = self._values["InputObject"]
            self.process(given)
        self._guarded(self._inner.end)
        if self._out is not None:
            self._invoker.keep(self._values["OutVariable"], self._out)

    def _guarded(self, act: Any) -> None:
        try:
            act()
        except ShellError as error:
            # An error in a block of the script is that block's own; -ErrorAction is for errors of the cmdlet.
            raise self._placed(error) from None

    def _placed(self, error: ShellError) -> ShellError:
        error.at = error.at if error.at >= 0 else self._node.at
        error.source = error.source or self._invoker.frame.source
        return error


def _word(node: tree.Node | None) -> str:
    return node.word if isinstance(node, tree.Literal) else ""


def _category(error: OSError) -> str:
    """PowerShell's word for what is wrong with a file."""
    if isinstance(error, FileNotFoundError):
        return "ObjectNotFound"
    return "PermissionDenied" if isinstance(error, PermissionError) else "WriteError"


def _hint(node: tree.Command, name: str) -> str:
    """For ``$x.Name = word``, where a text without quotes is taken for a command, and for files that are no scripts."""
    if "\\" in name or "/" in name or os.sep in name:
        return "Only script files (.ps1) can be run."
    if "-" not in name and not node.elements and name.isalnum() and len(name) > 12:
        return "Enclose text in quotes."
    return ""
