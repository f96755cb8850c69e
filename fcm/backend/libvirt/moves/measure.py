"""How fast a running machine writes its memory, measured on its host before anything moves."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.backend.base import MeasureError, UnknownMachineError
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.moves.outcome import emulator_of, is_migrating
from fcm.migration.judging.fitting import DirtySample
from fcm.model.rules.moving.measuring import measurable
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.model.migrations import Emulator
    from fcm.model.state import State

SECONDS = (1, 2, 4, 8)
"""s of the four calculations: enough points for the curve of distinct pages over time."""
PATIENCE = 10.0
"""s beyond its own time that a calculation may take."""
UNMEASURED = -1


def find_machine(hosts: HostsFile, name: str) -> tuple[HostConnection, Any]:
    """The host on which the machine called ``name`` runs, and its domain. The caller closes the connection.

    Raises:
        UnknownMachineError: it runs on no host.
        MeasureError: it runs on none of those that answered.
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
            silent.append(f"{host.name}: {error_sentence(error, host.name).reason}")
        connection.close()
    asked = f" Hosts that did not respond: {' '.join(silent)}" if silent else ""
    raise (MeasureError if silent else UnknownMachineError)(
        f"No host is running a virtual machine named {quoted(name)}.{asked}"
    )


def measure(
    domain: Any,
    seconds: Sequence[int] = SECONDS,
    told: Callable[[DirtySample], None] = lambda _: None,
    wanted: Callable[[], bool] = lambda: True,
) -> tuple[DirtySample, ...]:
    """Let QEMU count the pages that a running machine writes in each of some times; blocks for their sum.

    The mode is page sampling (512 pages of each GiB), so the figures are rough. Mode dirty-bitmap would count every
    page, but it ended the emulator at once where QEMU 7.2 runs without KVM: no measurement is worth a guest. Nothing
    is measured during a migration.

    Args:
        domain: of the host on which the machine runs.
        seconds: 1 to 60 each.
        told: called with each sample as it comes.
        wanted: once it says no, what was found so far is returned; the calculation under way ends by itself.

    Raises:
        MeasureError: the machine is being migrated, ended, or its host refuses.
    """
    libvirt = load_libvirt()
    found: list[DirtySample] = []
    try:
        for length in seconds:
            if not wanted():
                break
            if is_migrating(domain):
                raise MeasureError(f"{domain.name()} is being migrated. The migration itself reports the dirty rate.")
            domain.startDirtyRateCalc(length, libvirt.VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING)
            rate = _result(domain, length, wanted)
            if rate is None:
                break
            found.append(DirtySample(float(length), rate, exact=False))
            told(found[-1])
    except libvirt.libvirtError as error:
        raise MeasureError(error_sentence(error).sentence()) from error
    return tuple(found)


def _result(domain: Any, seconds: int, wanted: Callable[[], bool]) -> float | None:
    """MiB/s once the calculation is over; None where no one waits for it any more."""
    libvirt = load_libvirt()
    pause, begin = threading.Event(), time.monotonic()
    while time.monotonic() < begin + seconds + PATIENCE:
        if not wanted():
            return None
        if time.monotonic() < begin + seconds:
            pause.wait(0.1)
            continue
        ((_, told),) = domain.connect().domainListGetStats([domain], libvirt.VIR_DOMAIN_STATS_DIRTYRATE)
        if told.get("dirtyrate.calc_status") == libvirt.VIR_DOMAIN_DIRTYRATE_MEASURED:
            rate = told.get("dirtyrate.megabytes_per_second", UNMEASURED)
            if told.get("dirtyrate.calc_period") == seconds and rate != UNMEASURED:
                return float(rate)
        pause.wait(0.1)
    raise MeasureError(f"{domain.name()}: the measurement over {seconds} s did not finish in time.")


def measure_running(
    state: State,
    connections: Mapping[str, HostConnection],
    machine: str,
    told: Callable[[DirtySample], None],
    wanted: Callable[[], bool],
) -> tuple[DirtySample, ...]:
    """Measure a machine of an open cluster on the host where it runs; see fcm.backend.base.Backend.measure_writes.

    Raises:
        MeasureError: it is being migrated, does not run, or its host refuses.
    """
    libvirt = load_libvirt()
    verdict = measurable(state, machine)
    if not verdict:
        raise MeasureError(verdict.sentence())
    node = state.machines[machine].node
    try:
        domain = connections[node].domain(machine) if node in connections else None
    except libvirt.libvirtError as error:
        raise MeasureError(error_sentence(error, node).sentence()) from error
    if domain is None:
        raise MeasureError(f"{state.machines[machine].name} is no longer running on {node}. Refresh the view (F5).")
    return measure(domain, told=told, wanted=wanted)


@dataclass(frozen=True, slots=True)
class MeasuredMachine:
    """A machine of a host, and what was measured of it."""

    host: str
    memory: int
    """bytes."""
    version: str
    """Of the host, as ``Node.version``."""
    emulator: Emulator | None
    """None if the host does not tell."""
    samples: tuple[DirtySample, ...]

    @property
    def saw_nothing(self) -> bool:
        """True where sampling ran and saw no write: nothing can be told of such a guest."""
        return bool(self.samples) and all(sample.mib_per_s <= 0 for sample in self.samples)


def described(domain: Any, host: str, samples: tuple[DirtySample, ...]) -> MeasuredMachine:
    """A measured machine with what its host says of it. Raises libvirt.libvirtError."""
    memory = domain.maxMemory() * 1024
    emulator = emulator_of(domain, tuple(domain.state()))
    number = domain.connect().getVersion()
    version = f"QEMU {number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
    return MeasuredMachine(host, memory, version, emulator, samples)


def measure_machine(
    hosts: HostsFile, name: str, told: Callable[[DirtySample], None] = lambda _: None
) -> MeasuredMachine:
    """Find a machine and measure it; blocks about 15 s.

    Raises:
        MeasureError: it is not found, or cannot be measured now.
    """
    with EVENT_LOOP.running():
        connection, domain = find_machine(hosts, name)
        try:
            return described(domain, connection.host.name, measure(domain, told=told))
        finally:
            connection.close()
