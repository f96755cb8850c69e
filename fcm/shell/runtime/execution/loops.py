"""Loops and switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fcm.shell.language import tree
from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.runtime.execution.flow import Breaking, Continuing
from fcm.shell.values.net.comparing import equal
from fcm.shell.values.net.types import EnumValue, NetList
from fcm.shell.values.operators import like, matches
from fcm.shell.values.values import NOTHING, Collected, folded, text, truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fcm.shell.runtime.execution.asking import Values
    from fcm.shell.runtime.execution.running import RunningSession


_PARTS = ("keys", "values")


class Runner(Protocol):
    """What runs the statements of a loop."""

    def run(self, node: tree.Node, out: list[Any]) -> None:
        """Run one statement."""

    def into(self, statements: Sequence[tree.Node], out: list[Any]) -> None:
        """Run the statements of a block."""

    def block(self, block: tree.ScriptBlock, item: Any) -> list[Any]:
        """Output of a script block."""

    def holds(self, test: tree.Node) -> bool:
        """Whether a condition holds."""


class _Enumerator:
    """``$foreach`` and ``$switch``."""

    def __init__(self, values: list[Any], changing: list[Any] | None) -> None:
        self._values, self._changing = values, changing
        self._size = len(values)
        self.place = -1

    def move(self) -> bool:
        """The next element; False if there is none."""
        if self._changing is not None and len(self._changing) != self._size:
            error = ShellError("Collection was modified; enumeration operation may not execute.")
            error.exact, error.known_id = True, "System.InvalidOperationException"
            raise error
        self.place += 1
        return self.place < self._size

    @property
    def now(self) -> Any:
        """The element of now."""
        return self._values[self.place] if 0 <= self.place < self._size else None

    def net_get(self, name: str) -> Any:
        """Current."""
        if name == "current":
            return self.now
        raise UnsupportedError(f"The property {name} of an enumerator")

    def call(self, name: str, arguments: list[Any]) -> Any:
        """MoveNext()."""
        if name == "movenext" and not arguments:
            return self.move()
        raise UnsupportedError(f"The method {name}() of an enumerator")


def _same(item: Any, value: Any, cased: bool) -> bool:
    """Whether a value is that of a pattern; one of an enumeration is known by its name."""
    return equal(item.name() if isinstance(item, EnumValue) else item, value, cased)


class Loops:
    """Runs loops in one session."""

    def __init__(self, session: RunningSession, values: Values, runner: Runner) -> None:
        self._session = session
        self._values = values
        self._runner = runner

    def run(self, node: tree.Node, out: list[Any]) -> None:
        """Run a loop and add its output."""
        match node:
            case tree.ForEach():
                self._for_each(node, out)
            case tree.While(test=test, body=body, label=label):
                while self._runner.holds(test) and self._turn(body, out, label):
                    pass
            case tree.DoLoop(body=body, until=until, test=test, label=label):
                while self._turn(body, out, label) and self._runner.holds(test) is not until:
                    pass
            case tree.For(first=first, test=maybe, step=step, body=body, label=label):
                if first is not None:
                    self._runner.run(first, [])
                while (maybe is None or self._runner.holds(maybe)) and self._turn(body, out, label):
                    if step is not None:
                        self._runner.run(step, [])
            case tree.Switch():
                self._switch(node, out)

    def _source(self, node: tree.Node) -> tuple[list[Any], list[Any] | None]:
        """What a loop goes over, and the collection that must not change meanwhile."""
        found = self._values.raw(node)
        if found is NOTHING or found is None:
            return [], None
        if not isinstance(found, list):
            return [found], None
        return list(found), found if isinstance(found, NetList) and found.type.name.endswith(
            ("List", "HashSet")
        ) else None

    def _for_each(self, node: tree.ForEach, out: list[Any]) -> None:
        keys = self._table_of(node.source)
        elements, changing = self._source(node.source)
        if keys is not None:
            changing = keys
        enumerator = _Enumerator(elements, changing)
        variables = self._session.variables
        before = variables.raw("foreach", NOTHING)
        try:
            while enumerator.move():
                variables.current.values["foreach"] = enumerator
                variables[node.variable] = enumerator.now
                if not self._turn(node.body, out, node.label):
                    break
        finally:
            variables.current.values["foreach"] = before

    def _table_of(self, node: tree.Node) -> Any:
        """The table whose keys or values are gone over: it must not change meanwhile."""
        match node:
            case tree.Member(target=tree.Variable(name=holder), name=str() as name) if name.casefold() in _PARTS:
                table = self._session.variables.get(holder)
                return table if isinstance(table, dict) else None
        return None

    def _turn(self, body: Sequence[tree.Node], out: list[Any], label: str = "") -> bool:
        """Run the body once; False if it left the loop."""
        self._session.count_turn()
        try:
            self._runner.into(body, out)
        except Breaking as left:
            if left.label and left.label != label.casefold():
                raise
            return isinstance(left, Continuing)
        return True

    # switch

    def _switch(self, node: tree.Switch, out: list[Any]) -> None:
        fits = self._test(node.mode)
        for item in self._looked_at(node.value):
            with self._session.item(item):
                if not self._one(node, item, fits, out):
                    return

    def _one(self, node: tree.Switch, item: Any, fits: Callable[[Any, Any], bool], out: list[Any]) -> bool:
        """All patterns for one value; False if the switch is over."""
        found = False
        for pattern, body in node.cases:
            item = self._session.variables.current.values.get("_", item)
            value = self._values.value(pattern)
            if isinstance(value, tree.ScriptBlock):
                good = truth(folded(self._runner.block(value, item)))
            else:
                good = fits(item, value)
            if good:
                found = True
                left = self._case(body, out, node.label)
                if left is not None:
                    return left
        if not found and node.default is not None:
            left = self._case(node.default, out, node.label)
            if left is not None:
                return left
        return True

    def _case(self, body: Sequence[tree.Node], out: list[Any], label: str) -> bool | None:
        """Run a case; True: on to the next value, False: the switch is over, None: on to the next pattern."""
        self._session.count_turn()
        try:
            self._runner.into(body, out)
        except Breaking as left:
            if left.label and left.label != label.casefold():
                raise
            return isinstance(left, Continuing)
        return None

    def _test(self, mode: str) -> Callable[[Any, Any], bool]:
        words = mode.split()
        cased = "casesensitive" in words
        if "wildcard" in words:
            return lambda item, value: like(text(item), value, cased)
        if "regex" in words:
            return lambda item, value: self._matches(item, value, cased)
        return lambda item, value: (
            _same(item, value, cased)
            or (isinstance(value, str) and not isinstance(item, str) and equal(text(item), value, cased))
        )

    def _matches(self, item: Any, value: Any, cased: bool) -> bool:
        groups = matches(item, value, cased)
        if groups:
            self._session.variables["matches"] = groups
        return bool(groups)

    def _looked_at(self, node: tree.Node) -> Iterator[Any]:
        """What a switch looks at: each element of a list, $null too."""
        found = self._values.raw(node)
        if found is NOTHING:
            return iter(())
        return iter(list(found) if isinstance(found, list) else [found])


__all__ = ["Collected", "Loops"]
