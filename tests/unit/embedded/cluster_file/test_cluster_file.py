from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from fcm import resources
from fcm.backend.base import BackendError
from fcm.backend.embedded import ClusterFileError, cluster_files, describe_cluster, find_cluster_file, open_embedded
from fcm.backend.embedded.cluster_file.identity import identity
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model.entities import GIB, MIB, AdapterState, DiskUse, MachineState, NetworkRole, QuorumMode, ResourceState
from fcm.model.events import Entry
from fcm.model.resource_states import group_state
from fcm.model.state import State, apply

SMALL = """\
format = 1

[cluster]
name = "tiny"
address = "10.0.0.10"

[[processors]]
name = "P1"
vendor = "V"
features = ["sse", "avx"]

[[nodes]]
name = "a"
memory = "8 GiB"
processor = "P1"
switches = ["LAN"]

[[nodes]]
name = "b"
memory = "8 GiB"
processor = "P1"
switches = ["LAN"]

[[networks]]
name = "net1"
subnet = "10.0.0.0/24"
gateway = "10.0.0.1"
addresses = { a = "10.0.0.11", b = "10.0.0.12" }

[[disks]]
name = "Disk 1"
use = "Available Storage"
size = "10 GiB"

[[machines]]
name = "vm1"
node = "a"
memory = "512 MiB"
switch = "LAN"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "cluster.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> ClusterFileError:
    with pytest.raises(ClusterFileError) as caught:
        load(written(folder, text))
    return caught.value


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_small_file_becomes_a_cluster_with_the_defaults_of_the_field(tmp_path: Path) -> None:
    formed = load(written(tmp_path, SMALL))
    assert formed.cluster.full_name == "tiny"
    assert formed.cluster.quorum_mode is QuorumMode.NODE_MAJORITY
    assert [node.name for node in formed.nodes] == ["a", "b"]
    assert formed.nodes[0].reserved_memory == 2 * GIB
    assert formed.networks[0].metric == 10_000
    assert formed.networks[0].role is NetworkRole.INTERNAL
    assert all(adapter.state is AdapterState.UP for adapter in formed.adapters)
    assert formed.disks[0].visible_to == ("a", "b")
    machine = formed.machines[0]
    assert (machine.state, machine.memory, machine.workload) == (MachineState.RUNNING, 512 * MIB, "idle")
    assert machine.features == frozenset({"sse", "avx"})
    assert not machine.is_highly_available


def test_nodes_are_found_by_their_names_whatever_the_case_of_the_letters(tmp_path: Path) -> None:
    other = SMALL.replace("{ a =", "{ A =").replace('node = "a"', 'node = "A"')
    assert load(written(tmp_path, other)) == load(written(tmp_path, SMALL))


def test_the_same_file_gives_the_same_ids_every_time(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    assert load(path) == load(path)


@pytest.mark.parametrize("name", sorted(cluster_files()))
def test_a_shipped_cluster_is_whole_and_consistent(name: str) -> None:
    formed = load(resources.path("clusters", f"{name}.toml"))
    state, _ = apply(State(), Entry(1, 0.0, formed))
    for group in formed.groups:
        assert group.state is group_state(state, group.id)
    for machine in formed.machines:
        assert machine.node in state.nodes
        if machine.group is not None:
            assert state.groups[machine.group].owner == machine.node
            assert machine.disk is not None
    for node in state.nodes:
        assert state.free_memory(node) >= 0
    assert all(network.state == "Up" for network in formed.networks)


def test_contoso_is_the_cluster_of_the_guide() -> None:
    formed = load(resources.path("clusters", "contoso.toml"))
    assert len(formed.nodes) == 3
    newer, older = formed.nodes[0].processor, formed.nodes[2].processor
    assert older.vendor == newer.vendor
    assert older.features < newer.features
    assert not formed.cluster.shared_volumes_enabled
    assert [network.name for network in formed.networks] == [f"Cluster Network {n}" for n in (1, 2, 3, 4)]
    assert [network.gateway is not None for network in formed.networks] == [True, False, False, False]
    assert formed.networks[3].role is NetworkRole.NONE
    uses = [disk.use for disk in formed.disks]
    assert uses.count(DiskUse.WITNESS) == 1
    assert uses.count(DiskUse.AVAILABLE) >= 3
    assert uses.count(DiskUse.UNASSIGNED) >= 2
    assert len({node.switches for node in formed.nodes}) == 2
    workloads = {machine.workload for machine in formed.machines}
    assert {"idle", "web-server", "oltp-database", "memory-hog", "build-server"} <= workloads
    assert any(machine.disk is None for machine in formed.machines)
    movable = [m for m in formed.machines if m.group and m.state is MachineState.RUNNING and m.media is None]
    assert len(movable) >= 8


def test_a_disk_of_a_machine_of_its_own_is_in_its_group() -> None:
    formed = load(resources.path("clusters", "contoso.toml"))
    machine = next(machine for machine in formed.machines if machine.name == "SQL01")
    disk = next(disk for disk in formed.disks if disk.id == machine.disk)
    assert disk.use is DiskUse.GROUP
    assert disk.owner == machine.node
    resource = next(resource for resource in formed.resources if resource.disk == disk.id)
    assert resource.group == machine.group
    assert resource.state is ResourceState.ONLINE


BROKEN = [
    ("an unknown key", 'memory = "8 GiB"\n', 'memory = "8 GiB"\ncolour = "red"\n', "colour", "Unknown key 'colour'"),
    ("an unknown table", "[cluster]", "[[nods]]\nx = 1\n\n[cluster]", "[[nods]]", "Unknown key 'nods' in the file"),
    ("a wrong type", 'name = "tiny"', "name = 5", "name = 5", "'name' must be a string in quotes, not a number"),
    ("a number for a size", 'memory = "512 MiB"', "memory = 512", "memory = 512", "must be a size such as"),
    ("a size without unit", 'memory = "512 MiB"', 'memory = "512"', 'memory = "512"', "must be a size such as"),
    ("a boolean as number", "format = 1", "format = true", "format", "must be an integer"),
    ("a newer format", "format = 1", "format = 2", "format", "it must be 1 to 1"),
    ("a missing key", 'address = "10.0.0.10"\n', "", "[cluster]", "The key 'address' is missing in [cluster]"),
    ("a missing name", '[[machines]]\nname = "vm1"\n', "[[machines]]\n", "[[machines]]", "'name' is missing in [[mach"),
    ("two nodes of one name", 'name = "b"', 'name = "A"', 'name = "A"', "two nodes named 'A'"),
    (
        "a forbidden name",
        'name = "b"',
        'name = "b:c"',
        'name = "b:c"',
        "character that DNS computer names cannot have",
    ),
    (
        "a cluster with a long name",
        'name = "tiny"',
        'name = "a-very-long-name"',
        "a-very-long-name",
        "has 16 characters",
    ),
    ("an unknown processor", 'processor = "P1"', 'processor = "P9"', 'processor = "P9"', "no processor 'P9'"),
    ("an address of no node", 'b = "10.0.0.12" }', 'c = "10.0.0.12" }', "addresses", "There is no node 'c'"),
    (
        "two addresses of a node",
        'b = "10.0.0.12" }',
        'A = "10.0.0.12" }',
        "addresses",
        "a has two addresses on this net",
    ),
    ("an address outside", "10.0.0.11", "10.9.0.11", "10.9.0.11", "is not in the subnet 10.0.0.0/24"),
    ("no address at all", "10.0.0.11", "a.b", '"a.b"', "is not an IP address"),
    ("a subnet with host bits", "10.0.0.0/24", "10.0.0.1/24", "10.0.0.1/24", "the subnet is 10.0.0.0/24"),
    (
        "a network that no node has",
        'addresses = { a = "10.0.0.11", b = "10.0.0.12" }',
        "addresses = {}",
        "addresses",
        "No node has an adapter on 'net1'",
    ),
    ("a machine on no node", 'node = "a"', 'node = "z"', 'node = "z"', "There is no node 'z'"),
    ("an unknown switch", 'switch = "LAN"', 'switch = "WAN"', 'switch = "WAN"', "no virtual network 'WAN'"),
    (
        "a machine too large",
        '"512 MiB"',
        '"7 GiB"',
        '"7 GiB"',
        "The virtual machines on a need 7 GiB, but only 6 GiB are available",
    ),
    ("odd memory", '"512 MiB"', '"513 MiB"', '"513 MiB"', "in steps of 2 MiB"),
    ("an unknown use", '"Available Storage"', '"Spare"', '"Spare"', "'use' is 'Spare'; it must be one of: Unassigned"),
    ("a volume before enabling", '"Available Storage"', '"Cluster Shared Volume"', "use =", "shared_volumes = true"),
    ("no network left", 'gateway = "10.0.0.1"', 'role = "none"', "[[networks]]", "The cluster has no network"),
]


@pytest.mark.parametrize(("what", "old", "new", "where", "reason"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_broken_file_is_refused_with_line_and_reason(
    tmp_path: Path, what: str, old: str, new: str, where: str, reason: str
) -> None:
    assert old in SMALL, what
    text = SMALL.replace(old, new, 1)
    error = refused(tmp_path, text)
    assert reason in error.reason
    assert error.line == line_of(text, where)
    assert str(error).startswith(f"{error.path}, line {error.line}: ")


def test_an_unknown_workload_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL + 'workload = "gaming"\n')
    assert "no workload 'gaming'" in error.reason
    assert "oltp-database" in error.reason


def test_a_highly_available_machine_needs_a_shared_disk(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL + "highly_available = true\n")
    assert "needs a disk" in error.reason


def test_two_machines_cannot_share_a_disk_that_is_no_volume(tmp_path: Path) -> None:
    clustered = 'disk = "Disk 1"\nhighly_available = true\n'
    second = '\n[[machines]]\nname = "vm2"\nnode = "a"\nmemory = "512 MiB"\n' + clustered
    assert "belongs to another virtual machine" in refused(tmp_path, SMALL + clustered + second).reason


def test_no_nodes_are_too_few(tmp_path: Path) -> None:
    start, end = SMALL.index("[[nodes]]"), SMALL.index("[[networks]]")
    error = refused(tmp_path, SMALL[:start] + SMALL[end:])
    assert "The cluster has 0 nodes; it needs at least 1." in error.reason


def test_too_many_nodes_are_refused_at_the_first_one_too_many(tmp_path: Path) -> None:
    many = "".join(f'[[nodes]]\nname = "n{n}"\nmemory = "8 GiB"\nprocessor = "P1"\n' for n in range(63))
    text = SMALL.replace("[[networks]]", many + "[[networks]]")
    error = refused(tmp_path, text)
    assert "65 nodes; at most 64" in error.reason
    assert error.line == line_of(text, 'name = "n62"') - 1


def test_a_hundred_thousand_machines_are_refused_without_being_read(tmp_path: Path) -> None:
    text = SMALL + '[[machines]]\nname = "x"\n' * 99_999
    error = refused(tmp_path, text)
    assert "100000 virtual machines; at most 8000" in error.reason
    assert error.line == SMALL.count("\n") + 1 + 2 * 7999


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cluster.toml"
    with path.open("wb") as file:
        file.truncate(9 * MIB)
    with pytest.raises(ClusterFileError, match="A cluster file can have at most 8 MiB"):
        load(path)


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL.replace('vendor = "V"', 'vendor = "V'))
    assert error.line == line_of(SMALL, 'vendor = "V"')
    assert "not valid TOML" in error.reason


def test_a_file_cut_in_the_middle_of_a_text_has_a_line(tmp_path: Path) -> None:
    error = refused(tmp_path, SMALL + 'media = "C:')
    assert error.line >= SMALL.count("\n")


def test_a_file_that_is_not_utf_8_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cluster.toml"
    path.write_bytes(SMALL.encode() + b'media = "\xff"\n')
    with pytest.raises(ClusterFileError, match="not UTF-8") as caught:
        load(path)
    assert caught.value.line == SMALL.count("\n") + 1


def test_a_missing_file_and_a_folder_are_refused_with_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ClusterFileError, match=r"The file does not exist|This is a folder"):
            load(path)


def test_windows_line_ends_and_a_byte_order_mark_are_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "cluster.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert len(load(path).nodes) == 2


def test_clusters_are_found_by_name_by_uri_and_by_path(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    assert find_cluster_file("contoso") == find_cluster_file("embedded:contoso")
    assert find_cluster_file(str(path)) == path
    assert find_cluster_file("cluster", (tmp_path,)) == path
    assert open_embedded("contoso").uri == "embedded:contoso"
    assert open_embedded(str(path)).uri == f"embedded:{path}"
    assert open_embedded(str(path), uri="embedded:own").uri == "embedded:own"


def test_an_unknown_cluster_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BackendError, match=r"no embedded cluster 'nope'.*contoso"):
        find_cluster_file("nope")


@pytest.mark.parametrize("nothing", ["", "embedded:"])
def test_no_name_at_all_is_no_cluster_either(nothing: str) -> None:
    with pytest.raises(BackendError, match="Choose one of"):
        find_cluster_file(nothing)


def test_a_file_may_have_any_ending_if_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "cluster.txt"
    path.write_text(SMALL, encoding="utf-8")
    assert find_cluster_file(str(path)) == path
    assert find_cluster_file(str(tmp_path / "later.toml")) == tmp_path / "later.toml", "the reader says that it is gone"
    with pytest.raises(BackendError, match="Choose one of"):
        find_cluster_file(str(tmp_path / "later.txt"))


def test_a_cluster_is_described_in_one_line_even_if_its_file_is_broken(tmp_path: Path) -> None:
    title, line = describe_cluster(resources.path("clusters", "contoso.toml"))
    assert title == "contoso.contoso.example"
    assert line == "3 nodes, 12 virtual machines, Cluster Shared Volumes not enabled"
    assert describe_cluster(resources.path("clusters", "fabrikam.toml"))[1].endswith("Cluster Shared Volumes enabled")
    title, line = describe_cluster(written(tmp_path, "format = 3\n"))
    assert title == "cluster"
    assert "line 1" in line


def test_the_example_in_the_documentation_can_be_opened(tmp_path: Path) -> None:
    page = Path(__file__).parents[4] / "docs" / "cluster-files.md"
    example = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    formed = load(written(tmp_path, example))
    assert formed.machines[0].is_highly_available


def test_every_key_that_is_read_is_in_the_documentation(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs" / "cluster-files.md").read_text(encoding="utf-8")
    missing = []
    for table in ("[cluster]", "[[processors]]", "[[nodes]]", "[[networks]]", "[[disks]]", "[[machines]]"):
        reason = refused(tmp_path, SMALL.replace(table, f"{table}\nunheard_of = 1", 1)).reason
        keys = reason.split("Known keys are: ")[1].rstrip(".").split(", ")
        missing += [f"{table} {key}" for key in keys if f"`{key}`" not in page]
    assert missing == []


@pytest.mark.parametrize("parts", [("contoso", "group", "sql"), ("",), ("Größe", 3), ("仮想マシン", "b\x1fc")])
def test_ids_are_guids_of_version_5(parts: tuple[object, ...]) -> None:
    space = uuid.UUID("6f9b2c0e-6d0c-5d3f-9a52-2f9f6f1d1c55")
    assert identity(*parts) == str(uuid.uuid5(space, "\x1f".join(map(str, parts))))
