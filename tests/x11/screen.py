"""A screen of its own: an X server in memory with a window manager, and the hand that sends X events (XTEST)."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (2560, 1440)
"""Pixels of the screen; windows are as large as a test wants."""
PROGRAMS = ("Xvfb", "openbox", "xdotool")
_HERE = Path(__file__).parent


class MissingProgramError(Exception):
    """Something is not installed; the message says what and how it is installed."""


class Screen:
    """An X server on a free display number, a window manager on it, and a mouse and keyboard."""

    def __init__(self, home: Path) -> None:
        """Start both; ``home`` is an empty folder for them.

        Raises:
            MissingProgramError: one of the programs is not installed.
        """
        missing = [name for name in PROGRAMS if shutil.which(name) is None]
        if missing:
            raise MissingProgramError(
                f"{', '.join(missing)} not found. As root, make test installs them; else run: "
                f"sudo apt-get install -y --no-install-recommends {' '.join(missing).casefold()}"
            )
        read, write = os.pipe()
        width, height = SIZE
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=(write,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb ended without a display"
        self.environment = {**os.environ, "DISPLAY": f":{number}", "HOME": str(home), "LC_ALL": "C.UTF-8"}
        self.environment.pop("WAYLAND_DISPLAY", None)
        self._manager = subprocess.Popen(
            ["openbox", "--sm-disable", "--config-file", str(_HERE / "openbox.xml")],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Only a window manager says how many desktops there are.
        until(lambda: self._xdotool("get_num_desktops").returncode == 0, "the window manager")

    def act(self, *words: str) -> None:
        """Move, click or type, as words of xdotool; returns when the X server has had all of it."""
        done = self._xdotool(*words)
        assert done.returncode == 0, f"xdotool {' '.join(words)}: {done.stderr}"

    def read(self, *words: str) -> str:
        """What xdotool says."""
        done = self._xdotool(*words)
        assert done.returncode == 0, f"xdotool {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def _xdotool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=stretched(PATIENCE),
        )

    def close(self) -> None:
        """End both."""
        for program in (self._manager, self._server):
            program.terminate()
            program.wait(timeout=stretched(PATIENCE))


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something outside of the program."""
    pause, begin = threading.Event(), time.monotonic()
    while not condition():
        assert time.monotonic() - begin < stretched(PATIENCE), f"waited for {what} without success"
        pause.wait(0.02)
