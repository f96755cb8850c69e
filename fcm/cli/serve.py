"""The verb serve: a real PowerShell asks, fcm's cmdlets answer.

Where a window or another server of this user has the cluster open, what is asked is passed on to it. Otherwise the
cluster is opened here, and others may join.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

from fcm.cli.shell import add_cluster_options, settle

if TYPE_CHECKING:
    import argparse

    from fcm.shell.serving.connections import Connection, Door
    from fcm.workspace.workspace import Workspace

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED = 0, 1
CLAIMED = 3.0
"""s in which a window that has the cluster open already lets others join."""
AGAIN = 0.1
"""s between two looks for it."""

_log = logging.getLogger(__name__)


def add_serve_verb(verbs: Subparsers) -> None:
    """Add ``serve``."""
    serve = verbs.add_parser(
        "serve",
        epilog="The PowerShell modules of fcm start it by themselves. Each line is one JSON document, see "
        "fcm/shell/serving/wire.py. Where a window of this user has the cluster open, the requests go to it.",
    )
    serve.add_argument(
        "--stdio", action="store_true", required=True, help="requests on standard input, answers on standard output"
    )
    add_cluster_options(serve)
    serve.set_defaults(handler=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from fcm.shell.serving.connections import Connection, MeetingError
    from fcm.shell.serving.meeting import claim
    from fcm.shell.serving.passing import pass_through

    # Ctrl+C in a terminal reaches every process of the group: the module says which request is to end instead.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if sys.platform != "win32":
            # A terminal that is closed ends PowerShell, and by it this client; others may have joined.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
    name, output = _place(arguments), sys.stdout
    # Nothing but answers goes to the standard output, whoever prints.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            met = claim(name) if name else None
        except MeetingError as error:
            _log.warning("The cluster is opened for this PowerShell alone. %s", error)
            met = None
        if isinstance(met, Connection):
            pass_through(met, sys.stdin.fileno(), _Output(output).send)
            return DONE
        return _open(arguments, name, met, output)


class _Output:
    """Lines for the standard output, which are written at once."""

    def __init__(self, output: TextIO) -> None:
        self._number = os.dup(output.fileno())

    def send(self, line: bytes) -> None:
        """Write one; raises OSError where nobody reads any more."""
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(self._number, rest) :]

    def close(self) -> None:
        """Whoever reads sees the end."""
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)


def _place(arguments: argparse.Namespace) -> str:
    """Where others meet who speak about this cluster; "" if it is for this program alone."""
    from fcm.shell.serving.meeting import place
    from fcm.workspace.files.journal_paths import journal_of

    session = os.environ.get("FCM_SESSION", "")
    if arguments.fresh and not session:
        return ""
    return place(journal_of(arguments.cluster), session if arguments.fresh else "")


def _open(arguments: argparse.Namespace, name: str, door: Door | None, output: TextIO) -> int:
    from fcm.app import JournalError, open_workspace
    from fcm.shell.runtime.waiting import STEP, Draining
    from fcm.shell.serving.hosting import Host
    from fcm.shell.serving.passing import pass_through
    from fcm.shell.serving.shared import SharedCluster

    def opened(uri: str) -> SharedCluster:
        def work() -> Workspace:
            workspace = open_workspace(uri, keep=not arguments.fresh)
            pump = Draining(workspace)
            settle(workspace, lambda: pump(STEP))
            return workspace

        return SharedCluster(work)

    try:
        cluster = opened(arguments.cluster)
    except BaseException as error:
        if door is not None:
            door.close()
            window = _appearing(name) if isinstance(error, JournalError) else None
            if window is not None:
                pass_through(window, sys.stdin.fileno(), _Output(output).send)
                return DONE
        raise
    host = Host(cluster.borrow, arguments.speed, lambda uri: cast("Workspace", opened(uri).borrow()))
    # A file of its own: Python waits for whoever reads its standard input at its end.
    lines = cast("BinaryIO", io.BufferedReader(io.FileIO(os.dup(sys.stdin.fileno()))))
    write = _Output(output)
    own = host.add(lines, write.send, write.close)
    if door is not None:
        host.listen(door)
    if own is not None:
        own.thread.join()
    if host.clients:
        # Whoever reads what this program writes need not wait for those that have joined.
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (sys.stdin, output, sys.stderr):
            os.dup2(null, stream.fileno())
    cluster.wait()
    host.close_door()
    return FAILED if cluster.error is not None else DONE


def _appearing(name: str) -> Connection | None:
    """A window that has the journal open lets others join in a moment; None if it does not."""
    from fcm.shell.serving.connections import MeetingError
    from fcm.shell.serving.meeting import join

    end = time.monotonic() + CLAIMED
    while time.monotonic() < end:
        with contextlib.suppress(MeetingError):
            found = join(name)
            if found is not None:
                return found
        time.sleep(AGAIN)
    return None
