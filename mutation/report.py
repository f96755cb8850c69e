"""What came of the changes: the figure, the survivors, and which of them nothing has to notice."""

from __future__ import annotations

import tomllib
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mutation.changes import Change

HERE = Path(__file__).resolve().parent


class Outcome(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"
    UNREACHED = "not reached by a test"
    EQUIVALENT = "equivalent"

    @property
    def noticed(self) -> bool:
        return self in (Outcome.KILLED, Outcome.TIMEOUT)


def equivalents() -> dict[tuple[str, str, str], str]:
    """The reasons why nothing has to notice a change, by the change's key."""
    entries = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8")).get("equivalent", [])
    return {(entry["file"], entry["before"], entry["after"]): entry["reason"] for entry in entries}


def told(
    name: str, seed: int, possible: int, outcomes: Sequence[tuple[Change, Outcome]], failing: Sequence[str]
) -> str:
    """The figure, and what nobody noticed."""
    counts = Counter(outcome for _, outcome in outcomes)
    judged = len(outcomes) - counts[Outcome.EQUIVALENT]
    noticed = sum(count for outcome, count in counts.items() if outcome.noticed)
    lines = [f"\n== {name}: {len(outcomes)} of {possible} possible changes, seed {seed}"]
    lines += [
        f"{change}    ({outcome})" for change, outcome in outcomes if not outcome.noticed and outcome != "equivalent"
    ]
    if failing:
        lines.append("Left out, because they fail without a change: " + ", ".join(failing))
    parts = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    share = f"{100 * noticed / judged:.1f} %" if judged else "nothing to judge"
    lines.append(f"{name}: {parts}; noticed {noticed} of {judged} = {share}")
    return "\n".join(lines)
