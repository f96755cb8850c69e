"""Steps of the tour around the guide: the other pages and dialogs, help, recordings, and all of it in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView

from fcm.ui.look.theme import Scheme

if TYPE_CHECKING:
    from fcm.ui.tour.walk import Walk

MACHINE = "GUIDE01"
"""The virtual machine that the guide's walk creates."""
VOLUME = "VM Storage"
CLUSTER = "contoso.contoso.example"
SERVICES = "Services and applications"
_CTRL = Qt.KeyboardModifier.ControlModifier


def pages(walk: Walk) -> None:
    """The other pages."""
    for path, caption in (
        (("Nodes",), "Nodes."),
        (("node1",), "A node: virtual machines, networks and I/O paths."),
        (("Storage",), "Storage: the disks and their use."),
        (("Networks",), "Networks: cluster use, metric, and rank for live migration."),
        (("Cluster Network 3",), "A network with its adapters."),
        (("Cluster Events",), "Cluster events."),
    ):
        walk.go(*path)
        walk.shoot(f"page {path[-1]}", caption)


def _dialog(walk: Walk, place: str, button: str, title: str, name: str, caption: str) -> None:
    walk.go(place)
    walk.driver.press(button)
    walk.driver.wait_for_dialog(title)
    walk.shoot(name, caption)
    walk.driver.key(Qt.Key.Key_Escape)
    walk.driver.wait_for_no_dialog()


def dialogs(walk: Walk) -> None:
    """The other dialogs, each closed with Esc."""
    driver = walk.driver
    walk.go(MACHINE)
    driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    driver.wait_for_dialog(f"{MACHINE} Properties")
    walk.shoot("group general", "Properties of a service or application: preferred owners.")
    driver.tab("Failover")
    walk.shoot("group failover", "Properties of a service or application: failover and failback.")
    driver.key(Qt.Key.Key_Escape)
    driver.wait_for_no_dialog()
    _dialog(
        walk, MACHINE, "Settings...", f"Settings for {MACHINE}", "machine settings", "Settings of a virtual machine."
    )
    title = "Cluster Network 3 Properties"
    _dialog(walk, "Cluster Network 3", "Properties", title, "network properties", "Properties of a network.")
    title = "Networks for live migration"
    _dialog(
        walk,
        "Networks",
        "Networks for live migration...",
        title,
        "networks dialog",
        "Networks for live migration: the order for all virtual machines.",
    )
    _dialog(
        walk,
        "Storage",
        "Add a disk",
        "Add Disks to a Cluster",
        "add disk",
        "Add Disks to a Cluster: LUNs that the cluster does not use yet.",
    )
    walk.go(CLUSTER)
    driver.press("Configure Cluster Quorum Settings...")
    driver.wait_for_dialog("Configure Cluster Quorum Wizard")
    walk.next()
    walk.shoot("quorum modes", "The quorum configuration, with the recommendation for this number of nodes.")
    walk.next()
    walk.shoot("quorum witness", "The disk witness.")
    driver.key(Qt.Key.Key_Escape)
    driver.wait_for_no_dialog()
    walk.go("Failover Cluster Manager")
    driver.press("Create a Cluster...")
    driver.wait_for_dialog("Create Cluster Wizard")
    walk.next()
    walk.shoot("create servers", "Create Cluster Wizard: the servers.")
    walk.next()
    walk.shoot("create networks", "The networks and shared disks.")
    walk.next()
    driver.type_into("Cluster name", "tailspin")
    walk.shoot("create access point", "The access point: name and address.")
    walk.next()
    walk.shoot("create confirmation", "The confirmation.")
    driver.key(Qt.Key.Key_Escape)
    driver.wait_for_no_dialog()


def help_and_recordings(walk: Walk) -> None:
    """F1, and the list of recordings."""
    driver = walk.driver
    walk.go("Networks")
    driver.key(Qt.Key.Key_F1)
    driver.click_row("Topics", "The guide, step by step")
    walk.shoot("help", "F1: help for the current page, and the guide, step by step.")
    driver.press("Close")
    walk.go("Failover Cluster Manager")
    driver.press("Open Recording...")
    driver.wait_for_dialog("Open Recording")
    driver.wait(lambda: walk.enabled("Open"), "the list of recordings")
    walk.shoot("open recording", "Recorded migrations of real QEMU guests are included with the program.")
    driver.click_row("Recordings", "1 GiB, 9,000 pages/s, with a hot part")
    driver.press("Open")
    driver.wait_for_no_dialog()
    walk.wait_rows("Figures", 1)
    recording = driver.find(QAbstractItemView, "Figures").window()
    recording.resize(walk.window.size())
    walk.shoot(
        "recording", "A migration measured on real QEMU, compared with the prediction for the same case.", recording
    )
    recording.close()


def dark(walk: Walk) -> None:
    """The main pages and dialogs in dark."""
    driver = walk.driver
    walk.window.set_scheme(Scheme.DARK)
    for place, caption in (
        (CLUSTER, "The cluster."),
        (SERVICES, "Services and applications."),
        (MACHINE, "A virtual machine and its migration."),
        ("Cluster Shared Volumes", "Cluster Shared Volumes."),
        ("Networks", "Networks."),
        ("Cluster Events", "Cluster events."),
    ):
        walk.go(place)
        walk.shoot(f"dark {place}", caption)
    walk.go(MACHINE)
    driver.press("Check a live migration...")
    driver.wait_for_dialog(f"Live migrate {MACHINE}")
    walk.judged()
    walk.shoot("dark preflight", "Pre-flight checks.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()
    walk.go(CLUSTER)
    driver.press("View Validation Report")
    driver.wait(lambda: walk.enabled("Open in browser"), "the report to be saved")
    walk.shoot("dark report", "The validation report.")
    driver.press("Close")
    driver.wait_for_no_dialog()
    walk.window.set_scheme(Scheme.LIGHT)
