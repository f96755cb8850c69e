"""Checks on the state of a cluster: a small, closed language for drills and courses (docs/drills.md).

A check names an object, one of its properties, and what that should be. It only looks: it runs no PowerShell, reads no
file and changes nothing, so that it can come from a file that somebody sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.text.words import quoted
from fcm.workspace.learning.properties import CLUSTER, PROPERTIES, Property, Value, named_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.toml_table import Table
    from fcm.model.state import State

EVERY = "*"
"""A name that means every object of that kind."""
MOST = 50
"""Checks of one list."""
_CLOSE = 1e-9
_COMPARISONS = {
    str: ("is", "is_not"),
    bool: ("is",),
    float: ("is", "at_least", "at_most"),
    tuple: ("has", "has_not"),
}
_WORDS = {
    "is": "is",
    "is_not": "is not",
    "at_least": "is at least",
    "at_most": "is at most",
    "has": "includes",
    "has_not": "does not include",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    holds: bool
    wanted: str
    """What should be the case, as a sentence."""
    found: str
    """What is the case, as a sentence."""


@dataclass(frozen=True, slots=True)
class Check:
    """One property of one object, or of every object of a kind, and what it should be."""

    kind: str
    """A key of PROPERTIES."""
    name: str
    """Name of the object; "" for the cluster, EVERY for every object of the kind."""
    property: str
    comparison: str
    """is, is_not, at_least, at_most, has or has_not."""
    value: Value
    says: str = ""
    """What should be the case, in the words of the file."""

    def look(self, state: State) -> Finding:
        """Whether it holds now."""
        chosen = [(name, one) for name, one in named_objects(state, self.kind) if _is_meant(self.name, name)]
        wanted = self.says or f"{self._subject(self.name)}: {self.property} {self._wish()}."
        if not chosen:
            return Finding(False, wanted, f"There is no {self._subject(self.name)}.")
        read = PROPERTIES[self.kind][self.property].read
        values = [(name, read(state, one)) for name, one in chosen]
        wrong = [(name, value) for name, value in values if not _fits(self.comparison, value, self.value)]
        name, value = (wrong or values)[0]
        return Finding(not wrong, wanted, f"{self._subject(name)}: {self.property} is {_shown(value)}.")

    def _subject(self, name: str) -> str:
        return self.kind if not name else f"every {self.kind}" if name == EVERY else f"{self.kind} {name}"

    def _wish(self) -> str:
        return f"{_WORDS[self.comparison]} {_shown(self.value)}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds if one of its checks does."""

    checks: tuple[Check, ...]
    says: str = ""

    def look(self, state: State) -> Finding:
        """Whether one of them holds now."""
        findings = [check.look(state) for check in self.checks]
        wanted = self.says or " Or: ".join(finding.wanted for finding in findings)
        shown = next((finding for finding in findings if finding.holds), None)
        return Finding(shown is not None, wanted, shown.found if shown else " ".join(one.found for one in findings))


def read_checks(table: Table, key: str, state: State | None) -> tuple[Check | AnyOf, ...]:
    """The checks of an array of tables; each object that they name must be in the state, if one is given.

    Raises:
        ClusterFileError: a check is wrong; with its line and the reason.
    """
    return tuple(_either(one, state) for one in _tables(table, key))


def _tables(table: Table, key: str) -> Sequence[Table]:
    found = table.tables(key, 0, 2**31, "checks")
    if len(found) > MOST:
        raise table.error(f"{quoted(key)} has {len(found)} checks; at most {MOST} are allowed.", key, MOST)
    return found


def _either(table: Table, state: State | None) -> Check | AnyOf:
    if "any" not in table:
        return _check(table, state)
    checks = tuple(_check(one, state) for one in _tables(table, "any"))
    if not checks:
        raise table.error("'any' must list at least one check.", "any")
    says = table.text("says", "")
    table.end()
    return AnyOf(checks, says)


def _check(table: Table, state: State | None) -> Check:
    kind = _one_of(table, "object", table.text("object"), tuple(PROPERTIES))
    known = PROPERTIES[kind]
    name = "" if kind == CLUSTER else table.text("name")
    if state is not None:
        _refuse_stranger(table, kind, name, state)
    wanted = _one_of(table, "property", table.text("property"), tuple(known))
    comparison, value = _comparison(table, wanted, known[wanted])
    says = table.text("says", "")
    table.end()
    return Check(kind, name, wanted, comparison, value, says)


def _one_of(table: Table, key: str, word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise table.error(f"{quoted(key)} is {quoted(word)}; it must be one of: {', '.join(known)}.", key)
    return word


def _refuse_stranger(table: Table, kind: str, name: str, state: State) -> None:
    names = [one for one, _ in named_objects(state, kind)]
    if kind == CLUSTER:
        return
    if name == EVERY and not names:
        raise table.error(f"The cluster has no {kind}.", "name")
    if not any(_is_meant(name, one) for one in names):
        listed = ", ".join(names[:12]) or "none"
        raise table.error(f"There is no {kind} {quoted(name)} in the cluster. It has: {listed}.", "name")


def _comparison(table: Table, name: str, asked: Property) -> tuple[str, Value]:
    allowed = _COMPARISONS[asked.kind]
    given = [word for word in _WORDS if word in table]
    if len(given) != 1:
        raise table.error(f"Exactly one of the keys {', '.join(allowed)} says what {quoted(name)} should be.")
    comparison = given[0]
    if comparison not in allowed:
        reason = f"{quoted(name)} cannot be compared with {quoted(comparison)}. Use one of: {', '.join(allowed)}."
        raise table.error(reason, comparison)
    readers: dict[type, Callable[[], Value]] = {
        str: lambda: table.text(comparison, "") or "",
        bool: lambda: table.flag(comparison, default=False),
        float: lambda: table.number(comparison, 0.0),
        tuple: lambda: table.text(comparison),
    }
    return comparison, readers[asked.kind]()


def _is_meant(wanted: str, name: str) -> bool:
    return wanted == EVERY or wanted.casefold() == name.casefold()


def _fits(comparison: str, value: Value, wanted: Value) -> bool:
    match comparison, value, wanted:
        case "is", str(), str():
            return value.casefold() == wanted.casefold()
        case "is_not", str(), str():
            return value.casefold() != wanted.casefold()
        case "is", bool(), bool():
            return value is wanted
        case "has", tuple(), str():
            return any(wanted.casefold() == one.casefold() for one in value)
        case "has_not", tuple(), str():
            return all(wanted.casefold() != one.casefold() for one in value)
        case "is", int() | float(), int() | float():
            return abs(value - wanted) <= _CLOSE
        case "at_least", int() | float(), int() | float():
            return value >= wanted - _CLOSE
        case "at_most", int() | float(), int() | float():
            return value <= wanted + _CLOSE
    return False


def _shown(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value) if value else "empty"
        case tuple():
            return ", ".join(value) or "empty"
    return f"{value:g}"
