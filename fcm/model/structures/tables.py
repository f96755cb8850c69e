"""Mappings that never change, with indexes that are found once and kept as long as they hold.

A State has thousands of objects and changes with every event, mostly in one field of one object. What groups the
objects by a field (the machines of a node) is passed on from one table to the next; where that very field changed,
only the groups of that object are made anew.
"""

from __future__ import annotations

import threading
from bisect import bisect
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, NoReturn, Protocol, TypeAlias, TypeVar

V = TypeVar("V")
K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


class GoneError(KeyError):
    """An object is not in the state, or not any more."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


_turns = threading.local()
"""``now``: the turn of this thread."""


@contextmanager
def one_turn() -> Iterator[None]:
    """Within this, only the last state that this thread makes is kept by anybody; those on the way to it are not.

    Tables that are made on the way are changed instead of copied: thousands of events that come at once, each of which
    changes one object of thousands, would copy all of them thousands of times.
    """
    before = getattr(_turns, "now", None)
    _turns.now = object()
    try:
        yield
    finally:
        _turns.now = before


class Table(dict[str, V]):
    """Objects by id, in order of appearance. Read like a dict; every way to change it raises TypeError."""

    __slots__ = ("_found", "_turn")

    def __init__(self, items: Mapping[str, V] | Iterable[tuple[str, V]] = ()) -> None:
        super().__init__(items)
        self._found: dict[Derived[V, Any], Any] = {}
        self._turn: object = None
        """In whose turn it was made; it may be changed until that ends, since nobody else has it."""

    def __missing__(self, key: str) -> NoReturn:
        raise GoneError(key)

    def __deepcopy__(self, memo: object) -> Table[V]:
        """Itself: it does not change, and neither do its objects."""
        return self

    def with_one(self, key: str, value: V) -> Table[V]:
        """This and one more object, or another one in the place of that key."""
        turn = getattr(_turns, "now", None)
        before, found = self.get(key), tuple(self._found.items()) if key in self else ()
        if turn is not None and self._turn is turn:
            after = self
            after._found = {}
        else:
            after = Table(self)
            after._turn = turn
        dict.__setitem__(after, key, value)
        if before is not None:
            for derived, result in found:
                if derived.relevant(before) == derived.relevant(value):
                    after._found[derived] = result
                elif derived.follow is not None:
                    after._found[derived] = derived.follow(result, key, before, value, after)
        return after

    def without(self, keys: set[str]) -> Table[V]:
        """This without those keys."""
        return Table((key, value) for key, value in self.items() if key not in keys)

    def find(self, derived: Derived[V, R]) -> R:
        """What is derived from all objects: remembered, or made now. Any thread may ask."""
        try:
            result: R = self._found[derived]
        except KeyError:
            result = self._found[derived] = derived.make(self)
        return result

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("A table does not change; make another one with with_one or without.")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


def table(mapping: Mapping[str, V]) -> Table[V]:
    """A mapping of a State, which is always a table."""
    assert isinstance(mapping, Table)
    return mapping


class Derived(Generic[V, R]):
    """Something that follows from all objects of a table, and what of an object it depends on."""

    def __init__(
        self,
        relevant: Callable[[V], Any],
        make: Callable[[Mapping[str, V]], R],
        follow: Callable[[R, str, V, V, Table[V]], R] | None = None,
    ) -> None:
        """``make`` must give the same for two tables whose objects are alike in ``relevant``, in the same order.

        ``follow`` makes the result of a table from that of the one before: the result, the id of the object that is
        another, this object before and after, and the table; None: it is made anew. It must give what ``make`` would,
        up to the order of keys.
        """
        self.relevant = relevant
        self.make = make
        self.follow = follow


def _number_all(table: Mapping[str, Any]) -> dict[str, int]:
    return {identity: number for number, identity in enumerate(table)}


def _nothing(value: object) -> None:
    """What the place of an object in its table depends on."""


PLACES: Derived[Any, dict[str, int]] = Derived(_nothing, _number_all)
"""Place of each object in the order of the table."""


Index: TypeAlias = Derived[V, dict[K, tuple[str, ...]]]
Total: TypeAlias = Derived[V, dict[K, int]]


def index(key: Callable[[V], K]) -> Index[V, K]:
    """Ids by a key of their objects, in the order of the table."""

    def make(table: Mapping[str, V]) -> dict[K, tuple[str, ...]]:
        found: dict[K, list[str]] = {}
        for identity, value in table.items():
            found.setdefault(key(value), []).append(identity)
        return {one: tuple(ids) for one, ids in found.items()}

    def follow(
        found: dict[K, tuple[str, ...]], identity: str, before: V, after: V, table: Table[V]
    ) -> dict[K, tuple[str, ...]]:
        result, old, new = dict(found), key(before), key(after)
        left = tuple(one for one in result[old] if one != identity)
        if left:
            result[old] = left
        else:
            del result[old]
        there = result.get(new, ())
        place = bisect(there, table.find(PLACES)[identity], key=table.find(PLACES).__getitem__)
        result[new] = (*there[:place], identity, *there[place:])
        return result

    return Derived(key, make, follow)


def total(key: Callable[[V], K], amount: Callable[[V], int]) -> Total[V, K]:
    """Sums of an amount by a key of the objects."""

    def make(table: Mapping[str, V]) -> dict[K, int]:
        found: dict[K, int] = {}
        for value in table.values():
            group = key(value)
            found[group] = found.get(group, 0) + amount(value)
        return found

    def follow(found: dict[K, int], _: str, before: V, after: V, __: Table[V]) -> dict[K, int]:
        result = dict(found)
        result[key(before)] -= amount(before)
        result[key(after)] = result.get(key(after), 0) + amount(after)
        return result

    return Derived(lambda value: (key(value), amount(value)), make, follow)


class Named(Protocol):
    """What users know by a name."""

    @property
    def name(self) -> str:
        """As users know it."""


def name_of(objects: Mapping[str, Named], identity: str | None) -> str:
    """The name of an object; its id where it is not in the cluster any more, "" where there is none."""
    found = objects.get(identity or "")
    return found.name if found is not None else identity or ""
