"""The source host asked itself over its ssh login: does a path answer, and how long may a connection hang there?"""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.uris import is_address
from fcm.backend.libvirt.paths.probe import (
    LINEAR,
    MIGRATION_PORT,
    PROBE_LIMIT,
    RETRIES,
    Answer,
    ConnectLimit,
    connect_limit,
    probe,
    settings_in,
)
from fcm.backend.libvirt.paths.ssh_login import LOGIN_LIMIT, host_login

if TYPE_CHECKING:
    from fcm.backend.libvirt.configuration.hosts_file import Host

_MOST_RETRIES = 127
"""Of a connect in Linux (include/net/tcp.h, MAX_TCP_SYNCNT)."""
_REFUSED = "Connection refused"
_REASONS = {
    "No route to host": "no route to the host",
    "Network is unreachable": "no route to the host",
}


def probe_from(source: Host, address: str, limit: float = PROBE_LIMIT) -> tuple[Answer, str]:
    """Try the way to ``address`` from the source host where a way to do so exists, else from this machine.

    In the lab the attempt starts in the network namespace of the source, with a login by ssh in a shell there.

    Returns:
        What was found, and in words from where it was asked.
    """
    if source.probe_namespace is not None:
        return probe(address, source.probe_namespace, limit), f"checked from {source.name}"
    login = host_login(source)
    if login:
        found = _ask(login, address, limit)
        if found is not None:
            return found, f"checked from {source.name} over ssh"
    return probe(address, None, limit), "checked from this computer"


def connect_limit_of(source: Host) -> ConnectLimit:
    """For how long a connect of the source host may hang, by its own settings where there is a way to read them.

    In the lab they are read in the network namespace of the source, with a login by ssh in a shell there; blocks
    for ``LOGIN_LIMIT`` s and a little more at most.
    """
    if source.probe_namespace is not None:
        return connect_limit(settings_in(source.probe_namespace), source.name)
    login = host_login(source)
    return connect_limit(_settings(login) if login else None, source.name, "by ssh")


def _settings(login: list[str]) -> tuple[int, int] | None:
    """``RETRIES`` and ``LINEAR`` as the host tells them; None where it does not, or tells what Linux does not have."""
    done = _shell(login, f"cd /proc/sys/net/ipv4 && grep -H . {RETRIES} {LINEAR} 2>/dev/null", LOGIN_LIMIT + 1.0)
    if done is None:
        return None
    told = {name: int(value) for name, value in re.findall(r"^(\w+):(\d{1,3})$", done.stdout, re.MULTILINE)}
    retries, linear = told.get(RETRIES, 0), told.get(LINEAR, 0)
    return (retries, linear) if 1 <= retries <= _MOST_RETRIES and linear <= _MOST_RETRIES else None


def _ask(login: list[str], address: str, limit: float) -> Answer | None:
    """Let bash of the source open the connection; None where that is not possible there."""
    if not is_address(address):  # it becomes part of a line of the shell
        return None
    line = shlex.quote(f"exec 3<>{shlex.quote(f'/dev/tcp/{address}/{MIGRATION_PORT}')}")
    attempt = f"LC_ALL=C timeout {limit:g} bash -c {line}"
    start = time.monotonic()
    done = _shell(login, attempt, LOGIN_LIMIT + limit + 1.0)
    if done is None:
        return None
    took = time.monotonic() - start
    if done.returncode == 0 or (done.returncode == 1 and _REFUSED in done.stderr):
        return Answer(True, "answered", took)
    if done.returncode == 124:  # of timeout(1)
        return Answer(False, f"no response within {limit:g} s", took)
    for said, reason in _REASONS.items():
        if done.returncode == 1 and said in done.stderr:
            return Answer(False, reason, took)
    return None


def _shell(login: list[str], line: str, limit: float) -> subprocess.CompletedProcess[str] | None:
    """Run a line in the shell of the host, ``limit`` s at most; None where ssh is missing or hangs."""
    try:
        return subprocess.run(
            [*login, line],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
