"""Values of expressions, and what is assigned to variables, properties and elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError
from fcm.shell.values import methods
from fcm.shell.values.operators import binary, cast, matches, unary
from fcm.shell.values.values import ShellObject, as_number, as_whole, folded, items, property_of, table_get, text, truth
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.shell.runtime.execution.running import RunningSession


class Statements(Protocol):
    """What runs the statements that stand in expressions and functions."""

    def into(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run the statements of a block and add their output."""

    def collected(self, node: tree.Node) -> list[Any]:
        """Output of one statement."""


class Evaluator:
    """Evaluates expressions in one session; statements are run by the interpreter."""

    def __init__(self, session: RunningSession, statements: Statements) -> None:
        self.session = session
        self._statements = statements

    def nested(self, statements: Sequence[tree.Node]) -> list[Any]:
        """Output of the statements of a block."""
        out: list[Any] = []
        self._statements.into(statements, out)
        return out

    def elements(self, node: tree.Node) -> list[Any]:
        """What an expression puts into a pipeline or an array: the elements of a list, $null as itself.

        No output is no element. A variable that took no output contains nothing that could be told from $null here, so
        that only $null itself, and what was never set or is no property, counts as one.
        """
        found = self.value(node)
        return [None] if found is None and self._is_null(node) else items(found)

    def _is_null(self, node: tree.Node) -> bool:
        if isinstance(node, tree.Variable):
            return not self.session.variables.is_set(node.name)
        return isinstance(node, tree.Member | tree.Index | tree.Call)

    # values

    def value(self, node: tree.Node) -> Any:
        """Value of an expression, a list of one or none included; of a statement what its output amounts to."""
        match node:
            case tree.Literal(value=value):
                return value
            case tree.Expanded(parts=parts):
                return "".join(part if isinstance(part, str) else text(self.value(part)) for part in parts)
            case tree.Variable(name=name):
                return self.session.variables.get(name)
            case tree.Member(target=target, name=name):
                return property_of(self.value(target), name)
            case tree.Call(target=target, name=name, arguments=arguments):
                return methods.method(self.value(target), name, [self.value(one) for one in arguments], node.at)
            case tree.StaticCall(type=kind, name=name, arguments=given):
                values = None if given is None else [self.value(one) for one in given]
                return methods.static(kind, name, values, node.at)
            case tree.Increment():
                return self._increment(node)
            case tree.Assignment():
                self.assign(node)
                return self.value(node.target)
            case tree.Index(target=target, index=index):
                return self._index(self.value(target), self.value(index), node.at)
            case tree.Group(body=body):
                joining, self.session.joining = self.session.joining, False
                try:
                    return self.value(body)
                finally:
                    self.session.joining = joining
            case tree.SubExpression(body=body):
                return folded(self.nested(body))
            case tree.ArrayExpression(body=(tree.Variable() | tree.Member() | tree.Index() | tree.Call() as only,)):
                return self.elements(only)
            case tree.ArrayExpression(body=body):
                return self.nested(body)
            case tree.ScriptBlock():
                return node
            case tree.Hash(entries=entries):
                return {self._key(key): self.value(value) for key, value in entries}
            case tree.Sequence(items=parts):
                return [self.value(part) for part in parts]
            case tree.Unary(operator=operator, operand=operand):
                return self._placed(node.at, unary, operator, self.value(operand))
            case tree.Binary(operator="-and", left=left, right=right):
                return truth(self.value(left)) and truth(self.value(right))
            case tree.Binary(operator="-or", left=left, right=right):
                return truth(self.value(left)) or truth(self.value(right))
            case tree.Binary(operator="-match" | "-cmatch"):
                return self._match(node)
            case tree.Binary(operator=operator, left=left, right=right):
                return self._placed(node.at, binary, operator, self.value(left), self.value(right))
            case tree.Cast(type=kind, operand=operand):
                return self._placed(node.at, cast, kind, self.value(operand))
            case _:
                return folded(self._statements.collected(node))

    def _placed(self, at: int, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else at
            raise
        except (OverflowError, TypeError) as error:
            raise ShellError("The operator does not support these values.", "Convert the values first.", at) from error

    def _key(self, node: tree.Node) -> Any:
        value = self.value(node)
        return text(value) if isinstance(value, list | dict | ShellObject | tree.Node) else value

    def _increment(self, node: tree.Increment) -> Any:
        before = self.value(node.target)
        after = self._placed(node.at, binary, node.operator[0], 0 if before is None else before, 1)
        self._put(node.target, after, node.at)
        return after if node.before else before

    def _match(self, node: tree.Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if not isinstance(left, list):
            groups = self._placed(node.at, matches, left, right, node.operator == "-cmatch")
            if groups:
                self.session.variables["matches"] = groups
        return self._placed(node.at, binary, node.operator, left, right)

    def _index(self, holder: Any, index: Any, at: int) -> Any:
        if isinstance(holder, dict):
            return table_get(holder, index)
        if isinstance(index, list):
            found = [self._index(holder, one, at) for one in index]
            return [one for one in found if one is not None] if isinstance(holder, list) else found
        if isinstance(holder, str | list):
            place = as_whole(index, "The index")
            return holder[place] if -len(holder) <= place < len(holder) else None
        if holder is None:
            raise ShellError("Cannot index into a null array.", "Check that the variable has a value.", at)
        return holder if as_number(index) in (0, -1) else None

    # assignment

    def assign(self, node: tree.Assignment) -> None:
        """``target = value``."""
        joining, self.session.joining = self.session.joining, False
        try:
            value = self.value(node.value)
        finally:
            self.session.joining = joining
        if node.operator != "=":
            value = self._placed(node.at, binary, node.operator[0], self.value(node.target), value)
        self._put(node.target, value, node.at)

    def _put(self, target: tree.Node, value: Any, at: int) -> None:
        match target:
            case tree.Variable(name=name):
                self._placed(target.at, self.session.variables.__setitem__, name, value)
            case tree.Cast(type=kind, operand=operand):
                self._put(operand, self._placed(target.at, cast, kind, value), at)
            case tree.Sequence(items=targets):
                parts = items(value)
                for number, one in enumerate(targets):
                    rest = folded(parts[number:]) if number == len(targets) - 1 else None
                    self._put(
                        one, rest if number == len(targets) - 1 else (parts[number : number + 1] or [None])[0], at
                    )
            case tree.Member(target=inner, name=name):
                holders = items(self.value(inner))
                if not holders:
                    raise ShellError(
                        f"There is no object with a property {name} that can be set.", "Check the name.", target.at
                    )
                for holder in holders:
                    self._set(holder, name, value, at)
            case tree.Index(target=inner, index=index):
                self._set_index(self.value(inner), self.value(index), value, target.at)

    def _set(self, holder: Any, name: str, value: Any, at: int) -> None:
        if isinstance(holder, dict):
            holder[next((key for key in holder if text(key).casefold() == name.casefold()), name)] = value
            return
        if not isinstance(holder, ShellObject):
            raise ShellError(f"{quoted(text(holder))} has no property {name}.", "Only objects have properties.", at)
        setter = next((make for key, make in holder.setters.items() if key.casefold() == name.casefold()), None)
        if setter is not None:
            try:
                command = setter(value)
            except ShellError as error:
                error.at = at
                raise
            with self.session.clusters.of_object(holder):
                self.session.give(command, at, "", list, self.session.joining)
            holder.properties[holder.key(name) or name] = value
        elif holder.type in ("Selected", "Custom"):
            holder.properties[holder.key(name) or name] = value
        else:
            known = ", ".join(holder.setters) or "none"
            what = "cannot be set" if holder.key(name) else "is not one of its properties"
            raise ShellError(
                f"{name} of a {holder.type} {what}.", f"Properties that can be set: {known}.", at, "WriteError"
            )

    def _set_index(self, holder: Any, index: Any, value: Any, at: int) -> None:
        if isinstance(holder, dict):
            holder[index] = value
            return
        if not isinstance(holder, list):
            raise ShellError("Only elements of arrays and hashtables can be set.", "Use @( ) or @{ }.", at)
        place = as_whole(index, "The index")
        if not -len(holder) <= place < len(holder):
            raise ShellError(f"The array has no element {place}.", f"It has {len(holder)} elements.", at)
        holder[place] = value
