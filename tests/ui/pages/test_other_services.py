"""Services and applications in the window: the wizard, their page, their menus and dialogs; real clicks and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QTimeEdit,
    QToolButton,
    QWidget,
)

from fcm.backend.base import Console
from fcm.backend.pacemaker.capabilities import capabilities_of
from fcm.model import commands as cmd
from fcm.model.entities import DiskUse, Group, GroupType, MachineState, ResourceState, VolumeAccess
from fcm.model.failures import FaultKind
from fcm.ui.dialogs.services import connect as connecting
from fcm.ui.dialogs.services.dependency_report import DependencyReport
from fcm.ui.events.events import EventsPage
from fcm.ui.tour.driver import Driver
from fcm.ui.window.qactions import entries
from fcm.ui.wizards.high_availability import HighAvailabilityWizard
from fcm.workspace.selection import Place, Selection
from tests.ui.window_by_hand import window_of
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
DRIVER = Driver()
TREE = "Console tree"
SERVICES = "Services and applications"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The cluster contoso with a file server."""
    made = Desk()
    disk = made.disk("Cluster Disk 3").id
    assert made.do(cmd.AddRole(GroupType.FILE_SERVER, "FS01", "10.0.1.60", (disk,)))
    yield made
    made.workspace.close()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, desk: Desk) -> MainWindow:
    """A window of it."""
    window = window_of(qtbot, tmp_path, desk.workspace)
    window.resize(1280, 800)
    DRIVER.settle()
    return window


def role(desk: Desk) -> Group:
    return desk.group("FS01")


def resource(desk: Desk, name: str) -> str:
    return next(one.id for one in desk.state.resources.values() if one.name == name)


def go_to(shown: MainWindow, desk: Desk) -> None:
    shown.select(Selection(Place.GROUP, role(desk).id))
    DRIVER.settle()


def labels(shown: MainWindow, selection: Selection) -> dict[str, str]:
    return {one.action.id: one.label for one in entries(shown.workspace, (selection,))}


def answer(name: str) -> None:
    """Press a button of a question."""
    DRIVER.press(name)


# the wizard


def test_the_wizard_offers_all_kinds_and_asks_each_what_it_needs(shown: MainWindow, desk: Desk) -> None:
    shown.select(Selection(Place.SERVICES))
    DRIVER.press("Configure a Service or Application...")
    wizard = DRIVER.wait_for_dialog("High Availability Wizard")
    assert isinstance(wizard, HighAvailabilityWizard)
    DRIVER.press("Next")
    kinds = DRIVER.find(QListWidget, "Services and applications to choose from")
    assert [kinds.item(row).text() for row in range(kinds.count())] == [
        "DHCP Server",
        "File Server",
        "Generic Application",
        "Generic Service",
        "Other Server",
        "Print Server",
        "Virtual Machine",
    ]
    assert steps(wizard) == ["Before You Begin", "Select Service or Application", "Select Virtual Machine",
                             "Confirmation", "Configure High Availability", "Summary"]  # fmt: skip
    DRIVER.click_row("Services and applications to choose from", "Generic Service")
    assert steps(wizard)[2:5] == ["Select Service or Program", "Client Access Point", "Select Storage"]
    DRIVER.click_row("Services and applications to choose from", "Other Server")
    assert steps(wizard)[2:4] == ["Client Access Point", "Select Storage"]
    wizard.reject()


def steps(wizard: HighAvailabilityWizard) -> list[str]:
    found = (wizard.steps.item(row) for row in range(wizard.steps.count()))
    return [item.text() for item in found if not item.isHidden()]


def test_a_generic_service_is_configured_by_keys_and_its_page_is_shown(shown: MainWindow, desk: Desk) -> None:
    shown.select(Selection(Place.SERVICES))
    DRIVER.press("Configure a Service or Application...")
    DRIVER.wait_for_dialog("High Availability Wizard")
    DRIVER.press("Next")
    DRIVER.click_row("Services and applications to choose from", "Generic Service")
    DRIVER.press("Next")
    DRIVER.press("Next")
    assert "The service name is missing." in told()
    DRIVER.type_into("Service name or command line", "Spooler")
    DRIVER.key(Qt.Key.Key_Return)
    DRIVER.type_into("Name", "SPOOL01")
    DRIVER.type_into("IP address", "10.0.1.60")
    DRIVER.press("Next")
    assert "10.0.1.60 is already in use." in told()
    DRIVER.type_into("IP address", "10.0.1.61")
    DRIVER.press("Next")
    DRIVER.press("Next")
    DRIVER.press("Next")
    DRIVER.find(QAbstractItemView, "Summary")
    DRIVER.press("Finish")
    DRIVER.wait_for_no_dialog()
    made = desk.group("SPOOL01")
    assert (made.type, made.state) == (GroupType.GENERIC_SERVICE, ResourceState.ONLINE)
    assert shown.selection == Selection(Place.GROUP, made.id)
    assert [row(shown, 0), row(shown, 1)] == ["Spooler (SPOOL01)", "SPOOL01"]


