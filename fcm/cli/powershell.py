"""The verb powershell: a real PowerShell with fcm's modules in front of all others."""

from __future__ import annotations

import signal
import subprocess
import threading
from typing import TYPE_CHECKING

from fcm.cli.shell import add_cluster_options
from fcm.powershell import Target, check_policy, environment, found, interactive

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)


DEFAULT = "embedded:contoso"


def add_powershell_verb(verbs: Subparsers) -> None:
    """Add ``powershell``."""
    verb = verbs.add_parser(
        "powershell",
        epilog="In this session the modules FailoverClusters and Hyper-V are those of fcm, never those of Windows.",
    )
    add_cluster_options(verb, by_name=True)
    verb.set_defaults(handler=_powershell)


def _powershell(arguments: argparse.Namespace) -> int:
    from fcm.resources import path

    modules = path("powershell")
    program = found()
    check_policy(program)
    command = interactive(program, modules)
    if threading.current_thread() is threading.main_thread():
        # Ctrl+C is for PowerShell; a handler of ours is not inherited, as ignoring it would be.
        signal.signal(signal.SIGINT, lambda *_: None)
    target = _target(arguments)
    return subprocess.run(command, env=environment(target, modules), check=False).returncode


def _target(arguments: argparse.Namespace) -> Target:
    """The cluster that is named by its URI or, if a window has it open, by its name; else the one selected there.

    Raises:
        WrongInputError: no open cluster is called so.
    """
    from fcm.shell.serving.open_now import called, selected

    wanted, speed, fresh = arguments.cluster, arguments.speed, arguments.fresh
    if ":" in wanted or fresh:
        return Target(wanted or DEFAULT, speed, fresh)
    found = called(wanted) if wanted else selected()
    return Target(DEFAULT, speed) if found is None else Target(found.uri, speed, name=found.name)
