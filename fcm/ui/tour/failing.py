"""A chapter of the tour: the plug of a node is pulled in front of the viewer, and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from fcm.text.words import quoted
from fcm.ui.tour.driver import DriverError
from fcm.ui.tour.walk import TREE, Step
from fcm.workspace.events.saved_queries import ALL_EVENTS

if TYPE_CHECKING:
    from fcm.ui.tour.walk import Walk

CLUSTER = "contoso.contoso.example"
LOST = "node1"
"""The node that loses its power: it hosts the cluster itself, and the database server."""
SIMULATE = "Simulate failure"
TAKEN_OVER = "SQL01"
"""A virtual machine of that node."""


def before(walk: Walk) -> None:
    """What the cluster survives, and what would find no place."""
    walk.go(CLUSTER)
    walk.shoot("quorum board", "The quorum board: who votes, who hears whom, and what one more loss would mean.")
    walk.go("Nodes")
    walk.shoot("n plus one", "For each node: what could not start elsewhere if it failed now.")


def pull_the_plug(walk: Walk) -> None:
    """Power off a node, see it noticed, follow one machine to its new node.

    Raises:
        DriverError: the machine to be taken over is on another node.
    """
    driver = walk.driver
    walk.speed("1x")
    if walk.machine(TAKEN_OVER).node != LOST:
        raise DriverError(f"{TAKEN_OVER} should be on {LOST}.")
    driver.right_click_row(TREE, LOST)
    driver.open_submenu(SIMULATE)
    walk.shoot("simulate failure menu", "Simulate failure: everything that can happen to a node.")
    driver.choose_in_menu("Power off (pull the plug)")
    walk.shoot("plug question", "Before it happens, the consequences are listed.")
    driver.press(SIMULATE)
    driver.wait(lambda: walk.state.faults, "the loss of power")
    walk.go(CLUSTER)
    walk.shoot("plug pulled", f"{LOST} has no power, but the cluster has not noticed: five heartbeats must be missed.")
    walk.speed("10x")
    driver.wait(lambda: walk.state.nodes[LOST].state == "Down", f"{LOST} to be noticed")
    walk.speed("1x")
    walk.shoot("node lost", "Noticed: the remaining nodes have quorum, and one of them hosts the cluster now.")
    walk.go(TAKEN_OVER)
    walk.shoot("failover begins", "The failover explainer of a virtual machine: detection and arbitration are over.")
    walk.speed("60x")
    driver.wait(lambda: _booted(walk), f"the guest of {TAKEN_OVER} to boot", 120)
    walk.speed("1x")
    walk.wait_text(QLabel, "Course of the failover", lambda text: "had booted" in text, "the end of the failover")
    walk.shoot(
        "failover explained",
        "What failed, when it was noticed, why this node, and detection, arbitration, start and boot on one time line.",
    )
    walk.go("Cluster Events")
    driver.choose("Query", ALL_EVENTS)
    driver.row("Cluster Events", "Critical")
    driver.press("Show Information")
    walk.shoot("failover events", "Event 1135 of every remaining node. The failovers themselves are information.")
    driver.press("Show Information")


def put_it_back(walk: Walk) -> None:
    """Power on: the node boots and joins; nothing fails back by itself.

    Raises:
        DriverError: a machine failed back, though failback is off.
    """
    driver = walk.driver
    driver.right_click_row(TREE, LOST)
    driver.choose_in_menu("Repair", "Turn on")
    walk.speed("60x")
    driver.wait(lambda: walk.state.nodes[LOST].state == "Up", f"{LOST} to join again", 120)
    walk.speed("1x")
    if walk.machine(TAKEN_OVER).node == LOST:
        raise DriverError(f"{quoted(TAKEN_OVER)} failed back, though failback is off.")
    walk.go(CLUSTER)
    walk.shoot("node back", f"{LOST} is a member again. Its virtual machines stay where they are: failback is off.")


def _booted(walk: Walk) -> bool:
    failover = walk.state.failovers.get(walk.machine(TAKEN_OVER).group or "")
    return failover is not None and failover.booted is not None


STEPS: tuple[Step, ...] = (
    Step("If a node fails", "What the cluster survives.", before),
    Step("Pull the plug", "A node loses its power: detection, quorum, failover, boot.", pull_the_plug),
    Step("Put it back", "The node joins again.", put_it_back),
)
"""Steps that rely on the first ones of the walk."""
