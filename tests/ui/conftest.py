"""What every test of the window starts from: the product's own style, and no trace of the test before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from fcm.ui import theme
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _light_theme(qapp: QApplication) -> Iterator[None]:
    """Every test begins in the light theme, whatever the one before switched to."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    excepthook = sys.excepthook
    yield
    sys.excepthook = excepthook
    qapp.clipboard().clear()
    assert qapp.overrideCursor() is None, "the test left the waiting cursor behind"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An open embedded cluster, closed after the test."""
    made = Desk()
    yield made
    made.close()


@pytest.fixture(autouse=True, scope="session")
def _plots_are_loaded() -> None:
    """pyqtgraph comes before the first test: the thread that fetches it would outlive a short one."""
    import fcm.ui.migration.canvas  # noqa: F401
