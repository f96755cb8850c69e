"""The cluster log of a node, as text: ``PPPPPPPP.TTTTTTTT::YYYY/MM/DD-hh:mm:ss.mmm LEVEL [COMP] text``, in GMT.

Process and thread are hexadecimal; levels are INFO, WARN and ERR; components are those of the Cluster service.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fcm.logs.describe import CRITICAL, ERROR, VERBOSE, WARNING, describe
from fcm.model import events as ev

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.model.state import State

SERVICE, MONITOR = 0xCCC, 0xDF4
"""Process ids of the Cluster service and of the resource monitor, the same on every node."""
_COMPONENTS: dict[type[ev.Event], str] = {
    ev.ClusterFormed: "CS",
    ev.ClusterConfigured: "QUORUM",
    ev.ClusterValidated: "API",
    ev.SharedVolumesEnabled: "DCM",
    ev.MigrationNetworksSet: "GUM",
    ev.DiskChanged: "RES",
    ev.SharedVolumeAdded: "DCM",
    ev.SharedVolumeChanged: "DCM",
    ev.SharedVolumeRemoved: "DCM",
    ev.NodeChanged: "NM",
    ev.NodeEvicted: "NM",
    ev.NetworkChanged: "NM",
    ev.AdapterChanged: "IM",
    ev.MachineCreated: "RES",
    ev.MachineChanged: "RES",
    ev.MachineDeleted: "RES",
    ev.MachineMadeHighlyAvailable: "RCM",
    ev.GroupChanged: "RCM",
    ev.GroupRemoved: "RCM",
    ev.ResourceChanged: "RCM",
    ev.ResourceRemoved: "RCM",
}
_LEVELS = {CRITICAL: "ERR", ERROR: "ERR", WARNING: "WARN", VERBOSE: "INFO"}


def stamp(time: float) -> str:
    """A time (s since the epoch) as the log writes it, GMT."""
    moment = datetime.fromtimestamp(time, UTC)
    return f"{moment:%Y/%m/%d-%H:%M:%S}.{moment.microsecond // 1000:03d}"


def line(time: float, level: str, component: str, text: str) -> str:
    """One line; line ends in the text become blanks."""
    process = MONITOR if component in ("RES", "RHS") else SERVICE
    return f"{process:08x}.{process + 0x1D8:08x}::{stamp(time)} {level:<5} [{component}] {' '.join(text.split())}"


def cluster_log(entries: Iterable[ev.Entry], state: State, node: str, since: float | None = None) -> Iterator[str]:
    """Lines of one node's log, oldest first.

    What concerns one machine or its move is in the logs of the nodes that take part in it, all else in every log.

    Args:
        entries: the cluster's log.
        state: for names.
        node: whose log.
        since: s since the epoch before which nothing is written; None: everything.
    """
    first = True
    for entry in entries:
        if since is not None and entry.time < since:
            continue
        if first:
            yield line(entry.time, "INFO", "CS", f"cluster service logging level is 3 on node {node}")
            first = False
        nodes = _nodes(entry.event, state)
        if nodes and node not in nodes:
            continue
        said = describe(entry, state)
        component = _COMPONENTS.get(type(entry.event), "RES" if nodes else "API")
        prefix = _prefix(entry.event, state) if component == "RES" else ""
        yield line(entry.time, _LEVELS.get(said.level, "INFO"), component, prefix + said.text)


def _nodes(event: ev.Event, state: State) -> set[str]:
    """The nodes that take part in it; empty: all."""
    migration = getattr(event, "migration", None)
    found = migration if isinstance(event, ev.MigrationRequested) else state.migrations.get(str(migration))
    if migration is not None and found is not None:
        return {found.source, found.destination}
    node = getattr(getattr(event, "machine", None), "node", None)
    return {node} if isinstance(node, str) else set()


def _prefix(event: ev.Event, state: State) -> str:
    migration = getattr(event, "migration", None)
    found = migration if isinstance(event, ev.MigrationRequested) else state.migrations.get(str(migration))
    if migration is not None and found is not None:
        machine = state.machines.get(found.machine)
        return f"Virtual Machine <{machine.name if machine else found.machine}>: "
    name = getattr(getattr(event, "machine", None), "name", None)
    if isinstance(name, str):
        return f"Virtual Machine <{name}>: "
    disk = getattr(getattr(event, "disk", None), "name", None)
    return f"Physical Disk <{disk}>: " if isinstance(disk, str) else ""
