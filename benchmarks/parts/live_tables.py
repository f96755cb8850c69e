"""The tables of docs/live-hosts.md that tell how well the live forecast holds.

    python -m benchmarks.parts.live_tables

They stand between comments of that file: of the migrations that its figures were taken from, and of those that were set
aside before anybody looked.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.migration.validation.live import figures, validate_live

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.validation.calibration import ReplayedCase

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "live-hosts.md"
PARTS = {
    "training": ("live", "live-qemu-7.2", "live-corpus", "live-once-aside"),
    "set aside": ("live-set-aside",),
}
"""Folders of tests/data; each is a history of its own."""
HEAD = """\
| migrations | number | instants | end held | came sooner | came later | width | blackout held | shorter | longer |
|---|---|---|---|---|---|---|---|---|---|"""
GROUPS: tuple[tuple[str, Callable[[ReplayedCase], bool]], ...] = (
    ("all", lambda _: True),
    ("QEMU 7.2", lambda case: case.version.startswith("7.")),
    ("QEMU 10", lambda case: case.version.startswith("10.")),
    ("of machines that moved before", lambda case: case.moved_before),
    ("of machines that did not", lambda case: not case.moved_before),
    ("with two connections", lambda case: "-parallel-" in case.name),
    ("with auto-converge", lambda case: "-converge-" in case.name or "-strong-" in case.name),
    ("with half of the bandwidth", lambda case: "-half-" in case.name),
    ("50 Mbit/s", lambda case: "-50-" in case.name),
    ("1000 Mbit/s", lambda case: "-1000-" in case.name),
    ("idle guests", lambda case: "idle" in case.name),
    ("guests that write more than half of the bandwidth", lambda case: "busy" in case.name or "over" in case.name),
)


def table(part: str) -> str:
    """The lines of one part."""
    cases: list[ReplayedCase] = []
    for folder in PARTS[part]:
        cases += validate_live(sorted((ROOT / "tests" / "data" / folder).glob("*.json"))).cases
    lines = [HEAD]
    for name, belongs in GROUPS:
        some = [case for case in cases if belongs(case)]
        if not some:
            continue
        found = figures(some)
        eta, blackout, width = found["eta"], found["blackout"], found["width"]
        shares = [eta["held"], eta["below"], eta["above"]], [blackout["held"], blackout["below"], blackout["above"]]
        ends, pauses = ([_percent(share) for share in some_of] for some_of in shares)
        cells = [name, str(found["migrations"]), str(found["instants"]), *ends, _percent(width), *pauses]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "open" if share is None else f"{share * 100:.0f} %"


def main(words: list[str]) -> int:
    """Write the tables of the parts named, all without a name."""
    text = PAGE.read_text(encoding="utf-8")
    for part in words or [part for part in PARTS if f"<!-- live forecast: {part} -->" in text]:
        begin, end = f"<!-- live forecast: {part} -->\n", "<!-- end -->"
        before, rest = text.split(begin, 1)
        text = before + begin + table(part) + "\n" + rest[rest.index(end) :]
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
