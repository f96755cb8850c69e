"""Sessions of the shell, written down with what it answered; `test_transcripts.py` holds them.

A file in tests/data/transcripts begins each command with ``PS> ``; below it stands the answer. After a change that is
meant, write them anew and read what changed (``git diff``):

    python -m tests.unit.shell.transcripts
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.shell import cmdlets
from fcm.shell.runtime.registry import REGISTRY
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from fcm.shell.runtime.parameters import Param

FOLDER = Path(__file__).parents[2] / "data" / "transcripts"
SIGNATURES = FOLDER.parent / "cmdlets.txt"
"""Every cmdlet with its parameters."""
PROMPT = "PS> "
_TODAY = re.compile(r"\d{1,2}/\d{1,2}/20[2-9]\d +\d{1,2}:\d\d\S*( [AP]M)?|20[2-9]\d-\d\d-\d\d[T ]\S+")
"""Times of files, which are those of the computer; the clock of the cluster is in 2009."""
WITH_PROGRESS = "# with progress"
"""From here on the progress of a command stands in braces before it."""


def replayed(path: Path, folder: Path) -> str:
    """The session with the answers of today, where local time is UTC; files are written into ``folder``."""
    said: list[str] = []

    def progress(activity: str, status: str, percent: int) -> None:
        said.append(f"({activity}: {status} {percent})")

    desk = ShellDesk(folder)
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(PROMPT):
                answer = desk.run(line.removeprefix(PROMPT)).text().replace(str(folder), "FOLDER")
                answer = _TODAY.sub("TODAY", answer)
                said += [line, *(one.rstrip() for one in answer.strip("\n").splitlines())]
            elif line.startswith("#"):
                said.append(line)
            if line == WITH_PROGRESS:
                desk.session.on_progress = progress
    finally:
        desk.close()
    return "\n".join(said) + "\n"


def signatures() -> str:
    """Each cmdlet with its aliases, and each of its parameters: kind, place, what it takes from the pipeline."""
    cmdlets.load()
    lines = []
    for one in REGISTRY.cmdlets.values():
        marks = [one.module, *one.aliases, *(["joins"] if one.joins else []), *(["raw"] if one.raw else []), one.since]
        lines.append(" ".join([one.name, *filter(None, marks)]))
        lines += [f"    {_signature(param)}" for param in one.parameters]
    return "\n".join(lines) + "\n"


def _signature(param: Param) -> str:
    place = "" if param.position is None else f"[{param.position}]"
    flags = [word for word in ("rest", "needed", "empty", "null", "by_property") if getattr(param, word)]
    parts = [f"-{param.name}{place}", param.kind, *param.aliases, *flags]
    parts += [f"one of {'|'.join(param.choices)}"] if param.choices else []
    parts += [f"from {'|'.join(param.pipes)}"] if param.pipes else []
    parts += [f"of {param.of}"] if param.of else []
    parts += [f"for {param.means}"] if param.means else []
    return " ".join([*parts, *(["absent"] if param.absent else [])])


if __name__ == "__main__":
    SIGNATURES.write_text(signatures(), encoding="utf-8")
    os.environ["TZ"] = "UTC"
    time.tzset()
    for one in sorted(FOLDER.glob("*.txt")):
        with tempfile.TemporaryDirectory() as place:
            one.write_text(replayed(one, Path(place)), encoding="utf-8")
