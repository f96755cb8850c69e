"""The agent's file: how it comes to a node and leaves it, its version, its description for Pacemaker, shellcheck."""

from __future__ import annotations

import os
import subprocess
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.pacemaker.remote import agent
from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

if TYPE_CHECKING:
    from pathlib import Path


def _sh(script: str, folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env=os.environ | {"HA_RSCTMP": str(folder / "temp")},
        capture_output=True,
        text=True,
        check=False,
        timeout=stretched(PROGRAM_PATIENCE),
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the agent goes to: its folder does not exist yet."""
    return tmp_path / "resource.d" / "fcm" / "VirtualMachine"


def test_an_installed_agent_is_this_version_whole_and_executable(place: Path, tmp_path: Path) -> None:
    assert _sh(agent.check_script(str(place)), tmp_path)[0] != 0
    assert _sh(agent.version_script(str(place)), tmp_path) == (0, "", "")
    assert _sh(agent.install_script(str(place)), tmp_path) == (0, "", "")
    assert place.read_text(encoding="utf-8") == agent.content()
    assert place.stat().st_mode & 0o777 == 0o755
    assert _sh(agent.check_script(str(place)), tmp_path)[0] == 0
    assert _sh(agent.version_script(str(place)), tmp_path) == (0, agent.VERSION, "")
    assert [path.name for path in place.parent.iterdir()] == ["VirtualMachine"]


def test_a_changed_agent_does_not_pass_the_check_and_is_put_right(place: Path, tmp_path: Path) -> None:
    _sh(agent.install_script(str(place)), tmp_path)
    place.write_text(agent.content() + "# changed\n", encoding="utf-8")
    assert _sh(agent.check_script(str(place)), tmp_path)[0] != 0
    assert _sh(agent.install_script(str(place)), tmp_path)[0] == 0
    assert _sh(agent.check_script(str(place)), tmp_path)[0] == 0


def test_an_older_version_is_replaced_and_a_newer_one_is_not(place: Path, tmp_path: Path) -> None:
    place.parent.mkdir(parents=True)
    line = f"\nVERSION={agent.VERSION}\n"
    assert line in agent.content()
    place.write_text(agent.content().replace(line, "\nVERSION=0.9.9\n"), encoding="utf-8")
    assert _sh(agent.install_script(str(place)), tmp_path)[0] == 0
    assert place.read_text(encoding="utf-8") == agent.content()
    newer = agent.content().replace(line, "\nVERSION=10.0\n")
    place.write_text(newer, encoding="utf-8")
    code, _, said = _sh(agent.install_script(str(place)), tmp_path)
    assert code == 1
    assert said.startswith("fcm: This node has version 10.0")
    assert place.read_text(encoding="utf-8") == newer


@pytest.mark.parametrize("script", [agent.install_script, agent.remove_script])
def test_a_file_that_is_not_of_fcm_is_neither_replaced_nor_removed(script: object, place: Path, tmp_path: Path) -> None:
    assert callable(script)
    place.parent.mkdir(parents=True)
    place.write_text("#!/bin/sh\n# somebody else's\nVERSION=1\n", encoding="utf-8")
    code, _, said = _sh(script(str(place)), tmp_path)
    assert code == 1
    assert said.startswith(f"fcm: The file {place} on this node was not created by fcm.")
    assert "somebody else's" in place.read_text(encoding="utf-8")
    assert _sh(agent.version_script(str(place)), tmp_path) == (0, "", "")


def test_a_removed_agent_leaves_nothing(place: Path, tmp_path: Path) -> None:
    _sh(agent.install_script(str(place)), tmp_path)
    (place.parent / ".VirtualMachine.4711").touch()
    (tmp_path / "temp").mkdir()
    (tmp_path / "temp" / "fcm-web.uuid").touch()
    assert _sh(agent.remove_script(str(place)), tmp_path) == (0, "", "")
    assert not place.parent.exists()
    assert not list((tmp_path / "temp").iterdir())
    assert _sh(agent.remove_script(str(place)), tmp_path) == (0, "", "")


def test_an_agent_beside_it_in_the_folder_stays(place: Path, tmp_path: Path) -> None:
    _sh(agent.install_script(str(place)), tmp_path)
    (place.parent / "Other").touch()
    assert _sh(agent.remove_script(str(place)), tmp_path)[0] == 0
    assert [path.name for path in place.parent.iterdir()] == ["Other"]


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("1.0.1", "1.0.0", True),
        ("1.10", "1.9", True),
        ("1.0", "1.0.0", False),
        ("1.0.0", "1.0", False),
        ("0.9", "1.0", False),
        ("1.0", "", True),
        ("", "1.0", False),
        ("strange", "0.1", False),
    ],
)
def test_versions_are_compared_number_by_number(version: str, than: str, newer: bool) -> None:
    assert agent.is_newer(version, than) is newer


def _described() -> ET.Element:
    done = subprocess.run(
        ["/bin/sh", str(resources.path("ocf", "VirtualMachine")), "meta-data"],
        env=os.environ | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        timeout=stretched(PROGRAM_PATIENCE),
    )
    return ET.fromstring(done.stdout)


def test_the_description_for_pacemaker_names_the_version_and_what_can_change_without_a_restart() -> None:
    described = _described()
    assert described.get("version") == agent.VERSION
    parameters = {parameter.get("name"): parameter for parameter in described.iter("parameter")}
    assert [name for name, found in parameters.items() if found.get("required") == "1"] == ["config"]
    reloadable = {name for name, parameter in parameters.items() if parameter.get("reloadable") == "1"}
    assert reloadable == {"force_stop", "remoteuri", "migrate_options"}
    assert all(parameters[name].get("unique-group") is None for name in reloadable)
    actions = {action.get("name") for action in described.iter("action")}
    assert actions >= {"start", "stop", "monitor", "migrate_to", "migrate_from", "reload-agent", "validate-all"}


def test_shellcheck_finds_nothing() -> None:
    script = resources.path("ocf", "VirtualMachine")
    done = subprocess.run(
        ["shellcheck", "--shell=sh", "--severity=style", str(script)],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=stretched(PROGRAM_PATIENCE),
    )
    assert (done.returncode, done.stdout) == (0, "")
