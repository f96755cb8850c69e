"""Dialogs that change something: what they offer, what they hand over, how they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from fcm.model import commands as cmd
from fcm.model.entities import DiskUse
from fcm.model.rules.verdict import no
from fcm.ui import dialogs
from fcm.ui.dialogs.add_storage import AddStorageDialog
from fcm.ui.dialogs.enable_csv import EnableSharedVolumesDialog
from fcm.ui.dialogs.help import TOPICS, HelpDialog, topic_of, topic_text
from fcm.ui.dialogs.manage_cluster import ManageClusterDialog
from fcm.ui.dialogs.registry import WITH_CLUSTER, WITHOUT_CLUSTER
from fcm.ui.dialogs.rename_volume import RenameVolumeDialog
from fcm.ui.tour.driver import Driver
from fcm.workspace.actions.catalog import ACTIONS
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import busy_cluster, formed, machine, opened
from tests.ui.window_by_hand import busy_window, window, window_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.backend.base import Operation
    from fcm.ui.window.main_window import MainWindow
    from fcm.workspace.workspace import Workspace
    from tests.ui.by_hand import Backend

DRIVER = Driver()
DEEDS_OF_THE_WINDOW = {"refresh", "close-cluster", "replay", "reset-cluster"}
SELECTIONS = {
    "add-disk": Selection(Place.STORAGE),
    "add-storage": Selection(Place.SHARED_VOLUMES),
    "dependency-report": Selection(Place.MACHINE, "vm-Web01"),
    "drain": Selection(Place.NODE, "node3"),
    "drain-report": Selection(Place.NODE, "node3"),
    "failover-report": Selection(Place.MACHINE, "vm-Web01"),
    "group-properties": Selection(Place.MACHINE, "vm-Web01"),
    "isolate": Selection(Place.NODE, "node1"),
    "machine-settings": Selection(Place.MACHINE, "vm-Web01"),
    "measure": Selection(Place.MACHINE, "vm-Web01"),
    "network-properties": Selection(Place.NETWORK, "net-1"),
    "preflight": Selection(Place.MACHINE, "vm-Web01"),
    "rehearse": Selection(Place.NODE, "node1"),
    "rename-volume": Selection(Place.VOLUME, "disk-2"),
    "resource-properties": Selection(Place.RESOURCE, "res-Web01"),
    "tune-migration": Selection(Place.MACHINE, "vm-Database"),
    "volume-properties": Selection(Place.VOLUME, "disk-2"),
}


def open_dialog(shown: MainWindow, name: str) -> QDialog:
    dialog = dialogs.show(name, shown.desk, SELECTIONS.get(name, Selection(Place.ROOT)))
    assert dialog is not None
    DRIVER.settle()
    return dialog


def unprepared(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend]:
    """A window of a cluster without shared volumes."""
    workspace, backend = opened(formed([machine("web")], with_volumes=False))
    return window_of(qtbot, folder, workspace), backend


def test_every_action_with_a_dialog_has_one() -> None:
    named = {action.dialog for action in ACTIONS if action.dialog} - DEEDS_OF_THE_WINDOW
    assert named <= WITH_CLUSTER.keys() | WITHOUT_CLUSTER.keys()


ALL = sorted(
    (WITH_CLUSTER.keys() | WITHOUT_CLUSTER.keys())
    - {"branch", "connect", "critical-events", "migration-report", "validation-report", "reset-recent-events"}
)
INSIDE = ("qt_", "QComboBox")
"""Starts of the names and classes of Qt's own parts of a widget."""


def nameless(dialog: QWidget) -> list[str]:
    """What takes the keyboard in a dialog and has no name."""
    return [
        f"{type(widget).__name__} {widget.objectName()} {getattr(widget, 'text', str)()}"
        for widget in dialog.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith(INSIDE)
        and not (widget.parent() and widget.parent().metaObject().className().startswith(INSIDE))
        and not (widget.accessibleName() and widget.objectName())
    ]


