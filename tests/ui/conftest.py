"""What every test of the window starts from: the product's own style, and no trace of the test before."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.exceptions import TimeoutError as QtBotTimeoutError
from pytestqt.qtbot import QtBot

from fcm import powershell
from fcm.ui.look import theme
from fcm.ui.tour.patience import PATIENCE, stretched
from fcm.workspace import collecting
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication, QWidget


@pytest.fixture(autouse=True)
def _light_theme(qapp: QApplication) -> Iterator[None]:
    """Every test begins in the light theme, whatever the one before switched to."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    excepthook = sys.excepthook
    yield
    sys.excepthook = excepthook
    qapp.clipboard().clear()
    assert qapp.overrideCursor() is None, "the test left the waiting cursor behind"


@pytest.fixture(autouse=True)
def _no_powershell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the window are the same on a computer with PowerShell; those of a terminal say which program it is."""
    monkeypatch.setattr(powershell, "PROGRAMS", ())


class PatientBot(QtBot):
    """Waits as long as it takes on a machine that has other work; whoever waits in a test names no time."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: float | None = None) -> None:
        """Until a condition is true, or an assertion in it holds."""
        base = PATIENCE if timeout is None else timeout / 1000
        begin, seconds = time.monotonic(), 0.0
        while True:
            # The machine may get busy while a test waits.
            seconds = max(seconds, stretched(base))
            rest = begin + seconds - time.monotonic()
            try:
                return super().waitUntil(callback, timeout=max(round(rest * 1000), 1))
            except QtBotTimeoutError:
                if stretched(base) <= seconds:
                    raise

    def waitSignal(self, signal: Any, *, timeout: float | None = None, **options: Any) -> Any:
        """Until a signal is emitted within ``with``."""
        return super().waitSignal(signal, timeout=_milliseconds(timeout), **options)

    def waitActive(self, widget: QWidget, *, timeout: float | None = None) -> Any:
        """Until a window is active."""
        return super().waitActive(widget, timeout=_milliseconds(timeout))

    def waitExposed(self, widget: QWidget, *, timeout: float | None = None) -> Any:
        """Until a window is shown."""
        return super().waitExposed(widget, timeout=_milliseconds(timeout))


def _milliseconds(timeout: float | None) -> int:
    return round(1000 * stretched(PATIENCE if timeout is None else timeout / 1000))


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """In place of pytest-qt's own, whose waits end after 5 s."""
    return PatientBot(request)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An open embedded cluster, closed after the test."""
    made = Desk()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _garbage_is_found_here() -> Iterator[None]:
    """Objects of Qt are deleted in this thread, as in the program, also in tests that have no window of it."""
    collecting.search_here_only()
    yield
    collecting.search_due()


@pytest.fixture(autouse=True, scope="session")
def _plots_are_loaded() -> None:
    """pyqtgraph comes before the first test: the thread that fetches it would outlive a short one."""
    import fcm.ui.migration.plots.canvas  # noqa: F401
