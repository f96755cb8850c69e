"""Post-copy whose connection broke: the machine is at its destination, the rest of its memory still at its source.

Both copies of QEMU wait (postcopy-paused) until the migration is resumed over a new connection, which libvirt does
since 8.5 (VIR_MIGRATE_POSTCOPY_RESUME; https://libvirt.org/migration.html, "Post-copy migration"). QEMU notices a
broken connection when TCP gives it up. Seen with libvirt 9.0 and QEMU 7.2: the source is then paused with the reason 13
and the call of the migration fails; the destination stays "running" while its guest stands still wherever it needs a
page that has not come.
"""

from __future__ import annotations

import time
from enum import Enum, auto
from typing import TYPE_CHECKING

from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.paths.ssh_probe import probe_from

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from fcm.backend.libvirt.connection import HostConnection

RESUME_EVERY = 5.0
"""s between two rounds over all networks."""
SOURCE_LIMIT = 60.0
"""s for which the source may be silent before resuming is given up."""
_PAUSED, _POSTCOPY_FAILED = 3, 13
"""virDomainState and virDomainPausedReason of a source whose post-copy broke."""
_NOT_SUPPORTED = (3, 8, 74)
"""virErrorNumber: NO_SUPPORT, INVALID_ARG (an unknown flag), ARGUMENT_UNSUPPORTED."""


GIVEN_UP_LIMIT = 30.0
"""s after which it is told that the destination does not give up the connection that the source gave up."""


def stalled(source: str, destination: str, limit: float) -> str:
    """That nothing has come for ``limit`` s in post-copy."""
    return (
        f"No data has been transferred for {limit:g} s in post-copy. The virtual machine is on {destination} and waits "
        f"for memory that is still on {source}. If the network does not recover, fcm resumes the migration over "
        "another one as soon as the hosts give up this connection, which can take minutes. Do not turn off the virtual "
        "machine on either host."
    )


class GivingUp:
    """Tells once that the destination does not give up a connection that the source has given up.

    Seen with libvirt 9.0 and QEMU 7.2: in three of four tries, one of them after an abort, the call that resumes did
    not return. Why is assumed: QEMU there may wait for a page of the guest in its main loop, where it does not answer.
    """

    def __init__(self, source: str, destination: str, tell: Callable[[str], None]) -> None:
        self._ends, self._tell = (source, destination), tell
        self._since: float | None = None
        self._told = False

    def look(self) -> None:
        """Called again and again while the source waits and the call of the migration has not returned."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if not self._told and now - self._since >= GIVEN_UP_LIMIT:
            self._told = True
            source, destination = self._ends
            self._tell(
                f"{source} has given up the connection, but {destination} has not. If QEMU there waits for memory in "
                "its main loop, it does not respond to libvirt and cannot be resumed. If this lasts, turn the virtual "
                "machine off on both hosts, then start it again."
            )


class Rest(Enum):
    """What the source has of a machine in post-copy."""

    WAITS = auto()
    """Memory that the destination lacks, and no connection to send it over."""
    GONE = auto()
    """Nothing, or it is being sent."""
    SILENT = auto()
    """Unknown: the source does not respond."""


def is_broken(state: int, why: int) -> bool:
    """Whether a source in this state (virDomainState and its reason) waits for its post-copy to be resumed."""
    return (state, why) == (_PAUSED, _POSTCOPY_FAILED)


def rest_at(source: HostConnection, machine: str) -> Rest:
    """Ask the source; blocks."""
    try:
        domain = source.domain(machine)
        if domain is None or not domain.isActive():
            return Rest.GONE
        return Rest.WAITS if is_broken(*domain.state()) else Rest.GONE
    except load_libvirt().libvirtError:
        return Rest.SILENT


def is_gone(destination: HostConnection, machine: str) -> bool:
    """Whether a destination that responds has nothing of the machine: there is nothing to resume; blocks.

    A connection that breaks at the very switch ends QEMU there, before or after the guest ran (seen with QEMU 7.2).
    """
    try:
        domain = destination.domain(machine)
        return domain is None or not domain.isActive()
    except load_libvirt().libvirtError:
        return False


def resume(
    source: HostConnection,
    destination: HostConnection,
    machine: str,
    networks: Sequence[tuple[str, str, str]],
    tried: Callable[[str, str, float, bool, str], None],
    carry: Callable[[str], None],
    left: threading.Event,
) -> str:
    """Connect again over one network after the other until the rest of the memory has come; blocks.

    Args:
        source: host that has the rest.
        destination: host on which the machine is.
        machine: UUID.
        networks: id, name and address of the destination, in order of preference.
        tried: is told each try: id, address, s, whether it connected, and the result in words.
        carry: resumes over an address and returns when the migration is complete; raises libvirt.libvirtError.
        left: set when nobody wants to know any more.

    Returns:
        Why it was given up, as a sentence; "" if there is nothing left to do here.
    """
    error_type = load_libvirt().libvirtError
    silent_since: float | None = None
    while True:
        for identity, name, address in networks:
            rest = Rest.GONE if left.is_set() else rest_at(source, machine)
            if rest is Rest.GONE:
                return ""
            if rest is Rest.SILENT:
                now = time.monotonic()
                silent_since = now if silent_since is None else silent_since
                if now - silent_since >= SOURCE_LIMIT:
                    return f"{source.host.name} has not responded for {SOURCE_LIMIT:.0f} s."
                break
            silent_since = None
            if is_gone(destination, machine):
                return f"{destination.host.name} no longer has the virtual machine."
            answer, where = probe_from(source.host, address)
            if not answer.reached:
                tried(identity, address, answer.duration, False, f"{name}: {answer.text} ({where})")
                continue
            tried(identity, address, answer.duration, True, f"{name}: connected, post-copy is resumed")
            try:
                carry(address)
            except error_type as error:
                said = error_sentence(error, source.host.name)
                if error.get_error_code() in _NOT_SUPPORTED:
                    return f"The hosts cannot resume post-copy, which needs libvirt 8.5 on both: {said.reason}"
                tried(identity, address, 0.0, False, f"{name}: {said.reason.rstrip('.')}")
                continue
            return ""
        left.wait(RESUME_EVERY)
