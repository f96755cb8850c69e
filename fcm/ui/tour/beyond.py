"""The steps of the tour that go beyond the guide: many machines, past migrations, the planner, queries, the Console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPlainTextEdit, QWidget

from fcm.ui.tour.walk import Step

if TYPE_CHECKING:
    from fcm.ui.tour.walk import Walk

CLUSTER = "contoso.contoso.example"
_CTRL = Qt.KeyboardModifier.ControlModifier
DRAINED = "node3"
"""The node that is emptied."""


def _window(walk: Walk, title: str) -> QWidget:
    """The window of that title that lies beside the main one."""
    return walk.driver.wait(
        lambda: next((one for one in walk.driver.roots() if one.windowTitle() == title), None), f"the window {title}"
    )


def settings(walk: Walk) -> None:
    """Live Migration Settings: two at once on a node."""
    driver = walk.driver
    walk.go(CLUSTER)
    driver.press("Live Migration Settings...")
    driver.wait_for_dialog("Live Migration Settings")
    driver.type_into("Live migrations at once", "2")
    walk.shoot("migration settings", "How many live migrations a node can take part in, and the default options.")
    driver.press("OK")
    driver.wait_for_no_dialog()


def drain(walk: Walk) -> None:
    """Drain a node: the plan, its course, the summary."""
    driver = walk.driver

    def begun(drain: str) -> bool:
        """Also when it is over already: on a busy machine that may be so at the first look."""
        moves = (one for one in walk.state.migrations.values() if one.drain == drain)
        return any(move.started is not None for move in moves)

    walk.go(DRAINED)
    driver.press("Drain...")
    _window(walk, f"Drain {DRAINED}")
    driver.wait(lambda: walk.enabled("Drain"), "the plan of the drain")
    walk.wait_text(QLabel, "Total", lambda text: "Predicted total" in text, "the prediction", 60)
    walk.shoot("drain plan", "Drain: the destination and expected duration of each move, and what stays and why.")
    walk.speed("60x")
    driver.press("Drain")
    drained = driver.wait(lambda: next(iter(walk.state.drains), None), "the drain")
    driver.wait(lambda: begun(drained), "the first move of the drain")
    walk.shoot("draining", "During the drain: predicted and actual durations.")
    driver.wait(lambda: walk.state.drains[drained].ended, "the end of the drain", 120)
    driver.wait(lambda: walk.enabled("Copy summary"), "the summary")
    walk.shoot("drained", "The node is drained: actual and predicted duration of each move.")
    driver.press("Close")
    walk.speed("1x")
    driver.press("Resume")
    driver.wait(lambda: walk.state.nodes[DRAINED].state == "Up", f"{DRAINED} to be up again")


def history(walk: Walk) -> None:
    """Past migrations, one reopened, two compared."""
    driver = walk.driver
    walk.go(CLUSTER)
    driver.press("Migration history...")
    past = _window(walk, "Migration History")
    walk.wait_rows("Past migrations", 2)
    walk.shoot("history", "Migration history: start, network, duration and result of every migration.")
    driver.type_into("Filter", DRAINED)
    driver.key(Qt.Key.Key_A, _CTRL, driver.find(QAbstractItemView, "Past migrations"))
    driver.press("Compare")
    compared = _window(walk, "Migrations compared")
    compared.resize(walk.window.size())
    walk.shoot("compared", "Several migrations in one plot, with a table of differences.", compared)
    compared.close()
    past.close()


def wall(walk: Walk) -> None:
    """All migrations side by side."""
    driver = walk.driver
    driver.key(Qt.Key.Key_3, _CTRL)
    side = _window(walk, "Migration Wall")
    canvas = driver.find(QWidget, "Migrations side by side")
    driver.choose("Sort by", "Virtual machine")
    walk.shoot("wall", "The Migration Wall: all live migrations, running and finished, on the same axes.", side)
    driver.key(Qt.Key.Key_Return, widget=canvas)
    walk.shoot("wall enlarged", "One of them enlarged.", side)
    driver.press("Close")


def cluster_map(walk: Walk) -> None:
    """The cluster in one picture."""
    driver = walk.driver
    walk.go("Map")
    canvas = driver.find(QWidget, "Map of the cluster")
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Right):
        driver.key(key, widget=canvas)
    page = walk.window.page
    driver.wait(lambda: getattr(page, "is_settled", False), "the verdict of the node")
    walk.shoot("map", "The map: nodes, virtual machines, networks. A node says what it would cost to move one there.")
    driver.key(Qt.Key.Key_Escape, widget=canvas)


def planner(walk: Walk) -> None:
    """The Migration planner: what if?"""
    driver = walk.driver
    from fcm.ui.migration.steady_text import SteadyText  # plots only where one is shown

    driver.key(Qt.Key.Key_P, _CTRL)
    window = driver.find(SteadyText, "Verdict of scenario A").window()
    walk.wait_text(SteadyText, "Intervals of scenario A", lambda text: "being computed" not in text, "the intervals")
    walk.shoot(
        "planner",
        "The migration planner: two scenarios side by side. The curves and verdicts follow the sliders.",
        window,
    )
    window.close()


def queries(walk: Walk) -> None:
    """An event query by form and as XML."""
    driver = walk.driver
    walk.go("Cluster Events")
    driver.press("Edit query")
    driver.wait_for_dialog("Cluster Events Filter")
    driver.press("Error")
    driver.press("Warning")
    walk.shoot("query form", "A query as a form: time, levels, logs, sources, event IDs.")
    driver.tab("XML", "Query editor")
    walk.shoot("query xml", "The same query as XML, as used by Event Viewer and wevtutil.")
    driver.press("OK")
    driver.wait_for_no_dialog()
    walk.shoot("queried", "The events that match the query.")


def console(walk: Walk) -> None:
    """The Console: what was clicked, and a line of one's own."""
    driver = walk.driver
    walk.go(CLUSTER)
    driver.press("Show Console")
    walk.shoot("console", "Every action so far, as equivalent PowerShell.")
    driver.type_into("Command", "Get-ClusterGroup | Sort-Object OwnerNode | Format-Table Name, OwnerNode, State")
    walk.shoot("console line", "Type a command: syntax coloring, completion with Tab, history with Ctrl+R.")
    driver.key(Qt.Key.Key_Return, widget=driver.find(QWidget, "Command"))
    walk.wait_text(QPlainTextEdit, "Console", lambda text: "SETUP01" in text, "what the line prints")
    walk.shoot("console table", "The output, as wide as the Console.")
    driver.press("Show Console")


STEPS: tuple[Step, ...] = (
    Step("Live Migration Settings", "Settings for every live migration.", settings),
    Step("Drain a node", "Before maintenance: planned, predicted, compared.", drain),
    Step("Migration history", "Every migration is saved. You can view it again.", history),
    Step("Migration Wall", "Every live migration at a glance.", wall),
    Step("Map", "The whole cluster in one picture.", cluster_map),
    Step("Migration planner", "Before the virtual machine exists.", planner),
    Step("Query events", "With a form or as XML.", queries),
    Step("PowerShell", "The same actions as text.", console),
)
"""Steps for the end of the walk; they rely on those before."""
