"""Whether something may be done, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done; if not, why, and what would help."""

    ok: bool
    reason: str = ""
    remedy: str = ""
    parts: tuple[Verdict, ...] = field(default=(), compare=False, repr=False)
    """The refusals that it was put together from."""

    def __bool__(self) -> bool:
        """True if allowed."""
        return self.ok

    def sentence(self) -> str:
        """Reason and remedy as one text."""
        return f"{self.reason} {self.remedy}".strip()


OK = Verdict(True)
MOST_REASONS = 12
"""Reasons of one refusal that are told; of more their number."""


def no(reason: str, remedy: str = "") -> Verdict:
    """A refusal."""
    return Verdict(False, reason, remedy)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict from several: every refusal is told, each reason and each remedy once; OK if there is none."""
    refused = [part for verdict in verdicts if not verdict for part in (verdict.parts or (verdict,))]
    if not refused:
        return OK
    reasons = tuple(dict.fromkeys(verdict.reason for verdict in refused))
    remedies = tuple(dict.fromkeys(verdict.remedy for verdict in refused if verdict.remedy))
    told = " ".join(reasons[:MOST_REASONS])
    if len(reasons) > MOST_REASONS:
        told += f" There are {len(reasons) - MOST_REASONS} more reasons."
    return Verdict(False, told, " ".join(remedies[:MOST_REASONS]), tuple(refused))


def for_all(refused: Iterable[tuple[str, str, Verdict]]) -> Verdict:
    """One refusal for all of several nodes, each obstacle told once.

    Args:
        refused: node, kind of the obstacle, and its words for that node; the best of the nodes first. Obstacles of one
            kind and remedy are told in the words for the first node, with the names of the others that have them too.
    """
    found: dict[tuple[str, str], list[tuple[str, Verdict]]] = {}
    for node, kind, verdict in refused:
        found.setdefault((kind, verdict.remedy.replace(node, "")), []).append((node, verdict))
    told = []
    for obstacle in found.values():
        first = obstacle[0][1]
        others = sorted(node for node, verdict in obstacle[1:] if verdict.reason != first.reason)
        told.append(no(first.reason + (f" The same applies to {some(others, 12)}." if others else ""), first.remedy))
    return together(told)


def some(names: Sequence[str], most: int) -> str:
    """Names in a sentence: at most so many of them, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
