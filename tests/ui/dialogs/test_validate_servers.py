"""Validate a Configuration without an open cluster, by mouse and keys: servers, tests, report, Create a Cluster."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QTextBrowser, QTreeWidget

from fcm.app import known_state
from fcm.backend.base import BackendError
from fcm.backend.libvirt.configuration import check
from fcm.model.validation import validate as validation
from fcm.ui.tour.driver import Driver, is_closed
from fcm.ui.widgets.background import Work
from fcm.ui.window.context import KnownCluster
from fcm.ui.wizards.create_cluster import CreateClusterWizard
from fcm.ui.wizards.hosts.create import CreateHostsWizard
from fcm.ui.wizards.servers.validate import ValidateServersWizard
from fcm.workspace.hosts import checking
from tests.ui.by_hand import formed, machine, opened
from tests.ui.window_by_hand import KNOWN, named, window
from tests.unit.pacemaker.forming.hosts_of_test import hosts_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.model.state import State
    from fcm.ui.window.main_window import MainWindow

DRIVER = Driver()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window without a cluster, which knows contoso and another one."""
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    made = window(qtbot, tmp_path / "settings")
    object.__setattr__(made.context, "known_state", known_state)
    return made


def wizard_of(shown: MainWindow) -> ValidateServersWizard:
    """Opened by its link on the start page, at Select Servers."""
    assert shown.isVisible()
    DRIVER.press("Validate a Configuration...")
    found = DRIVER.wait(lambda: QApplication.activeModalWidget(), "the wizard")
    assert isinstance(found, ValidateServersWizard)
    DRIVER.press("Next")
    assert found.page.title == "Select Servers"
    return found


def at(wizard: ValidateServersWizard, title: str) -> None:
    DRIVER.wait(lambda: wizard.heading.text() == title, f"the page {title}")


def describe(count: int) -> None:
    """Add described servers, which are called node1, node2 ..."""
    DRIVER.tab("Described servers", "Servers from")
    for _ in range(count):
        DRIVER.press("Add server")


def press_next(times: int = 1) -> None:
    for _ in range(times):
        DRIVER.press("Next")


def steps(wizard: ValidateServersWizard) -> list[str]:
    items = [wizard.steps.item(row) for row in range(wizard.steps.count())]
    return [item.text() for item in items if not item.isHidden()]


def result_of(wizard: ValidateServersWizard, test: str) -> str:
    """The result of a test in the summary."""
    return DRIVER.cell("Summary", test, "Result")


# Nodes of known clusters


def test_a_cluster_that_is_not_open_is_validated_as_a_whole_with_its_own_tests(
    shown: MainWindow, tmp_path: Path
) -> None:
    wizard = wizard_of(shown)
    DRIVER.tick_row("Clusters and nodes", "contoso")
    DRIVER.wait(lambda: "node1, node2, node3 of contoso" in wizard.select.selected.text(), "the nodes of contoso")
    press_next(2)
    at(wizard, "Confirmation")
    assert wizard.confirmation.power_shell.text() == "Test-Cluster -Cluster contoso"
    press_next()
    at(wizard, "Summary")
    assert result_of(wizard, "Validate Quorum Configuration") == "Passed"
    assert not wizard.summary.create_now.isEnabled()
    assert "node1 is already a node of contoso." in wizard.summary.why_not.text()
    DRIVER.press("View Report...")
    DRIVER.wait(lambda: list((tmp_path / "settings").glob("Validation*contoso*.html")), "the saved report")
    assert "node1, node2, node3" in DRIVER.find(QTextBrowser, "Report").toPlainText()
    DRIVER.press("Close")
    DRIVER.press("Finish")
    DRIVER.wait_for_no_dialog()
    assert shown.workspaces() == []
    said = shown.docks["Console"].view.output.toPlainText()
    assert said.startswith("PS C:\\> Test-Cluster -Cluster contoso")


def test_some_nodes_of_a_cluster_are_tested_without_the_tests_of_the_cluster(shown: MainWindow) -> None:
    wizard = wizard_of(shown)
    DRIVER.row("Clusters and nodes", "contoso")
    DRIVER.key(Qt.Key.Key_Right, widget=wizard.select.clusters)
    for node in ("node1", "node2"):
        DRIVER.tick_row("Clusters and nodes", node)
    press_next()
    DRIVER.press("Run only tests I select")
    press_next()
    tree = DRIVER.find(QTreeWidget, "Tests")
    categories = [str(index.data()) for index in DRIVER.rows(tree) if not index.parent().isValid()]
    assert categories == ["Inventory", "Network", "Storage", "System Configuration"]
    for category in categories[:3]:
        DRIVER.tick_row("Tests", category)
    press_next()
    line = "Test-Cluster -Node node1, node2 -Include 'Validate Same Processor Architecture', "
    assert wizard.confirmation.power_shell.text().startswith(line)
    press_next()
    at(wizard, "Summary")
    assert result_of(wizard, "Validate Virtual Network Names") == "Warning"
    assert wizard.report is not None
    assert {result.category for result in wizard.report.results} == {"System Configuration"}
    DRIVER.press("Finish")


