"""Options of a live migration as the agent takes them: words for ``virsh migrate``, MiB/s and ms.

Source: virsh(1) of libvirt 9.0, "migrate".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.pacemaker.mapping import MOVING
from fcm.backend.pacemaker.remote import lines

if TYPE_CHECKING:
    from fcm.model.migrations import MigrationOptions

OPTIONS, BANDWIDTH, DOWNTIME = "fcm-options", "fcm-bandwidth", "fcm-downtime"
"""Meta attributes that the agent reads."""
NO_WORDS = " "
"""Stands for no options, where the cluster has a default."""
NO_LIMIT = "none"
"""Stands for no bandwidth and no downtime limit, where the cluster has a default: no number."""


def words_of(options: MigrationOptions, tls_name: str | None = None) -> str:
    """Words for ``virsh migrate``; none of them has a space.

    Args:
        options: of the live migration.
        tls_name: in the certificate of the destination; None: the address that is used.
    """
    words: list[str] = []
    if options.auto_converge:
        words.append("--auto-converge")
        if options.auto_converge_initial is not None:
            words.append(f"--auto-converge-initial={options.auto_converge_initial}")
        if options.auto_converge_increment is not None:
            words.append(f"--auto-converge-increment={options.auto_converge_increment}")
    if options.post_copy:
        words.append("--postcopy")
    if options.post_copy_bandwidth is not None:
        words.append(f"--postcopy-bandwidth={options.post_copy_bandwidth >> 20}")
    if options.xbzrle:
        words += ["--compressed", "--comp-methods=xbzrle"]
        if options.xbzrle_cache is not None:
            words.append(f"--comp-xbzrle-cache={options.xbzrle_cache}")
    if options.parallel_connections > 1:
        words += ["--parallel", f"--parallel-connections={options.parallel_connections}"]
    if options.compression:
        words += ["--compressed", f"--comp-methods={options.compression.value}"]
    if options.zero_copy:
        words.append("--zerocopy")
    if options.switchover_bandwidth is not None:
        words.append(f"--available-switchover-bandwidth={options.switchover_bandwidth >> 20}")
    if options.tls:
        words.append("--tls")
        if tls_name is not None:
            words.append(f"--tls-destination={tls_name}")
    return " ".join(words)


def values_of(options: MigrationOptions, speed: int | None, tls_name: str | None = None) -> dict[str, str]:
    """The meta attributes.

    Args:
        options: of the live migration.
        speed: MiB/s; None: no limit.
        tls_name: see ``words_of``.
    """
    downtime = options.downtime_limit
    return {
        OPTIONS: words_of(options, tls_name) or NO_WORDS,
        BANDWIDTH: NO_LIMIT if speed is None else str(speed),
        DOWNTIME: NO_LIMIT if downtime is None else str(max(1, round(downtime * 1000))),
    }


def begin_lines(resource: str, destination: str, values: dict[str, str]) -> list[str]:
    """Command lines that let Pacemaker begin a live migration; all of them change only the CIB.

    Carry them out at once (``lines.at_once``): the next change of the CIB finds it begun already.
    """
    return [
        lines.set_meta(resource, MOVING, destination),
        *(lines.set_meta(resource, name, value) for name, value in values.items()),
        lines.move(resource, destination),
    ]


def end_lines(resource: str) -> list[str]:
    """Command lines that take back what ``begin_lines`` has set, the preference first; each may be repeated."""
    return [
        lines.clear(resource),
        *(lines.delete_meta(resource, name) for name in (OPTIONS, BANDWIDTH, DOWNTIME, MOVING)),
    ]
