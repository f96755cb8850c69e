"""The sections of what the script printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fcm.backend.pacemaker.reading.script import FIRST

_FIRST = re.compile(rf"{FIRST} ([0-9a-f-]{{36}})\n")
_MOST_SECTIONS = 200


@dataclass(frozen=True, slots=True)
class Section:
    """What one program of the script printed."""

    code: int | None
    """Its exit code; None: the script was ended before it."""
    output: str
    said: str = ""
    """What it wrote to its standard error."""

    @property
    def is_good(self) -> bool:
        """Whether it ended by itself, without an error."""
        return self.code == 0

    @property
    def hung(self) -> bool:
        """Whether it was ended because it did not respond in time (timeout(1))."""
        return self.code in (None, 124, 137)


def sections(printed: str) -> dict[str, Section] | None:
    """The sections by name, as many as there are; None if this is nothing that the script prints.

    A section that is cut off holds what came; of two with one name, the first counts.
    """
    first = _FIRST.match(printed)
    if first is None:
        return None
    mark = re.escape(first[1])
    found: dict[str, Section] = {}
    begin = re.compile(rf"^{mark} begin ([^\n]+)\n", re.MULTILINE)
    place = begin.search(printed, first.end())
    while place is not None and len(found) < _MOST_SECTIONS:
        name = place[1]
        end = re.compile(rf"^{mark} end {re.escape(name)} (\d+)\n", re.MULTILINE).search(printed, place.end())
        if end is None:
            found.setdefault(name, Section(None, printed[place.end() :]))
            break
        said = re.compile(rf"^{mark} said {re.escape(name)}$", re.MULTILINE).search(printed, end.end())
        errors = printed[end.end() : said.start()] if said is not None else printed[end.end() :]
        output = printed[place.end() : end.start()]
        found.setdefault(name, Section(int(end[1]), output.strip("\n"), errors.strip()))
        if said is None:
            break
        place = begin.search(printed, said.end())
    return found
