"""The smoke test of an installation, started as a program, and what it must leave alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PREFERENCES = {"clusters.last": "embedded:mine", "console.history": ["Get-VM"]}


def files(home: Path) -> dict[str, str]:
    """What programs keep for a user, except for what can be made anew at any time."""
    kept = (path for path in home.rglob("*") if path.is_file() and "cache" not in path.relative_to(home).parts[0])
    return {str(path.relative_to(home)): path.read_text(encoding="utf-8") for path in kept}


@pytest.mark.parametrize("named_by", ["HOME", "FCM_DATA"])
def test_the_smoke_test_leaves_the_user_s_settings_and_journals_alone(tmp_path: Path, named_by: str) -> None:
    folder = tmp_path / (".config/fcm" if named_by == "HOME" else "data")
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps(PREFERENCES), encoding="utf-8")
    before = files(tmp_path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    if named_by == "FCM_DATA":
        environment["FCM_DATA"] = str(folder)
    done = subprocess.run(
        [sys.executable, "-m", "fcm", "--smoke"], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert files(tmp_path) == before