def row(shown: MainWindow, number: int) -> str:
    page: Any = shown.page
    return str(page.resources.table.index(number, 0).data())


def told() -> str:
    """What the wizard says."""
    wizard: Any = DRIVER.wait_for_dialog("High Availability Wizard")
    return str(wizard.notice.text())


def test_where_only_machines_can_be_clustered_the_other_kinds_say_why(
    shown: MainWindow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = capabilities_of((cmd.MakeHighlyAvailable,), rehearses=False)
    monkeypatch.setattr(desk.backend, "capabilities", lambda: able)
    wizard = shown.show_dialog("high-availability", Selection(Place.SERVICES))
    assert isinstance(wizard, HighAvailabilityWizard)
    kinds = wizard.kinds.list
    offered = {kinds.item(row).text(): kinds.item(row) for row in range(kinds.count())}
    assert [text for text, item in offered.items() if item.flags() & Qt.ItemFlag.ItemIsEnabled] == ["Virtual Machine"]
    assert "only virtual machines highly available with Pacemaker" in offered["File Server"].toolTip()
    assert wizard.kind is GroupType.VIRTUAL_MACHINE
    wizard.reject()


def test_a_new_machine_for_a_node_is_followed_by_the_high_availability_wizard(shown: MainWindow, desk: Desk) -> None:
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    assert desk.do(cmd.AddStorage((desk.disk("Cluster Disk 2").id,)))
    DRIVER.right_click_row(TREE, SERVICES)
    DRIVER.choose_in_menu("Virtual Machines...", "New Virtual Machine...", "2 - node2")
    wizard: Any = DRIVER.wait_for_dialog("New Virtual Machine Wizard")
    assert wizard.place.node.currentData() == "node2"
    DRIVER.press("Next")
    DRIVER.type_into("Name", "NEW01")
    for _ in range(5):
        DRIVER.press("Next")
    DRIVER.press("Create")
    DRIVER.wait(lambda: desk.state.machine_named("NEW01"), "the machine")
    DRIVER.find(QAbstractItemView, "Summary")
    follows = DRIVER.find(QCheckBox, "Make it highly available: run the High Availability Wizard next")
    assert follows.isChecked()
    DRIVER.press("Finish")
    following: Any = DRIVER.wait_for_dialog("High Availability Wizard")
    assert following.machines.list.ticked() == (desk.machine("NEW01").id,)
    following.reject()
    assert desk.machine("NEW01").node == "node2"


def test_each_node_says_whether_a_machine_can_be_created_there(shown: MainWindow, desk: Desk) -> None:
    assert desk.do(cmd.StopClusterService("node3"))
    (found,) = [one for one in entries(shown.workspace, (Selection(Place.SERVICES),)) if one.action.id.endswith("-on")]
    assert [(one.label, bool(one.verdict)) for one in found.choices] == [
        ("1 - node1", True),
        ("2 - node2", True),
        ("3 - node3", False),
    ]


# its page and its actions


def test_the_tree_and_the_list_show_it_among_the_services(shown: MainWindow, desk: Desk) -> None:
    DRIVER.click_row(TREE, SERVICES)
    assert DRIVER.cell("Other services and applications", "FS01", "Type") == "File Server"
    assert DRIVER.cell("Other services and applications", "FS01", "Client access point") == "FS01, 10.0.1.60"
    DRIVER.click_row(TREE, "FS01")
    assert shown.page.accessibleName() == "Service or application"
    assert shown.selection == Selection(Place.GROUP, role(desk).id)


def test_the_page_of_its_node_shows_it_and_no_other_page_does(shown: MainWindow, desk: Desk) -> None:
    shown.select(Selection(Place.NODE, role(desk).owner))
    page: Any = shown.page
    assert DRIVER.cell("Owned services and applications", "FS01", "Status") == "Online"
    assert desk.do(cmd.MoveGroup(role(desk).id, "node3"))
    DRIVER.wait(lambda: page.others.table.total == 0, "it to leave the list")
    assert not page.others.isVisible()


def test_it_goes_offline_after_a_question_and_comes_online_again(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    DRIVER.press("Take this service or application offline")
    answer("Cancel")
    assert role(desk).state is ResourceState.ONLINE
    DRIVER.press("Take this service or application offline")
    answer("Take this service or application offline")
    DRIVER.wait(lambda: role(desk).state is ResourceState.OFFLINE, "it to be offline")
    DRIVER.press("Bring this service or application online")
    DRIVER.wait(lambda: role(desk).state is ResourceState.ONLINE, "it to be online")


def test_it_moves_from_its_context_menu_and_the_page_follows(shown: MainWindow, desk: Desk) -> None:
    DRIVER.right_click_row(TREE, "FS01")
    DRIVER.choose_in_menu("Move this service or application to another node", "2 - Move to node node3")
    DRIVER.wait(lambda: role(desk).owner == "node3", "it to be on node3")
    go_to(shown, desk)
    owner = [label.text() for label in shown.page.findChildren(QLabel) if label.text() == "node3"]
    assert owner


def test_its_failover_is_explained_without_a_guest_that_boots(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    assert desk.do(cmd.InjectFault(FaultKind.POWER_OFF, role(desk).owner))
    desk.run(30.0)
    DRIVER.settle()
    page: Any = shown.page
    course = DRIVER.find(QLabel, "Course of the failover").text()
    assert course.startswith(f"{role(desk).owner} took FS01 over from node1.")
    assert "guest" not in course
    assert "Boot" not in page.explainer.line.accessibleDescription()
    assert "Detection" in page.explainer.line.accessibleDescription()


def test_auto_start_is_disabled_and_enabled_and_says_which(shown: MainWindow, desk: Desk) -> None:
    place = Selection(Place.GROUP, role(desk).id)
    go_to(shown, desk)
    assert labels(shown, place)["auto-start"] == "Disable auto start"
    DRIVER.press("Disable auto start")
    DRIVER.wait(lambda: not role(desk).auto_start, "auto start to be off")
    DRIVER.press("Enable auto start")
    DRIVER.wait(lambda: role(desk).auto_start, "auto start to be on")


def test_delete_says_what_becomes_of_the_disks_and_the_page_goes_back(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    group = role(desk).id
    DRIVER.press("Delete")
    question = DRIVER.wait(lambda: shown.findChild(QWidget, "question"), "the question")
    assert question.accessibleName().endswith("Its disks go to Available Storage.")
    answer("Delete")
    DRIVER.wait(lambda: group not in desk.state.groups, "it to be gone")
    assert desk.disk("Cluster Disk 3").use is DiskUse.AVAILABLE
    DRIVER.settle()
    assert shown.selection.exists(desk.state)


def test_storage_is_added_by_its_dialog(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    DRIVER.press("Add storage")
    DRIVER.wait_for_dialog("Add Storage")
    DRIVER.tick_row("Available disks", "Cluster Disk 4")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    members = {one.name for one in desk.state.group_resources(role(desk).id)}
    assert "Cluster Disk 4" in members


def test_a_resource_is_added_and_says_what_is_wrong_with_it(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    DRIVER.press("Add a resource...")
    dialog: Any = DRIVER.wait_for_dialog("Add a Resource")
    kinds = DRIVER.find(QComboBox, "Resource type")
    kinds.setCurrentText("IP Address")
    DRIVER.type_into("Resource name", "Second address")
    DRIVER.type_into("IP address", "10.0.9.9")
    DRIVER.press("OK")
    DRIVER.wait(lambda: "Clients cannot reach 10.0.9.9" in dialog.notice.text(), "the reason")
    DRIVER.type_into("IP address", "10.0.1.62")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert desk.state.resources[resource(desk, "Second address")].state is ResourceState.OFFLINE
    kinds_without = shown.show_dialog("add-resource", Selection(Place.GROUP, role(desk).id))
    assert kinds_without is not None
    kinds_without.close()


# resources


def test_a_resource_goes_offline_and_online_from_its_menu(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    DRIVER.right_click_row("Resources", "FS01")
    DRIVER.choose_in_menu("Take this resource offline")
    answer("Take this resource offline")
    name = resource(desk, "FS01")
    DRIVER.wait(lambda: desk.state.resources[name].state is ResourceState.OFFLINE, "it to be offline")
    assert desk.state.resources[resource(desk, "File Server (FS01)")].state is ResourceState.OFFLINE
    DRIVER.right_click_row("Resources", "FS01")
    DRIVER.choose_in_menu("Bring this resource online")
    DRIVER.wait(lambda: role(desk).state is ResourceState.ONLINE, "all of it to be online")


def test_the_menu_of_a_machine_s_resource_live_migrates_it_and_that_of_a_disk_does_not(
    shown: MainWindow, desk: Desk
) -> None:
    machine = desk.machine("WEB01")
    itself = Selection(Place.RESOURCE, resource(desk, "Virtual Machine WEB01"))
    disk = Selection(Place.RESOURCE, resource(desk, "Cluster Disk 3"))
    assert "resource-migrate" in labels(shown, itself)
    assert "delete-resource" not in labels(shown, itself)
    assert "resource-migrate" not in labels(shown, disk)
    assert labels(shown, disk)["delete-resource"] == "Remove from FS01"
    shown.select(Selection(Place.MACHINE, machine.id))
    DRIVER.right_click_row("Resources", "Virtual Machine WEB01")
    DRIVER.choose_in_menu("Live migrate virtual machine to another node", "1 - Live migrate to node node2")
    moving = DRIVER.wait(lambda: desk.state.active_migration(machine.id), "the migration")
    assert moving.destination == "node2"


def test_a_machine_s_resource_goes_offline_by_its_offline_action(shown: MainWindow, desk: Desk) -> None:
    machine = desk.machine("WEB01")
    shown.select(Selection(Place.MACHINE, machine.id))
    DRIVER.right_click_row("Resources", "Virtual Machine WEB01")
    DRIVER.choose_in_menu("Take this resource offline")
    answer("Take this resource offline")
    DRIVER.wait(lambda: desk.machine("WEB01").state is not MachineState.RUNNING, "it to be saved")
    assert desk.machine("WEB01").state is MachineState.SAVING


def test_health_check_intervals_and_the_monitor_are_set_and_shown_as_powershell(shown: MainWindow, desk: Desk) -> None:
    go_to(shown, desk)
    DRIVER.right_click_row("Resources", "FS01")
    DRIVER.choose_in_menu("Properties")
    dialog: Any = DRIVER.wait_for_dialog("FS01 Properties")
    DRIVER.tab("Advanced Policies")
    period = DRIVER.find(QTimeEdit, "Time period of the basic health check (mm:ss)")
    assert not period.isEnabled()
    DRIVER.press("Basic resource health check interval: use this time period")
    assert period.isEnabled()
    period.setTime(period.time().addSecs(25))
    DRIVER.press("Run this resource in a separate Resource Monitor")
    text = dialog.power_shell.text()
    assert "(Get-ClusterResource FS01).LooksAlivePollInterval = 30000" in text
    assert "(Get-ClusterResource FS01).SeparateMonitor = 1" in text
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    changed = desk.state.resources[resource(desk, "FS01")]
    assert (changed.policy.looks_alive, changed.policy.is_alive, changed.separate_monitor) == (30, 60, True)


# shared volumes


def test_redirected_access_says_what_it_turns_and_properties_show_it(shown: MainWindow, desk: Desk) -> None:
    assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
    disk = desk.disk("Cluster Disk 2").id
    assert desk.do(cmd.AddStorage((disk,)))
    place = Selection(Place.VOLUME, disk)
    assert labels(shown, place)["redirected-access"] == "Turn on redirected access for this Cluster shared volume"
    shown.select(place)
    DRIVER.settle()
    DRIVER.right_click_row("Cluster Shared Volumes", "Cluster Disk 2")
    DRIVER.choose_in_menu("More Actions...", "Turn on redirected access for this Cluster shared volume")
    answer("Turn on redirected access for this Cluster shared volume")
    DRIVER.wait(lambda: desk.state.shared_volumes[disk].access is VolumeAccess.REDIRECTED, "redirected access")
    assert labels(shown, place)["redirected-access"] == "Turn off redirected access for this Cluster shared volume"
    DRIVER.right_click_row("Cluster Shared Volumes", "Cluster Disk 2")
    DRIVER.choose_in_menu("Properties")
    dialog = DRIVER.wait_for_dialog("Cluster Disk 2 Properties")
    said = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Redirected Access", "On", "NTFS"} <= said
    DRIVER.type_into("Name", "Data")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert desk.state.shared_volumes[disk].name == "Data"


# reports, events, console


def test_the_dependency_report_is_written_as_svg(shown: MainWindow, desk: Desk, tmp_path: Path) -> None:
    DRIVER.right_click_row(TREE, "FS01")
    DRIVER.choose_in_menu("More Actions...", "Show Dependency Report")
    dialog = DRIVER.wait_for_dialog("Dependency Report of FS01")
    assert isinstance(dialog, DependencyReport)
    assert "File Server (FS01)" in dialog.drawing.accessibleDescription()
    before = dialog.drawing.grab().toImage()
    path = tmp_path / "report.svg"
    dialog.write(path)
    DRIVER.wait(lambda: "Exported to" in dialog.notice.text(), "the file")
    assert path.read_text(encoding="utf-8").startswith("<svg ")
    assert desk.do(cmd.FailResource(resource(desk, "FS01")))
    DRIVER.settle()
    assert dialog.drawing.grab().toImage() != before, "it is drawn anew when something changes"
    DRIVER.press("Close")
    DRIVER.wait_for_no_dialog()


def test_a_report_that_cannot_be_written_says_so(shown: MainWindow, desk: Desk, tmp_path: Path) -> None:
    dialog = shown.show_dialog("dependency-report", Selection(Place.GROUP, role(desk).id))
    assert isinstance(dialog, DependencyReport)
    dialog.write(tmp_path / "nowhere" / "report.svg")
    DRIVER.wait(lambda: "could not be written" in dialog.notice.text(), "the reason")
    dialog.close()


def test_a_report_of_what_is_deleted_closes(shown: MainWindow, desk: Desk) -> None:
    dialog = shown.show_dialog("dependency-report", Selection(Place.GROUP, role(desk).id))
    assert isinstance(dialog, QDialog)
    assert desk.do(cmd.RemoveGroup(role(desk).id))
    DRIVER.wait_for_no_dialog()


def test_its_critical_events_are_those_that_name_it(shown: MainWindow, desk: Desk) -> None:
    assert desk.do(cmd.FailResource(resource(desk, "FS01")))
    DRIVER.right_click_row(TREE, "FS01")
    DRIVER.choose_in_menu("Show the critical events for this application")
    page = shown.page
    assert isinstance(page, EventsPage)
    assert DRIVER.find(QLineEdit, "Filter events").text() == "FS01"
    DRIVER.wait(lambda: page.model.rowCount() >= 1, "the event 1069")
    levels = {str(DRIVER.find(QToolButton, f"Show {level}").isChecked()) for level in ("Information", "Verbose")}
    assert levels == {"False"}


def test_a_simulated_machine_has_no_console_and_says_so(shown: MainWindow, desk: Desk) -> None:
    place = Selection(Place.MACHINE, desk.machine("SQL01").id)
    (found,) = [one for one in entries(shown.workspace, (place,)) if one.action.id == "connect"]
    assert found.reason.startswith("The virtual machines of a simulated cluster have no screen.")


def test_the_viewer_is_started_on_the_connection_of_the_host(
    shown: MainWindow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = desk.machine("SQL01").id
    console = Console("qemu+ssh://node1/system", machine, "spice")
    started: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(desk.workspace, "console", lambda _: console)
    monkeypatch.setattr(connecting.shutil, "which", lambda _: "/usr/bin/virt-viewer")
    monkeypatch.setattr(QProcess, "startDetached", lambda *given: (started.append(given), (True, 1))[1])
    shown.show_dialog("connect", Selection(Place.MACHINE, machine))
    DRIVER.wait(lambda: started, "the viewer")
    assert started == [("/usr/bin/virt-viewer", ["--connect", "qemu+ssh://node1/system", machine])]


@pytest.mark.parametrize(
    ("graphics", "text", "remedy"),
    [
        ("spice", "virt-viewer is not installed.", "sudo apt install virt-viewer"),
        ("", "SQL01 has no screen.", "virsh -c qemu+ssh://node1/system console"),
    ],
)
def test_what_is_missing_for_a_console_is_said(
    shown: MainWindow, desk: Desk, monkeypatch: pytest.MonkeyPatch, graphics: str, text: str, remedy: str
) -> None:
    machine = desk.machine("SQL01").id
    monkeypatch.setattr(desk.workspace, "console", lambda _: Console("qemu+ssh://node1/system", machine, graphics))
    monkeypatch.setattr(connecting.shutil, "which", lambda _: None)
    shown.show_dialog("connect", Selection(Place.MACHINE, machine))
    strip = DRIVER.wait(lambda: next(iter(shown.messages.strips), None), "the message")
    assert strip.text == text
    assert remedy in strip.remedy
