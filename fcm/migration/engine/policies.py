"""When a hypervisor stops copying memory and suspends the guest: the rules as data.

A :class:`StoppingRule` contains nothing but facts about one hypervisor; the engine reads them. Every preset names
the document, the paper or the source file its figures come from, and says so where a figure is an assumption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from fcm.migration.constants import DOWNTIME_LIMIT
from fcm.text.words import quoted


class LogWindow(StrEnum):
    """Over which time a write to a page counts for the next pass."""

    CHUNK = "chunk"
    """From the moment the page's clear-bitmap chunk was re-protected: KVM with MANUAL_DIRTY_LOG_PROTECT2.

    QEMU accel/kvm/kvm-all.c (INITIALLY_SET) and migration/ram.c, migration_clear_memory_region_dirty_bitmap:
    reading the log does not protect; protection returns per chunk when its first dirty page is sent.
    """
    PASS = "pass"
    """From the last reading of the log: KVM dirty ring, TCG, Xen and other log-dirty modes that read and clear."""


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """One hypervisor's rules for passes, early readings of the dirty log and the final suspension.

    ``None`` in a limit means the hypervisor has no such limit.
    """

    name: str
    title: str
    source: str
    window: float = 0.1
    """s between two settlements of the rate limit and of the bandwidth estimate."""
    early_sync: bool = True
    """Read the dirty log as soon as less than the threshold remains, instead of when the pass is empty."""
    keeps_cursor: bool = True
    """The next pass goes on where the last one stopped, instead of at address 0."""
    skips_redirtied: bool = False
    """A page that is already dirty again when the pass reaches it is left for the next pass."""
    log_window: LogWindow = LogWindow.CHUNK
    threshold_from_downtime: bool = True
    """Suspend when what remains fits bandwidth x downtime limit."""
    stop_pages: int | None = None
    """Suspend when fewer pages than this are dirty."""
    max_passes: int | None = None
    """Suspend after this many passes, whatever remains."""
    max_sent_factor: float | None = None
    """Suspend once more than this multiple of the memory has been sent."""
    downtime_limit: float = DOWNTIME_LIMIT
    """s, the default where the caller names none."""
    periodic_sync: float | None = None
    """s between two ticks of a clock that starts with the migration and runs while auto-converge is on: at a tick the
    log is read if it was not read since the last tick, from the second pass on."""
    counted: int = 0
    """bytes that count against the rate limit at once, when they are flushed: a window ends with the first of them that
    exceeds its budget. 0: every page counts as soon as it is queued."""
    rate_start: float | None = None
    """bytes/s of the first pass where the rate adapts (Xen, Clark 2005); ``None``: the limit from the start."""
    rate_step: float = 0.0
    """bytes/s added to the last pass's dirtying rate to give the rate of the next pass."""
    rate_cap: float | None = None
    """bytes/s: an adaptive rate above this ends the pre-copy."""


QEMU_7_2 = StoppingRule(
    name="qemu-7.2",
    title="QEMU 7.2",
    source=(
        "QEMU 7.2 migration/migration.c: migration_update_counters (threshold from the last 100 ms window), "
        "migration_iteration_run; migration/ram.c: ram_save_pending (early dirty log sync), "
        "find_dirty_block (cursor persists), migration_bitmap_sync"
    ),
)

QEMU_8_1 = replace(
    QEMU_7_2,
    name="qemu-8.1",
    title="QEMU 8.1 to 9.1",
    source=(
        "QEMU 8.1 migration/migration-stats.c, migration_rate_exceeded: what was flushed counts, no longer what was "
        "queued; migration/qemu-file.c: 64 pieces are flushed at once, which are 32 pages with their headers"
    ),
    counted=32 * (4096 + 8),
)

QEMU_9_2 = replace(
    QEMU_8_1,
    name="qemu-9.2+",
    title="QEMU 9.2 and later",
    source=(
        "QEMU 9.2 migration/cpu-throttle.c, cpu_throttle_dirty_sync_timer_tick: with auto-converge a dirty log sync at "
        "each tick of 5 s before which none was made, after the first pass (migration.c, migration_thread, starts the "
        "clock); migration/migration.c: avail-switchover-bandwidth replaces the measured bandwidth in the threshold"
    ),
    periodic_sync=5.0,
)

