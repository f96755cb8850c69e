"""Puts the tables of `fcm validate`, and of benchmarks/engine.py, into docs/migration-model.md.

Run: python -m benchmarks.validation [LABEL=DIR ...] [published] [speed]
Run: python -m benchmarks.validation goals LABEL=DIR ...

Every `<!-- table LABEL case|achieved NAME -->` of the document is followed by the table of that name over the folder
with that label, fed with the case alone or with what was achieved, up to `<!-- end -->`. NAME is as in the headings of
`fcm validate`. With `published` the table of published migrations is made anew, with `speed` the part after
`<!-- speed -->` measured. With `goals`, only the tables after `<!-- goals LABEL -->` in docs/live-hosts.md are made.
What is not given keeps what it has.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.engine import measured, speed_table
from benchmarks.published import published_table
from fcm.migration.fields import BadFileError
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.calibration import calibration, replay
from fcm.migration.validation.goals import compare
from fcm.migration.validation.runs import validate
from fcm.migration.validation.tables import FORECAST, forecast_table, table

if TYPE_CHECKING:
    from fcm.migration.validation.runs import Validation

DOCUMENT = Path(__file__).parents[1] / "docs" / "migration-model.md"
_MARK = re.compile(r"(<!-- table (\S+) (case|achieved) ([^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_PUBLISHED = re.compile(r"(<!-- published -->\n).*?(<!-- end -->)", re.DOTALL)
_SPEED = re.compile(r"(<!-- speed -->\n).*?(<!-- end -->)", re.DOTALL)

_GOALS = re.compile(r"(<!-- goals (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
GOALS_DOCUMENT = Path(__file__).parents[1] / "docs" / "live-hosts.md"

_PARTS = ("published", "speed", "goals")


def filled(text: str, folders: dict[str, Path]) -> str:
    """The document with its tables made anew.

    Raises:
        BadFileError: naming a recording that cannot be read.
        KeyError: for a table that does not exist.
    """
    made: dict[tuple[str, str], Validation] = {}
    more = {(label, fed) for _, label, fed, name, _ in _MARK.findall(text) if name != FORECAST}

    def put(found: re.Match[str]) -> str:
        label, fed = found[2], found[3]
        if label not in folders:
            return found[0]
        if (label, fed) not in more:
            # Only the running forecast is asked for: no need to predict every run in six ways.
            replayed = [replay(path.stem, read_recording(path)) for path in sorted(folders[label].glob("*.json"))]
            known = calibration([case for case in replayed if case is not None])
            return f"{found[1]}{forecast_table(known)}\n{found[5]}"
        if (label, fed) not in made:
            made[label, fed] = validate(sorted(folders[label].glob("*.json")), fed == "achieved")
        return f"{found[1]}{table(made[label, fed], found[4])}\n{found[5]}"

    return _MARK.sub(put, text)


def with_goals(text: str, folders: dict[str, Path]) -> str:
    """The document about real hosts with its comparisons of goals made anew; each takes minutes."""

    def put(found: re.Match[str]) -> str:
        if found[2] not in folders:
            return found[0]
        made = compare(sorted(folders[found[2]].glob("*.json")), print)
        return f"{found[1]}{made.text()}\n{found[3]}"

    return _GOALS.sub(put, text)


def main(words: list[str]) -> int:
    """Rewrites the document; exit code."""
    folders = {
        label: Path(folder) for label, _, folder in (word.partition("=") for word in words if word not in _PARTS)
    }
    if not words or not all(folder.is_dir() and any(folder.glob("*.json")) for folder in folders.values()):
        print("expected LABEL=DIR, with recordings (*.json) in DIR, published or speed", file=sys.stderr)
        return 2
    try:
        text = "" if "goals" in words else filled(DOCUMENT.read_text(encoding="utf-8"), folders)
    except BadFileError as error:
        print(error, file=sys.stderr)
        return 2
    if "published" in words:
        cases = published_table()
        text = _PUBLISHED.sub(lambda found: f"{found[1]}{cases}\n{found[2]}", text)
    if "speed" in words:
        speed = speed_table(measured())
        text = _SPEED.sub(lambda found: f"{found[1]}{speed}\n{found[2]}", text)
    if "goals" in words:
        GOALS_DOCUMENT.write_text(with_goals(GOALS_DOCUMENT.read_text(encoding="utf-8"), folders), encoding="utf-8")
        return 0
    DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
