"""A connection between two hosts that hangs although the path answered just before.

libvirt 9.0 cannot give such a call up: the end of the job is refused for 30 s with "cannot acquire state change lock",
and only the TCP timeout of the source ends it. All that can be done is to say so, and for how long at most.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.paths.ssh_probe import connect_limit_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from fcm.backend.libvirt.connection import HostConnection

CONNECT_PATIENCE = 2.0
"""s that the destination may wait for its machine's memory before the connection counts as hanging."""

# virDomainState and virDomainPausedReason
_PAUSED = 3
_PAUSED_MIGRATION = 2


def watch_connect(
    source: HostConnection,
    destination: HostConnection,
    machine: str,
    network: str,
    address: str,
    moving: threading.Event,
    hangs: Callable[[str], None],
) -> None:
    """Tell once when the destination has been ready for ``CONNECT_PATIENCE`` s and no memory moves; blocks.

    Args:
        source: where the machine runs.
        destination: where it goes.
        machine: its UUID.
        network: name of the network that was chosen.
        address: of the destination in it.
        moving: set once memory moves or the call is over.
        hangs: gets the sentence.
    """
    ready: float | None = None
    while not moving.wait(0.25):
        now = time.monotonic()
        if ready is None:
            ready = now if _is_ready(destination, machine) else None
        elif now - ready >= CONNECT_PATIENCE:
            here = source.host
            limit = connect_limit_of(here)
            if moving.is_set():
                return  # while the host was asked
            hangs(
                f"{network}: {address} responded to the probe, but now the connection from {here.name} hangs. "
                f"libvirt cannot cancel it. {here.name} closes it after at most {math.ceil(limit.seconds)} s "
                f"({limit.basis}); then the next network is tried. The virtual machine keeps running."
            )
            return


def _is_ready(destination: HostConnection, machine: str) -> bool:
    """Whether the copy that waits for the memory is there."""
    libvirt = load_libvirt()
    try:
        domain = destination.domain(machine)
        return domain is not None and tuple(domain.state()) == (_PAUSED, _PAUSED_MIGRATION)
    except libvirt.libvirtError:
        return False
