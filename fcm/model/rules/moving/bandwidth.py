"""What a bandwidth limit means to the QEMU that keeps it, so that "at most" is true.

QEMU gives each tenth of a second a tenth of the limit and stops sending once it has counted more than that
(migration.h, BUFFER_DELAY; migration-stats.c, migration_rate_exceeded; before: qemu-file.c, qemu_file_rate_limit). How
far it gets beyond depends on what it counts, and when:

- **Before 8.1, one connection**: each page as it is queued. 20 MiB/s were measured as 20.0, 2 MiB/s as 2.0.
- **Before 8.1, several** (multifd): whole packets of 512 KiB as they are queued (multifd.c, multifd_send_pages,
  MULTIFD_PACKET_SIZE), so one packet at least each tenth of a second. With 7.2.22 a limit of 2 MiB/s was measured as
  5.0 with two connections as with eight, one of 20 MiB/s as 20.0.
- **Since 8.1, one connection**: what was flushed, some 128 KiB at a time. With 10.0.2: 1 MiB/s as 1.25, 2 as 2.5.
- **Since 8.1, several**: packets once they are sent (multifd.c, multifd_send_thread), so that each connection has one
  under way that is not counted yet, and one more waits for the first that is free. With 10.0.2: 5 MiB/s as up to 13.5
  with two connections, 17.7 with four and 18.4 with eight; 20 as up to 36.1 with eight; 25 as up to 33.2 with two.

Headers come on top: some 0.5 % of QEMU's own, and those of TCP and IP, which QEMU does not know. The last pages, while
the machine stands still, and all pages after a switch to post-copy go without a limit (migration.c,
migration_completion; max-postcopy-bandwidth).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from fcm.model.entities import MIB, Node
from fcm.model.quantities import rate
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model.migrations import MigrationOptions

MOST_CONNECTIONS = 255
"""Parallel connections of one migration (multifd-channels, qapi/migration.json)."""
_VERSION = re.compile(r"QEMU (\d+)\.(\d+)")
_COUNTS_LATE = (8, 1)
"""The first version whose senders count for themselves what they have sent."""
_CYCLES = 10
"""Times a second that QEMU starts to count anew."""
MBIT = 125_000
"""Bytes/s of 1 Mbit/s."""
_PACKET = 512 * 1024
_FLUSH = 128 * 1024


def _step(qemu: tuple[int, int], connections: int) -> tuple[int, int]:
    """Bytes/s that one block each tenth of a second makes (0: single pages), and how many blocks go uncounted."""
    late = qemu >= _COUNTS_LATE
    if connections > 1:
        return _CYCLES * _PACKET, connections if late else 0
    return (_CYCLES * _FLUSH if late else 0), 0


def qemu_version(version: str) -> tuple[int, int] | None:
    """Of a node that runs QEMU ("QEMU 7.2.22": (7, 2)); None of any other."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else None


def least_limit(version: str, connections: int) -> int:
    """Bytes/s: the smallest limit that a node's QEMU can keep; libvirt itself takes whole MiB/s.

    Args:
        version: of the node, such as "QEMU 7.2.22"; one that is none of QEMU has no such limit (0).
        connections: TCP connections of the migration.
    """
    qemu = qemu_version(version)
    if qemu is None:
        return 0
    step, uncounted = _step(qemu, connections)
    return max(MIB, step * (1 + uncounted))


def limit_to_set(limit: int, version: str, connections: int) -> int:
    """MiB/s that QEMU is told, so that no more than ``limit`` bytes/s go out; at least 1, the least that libvirt takes.

    What is below ``least_limit`` cannot be kept; ``limit_holds`` refuses it before.
    """
    step, uncounted = _step(qemu_version(version) or _COUNTS_LATE, connections)
    if not step:
        return max(1, limit // MIB)
    return max(1, (limit // step - uncounted) * step // MIB)


def limit_holds(options: MigrationOptions, node: Node) -> Verdict:
    """Whether the QEMU of the node that a machine leaves can keep the bandwidth limit of these options.

    What is no limit or no number of connections at all is refused by itself: nothing can be reckoned with it.
    """
    limit, connections = options.bandwidth, options.parallel_connections
    if limit is None or limit <= 0 or not 1 <= connections <= MOST_CONNECTIONS:
        return OK
    least = least_limit(node.version, connections)
    if limit >= least:
        return OK
    several = connections > 1
    alone = least_limit(node.version, 1)
    remedy = f"Choose {_least(least)} or more"
    if several and limit >= alone:
        remedy += ", or one connection"
    elif several:
        remedy += f", or one connection, which allows {_least(alone)} or more"
    over = f" over {connections} parallel connections" if several else ""
    return no(
        f"{node.version} on {node.name} cannot enforce a limit of {limit / MIB:.4g} MiB/s ({rate(limit)}){over}.",
        f"{remedy}.",
    )


def _least(limit: int) -> str:
    """Rounded up, so that what is typed after it is enough."""
    return f"{limit / MIB:g} MiB/s ({math.ceil(limit / MBIT)} Mbit/s)"
