"""A hosts file that asks for more than any file may do: the window asks before anything is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMessageBox

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.ui.dialogs.manage_cluster import ManageClusterDialog
from fcm.ui.tour.driver import Driver
from fcm.workspace.files.trusted_files import TrustedFiles
from tests.ui.by_hand import busy_cluster
from tests.ui.window_by_hand import window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.workspace import Workspace

DRIVER = Driver()
FILE = """\
[cluster]
name = "east"
[[network]]
name = "Migration"
subnet = "10.1.0.0/24"
[[node]]
name = "alpha"
uri = "qemu+ssh://alpha/system?socket=/run/other&no_verify=1"
addresses = { Migration = "10.1.0.1" }
"""


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    path = tmp_path / "hosts.toml"
    path.write_text(FILE)
    return path


def shown_window(qtbot: QtBot, path: Path) -> tuple[MainWindow, list[str]]:
    opened: list[str] = []

    def opener(uri: str) -> Workspace:
        load(path, TrustedFiles().allows)
        opened.append(uri)
        return busy_cluster()[0]

    return window(qtbot, path.parent, opener), opened


def question() -> str:
    box = DRIVER.wait(
        lambda: next((one for one in DRIVER.roots() if isinstance(one, QMessageBox) and one.isVisible()), None),
        "the question",
    )
    return box.text()


def test_what_a_file_asks_for_is_told_and_yes_is_remembered(qtbot: QtBot, hosts: Path) -> None:
    shown, opened = shown_window(qtbot, hosts)
    shown.open(f"libvirt:{hosts}")
    said = question()
    assert "connect to the socket /run/other on alpha" in said
    assert "not verify the identity of alpha" in said
    assert opened == []
    DRIVER.press("Allow and open")
    DRIVER.wait(lambda: shown.workspace, "the cluster")
    assert TrustedFiles().path.stat().st_mode & 0o077 == 0


def test_cancel_opens_nothing(qtbot: QtBot, hosts: Path) -> None:
    shown, opened = shown_window(qtbot, hosts)
    shown.open(f"libvirt:{hosts}")
    question()
    DRIVER.press("Cancel")
    DRIVER.wait_for_no_dialog()
    assert opened == []
    assert shown.workspace is None
    assert not TrustedFiles().path.exists()


def test_the_dialog_manage_a_cluster_asks_too(qtbot: QtBot, hosts: Path) -> None:
    shown, opened = shown_window(qtbot, hosts)
    ManageClusterDialog(shown.desk).open()
    DRIVER.type_into("Cluster or file", f"libvirt:{hosts}")
    DRIVER.press("OK")
    question()
    DRIVER.press("Allow and open")
    DRIVER.wait(lambda: shown.workspace, "the cluster")
    DRIVER.wait_for_no_dialog()
    assert opened == [f"libvirt:{hosts}"]
