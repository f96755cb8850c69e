"""The hosts file: which hosts form the cluster, how to reach them, over which networks."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fcm.backend.toml_table import Table, read_table
from fcm.model.entities import NetworkRole
from fcm.textfile import HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_HOSTS = 64
MOST_NETWORKS = 32

_ROLES = {
    "none": NetworkRole.NONE,
    "internal": NetworkRole.INTERNAL,
    "internal-and-client": NetworkRole.INTERNAL_AND_CLIENT,
}
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
"""One part of a host name."""
_SAFE_SCHEMES = ("qemu+ssh", "qemu+tls", "qemu")
_LAB_SCHEMES = ("qemu+tcp", "qemu+unix")


@dataclass(frozen=True, slots=True)
class HostNetwork:
    """A network of the hosts file."""

    name: str
    role: NetworkRole
    subnet: str
    metric: int | None
    gateway: str | None
    bandwidth: int
    """bytes/s."""


@dataclass(frozen=True, slots=True)
class Host:
    """A libvirt host."""

    name: str
    uri: str
    """How this program reaches its libvirtd."""
    peer_uri: str
    """How the other hosts reach it."""
    addresses: dict[str, str]
    """Network name -> address."""
    storage: str | None
    """Folder of the shared storage."""
    bridges: tuple[str, ...]
    """Bridges that machines may be attached to; empty: assumed to be the same on all hosts."""
    probe_namespace: str | None
    """Network namespace of the host on this machine (lab only)."""
    tls_name: str | None = None
    """Name in the certificate with which its QEMU takes encrypted migrations; None: it names the addresses."""


@dataclass(frozen=True, slots=True)
class HostsFile:
    """A whole hosts file."""

    path: Path
    name: str
    networks: tuple[HostNetwork, ...]
    hosts: tuple[Host, ...]
    is_lab: bool
    same_file_system: bool
    """The shared folder is one file system although libvirt cannot know it (lab only)."""


def load(path: Path) -> HostsFile:
    """Read and check a hosts file.

    Raises:
        ClusterFileError: it cannot be read or is wrong; the message names file, line and reason.
    """
    top = read_table(path, HOSTS)
    cluster = top.table("cluster")
    name = cluster.text("name")
    cluster.end()
    is_lab = same_file_system = False
    if "lab" in top:
        lab = top.table("lab")
        is_lab = lab.flag("tcp", default=False)
        same_file_system = lab.flag("same_file_system", default=False)
        lab.optional("client_namespace")
        lab.end()
    networks = tuple(_network(table) for table in _named(top, "network", MOST_NETWORKS, "networks"))
    hosts = tuple(_host(table, networks, is_lab) for table in _named(top, "node", MOST_HOSTS, "nodes"))
    for index, network in enumerate(networks):
        if not any(network.name in host.addresses for host in hosts):
            raise top.error(f"No node has an address on the network {network.name!r}.", "network", index)
    top.end()
    return HostsFile(path, name, networks, hosts, is_lab, same_file_system)


def _named(top: Table, key: str, most: int, what: str) -> list[Table]:
    """The tables of an array whose names are all different."""
    tables = top.tables(key, 1, most, what)
    seen: set[str] = set()
    for table in tables:
        name = table.text("name")
        if name.casefold() in seen:
            raise table.error(f"The name {name!r} is used twice.", "name")
        seen.add(name.casefold())
    return tables


def _network(table: Table) -> HostNetwork:
    subnet = table.text("subnet")
    try:
        ipaddress.ip_network(subnet)
    except ValueError as error:
        raise table.error(f"{subnet!r} is not a subnet: {error}.", "subnet") from error
    role = table.text("role") if "role" in table else "internal"
    if role not in _ROLES:
        raise table.error(f"'role' is {role!r}; it must be one of: {', '.join(_ROLES)}.", "role")
    network = HostNetwork(
        table.text("name"),
        _ROLES[role],
        subnet,
        table.whole("metric", least=1, most=65535) if "metric" in table else None,
        table.optional("gateway"),
        table.whole("bandwidth", default=125_000_000, least=1),
    )
    table.end()
    return network


def _host(table: Table, networks: Iterable[HostNetwork], is_lab: bool) -> Host:
    uri = _uri(table, "uri", is_lab)
    host = Host(
        table.text("name"),
        uri,
        _uri(table, "peer_uri", is_lab) if "peer_uri" in table else uri,
        _addresses(table, {network.name for network in networks}),
        table.optional("storage"),
        table.texts("bridges", default=()),
        table.optional("probe_namespace"),
        _tls_name(table),
    )
    if host.probe_namespace is not None and not is_lab:
        raise table.error("'probe_namespace' is possible only in the lab.", "probe_namespace")
    table.end()
    return host


def _tls_name(table: Table) -> str | None:
    """A host name (RFC 1123, 2.1; no wildcard: it is the name that is looked for) or an address."""
    if "tls_name" not in table:
        return None
    name = table.text("tls_name")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
            reason = f"'tls_name' is {name!r}; it must be the host name or the address in this node's certificate."
            raise table.error(reason, "tls_name") from None
    return name


def _addresses(table: Table, networks: set[str]) -> dict[str, str]:
    """Network name -> address."""
    if "addresses" not in table:
        raise table.error("The node has no addresses; live migration needs one on each network it may use.")
    addresses = table.table("addresses")
    found = {}
    for name in addresses.keys():  # noqa: SIM118 (a Table is no mapping)
        if name not in networks:
            raise addresses.error(f"There is no network {name!r} in this file.", name)
        found[name] = addresses.text(name)
        try:
            ipaddress.ip_address(found[name])
        except ValueError as error:
            raise addresses.error(f"{found[name]!r} is not an address.", name) from error
    return found


def _uri(table: Table, key: str, is_lab: bool) -> str:
    uri = table.text(key)
    scheme = urlsplit(uri).scheme
    if scheme in _SAFE_SCHEMES or (is_lab and scheme in _LAB_SCHEMES):
        return uri
    if scheme in _LAB_SCHEMES:
        raise table.error(f"{scheme} is neither encrypted nor authenticated; use qemu+ssh or qemu+tls.", key)
    raise table.error(f"{uri!r} is not the URI of a libvirt host, such as qemu+ssh://host/system.", key)
