"""The verb powershell: a real PowerShell with fcm's modules in front of all others."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from fcm.cli.shell import add_cluster_options
from fcm.mistakes import SentenceError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

PROGRAMS = ("pwsh", "powershell")
"""PowerShell 7, else Windows PowerShell 5.1."""
BEGIN = (
    "Import-Module Fcm, FailoverClusters, Hyper-V -ErrorAction Stop; "
    'function prompt { "[$env:FCM_CLUSTER] PS $($executionContext.SessionState.Path.CurrentLocation)> " }'
)
"""What the session runs first."""


class NoPowerShellError(SentenceError):
    """There is no PowerShell on this computer."""


def add_powershell_verb(verbs: Subparsers) -> None:
    """Add ``powershell``."""
    verb = verbs.add_parser(
        "powershell",
        epilog="In this session the modules FailoverClusters and Hyper-V are those of fcm, never those of Windows.",
    )
    add_cluster_options(verb)
    verb.set_defaults(handler=_powershell)


def found() -> str:
    """The path of PowerShell on this computer.

    Raises:
        NoPowerShellError: there is none.
    """
    for name in PROGRAMS:
        if path := shutil.which(name):
            return path
    raise NoPowerShellError(
        "PowerShell is not installed. Install PowerShell 7 (https://aka.ms/powershell), or use the built-in shell: "
        "fcm shell"
    )


def server(arguments: argparse.Namespace) -> list[str]:
    """The command by which the modules start the server, as words."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "fcm"]
    speed = "max" if arguments.speed == float("inf") else f"{arguments.speed:g}"
    words = [*own, "serve", "--stdio", "--cluster", arguments.cluster, "--speed", speed]
    return [*words, "--fresh"] if arguments.fresh else words


def environment(arguments: argparse.Namespace, modules: Path) -> dict[str, str]:
    """The variables of the session: our modules before all others, for this process only."""
    before = os.environ.get("PSModulePath", "")  # noqa: SIM112 (so PowerShell writes it, and the case counts)
    session = {"FCM_SESSION": secrets.token_hex(8)} if arguments.fresh else {}
    return {
        **os.environ,
        **session,
        "PSModulePath": os.pathsep.join(filter(None, (str(modules), before))),
        "FCM_SERVE": json.dumps(server(arguments)),
        "FCM_CLUSTER": arguments.cluster,
    }


def _powershell(arguments: argparse.Namespace) -> int:
    from fcm.resources import path

    program = found()
    command = [program, "-NoLogo", "-NoExit"]
    if sys.platform == "win32":
        # The scripts of the modules are not signed; this holds for the one process.
        command += ["-ExecutionPolicy", "Bypass"]
    command += ["-Command", BEGIN]
    if threading.current_thread() is threading.main_thread():
        # Ctrl+C is for PowerShell; a handler of ours is not inherited, as ignoring it would be.
        signal.signal(signal.SIGINT, lambda *_: None)
    return subprocess.run(command, env=environment(arguments, path("powershell")), check=False).returncode
