"""A path tried from the source host itself, over the ssh login by which its libvirtd is reached."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from fcm.backend.libvirt.probe import MIGRATION_PORT, PROBE_LIMIT, Answer, probe

if TYPE_CHECKING:
    from fcm.backend.libvirt.hosts_file import Host

LOGIN_LIMIT = 5.0
"""s that the login may take; after it the path is tried from this machine."""

_REFUSED = "Connection refused"
_REASONS = {
    "No route to host": "no route to the host",
    "Network is unreachable": "no route to the host",
}


def probe_from(source: Host, address: str, limit: float = PROBE_LIMIT) -> tuple[Answer, str]:
    """Try the way to ``address`` from the source host where a way to do so exists, else from this machine.

    In the lab the attempt starts in the network namespace of the source, with a ``qemu+ssh`` URI in a shell there.

    Returns:
        What was found, and in words from where it was asked.
    """
    if source.probe_namespace is not None:
        return probe(address, source.probe_namespace, limit), f"asked from {source.name}"
    login = _login(source.uri)
    if login:
        found = _ask(login, address, limit)
        if found is not None:
            return found, f"asked from {source.name} by ssh"
    return probe(address, None, limit), "asked from here"


def _login(uri: str) -> list[str]:
    """The ssh command of a qemu+ssh URI; [] for other URIs and for those with a program of their own.

    Parameters of the URI: https://libvirt.org/uri.html, "ssh transport".
    """
    parts = urlsplit(uri)
    parameters = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = parts.hostname
    if parts.scheme != "qemu+ssh" or not host or host.startswith("-") or "command" in parameters:
        return []
    command = ["ssh", "-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={LOGIN_LIMIT:.0f}"]
    if parameters.get("no_verify", "0") != "0":
        command += ["-o", "StrictHostKeyChecking=no"]
    if "keyfile" in parameters:
        command += ["-i", parameters["keyfile"]]
    if parts.username:
        command += ["-l", unquote(parts.username)]
    if parts.port:
        command += ["-p", str(parts.port)]
    return [*command, "--", host]


def _ask(login: list[str], address: str, limit: float) -> Answer | None:
    """Let bash of the source open the connection; None where that is not possible there."""
    attempt = f"LC_ALL=C timeout {limit:g} bash -c 'exec 3<>/dev/tcp/{address}/{MIGRATION_PORT}'"
    start = time.monotonic()
    try:
        done = subprocess.run(
            [*login, attempt],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LOGIN_LIMIT + limit + 1.0,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    took = time.monotonic() - start
    if done.returncode == 0 or (done.returncode == 1 and _REFUSED in done.stderr):
        return Answer(True, "answered", took)
    if done.returncode == 124:  # of timeout(1)
        return Answer(False, f"no answer within {limit:g} s", took)
    for said, reason in _REASONS.items():
        if done.returncode == 1 and said in done.stderr:
            return Answer(False, reason, took)
    return None
