"""Messages name commands that work here, however fcm was installed and started."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from fcm import installation
from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An fcm of an environment that is not on the path of the shell, just started."""
    made = tmp_path / "env" / "fcm"
    made.parent.mkdir()
    made.write_text("#!/bin/sh\n", encoding="utf-8")
    made.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "argv", [str(made)])
    return made


def test_a_program_that_no_shell_finds_is_named_with_its_path(program: Path) -> None:
    assert installation.command("tour") == f"{program} tour"


def test_a_program_that_the_shell_finds_is_named_as_it_is_typed(program: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "fcm").symlink_to(program)
    assert installation.command("tour") == "fcm tour"
    # sudo looks elsewhere
    assert installation.command("lab up", path=True) == f"{program} lab up"


def test_another_fcm_on_the_path_is_not_taken_for_this_one(program: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    other = tmp_path / "bin" / "fcm"
    other.write_text("#!/bin/sh\n", encoding="utf-8")
    other.chmod(0o755)
    assert installation.command("tour") == f"{program} tour"


def test_a_path_with_blanks_can_be_typed_as_it_is_printed(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = program.parent.parent / "my programs"
    program.parent.rename(moved)
    monkeypatch.setattr(sys, "argv", [str(moved / "fcm")])
    assert installation.command("tour") == f"'{moved}/fcm' tour"


def test_python_dash_m_fcm_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/fcm/__main__.py"])
    assert installation.command("--version").endswith(" -m fcm --version")
    done = subprocess.run(installation.command("--version"), shell=True, cwd=TOP, capture_output=True, check=False)
    assert done.stdout.startswith(b"fcm ")


def test_a_bundle_never_names_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "pip" not in installation.again() + installation.with_libvirt()


def test_the_distribution_has_a_name_of_its_own_and_a_script_without_a_console() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == installation.DISTRIBUTION == "failover-cluster-manager"
    assert project["scripts"] == {"fcm": "fcm.cli.main:main"}
    assert project["gui-scripts"] == {"fcmw": "fcm.cli.main:main"}
