"""Sessions of the shell, written down with what it answered; `test_transcripts.py` holds them.

A file in tests/data/transcripts begins each command with ``PS> ``; below it stands the answer. After a change that is
meant, write them anew and read what changed (``git diff``):

    python -m tests.unit.shell.transcripts
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from tests.unit.shell.desk import ShellDesk

FOLDER = Path(__file__).parents[2] / "data" / "transcripts"
PROMPT = "PS> "


def replayed(path: Path, folder: Path) -> str:
    """The session with the answers of today, where local time is UTC; files are written into ``folder``."""
    desk = ShellDesk(folder)
    try:
        said = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(PROMPT):
                answer = desk.run(line.removeprefix(PROMPT)).text().replace(str(folder), "FOLDER")
                said += [line, *(one.rstrip() for one in answer.strip("\n").splitlines())]
            elif line.startswith("#"):
                said.append(line)
    finally:
        desk.close()
    return "\n".join(said) + "\n"


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    for one in sorted(FOLDER.glob("*.txt")):
        with tempfile.TemporaryDirectory() as place:
            one.write_text(replayed(one, Path(place)), encoding="utf-8")
