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
    walk.shoot("migration settings", "How many live migrations a node takes part in, and the options of all of them.")
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
    walk.wait_text(QLabel, "Total", lambda text: "Predicted in all" in text, "the prediction", 60)
    walk.shoot("drain plan", "Drain: what goes where, how long each move is expected to take, and what stays and why.")
    walk.speed("60x")
    driver.press("Drain")
    drained = driver.wait(lambda: next(iter(walk.state.drains), None), "the drain")
    driver.wait(lambda: begun(drained), "the first move of the drain")
    walk.shoot("draining", "While it runs: predicted beside actual.")
    driver.wait(lambda: walk.state.drains[drained].ended, "the end of the drain", 120)
    driver.wait(lambda: walk.enabled("Copy summary"), "the summary")
    walk.shoot("drained", "Emptied: what each move took, beside what had been predicted.")
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
    walk.shoot("history", "Every migration is kept: when, over which network, how long, how it ended.")
    driver.type_into("Filter", DRAINED)
    driver.key(Qt.Key.Key_A, _CTRL, driver.find(QAbstractItemView, "Past migrations"))
    driver.press("Compare")
    compared = _window(walk, "Migrations compared")
    compared.resize(walk.window.size())
    walk.shoot("compared", "Migrations laid over each other, with a table of differences.", compared)
    compared.close()
    past.close()


def planner(walk: Walk) -> None:
    """The Migration planner: what if?"""
    driver = walk.driver
    from fcm.ui.migration.steady_text import SteadyText  # plots only where one is shown

    driver.key(Qt.Key.Key_P, _CTRL)
    window = driver.find(SteadyText, "Verdict of scenario A").window()
    walk.wait_text(SteadyText, "Intervals of scenario A", lambda text: "being computed" not in text, "the intervals")
    walk.shoot("planner", "The planner: two scenarios side by side; curve and verdict follow the sliders.", window)
    window.close()


def queries(walk: Walk) -> None:
    """An event query by form and as XML."""
    driver = walk.driver
    walk.go("Cluster Events")
    driver.press("Edit query")
    driver.wait_for_dialog("Cluster Events Filter")
    driver.press("Error")
    driver.press("Warning")
    walk.shoot("query form", "A query by form: time, levels, logs, sources, event IDs.")
    driver.tab("XML", "Ways to say it")
    walk.shoot("query xml", "The same query as the XML that Event Viewer and wevtutil take.")
    driver.press("OK")
    driver.wait_for_no_dialog()
    walk.shoot("queried", "Only what the query asks for.")


def console(walk: Walk) -> None:
    """The Console: what was clicked, and a line of one's own."""
    driver = walk.driver
    walk.go(CLUSTER)
    driver.press("Show Console")
    walk.shoot("console", "Every click so far, as the PowerShell that does the same.")
    driver.type_into("Command", "Get-ClusterGroup | Sort-Object OwnerNode | Format-Table Name, OwnerNode, State")
    walk.shoot("console line", "A line of one's own: colours, completion with Tab, history with Ctrl+R.")
    driver.key(Qt.Key.Key_Return, widget=driver.find(QWidget, "Command"))
    walk.wait_text(QPlainTextEdit, "Console", lambda text: "SETUP01" in text, "what the line prints")
    walk.shoot("console table", "And what it prints, as wide as the Console.")
    driver.press("Show Console")


STEPS: tuple[Step, ...] = (
    Step("Several at once", "What holds for every live migration.", settings),
    Step("Empty a node", "For maintenance: planned, predicted, compared.", drain),
    Step("What was", "Every migration is kept and can be looked at again.", history),
    Step("What if", "Before there is a machine at all.", planner),
    Step("Ask the events", "By form or by XML.", queries),
    Step("By PowerShell", "The same window, in text.", console),
)
"""Steps for the end of the walk; they rely on those before."""
