"""The verb serve: a real PowerShell asks, fcm's cmdlets answer."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from fcm.cli.shell import add_cluster_options, open_session

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE = 0
READER = 2.0
"""s that the reader may take to end: it hangs where the other end keeps the pipe open and says nothing."""


def add_serve_verb(verbs: Subparsers) -> None:
    """Add ``serve``."""
    serve = verbs.add_parser(
        "serve",
        epilog="The PowerShell modules of fcm start it by themselves. Each line is one JSON document, see "
        "fcm/shell/serving/wire.py.",
    )
    serve.add_argument(
        "--stdio", action="store_true", required=True, help="requests on standard input, answers on standard output"
    )
    add_cluster_options(serve)
    serve.set_defaults(handler=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from fcm.shell.serving.server import Server

    # Ctrl+C in a terminal reaches every process of the group: the module says which request is to end instead.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    session = open_session(arguments)
    # Nothing but answers goes to the standard output, whoever prints.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as output, contextlib.redirect_stdout(sys.stderr):

        def write(line: bytes) -> None:
            rest = memoryview(line)
            while rest:
                rest = rest[output.write(rest) :]

        server = Server(session, write)
        reader = threading.Thread(target=server.read, args=(sys.stdin.buffer,), name="serve-reader", daemon=True)
        reader.start()
        try:
            server.serve()
        finally:
            session.workspace.close()
            reader.join(READER)
    return DONE
