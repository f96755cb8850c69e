"""Does a path to the destination answer? Asked before the transfer, because a connect that hangs in libvirt
cannot be aborted.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PROBE_LIMIT = 1.0
"""s that a path may take to answer."""
MIGRATION_PORT = 49152
"""First port of QEMU's migration listener in libvirt's default range (qemu.conf, migration_port_min)."""

_CLONE_NEWNET = 0x40000000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found."""

    reached: bool
    text: str
    duration: float
    """s."""


def probe(address: str, namespace: str | None = None, limit: float = PROBE_LIMIT) -> Answer:
    """Try a TCP connection to the migration port of ``address``.

    A refusal counts as reached: before the transfer nothing listens there, but the host answered. With
    ``namespace`` the attempt starts in that network namespace (the source node of a lab), else on this machine.
    """
    found: list[Answer] = []
    start = time.monotonic()

    def attempt() -> None:
        try:
            if namespace is not None:
                _enter(namespace)
            with socket.create_connection((address, MIGRATION_PORT), timeout=limit):
                text = "answered"
        except ConnectionRefusedError:
            text = "answered"
        except TimeoutError:
            found.append(Answer(False, f"no answer within {limit:g} s", time.monotonic() - start))
            return
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
                reason = "no route to the host"
            found.append(Answer(False, reason, time.monotonic() - start))
            return
        found.append(Answer(True, text, time.monotonic() - start))

    thread = threading.Thread(target=attempt, name=f"probe-{address}", daemon=True)
    thread.start()
    thread.join(limit + 1.0)
    return found[0] if found else Answer(False, f"no answer within {limit:g} s", time.monotonic() - start)


def _enter(namespace: str) -> None:
    """Move the calling thread alone into a network namespace (setns(2)); needs root."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(Path("/run/netns") / namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(handle, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)
