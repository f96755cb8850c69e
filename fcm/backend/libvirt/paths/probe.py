"""Does a path to the destination answer? Asked before the transfer, because a connect that hangs in libvirt
cannot be aborted.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
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
            found.append(Answer(False, f"no response within {limit:g} s", time.monotonic() - start))
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
    return found[0] if found else Answer(False, f"no response within {limit:g} s", time.monotonic() - start)


def _setting(name: str) -> int:
    """A setting of the calling thread's network namespace; 0 where the kernel does not have it."""
    path = Path("/proc/sys/net/ipv4", name)
    return int(path.read_text(encoding="utf-8")) if path.exists() else 0


@dataclass(frozen=True, slots=True)
class ConnectLimit:
    """For how long a connection that no one answers can hang, and how that is known."""

    seconds: float
    """s at most."""
    basis: str


_LONGEST_WAIT = 120.0
"""s between two attempts, however many there are (include/net/tcp.h, TCP_RTO_MAX)."""
_WHEEL = 1.125
"""Linux' timers may be late by an eighth of their time (kernel/time/timer.c)."""


RETRIES, LINEAR = "tcp_syn_retries", "tcp_syn_linear_timeouts"
"""Settings below /proc/sys/net/ipv4 that say for how long a connect waits; the second came with Linux 6.5."""


def settings_in(namespace: str) -> tuple[int, int] | None:
    """``RETRIES`` and ``LINEAR`` of a network namespace of this machine; None where they cannot be read."""
    found: list[tuple[int, int]] = []

    def read() -> None:
        try:
            _enter(namespace)
            found.append((_setting(RETRIES), _setting(LINEAR)))
        except (OSError, ValueError):
            return

    thread = threading.Thread(target=read, name=f"settings-{namespace}", daemon=True)
    thread.start()
    thread.join(1.0)
    return found[0] if found else None


def connect_limit(settings: tuple[int, int] | None, host: str, way: str = "") -> ConnectLimit:
    """How long Linux lets a connect wait that gets no answer: after 1 s it asks again, the first times each second
    (tcp_syn_linear_timeouts), then after twice as long each time (tcp_syn_retries).

    Source: tcp(7); ip-sysctl.rst of the kernel; 134.8 s were measured with the defaults.

    Args:
        settings: ``RETRIES`` and ``LINEAR`` as they are on the host; None: not known, Linux' defaults are assumed.
        host: its name.
        way: how they were read there: "by ssh".
    """
    if settings is not None:
        retries, linear = settings
        basis = f"read on {host}{f' {way}' if way else ''}: net.ipv4.tcp_syn_retries is {retries}"
    else:
        retries, linear = 6, 4
        basis = f"assumed: the Linux default, net.ipv4.tcp_syn_retries = 6; the value of {host} could not be read"
    waits = sum(min(2.0**number, _LONGEST_WAIT) for number in range(retries + 1))
    return ConnectLimit((linear + waits) * _WHEEL, basis)


def _enter(namespace: str) -> None:
    """Move the calling thread alone into a network namespace (setns(2)); needs root."""
    if sys.platform != "linux":
        raise OSError("Network namespaces require Linux.")
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(Path("/run/netns") / namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(handle, _CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)