def test_everything_that_takes_the_keyboard_in_a_dialog_has_a_name(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    for name in ALL:
        dialog = open_dialog(shown, name)
        found = nameless(dialog)
        dialog.close()
        assert (name, found) == (name, [])


def test_escape_closes_every_dialog_and_changes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    for name in ALL:
        dialog = open_dialog(shown, name)
        DRIVER.key(Qt.Key.Key_Escape, widget=dialog)
        DRIVER.wait_for_no_dialog()
    assert backend.submitted == []


def test_every_dialog_fits_a_small_screen(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    for name in ALL:
        dialog = open_dialog(shown, name)
        size = dialog.size()
        dialog.close()
        assert (name, max(1024, size.width()), max(720, size.height())) == (name, 1024, 720)


def test_a_dialog_about_something_that_is_gone_does_not_open(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    assert dialogs.show("network-properties", shown.desk, Selection(Place.NETWORK, "gone")) is None
    assert dialogs.show("no-such-dialog", shown.desk, Selection(Place.ROOT)) is None


# Enable Cluster Shared Volumes


def test_shared_volumes_can_be_enabled_only_after_the_notice_was_ticked(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = unprepared(qtbot, tmp_path)
    dialog = EnableSharedVolumesDialog(shown)
    dialog.open()
    assert not dialog.ok.isEnabled()
    DRIVER.press("I have read the above notice.")
    assert dialog.ok.isEnabled()
    assert dialog.power_shell.text() == "(Get-Cluster contoso).EnableSharedVolumes = 'Enabled'"
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.EnableSharedVolumes(notice_accepted=True)]


# Add storage


def test_only_disks_of_available_storage_are_offered(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = AddStorageDialog(shown)
    assert dialog.list.order() == tuple(d.id for d in shown.state.disks.values() if d.use is DiskUse.AVAILABLE)
    dialog.close()


def test_ticked_disks_are_added_and_shown_as_power_shell(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dialog = AddStorageDialog(shown)
    dialog.open()
    assert not dialog.ok.isEnabled()
    DRIVER.tick_row("Available disks", "Cluster Disk 4")
    assert dialog.power_shell.text() == "Add-ClusterSharedVolume 'Cluster Disk 4'"
    DRIVER.press("Copy")
    assert QApplication.clipboard().text() == dialog.power_shell.text()
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.AddStorage(("disk-4",))]


# Refusals


def refuse(backend: Backend, reason: str, remedy: str) -> None:
    def answer(operation: Operation) -> None:
        operation.finish(no(reason, remedy))

    backend.answer = answer


def test_a_refusal_of_the_cluster_is_said_in_the_dialog_and_nothing_typed_is_lost(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    refuse(backend, "The storage does not respond.", "Try again later.")
    dialog = RenameVolumeDialog(shown, "disk-2")
    dialog.open()
    DRIVER.type_into("Name", "Machines")
    DRIVER.press("OK")
    DRIVER.wait(dialog.notice.text, "the refusal")
    assert dialog.notice.text() == "The storage does not respond.\nTry again later."
    assert dialog.name.text() == "Machines"
    assert dialog.isVisible()
    DRIVER.press("Cancel")


def test_what_the_rules_refuse_is_not_even_handed_over(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    dialog = RenameVolumeDialog(shown, "disk-2")
    dialog.open()
    DRIVER.type_into("Name", "a/b")
    DRIVER.press("OK")
    assert "character that file names cannot have" in dialog.notice.text()
    DRIVER.type_into("Name", "ab")
    assert dialog.notice.text() == ""
    assert backend.submitted == []
    DRIVER.press("Cancel")


def test_a_new_name_and_folder_of_a_volume_become_two_commands(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed([machine("web")]))
    dialog = RenameVolumeDialog(window_of(qtbot, tmp_path, workspace), "disk-2")
    dialog.open()
    DRIVER.type_into("Name", "Machines")
    DRIVER.type_into("Folder", "VMs")
    assert dialog.path.text() == "C:\\ClusterStorage\\VMs"
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == [cmd.RenameVolumeFolder("disk-2", "VMs"), cmd.RenameSharedVolume("disk-2", "Machines")]


def test_ok_without_a_change_closes_and_hands_over_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    open_dialog(shown, "rename-volume")
    DRIVER.press("OK")
    DRIVER.wait_for_no_dialog()
    assert backend.submitted == []


# Manage a Cluster


def managing(qtbot: QtBot, folder: Path, opener: Callable[[str], Workspace]) -> tuple[MainWindow, ManageClusterDialog]:
    shown = window(qtbot, folder, opener)
    dialog = ManageClusterDialog(shown.desk)
    dialog.open()
    DRIVER.row("Known clusters", "contoso")
    return shown, dialog


def test_a_known_cluster_is_opened_by_a_click_and_ok(qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[str] = []

    def opener(uri: str) -> Workspace:
        asked.append(uri)
        return busy_cluster()[0]

    shown, _ = managing(qtbot, tmp_path, opener)
    DRIVER.click_row("Known clusters", "other")
    DRIVER.press("OK")
    DRIVER.wait(lambda: shown.workspace, "the cluster")
    DRIVER.wait_for_no_dialog()
    assert asked == ["embedded:other"]


def test_a_cluster_that_cannot_be_opened_is_said_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    def opener(uri: str) -> Workspace:
        raise OSError(f"{uri} is not there. Choose another file.")

    shown, dialog = managing(qtbot, tmp_path, opener)
    DRIVER.type_into("Cluster or file", "libvirt:/nowhere.toml")
    DRIVER.press("OK")
    DRIVER.wait(dialog.notice.text, "the reason")
    assert dialog.notice.text() == "libvirt:/nowhere.toml is not there. Choose another file."
    assert dialog.uri.text() == "libvirt:/nowhere.toml"
    assert shown.workspace is None
    DRIVER.press("Cancel")


@pytest.mark.parametrize(
    ("text", "uri"),
    [("[[node]]\nname = 'a'", "libvirt:"), ("[[nodes]]\nname = 'a'", "embedded:")],
)
def test_a_bare_file_is_told_by_what_it_describes(qtbot: QtBot, tmp_path: Path, text: str, uri: str) -> None:
    asked: list[str] = []

    def opener(given: str) -> Workspace:
        asked.append(given)
        return busy_cluster()[0]

    path = tmp_path / "described.toml"
    path.write_text(text)
    shown, _ = managing(qtbot, tmp_path, opener)
    DRIVER.type_into("Cluster or file", str(path))
    DRIVER.press("OK")
    DRIVER.wait(lambda: shown.workspace, "the cluster")
    assert asked == [f"{uri}{path}"]


# Help


def test_every_place_has_a_help_topic_with_a_text() -> None:
    for place in Place:
        assert topic_text(topic_of(place)).startswith("# ")
    assert all(topic_text(topic).startswith("# ") for topic in TOPICS)


def test_help_opens_at_the_topic_of_the_place_beside_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    dialog = dialogs.show("help", shown.desk, Selection(Place.NETWORKS))
    assert isinstance(dialog, HelpDialog)
    assert dialog.windowModality() is Qt.WindowModality.NonModal
    assert "Cluster Use" in dialog.text.toPlainText()
    dialog.close()


def test_about_names_the_versions(qtbot: QtBot, tmp_path: Path) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    open_dialog(shown, "about")
    DRIVER.press("Copy")
    assert QApplication.clipboard().text().startswith("fcm ")
    button = DRIVER.look_for(QAbstractButton, "Close")
    assert button is not None
    DRIVER.press("Close")
    DRIVER.wait_for_no_dialog()
