"""fcm as on a system that is not this one, in a process of its own: what Linux alone has is taken away first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path

_AS_ELSEWHERE = """
import argparse, ctypes, hashlib, importlib.util, json, logging, os, pathlib, pkgutil, shutil, signal, socket
import contextlib, io, sqlite3, subprocess, sys, tempfile, threading, tomllib, urllib.request, xml.etree.ElementTree
import platformdirs

system, words = sys.argv[1], sys.argv[2:]
if not words:
    import PySide6.QtSvg, PySide6.QtWidgets, numpy, pyqtgraph
lacking = {
    # https://docs.python.org/3/library/os.html and signal.html: "Availability: Unix" or "not Windows"
    "win32": {
        os: "fork geteuid getegid getuid getgid getloadavg killpg mkfifo setsid statvfs uname O_CLOEXEC O_NOFOLLOW "
            "O_NONBLOCK ST_RDONLY",
        signal: "SIGKILL SIGSTOP SIGCONT SIGHUP SIGALRM SIGUSR1 pthread_sigmask",
        socket: "AF_UNIX",
    },
    "darwin": {os: "setns unshare memfd_create"},
}[system]
modules = {
    "win32": {"curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"},
    "darwin": set(),
}[system]


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in modules | {"libvirt", "libvirtmod"}:
            raise ImportError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Absent())
for name in modules:
    sys.modules.pop(name, None)
for module, names in lacking.items():
    for name in names.split():
        vars(module).pop(name, None)
sys.platform = system
sys.argv[:] = ["fcm", *words]
"""
EVERY_MODULE = """
import importlib
import fcm
for found in pkgutil.walk_packages(fcm.__path__, "fcm."):
    if found.name != "fcm.__main__":
        importlib.import_module(found.name)
print("imported")
"""
COMMAND_LINE = """
from fcm.cli.main import main
sys.exit(main(words))
"""
_COMMAND_LINES = """
from fcm.cli.main import main
said = []
for line in json.loads(words[0]):
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = main(line)
    said.append([code, out.getvalue(), errors.getvalue()])
print(json.dumps(said))
"""


def elsewhere(
    system: str, code: str, *words: str, data: Path, stdin: str = "", encoding: str = "utf-8"
) -> subprocess.CompletedProcess[bytes]:
    """Run code as on ``system`` (win32, darwin) with a console of an encoding."""
    return subprocess.run(
        [sys.executable, "-c", _AS_ELSEWHERE + code, system, *words],
        input=stdin.encode(),
        capture_output=True,
        cwd=TOP,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "FCM_DATA": str(data),
            "PYTHONIOENCODING": f"{encoding}:strict",
        },
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )


def typed_elsewhere(system: str, *lines: list[str], data: Path) -> list[tuple[int, str, str]]:
    """Exit code, output and errors of command lines, one after the other in one process."""
    done = elsewhere(system, _COMMAND_LINES, json.dumps(lines), data=data)
    assert done.returncode == 0, done.stderr.decode()
    return [(code, out, errors) for code, out, errors in json.loads(done.stdout)]
