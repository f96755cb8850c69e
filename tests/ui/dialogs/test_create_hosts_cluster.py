"""Create a Cluster on Hosts, by mouse and keys: what it asks, checks, shows, carries out, and how it is interrupted."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget, QTreeWidget

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.pacemaker.forming.plan import plan_cluster
from fcm.ui.tour.driver import Driver, is_closed
from fcm.ui.wizards.hosts.create import CreateHostsWizard
from fcm.workspace.actions.catalog import BY_ID
from fcm.workspace.hosts import site
from fcm.workspace.hosts.site import Choice, Failover
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import busy_cluster
from tests.ui.toy_nodes import NAMES, Toys
from tests.ui.window_by_hand import named, window
from tests.unit.pacemaker.forming.hosts_of_test import hosts_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.workspace import Workspace

DRIVER = Driver()
SECRET = "correct horse"


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Toys:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    return Toys(monkeypatch)


@pytest.fixture
def opened() -> list[str]:
    """What was opened."""
    return []


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, opened: list[str]) -> MainWindow:
    def opener(uri: str) -> Workspace:
        opened.append(uri)
        return busy_cluster()[0]

    return window(qtbot, tmp_path / "settings", opener)


def hosts_file(folder: Path, text: str) -> Path:
    path = folder / "hosts.toml"
    path.write_text(text, encoding="utf-8")
    return path


def wizard_of(shown: MainWindow) -> CreateHostsWizard:
    """Chosen in the menu of the place at the top."""
    from fcm.ui.window.qactions import entry_for

    shown.perform(entry_for(None, BY_ID["create-hosts-cluster"], Selection(Place.ROOT)))
    found = DRIVER.wait(lambda: QApplication.activeModalWidget(), "the wizard")
    assert isinstance(found, CreateHostsWizard)
    return found


def at(wizard: CreateHostsWizard, title: str) -> None:
    DRIVER.wait(lambda: wizard.heading.text() == title and not wizard.busy, f"the page {title}")


def read(wizard: CreateHostsWizard, path: Path) -> None:
    """Name the hosts file by typing its path, and go on with Enter."""
    DRIVER.press("Next")
    field = named(wizard, "Hosts file", QLineEdit)
    QTest.keyClicks(field, str(path))
    QTest.keyClick(field, Qt.Key.Key_Return)
    at(wizard, "Fencing Device")


def to_checks(wizard: CreateHostsWizard, path: Path) -> None:
    read(wizard, path)
    DRIVER.press("Next")
    at(wizard, "Witness")
    DRIVER.press("Next")
    at(wizard, "Checks")


def column(tree: QTreeWidget, number: int) -> list[str]:
    items = (tree.topLevelItem(row) for row in range(tree.topLevelItemCount()))
    return [item.text(number) for item in items if item is not None]


def texts(wizard: CreateHostsWizard) -> str:
    """All that the wizard shows, hidden pages too."""
    plain = [box.toPlainText() for box in wizard.findChildren(QPlainTextEdit)]
    return "\n".join([*plain, *(label.text() for label in wizard.findChildren(QLabel))])


def test_the_whole_walk_writes_the_choice_forms_the_cluster_and_opens_it(
    shown: MainWindow, toys: Toys, opened: list[str], tmp_path: Path
) -> None:
    path = hosts_file(tmp_path, "# ours\n" + hosts_text(witness=False, fencing=""))
    wizard = wizard_of(shown)
    read(wizard, path)

    agent = wizard.fencing.agent.lineEdit()
    assert agent is not None
    QTest.keyClicks(agent, "fence_x")
    table = named(wizard, "Options of the fence agent", QTableWidget)
    for row, column_of, text in ((0, 2, "10.0.0.11"), (1, 1, "admin")):
        table.setCurrentCell(row, column_of)
        QTest.keyClick(table, Qt.Key.Key_F2)
        editor = table.viewport().focusWidget() or QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        DRIVER.settle()
    QTest.keyClicks(named(wizard, "Password for fencing", QLineEdit), SECRET)
    DRIVER.press("Next")
    at(wizard, "Witness")
    DRIVER.press("Use a witness")
    QTest.keyClicks(named(wizard, "Witness host", QLineEdit), "10.90.0.200")
    QTest.keyClicks(named(wizard, "Login", QLineEdit), "admin@10.90.0.200:2222")
    DRIVER.press("Next")
    at(wizard, "Checks")

    hosts = load(path, lambda *_: True)
    assert path.read_text().startswith("# ours\n")
    assert hosts.fencing is not None
    assert (hosts.fencing.agent, hosts.fencing.general.options) == ("fence_x", {"username": "admin"})
    assert hosts.hosts[0].fencing is not None
    assert hosts.hosts[0].fencing.options == {"ip": "10.0.0.11"}
    assert hosts.witness is not None
    assert hosts.witness.ssh is not None
    assert hosts.witness.ssh.text == "admin@10.90.0.200:2222"
    secret = Path(hosts.fencing.general.password_file or "")
    assert secret.read_text(encoding="utf-8") == f"{SECRET}\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert SECRET not in path.read_text()

    toys.plan = plan_cluster(hosts)
    assert set(column(named(wizard, "Checks", QTreeWidget), 0)) == {"Passed"}
    assert "There is no cluster 'East 1'" in named(wizard, "Result of the checks", QLabel).text()
    assert toys.ran("corosync.conf.new") == [], "nothing is set up before it was agreed"
    DRIVER.press("Next")
    steps = named(wizard, "Steps to carry out", QTreeWidget)
    assert "Write corosync.conf" in column(steps, 2)
    row = column(steps, 2).index("Write corosync.conf")
    steps.setCurrentItem(steps.topLevelItem(row))
    assert "cluster_name: East-1" in named(wizard, "Commands of the step", QPlainTextEdit).toPlainText()
    DRIVER.press("Create")
    at(wizard, "Summary")

    assert "is complete: 3 nodes, fencing works" in named(wizard, "Outcome", QLabel).text()
    assert toys.ran("corosync.conf.new") == list(NAMES)
    assert SECRET not in texts(wizard) + toys.told
    DRIVER.press("Finish")
    DRIVER.wait(lambda: opened == [f"pacemaker:{path}"], "the cluster to be opened")
    DRIVER.wait(lambda: all(node.is_closed for node in toys.nodes.values()), "the ways to the hosts to end")


def test_without_a_fencing_device_it_is_refused_with_the_reason(shown: MainWindow, toys: Toys, tmp_path: Path) -> None:
    wizard = wizard_of(shown)
    read(wizard, hosts_file(tmp_path, hosts_text(fencing="")))
    DRIVER.press("Next")
    assert wizard.heading.text() == "Fencing Device"
    assert "it could then run twice" in wizard.notice.text()
    assert toys.told == ""
    DRIVER.press("Cancel")


def test_an_option_that_holds_a_secret_is_refused_and_nothing_is_written(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    path = hosts_file(tmp_path, hosts_text(fencing='agent = "fence_x"\nip = "10.0.0.1"'))
    wizard = wizard_of(shown)
    read(wizard, path)
    table = named(wizard, "Options of the fence agent", QTableWidget)
    table.item(0, 0).setText("passwd")
    before = path.read_text()
    DRIVER.press("Next")
    at(wizard, "Witness")
    DRIVER.press("Next")
    DRIVER.wait(lambda: "A hosts file contains no secrets" in wizard.notice.text(), "the refusal")
    assert path.read_text() == before
    DRIVER.press("Cancel")


def test_two_nodes_without_a_witness_are_refused(shown: MainWindow, toys: Toys, tmp_path: Path) -> None:
    path = hosts_file(tmp_path, hosts_text(nodes=2, witness=False))
    wizard = wizard_of(shown)
    read(wizard, path)
    DRIVER.press("Next")
    at(wizard, "Witness")
    assert wizard.witness.wanted.isChecked(), "an even number of nodes is offered one"
    DRIVER.press("Use a witness")
    DRIVER.press("Next")
    DRIVER.wait(lambda: "Two nodes need a witness" in wizard.notice.text(), "the refusal")
    DRIVER.press("Cancel")


def test_a_fencing_device_that_does_not_answer_ends_it_before_anything_is_set_up(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    for node in toys.nodes.values():
        node.fails = "timeout 60 fence_x"
    wizard = wizard_of(shown)
    to_checks(wizard, hosts_file(tmp_path, hosts_text()))
    checks = named(wizard, "Checks", QTreeWidget)
    assert column(checks, 1)[:3] == [f"{name}: It did not work." for name in NAMES]
    assert "nothing can be made highly available" in named(wizard, "Details", QLabel).text()
    DRIVER.press("Next")
    assert wizard.notice.text().startswith("3 problems must be corrected first.")
    assert toys.ran("corosync.conf.new") == []

    for node in toys.nodes.values():
        node.fails = ""
    DRIVER.press("Check again")
    at(wizard, "Checks")
    DRIVER.press("Next")
    assert wizard.heading.text() == "Confirmation"
    DRIVER.press("Cancel")


def test_the_password_does_not_stay_on_the_nodes_when_the_fencing_device_does_not_answer(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    toys.nodes["node2"].fails = "timeout 60 fence_x"
    wizard = wizard_of(shown)
    read(wizard, hosts_file(tmp_path, hosts_text()))
    QTest.keyClicks(named(wizard, "Password for fencing", QLineEdit), SECRET)
    DRIVER.press("Next")
    at(wizard, "Witness")
    DRIVER.press("Next")
    at(wizard, "Checks")
    assert toys.ran("rm -f /etc/fcm/fencing-*") == list(NAMES)
    DRIVER.press("Cancel")


def test_cancel_ends_the_run_after_the_current_step_and_it_can_be_continued(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    path = hosts_file(tmp_path, hosts_text())
    toys.plan = plan_cluster(load(path))
    toys.held = "corosync.conf.new <<"
    wizard = wizard_of(shown)
    to_checks(wizard, path)
    DRIVER.press("Next")
    DRIVER.press("Create")
    DRIVER.wait(toys.reached.is_set, "the step that is held")
    progress = named(wizard, "Progress", QLabel)
    DRIVER.wait(lambda: "Write corosync.conf" in progress.text(), "the step to be shown")
    DRIVER.press("Cancel")
    assert progress.text().startswith("Canceling")
    assert wizard.isVisible()
    toys.held = ""
    toys.go.set()
    at(wizard, "Summary")
    assert named(wizard, "Outcome", QLabel).text().startswith("Canceled after ")
    assert len(toys.ran("corosync.conf.new <<")) == 1, "no other step was begun"

    DRIVER.press("Check and continue...")
    at(wizard, "Checks")
    DRIVER.press("Next")
    DRIVER.press("Create")
    at(wizard, "Summary")
    assert "is complete" in named(wizard, "Outcome", QLabel).text()
    assert not [b for b in wizard.findChildren(QPushButton) if b.text().startswith("Check and") and b.isVisible()]
    DRIVER.press("Finish")


def test_a_step_that_fails_is_told_with_its_reason_and_what_the_node_said(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    toys.nodes["node2"].fails = "corosync.conf.new <<"
    wizard = wizard_of(shown)
    to_checks(wizard, hosts_file(tmp_path, hosts_text()))
    DRIVER.press("Next")
    DRIVER.press("Create")
    at(wizard, "Summary")
    said = named(wizard, "Outcome", QLabel).text()
    assert "'Write corosync.conf' on node2 failed: It did not work." in said
    assert "some words" in " ".join(column(named(wizard, "Summary", QTreeWidget), 1))
    states = column(wizard.progress.table.tree, 3)
    assert "failed" in states
    assert states[states.index("failed") + 1] == "", "no step is begun after one that failed"
    DRIVER.press("Finish")
    DRIVER.wait(lambda: is_closed(wizard), "the wizard to close")


def test_what_an_interrupted_run_left_is_named_before_it_is_continued(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    path = hosts_file(tmp_path, hosts_text())
    toys.form(plan_cluster(load(path)))
    toys.nodes["node3"].is_formed = False
    wizard = wizard_of(shown)
    to_checks(wizard, path)
    assert "is not complete. It can be continued." in named(wizard, "Result of the checks", QLabel).text()
    assert "node3 has no Corosync key." in column(named(wizard, "Checks", QTreeWidget), 1)
    DRIVER.press("Next")
    assert "Completed steps are not repeated." in named(wizard, "What will be done", QLabel).text()
    DRIVER.press("Cancel")


def test_a_file_that_is_no_hosts_file_is_refused_where_it_was_typed(
    shown: MainWindow, toys: Toys, tmp_path: Path
) -> None:
    path = hosts_file(tmp_path, "[cluster]\n")
    wizard = wizard_of(shown)
    DRIVER.press("Next")
    QTest.keyClicks(named(wizard, "Hosts file", QLineEdit), str(path))
    DRIVER.press("Next")
    DRIVER.wait(lambda: "has no 'name'" in wizard.notice.text() or "line 1" in wizard.notice.text(), "the refusal")
    assert wizard.heading.text() == "Select Hosts"
    DRIVER.press("Cancel")


def test_in_a_lab_the_witness_is_the_station_of_the_same_lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(site, "lab_clients", lambda: frozenset({"fcm-a-client", "fcm-b-client", "fcm-c-client"}))
    hosts = load(hosts_file(tmp_path, hosts_text(witness=False)))
    nodes = tuple(replace(host, probe_namespace=f"fcm-b-{host.name}") for host in hosts.hosts)
    saved: list[Failover] = []

    def changed(path: Path, text: str, wanted: Failover) -> str:
        saved.append(wanted)
        return text

    monkeypatch.setattr(site, "with_failover", changed)
    site.save_choice(replace(hosts, hosts=nodes, is_lab=True), Choice("fence_x", witness="10.90.0.200"))
    assert saved[0].witness is not None
    assert saved[0].witness.namespace == "fcm-b-client"
