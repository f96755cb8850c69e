"""Destroy a Cluster on Hosts, by mouse and keys: what it refuses, takes back, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QTreeWidget

from fcm.backend.embedded import open_embedded
from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.plan import plan_cluster
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import entries
from fcm.ui.wizards.hosts.destroy import DestroyHostsWizard
from fcm.workspace.selection import Place, Selection
from fcm.workspace.workspace import Workspace
from tests.ui.by_hand import busy_cluster
from tests.ui.pacemaker_by_hand import opened
from tests.ui.toy_nodes import NAMES, Toys
from tests.ui.window_by_hand import named, window
from tests.unit.pacemaker.forming.hosts_of_test import hosts_text

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

DRIVER = Driver()
CLUSTER = Selection(Place.CLUSTER)
WEB = b'<primitive id="web" class="ocf" provider="fcm" type="VirtualMachine"/>'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "hosts.toml"
    made.write_text(hosts_text(), encoding="utf-8")
    return made


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: Path) -> Toys:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    made = Toys(monkeypatch)
    made.form(plan_cluster(load(path)))
    return made


@pytest.fixture
def uris() -> list[str]:
    """What was opened."""
    return []


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, path: Path, uris: list[str]) -> MainWindow:
    """A window on the cluster, which was opened as one of Pacemaker."""

    def opener(uri: str) -> Workspace:
        uris.append(uri)
        return busy_cluster()[0]

    made = window(qtbot, tmp_path / "settings", opener)
    workspace, backend = opened()
    backend.uri = f"pacemaker:{path}"
    made.show_workspace(workspace)
    return made


def wizard_of(shown: MainWindow) -> DestroyHostsWizard:
    """Chosen in the menu of the cluster."""
    entry = next(one for one in entries(shown.workspace, (CLUSTER,)) if one.action.id == "destroy-cluster")
    shown.perform(entry)
    found = DRIVER.wait(lambda: QApplication.activeModalWidget(), "the wizard")
    assert isinstance(found, DestroyHostsWizard)
    return found


def at(wizard: DestroyHostsWizard, title: str) -> None:
    DRIVER.wait(lambda: wizard.heading.text() == title and not wizard.busy, f"the page {title}")


def test_the_cluster_that_is_open_is_removed_and_its_hosts_are_opened(
    shown: MainWindow, toys: Toys, path: Path, uris: list[str]
) -> None:
    wizard = wizard_of(shown)
    field = named(wizard, "Hosts file", QLineEdit)
    assert field.text() == str(path)
    QTest.keyClick(field, Qt.Key.Key_Return)
    at(wizard, "Virtual Machines")
    DRIVER.press("Next")
    at(wizard, "Confirmation")
    assert (
        "Virtual machines keep running, but no longer fail over." in named(wizard, "What will be done", QLabel).text()
    )
    tree = named(wizard, "Steps to carry out", QTreeWidget)
    assert tree.topLevelItem(0).text(2) == "Undo: Start the cluster when the node boots"
    assert "systemctl -q disable" in named(wizard, "Commands of the step", QPlainTextEdit).toPlainText()
    assert toys.ran("systemctl -q disable") == [], "nothing is done before it was agreed"
    DRIVER.press("Destroy")
    at(wizard, "Summary")
    assert named(wizard, "Outcome", QLabel).text().startswith("The cluster was removed.")
    assert toys.ran("systemctl -q disable") == list(NAMES)
    done = wizard.progress.table.tree
    assert all(done.topLevelItem(row).text(4) for row in range(done.topLevelItemCount())), "each step says its time"
    shown.messages.show_message("error", "No Pacemaker cluster is running on these hosts.")
    DRIVER.press("Finish")
    DRIVER.wait(lambda: uris == [f"libvirt:{path}"], "the hosts to be opened")
    assert shown.messages.strips == (), "what its nodes said while it ended is no news"


def test_virtual_machines_that_are_still_highly_available_are_refused_until_they_are_released(
    shown: MainWindow, toys: Toys
) -> None:
    for node in toys.nodes.values():
        node.managed = WEB
    wizard = wizard_of(shown)
    DRIVER.press("Next")
    at(wizard, "Virtual Machines")
    DRIVER.press("Next")
    DRIVER.wait(lambda: "still highly available: web." in wizard.notice.text(), "the refusal")
    assert wizard.heading.text() == "Virtual Machines"

    DRIVER.press("Remove virtual machines from the cluster first; they keep running")
    DRIVER.press("Next")
    at(wizard, "Confirmation")
    assert "First, 1 virtual machine will be removed from it." in named(wizard, "What will be done", QLabel).text()
    tree = named(wizard, "Steps to carry out", QTreeWidget)
    assert not tree.topLevelItem(0).text(2).startswith("Undo: "), "the virtual machine goes first"
    DRIVER.press("Cancel")


def test_a_node_that_does_not_let_go_is_named_and_the_others_are_cleared(shown: MainWindow, toys: Toys) -> None:
    toys.nodes["node2"].fails = "rm -f /etc/corosync/authkey"
    wizard = wizard_of(shown)
    DRIVER.press("Next")
    at(wizard, "Virtual Machines")
    DRIVER.press("Next")
    at(wizard, "Confirmation")
    DRIVER.press("Destroy")
    at(wizard, "Summary")
    assert named(wizard, "Outcome", QLabel).text().startswith("1 step could not be undone.")
    assert toys.ran("rm -f /etc/corosync/authkey") == list(NAMES)
    DRIVER.press("Finish")


def test_a_simulated_cluster_does_not_offer_it(qtbot: QtBot, tmp_path: Path) -> None:
    made = window(qtbot, tmp_path / "settings")
    workspace = Workspace(open_embedded("contoso", seed=1, start_time=1_000_000.0))
    workspace.open()
    made.show_workspace(workspace)
    assert "destroy-cluster" not in {one.action.id for one in entries(made.workspace, (CLUSTER,))}
