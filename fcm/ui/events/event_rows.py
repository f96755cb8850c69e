"""Numbers of records as rows of a table, and how one such list comes of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from array import array

MOST_RUNS = 64
"""More runs of gone rows than this make the table anew."""


class Numbers(Sequence[str]):
    """Numbers of records as ids of rows; the array has the last row first, so that new rows on top are appended."""

    def __init__(self, numbers: array[int]) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[row] for row in range(*place.indices(len(self.numbers)))]
        if not -len(self.numbers) <= place < len(self.numbers):
            raise IndexError(place)
        return str(self.numbers[-1 - place] if place >= 0 else self.numbers[-1 - place - len(self.numbers)])

    def __iter__(self) -> Iterator[str]:
        return map(str, reversed(self.numbers))


@dataclass(frozen=True, slots=True)
class Step:
    """From one list of numbers to another; both have the last row first."""

    gone: tuple[tuple[int, int], ...]
    """Places in the first list, from and up to (not with), of what is gone; the last ones first."""
    on_top: array[int]
    """What comes after what stays."""


def step(before: array[int], after: array[int]) -> Step | None:
    """How to come from one list to another; None: that would be as much as showing it anew."""
    start = 0
    if after and before and before[0] != after[0]:  # mostly it is the oldest that go
        try:
            start = before.index(after[0])
        except ValueError:
            return None
    elif not after:
        start = len(before)
    if before[start:] == after[: len(before) - start]:
        gone = ((0, start),) if start else ()
        return Step(gone, after[len(before) - start :])
    runs: list[tuple[int, int]] = [(0, start)] if start else []
    place = 0
    for number in range(start, len(before)):
        if place < len(after) and before[number] == after[place]:
            place += 1
        elif runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        elif len(runs) == MOST_RUNS:
            return None
        else:
            runs.append((number, number + 1))
    return Step(tuple(reversed(runs)), after[place:])
