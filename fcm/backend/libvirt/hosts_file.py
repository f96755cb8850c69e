"""The hosts file: which hosts form the cluster, how to reach them, over which networks."""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fcm.backend.base import BackendError
from fcm.backend.toml_text import line_of
from fcm.model.entities import NetworkRole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LARGEST = 256 * 1024
"""bytes of a hosts file; larger ones are refused unread."""
MOST_HOSTS = 64

_ROLES = {
    "none": NetworkRole.NONE,
    "internal": NetworkRole.INTERNAL,
    "internal-and-client": NetworkRole.INTERNAL_AND_CLIENT,
}
_SAFE_SCHEMES = ("qemu+ssh", "qemu+tls", "qemu")
_LAB_SCHEMES = ("qemu+tcp", "qemu+unix")


class HostsFileError(BackendError):
    """The hosts file cannot be used; file, line, reason."""


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
        HostsFileError: it cannot be read or is wrong; the message names file, line and reason.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise HostsFileError(f"{path}: a hosts file has at most {LARGEST // 1024} KiB.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise HostsFileError(f"{path}: {error.strerror or error}. Give the path of a hosts file.") from error
    except UnicodeDecodeError as error:
        raise HostsFileError(f"{path}: the file is not UTF-8 text (byte {error.start}).") from error
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise HostsFileError(f"{path}: not valid TOML: {error}") from error
    return _Reader(path, text).read(data)


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def fail(self, reason: str, table: str, index: int = 0, key: str | None = None) -> HostsFileError:
        line = line_of(self.text, table, index, key)
        where = f"{self.path}, line {line}" if line else str(self.path)
        return HostsFileError(f"{where}: {reason}")

    def read(self, data: dict[str, Any]) -> HostsFile:
        self.known(data, ("cluster", "network", "node", "lab"), "", 0)
        cluster = self.table(data.get("cluster"), "cluster")
        self.known(cluster, ("name",), "cluster", 0)
        lab = self.table(data.get("lab", {}), "lab")
        self.known(lab, ("tcp", "same_file_system", "client_namespace"), "lab", 0)
        is_lab = self.flag(lab, "tcp")
        networks = tuple(self.network(item, i) for i, item in enumerate(self.tables(data, "network")))
        hosts = tuple(self.host(item, i, networks, is_lab) for i, item in enumerate(self.tables(data, "node")))
        if len(hosts) > MOST_HOSTS:
            raise self.fail(f"{len(hosts)} nodes; a cluster has at most {MOST_HOSTS}.", "node", MOST_HOSTS)
        self.unique("network", (network.name for network in networks))
        self.unique("node", (host.name for host in hosts))
        for index, network in enumerate(networks):
            if not any(network.name in host.addresses for host in hosts):
                raise self.fail(f"no node has an address on the network {network.name!r}.", "network", index)
        name = self.text_of(cluster, "name", "cluster", 0)
        return HostsFile(self.path, name, networks, hosts, is_lab, self.flag(lab, "same_file_system"))

    def network(self, item: dict[str, Any], index: int) -> HostNetwork:
        where = ("network", index)
        self.known(item, ("name", "role", "subnet", "metric", "gateway", "bandwidth"), *where)
        role = item.get("role", "internal")
        if role not in _ROLES:
            raise self.fail(f"role is {role!r}; possible are {', '.join(_ROLES)}.", *where, "role")
        subnet = self.text_of(item, "subnet", *where)
        try:
            ipaddress.ip_network(subnet)
        except ValueError as error:
            raise self.fail(f"subnet {subnet!r} is not a network: {error}.", *where, "subnet") from error
        gateway = self.text_of(item, "gateway", *where) if "gateway" in item else None
        return HostNetwork(
            self.text_of(item, "name", *where),
            _ROLES[role],
            subnet,
            self.number(item, "metric", *where) if "metric" in item else None,
            gateway,
            self.number(item, "bandwidth", *where) if "bandwidth" in item else 125_000_000,
        )

    def host(self, item: dict[str, Any], index: int, networks: Iterable[HostNetwork], is_lab: bool) -> Host:
        where = ("node", index)
        self.known(item, ("name", "uri", "peer_uri", "storage", "bridges", "probe_namespace", "addresses"), *where)
        uri = self.uri(item, "uri", index, is_lab)
        addresses = self.table(item.get("addresses", {}), "node")
        names = {network.name for network in networks}
        for name, address in addresses.items():
            if name not in names:
                raise self.fail(f"there is no network {name!r} in this file.", *where, "addresses")
            try:
                ipaddress.ip_address(address)
            except ValueError as error:
                raise self.fail(f"{address!r} is not an address.", *where, "addresses") from error
        bridges = item.get("bridges", [])
        if not isinstance(bridges, list) or not all(isinstance(bridge, str) for bridge in bridges):
            raise self.fail("bridges must be a list of names.", *where, "bridges")
        namespace = self.text_of(item, "probe_namespace", *where) if "probe_namespace" in item else None
        if namespace is not None and not is_lab:
            raise self.fail("probe_namespace is possible only in the lab.", *where, "probe_namespace")
        return Host(
            self.text_of(item, "name", *where),
            uri,
            self.uri(item, "peer_uri", index, is_lab) if "peer_uri" in item else uri,
            dict(addresses),
            self.text_of(item, "storage", *where) if "storage" in item else None,
            tuple(bridges),
            namespace,
        )

    def uri(self, item: dict[str, Any], key: str, index: int, is_lab: bool) -> str:
        uri = self.text_of(item, key, "node", index)
        scheme = urlsplit(uri).scheme
        if scheme in _SAFE_SCHEMES or (is_lab and scheme in _LAB_SCHEMES):
            return uri
        if scheme in _LAB_SCHEMES:
            reason = f"{scheme} is neither encrypted nor authenticated; use qemu+ssh or qemu+tls."
            raise self.fail(reason, "node", index, key)
        raise self.fail(f"{uri!r} is not a URI of a libvirt host, such as qemu+ssh://host/system.", "node", index, key)

    # Checks of single values

    def known(self, item: dict[str, Any], keys: tuple[str, ...], table: str, index: int) -> None:
        for key in item:
            if key not in keys:
                raise self.fail(f"unknown key {key!r}; known are {', '.join(keys)}.", table, index, key)

    def table(self, value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fail(f"a table [{name}] is needed.", name)
        return value

    def tables(self, data: dict[str, Any], name: str) -> list[dict[str, Any]]:
        found = data.get(name, [])
        if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
            raise self.fail(f"at least one [[{name}]] is needed.", name)
        return found

    def text_of(self, item: dict[str, Any], key: str, table: str, index: int) -> str:
        value = item.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"{key} must be a text.", table, index, key if key in item else None)
        return value

    def number(self, item: dict[str, Any], key: str, table: str, index: int) -> int:
        value = item[key]
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self.fail(f"{key} must be a whole number above 0.", table, index, key)
        return value

    def flag(self, item: dict[str, Any], key: str) -> bool:
        value = item.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(f"{key} must be true or false.", "lab", 0, key)
        return value

    def unique(self, table: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name.casefold() in seen:
                raise self.fail(f"the name {name!r} is used twice.", table, index, "name")
            seen.add(name.casefold())
