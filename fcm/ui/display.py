"""Why no window can be shown here, found out before Qt would abort the program.

Qt ends a program without an exception when no display answers or a library of its X11 plugin is missing, and blames
libxcb-cursor0 whatever the library was.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import re
import socket
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TIMEOUT = 2.0
"""Seconds to wait for a display on another machine."""
_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""Library: its package in Debian 12 (packaging/apt-run.txt)."""
_WITHOUT_WINDOW = "See the pages without one: fcm tour --out tour"


def problem(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """Why no window can be shown, as sentences with what to do; "" if one can.

    Args:
        environment: as ``os.environ``.
        platform: as ``sys.platform``; only Linux and its like have displays that can be absent.
    """
    if trouble := _library_problem("PySide6.QtWidgets"):
        return trouble
    if platform in ("win32", "darwin") or environment.get("QT_QPA_PLATFORM"):
        return ""
    x_display, wayland = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    if not x_display and not wayland:
        return (
            "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). Start fcm in a desktop session. "
            + _WITHOUT_WINDOW
        )
    if wayland:
        return ""
    if trouble := _xcb_problem():
        return trouble
    if not _answers(x_display):
        return f"The display {x_display} does not answer. Look at the variable DISPLAY. {_WITHOUT_WINDOW}"
    return ""


@contextmanager
def quiet_offscreen() -> Iterator[None]:
    """Qt's messages without the one by which the offscreen platform greets every window of a fixed size."""
    from PySide6.QtCore import qInstallMessageHandler

    def pass_on(kind: Any, context: Any, message: str) -> None:
        if message.startswith("This plugin does not support propagateSizeHints"):
            return
        if previous is None:
            print(message, file=sys.stderr)
        else:
            previous(kind, context, message)

    previous = qInstallMessageHandler(pass_on)
    try:
        yield
    finally:
        qInstallMessageHandler(previous)


def _library_problem(module: str) -> str:
    try:
        importlib.import_module(module)
    except ImportError as error:
        return _missing(str(error))
    return ""


def _xcb_problem() -> str:
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None:
        return ""
    plugin = Path(found.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not plugin.exists():
        return ""  # a Qt of the system, whose packages see to this
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return _missing(str(error))
    return ""


def _missing(words: str) -> str:
    """A sentence for what the loader said, such as "libEGL.so.1: cannot open shared object file"."""
    match = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file", words)
    if match is None:
        return f"Qt cannot be loaded: {words}. Install fcm again: pip install --force-reinstall fcm"
    library = match[1]
    package = _PACKAGES.get(library)
    remedy = f"Debian: sudo apt-get install {package}" if package else "Install the package that holds it."
    return f"Qt cannot be loaded because the library {library} is missing. {remedy}"


def _answers(display: str) -> bool:
    """Whether anybody listens at an X display such as ``:0``, ``localhost:10.0`` or a socket's path."""
    match = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return Path(display).exists()
    host, number = match["host"], int(match["number"])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return any(_connects(socket.AF_UNIX, address) for address in ("\0" + path, path))
    return _connects(socket.AF_INET, (host, 6000 + number)) or _connects(socket.AF_INET6, (host, 6000 + number))


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_TIMEOUT)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
