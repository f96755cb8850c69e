"""Options of QEMU's transfer: limits, combinations, and from which QEMU and libvirt on there is each.

Sources: qapi/migration.json ("Since"), migration/options.c (migrate_caps_check, migrate_params_check), libvirt's
include/libvirt/libvirt-domain.h ("Since" of the flags and parameters of migrations).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.migrations import DEFAULT_OPTIONS, Compression
from fcm.model.rules.verdict import OK, Verdict, no, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.model.entities import Node
    from fcm.model.migrations import MigrationOptions

MIB = 1 << 20
_VERSION = re.compile(r"(\w+) (\d+)\.(\d+)")
UNSIMULATED = ("compression", "zero_copy", "switchover_bandwidth", "post_copy_bandwidth")
"""Options of which the migration engine has no model."""
CACHE = (1 << 20, 1 << 40)
"""bytes: the smallest and the largest cache of XBZRLE that can be asked for."""


@dataclass(frozen=True, slots=True)
class Need:
    """An option that not every host has."""

    option: str
    """Its field of ``MigrationOptions``."""
    name: str
    """At the beginning of a sentence."""
    qemu: tuple[int, int]
    libvirt: tuple[int, int]


NEEDS = (
    Need("compression", "Compression of parallel connections", (5, 0), (9, 4)),
    Need("zero_copy", "Zero-copy", (7, 1), (8, 5)),
    Need("switchover_bandwidth", "A switchover bandwidth", (8, 2), (11, 1)),
    Need("post_copy_bandwidth", "A bandwidth limit for post-copy", (3, 0), (5, 1)),
    Need("xbzrle_cache", "A cache size for XBZRLE", (2, 11), (1, 3)),
)
"""QEMU 7.1 counts zero-copy as stable (migration/options.c, zero-copy-send); zlib and zstd compress multifd since 5.0;
avail-switchover-bandwidth came with 8.2, max-postcopy-bandwidth with 3.0."""


def needs_of(options: MigrationOptions) -> tuple[Need, ...]:
    """What is chosen of what not every host has."""
    return tuple(need for need in NEEDS if getattr(options, need.option) != getattr(DEFAULT_OPTIONS, need.option))


def supported(
    options: MigrationOptions, host: str, qemu: tuple[int, int] | None, libvirt: tuple[int, int] | None
) -> Verdict:
    """Whether a host has what is chosen.

    Args:
        options: of a live migration.
        host: its name.
        qemu: its version; None: not known, so nothing is said of it.
        libvirt: likewise.
    """
    return together(_lacking(options, host, (("QEMU", qemu), ("libvirt", libvirt))))


def _lacking(
    options: MigrationOptions, host: str, versions: tuple[tuple[str, tuple[int, int] | None], ...]
) -> Iterator[Verdict]:
    for need in needs_of(options):
        yield from _too_old(need, host, versions)


def _too_old(need: Need, host: str, versions: tuple[tuple[str, tuple[int, int] | None], ...]) -> Iterator[Verdict]:
    for program, version in versions:
        least = need.qemu if program == "QEMU" else need.libvirt
        if version is not None and version < least:
            yield no(
                f"{need.name} requires {program} {_dotted(least)}; {host} has {_dotted(version)}.",
                f"Leave it out, or update {program} on {host}.",
            )


def lacks_of(nodes: Iterable[Node], simulated: bool) -> dict[str, str]:
    """Options that cannot be chosen between these nodes, by their fields, and why, in a sentence.

    Args:
        nodes: both ends of a migration, or all nodes of a cluster.
        simulated: whether the cluster is.
    """
    if simulated:
        return dict.fromkeys(UNSIMULATED, "An embedded cluster does not simulate it.")
    found: dict[str, str] = {}
    for node in nodes:
        versions = (
            ("QEMU", program_version(node.version, "QEMU")),
            ("libvirt", program_version(node.libvirt_version, "libvirt")),
        )
        for need in NEEDS:
            for verdict in _too_old(need, node.name, versions):
                found.setdefault(need.option, verdict.reason)
    return found


def program_version(text: str, program: str) -> tuple[int, int] | None:
    """Of "QEMU 7.2.22": (7, 2); None where the text names another program, or none."""
    found = _VERSION.match(text)
    return (int(found[2]), int(found[3])) if found is not None and found[1] == program else None


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def impossible(options: MigrationOptions) -> Iterator[Verdict]:
    """What QEMU refuses on any host."""
    if options.parallel_connections < 2:
        for name, chosen in (
            ("Compression", options.compression is not Compression.NONE),
            ("Zero-copy", options.zero_copy),
        ):
            if chosen:
                yield no(f"{name} requires parallel connections.", "Use two connections or more.")
    if options.zero_copy:
        for other, chosen in (("TLS", options.tls), ("compression", options.compression is not Compression.NONE)):
            if chosen:
                yield no(f"Zero-copy and {other} cannot be used together.", "Choose one of the two.")
    for name, limit in (("switchover", options.switchover_bandwidth), ("post-copy", options.post_copy_bandwidth)):
        if limit is not None and limit < MIB:
            yield no(f"The {name} bandwidth must be at least 1 MiB/s.", "libvirt takes whole MiB/s.")
    if options.post_copy_bandwidth is not None and not options.post_copy:
        yield no("A bandwidth limit for post-copy requires post-copy.", "Turn post-copy on, or leave the limit out.")
    cache = options.xbzrle_cache
    if cache is not None and not options.xbzrle:
        yield no("A cache size for XBZRLE requires XBZRLE.", "Turn XBZRLE on, or leave the size out.")
    if cache is not None and not (CACHE[0] <= cache <= CACHE[1] and cache & (cache - 1) == 0):
        yield no("The cache of XBZRLE must be a power of two from 1 MiB to 1 TiB.", "QEMU's own is 64 MiB.")


def impossible_goals(options: MigrationOptions, longest: float) -> Iterator[Verdict]:
    """Goals that cannot be asked for, or not together with what else is chosen.

    Args:
        options: of a live migration.
        longest: s, the longest time that can be asked for.
    """
    if options.move_within is not None and not 1 <= options.move_within <= longest:
        yield no("The time to move within must be from 1 s to 30 days.", "Leave it empty if it does not matter.")
    if options.pause_at_most is not None and not 0 < options.pause_at_most <= 2000:
        yield no("The longest pause must be greater than 0 s and at most 2000 s.", "QEMU does not allow more.")
    if options.steered and options.downtime_limit is not None:
        yield no(
            "A downtime limit and a goal cannot be set together: fcm chooses the downtime limit.",
            "Leave the downtime limit out, and say how long the virtual machine may stand still.",
        )
    if options.goals_shadow and not options.has_goals:
        yield no("Shadow mode requires a goal.", "Set a time to move within or a longest pause.")
    if options.steered and options.switchover_bandwidth is not None:
        yield no(
            "A switchover bandwidth and a goal cannot be set together: fcm reckons with the measured bandwidth.",
            "Leave the switchover bandwidth out.",
        )


def no_simulation(options: MigrationOptions) -> Verdict:
    """Whether the migration engine has a model of what is chosen."""
    for name, chosen in (
        ("zlib and zstd", options.compression is not Compression.NONE),
        ("zero-copy", options.zero_copy),
        ("a switchover bandwidth", options.switchover_bandwidth is not None),
        ("a bandwidth limit for post-copy", options.post_copy_bandwidth is not None),
    ):
        if chosen:
            return no(
                f"An embedded cluster does not simulate {name}, so it has no effect.",
                "Leave it out. Real hosts have it.",
            )
    return OK
