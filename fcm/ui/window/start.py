"""Start the window: application, theme, first paint, then the cluster."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QApplication

from fcm import __version__
from fcm.ui.look import icons, theme
from fcm.ui.window.main_window import MainWindow
from fcm.workspace.files import settings as st

if TYPE_CHECKING:
    from fcm.ui.window.context import Context

SIGNALS_EVERY = 250
"""ms after which Python looks at signals (Ctrl+C in the terminal) while Qt waits."""


def make_application(context: Context) -> QApplication:
    """The one application object, dressed; an existing one is dressed again."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))  # as all words are
    app.setApplicationName("fcm")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("fcm")
    theme.apply(app, theme.Scheme(context.settings.get(st.SCHEME)))
    app.setWindowIcon(icons.icon("app"))
    return app


def run(context: Context, uri: str | None) -> int:
    """Show the window until it is closed.

    Args:
        context: what the window is given.
        uri: the cluster to open; None: the one that was in front at the last exit, if any. The others that were open
            then are offered.

    Returns:
        The exit code.
    """
    app = make_application(context)
    window = MainWindow(context)
    window.show()
    wanted = uri or context.settings.get(st.LAST)
    window.reopening.offer(wanted)
    if wanted:
        QTimer.singleShot(0, window, lambda: window.open(wanted))
    signal.signal(signal.SIGINT, lambda *_: window.close())
    ticker = QTimer(window)
    ticker.timeout.connect(lambda: None)
    ticker.start(SIGNALS_EVERY)
    return app.exec()