def test_an_open_cluster_is_tested_as_it_is_now(shown: MainWindow) -> None:
    workspace, _ = opened(formed([machine("web")]))
    shown.show_workspace(workspace)
    shown.go_to_root()
    asked: list[str] = []
    object.__setattr__(shown.context, "known_state", lambda uri: asked.append(uri) or known_state(uri))
    uri = next(item.uri for item in shown.workspaces())
    object.__setattr__(shown.context, "clusters", lambda: [replace(KNOWN[0], uri=uri)])
    wizard = wizard_of(shown)
    assert DRIVER.cell("Clusters and nodes", "contoso", "Description") == "Open"
    DRIVER.tick_row("Clusters and nodes", "contoso")
    press_next(2)
    at(wizard, "Confirmation")
    press_next()
    at(wizard, "Summary")
    assert asked == []
    assert wizard.report is not None
    assert any("web on node1" in result.text for result in wizard.report.results)
    DRIVER.press("Finish")


def test_a_cluster_that_cannot_be_read_is_said_and_cleared(shown: MainWindow) -> None:
    go = threading.Event()

    def fail(uri: str) -> State:
        go.wait()
        raise BackendError(f"The cluster {uri} is open in another window. Close it there.")

    object.__setattr__(shown.context, "known_state", fail)
    wizard = wizard_of(shown)
    DRIVER.tick_row("Clusters and nodes", "other")
    go.set()
    DRIVER.wait(lambda: "is open in another window" in wizard.notice.text(), "the reason")
    press_next()
    assert wizard.notice.text().startswith("No server is selected.")
    DRIVER.press("Cancel")


def test_next_waits_for_the_nodes_of_a_selected_cluster(shown: MainWindow) -> None:
    go = threading.Event()

    def slow(uri: str) -> State:
        go.wait()
        return known_state(uri)

    object.__setattr__(shown.context, "known_state", slow)
    wizard = wizard_of(shown)
    DRIVER.tick_row("Clusters and nodes", "contoso")
    press_next()
    assert wizard.notice.text().startswith("The cluster contoso is being read.")
    go.set()
    DRIVER.wait(lambda: wizard.notice.text() == "", "the nodes of contoso")
    press_next()
    at(wizard, "Testing Options")
    DRIVER.press("Cancel")


# Servers that are described


def test_described_servers_become_the_cluster_that_is_created_next(shown: MainWindow) -> None:
    wizard = wizard_of(shown)
    assert "Networks and Storage" not in steps(wizard)
    describe(2)
    DRIVER.type_into("Memory of node2", "64")
    assert wizard.select.selected.text() == "Selected: node1, node2 of the described servers"
    press_next()
    at(wizard, "Networks and Storage")
    DRIVER.type_into("Shared disks", "2")
    press_next(2)
    at(wizard, "Confirmation")
    assert wizard.confirmation.power_shell.text() == "Test-Cluster -Node node1, node2"
    press_next()
    at(wizard, "Summary")
    assert result_of(wizard, "Validate Disk Access") == "Passed"
    DRIVER.press("Create the cluster now using the validated nodes")
    DRIVER.press("Finish")
    create = DRIVER.wait(
        lambda: found if isinstance(found := QApplication.activeModalWidget(), CreateClusterWizard) else None,
        "Create a Cluster",
    )
    assert create.page is create.servers
    plan = create.plan()
    assert [(node.name, node.memory >> 30) for node in plan.nodes] == [("node1", 32), ("node2", 64)]
    assert len(plan.disks) == 2
    DRIVER.press("Cancel")


def test_servers_that_must_not_form_a_cluster_fail_and_none_is_created_of_them(shown: MainWindow) -> None:
    wizard = wizard_of(shown)
    describe(2)
    DRIVER.choose("Processor of node2", "AMD")
    press_next(3)
    at(wizard, "Confirmation")
    press_next()
    at(wizard, "Summary")
    assert result_of(wizard, "Validate Same Processor Architecture") == "Failed"
    assert not wizard.summary.create_now.isEnabled()
    assert "Correct the problems" in wizard.summary.why_not.text()
    DRIVER.press("Finish")


