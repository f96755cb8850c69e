"""Whether something may be done, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.entities import GIB, MIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done; if not, why, and what would help."""

    ok: bool
    reason: str = ""
    remedy: str = ""

    def __bool__(self) -> bool:
        """True if allowed."""
        return self.ok

    def sentence(self) -> str:
        """Reason and remedy as one text."""
        return f"{self.reason} {self.remedy}".strip()


OK = Verdict(True)
NAME_LIMIT = 80
"""Characters of a name; Failover Clustering itself cuts off far beyond."""
MOST_REASONS = 12
"""Reasons of one refusal that are told; of more their number."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def no(reason: str, remedy: str = "") -> Verdict:
    """A refusal."""
    return Verdict(False, reason, remedy)


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict from several: every refusal is told, each reason and each remedy once; OK if there is none."""
    refused = [verdict for verdict in verdicts if not verdict]
    if not refused:
        return OK
    reasons = tuple(dict.fromkeys(verdict.reason for verdict in refused))
    remedies = tuple(dict.fromkeys(verdict.remedy for verdict in refused if verdict.remedy))
    told = " ".join(reasons[:MOST_REASONS])
    if len(reasons) > MOST_REASONS:
        told += f" There are {len(reasons) - MOST_REASONS} more reasons."
    return no(told, " ".join(remedies[:MOST_REASONS]))


def valid_name(name: str, what: str) -> Verdict:
    """Whether a text can be the name of something that also becomes a file or folder."""
    if not name.strip():
        return no(f"The {what} needs a name.", "Type at least one character.")
    if len(name) > NAME_LIMIT:
        return no(f"The name of the {what} has {len(name)} characters.", f"Use at most {NAME_LIMIT}.")
    if _FORBIDDEN.search(name):
        return no(f"The name {name!r} has a character that files cannot have.", 'Leave out \\ / : * ? " < > |')
    return OK


def gib(size: int) -> str:
    """Bytes in words of GiB or MiB, for sentences."""
    return f"{size / GIB:.1f} GiB" if size >= GIB else f"{size / MIB:.0f} MiB"


def some(names: Sequence[str], most: int) -> str:
    """Names in a sentence: at most so many of them, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
