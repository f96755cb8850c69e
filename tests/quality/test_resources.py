"""Icons used are icons present, and everything in resources/ travels in the wheel."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP, calls, place, python_files, tree

if TYPE_CHECKING:
    from pathlib import Path

ICONS = {file.stem for file in resources.path("icons").glob("*.svg")}


def icon_arguments() -> dict[str, str]:
    """Icon names given as a constant to ``icon(...)``, ``pixmap(...)`` or ``icon=...``, with their place."""
    found: dict[str, str] = {}
    for file in python_files("fcm"):
        for name, call in calls(file):
            given = [keyword.value for keyword in call.keywords if keyword.arg == "icon"]
            if name in ("icon", "pixmap") and call.args:
                given.append(call.args[0])
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    found.setdefault(value.value, place(file, call))
    return found


def test_every_icon_that_is_asked_for_is_there() -> None:
    missing = {name: where for name, where in icon_arguments().items() if name not in ICONS}
    assert not missing, missing


def test_every_icon_of_an_action_is_there() -> None:
    from fcm.workspace.actions.catalog import ACTIONS

    assert not [action.id for action in ACTIONS if action.icon not in ICONS]


def test_every_icon_that_is_there_is_used() -> None:
    """A name counts as used when it stands in the source, whole or as the beginning that a state is put to."""
    texts = set()
    beginnings = set()
    for file in python_files("fcm"):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    beginnings = {text for text in beginnings if re.fullmatch(r"[a-z]+-", text)}
    unused = sorted(name for name in ICONS - texts if not any(name.startswith(text) for text in beginnings))
    assert not unused, unused


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the project, built as pip builds it but without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_everything_in_resources_is_in_the_wheel(wheel: Path) -> None:
    here = {
        f"fcm/_resources/{file.relative_to(TOP / 'resources').as_posix()}"
        for file in (TOP / "resources").rglob("*")
        if file.is_file() and file.name != ".gitkeep"
    }
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert here
    assert not sorted(here - inside)


def test_the_wheel_holds_the_program_and_nothing_of_the_workshop(wheel: Path) -> None:
    folders = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"fcm"}


def test_the_resources_are_found_when_the_program_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "from fcm import resources; print(resources.root())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert done.stdout.strip() == str(tmp_path / "fcm" / "_resources"), done.stderr
