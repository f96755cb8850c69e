"""What Pacemaker and Corosync of a node logged, for Get-ClusterLog and the export of cluster logs."""

from __future__ import annotations

import base64
import binascii
import contextlib
from typing import TYPE_CHECKING

from fcm.backend.base import NodeLogError
from fcm.backend.pacemaker.forming.fencing import PasswordError, read_password
from fcm.logs.cluster_log import line
from fcm.logs.pacemaker_log import hide, lines_of, merged, moment_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.pacemaker.remote.shells import NodeShell

MOST = 6 * 2**20
"""bytes of each log that are read, its end: some 40,000 lines. Encoded, two of them are half of what a shell takes."""
LIMIT = 60.0
"""s."""
FILES = ("/var/log/pacemaker/pacemaker.log", "/var/log/corosync/corosync.log")

_SCRIPT = """\
LC_ALL=C; export LC_ALL
echo "clock $(date +%s.%N) $(date +%z)"
for file in @FILES@; do
    [ -r $file ] || continue
    echo "file $file $(stat -c %s $file) $(tail -c @MOST@ $file | base64 -w0)"
done"""


def read_node_log(shell: NodeShell, since: float | None, secrets: Collection[str] = ()) -> list[str]:
    """Lines of the cluster log of a node, oldest first; blocks.

    Args:
        shell: on that node.
        since: s since the epoch, before which lines are left out; None: none is.
        secrets: texts that are not shown.

    Raises:
        NodeUnreachableError: the node does not answer.
        NodeLogError: it has no logs.
    """
    script = _SCRIPT.replace("@FILES@", " ".join(FILES)).replace("@MOST@", str(MOST))
    answer = shell.run(script, limit=LIMIT)
    clock, offset = 0.0, 0.0
    logs: list[list[str]] = []
    notes: list[str] = []
    for told in answer.output.splitlines():
        kind, _, rest = told.partition(" ")
        words = rest.split(" ")
        try:
            if kind == "clock":
                clock, offset = float(words[0]), _offset(words[1])
            elif kind == "file":
                text = base64.b64decode(words[2], validate=True).decode(errors="replace")
                logs.append(list(lines_of(hide(text, secrets), clock, offset, since)))
                if int(words[1]) > MOST:
                    notes.append(f"{words[0]} has {int(words[1]):,} bytes; this is its end of {MOST:,} bytes.")
        except (ValueError, IndexError, binascii.Error):
            continue
    if not logs:
        raise NodeLogError(f"{shell.node} has no log of Pacemaker or Corosync that can be read.")
    found = list(merged(*logs))
    if not found:
        return []
    first = moment_of(found[0])
    return [*(line(first, "INFO", "LOG", note) for note in notes), *found]


def secrets_of(file: HostsFile) -> tuple[str, ...]:
    """The passwords for fencing that are in files of this computer, as far as they can be read; blocks."""
    options = [] if file.fencing is None else [file.fencing.general]
    options += [host.fencing for host in file.hosts if host.fencing is not None]
    found = []
    for path in {one.password_file for one in options if one.password_file}:
        with contextlib.suppress(PasswordError):
            found.append(read_password(path))
    return tuple(found)


def _offset(text: str) -> float:
    """Seconds of ``+hhmm``."""
    seconds = int(text[1:3]) * 3600 + int(text[3:5]) * 60
    return -float(seconds) if text.startswith("-") else float(seconds)
