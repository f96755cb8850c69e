"""The verb powershell: a real PowerShell with fcm's modules in front of all others."""

from __future__ import annotations

import signal
import subprocess
import threading
from typing import TYPE_CHECKING

from fcm.cli.shell import add_cluster_options
from fcm.powershell import Target, environment, found, interactive

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)


def add_powershell_verb(verbs: Subparsers) -> None:
    """Add ``powershell``."""
    verb = verbs.add_parser(
        "powershell",
        epilog="In this session the modules FailoverClusters and Hyper-V are those of fcm, never those of Windows.",
    )
    add_cluster_options(verb)
    verb.set_defaults(handler=_powershell)


def _powershell(arguments: argparse.Namespace) -> int:
    from fcm.resources import path

    modules = path("powershell")
    command = interactive(found(), modules)
    if threading.current_thread() is threading.main_thread():
        # Ctrl+C is for PowerShell; a handler of ours is not inherited, as ignoring it would be.
        signal.signal(signal.SIGINT, lambda *_: None)
    target = Target(arguments.cluster, arguments.speed, arguments.fresh)
    return subprocess.run(command, env=environment(target, modules), check=False).returncode
