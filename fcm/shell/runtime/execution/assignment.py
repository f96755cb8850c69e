"""What is assigned to variables, properties and elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language import exceptions, tree
from fcm.shell.language.errors import ShellError, UnsupportedError, exact
from fcm.shell.runtime.execution.functions.validation import variable_guard
from fcm.shell.runtime.execution.indexing import outside, place_in, whole
from fcm.shell.values.net.casting import convert
from fcm.shell.values.net.collections import store
from fcm.shell.values.net.types import (
    Dictionary,
    Matrix,
    Net,
    NetList,
    NetType,
    Ordered,
    ScriptObject,
    SortedTable,
    TypedArray,
)
from fcm.shell.values.operators import binary
from fcm.shell.values.records import ErrorRecord
from fcm.shell.values.values import NOTHING, ShellObject, folded, items, property_of, table_key, text, truth
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.running import RunningSession

_CANNOT_BE_FOUND = "The property '{0}' cannot be found on this object. Verify that the property exists and can be set."


class Assigner:
    """Assigns in one session."""

    def __init__(self, session: RunningSession, values: Values) -> None:
        self._session = session
        self._values = values

    def assign(self, node: tree.Assignment) -> Any:
        """``target = value``; gives what was assigned."""
        if node.operator == "??=":
            found = self._values.value(node.target)
            if found is not None:
                return found
        joining, self._session.joining = self._session.joining, False
        try:
            value = self._values.raw(node.value)
        finally:
            self._session.joining = joining
        if node.operator in ("=", "??="):
            self.put(node.target, value, node.at)
            return None if value is NOTHING else self._assigned(node.target, value)
        before = self._values.value(node.target)
        value = self._values.placed(node.at, binary, node.operator[0], before, None if value is NOTHING else value)
        self.put(node.target, value, node.at)
        return value

    def _assigned(self, target: tree.Node, value: Any) -> Any:
        return self._values.value(target) if isinstance(target, tree.Cast | tree.Variable) else value

    def put(self, target: tree.Node, value: Any, at: int) -> None:
        """Put a value where a node points."""
        plain = None if value is NOTHING else value
        match target:
            case tree.Variable(name=name):
                if name.casefold().startswith("function:"):
                    self._session.script.define_function(name.partition(":")[2], plain)
                    return
                self._values.placed(target.at, self._session.variables.__setitem__, name, value)
            case tree.Cast() | tree.Guarded():
                self._guarded(target, plain, at)
            case tree.Sequence(items=targets):
                self._several(targets, plain, at)
            case tree.Member(target=inner, name=name):
                self._to_member(
                    inner, name if isinstance(name, str) else text(self._values.value(name)), plain, target.at
                )
            case tree.StaticCall(type=kind, name=name):
                found = self._values.types.named(kind) if isinstance(kind, str) else self._values.value(kind)
                self._values.types.set_static(found, name if isinstance(name, str) else "", plain)
            case tree.Index(target=inner, index=index):
                self._set_index(self._values.value(inner), self._values.value(index), plain, target.at)

    def _guarded(self, target: tree.Node, value: Any, at: int) -> None:
        """``[int]$x = ...``, ``[ValidateSet('a')]$x = ...``: what is set later goes through the same."""
        guards: list[Callable[[Any], Any]] = []
        node = target
        name = _variable(node)
        while isinstance(node, tree.Cast | tree.Guarded):
            if isinstance(node, tree.Cast):
                kind = self._values.types.named(node.type, node.at)
                guards.insert(0, self._typed(kind))
                node = node.operand
            else:
                guards.append(variable_guard(self._values, node.attribute, name))
                node = node.operand
        if not isinstance(node, tree.Variable):
            for guard in guards:
                value = self._values.placed(target.at, guard, value)
            self.put(node, value, at)
            return
        variables = self._session.variables
        made = value
        for guard in guards:
            made = self._values.placed(target.at, guard, made)
        variables.guard(node.name, [])
        self._values.placed(target.at, variables.__setitem__, node.name, made)
        variables.guard(node.name, guards)

    def _typed(self, kind: NetType) -> Callable[[Any], Any]:
        """What makes a value one of the type of a variable."""

        def guard(value: Any) -> Any:
            try:
                if kind.name == "System.Boolean" and isinstance(value, str):
                    raise ShellError(
                        f'Cannot convert value "{value}" to type "System.Boolean".', "Use $true or $false."
                    )
                return self._values.types.convert(kind, value)
            except UnsupportedError:
                raise
            except ShellError as error:
                error.known_id, error.category = "RuntimeException", "MetadataError"
                error.exact = error.exact and not kind.rank
                error.net_type = exceptions.TRANSFORMATION
                raise

        return guard

    def _several(self, targets: tuple[tree.Node, ...], value: Any, at: int) -> None:
        parts = list(value) if isinstance(value, list) else [value]
        for number, one in enumerate(targets):
            if number < len(targets) - 1:
                self.put(one, parts[number] if number < len(parts) else None, at)
                continue
            rest = parts[number:]
            self.put(one, folded(rest) if len(rest) < 2 else rest, at)

    # properties

    def _to_member(self, inner: tree.Node, name: str, value: Any, at: int) -> None:
        holder = self._values.value(inner)
        if holder is None:
            raise self._error(exact(_CANNOT_BE_FOUND.format(name), "PropertyNotFound"), at)
        holders = holder if isinstance(holder, list) and not isinstance(holder, NetList) else [holder]
        if not holders:
            raise ShellError(f"There is no object with a property {name} that can be set.", "Check the name.", at)
        for one in holders:
            self._set(one, name, value, at)

    @staticmethod
    def _error(error: ShellError, at: int) -> ShellError:
        error.at = at
        return error

    def _set(self, holder: Any, name: str, value: Any, at: int) -> None:
        if isinstance(holder, dict):
            self._set_index(holder, name, value, at)
            return
        if isinstance(holder, ErrorRecord) and name.casefold() == "errordetails":
            holder.properties["ErrorDetails"] = text(value)
            return
        if isinstance(holder, Net | NetType):
            raise UnsupportedError(f"Setting the property {name} of this object", "", at)
        if not isinstance(holder, ShellObject):
            raise self._error(exact(_CANNOT_BE_FOUND.format(name), "PropertyNotFound"), at)
        setter = next((make for key, make in holder.setters.items() if key.casefold() == name.casefold()), None)
        if setter is not None:
            self._give(holder, name, setter, value, at)
        elif isinstance(holder, ScriptObject):
            self._values.placed(at, self._values.types.set_property, holder, name, value)
        elif holder.type in ("Custom", "Selected"):
            key = holder.key(name)
            if key is None:
                raise self._error(
                    exact(f'Exception setting "{name}": "{_CANNOT_BE_FOUND.format(name)}"', "ExceptionWhenSetting"), at
                )
            if key in holder.computed:
                raise UnsupportedError("Setting a property that is computed", "", at)
            holder.properties[key] = value
        else:
            known = ", ".join(holder.setters) or "none"
            what = "cannot be set" if holder.key(name) else "is not one of its properties"
            raise ShellError(
                f"{name} of a {holder.type} {what}.", f"Properties that can be set: {known}.", at, "WriteError"
            )

    def _give(self, holder: ShellObject, name: str, setter: Any, value: Any, at: int) -> None:
        try:
            command = setter(value)
        except ShellError as error:
            error.at = at
            raise
        with self._session.clusters.of_object(holder):
            self._session.give(command, at, "", list, self._session.joining)
        holder.properties[holder.key(name) or name] = value

    # elements

    def _set_index(self, holder: Any, index: Any, value: Any, at: int) -> None:
        if holder is None:
            raise self._error(exact("Cannot index into a null array.", "NullArray"), at)
        if index is None:
            raise self._error(exact("Index operation failed; the array index evaluated to null.", "NullArrayIndex"), at)
        if isinstance(holder, Dictionary | SortedTable):
            store(holder, index, value, convert)
            return
        if isinstance(holder, dict):
            if isinstance(holder, Ordered) and isinstance(index, int) and not isinstance(index, bool):
                keys = list(holder)
                if not 0 <= index < len(keys):
                    raise UnsupportedError("This index of an ordered table", "", at)
                holder[keys[index]] = value
                return
            if isinstance(index, list | dict | tree.Node):
                raise UnsupportedError("A key of this kind", "", at)
            try:
                holder[table_key(holder, index)] = value
            except KeyError:
                holder[index] = value
            return
        if not isinstance(holder, list):
            raise ShellError(f"Unable to index into {quoted(text(holder))}.", "Use @( ) or @{ }.", at)
        if isinstance(holder, Matrix):
            holder[place_in(holder, index)] = convert(holder.element, value)
            return
        place = whole(index)
        if not (0 if isinstance(holder, NetList) else -len(holder)) <= place < len(holder):
            raise self._error(outside(), at)
        if isinstance(holder, TypedArray) or (isinstance(holder, NetList) and holder.type.parts):
            value = self._values.placed(at, convert, holder.element, value)
        holder[place] = value

    # .Where() and .ForEach()

    def each(self, holder: Any, word: str, arguments: list[Any]) -> Any:
        """``.Where({ ... })`` and ``.ForEach({ ... })``; None where the arguments are not of them.

        Raises:
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        elements = list(holder) if isinstance(holder, list) else [holder]
        if word == "foreach":
            return self._for_each(elements, arguments)
        if not arguments or not isinstance(arguments[0], tree.ScriptBlock) or len(arguments) > 3:
            return None
        mode = text(arguments[1]).casefold() if len(arguments) > 1 else "default"
        count = whole(arguments[2]) if len(arguments) > 2 else 0
        run = self._session.script.run_block
        block = arguments[0]

        def fits(one: Any) -> bool:
            return truth(folded(run(block, one)))

        found = self._where(elements, mode, count, fits)
        if found is None:
            raise UnsupportedError(f".Where() with the mode {mode}")
        return found

    @staticmethod
    def _where(elements: list[Any], mode: str, count: int, fits: Callable[[Any], bool]) -> Any:
        match mode:
            case "default":
                chosen = [one for one in elements if fits(one)]
                return chosen[:count] if count else chosen
            case "first":
                found: list[Any] = []
                for one in elements:
                    if fits(one):
                        found.append(one)
                        if len(found) >= max(count, 1):
                            break
                return found
            case "last":
                return [one for one in elements if fits(one)][-max(count, 1) :]
            case "split" if not count:
                tested = [(one, fits(one)) for one in elements]
                return [[one for one, good in tested if good], [one for one, good in tested if not good]]
            case "until" | "skipuntil" if not count:
                place = next((n for n, one in enumerate(elements) if fits(one)), len(elements))
                return elements[:place] if mode == "until" else elements[place:]
        return None

    def _for_each(self, elements: list[Any], arguments: list[Any]) -> Any:
        match arguments:
            case [tree.ScriptBlock() as block]:
                return [part for one in elements for part in self._session.script.run_block(block, one)]
            case [NetType() as kind]:
                return [self._values.types.convert(kind, one) for one in elements]
            case [str() as name]:
                if elements and all(isinstance(one, str) for one in elements) and name.casefold() != "length":
                    return [self._values.call(one, name, []) for one in elements]
                found = [property_of(one, name) for one in elements]
                if any(one is None for one in found):
                    raise UnsupportedError(f".ForEach() with {name}")
                return [part for one in found for part in items(one)]
        return None


def _variable(node: tree.Node) -> str:
    while isinstance(node, tree.Cast | tree.Guarded):
        node = node.operand
    return node.name if isinstance(node, tree.Variable) else ""
