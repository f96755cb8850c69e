"""Chapters of the tour: a guided course, a drill, the history replayed, what would have been, and what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QListWidget, QTextBrowser, QWidget

from fcm.model.migrations import MigrationKind
from fcm.model.telemetry import Phase
from fcm.ui.learning.mark import NAME, Frame
from fcm.ui.replay.time_axis import TimeAxis
from fcm.ui.tour.driver import DriverError
from fcm.ui.tour.walk import TREE, Step
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.ui.tour.walk import Walk
    from fcm.workspace.workspace import Workspace

CLUSTER = "contoso.contoso.example"
COURSE = "Failover and quorum"
_CTRL = Qt.KeyboardModifier.ControlModifier


def course(walk: Walk) -> None:
    """A course beside the page, which frames the control that is next."""
    driver = walk.driver
    driver.key(Qt.Key.Key_4, _CTRL)
    drills = driver.find(QListWidget, "Drills")
    driver.wait(drills.count, "the list of drills")
    walk.shoot("courses and drills", "Courses and drills beside the page.")
    driver.press(COURSE)
    driver.wait(lambda: _framed(walk), "the frame of the first step")
    walk.shoot("course", "A guided course: what to do next is said and framed. 'Show me' does it with a pointer.")
    driver.press("Close the course")
    _close_all_but(walk, CLUSTER)


def drill(walk: Walk) -> None:
    """A cluster in trouble: story, technician, diagnoses."""
    driver = walk.driver
    drills = driver.find(QListWidget, "Drills")
    driver.wait(drills.count, "the list of drills")
    before = walk.window.workspace
    driver.click_row("Drills", drills.item(0).text())
    driver.press("Begin the drill")
    driver.wait(lambda: walk.window.workspace not in (None, before), "the cluster of the drill")
    driver.find(QLabel, "Story")
    walk.shoot("drill", "A drill: find the cause, mend it, choose the diagnosis. Hints cost points.")
    driver.press("Close the drill")
    driver.wait(lambda: len(walk.window.workspaces()) == 1, "the drill to be closed")
    driver.key(Qt.Key.Key_4, _CTRL)
    if driver.look_for(QListWidget, "Drills") is not None:
        walk.window.docks["Learn"].hide()
    walk.window.desk.select(Selection(Place.CLUSTER))


def replay(walk: Walk) -> None:
    """The history of the cluster at one of its moments."""
    driver = walk.driver
    first = walk.window.workspace
    walk.go(CLUSTER)
    driver.press("Replay the History")
    driver.wait(lambda: walk.window.workspace not in (None, first) and walk.state.cluster, "the replay")
    line = driver.find(TimeAxis, "Time line")
    driver.wait(lambda: line.axis, "the events on the time line")
    driver.press("Event before")
    driver.wait(lambda: walk.state.sequence < _last(walk), "an earlier moment")
    walk.shoot("replay", "Replay: the whole window shows an earlier moment. Failures are red on the time line.")
    driver.press("Branch Here...")
    driver.wait_for_dialog("Branch Here")
    walk.shoot("branch", "Branch Here: a new simulated cluster that goes on from this moment.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()
    _close_all_but(walk, CLUSTER)


def what_if(walk: Walk) -> None:
    """Under a kept migration: what would have been."""
    driver = walk.driver
    walk.go(_moved(walk))
    driver.wait(lambda: walk.enabled("What if..."), "the newest migration of the machine")
    driver.press("What if...")
    panel = driver.wait(lambda: _enabled(walk, "What if"), "the sliders")
    for _ in range(3):
        driver.key(Qt.Key.Key_PageUp, widget=driver.find(QWidget, "Bandwidth"))
    driver.wait(lambda: getattr(panel, "found", None), "what would have been")
    walk.shoot("what if", "What if: the predicted curve with another bandwidth, beside what was.", panel.window())
    panel.window().close()


def incident(walk: Walk) -> None:
    """One file to send, without names."""
    driver = walk.driver
    walk.go(CLUSTER)
    driver.press("Save Incident...")
    driver.wait_for_dialog("Save Incident")
    walk.wait_text(QLabel, "Summary", lambda text: "stand-ins" in text, "the summary of the incident", 60)
    walk.shoot("incident", "Save Incident: what stands for which name. This table stays at home.")
    driver.tab("Files in it", "Preview")
    driver.click_row("Files", "events.csv")
    walk.shoot("incident preview", "Each file as it will be sent.")
    driver.press("Cancel")
    driver.wait_for_no_dialog()


def report(walk: Walk) -> None:
    """Availability, to send on."""
    driver = walk.driver
    driver.press("Availability Report...")
    driver.wait_for_dialog("Availability Report")
    driver.find(QComboBox, "Time")
    driver.wait(
        lambda: "Availability by machine" in driver.find(QTextBrowser, "Report").toPlainText(), "the report", 60
    )
    walk.shoot("availability", "Availability by virtual machine, the longest outages and blackouts, near misses.")
    driver.press("Close")
    driver.wait_for_no_dialog()


def _workspace(walk: Walk) -> Workspace:
    found = walk.window.workspace
    if found is None:
        raise DriverError("No cluster is open.")
    return found


def _last(walk: Walk) -> int:
    shown = _workspace(walk).replay
    if shown is None:
        raise DriverError("This is no replay.")
    return shown.past.last


def _moved(walk: Walk) -> str:
    """The machine whose live migration was completed last."""
    for one in reversed(list(walk.state.migrations.values())):
        if one.phase is Phase.COMPLETED and one.kind is MigrationKind.LIVE and one.machine in walk.state.machines:
            return walk.state.machines[one.machine].name
    raise DriverError("No live migration was completed.")


def _framed(walk: Walk) -> bool:
    return any(
        one.isVisible() and one.accessibleName() == NAME
        for root in walk.driver.roots()
        for one in root.findChildren(Frame)
    )


def _enabled(walk: Walk, name: str) -> QWidget | None:
    found = walk.driver.look_for(QWidget, name)
    return found if found is not None and not isinstance(found, QAbstractButton) and found.isEnabled() else None


def _close_all_but(walk: Walk, name: str) -> None:
    """Close the connections of all clusters but one, which is current then."""
    for workspace in walk.window.workspaces():
        cluster = workspace.state.cluster
        if workspace.replay is not None or cluster is None or cluster.full_name != name:
            walk.window.close_uri(workspace.uri)
    walk.driver.wait(lambda: len(walk.window.workspaces()) == 1, "the others to be closed")
    walk.driver.find(QAbstractItemView, TREE)
    walk.window.desk.select(Selection(Place.CLUSTER))


STEPS: tuple[Step, ...] = (
    Step("A guided course", "Beside the page: what to do, where, and whether it is done.", course),
    Step("A drill", "A simulated cluster in trouble, graded.", drill),
    Step("Replay the history", "Every moment of the cluster's journal can be shown again.", replay),
    Step("What if", "What a migration would have been otherwise.", what_if),
    Step("An incident file", "What happened in one file to send, with stand-ins for all names.", incident),
    Step("A report", "Availability of all virtual machines, to send on.", report),
)
"""Steps that rely on the first ones of the walk."""
