"""The migration view, the pre-flight panel, recorded migrations and the planner.

Names are resolved when they are first used, so that the window opens before numpy is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fcm.ui.migration.planner import MigrationPlanner as MigrationPlanner
    from fcm.ui.migration.preflight_panel import PreflightPanel as PreflightPanel
    from fcm.ui.migration.recordings.recording_window import RecordingWindow as RecordingWindow
    from fcm.ui.migration.view import MigrationView as MigrationView

_HOMES = {
    "MigrationPlanner": "planner",
    "MigrationView": "view",
    "PreflightPanel": "preflight_panel",
    "RecordingWindow": "recordings.recording_window",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
