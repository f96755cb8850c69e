"""A chapter of the tour: servers are validated before they form a cluster; none is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel

from fcm.ui.tour.walk import TREE, Step

if TYPE_CHECKING:
    from fcm.ui.tour.walk import Walk

KNOWN = "contoso.contoso.example"
"""A shipped cluster, which need not be open."""
SELECTED = "Selected servers"


def validate_servers(walk: Walk) -> None:
    """Validate a Configuration: two nodes of a cluster that is not open, then two servers that are described."""
    driver = walk.driver
    driver.wait(lambda: driver.look_for(QAbstractItemView, TREE), "the console tree")
    driver.find(QAbstractButton, KNOWN)  # the links have their places
    _begin(walk)
    driver.tick_row("Clusters and nodes", KNOWN)
    label = driver.find(QLabel, SELECTED)
    driver.wait(lambda: "node3" in label.text(), "the nodes of the cluster")
    driver.tick_row("Clusters and nodes", "node3")
    walk.shoot("validate servers select", "Select Servers: nodes of a cluster, which need not be open.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()
    _begin(walk)
    driver.tab("Described servers", "Servers from")
    for _ in range(2):
        driver.press("Add server")
    walk.shoot("validate servers described", "Servers that do not exist yet are described.")
    for _ in range(4):  # Networks and Storage, Testing Options, Confirmation
        driver.press("Next")
    driver.press("Create the cluster now using the validated nodes")
    walk.shoot("validate servers summary", "The summary leads to Create a Cluster with these servers.")
    driver.press("Finish")
    driver.wait_for_dialog("Create Cluster Wizard")
    walk.shoot("validate servers create", "Create a Cluster with the validated servers.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()


def _begin(walk: Walk) -> None:
    walk.driver.press("Validate a Configuration...")
    walk.driver.wait_for_dialog("Validate a Configuration Wizard")
    walk.driver.press("Next")


STEPS: tuple[Step, ...] = (
    Step("Validate servers", "Before they form a cluster, and without opening one.", validate_servers),
)
"""Steps that need no cluster."""
