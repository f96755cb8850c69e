"""The options of a migration as libvirt takes them: flags and parameters of virDomainMigrateToURI3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.model.migrations import UNLIMITED
from fcm.model.rules.moving.bandwidth import limit_to_set
from fcm.model.rules.moving.transfer_options import needs_of, supported
from fcm.model.rules.verdict import OK, Verdict, together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.backend.libvirt.connection import HostConnection
    from fcm.model.migrations import MigrationOptions


ZERO_COPY = 1 << 20
"""VIR_MIGRATE_ZEROCOPY (8.5): the module here may be older than the hosts, which then take it all the same."""
XBZRLE_CACHE = "compression.xbzrle.cache"
"""VIR_MIGRATE_PARAM_COMPRESSION_XBZRLE_CACHE, bytes."""
SWITCHOVER = "bandwidth.avail.switchover"
"""VIR_MIGRATE_PARAM_BANDWIDTH_AVAIL_SWITCHOVER (11.1), MiB/s."""
POST_COPY_SPEED = "bandwidth.postcopy"
"""VIR_MIGRATE_PARAM_BANDWIDTH_POSTCOPY, MiB/s."""
FULL_SPEED = (2**63 - 1) // 2**20
"""MiB/s: the highest limit that libvirt takes and its own where none was set (src/qemu/qemu_domain.h,
QEMU_DOMAIN_MIG_BANDWIDTH_MAX; qemuDomainObjPrivateAlloc). QEMU's own is the largest size_t in bytes/s
(migration.c, migrate_params_check); its 0 has not always meant the same (qemu-file.c, qemu_file_rate_limit)."""


def hosts_have(options: MigrationOptions, ends: Iterable[HostConnection]) -> Verdict:
    """Whether both ends of a migration have the chosen options; asks them, if not every host has those; blocks.

    Raises:
        libvirt.libvirtError: one does not respond.
    """
    if not needs_of(options):
        return OK
    verdicts = []
    for end in ends:
        connection = end.connection()
        qemu, libvirt = (
            divmod(version // 1000, 1000) for version in (connection.getVersion(), connection.getLibVersion())
        )
        verdicts.append(supported(options, end.host.name, qemu, libvirt))
    return together(verdicts)


def flags_of(libvirt: Any, options: MigrationOptions) -> int:
    """The flags of what is chosen (virDomainMigrateFlags)."""
    flags = 0
    for chosen, flag in (
        (options.auto_converge, libvirt.VIR_MIGRATE_AUTO_CONVERGE),
        (options.post_copy, libvirt.VIR_MIGRATE_POSTCOPY),
        (options.xbzrle or bool(options.compression), libvirt.VIR_MIGRATE_COMPRESSED),
        (options.parallel_connections > 1, libvirt.VIR_MIGRATE_PARALLEL),
        (options.tls, libvirt.VIR_MIGRATE_TLS),
        (options.zero_copy, ZERO_COPY),
    ):
        flags |= flag if chosen else 0
    return flags


def speed_of(bandwidth: int, qemu: str, connections: int) -> int:
    """MiB/s as libvirt takes them for a limit in bytes/s that must not be exceeded; ``UNLIMITED``: the highest."""
    if bandwidth == UNLIMITED:
        return FULL_SPEED
    return min(limit_to_set(bandwidth, qemu, connections), FULL_SPEED)


def parameters_of(libvirt: Any, options: MigrationOptions, speed: int | None, tls_name: str | None) -> dict[str, Any]:
    """Figures of the options, as libvirt names them; what is not chosen is left to QEMU.

    Args:
        libvirt: its module.
        options: what is chosen.
        speed: MiB/s of its bandwidth limit, as libvirt takes it.
        tls_name: of the destination's certificate, where it is not its address.
    """
    found: dict[str, Any] = {}
    if speed is not None:
        found[libvirt.VIR_MIGRATE_PARAM_BANDWIDTH] = speed
    if options.auto_converge and options.auto_converge_initial is not None:
        found[libvirt.VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL] = options.auto_converge_initial
    if options.auto_converge and options.auto_converge_increment is not None:
        found[libvirt.VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT] = options.auto_converge_increment
    if options.xbzrle or options.compression:
        found[libvirt.VIR_MIGRATE_PARAM_COMPRESSION] = options.compression.value or "xbzrle"
    if options.xbzrle_cache is not None:
        found[XBZRLE_CACHE] = options.xbzrle_cache
    if options.switchover_bandwidth is not None:
        found[SWITCHOVER] = options.switchover_bandwidth >> 20
    if options.post_copy and options.post_copy_bandwidth is not None:
        found[POST_COPY_SPEED] = options.post_copy_bandwidth >> 20
    if options.parallel_connections > 1:
        found[libvirt.VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS] = options.parallel_connections
    if options.tls and tls_name is not None:
        found[libvirt.VIR_MIGRATE_PARAM_TLS_DESTINATION] = tls_name
    return found
