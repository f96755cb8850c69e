"""What the hosts say of a migration under way or over: its job, its figures, and where the machine runs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.backend.libvirt.lane import load_libvirt
from fcm.model.migrations import Emulator
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

if TYPE_CHECKING:
    from fcm.backend.libvirt.connection import HostConnection

SETTLE_LIMIT = 10.0
"""s in which it must be clear on which host the machine runs."""
OFF_FOR = 1.0
"""s for which both hosts must say that it is off: between the two it runs on neither for an instant."""

_RUNNING, _PAUSED = 1, 3
"""virDomainState"""
_IN_POSTCOPY = ((_PAUSED, 12), (_PAUSED, 13))
"""virDomainPausedReason of a source from which memory is still to come, now or once it is resumed."""
_LACKING = ((_RUNNING, 10), (_RUNNING, 11))
"""virDomainRunningReason of a destination that lacks memory."""
_MIGRATED = (_RUNNING, 2)
"""virDomainRunningReason of a machine that came by a live migration, as long as nobody has paused it since."""
_OFF_BECAUSE = {1: "was shut down", 2: "was turned off", 3: "crashed"}
"""virDomainShutoffReason of a machine that ended while it moved."""


def is_alive(connection: Any) -> bool:
    """Whether a connection of libvirt still carries calls; one that was let go and closed meanwhile does not."""
    try:
        return bool(connection.isAlive())
    except load_libvirt().libvirtError:  # closed: "invalid connection pointer"
        return False


def is_migrating(domain: Any) -> bool:
    """True while a migration away from its host is running, whoever started it.

    Raises:
        libvirt.libvirtError: the host does not respond, or the domain is gone.
    """
    libvirt = load_libvirt()
    if not domain.isActive():
        return False
    job = domain.jobStats()
    return bool(job.get("type")) and job.get("operation") == libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a machine was found; at most one of the three is set."""

    node: str = ""
    """The host on which it runs."""
    off: str = ""
    """How it ended, where both hosts answered and it runs on neither."""
    unknown: str = ""
    """A sentence if this is unknown."""
    remedy: str = "Check both hosts before you start the virtual machine."
    """Where it is unknown."""


def whereabouts(source: HostConnection, destination: HostConnection, machine: str) -> Whereabouts:
    """Look until it is clear where ``machine`` is active and not merely arriving, at most ``SETTLE_LIMIT`` s."""
    end = time.monotonic() + SETTLE_LIMIT
    off_since: float | None = None
    pause = threading.Event()
    while True:
        now = time.monotonic()
        at_destination, at_source = _look(destination, machine), _look(source, machine)
        in_two = at_destination.lacks_memory or at_source.has_rest
        if at_destination.running and not in_two:
            return Whereabouts(node=destination.host.name)
        if at_source.running:
            return Whereabouts(node=source.host.name)
        if at_destination.off and at_source.off:
            off_since = now if off_since is None else off_since
            if now - off_since >= OFF_FOR:
                return Whereabouts(off=at_source.how or "ended")
        else:
            off_since = None
        if now > end:
            if in_two:
                return _in_two(source.host.name, destination.host.name, at_destination.off)
            silent = [c.host.name for c, seen in ((source, at_source), (destination, at_destination)) if seen.silent]
            if silent:
                text = f"{' and '.join(silent)} did not respond, so it is unknown where the virtual machine is running."
                return Whereabouts(unknown=text)
            return Whereabouts(unknown="The virtual machine is not running on either host.")
        pause.wait(0.2)


@dataclass(frozen=True, slots=True)
class _Look:
    running: bool = False
    off: bool = False
    silent: bool = False
    how: str = ""
    lacks_memory: bool = False
    """It runs as the destination of a post-copy that is not complete."""
    has_rest: bool = False
    """It is the source of one."""


def _in_two(source: str, destination: str, gone: bool) -> Whereabouts:
    if gone:
        return Whereabouts(
            unknown=(
                f"Post-copy broke, and {destination} no longer has the virtual machine. What {source} has of it is not "
                "known to be complete, so it is not continued."
            ),
            remedy=f"Turn the virtual machine off on {source}, then start it again.",
        )
    return Whereabouts(
        unknown=(
            f"Post-copy is not complete: the virtual machine is on {destination}, but part of its memory is still on "
            f"{source}, so it stands still wherever it needs that."
        ),
        remedy=(
            f"Do not turn it off on either host. Repair the network or {source}, then resume the migration there: "
            "virsh migrate --live --p2p --postcopy --postcopy-resume MACHINE URI. If that memory is lost, start the "
            "virtual machine again."
        ),
    )


