"""Run as a program of its own: the window as ``fcm`` shows it, and answers about it over a pipe.

A line of JSON on standard input names a function of a test module, called in the thread of the window; its result is
a line of JSON on standard output. Such functions look, or prepare a cluster; mouse and keys come from the X server.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from fcm import powershell
from fcm.app import make_context
from fcm.ui.look import theme
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application


class Launcher:
    """Has the one window that is open."""

    def __init__(self) -> None:
        powershell.PROGRAMS = ()  # the Console is the same on a computer with PowerShell
        self.app = make_application(make_context())
        # Another one would end with its last window.
        self.app.setQuitOnLastWindowClosed(False)
        self.window: MainWindow | None = None
        self._rest = b""
        self._pipe = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._pipe.activated.connect(self._read)

    def _read(self) -> None:
        got = os.read(sys.stdin.fileno(), 1 << 16)
        if not got:
            self.end()
            self.app.quit()
            return
        *lines, self._rest = (self._rest + got).split(b"\n")
        for line in lines:
            request = json.loads(line)
            QTimer.singleShot(request.get("after", 0), self.app, lambda request=request: self._answer(request))

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            answer = {"answer": self._found(request)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    def _found(self, request: dict[str, Any]) -> Any:
        match request["what"]:
            case "begin":
                return self.begin(**request["how"])
            case "end":
                return self.end()
            case "settle":
                # Everything that the X server has sent until now has been handled afterwards.
                QGuiApplication.sync()
                return None
            case "reach":
                return self.window is not None
        module, _, name = request["what"].rpartition(".")
        return getattr(importlib.import_module(module), name)(self.window, *request.get("args", ()))

    def begin(self, data: str, cluster: str | None, size: tuple[int, int], scheme: str) -> None:
        """A window as after the start of the program, in its own data folder."""
        os.environ["FCM_DATA"] = data
        context = make_context()
        theme.apply(self.app, theme.Scheme(scheme))
        self.window = window = MainWindow(context)
        window.resize(*size)
        window.show()
        if cluster is not None:
            window.open(cluster)

    def end(self) -> None:
        """Close everything."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
        self.window = None
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()


if __name__ == "__main__":
    launcher = Launcher()
    sys.exit(launcher.app.exec())
