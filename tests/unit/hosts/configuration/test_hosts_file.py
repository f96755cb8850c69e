"""Hosts files: what is accepted, and how what is wrong is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.toml_table import ClusterFileError
from fcm.lab.hosts_file import render_hosts_file
from fcm.lab.plan import LabFolders, make_plan
from fcm.model.entities import NetworkRole
from tests.unit.hosts.lab_up import lab_is_up

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
[cluster]
name = "east"

[[network]]
name = "Migration"
subnet = "10.1.0.0/24"

[[node]]
name = "alpha"
uri = "qemu+ssh://alpha/system"
storage = "/srv/vm"
addresses = { Migration = "10.1.0.1" }

[[node]]
name = "beta"
uri = "qemu+tls://beta/system"
addresses = { Migration = "10.1.0.2" }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "hosts.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> ClusterFileError:
    with pytest.raises(ClusterFileError) as caught:
        load(write(folder, text))
    return caught.value


def test_a_hosts_file_names_nodes_networks_and_how_peers_reach_each_other(tmp_path: Path) -> None:
    hosts = load(write(tmp_path, GOOD))

    assert [host.name for host in hosts.hosts] == ["alpha", "beta"]
    assert hosts.hosts[0].peer_uri == "qemu+ssh://alpha/system"
    assert hosts.networks[0].role is NetworkRole.INTERNAL
    assert hosts.networks[0].bandwidth == 125_000_000
    assert not hosts.is_lab


def test_the_file_that_the_lab_writes_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = make_plan(3, bandwidth=200_000_000)
    lab_is_up(tmp_path, monkeypatch, plan)

    hosts = load(write(tmp_path, render_hosts_file(plan, LabFolders())))

    assert hosts.is_lab
    assert hosts.same_file_system
    assert [host.peer_uri for host in hosts.hosts] == [node.peer_uri for node in plan.nodes]


@pytest.mark.parametrize("name", ["alpha", "alpha-1.example.org", "10.1.0.9", "fd00::9"])
def test_a_node_may_say_which_name_its_certificate_has(tmp_path: Path, name: str) -> None:
    hosts = load(write(tmp_path, GOOD.replace('storage = "/srv/vm"', f'tls_name = "{name}"')))

    assert [host.tls_name for host in hosts.hosts] == [name, None]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('name = "east"', 'name = "east"\nquorum = 1', 3, "Unknown key 'quorum'"),
        ('name = "east"', "name = 7", 2, "'name' must be a string"),
        ('subnet = "10.1.0.0/24"', 'subnet = "10.1.0.0/99"', 6, "is not a subnet"),
        ('subnet = "10.1.0.0/24"', 'subnet = "10.1.0.9/24"', 6, "the subnet is 10.1.0.0/24"),
        ('subnet = "10.1.0.0/24"', 'subnet = "fe80::%eth0/64"', 6, "is not a subnet"),
        ('subnet = "10.1.0.0/24"', 'subnet = "10.1.0.0/24"\nrole = "fast"', 7, "'role' is 'fast'"),
        ('name = "beta"', 'name = "Alpha"', 15, "used twice"),
        ("qemu+ssh://alpha", "qemu+tcp://alpha", 10, "neither encrypted nor authenticated"),
        ("qemu+ssh://alpha", "http://alpha", 10, "is not the URI of a libvirt host"),
        ('"10.1.0.2"', '"ten"', 17, "'ten' is not an address"),
        ('{ Migration = "10.1.0.2" }', '{ Backup = "10.1.0.2" }', 17, "no network 'Backup'"),
        ('storage = "/srv/vm"', 'storage = "~/vm"', 11, "the whole path of a folder on the hosts"),
        ('storage = "/srv/vm"', 'storage = "/srv/../vm"', 11, "without .."),
        ('storage = "/srv/vm"', "storage = 'C:\\vm'", 11, "the whole path"),
        ('storage = "/srv/vm"', 'tls_name = "10.1.0.300"', 11, "the host name or the address"),
        ('name = "beta"', 'name = "be\\u202eta"', 15, "cannot be seen"),
        ('name = "beta"', 'name = "\\u200d"', 15, "cannot be seen"),
        ('"10.1.0.2"', '"127.0.0.1"', 17, "does not lead to one host"),
        ('"10.1.0.2"', '"::ffff:127.0.0.1"', 17, "does not lead to one host"),
        ('"10.1.0.2"', '"0.0.0.0"', 17, "does not lead to one host"),
        ('"10.1.0.2"', '"ff02::1"', 17, "does not lead to one host"),
        ('"10.1.0.2"', '"255.255.255.255"', 17, "does not lead to one host"),
        ('storage = "/srv/vm"', 'probe_namespace = "x"', 11, "only in the lab"),
        (
            'storage = "/srv/vm"',
            'tls_name = "*.example"',
            11,
            "the host name or the address in this node",
        ),
        ('storage = "/srv/vm"', 'tls_name = ""', 11, "'tls_name'"),
        ('storage = "/srv/vm"', 'tls_name = "alpha..example"', 11, "the host name or the address"),
    ],
)
def test_a_wrong_value_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    error = refusal(tmp_path, GOOD.replace(old, new, 1))

    assert error.line == line
    assert words in str(error)
    assert str(tmp_path / "hosts.toml") in str(error)


def test_a_network_on_which_no_node_has_an_address_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD + '\n[[network]]\nname = "Idle"\nsubnet = "10.2.0.0/24"\n')

    assert "No node has an address on the network 'Idle'" in str(error)


def test_a_file_without_nodes_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD.split("[[node]]")[0])

    assert "0 nodes" in str(error)


def test_more_nodes_than_a_cluster_can_have_are_refused(tmp_path: Path) -> None:
    node = '[[node]]\nname = "n{0}"\nuri = "qemu:///system"\naddresses = {{ Migration = "10.1.0.1" }}\n'
    error = refusal(tmp_path, GOOD.split("[[node]]")[0] + "".join(node.format(number) for number in range(65)))

    assert "at most 64" in str(error)


def test_a_file_of_unreasonable_size_is_refused_unread(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD + "#" * 300_000)

    assert "at most 256 KiB" in str(error)


@pytest.mark.parametrize("text", ["[cluster", "name = \n", "a = [" + "[" * 5000])
def test_a_file_that_is_not_toml_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    error = refusal(tmp_path, text)

    assert "TOML" in str(error) or "nested" in str(error)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "hosts.toml"
    path.write_bytes(b"name = \xff\xfe")

    with pytest.raises(ClusterFileError, match="not UTF-8"):
        load(path)


def test_a_missing_file_is_said_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ClusterFileError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


def test_the_lab_s_second_file_reaches_every_node_by_ssh_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, folders = make_plan(2), LabFolders()
    lab_is_up(tmp_path, monkeypatch, plan)
    file = load(write(tmp_path, render_hosts_file(plan, folders, over_ssh=True)))

    uris = [uri for host in file.hosts for uri in (host.uri, host.peer_uri)]
    assert all(uri.startswith("qemu+ssh://root@10.90.0.") for uri in uris)
    assert "from-station" in file.hosts[0].uri
    assert "from-node" in file.hosts[0].peer_uri