def _look(connection: HostConnection, machine: str) -> _Look:
    libvirt = load_libvirt()
    try:
        domain = connection.domain(machine)
        if domain is None:
            return _Look(off=True)
        state, reason = domain.state()
        if not domain.isActive():
            return _Look(off=True, how=_OFF_BECAUSE.get(reason, ""))
        now = (state, reason)
        return _Look(running=state != _PAUSED, lacks_memory=now in _LACKING, has_rest=now in _IN_POSTCOPY)
    except libvirt.libvirtError:
        return _Look(silent=True)


EVENT_LIMIT = 2.0
"""s in which the event with the figures of a completed job must have come; it comes before the call returns."""


def final_figures(
    source: HostConnection, destination: HostConnection, machine: str
) -> tuple[TelemetryRow | None, FinalFigures | None]:
    """Libvirt's statistics of the completed job, as a last row and as figures.

    The destination keeps them; after post-copy it has none (libvirt 9.0 with QEMU 7.2), then those count that the
    source sent with its event JOB_COMPLETED. Both are None where neither can be had, such as for a post-copy
    migration that ended while this program did not run.
    """
    job = _kept(destination, machine) or source.completed_job(machine, EVENT_LIMIT) or {}
    if not job.get("memory_processed"):
        return None, None
    figures = FinalFigures(
        total=job["time_elapsed"] / 1000,
        downtime=job.get("downtime", 0) / 1000,
        bytes=job["memory_processed"],
        passes=job.get("memory_iteration", 0),
    )
    return telemetry_row(job, Phase.COMPLETED), figures


def _kept(destination: HostConnection, machine: str) -> dict[str, Any] | None:
    lv = load_libvirt()
    try:
        domain = destination.domain(machine)
        if domain is None:
            return None
        job: dict[str, Any] = domain.jobStats(
            lv.VIR_DOMAIN_JOB_STATS_COMPLETED | lv.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED
        )
    except lv.libvirtError:
        return None
    return job if job.get("memory_processed") else None


def phase_of(state: int, why: int, before: Phase) -> Phase:
    """The phase of a migration by the state of the domain at its source (virDomainState and its reason).

    A domain that stood still stays in its blackout when its source has done with it and switches it off.
    """
    if state == _PAUSED:  # in post-copy it runs at the destination already
        return Phase.NETWORK if (state, why) in _IN_POSTCOPY else Phase.BLACKOUT
    if state == _RUNNING or before is Phase.SETUP:
        return Phase.BROWNOUT
    return before


def emulator_of(domain: Any, now: tuple[int, int]) -> Emulator | None:
    """What the host says of the emulator of a machine; None where it does not say.

    Its memory is that of its process (virDomainMemoryStats, VIR_DOMAIN_MEMORY_STAT_RSS, in KiB). Pages of the guest
    that were never written are not part of it, also where they were read: the kernel maps its zero page there.

    Args:
        domain: the machine at its source.
        now: its state and the reason for it (virDomainGetState).
    """
    try:
        resident = domain.memoryStats().get("rss")
        kind = ElementTree.fromstring(domain.XMLDesc(0)).get("type")
    except load_libvirt().libvirtError:
        return None
    return Emulator(int(resident) * 1024, kind != "kvm", now == _MIGRATED) if resident else None


def telemetry_row(job: dict[str, Any], phase: Phase) -> TelemetryRow:
    """A row from the statistics of a job; fields of libvirt: virDomainGetJobStats."""
    return TelemetryRow(
        time=job.get("time_elapsed", 0) / 1000,
        pass_number=job.get("memory_iteration", 0),
        remaining=job.get("memory_remaining", 0),
        sent=job.get("memory_processed", 0),
        dirty_rate=float(job.get("memory_dirty_rate", 0)),
        rate=float(job.get("memory_bps", 0)),
        phase=phase,
        throttle=job.get("auto_converge_throttle", 0),
        page_size=job.get("memory_page_size", 4096),
    )
