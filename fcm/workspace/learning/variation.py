"""Seeded variation: each seed gives a drill names of its own, so that one student cannot use another's answers.

Names are replaced in the text of the file before it is read, as whole words: what mentions them (the story, hints,
checks) follows, and lines of errors stay those of the file.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

SEEDS = 8000
"""Seeds are 0 to 7999: each has a code of its own."""
_LETTERS = "bcdfghjklmnpqrstvwxz"
"""Without vowels no code is a word."""
_STEP, _OFFSET = 2741, 1009
"""``_STEP`` has no divisor in common with SEEDS, so that no two seeds have one code."""
_WORD = "[A-Za-z0-9_-]"
_TRAILING = re.compile(r"[0-9]+$")
_SHORTEST = 3
"""Characters of a name that can be varied."""
_LONGEST_STEM = 8
"""Characters: with code and number a name stays within the 15 of NetBIOS."""


def code_of(seed: int) -> str:
    """Three letters that only this seed has.

    Raises:
        ValueError: there is no such seed.
    """
    if not 0 <= seed < SEEDS:
        raise ValueError(f"{seed} is not a seed; seeds are 0 to {SEEDS - 1}.")
    number = (seed * _STEP + _OFFSET) % SEEDS
    size = len(_LETTERS)
    return "".join(_LETTERS[number // size**place % size] for place in (2, 1, 0))


@dataclass(frozen=True, slots=True)
class Variation:
    """Names of a file and what a seed makes of them."""

    seed: int
    names: Mapping[str, str] = field(default_factory=dict)
    """Name in the file: name for this seed."""

    def said(self, text: str) -> str:
        """A text with the names of this seed."""
        if not self.names:
            return text
        longest_first = sorted(self.names, key=len, reverse=True)
        known = "|".join(re.escape(name) for name in longest_first)
        return re.sub(f"(?<!{_WORD})(?:{known})(?!{_WORD})", lambda match: self.names[match[0]], text)


def vary(seed: int, cluster: str, nodes: Sequence[str], others: Sequence[str]) -> Variation:
    """New names for a cluster, its nodes and its virtual machines or other services.

    Nodes change their numbers, so that the node in trouble is not the same one for everybody. What a machine is for
    stays in its name: SQL01 becomes bcd-SQL47.

    Raises:
        ValueError: there is no such seed.
    """
    code = code_of(seed)
    draw = random.Random(f"drill {seed}")
    names = {cluster: f"{code}-cluster"}
    stem = draw.choice(("hv", "node", "srv", "vmh"))
    numbers = draw.sample(range(1, len(nodes) + 1), len(nodes))
    names |= {node: f"{code}-{stem}{number}" for node, number in zip(nodes, numbers, strict=True)}
    drawn = draw.sample(range(10, 100), len(others)) if len(others) <= 90 else range(100, 100 + len(others))
    for other, number in zip(others, drawn, strict=True):
        names[other] = f"{code}-{_TRAILING.sub('', other)[:_LONGEST_STEM]}{number}"
    return Variation(seed, names)


def shuffled(seed: int, number: int, purpose: str) -> tuple[int, ...]:
    """The order in which a seed shows ``number`` things."""
    order = list(range(number))
    random.Random(f"{purpose} {seed}").shuffle(order)
    return tuple(order)


def why_unclear(names: Iterable[str], words: Container[str]) -> str:
    """Why names cannot be replaced as whole words of a text; "" if they can.

    Args:
        names: those of nodes and services, which need a digit, and of the cluster.
        words: words of the file that are no names.
    """
    seen: set[str] = set()
    for name in names:
        if not re.fullmatch(f"{_WORD}+", name):
            return f"{quoted(name)} cannot be varied: only letters, digits, hyphens and underscores can."
        if name in seen:
            return f"{quoted(name)} is the name of two things, so that it cannot be varied."
        if name in words or len(name) < _SHORTEST or not re.search("[A-Za-z]", name):
            return f"{quoted(name)} cannot be told from a word. Use a name such as node1 or SQL01."
        seen.add(name)
    return ""