def test_servers_of_one_name_are_refused_where_they_are_selected(shown: MainWindow) -> None:
    wizard = wizard_of(shown)
    DRIVER.tick_row("Clusters and nodes", "contoso")
    DRIVER.wait(lambda: "node1" in wizard.select.selected.text(), "the nodes of contoso")
    describe(1)
    press_next()
    assert wizard.notice.text().startswith(
        "Two of the selected servers are named node1: one of contoso, one of the described servers."
    )
    DRIVER.press("Remove server")
    assert wizard.notice.text() == ""
    DRIVER.press("Cancel")


# A run that is canceled


def test_cancel_while_the_tests_run_stops_them_and_leads_back(
    shown: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, ran = threading.Event(), []

    def held(find: Callable[[State], object]) -> Callable[[State], object]:
        def finding(state: State) -> object:
            ran.append(find)
            go.wait()
            return find(state)

        return finding

    slow = tuple(replace(test, find=held(test.find)) for test in validation.TESTS)
    monkeypatch.setattr(validation, "TESTS", slow)
    wizard = wizard_of(shown)
    describe(2)
    press_next(3)
    at(wizard, "Confirmation")
    press_next()
    label = DRIVER.find(QLabel, "Running test")
    DRIVER.wait(lambda: label.text().endswith("List Operating System Information"), "the first test")
    [work] = [work for work in wizard.findChildren(Work) if not work.is_over]
    DRIVER.press("Cancel")
    at(wizard, "Confirmation")
    assert wizard.notice.text().startswith("Validation was canceled.")
    go.set()
    work.wait()
    assert len(ran) == 1
    press_next()
    at(wizard, "Summary")
    DRIVER.press("Finish")


# Hosts of a hosts file


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[HostsFile]:
    """What was asked of hosts, which all respond and are alike."""
    files: list[HostsFile] = []

    def ask(hosts: HostsFile) -> tuple[check.HostFacts, ...]:
        files.append(hosts)
        return tuple(
            check.HostFacts(host.name, uuid=host.name, libvirt="9.0.0", qemu="7.2.0", memory=2**34, uri=host.uri)
            for host in hosts.hosts
        )

    monkeypatch.setattr(check, "ask_hosts", ask)
    return files


def hosts_file(folder: Path) -> Path:
    path = folder / "hosts.toml"
    path.write_text(hosts_text(), encoding="utf-8")
    return path


def test_hosts_of_a_file_are_asked_in_a_thread_and_lead_to_create_a_cluster_on_hosts(
    shown: MainWindow, tmp_path: Path, asked: list[HostsFile]
) -> None:
    path = hosts_file(tmp_path)
    wizard = wizard_of(shown)
    DRIVER.tab("Hosts file", "Servers from")
    DRIVER.type_into("Hosts file", str(path))
    DRIVER.press("Read hosts")
    DRIVER.wait(lambda: wizard.select.hosts.list.ticked(), "the hosts")
    press_next()
    DRIVER.press("Run only tests I select")
    press_next()
    DRIVER.tick_row("Tests", "Validate Pacemaker Cluster")
    press_next()
    assert wizard.confirmation.power_shell.text() == f"fcm hosts check {path}"
    assert asked == []
    press_next()
    at(wizard, "Summary")
    assert len(asked) == 1
    assert result_of(wizard, "Validate Hosts") == "Passed"
    assert any("QEMU 7.2.0" in result.text for result in wizard.report.results)
    DRIVER.press("Create the cluster now using the validated nodes")
    DRIVER.press("Finish")
    create = DRIVER.wait(
        lambda: found if isinstance(found := QApplication.activeModalWidget(), CreateHostsWizard) else None,
        "Create a Cluster on Hosts",
    )
    assert named(create, "Hosts file").text() == str(path)
    DRIVER.press("Cancel")
    DRIVER.wait(lambda: is_closed(create), "the end of the wizard")


def test_some_hosts_of_a_file_are_asked_without_the_others(
    shown: MainWindow, tmp_path: Path, asked: list[HostsFile]
) -> None:
    wizard = wizard_of(shown)
    DRIVER.tab("Hosts file", "Servers from")
    DRIVER.type_into("Hosts file", str(hosts_file(tmp_path)))
    DRIVER.key(Qt.Key.Key_Return)
    names = DRIVER.wait(lambda: wizard.select.hosts.list.ticked(), "the hosts")
    assert wizard.page is wizard.select
    assert wizard.notice.text() == ""
    DRIVER.tick_row("Hosts", names[-1])
    press_next(3)
    at(wizard, "Summary")
    assert [host.name for host in asked[0].hosts] == list(names[:-1])
    assert not wizard.summary.create_now.isEnabled()
    assert f"Only {len(names) - 1} of the {len(names)} hosts" in wizard.summary.why_not.text()
    DRIVER.press("Finish")


def test_simulated_servers_and_hosts_are_not_tested_together(
    shown: MainWindow, tmp_path: Path, asked: list[HostsFile]
) -> None:
    wizard = wizard_of(shown)
    describe(1)
    DRIVER.tab("Hosts file", "Servers from")
    DRIVER.type_into("Hosts file", str(hosts_file(tmp_path)))
    DRIVER.press("Read hosts")
    DRIVER.wait(lambda: wizard.select.hosts.list.ticked(), "the hosts")
    press_next()
    assert wizard.notice.text().startswith("Simulated servers and real hosts are selected together.")
    assert asked == []
    DRIVER.press("Cancel")


def test_a_hosts_file_that_cannot_be_read_is_said(shown: MainWindow, tmp_path: Path) -> None:
    wizard = wizard_of(shown)
    DRIVER.tab("Hosts file", "Servers from")
    DRIVER.type_into("Hosts file", str(tmp_path / "gone.toml"))
    press_next()
    assert wizard.notice.text().startswith("The hosts of the hosts file are not listed yet.")
    DRIVER.press("Read hosts")
    DRIVER.wait(lambda: "gone.toml" in wizard.notice.text(), "the reason")
    DRIVER.press("Cancel")


def test_hosts_of_a_known_cluster_are_asked_and_are_a_cluster_already(
    shown: MainWindow, tmp_path: Path, asked: list[HostsFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "check_cluster", lambda _hosts: [])
    uri = f"pacemaker:{hosts_file(tmp_path)}"
    object.__setattr__(shown.context, "clusters", lambda: [KnownCluster(uri, "East 1", "Three hosts", 1.0)])
    wizard = wizard_of(shown)
    DRIVER.tick_row("Clusters and nodes", "East 1")
    DRIVER.wait(lambda: wizard.select.selected.text() == "Selected: node1, node2, node3 of East 1", "the hosts")
    press_next(3)
    at(wizard, "Summary")
    assert result_of(wizard, "Validate Pacemaker Cluster") == "Passed"
    assert len(asked) == 1
    assert "The hosts are already the cluster East 1." in wizard.summary.why_not.text()
    DRIVER.press("Finish")


def test_a_file_that_asks_for_more_than_any_file_may_do_is_asked_about_first(
    shown: MainWindow, tmp_path: Path, asked: list[HostsFile]
) -> None:
    path = tmp_path / "hosts.toml"
    path.write_text(hosts_text().replace("node1/system", "node1/system?socket=/run/other"), encoding="utf-8")
    wizard = wizard_of(shown)
    DRIVER.tab("Hosts file", "Servers from")
    DRIVER.type_into("Hosts file", str(path))
    DRIVER.press("Read hosts")
    DRIVER.press("Allow and open")
    DRIVER.wait(lambda: wizard.select.hosts.list.ticked() == ("node1", "node2", "node3"), "the hosts")
    assert asked == []
    DRIVER.press("Cancel")


def test_cancel_while_hosts_are_asked_leads_back_at_once(
    shown: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, begun = threading.Event(), threading.Event()

    def hang(_hosts: HostsFile) -> tuple[check.HostFacts, ...]:
        begun.set()
        go.wait()
        return ()

    monkeypatch.setattr(check, "ask_hosts", hang)
    wizard = wizard_of(shown)
    DRIVER.tab("Hosts file", "Servers from")
    DRIVER.type_into("Hosts file", str(hosts_file(tmp_path)))
    DRIVER.press("Read hosts")
    DRIVER.wait(lambda: wizard.select.hosts.list.ticked(), "the hosts")
    press_next(3)
    DRIVER.wait(begun.is_set, "the first question")
    [work] = [work for work in wizard.findChildren(Work) if not work.is_over]
    DRIVER.key(Qt.Key.Key_Escape)
    at(wizard, "Confirmation")
    assert wizard.notice.text().startswith("Validation was canceled.")
    DRIVER.press("Cancel")
    DRIVER.wait(lambda: is_closed(wizard), "the end of the wizard")
    go.set()
    work.wait()


# The keyboard alone


def test_the_keyboard_alone_goes_from_the_servers_to_the_summary(shown: MainWindow) -> None:
    wizard = wizard_of(shown)
    DRIVER.row("Clusters and nodes", "contoso")
    assert QApplication.focusWidget() is wizard.select.clusters
    DRIVER.key(Qt.Key.Key_Space)
    DRIVER.wait(lambda: "node3 of contoso" in wizard.select.selected.text(), "the nodes of contoso")
    for page in ("Testing Options", "Confirmation"):
        DRIVER.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        at(wizard, page)
    DRIVER.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    at(wizard, "Summary")
    DRIVER.key(Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    DRIVER.wait_for_no_dialog()
