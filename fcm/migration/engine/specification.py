"""What describes one live migration to the engine."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fcm.migration.constants import THROTTLE_INCREMENT, THROTTLE_INITIAL, THROTTLE_MAX, THROTTLE_TRIGGER
from fcm.migration.engine.policies import QEMU_7_2, StoppingRule
from fcm.migration.engine.workload import IDLE, PAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.migration.engine.workload import Workload
    from fcm.model.migrations import MigrationOptions

LOOPBACK_RATE = 1.2e9
"""bytes/s one QEMU migration thread writes to a local socket when no limit holds it (measured on QEMU 7.2.22 in the
laboratory): of the laboratory's recordings alone, never of anyone else's hosts."""
WINDOW_SHARE = 1.0
"""Share of the limit an undisturbed host reaches. Wake-ups late by less than a millisecond do not count, because
QEMU computes windows in whole milliseconds (migration.c, migration_rate_limit, qemu_clock_get_ms); later ones are not
made up, so a busy host reaches less."""
FIXED_DOWNTIME = 0.010
"""s of blackout beyond the last pages. An assumption about anyone's hosts, measured in the laboratory."""
HOST_DOWNTIME = 0.03
"""s of blackout beyond the last pages on hosts of libvirt, which hands the guest over (VIR_MIGRATE_PEER2PEER), without
what is queued. Measured in the lab, see docs/live-hosts.md."""
SETUP = 0.008
"""s until memory begins to move from one QEMU to another."""
HOST_SETUP = 0.7
"""s until memory begins to move between hosts of libvirt, which start the emulator of the destination first. Measured
in the lab: 0.4 to 0.6 on an idle computer, 1 to 3 on one with seven times as much work as processors."""
QUEUED = 2.0e6
"""bytes that wait in the source's socket when the guest is suspended, where the network holds the migration and not a
limit: Linux lets a TCP connection have 4 MiB of buffers there (net.ipv4.tcp_wmem), some of it bookkeeping. Measured in
the lab: 0.1 to 0.2 s at 200 Mbit/s, 0.2 to 0.4 at 50."""
HOST_SPREAD = (0.5, 2.0)
"""Least and largest factor on both."""
MULTIFD_PACKET = 512 << 10
"""bytes that a connection of multifd sends at once (multifd.h, MULTIFD_PACKET_SIZE)."""
ZERO_PAGE_COST = 0.7e-6
"""s to find out that a page is zero. An assumption for memory the host must first map."""

XBZRLE_DELTA = 512.0
"""bytes an encoded page takes on average. An assumption about the guest's writes."""
READINGS_A_PASS = 100
"""Most readings of the dirty log that a rule with a period makes while the whole memory is sent once: a pass of days is
not followed in steps of seconds. Nothing but the throttle tells the difference."""


class Capability(StrEnum):
    """Migration capabilities, by QEMU's names (qapi/migration.json)."""

    AUTO_CONVERGE = "auto-converge"
    XBZRLE = "xbzrle"
    MULTIFD = "multifd"
    POSTCOPY = "postcopy-ram"


