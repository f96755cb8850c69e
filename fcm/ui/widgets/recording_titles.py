"""What recordings are called where one is chosen: those that travel with the program have titles."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fcm import resources
from fcm.text.textfile import TEXT, parse_toml, read_text

if TYPE_CHECKING:
    from pathlib import Path


def recording_title(path: Path) -> str:
    """The title of a recording of this program, the name of a file of another."""
    known = path.parent == resources.path("recordings")
    return _titles().get(path.stem, path.stem) if known else path.stem


@cache
def _titles() -> dict[str, str]:
    file = resources.path("recordings", "titles.toml")
    return {stem: str(title) for stem, title in parse_toml(read_text(file, TEXT), file).items()}
