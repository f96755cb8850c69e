"""What the frame says when something goes wrong, and what it keeps up with."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from fcm.model import events as ev
from fcm.model.telemetry import Phase
from fcm.ui.dialogs.moves.migration_history import MigrationHistoryDialog
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine, migration, node, opened
from tests.ui.parts import is_idle, part, text_of
from tests.ui.window_by_hand import busy_window, window, window_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.ui.window.main_window import MainWindow

SERVICES = Selection(Place.SERVICES)
WEB = Selection(Place.MACHINE, "vm-Web01")


def test_an_exception_in_a_slot_is_shown_and_logged_and_the_window_lives_on(
    qtbot: QtBot, tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("internal error")
    shown, _ = busy_window(qtbot, tmp_path)
    error = ValueError("the sum is wrong")
    sys.excepthook(ValueError, error, None)
    strip = shown.messages.strips[-1]
    assert strip.text == "An internal error occurred. Your last action might not be complete."
    assert "ValueError" in strip.details
    shown.select(WEB)
    assert shown.selection == WEB


def test_a_failed_migration_is_said_above_the_page(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.tell(ev.MigrationFailed("m3", "The link broke.", "Repair it."))
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    assert shown.messages.strips[-1].text == "The migration of Database failed: The link broke."


def test_no_more_than_three_strips_and_none_twice(qtbot: QtBot, tmp_path: Path) -> None:
    shown = window(qtbot, tmp_path)
    for number in (1, 2, 2, 3, 4):
        shown.messages.show_message("warning", f"Message {number}.")
    assert [strip.text for strip in shown.messages.strips] == ["Message 2.", "Message 3.", "Message 4."]


def test_a_backend_that_lost_its_hosts_makes_the_data_stale(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    with qtbot.waitSignal(shown.happened):
        backend.tell(ev.BackendReported("error", "node2 does not respond.", "Look at it."))
    assert "Stale: node2 does not respond." in text_of(shown.status, "age")


def test_thousands_of_commands_are_handed_over_in_small_lots(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [machine(f"m{number}") for number in range(60)]
    workspace, backend = opened(formed(many, nodes=[node(name, memory=2**45) for name in ("node1", "node2", "node3")]))
    shown = window_of(qtbot, tmp_path, workspace)
    shown.select(SERVICES)
    shown.page.services.selectAll()
    button = shown.actions_pane.button("live-migrate")
    assert button is not None
    button.menu().actions()[0].trigger()
    assert len(backend.submitted) == 10
    qtbot.waitUntil(lambda: len(backend.submitted) == 60)


def focusable_without_name(shown: MainWindow) -> list[str]:
    return [
        f"{type(child).__name__} {child.objectName()}"
        for child in shown.findChildren(QAbstractButton) + shown.findChildren(QLineEdit)
        if child.focusPolicy() != Qt.FocusPolicy.NoFocus
        and child.isVisible()
        and not (child.accessibleName() and child.objectName())
        and not child.objectName().startswith("qt_")
    ]


@pytest.mark.parametrize("place", [place for place in Place if place.value.endswith("s") or place is Place.ROOT])
def test_everything_that_takes_the_keyboard_has_a_name(qtbot: QtBot, tmp_path: Path, place: Place) -> None:
    shown, _ = busy_window(qtbot, tmp_path)
    shown.select(Selection(place))
    assert focusable_without_name(shown) == []


def test_a_phase_change_renews_the_actions_pane(qtbot: QtBot, tmp_path: Path) -> None:
    workspace, backend = opened(formed([machine("Web01")]))
    shown = window_of(qtbot, tmp_path, workspace)
    shown.select(WEB)
    cancel = shown.actions_pane.button("cancel-migration")
    assert cancel is not None
    assert not cancel.isEnabled()
    backend.tell(ev.MigrationRequested(migration(machine("Web01"), phase=Phase.BROWNOUT)))

    def may_cancel() -> bool:
        button = shown.actions_pane.button("cancel-migration")
        return button is not None and button.isEnabled()

    qtbot.waitUntil(may_cancel)


def test_many_failed_migrations_share_one_strip_that_leads_to_them(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.tell(ev.MigrationFailed("m3", "The link broke.", "Repair it."))
    for number in (7, 8):
        backend.tell(ev.MigrationRequested(replace(migration(machine("Web01"), phase=Phase.BROWNOUT), id=f"x{number}")))
        backend.tell(ev.MigrationFailed(f"x{number}", f"Reason {number}.", "Do that."))
    qtbot.waitUntil(
        lambda: [strip.text for strip in shown.messages.strips] == ["3 migrations failed or were interrupted."]
    )
    strip = shown.messages.strips[0]
    assert strip.accessibleName() == "Error: 3 migrations failed or were interrupted."
    assert all(reason in strip.details for reason in ("The link broke.", "Reason 7.", "Reason 8.", "Repair it."))
    qtbot.mouseClick(part(strip, QAbstractButton, "Show"), Qt.MouseButton.LeftButton)
    history = shown.findChild(MigrationHistoryDialog)
    assert isinstance(history, MigrationHistoryDialog)
    qtbot.waitUntil(lambda: is_idle(history))
    qtbot.mouseClick(part(strip, QAbstractButton, "Dismiss"), Qt.MouseButton.LeftButton)
    assert shown.messages.strips == ()


def test_one_failed_migration_has_its_own_words_and_nothing_to_show(qtbot: QtBot, tmp_path: Path) -> None:
    shown, backend = busy_window(qtbot, tmp_path)
    backend.tell(ev.MigrationFailed("m3", "The link broke.", "Repair it."))
    qtbot.waitUntil(lambda: bool(shown.messages.strips))
    assert not part(shown.messages.strips[0], QAbstractButton, "Show").isVisible()
