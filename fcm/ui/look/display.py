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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.installation import again, command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TIMEOUT = 2.0
"""Seconds to wait for a display on another machine."""
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
}
"""Libraries that Qt always loads, with their packages in Debian (packaging/apt-run.txt)."""
LIBRARIES_OF_PLATFORM = {
    "xcb": {
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}
"""Libraries that Qt loads for a kind of display, in addition to ``LIBRARIES``."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What Qt can be started with."""

    platform: str = ""
    """What QT_QPA_PLATFORM has to be, for the first choice of Qt would fail; "" if nothing has to be said."""
    problem: str = ""
    """Why no window can be shown, as sentences with what to do; "" if one can."""


def choose(environment: Mapping[str, str], system: str = sys.platform) -> Choice:
    """Find out what Qt can be started with here.

    Args:
        environment: as ``os.environ``.
        system: as ``sys.platform``; only Linux and its like have displays that can be absent.
    """
    has_displays = system not in ("win32", "darwin")
    asked = [name.partition(":")[0] for name in environment.get("QT_QPA_PLATFORM", "").split(";") if name]
    wanted = [_PLATFORM_NAMES.get(name, name) for name in asked]
    if not wanted and has_displays:
        variables = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
        wanted = [name for name, variable in variables.items() if environment.get(variable)]
    if trouble := _library_problem("PySide6.QtWidgets", wanted or (["xcb"] if has_displays else [])):
        return Choice(problem=trouble)
    if not has_displays:
        return Choice()
    if not wanted:
        return Choice(
            problem="There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). Start fcm in a desktop session. "
            + _without_window()
        )
    troubles = [_platform_problem(name, environment) for name in wanted]
    if "" not in troubles:
        return Choice(problem="\n".join([*dict.fromkeys(troubles), _without_window()]))
    usable = wanted[troubles.index("")]
    return Choice(platform="" if asked or usable == wanted[0] else usable)


_PLATFORM_NAMES = {"wayland-egl": "wayland"}


def _platform_problem(name: str, environment: Mapping[str, str]) -> str:
    """Why Qt would end the program with this platform; "" if it would not."""
    plugins = _plugins()
    if plugins is not None and not (plugins / f"libq{name}.so").exists():
        known = ", ".join(sorted(path.stem.removeprefix("libq") for path in plugins.glob("libq*.so")))
        return f"Qt has no platform {name}, which the variable QT_QPA_PLATFORM asks for. It has {known}."
    if name == "xcb" and not _answers(environment.get("DISPLAY", "")):
        return _silent("X", "DISPLAY", environment)
    if name == "wayland" and not _wayland_answers(environment):
        return _silent("Wayland", "WAYLAND_DISPLAY", environment)
    if name in LIBRARIES_OF_PLATFORM and plugins is not None:
        try:
            ctypes.CDLL(str(plugins / f"libq{name}.so"))
        except OSError as error:
            return _missing(str(error), [name])
    return ""


def _silent(kind: str, variable: str, environment: Mapping[str, str]) -> str:
    shown = environment.get(variable, "")
    if not shown:
        return f"There is no {kind} display (the variable {variable} is not set)."
    return f"The display {shown} does not respond. Check the variable {variable}."


def _without_window() -> str:
    return f"See the pages without one: {command('tour --out tour')}"


@contextmanager
def quiet_offscreen() -> Iterator[None]:
    """Qt's messages without those that tell what the offscreen platform cannot do: sizes and raising of windows."""
    from PySide6.QtCore import qInstallMessageHandler

    def pass_on(kind: Any, context: Any, message: str) -> None:
        if message.startswith("This plugin does not support "):
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


def _library_problem(module: str, platforms: Sequence[str]) -> str:
    try:
        importlib.import_module(module)
    except ImportError as error:
        return _missing(str(error), platforms)
    return ""


def _plugins() -> Path | None:
    """The folder of Qt's platform plugins; None for a Qt of the system, whose packages see to it."""
    found = importlib.util.find_spec("PySide6")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "Qt" / "plugins" / "platforms"
    return folder if folder.is_dir() else None


def _missing(words: str, platforms: Sequence[str]) -> str:
    """A sentence for what the loader said, such as "libEGL.so.1: cannot open shared object file".

    The loader names the first library that it misses; here all are looked for, so that one command brings them.
    """
    match = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file", words)
    if match is None:
        return f"Qt cannot be loaded: {words}. {again()}"
    known = dict(LIBRARIES)
    for name in platforms:
        known |= LIBRARIES_OF_PLATFORM.get(name, {})
    lacking = [library for library in known if library == match[1] or not _loads(library)]
    lacking += [match[1]] if match[1] not in lacking else []
    packages = list(dict.fromkeys(known[library] for library in lacking if library in known))
    if len(lacking) == 1:
        said = f"Qt cannot be loaded because the library {lacking[0]} is missing."
    else:
        listed = f"{', '.join(lacking[:-1])} and {lacking[-1]}"
        said = f"Qt cannot be loaded because the libraries {listed} are missing."
    if packages:
        said += f" Debian: sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
    if match[1] not in known:
        said += f"{'.' if packages else ''} Install the package that holds {match[1]}."
    return said


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    """Whether anybody listens at WAYLAND_DISPLAY: a socket's path, or its name in XDG_RUNTIME_DIR (libwayland)."""
    if sys.platform == "win32":
        return False
    if environment.get("WAYLAND_SOCKET"):
        return True  # a connection that whoever started us has opened
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if not name.startswith("/") and not folder:
        return False
    return _connects(socket.AF_UNIX, str(Path(folder) / name))


def _answers(display: str) -> bool:
    """Whether anybody listens at an X display such as ``:0``, ``localhost:10.0`` or a socket's path."""
    if sys.platform == "win32":
        return False
    match = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return bool(display) and Path(display).exists()
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
