"""Cluster files: where each limit lies, and what is taken where a key is not given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import ClusterFileError
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, NetworkRole, StartAction
from fcm.model.events import ClusterFormed
from tests.unit.embedded.cluster_file.test_cluster_file import SMALL, written

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER, NODE, NETWORK = 'address = "10.0.0.10"', 'name = "a"', 'name = "net1"'
DISK, MACHINE = 'name = "Disk 1"', 'name = "vm1"'


def with_line(after: str, line: str) -> str:
    """The small cluster with another line in one of its tables."""
    key = line.split(" ", 1)[0]
    head, _, rest = SMALL.partition(after + "\n")
    table, bracket, others = rest.partition("\n[[")
    kept = "\n".join(one for one in table.split("\n") if not one.startswith(f"{key} "))
    return f"{head}{after}\n{line}\n{kept}{bracket}{others}"


@pytest.mark.parametrize(
    ("after", "key", "possible", "impossible"),
    [
        (CLUSTER, "concurrent_migrations", ["1", "16"], ["0", "17"]),
        (NODE, "logical_processors", ["1", "4096"], ["0", "4097"]),
        (NODE, "weight", ["0", "1"], ["2", "-1"]),
        (NODE, "reserved_memory", ['"7680 MiB"'], ['"7681 MiB"', '"8 GiB"']),
        (NODE, "system_drive", ['"D:"', '"d:"'], ['"D"', '"DD:"', '"1:"']),
        (NETWORK, "metric", ["1", "65535"], ["65536", "-1"]),
        (DISK, "number", ["0", "9999"], ["-1", "10000"]),
        (DISK, "used", ['"0 GiB"', '"10 GiB"'], ['"10241 MiB"']),
        (DISK, "size", ['"1 MiB"'], ['"0 MiB"']),
        (MACHINE, "memory", ['"8 MiB"', '"64 GiB"'], ['"6 MiB"', '"9 MiB"', '"65538 MiB"']),
        (MACHINE, "processors", ["1", "64"], ["0", "65"]),
        (MACHINE, "zero_share", ["0.0", "1.0"], ["-0.1", "1.1"]),
        (MACHINE, "state", ['"Off"', '"Saved"', '"Paused"'], ['"Starting"', '"Stopping"']),
    ],
)
def test_a_limit_of_a_key_lies_where_it_is_said_to_lie(
    tmp_path: Path, after: str, key: str, possible: list[str], impossible: list[str]
) -> None:
    for value in possible:
        text = with_line(after, f"{key} = {value}")
        if value == '"64 GiB"':
            text = text.replace('"8 GiB"', '"80 GiB"')
        load(written(tmp_path, text))
    for value in impossible:
        text = with_line(after, f"{key} = {value}")
        with pytest.raises(ClusterFileError) as caught:
            load(written(tmp_path, text))
        assert "line" in str(caught.value)


@pytest.mark.parametrize("what", ["processors", "nodes", "networks"])
def test_a_cluster_without_what_every_cluster_has_is_told_so(tmp_path: Path, what: str) -> None:
    tables = SMALL.split("\n\n")
    text = "\n\n".join(table for table in tables if not table.startswith(f"[[{what}]]"))
    assert text != SMALL
    with pytest.raises(ClusterFileError, match=f"has 0 {what}; it needs at least 1"):
        load(written(tmp_path, text))


def test_a_machine_on_a_node_without_a_virtual_network_is_told_that_there_is_none(tmp_path: Path) -> None:
    text = SMALL.replace('switches = ["LAN"]', "switches = []", 1)
    with pytest.raises(ClusterFileError, match=r"a has no virtual network 'LAN' \(it has none\)"):
        load(written(tmp_path, text))
    with pytest.raises(ClusterFileError, match=r"no virtual network 'WAN' \(it has LAN\)"):
        load(written(tmp_path, SMALL.replace('switch = "LAN"', 'switch = "WAN"')))


def small(folder: Path) -> ClusterFormed:
    formed = load(written(folder, SMALL))
    assert isinstance(formed, ClusterFormed)
    return formed


def test_what_a_file_leaves_out_is_what_a_small_company_has(tmp_path: Path) -> None:
    formed = small(tmp_path)
    (node, _), (network,), (disk,), (machine,) = formed.nodes, formed.networks, formed.disks, formed.machines
    assert (node.logical_processors, node.reserved_memory, node.system_drive) == (8, 2 * GIB, "C:")
    assert node.version.startswith("Windows Server 2008 R2")
    assert (network.bandwidth, network.role) == (125_000_000, NetworkRole.INTERNAL)
    assert network.auto_metric
    assert network.metric > 0
    assert (disk.use, disk.used, disk.number, disk.file_system) == (DiskUse.AVAILABLE, 0, 1, "NTFS")
    assert (disk.persistent_reservations, disk.visible_to, disk.owner) == (True, ("a", "b"), "a")
    assert (machine.state, machine.processors, machine.disk_size) == (MachineState.RUNNING, 1, 20 * GIB)
    assert (machine.workload, machine.zero_share, machine.media) == ("idle", 0.0, None)
    assert machine.start_action is StartAction.START_IF_RUNNING
    assert not machine.processor_compatibility
    assert formed.cluster.concurrent_migrations == 1
    assert not formed.cluster.shared_volumes_enabled


def test_a_metric_that_is_given_is_no_automatic_one(tmp_path: Path) -> None:
    formed = load(written(tmp_path, with_line(NETWORK, "metric = 900")))
    assert isinstance(formed, ClusterFormed)
    assert [(one.metric, one.auto_metric) for one in formed.networks] == [(900, False)]


def test_a_disk_of_a_clustered_machine_becomes_its_own_on_its_node(tmp_path: Path) -> None:
    text = (
        with_line(MACHINE, 'disk = "Disk 1"')
        .replace(MACHINE, MACHINE + "\nhighly_available = true")
        .replace('node = "a"', 'node = "b"')
    )
    formed = load(written(tmp_path, text))
    assert isinstance(formed, ClusterFormed)
    assert [(disk.use, disk.owner) for disk in formed.disks] == [(DiskUse.GROUP, "b")]
    assert formed.machines[0].disk == formed.disks[0].id
    assert formed.machines[0].memory == 512 * MIB


def test_machines_that_run_take_all_memory_of_their_node_but_what_is_reserved_and_no_more(tmp_path: Path) -> None:
    node = with_line(NODE, 'reserved_memory = "2 GiB"')
    assert '"8 GiB"' in node
    whole = node.replace('memory = "512 MiB"', 'memory = "6 GiB"')
    assert whole != node
    load(written(tmp_path, whole))
    with pytest.raises(ClusterFileError, match=r"need .*, but only 6 GiB are available"):
        load(written(tmp_path, whole.replace('memory = "6 GiB"', 'memory = "6146 MiB"')))
