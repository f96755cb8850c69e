"""Carries out the tree of a script."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fcm.shell import tree
from fcm.shell.call import Call
from fcm.shell.errors import CommandNotFoundError, ParameterError, ShellError
from fcm.shell.operators import binary, cast, unary
from fcm.shell.registry import NOTHING, Argument, bind
from fcm.shell.values import (
    ShellObject,
    as_number,
    as_whole,
    folded,
    items,
    property_of,
    table_get,
    text,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.shell.registry import Cmdlet
    from fcm.shell.session import ShellSession

_CONSTANTS = {"true": True, "false": False, "null": None}
_METHODS: dict[str, Callable[..., Any]] = {
    "toupper": str.upper,
    "tolower": str.lower,
    "trim": str.strip,
    "contains": lambda value, part: part in value,
    "startswith": lambda value, part: value.startswith(part),
    "endswith": lambda value, part: value.endswith(part),
    "replace": lambda value, old, new: value.replace(old, new) if old else value,
    "split": lambda value, *by: value.split(by[0] if by and by[0] else None),
    "tostring": lambda value: value,
    "substring": lambda value, start, *n: value[int(start) :][: int(n[0])] if n else value[int(start) :],
}
DEEPEST = 60
"""Script blocks that may run inside each other."""


class Interpreter:
    """Runs statements in one session; variables live in the session."""

    def __init__(self, session: ShellSession) -> None:
        self.session = session
        self._trying = 0
        self._depth = 0

    # statements

    def body(self, statements: Sequence[tree.Node]) -> list[Any]:
        """Output of statements; an error ends its statement, the next one goes on as in PowerShell."""
        found: list[Any] = []
        for statement in statements:
            self.session.check_stopped()
            try:
                found += self.run(statement)
            except ShellError as error:
                if error.at < 0:
                    error.at = statement.at
                if self._trying or self.session.ends_script(error):
                    raise
                self.session.record(error)
        return found

    def nested(self, statements: Sequence[tree.Node]) -> list[Any]:
        """Output of the statements of a block."""
        self._depth += 1
        joining, self.session.joining = self.session.joining, False
        try:
            if self._depth > DEEPEST:
                raise ShellError(f"Script blocks run inside each other more than {DEEPEST} times.", "Use a loop.")
            return self.body(statements)
        finally:
            self._depth -= 1
            self.session.joining = joining

    def block(self, block: tree.ScriptBlock, item: Any) -> list[Any]:
        """Output of a script block with ``$_`` = item."""
        before = self.session.variables.get("_")
        self.session.variables["_"] = item
        try:
            return self.nested(block.body)
        finally:
            self.session.variables["_"] = before

    def run(self, node: tree.Node) -> list[Any]:
        """Output of one statement."""
        match node:
            case tree.Pipeline():
                return self._pipeline(node)
            case tree.Assignment():
                self._assign(node)
                return []
            case tree.If(branches=branches, otherwise=otherwise):
                for test, body in branches:
                    if truth(folded(self.run(test))):
                        return self.nested(body)
                return self.nested(otherwise)
            case tree.ForEach(variable=variable, source=source, body=body):
                found: list[Any] = []
                for item in self.run(source):
                    self.session.check_stopped()
                    self.session.variables[variable.casefold()] = item
                    found += self.nested(body)
                return found
            case tree.Try():
                return self._try(node)
            case tree.Throw(value=value):
                raise ShellError(text(folded(self.run(value))) or "ScriptHalted", "", node.at, "OperationStopped")
            case _:
                return items(self.value(node))

    def _try(self, node: tree.Try) -> list[Any]:
        self._trying += 1
        caught: ShellError | None = None
        found: list[Any] = []
        try:
            found = self.nested(node.body)
        except ShellError as error:
            if node.catch is None or self.session.is_stop(error):
                self._trying -= 1
                found = self.nested(node.final)
                raise
            caught = error
        self._trying -= 1
        if caught is not None and node.catch is not None:
            record = ShellObject(
                "ErrorRecord",
                {
                    "Name": caught.message,
                    "Message": caught.message,
                    "Exception": {"Message": caught.message},
                    "Remedy": caught.remedy,
                    "Category": caught.category,
                },
            )
            found = [*found, *self.block(tree.ScriptBlock(node.catch), record)]
        return found + self.nested(node.final)

    # assignment

    def _assign(self, node: tree.Assignment) -> None:
        joining, self.session.joining = self.session.joining, False
        try:
            value = folded(self.run(node.value))
        finally:
            self.session.joining = joining
        target = node.target
        if node.operator != "=":
            value = binary(node.operator[0], self.value(target), value)
        match target:
            case tree.Variable(name=name):
                if name.casefold() in _CONSTANTS:
                    raise ShellError(f"${name} cannot be changed.", "Choose another name.", target.at)
                if name.casefold().startswith("env:"):
                    raise ShellError("Variables of the environment cannot be set here.", "Set them before.", target.at)
                self.session.variables[name.casefold()] = value
            case tree.Member(target=inner, name=name):
                holders = items(self.value(inner))
                if not holders:
                    raise ShellError(f"There is no object whose {name} could be set.", "Check its name.", target.at)
                for holder in holders:
                    self._set(holder, name, value, node.at)
            case tree.Index(target=inner, index=index):
                self._set_index(self.value(inner), self.value(index), value, target.at)

    def _set(self, holder: Any, name: str, value: Any, at: int) -> None:
        if isinstance(holder, dict):
            holder[next((key for key in holder if text(key).casefold() == name.casefold()), name)] = value
            return
        if not isinstance(holder, ShellObject):
            raise ShellError(f"{text(holder)!r} has no property {name}.", "Only objects have properties.", at)
        setter = next((make for key, make in holder.setters.items() if key.casefold() == name.casefold()), None)
        if setter is not None:
            try:
                command = setter(value)
            except ShellError as error:
                error.at = at
                raise
            self.session.give(command, at, "", list, self.session.joining)
            holder.properties[holder.key(name) or name] = value
        elif holder.type in ("Selected", "Custom"):
            holder.properties[holder.key(name) or name] = value
        else:
            known = ", ".join(holder.setters) or "none"
            what = "cannot be set" if holder.key(name) else "is not one of its properties"
            raise ShellError(f"{name} of a {holder.type} {what}.", f"These can be set: {known}.", at, "WriteError")

    def _set_index(self, holder: Any, index: Any, value: Any, at: int) -> None:
        if isinstance(holder, dict):
            holder[index] = value
            return
        if not isinstance(holder, list):
            raise ShellError("Only lists and tables have elements that can be set.", "Use @( ) or @{ }.", at)
        place = as_whole(index, "The index")
        if not -len(holder) <= place < len(holder):
            raise ShellError(f"The list has no element {place}.", f"It has {len(holder)}.", at)
        holder[place] = value

    # pipelines

    def _pipeline(self, node: tree.Pipeline) -> list[Any]:
        values: list[Any] = []
        for number, stage in enumerate(node.stages):
            is_last = number == len(node.stages) - 1 and node.redirect is None
            if isinstance(stage, tree.Command):
                values = self._command(stage, values, number > 0, is_last)
            elif number:
                raise ShellError("Only commands can stand after |.", "Put it first.", stage.at, "ParserError")
            else:
                values = items(self.value(stage))
        if node.redirect is not None:
            from fcm.shell.output import write_text

            path = text(self.value(node.redirect))
            try:
                write_text(self.session.path(path), self.session.format(values), append=node.append)
            except OSError as error:
                why = f"{error.strerror or error}: {path}"
                raise ShellError(why, "Check the path and its permissions.", node.redirect.at, "WriteError") from error
            return []
        return values

    def _command(self, node: tree.Command, given: list[Any], has_input: bool, is_last: bool) -> list[Any]:
        self.session.check_stopped()
        name = self.value(node.name)
        if isinstance(name, tree.ScriptBlock):
            return self.block(name, folded(given))
        try:
            cmdlet = self.session.registry.find(text(name), node.at)
        except CommandNotFoundError:
            hint = _looks_like_text(node)
            if hint:
                raise ShellError(f"{text(name)!r} is no command.", hint, node.at, "ObjectNotFound") from None
            raise
        values: dict[str, Any] = {}
        quiet = ""
        try:
            if cmdlet.raw:
                values = {"Arguments": self._words(node)}
            else:
                values = bind(cmdlet, self._arguments(node, cmdlet))
                quiet = text(values.get("ErrorAction", "")).casefold()
            call = Call(self.session, cmdlet, values, given, node.at, has_input, is_last)
            out = list(cmdlet.body(call))
        except ShellError as error:
            error.at = error.at if error.at >= 0 else node.at
            error.command = error.command or cmdlet.name
            if quiet in ("silentlycontinue", "ignore") and not self.session.is_stop(error):
                return []
            if quiet == "stop":
                self.session.stop_at(error)
            raise
        except OSError as error:
            where = f" {error.filename}" if error.filename else ""
            raise ShellError(
                f"{error.strerror or error}:{where}",
                "Check the path and its permissions.",
                node.at,
                "WriteError",
                cmdlet.name,
            ) from error
        if "OutVariable" in values:
            self.session.variables[text(values["OutVariable"]).casefold()] = out
        return out

    def _arguments(self, node: tree.Command, cmdlet: Cmdlet) -> list[Argument]:
        found: list[Argument] = []
        for element in node.elements:
            if isinstance(element, tree.Parameter):
                if element.value is None:
                    found.append(Argument(NOTHING, "", element.name, element.at))
                else:
                    found.append(Argument(self.value(element.value), _word(element.value), element.name, element.at))
            else:
                found.append(Argument(self.value(element), _word(element), None, element.at))
        return found

    def _words(self, node: tree.Command) -> list[str]:
        words: list[str] = []
        for element in node.elements:
            if isinstance(element, tree.Parameter):
                tail = "" if element.value is None else ":" + text(self.value(element.value))
                words.append(f"-{element.name}{tail}")
            else:
                words.append(_word(element) or text(self.value(element)))
        return words

    # values

    def value(self, node: tree.Node) -> Any:
        """Value of an expression."""
        match node:
            case tree.Literal(value=value):
                return value
            case tree.Expanded(parts=parts):
                return "".join(part if isinstance(part, str) else text(self.value(part)) for part in parts)
            case tree.Variable(name=name):
                return self._variable(name)
            case tree.Member(target=target, name=name):
                return property_of(self.value(target), name)
            case tree.Call():
                return self._method(node)
            case tree.Index(target=target, index=index):
                return self._index(self.value(target), self.value(index), node.at)
            case tree.Group(body=body):
                joining, self.session.joining = self.session.joining, False
                try:
                    return folded(self.run(body))
                finally:
                    self.session.joining = joining
            case tree.SubExpression(body=body):
                return folded(self.nested(body))
            case tree.ArrayExpression(body=body):
                return self.nested(body)
            case tree.ScriptBlock():
                return node
            case tree.Hash(entries=entries):
                return {self.value(key): folded(self.run(value)) for key, value in entries}
            case tree.Sequence(items=parts):
                return [self.value(part) for part in parts]
            case tree.Unary(operator=operator, operand=operand):
                return self._placed(node.at, unary, operator, self.value(operand))
            case tree.Binary(operator="-and", left=left, right=right):
                return truth(self.value(left)) and truth(self.value(right))
            case tree.Binary(operator="-or", left=left, right=right):
                return truth(self.value(left)) or truth(self.value(right))
            case tree.Binary(operator=operator, left=left, right=right):
                return self._placed(node.at, binary, operator, self.value(left), self.value(right))
            case tree.Cast(type=kind, operand=operand):
                return self._placed(node.at, cast, kind, self.value(operand))
            case _:
                return folded(self.run(node))

    def _placed(self, at: int, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else at
            raise
        except (OverflowError, TypeError) as error:
            raise ShellError(f"The values do not fit the operator: {error}.", "Convert them first.", at) from error

    def _variable(self, name: str) -> Any:
        key = name.casefold()
        if key in _CONSTANTS:
            return _CONSTANTS[key]
        if key.startswith("env:"):
            return os.environ.get(name[4:], {"systemdrive": "C:", "computername": "localhost"}.get(key[4:]))
        return self.session.variables.get(key.removeprefix("global:").removeprefix("script:"))

    def _method(self, node: tree.Call) -> Any:
        target = self.value(node.target)
        arguments = [self.value(argument) for argument in node.arguments]
        method = _METHODS.get(node.name.casefold())
        if method is None:
            raise ShellError(
                f"There is no method {node.name}().", f"Known for texts: {', '.join(sorted(_METHODS))}.", node.at
            )
        whole = {"substring"}
        try:
            given = [as_number(a) if node.name.casefold() in whole else text(a) for a in arguments]
            return method(text(target), *given)
        except (TypeError, OverflowError) as error:
            raise ParameterError(f"{node.name}() has other arguments: {error}.", "", node.at) from error

    def _index(self, holder: Any, index: Any, at: int) -> Any:
        if isinstance(holder, dict):
            return table_get(holder, index)
        if isinstance(index, list):
            return [self._index(holder, one, at) for one in index]
        if isinstance(holder, str | list):
            place = as_whole(index, "The index")
            return holder[place] if -len(holder) <= place < len(holder) else None
        if holder is None:
            raise ShellError("Cannot index into a null array.", "Check that the variable has a value.", at)
        return holder if as_number(index) in (0, -1) else None


def _word(node: tree.Node) -> str:
    return node.word if isinstance(node, tree.Literal) else ""


def _looks_like_text(node: tree.Command) -> str:
    """A hint for ``$x.Name = word``, where a text without quotes is taken for a command."""
    name = node.name.value if isinstance(node.name, tree.Literal) else ""
    if isinstance(name, str) and "-" not in name and not node.elements and name.isalnum() and len(name) > 12:
        return "Put a text into quotes."
    return ""
