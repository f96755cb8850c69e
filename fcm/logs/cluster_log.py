"""The cluster log of a node, as text: ``PPPPPPPP.TTTTTTTT::YYYY/MM/DD-hh:mm:ss.mmm LEVEL [COMP] text``, in GMT.

Process and thread are hexadecimal; levels are INFO, WARN and ERR; components are those of the Cluster service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.logs.describe import CRITICAL, ERROR, PROGRAM, VERBOSE, WARNING
from fcm.logs.node_events import FACT, lines_of
from fcm.model.entities import NodeState
from fcm.model.moments import in_utc
from fcm.model.rules.names import safe_file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fcm.logs.records import EventRecord

SERVICE, MONITOR = 0xCCC, 0xDF4
"""Process ids of the Cluster service and of the resource monitor, the same on every node."""
_COMPONENTS: dict[str, str] = {
    "ClusterFormed": "CS",
    "ClusterConfigured": "QUORUM",
    "ClusterValidated": "API",
    "SharedVolumesEnabled": "DCM",
    "MigrationNetworksSet": "GUM",
    "DiskChanged": "RES",
    "SharedVolumeAdded": "DCM",
    "SharedVolumeChanged": "DCM",
    "SharedVolumeRemoved": "DCM",
    "NodeChanged": "NM",
    "NodeEvicted": "NM",
    "NodeDrainBegun": "RCM",
    "NodeDrainEnded": "RCM",
    "NodeDrainHeldUp": "RCM",
    "NetworkChanged": "NM",
    "AdapterChanged": "IM",
    "MachineCreated": "RES",
    "MachineChanged": "RES",
    "MachineDeleted": "RES",
    "MachineMadeHighlyAvailable": "RCM",
    "GroupChanged": "RCM",
    "GroupRemoved": "RCM",
    "ResourceChanged": "RCM",
    "ResourceRemoved": "RCM",
}
_REPORTS = ("BackendReported", "CommandRefused", "MigrationInterrupted")
"""What this program itself has to say that belongs into the logs."""
_LEVELS = {CRITICAL: "ERR", ERROR: "ERR", WARNING: "WARN", VERBOSE: "INFO"}


def stamp(time: float) -> str:
    """A time (s since the epoch) as the log writes it, GMT."""
    moment = in_utc(time)
    return f"{moment:%Y/%m/%d-%H:%M:%S}.{moment.microsecond // 1000:03d}"


def line(time: float, level: str, component: str, text: str) -> str:
    """One line; line ends in the text become blanks."""
    process = MONITOR if component in ("RES", "RHS") else SERVICE
    return f"{process:08x}.{process + 0x1D8:08x}::{stamp(time)} {level:<5} [{component}] {' '.join(text.split())}"


def file_of(node: str) -> str:
    """The name of the file with the log of a node, as Get-ClusterLog of Windows has it; never a path."""
    return f"{safe_file_name(node)}_cluster.log"


def cluster_log(records: Iterable[EventRecord], node: str) -> Iterator[str]:
    """Lines of one node's log.

    What a node wrote itself is in its own log alone. What concerns one machine or its move is in the logs of the nodes
    that take part in it, all else in the log of every node that is not down at that time. What this program alone knows
    of a simulation (its provider says so) is in none.

    Args:
        records: what happened, oldest first.
        node: whose log.
    """
    first = True
    states: dict[str, str] = {}
    for record in records:
        if not record.fact or (record.provider == PROGRAM and record.fact not in _REPORTS):
            continue
        if first:
            yield line(record.time, "INFO", "CS", f"cluster service logging level is 3 on node {node}")
            first = False
        if record.nodes and node not in record.nodes:
            continue
        if record.fact.startswith(f"{FACT} "):
            for one in lines_of(record.fact, record.data, node, record.text):
                yield line(record.time, one.level, one.component, one.text)
            continue
        if record.fact == "NodeChanged":
            data = dict(record.data)
            changed, state = data.get("NodeName", ""), data.get("State", "")
            before = states.get(changed, str(NodeState.UP))
            states[changed] = state
            if state == before or (changed != node and states.get(node) == NodeState.DOWN):
                continue
        elif states.get(node) == NodeState.DOWN:
            continue
        component = _COMPONENTS.get(record.fact, "RES" if record.nodes else "API")
        prefix = _prefix(record) if component == "RES" else ""
        yield line(record.time, _LEVELS.get(record.level_name, "INFO"), component, prefix + record.text)


def _prefix(record: EventRecord) -> str:
    data = dict(record.data)
    if "VmName" in data:
        return f"Virtual Machine <{data['VmName']}>: "
    return f"Physical Disk <{data['DiskName']}>: " if "DiskName" in data else ""
