"""The first and the last value of a hosts file that are taken, beside the ones that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.libvirt.configuration.uris import UriError, parse_host_uri, parse_ssh_login
from fcm.backend.toml_table import ClusterFileError
from fcm.model.entities import NetworkRole

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
[cluster]
name = "east"
[[network]]
name = "Migration"
subnet = "10.1.0.0/24"
{network}
[[node]]
name = "alpha"
uri = "qemu+ssh://alpha/system"
{node}
addresses = {{ Migration = "10.1.0.1" }}
"""


def read(folder: Path, network: str = "", node: str = "") -> tuple[object, ...]:
    path = folder / "hosts.toml"
    path.write_text(FILE.format(network=network, node=node), encoding="utf-8")
    hosts = load(path)
    (found,), (host,) = hosts.networks, hosts.hosts
    return found.metric, found.bandwidth, found.role, host.storage, host.bridges, host.tls_name


@pytest.mark.parametrize(
    ("key", "least", "most"), [("metric", 1, 65_535), ("bandwidth", 1, 2**62)], ids=["metric", "bandwidth"]
)
def test_a_number_of_a_network_is_taken_up_to_its_bounds_and_not_beyond(
    tmp_path: Path, key: str, least: int, most: int
) -> None:
    for value in (least, most):
        assert value in read(tmp_path, f"{key} = {value}")[:2]
    for value in (least - 1, most + 1):
        with pytest.raises(ClusterFileError, match=f"'{key}' is {value}; it must be {least} to {most}"):
            read(tmp_path, f"{key} = {value}")


def test_a_network_is_internal_with_a_gigabit_and_an_automatic_metric_unless_the_file_says_otherwise(
    tmp_path: Path,
) -> None:
    assert read(tmp_path)[:3] == (None, 125_000_000, NetworkRole.INTERNAL)


@pytest.mark.parametrize("name", ["a" * 63, ".".join(["a" * 61] * 4) + ".aaaaa", "x1.example", "10.1.0.1"])
def test_the_longest_name_that_a_certificate_can_have_is_taken(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, node=f'tls_name = "{name}"')[-1] == name


@pytest.mark.parametrize("name", ["a" * 64, ".".join(["a" * 61] * 4) + ".aaaaaa", "example.10", "*.example", "a..b"])
def test_a_name_that_no_certificate_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ClusterFileError, match="'tls_name' is"):
        read(tmp_path, node=f'tls_name = "{name}"')


@pytest.mark.parametrize("folder", ["vm", "~/vm", "/srv/../vm", "/srv/vm/.."])
def test_storage_is_a_whole_path_that_stays_below_itself(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ClusterFileError, match="'storage' is"):
        read(tmp_path, node=f'storage = "{folder}"')
    assert read(tmp_path, node='storage = "/srv/vm..old"')[3] == "/srv/vm..old"


@pytest.mark.parametrize("key", ["storage", "bridges"])
def test_control_characters_are_refused_wherever_a_host_is_described(tmp_path: Path, key: str) -> None:
    value = '"/srv/\\u0007"' if key == "storage" else '["br0", "br\\u0007"]'
    with pytest.raises(ClusterFileError, match=f"'{key}' contains control characters"):
        read(tmp_path, node=f"{key} = {value}")


@pytest.mark.parametrize("letter", "/?#%")
def test_a_login_has_no_letter_that_divides_a_uri(letter: str) -> None:
    with pytest.raises(UriError, match="is not a login for ssh"):
        parse_ssh_login(f"root@al{letter}pha")


@pytest.mark.parametrize("place", ["a:b:22", "fd00::1", "alpha::22"])
def test_an_address_with_several_colons_needs_brackets(place: str) -> None:
    with pytest.raises(UriError, match="has several colons"):
        parse_host_uri(f"qemu+ssh://{place}/system")


@pytest.mark.parametrize(("port", "taken"), [("1", True), ("65535", True), ("0", False), ("65536", False)])
def test_a_port_is_between_1_and_65535(port: str, taken: bool) -> None:
    text = f"qemu+ssh://alpha:{port}/system"
    if taken:
        assert parse_host_uri(text).port == int(port)
    else:
        with pytest.raises(UriError, match="is not a valid port"):
            parse_host_uri(text)


def test_a_uri_may_be_so_long_and_no_longer() -> None:
    """One that a person types is shorter by far; a file of strangers may hold anything."""
    for length, good in ((4096, True), (4097, False)):
        first = f"qemu+ssh://h/system?netcat=/{'n' * 1000}&keyfile=/"
        uri = first + "k" * (length - len(first))
        if good:
            assert parse_host_uri(uri).host == "h"
        else:
            with pytest.raises(UriError, match="is not the URI of a libvirt host"):
                parse_host_uri(uri)
