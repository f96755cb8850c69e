from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QGraphicsView,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from fcm.model import events as ev
from fcm.model.commands import TuneMigration
from fcm.model.migrations import UNLIMITED, MigrationOptions, NetworkAttempt
from fcm.model.state import Kind
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.look import theme
from fcm.ui.migration import MigrationView
from fcm.ui.migration.frame import WIDE
from fcm.ui.window.figures import Figures
from tests.ui.by_hand import NOW, formed, machine, migration, opened
from tests.ui.parts import part
from tests.unit.window.course_by_hand import MIB, sawtooth

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from fcm.workspace.workspace import Workspace
    from tests.ui.by_hand import Backend

MEMORY = 64 * MIB
ROWS = sawtooth(MEMORY)
FIGURES = FinalFigures(10.9, 0.125, 85 * MIB, 4)


class Desk:
    """A view over one machine whose migration the test tells step by step."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.machine = machine("SQL1", memory=MEMORY)
        self.workspace: Workspace
        self.backend: Backend
        self.workspace, self.backend = opened(formed([self.machine]))
        self.view = MigrationView()
        qtbot.addWidget(self.view)
        self.view.resize(640, 480)
        self.view.show()
        self.view.show_migration(self.workspace, None, self.machine.id)

    def tell(self, *events: ev.Event, at: float = 0.0) -> None:
        self.backend.tell(*events, at=at)
        assert self.backend.clock is not None
        self.backend.clock.time = NOW + at
        change = self.workspace.drain(60)
        self.workspace.tell_progress(change.of(Kind.TELEMETRY))
        self.view.refresh(change)

    def begin(self, number: int = 1, **how: Any) -> str:
        how = {"phase": Phase.SETUP, **how}
        if how["phase"] is not Phase.WAITING:
            how["started"] = NOW
        self.tell(ev.MigrationRequested(migration(self.machine, "node2", number, **how)))
        if how["phase"] is Phase.SETUP:
            tried = NetworkAttempt("net-3", "10.0.2.12", NOW, 0.02, True, "Connected to 10.0.2.12.")
            identity = f"m{number}"
            self.tell(ev.MigrationNetworkTried(identity, tried), ev.MigrationPhaseEntered(identity, Phase.BROWNOUT))
        return f"m{number}"

    def send(self, count: int, identity: str = "m1", first: int = 0) -> None:
        self.tell(*(ev.MigrationProgressed(identity, row) for row in ROWS[first:count]), at=ROWS[count - 1].time)

    def finish(self, identity: str = "m1") -> None:
        self.tell(ev.MigrationHandedOver(identity), ev.MigrationCompleted(identity, FIGURES), at=11.0)

    def text(self) -> str:
        return self.view.text().replace("\N{NO-BREAK SPACE}", " ")

    def find(self, kind: type[QWidget], name: str) -> Any:
        return part(self.view, kind, name)

    def said(self, name: str) -> str:
        text: str = self.find(QLabel, name).text()
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def settled(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)


@pytest.fixture
def desk(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY", 0.0)
    monkeypatch.setattr("fcm.workspace.forecasts.TELL_EVERY_OF_MANY", 0.0)
    return Desk(qtbot)


def test_without_a_migration_the_view_teaches_how_to_begin_one(desk: Desk) -> None:
    assert desk.text().startswith("No live migration yet. Choose Live migrate virtual machine to another node")


def test_a_migration_that_begins_takes_the_place_of_the_empty_state(desk: Desk) -> None:
    desk.begin()
    assert desk.view.migration == "m1"
    assert desk.text().startswith("Copying memory over Live migration")


def test_a_new_pass_is_told_at_once(desk: Desk) -> None:
    desk.begin()
    desk.send(85)
    assert desk.text().startswith("Copying memory, pass 2:")


def test_numbers_within_a_pass_follow_a_moment_later(desk: Desk) -> None:
    desk.begin()
    desk.send(10)
    before = desk.text()
    desk.send(60, first=10)
    desk.settled(lambda: desk.text() != before)
    assert "of 64 MiB" in desk.text()


def test_a_waiting_request_shows_its_reason(desk: Desk) -> None:
    desk.begin(phase=Phase.WAITING, reason="node2 is already taking part in a live migration (WEB1).")
    assert desk.text().startswith("Waiting: node2 is already taking part in a live migration")
    assert desk.said("Elapsed").startswith("waiting for")


def test_the_lists_tell_the_progress_that_the_view_tells(desk: Desk) -> None:
    desk.begin()
    figures = Figures(desk.workspace)
    bar = desk.find(QProgressBar, "Progress of the migration")
    for count in range(5, 90, 9):
        desk.send(count, first=count - 9 if count > 5 else 0)
        told = figures.status(desk.workspace.state, desk.machine)
        assert told == f"Live Migrating, {bar.format()} completed"
    assert bar.value() > 100


def test_the_bar_never_runs_backwards_and_is_full_only_at_the_end(desk: Desk) -> None:
    desk.begin()
    bar = desk.find(QProgressBar, "Progress of the migration")
    seen = []
    for count in range(1, len(ROWS) - 1, 7):
        desk.send(count, first=max(count - 7, 0))
        seen.append(bar.value())
    assert seen == sorted(seen)
    assert seen[-1] < bar.maximum()
    desk.finish()
    assert bar.value() == bar.maximum()


def test_figures_tell_bytes_sent_against_memory_size(desk: Desk) -> None:
    desk.begin()
    desk.send(81)
    assert desk.said("Sent") == "64 MiB of 64 MiB (100 %)"
    desk.finish()
    assert desk.said("Sent") == "85 MiB of 64 MiB (133 %)"
    assert desk.said("Blackout") == "125 ms"


def test_the_phase_is_told_to_screen_readers(desk: Desk) -> None:
    desk.begin()
    phases = desk.find(QWidget, "Phase")
    assert phases.accessibleDescription() == "brownout"
    desk.tell(ev.MigrationPhaseEntered("m1", Phase.BLACKOUT), at=10)
    assert phases.accessibleDescription() == "blackout"
    desk.tell(ev.MigrationCanceled("m1"), at=11)
    assert phases.accessibleDescription() == "canceled"


def test_the_end_is_set_against_the_forecast_made_on_the_way(desk: Desk) -> None:
    desk.begin()
    desk.send(len(ROWS))
    desk.finish()
    table = desk.view.figures
    headings = [table.headerItem().text(column).replace("\N{NO-BREAK SPACE}", " ") for column in range(5)]
    assert headings[:2] == ["Figure", "Simulated"]
    assert headings[2].startswith("Forecast at ")
    assert table.topLevelItem(0).text(1).startswith("10.90")
    assert table.topLevelItem(0).text(4).endswith("%")


def test_passes_are_listed_with_pages_duration_and_rate(desk: Desk) -> None:
    desk.begin()
    desk.send(len(ROWS))
    model = desk.view.passes.model()
    shown = [[model.index(row, column).data() for column in range(6)] for row in range(model.rowCount())]
    assert [line[0] for line in shown] == ["1", "2", "3", "4"]
    assert shown[0][1] == "16,384"
    assert shown[0][3] == "4,096"
    assert shown[0][4].endswith("s")
    alignment = model.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_the_networks_that_were_tried_are_listed_in_order(desk: Desk) -> None:
    one = migration(desk.machine, "node2", 1)
    refused = NetworkAttempt("net-3", "10.0.2.12", NOW, 2.0, False, "No answer within 2 s")
    accepted = NetworkAttempt("net-1", "10.0.0.12", NOW + 2, 0.1, True, "Connected")
    desk.tell(
        ev.MigrationRequested(one), ev.MigrationNetworkTried("m1", refused), ev.MigrationNetworkTried("m1", accepted)
    )
    rows = [desk.view.attempts.topLevelItem(k) for k in range(2)]
    assert [row.text(1) for row in rows] == ["Live migration", "Management"]
    assert rows[0].text(2) == "No answer within 2 s. The next network was tried."


def test_the_command_is_shown_as_powershell(desk: Desk) -> None:
    desk.begin()
    assert desk.view.command.text() == ("Get-Cluster contoso | Move-ClusterVirtualMachineRole -Name SQL1 -Node node2")


def test_an_earlier_migration_can_be_reopened_with_its_telemetry(desk: Desk) -> None:
    desk.begin(1)
    desk.send(len(ROWS))
    desk.finish()
    desk.begin(2)
    desk.view.show_migration(desk.workspace, "m2", desk.machine.id)
    history = desk.find(QComboBox, "Migrations of this machine")
    assert history.count() == 2
    history.setCurrentIndex(1)
    history.activated.emit(1)
    assert desk.view.migration == "m1"
    assert desk.text().startswith("Completed: SQL1 moved from node1 to node2 in 10.9 s")
    assert desk.view.passes.model().rowCount() == 4


def test_a_failure_shows_reason_place_and_remedy(desk: Desk) -> None:
    desk.begin()
    desk.tell(ev.MigrationFailed("m1", "No network connects node1 with node2", "Repair an adapter"), at=3)
    assert desk.text() == ("Failed: No network connects node1 with node2. SQL1 is still on node1. Repair an adapter.")


def test_a_changed_downtime_limit_is_taken_over(desk: Desk) -> None:
    desk.begin()
    desk.send(20)
    assert desk.workspace.forecasts.course("m1").threshold() == pytest.approx(8 * MIB * 0.3)
    desk.tell(ev.MigrationOptionsChanged("m1", 2.0, None, False))
    assert desk.workspace.forecasts.course("m1").threshold() == pytest.approx(8 * MIB * 2.0)


def test_a_bandwidth_limit_is_told_until_it_is_taken_away(desk: Desk) -> None:
    desk.begin()
    desk.tell(ev.MigrationOptionsChanged("m1", None, 4_000_000, False))
    desk.send(20)
    assert ", limited to " in desk.text()
    assert desk.workspace.forecasts.course("m1").recording.bandwidth == 4_000_000
    desk.tell(ev.MigrationOptionsChanged("m1", None, UNLIMITED, False))
    desk.send(30, first=20)
    network = desk.workspace.state.networks["net-3"]
    desk.settled(lambda: "limited" not in desk.text())
    assert desk.workspace.forecasts.course("m1").recording.bandwidth == network.bandwidth


def test_the_plot_stands_beside_the_tables_where_there_is_room(desk: Desk) -> None:
    desk.begin()
    titles = [desk.view.details.tabs.tabText(k) for k in range(desk.view.details.tabs.count())]
    assert titles[0] == "Con&vergence"
    desk.view.resize(WIDE + 60, 480)
    assert desk.view.details.tabs.count() == len(titles) - 1
    desk.view.resize(WIDE - 60, 480)
    assert desk.view.details.tabs.count() == len(titles)


def test_nothing_runs_on_while_the_view_is_hidden(desk: Desk) -> None:
    desk.begin()
    desk.view.hide()
    desk.send(85)
    assert [timer for timer in desk.view.findChildren(QTimer) if timer.isActive()] == []
    desk.view.show()
    assert desk.text().startswith("Copying memory, pass 2:")


def test_a_cluster_that_is_closed_leaves_the_empty_state(desk: Desk) -> None:
    desk.begin()
    desk.view.show_migration(None, None)
    assert desk.view.migration is None


def test_every_part_that_takes_the_focus_has_a_name(desk: Desk) -> None:
    desk.begin()
    desk.qtbot.waitUntil(lambda: desk.view.plot.canvas() is not None)
    nameless = [
        type(child).__name__
        for child in desk.view.findChildren(QWidget)
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus
        and child.window() is desk.view.window()
        and not (child.accessibleName() and child.objectName())
        and child.objectName() not in ("qt_scrollarea_viewport", "qt_tabwidget_tabbar")
    ]
    assert nameless == []


def background(picture: QImage, around: QPoint) -> int:
    """The lightness that most pixels around a place have; curves and grid are the others."""
    near = range(-10, 11)
    found = sorted(picture.pixelColor(around + QPoint(x, y)).lightness() for x in near for y in near)
    return found[len(found) // 2]


def test_the_plot_follows_the_rows_and_takes_the_colours_of_the_theme(desk: Desk, qapp: Any) -> None:
    desk.begin()
    desk.send(40)
    desk.qtbot.waitUntil(lambda: desk.view.plot.canvas() is not None)
    canvas = desk.view.plot.canvas()
    assert canvas is not None
    light = desk.view.grab().toImage()
    theme.apply(qapp, theme.Scheme.DARK)
    dark = desk.view.grab().toImage()
    middle = canvas.mapTo(desk.view, canvas.rect().center())
    assert background(light, middle) > 200
    assert background(dark, middle) < 60
    desk.send(85, first=40)
    assert canvas.view_range()[0][1] >= ROWS[84].time


def point(canvas: QWidget, position: QPointF) -> None:
    """Move the pointer over the plot."""
    plot = canvas.findChild(QGraphicsView)
    assert plot is not None
    scene: Any = plot.scene()
    scene.sigMouseMoved.emit(position)


def test_the_readout_tells_the_row_under_the_pointer(desk: Desk) -> None:
    desk.begin()
    desk.send(85)
    desk.qtbot.waitUntil(lambda: desk.view.plot.canvas() is not None)
    canvas = desk.view.plot.canvas()
    assert canvas is not None
    area = canvas.scene_rectangle()
    point(canvas, QPointF(area.left() + area.width() * 0.1, area.center().y()))
    assert "pass 1" in desk.said("Readout")
    assert "left" in desk.said("Readout")
    point(canvas, QPointF(area.left() - 50, area.center().y()))
    assert desk.said("Readout").startswith("Point to read values")


def test_another_migration_can_be_laid_over(desk: Desk) -> None:
    desk.begin(1)
    desk.send(len(ROWS))
    desk.finish()
    desk.machine = replace(desk.machine, node="node2")
    desk.tell(ev.MigrationRequested(migration(desk.machine, "node1", 2, phase=Phase.BROWNOUT, started=NOW)))
    desk.send(30, "m2")
    desk.view.show_migration(desk.workspace, "m2", desk.machine.id)
    button = desk.find(QToolButton, "Overlay other migrations")
    button.menu().aboutToShow.emit()
    (action,) = button.menu().actions()
    assert action.text().startswith("SQL1, node1 to node2")
    action.trigger()
    assert [name for name, _ in desk.view.plot.traces] == ["SQL1, node2 to node1", "SQL1, node1 to node2"]
    action.trigger()
    assert len(desk.view.plot.traces) == 1


STUCK = MigrationOptions(downtime_limit=0.3, bandwidth=8 * MIB)


def hopeless(desk: Desk) -> None:
    """Every pass leaves nearly as much as it sent."""
    desk.begin(options=STUCK)
    rows = [row for row in sawtooth(MEMORY, share=0.98, passes=9) if row.phase is Phase.BROWNOUT]
    desk.tell(*(ev.MigrationProgressed("m1", row) for row in rows), at=rows[-1].time)
    desk.view.update_words()


def test_a_migration_that_will_not_end_offers_what_would_help_as_buttons(desk: Desk) -> None:
    hopeless(desk)
    assert desk.text().startswith("Will not converge:")
    asked: list[Any] = []
    desk.view.wanted.connect(asked.append)
    names = [button.accessibleName() for button in desk.view.advice.findChildren(QPushButton)]
    assert "Change options..." in names
    (name,) = (name for name in names if name.startswith("Raise the bandwidth to"))
    desk.qtbot.mouseClick(desk.find(QPushButton, name), Qt.MouseButton.LeftButton)
    assert len(asked) == 1
    assert asked[0].bandwidth > 8 * MIB
    assert desk.workspace.allowed(asked[0])


def test_post_copy_is_asked_about_before_it_is_ordered(desk: Desk) -> None:
    hopeless(desk)
    desk.backend.tell(ev.MigrationOptionsChanged("m1", None, None, True))
    desk.view.refresh(desk.workspace.drain(60))
    desk.view.update_words()
    asked: list[Any] = []
    desk.view.wanted.connect(asked.append)
    desk.qtbot.mouseClick(desk.find(QPushButton, "Switch to post-copy now"), Qt.MouseButton.LeftButton)
    box = desk.view.findChild(QMessageBox, "question")
    assert asked == []
    assert "the machine is lost" in box.text()
    (go,) = (button for button in box.buttons() if button.accessibleName() == "Switch to post-copy now")
    desk.qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
    assert asked == [TuneMigration("m1", post_copy=True)]


def test_what_can_be_changed_goes_away_with_the_end(desk: Desk) -> None:
    desk.begin()
    desk.send(30)
    assert desk.view.advice.isVisible()
    desk.finish()
    assert not desk.view.advice.isVisible()


def test_progress_and_buttons_fit_beside_tree_and_actions_on_a_small_screen(desk: Desk) -> None:
    """676 pixels are left for the page in a window of 1024."""
    hopeless(desk)
    desk.view.resize(676, 420)
    desk.view.update_words()
    assert desk.view.minimumSizeHint().width() <= 676
    shown = [child for child in desk.view.findChildren(QLabel) if child.isVisible() and not child.wordWrap()]
    cut = [child.text() for child in shown if child.text() and child.width() < child.minimumSizeHint().width()]
    assert cut == []
    buttons = desk.view.advice.findChildren(QPushButton)
    assert all(button.geometry().right() <= desk.view.advice.width() for button in buttons)
