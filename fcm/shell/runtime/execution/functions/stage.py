"""Functions, blocks and script files while they run: their scope, begin, process and end."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.runtime.execution.flow import Exiting, Returning
from fcm.shell.runtime.execution.functions.signature import Formal, Signature
from fcm.shell.runtime.execution.functions.validation import KNOWN, variable_guard
from fcm.shell.runtime.execution.pipeline import Sink
from fcm.shell.runtime.execution.scripts import automatic
from fcm.shell.runtime.execution.variables import OF_A_CALL
from fcm.shell.values.net.casting import NUMERIC
from fcm.shell.values.net.types import ARRAY_LIST, Net, NetList, Switch
from fcm.shell.values.records import ErrorRecord, error_record
from fcm.shell.values.values import NOTHING, ShellObject, items, property_of, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.binding import Argument
    from fcm.shell.runtime.execution.frame import Frame
    from fcm.shell.runtime.execution.pipeline import Emit
    from fcm.shell.runtime.execution.running import RunningSession
    from fcm.shell.runtime.execution.variables import Scope

_PREFERENCES = {"verbose": "verbosepreference", "debug": "debugpreference"}


class FunctionStage:
    """One call of a function, block or script file as a stage of a pipeline."""

    def __init__(
        self,
        session: RunningSession,
        values: Values,
        frame: Frame,
        node: tree.ScriptBlock,
        name: str,
        arguments: list[Argument],
        emit: Emit,
        has_input: bool,
        *,
        dotted: bool = False,
        is_filter: bool = False,
        is_file: bool = False,
        within: Scope | None = None,
        shown_as: str = "",
        quiet: bool = False,
    ) -> None:
        self._session, self._values, self._frame = session, values, frame
        self._node, self._name = node, name
        self._emit, self._has_input = emit, has_input
        self._dotted, self._is_file, self._within = dotted, is_file, within
        self._invoked = shown_as or name
        self._quiet = quiet
        self._head = next((one for one in node.body if isinstance(one, tree.ParamBlock)), None)
        self._blocks = self._split(is_filter)
        self.signature = Signature(values, self._head, name)
        self._arguments = arguments
        self._input: list[Any] = []
        self._out = Sink(self._keep)
        self._kept: list[Any] | None = None
        self._over = False
        self._scope: Scope | None = None
        self._caller = session.variables.current
        self._before: dict[str, Any] = {}
        self._bound: dict[str, Any] = {}
        self._common: dict[str, Any] = {}

    def _split(self, is_filter: bool) -> dict[str, tuple[tree.Node, ...]]:
        body = tuple(one for one in self._node.body if one is not self._head)
        named = {one.name: one.body for one in body if isinstance(one, tree.NamedBlock)}
        if named and len(named) < len([one for one in body if not isinstance(one, tree.Using)]):
            raise ShellError(
                "A function contains either begin, process and end blocks, or statements.",
                "Move all statements into the blocks.",
                body[0].at,
            )
        return named or ({"process": body} if is_filter else {"": body})

    def _keep(self, value: Any) -> None:
        if self._kept is not None:
            self._kept.append(value)
        self._emit(value)

    # the scope of the call

    @contextlib.contextmanager
    def _running(self) -> Any:
        """What runs inside runs in the scope of the call."""
        variables = self._session.variables
        assert self._scope is not None
        catches = self._frame.catches
        with contextlib.ExitStack() as stack:
            if not self._dotted:
                stack.enter_context(variables.at(self._scope))
            stack.enter_context(self._frame.within(self._node.origin))
            for name, number in (("errorvariable", 2), ("warningvariable", 3), ("informationvariable", 6)):
                if name in self._common:
                    kept: list[Any] = []
                    stack.enter_context(self._session.streams.keeping(number, kept))
                    stack.callback(self._add_to, text(self._common[name]), kept)
            try:
                yield
            finally:
                self._frame.catches = catches

    def _add_to(self, name: str, kept: list[Any]) -> None:
        variables = self._session.variables
        plain = name.removeprefix("+")
        with variables.at(self._caller):
            before = variables.get(plain)
            after = [*items(before if isinstance(before, list) else None), *kept]
            variables[plain] = NetList(ARRAY_LIST, after)

    def begin(self) -> None:
        """Bind the arguments, run begin."""
        variables = self._session.variables
        try:
            self._bound, self._common, rest = self.signature.bind(self._arguments)
            chosen = self.signature.chosen_set(self._bound)
            self.signature.lacks(self._bound, chosen, self._has_input)
        except ShellError as error:
            error.command = error.command or self._name
            raise
        scope: dict[str, Any] = {"psboundparameters": dict(self._bound)}
        if not self.signature.advanced:
            scope["args"] = rest
        if "outvariable" in self._common:
            self._kept = []
        for name in ("errorvariable", "warningvariable", "informationvariable"):
            if name in self._common and not text(self._common[name]).startswith("+"):
                variables[text(self._common[name])] = NetList(ARRAY_LIST)
        scope |= self._preferences()
        origin = self._node.origin
        command = ShellObject("FunctionInfo", {"Name": self._name})
        scope["myinvocation"] = ShellObject(
            "InvocationInfo",
            {"MyCommand": command, "InvocationName": self._invoked, "BoundParameters": scope["psboundparameters"]},
        )
        if origin is not None and origin.file:
            scope |= automatic(origin, self._is_file)
        if self.signature.advanced:
            scope["pscmdlet"] = _PsCmdlet(self, chosen)
        self._enter(scope)
        with self._running():
            self._prepare()

    def _enter(self, scope: dict[str, Any]) -> None:
        variables = self._session.variables
        captured = self._session.script.captured(self._node)
        if self._dotted:
            self._scope = variables.current
            own = variables.current.values
            self._before = {name: own.get(name, NOTHING) for name in OF_A_CALL}
            own.update(scope)
            return
        parent = self._within or variables.current
        if captured is not None:
            with variables.scope(captured, within=parent) as closed:
                parent = closed
        with variables.scope(scope, self._is_file, within=parent) as made:
            self._scope = made

    def _preferences(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, variable in _PREFERENCES.items():
            if name in self._common:
                found[variable] = "Continue" if truth(self._common[name]) else "SilentlyContinue"
        for name in ("erroraction", "warningaction", "informationaction"):
            if name in self._common:
                found[
                    f"{name.removesuffix('action')}actionpreference"
                    if name == "erroraction"
                    else f"{name[:-6]}preference"
                ] = text(self._common[name])
        if "whatif" in self._common:
            found["whatifpreference"] = truth(self._common["whatif"])
        return found

    def _prepare(self) -> None:
        for formal in self.signature.formals:
            self._set(formal, self._bound.get(formal.name, NOTHING))
        if "begin" in self._blocks:
            self._block("begin")

    def _set(self, formal: Formal, value: Any) -> None:
        """Give a parameter its value, or the one that it has when nothing is given."""
        variables = self._session.variables
        if value is NOTHING:
            value = self._absent(formal)
        scope = variables.current
        key = formal.name.casefold()
        scope.guards.pop(key, None)
        scope.values[key] = value
        guards: list[Callable[[Any], Any]] = []
        if formal.kind is not None and not formal.is_switch:
            kind = formal.kind
            guards.append(lambda one: self._values.types.convert(kind, one))
        guards += [
            variable_guard(self._values, one, formal.name)
            for one in formal.node.attributes
            if one.name.casefold() in KNOWN
        ]
        if guards:
            scope.guards[key] = guards

    def _absent(self, formal: Formal) -> Any:
        if formal.node.default is not None:
            found = self._values.value(formal.node.default)
            return found if formal.kind is None else self._values.types.convert(formal.kind, found)
        kind = formal.kind
        if kind is None:
            return None
        if formal.is_switch:
            return Switch(0)
        if kind.name == "System.String":
            return ""
        if kind.name in NUMERIC or kind.name == "System.Boolean":
            return self._values.types.convert(kind, None)
        return None

    # objects

    def process(self, value: Any) -> None:
        """One object of the pipeline."""
        if self._over:
            return
        formals = self.signature.formals
        if "process" not in self._blocks:
            self._input.append(value)
            if not self.signature.advanced or not any(one.by_value or one.by_name for one in formals):
                return
        with self._running():
            if any(one.by_value or one.by_name for one in formals):
                if not self._bind_piped(value):
                    return
            elif self.signature.advanced and formals:
                self._not_bound(value)
                return
            self._session.variables.current.values["_"] = value
            if "process" in self._blocks:
                self._session.variables.current.values["input"] = [value]
                self._block("process")

    def _bind_piped(self, value: Any) -> bool:
        """Bind an object to the parameters that take it; False if none does."""
        taken = False
        variables = self._session.variables
        for formal in self.signature.formals:
            if formal.name in self._bound or not (formal.by_value or formal.by_name):
                continue
            found: Any = NOTHING
            if formal.by_value:
                try:
                    found = self.signature.converted(formal, value)
                except UnsupportedError:
                    raise
                except ShellError as error:
                    if "Validation" in error.known_id:
                        raise
            if found is NOTHING and formal.by_name:
                found = self._by_name(formal, value)
            if found is NOTHING:
                self._set(formal, NOTHING)
                continue
            taken = True
            self._set(formal, found)
            variables.current.values["psboundparameters"][formal.name] = found
        needed = [one for one in self.signature.formals if one.needed("") and one.name not in self._bound]
        lacking = [one for one in needed if one.name not in variables.current.values["psboundparameters"]]
        if not taken or lacking:
            self._not_bound(value)
            return False
        return True

    def _by_name(self, formal: Formal, value: Any) -> Any:
        for name in (formal.name, *formal.aliases):
            if isinstance(value, ShellObject) and value.key(name) is not None:
                return self.signature.converted(formal, property_of(value, name))
            if isinstance(value, str) and name.casefold() == "length":
                return self.signature.converted(formal, len(value))
        return NOTHING

    def _not_bound(self, value: Any) -> None:
        error = self.signature.error(
            "The input object cannot be bound to any parameters for the command either because the command does not "
            "take pipeline input or the input and its properties do not match any of the parameters that take "
            "pipeline input.",
            "InputObjectNotBound",
        )
        error.command, error.at, error.source = self._name, self._node.at, self._frame.source
        self._session.errors.fail(error)

    def end(self) -> None:
        """Run end, or the whole body."""
        try:
            with self._running():
                self._session.variables.current.values.setdefault("input", list(self._input))
                if not self._over:
                    if "process" in self._blocks and not self._has_input:
                        self._session.variables.current.values["input"] = []
                        self._block("process")
                    elif "" in self._blocks:
                        self._session.variables.current.values["input"] = list(self._input)
                        if self._input:
                            self._session.variables.current.values.setdefault("_", None)
                        self._block("")
                    if "end" in self._blocks and not self._over:
                        self._session.variables.current.values["input"] = list(self._input)
                        self._block("end")
        finally:
            for own, before in self._before.items():
                if before is NOTHING:
                    self._caller.values.pop(own, None)
                else:
                    self._caller.values[own] = before
            if self._kept is not None:
                name = text(self._common["outvariable"])
                plain, before = name.removeprefix("+"), self._session.variables.get(name.removeprefix("+"))
                old = items(before) if name.startswith("+") else []
                self._session.variables[plain] = NetList(ARRAY_LIST, [*old, *self._kept])

    def _block(self, name: str) -> None:
        try:
            self._values.statements.into(self._blocks[name], self._out)
        except Returning:
            if name in ("", "end"):
                self._over = True
        except Exiting as left:
            if not self._is_file:
                raise
            self._over = True
            self._session.exit_code = left.code
            # As after a program that failed: $? is false, and there is no error to be told.
            self._session.pipeline_failed = left.code != 0

    @property
    def common(self) -> dict[str, Any]:
        """Common parameters that were given."""
        return self._common

    @property
    def session(self) -> RunningSession:
        """The session."""
        return self._session

    @property
    def name(self) -> str:
        """The name of the function."""
        return self._name

    def give(self, value: Any) -> None:
        """One object of output."""
        self._out.append(value)


class _PsCmdlet(Net):
    """``$PSCmdlet`` of an advanced function."""

    net = "System.Management.Automation.PSScriptCmdlet"

    def __init__(self, stage: FunctionStage, chosen: str) -> None:
        self._stage, self._set = stage, chosen

    def net_get(self, name: str) -> Any:
        """ParameterSetName, MyInvocation."""
        if name == "parametersetname":
            return self._set
        if name == "myinvocation":
            return self._stage.session.variables.get("myinvocation")
        raise UnsupportedError(f"$PSCmdlet.{name}")

    def call(self, name: str, arguments: list[Any]) -> Any:
        """ShouldProcess and what writes to the streams."""
        session = self._stage.session
        match name, arguments:
            case "shouldprocess", [target]:
                return self._should(text(target), self._stage.name)
            case "shouldprocess", [target, action]:
                return self._should(text(target), text(action))
            case "writeobject", [one]:
                self._stage.give(one)
                return None
            case "writeobject", [one, flag]:
                for each in items(one) if truth(flag) and isinstance(one, list) else [one]:
                    self._stage.give(each)
                return None
            case "throwterminatingerror", [ErrorRecord() as record]:
                error = record.error or ShellError(text(record))
                if error.known_id and "," not in error.known_id:
                    error.known_id = f"{error.known_id},{self._stage.name}"
                error.record = record
                record.properties["FullyQualifiedErrorId"] = error.id
                raise error
            case "writeerror", [ErrorRecord() as record]:
                error = record.error or ShellError(text(record))
                error.record = record
                session.errors.fail(error)
                return None
            case "writewarning", [line]:
                session.say(text(line), "warning")
                return None
            case "writeverbose", [line]:
                if session.preference("Verbose") == "continue":
                    session.say(text(line), "verbose")
                return None
        raise UnsupportedError(f"$PSCmdlet.{name}() with these arguments")

    def _should(self, target: str, action: str) -> bool:
        session = self._stage.session
        if truth(session.variables.get("WhatIfPreference")):
            session.say(f'What if: Performing the operation "{action}" on target "{target}".')
            return False
        confirm = self._stage.common.get("confirm")
        if confirm is not None and truth(confirm):
            return session.confirmed(action, target, -1)
        impact = self._stage.signature.binding.value("ConfirmImpact") if self._stage.signature.binding else None
        level = str(impact.value).casefold() if isinstance(impact, tree.Literal) else "medium"
        preferred = session.preference("Confirm")
        if confirm is not None or "none" in (level, preferred) or _LEVELS.find(level) < _LEVELS.find(preferred):
            return True
        return session.confirmed(action, target, -1)


_LEVELS = "low medium high"
"""Impacts, the least first."""


__all__ = ["FunctionStage", "error_record", "exact"]