@dataclass(frozen=True, slots=True)
class MigrationSpec:
    """One migration: what moves, over what, and when it may stop.

    Times in s, sizes in bytes, rates in bytes/s.
    """

    workload: Workload
    memory: int
    """bytes of guest memory (with ROM blocks where known)."""
    rule: StoppingRule = QEMU_7_2
    bandwidth: float = float(128 << 20)
    """Limit; ``inf`` for none. QEMU's default is 128 MiB/s (MAX_THROTTLE, migration.c)."""
    downtime_limit: float | None = None
    """``None``: the rule's default."""
    links: tuple[str, ...] = ()
    """Names of the engine's links this migration crosses."""
    capabilities: frozenset[Capability] = frozenset()
    line_rate: float | None = None
    """What one migration can send when no limit holds it; ``None``: what its links carry, without any as much as the
    limit it begins with."""
    bandwidth_share: float = WINDOW_SHARE
    """Share of the limit that is really reached."""
    bandwidth_series: tuple[tuple[float, float], ...] = ()
    """(s since the start, bytes/s): the rate really reached over time, instead of limit x share."""
    fixed_downtime: float = FIXED_DOWNTIME
    """s of blackout beyond the last pages: device state and the start at the destination."""
    setup_time: float = SETUP
    """s from the order to the first memory page."""
    chunk_shift: int = 18
    """log2 of the pages in a clear-bitmap chunk (x-clear-bitmap-shift)."""
    dirty_ring: bool = False
    """The log window is the whole pass, as with KVM's dirty ring or TCG."""
    zero_page_cost: float = ZERO_PAGE_COST
    available_switchover_bandwidth: float | None = None
    """avail-switchover-bandwidth (QEMU 8.2 and later): replaces the measured bandwidth in the threshold."""
    throttle_trigger: float = THROTTLE_TRIGGER
    """throttle-trigger-threshold: dirtied over sent bytes of a period that counts as dirtying too fast."""
    throttle_initial: int = THROTTLE_INITIAL
    throttle_increment: int = THROTTLE_INCREMENT
    throttle_max: int = THROTTLE_MAX
    throttle_tailslow: bool = False
    """cpu-throttle-tailslow: the step shrinks towards what the ratio of sending to dirtying asks for."""
    channels: int = 2
    """multifd-channels."""
    xbzrle_cache: int = 64 << 20
    xbzrle_delta: float = XBZRLE_DELTA
    """bytes an encoded page takes on average. An assumption about the guest's writes."""
    segments: int = 48
    """Least number of address segments."""

    def carried(self, limit: float) -> float:
        """bytes/s that are really sent under a limit: whole flushes, the last of which exceeds the budget of a window.

        Several connections (multifd) count otherwise: what they send late is counted in the next window.
        """
        unit = self.rule.counted
        if not unit or not math.isfinite(limit) or limit <= 0 or Capability.MULTIFD in self.capabilities:
            return limit
        budget = math.floor(limit * self.rule.window)
        return (budget // unit + 1) * unit / self.rule.window

    @property
    def late(self) -> float:
        """Bytes that several connections have sent uncounted when a window ends, and that the next window counts.

        The window that counts them looks faster than the line, and with it what may be left at the end. One packet a
        connection and one more, since what was sent counts instead of what was queued (QEMU 8.1).
        """
        if not self.rule.counted or Capability.MULTIFD not in self.capabilities:
            return 0.0
        return float((self.channels + 1) * MULTIFD_PACKET)

    @property
    def line(self) -> float:
        """bytes/s that the migration can send once no limit holds it: the rate of the last copy."""
        if self.line_rate is not None:
            return self.line_rate
        return self.bandwidth if self.bandwidth > 0 and not self.links else math.inf

    @property
    def pass_time(self) -> float:
        """Seconds that sending the whole memory once takes at most, by which slow and endless are told apart."""
        known = sum(count for _, count in self.workload.zero_ranges) + self.workload.zero_share * self.memory / PAGE
        limit = self.bandwidth if self.bandwidth > 0 else math.inf
        speed = min(limit * self.bandwidth_share, self.line, self.rule.rate_start or math.inf)
        return self.memory * (1.0 + 8.0 / PAGE) / speed + known * self.zero_page_cost + self.setup_time

    @property
    def periodic(self) -> float:
        """Seconds between two ticks at which the dirty log may be read; infinite where no clock ticks.

        QEMU's ticks only with auto-converge (9.2 migration/migration.c, migration_thread).
        """
        if self.rule.periodic_sync is None or Capability.AUTO_CONVERGE not in self.capabilities:
            return math.inf
        return max(self.rule.periodic_sync, self.pass_time / READINGS_A_PASS)

    @property
    def limit(self) -> float:
        """The downtime limit in force (s)."""
        return self.rule.downtime_limit if self.downtime_limit is None else self.downtime_limit

    def with_parameters(self, parameters: Iterable[tuple[str, float]]) -> MigrationSpec:
        """The same with migration parameters of QEMU (qapi/migration.json), by their names with underscores."""
        return replace(self, **{_PARAMETERS[n][0]: _PARAMETERS[n][1](v) for n, v in parameters if n in _PARAMETERS})


_PARAMETERS: dict[str, tuple[str, Callable[[float], Any]]] = {
    "throttle_trigger_threshold": ("throttle_trigger", lambda percent: percent / 100.0),
    "cpu_throttle_initial": ("throttle_initial", int),
    "cpu_throttle_increment": ("throttle_increment", int),
    "max_cpu_throttle": ("throttle_max", int),
    "cpu_throttle_tailslow": ("throttle_tailslow", bool),
    "xbzrle_cache_size": ("xbzrle_cache", int),
    "multifd_channels": ("channels", int),
}
"""Fields of a specification by the parameters that set them, and how."""


def is_real(version: str) -> bool:
    """Whether a node that runs this (``Node.version``) is a real host and not one of an embedded cluster."""
    return version.startswith("QEMU ")


def setup_of(version: str) -> float:
    """Seconds before memory begins to move, by what a node runs (``Node.version``)."""
    return HOST_SETUP if is_real(version) else SETUP


def downtime_of(version: str, line: float | None = None, held: bool = True, connections: int = 1) -> float:
    """Seconds of blackout beyond the last pages by what a node runs (``Node.version``): real hosts need more.

    Args:
        version: of the source.
        line: bytes/s of the network; None where it is not known.
        held: True if the network holds the migration, False if a lower limit does: then nothing waits in the socket.
        connections: that carry memory, each with a socket.
    """
    if not is_real(version):
        return FIXED_DOWNTIME
    waiting = QUEUED * max(connections, 1) / line if line and held else 0.0
    return HOST_DOWNTIME + waiting


def capabilities_of(options: MigrationOptions) -> frozenset[Capability]:
    """What an administrator's options turn on."""
    chosen = (
        (Capability.AUTO_CONVERGE, options.auto_converge),
        (Capability.POSTCOPY, options.post_copy),
        (Capability.XBZRLE, options.xbzrle),
        (Capability.MULTIFD, options.parallel_connections > 1),
    )
    return frozenset(capability for capability, on in chosen if on)


def parameters_of(options: MigrationOptions) -> tuple[tuple[str, float], ...]:
    """What an administrator's options set, by QEMU's names (qapi/migration.json); what was left is left out."""
    found: dict[str, float] = {}
    if options.auto_converge_initial is not None:
        found["cpu_throttle_initial"] = float(options.auto_converge_initial)
    if options.auto_converge_increment is not None:
        found["cpu_throttle_increment"] = float(options.auto_converge_increment)
    if options.parallel_connections > 1:
        found["multifd_channels"] = float(options.parallel_connections)
    if options.xbzrle_cache is not None:
        found["xbzrle_cache_size"] = float(options.xbzrle_cache)
    return tuple(sorted(found.items()))


def specification_of(
    options: MigrationOptions, memory: int, workload: Workload = IDLE, rule: StoppingRule = QEMU_7_2
) -> MigrationSpec:
    """The migration that an administrator's options ask for, before anything is known of what carries it.

    Args:
        options: what was asked for.
        memory: bytes of guest memory.
        workload: what the guest writes.
        rule: whose stopping rule.
    """
    return MigrationSpec(
        workload,
        memory,
        rule=rule,
        bandwidth=float(options.bandwidth or math.inf),
        downtime_limit=options.downtime_limit,
        capabilities=capabilities_of(options),
    ).with_parameters(parameters_of(options))
