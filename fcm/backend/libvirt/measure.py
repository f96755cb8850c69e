"""How fast a running machine writes its memory, measured on its host before anything moves."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from fcm.backend.base import BackendError
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import sentence
from fcm.backend.libvirt.lane import EventLoop, load_libvirt
from fcm.backend.libvirt.outcome import is_migrating
from fcm.migration.fitting import DirtySample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.libvirt.hosts_file import HostsFile

SECONDS = (1, 2, 4, 8)
"""s of the four calculations: enough points for the curve of distinct pages over time."""
PATIENCE = 10.0
"""s beyond its own time that a calculation may take."""
UNMEASURED = -1


class MeasureError(BackendError):
    """The dirty rate cannot be measured now; the message says why."""


def find_machine(hosts: HostsFile, name: str) -> tuple[HostConnection, Any]:
    """The host on which the machine called ``name`` runs, and its domain. The caller closes the connection.

    Raises:
        MeasureError: it runs on none of the hosts that answered.
    """
    libvirt = load_libvirt()
    silent: list[str] = []
    for host in hosts.hosts:
        connection = HostConnection(host)
        try:
            for domain in connection.connection().listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
                if domain.name() == name:
                    return connection, domain
        except libvirt.libvirtError as error:
            silent.append(f"{host.name}: {sentence(error.get_error_code() or 0, str(error), host.name).reason}")
        connection.close()
    asked = f" Hosts without an answer: {' '.join(silent)}" if silent else ""
    raise MeasureError(f"No host runs a machine called {name!r}.{asked}")


def measure(
    domain: Any, seconds: Sequence[int] = SECONDS, told: Callable[[DirtySample], None] = lambda _: None
) -> tuple[DirtySample, ...]:
    """Let QEMU count the pages that a running machine writes in each of some times; blocks for their sum.

    The mode is page sampling (512 pages of each GiB), so the figures are rough. Mode dirty-bitmap would count every
    page, but it ended the emulator at once where QEMU 7.2 runs without KVM: no measurement is worth a guest. Nothing
    is measured during a migration.

    Args:
        domain: of the host on which the machine runs.
        seconds: 1 to 60 each.
        told: called with each sample as it comes.

    Raises:
        MeasureError: the machine is being migrated, ended, or its host refuses.
    """
    libvirt = load_libvirt()
    found: list[DirtySample] = []
    try:
        for length in seconds:
            if is_migrating(domain):
                raise MeasureError(f"{domain.name()} is being migrated; its dirty rate is told by the migration.")
            domain.startDirtyRateCalc(length, libvirt.VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING)
            found.append(DirtySample(float(length), _result(domain, length), exact=False))
            told(found[-1])
    except libvirt.libvirtError as error:
        raise MeasureError(sentence(error.get_error_code() or 0, str(error)).sentence()) from error
    return tuple(found)


def _result(domain: Any, seconds: int) -> float:
    """MiB/s once the calculation is over."""
    libvirt = load_libvirt()
    pause, end = threading.Event(), time.monotonic() + seconds + PATIENCE
    pause.wait(seconds)
    while time.monotonic() < end:
        ((_, told),) = domain.connect().domainListGetStats([domain], libvirt.VIR_DOMAIN_STATS_DIRTYRATE)
        if told.get("dirtyrate.calc_status") == libvirt.VIR_DOMAIN_DIRTYRATE_MEASURED:
            rate = told.get("dirtyrate.megabytes_per_second", UNMEASURED)
            if told.get("dirtyrate.calc_period") == seconds and rate != UNMEASURED:
                return float(rate)
        pause.wait(0.1)
    raise MeasureError(f"{domain.name()}: the calculation over {seconds} s did not end in time.")


def measure_machine(
    hosts: HostsFile, name: str, told: Callable[[DirtySample], None] = lambda _: None
) -> tuple[str, int, tuple[DirtySample, ...]]:
    """Find a machine and measure it; blocks about 15 s.

    Returns:
        Its host, its memory in bytes, and the samples.

    Raises:
        MeasureError: it is not found, or cannot be measured now.
    """
    with EventLoop.running():
        connection, domain = find_machine(hosts, name)
        try:
            return connection.host.name, domain.maxMemory() * 1024, measure(domain, told=told)
        finally:
            connection.close()