HYPERV = StoppingRule(
    name="hyperv",
    title="Hyper-V",
    source=(
        "Directions on Microsoft, Live Migration Switch Over, 2009: up to 10 passes, then suspend; documented for "
        "2008 R2, not documented for later releases. It is documented that few remaining pages end it earlier, but "
        "not how many: the threshold of 300 ms is an assumption"
    ),
    early_sync=False,
    keeps_cursor=False,
    log_window=LogWindow.PASS,
    max_passes=10,
)

XEN_LEGACY = StoppingRule(
    name="xen-legacy",
    title="Xen up to 4.5",
    source=(
        "xc_domain_save.c of Xen before 4.6: 29 iterations, fewer than 50 dirty pages, or more than 3 times the "
        "memory sent; pages dirty again when reached are skipped (Clark et al., NSDI 2005, section 5)"
    ),
    early_sync=False,
    keeps_cursor=False,
    skips_redirtied=True,
    log_window=LogWindow.PASS,
    threshold_from_downtime=False,
    stop_pages=50,
    max_passes=29,
    max_sent_factor=3.0,
)

CLARK_2005 = replace(
    XEN_LEGACY,
    name="xen-nsdi-2005",
    title="Xen as measured in 2005",
    source=(
        "Clark et al., NSDI 2005, section 5.3: the rate starts at 100 Mbit/s; next pass = last pass's dirtying rate "
        "+ 50 Mbit/s; stop when that exceeds 500 Mbit/s or less than 256 KiB remain; last copy at the maximum"
    ),
    stop_pages=64,
    max_sent_factor=None,
    rate_start=100e6 / 8,
    rate_step=50e6 / 8,
    rate_cap=500e6 / 8,
)

XEN_4_6 = replace(
    XEN_LEGACY,
    name="xen-4.6+",
    title="Xen 4.6 and later",
    source=(
        "tools/libs/guest/xg_sr_save.c: SPP_MAX_ITERATIONS 5, SPP_TARGET_DIRTY_COUNT 50; the stream version 2 "
        "does not skip"
    ),
    skips_redirtied=False,
    max_passes=5,
    max_sent_factor=None,
)

VMWARE = StoppingRule(
    name="vmware",
    title="VMware vMotion",
    source=(
        "Broadcom KB 436882: pre-copy iterates until what remains fits the 500 ms switch-over goal, then the "
        "machine is stunned; throttling of the processors (SDPS) when dirtying is faster than sending is modeled "
        "as auto-converge, and the stun time beyond the copy is an assumption"
    ),
    early_sync=False,
    keeps_cursor=False,
    log_window=LogWindow.PASS,
    downtime_limit=0.5,
)

PRESETS: dict[str, StoppingRule] = {
    rule.name: rule for rule in (QEMU_7_2, QEMU_8_1, QEMU_9_2, HYPERV, XEN_LEGACY, CLARK_2005, XEN_4_6, VMWARE)
}
"""Every preset by the name users type."""


def preset(name: str) -> StoppingRule:
    """The rule called `name`.

    Raises:
        KeyError: with a sentence that lists the known names.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise KeyError(f"unknown preset {quoted(name)}; known presets are {', '.join(PRESETS)}") from None


_VERSION = re.compile(r"(?:QEMU )?(\d+)\.(\d+)")


def qemu_rule(version: str) -> StoppingRule:
    """The rule of a version of QEMU as recordings ("7.2.22") and hosts name it ("QEMU 10.0.13"); of 7.2 if unknown."""
    found = _VERSION.match(version)
    if found is None:
        return QEMU_7_2
    number = int(found[1]), int(found[2])
    if number >= (9, 2):
        return QEMU_9_2
    return QEMU_8_1 if number >= (8, 1) else QEMU_7_2


def host_rule(version: str) -> StoppingRule:
    """The rule of a node by its version: that of its QEMU, or where it runs none (simulated nodes), of QEMU 7.2."""
    return qemu_rule(version) if version.startswith("QEMU ") else QEMU_7_2
