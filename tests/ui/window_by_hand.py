"""A window over clusters made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from fcm.backend.registry import forms, uri_of
from fcm.ui.window.context import Context, KnownCluster
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.files.settings import Settings
from tests.ui.by_hand import busy_cluster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from fcm.workspace.workspace import Workspace
    from tests.ui.by_hand import Backend

KNOWN = [
    KnownCluster("embedded:contoso", "contoso", "Three nodes", 1.0),
    KnownCluster("embedded:other", "other", "Never opened"),
]


def context(folder: Path, opener: Callable[[str], Workspace] | None = None) -> Context:
    return Context(
        open_cluster=opener or (lambda uri: busy_cluster()[0]),
        clusters=lambda: KNOWN,
        create_cluster=lambda plan: "embedded:new",
        settings=Settings(folder),
        report_folder=folder,
        uri_of=uri_of,
        uri_forms=forms(),
    )


def window(qtbot: QtBot, folder: Path, opener: Callable[[str], Workspace] | None = None) -> MainWindow:
    """A shown window without a cluster; closed at the end of the test."""
    made = MainWindow(context(folder, opener))
    qtbot.addWidget(made)
    made.show()
    return made


def window_of(qtbot: QtBot, folder: Path, workspace: Workspace) -> MainWindow:
    """A shown window of an opened workspace."""
    made = window(qtbot, folder)
    made.show_workspace(workspace)
    return made


def busy_window(qtbot: QtBot, folder: Path) -> tuple[MainWindow, Backend]:
    """A window of the lively cluster."""
    workspace, backend = busy_cluster()
    return window_of(qtbot, folder, workspace), backend


def named(parent: QWidget, name: str, kind: type[Any] = QWidget) -> Any:
    """The visible widget with that accessible name."""
    found = [child for child in parent.findChildren(kind) if child.accessibleName() == name and child.isVisible()]
    assert found, f"no {kind.__name__} named {name!r} is shown"
    return found[0]
