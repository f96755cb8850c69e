"""The hosts file: which hosts form the cluster, how to reach them, over which networks."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.backend.libvirt.configuration.failover_keys import (
    Fencing,
    FencingOptions,
    Witness,
    read_fencing,
    read_login,
    read_options,
    read_witness,
)
from fcm.backend.libvirt.configuration.lab_record import LabNode, lab_clients, lab_nodes
from fcm.backend.libvirt.configuration.uris import (
    HostUri,
    SshLogin,
    UriError,
    is_address,
    is_of_one_host,
    parse_host_uri,
)
from fcm.backend.toml_lines import TomlLines
from fcm.backend.toml_table import ClusterFileError, Table, UntrustedFileError, read_table
from fcm.model.entities import NetworkRole
from fcm.model.rules.names import file_name, same
from fcm.text.textfile import HOSTS, TextFileError, parse_toml, whole_path
from fcm.text.words import is_visible, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MOST_HOSTS = 64
MOST_NETWORKS = 32
LEAST_TOKEN, MOST_TOKEN = 1000, 60_000
"""ms; below it, a busy host is taken for a lost one."""

_ROLES = {
    "none": NetworkRole.NONE,
    "internal": NetworkRole.INTERNAL,
    "internal-and-client": NetworkRole.INTERNAL_AND_CLIENT,
}
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
"""One part of a host name."""


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
    ssh: SshLogin | None = None
    """How commands are run on it; None: as its qemu+ssh URI, or the way into a node of the lab."""
    fencing: FencingOptions | None = None
    """What the fence agent is told for this node."""


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
    fencing: Fencing | None = None
    """How nodes are switched off; None: the file names no fencing device."""
    witness: Witness | None = None
    """The host with a vote in the quorum; None: there is none."""
    token: int | None = None
    """ms without an answer after which Corosync holds a node for lost; None: the default."""


def nobody(path: Path, digest: str) -> bool:
    """Nothing is allowed but what any file may do."""
    return False


def load(path: Path, allowed: Callable[[Path, str], bool] = nobody) -> HostsFile:
    """Read and check a hosts file.

    Args:
        path: of the file.
        allowed: whether the owner has allowed what a content (its SHA-256, hexadecimal) of a file asks for.

    Raises:
        UntrustedFileError: it asks for what only its owner may allow.
        ClusterFileError: it cannot be read or is wrong; the message names file, line and reason.
    """
    seen: list[str] = []
    top = read_table(path, HOSTS, seen.append)
    demands: list[tuple[Table, str]] = []
    hosts = _read(path, top, demands)
    digest = hashlib.sha256(seen[0].encode()).hexdigest()
    if demands and not allowed(whole_path(path), digest):
        first = demands[0][0].error("").line
        raise UntrustedFileError(path, first, list(dict.fromkeys(words for _, words in demands)), digest)
    return hosts


def read_hosts_text(path: Path, text: str) -> tuple[HostsFile, tuple[str, ...]]:
    """The hosts of a text that is, or will be, in a file, and what it asks its owner to allow; nothing is read.

    Raises:
        ClusterFileError: it is wrong; the message names the line and the reason.
    """
    try:
        values = parse_toml(text, path)
    except TextFileError as error:
        raise ClusterFileError(path, error.line, error.reason) from error
    demands: list[tuple[Table, str]] = []
    hosts = _read(path, Table(path, TomlLines(text), values), demands)
    return hosts, tuple(dict.fromkeys(words for _, words in demands))


def _read(path: Path, top: Table, demands: list[tuple[Table, str]]) -> HostsFile:
    cluster = top.table("cluster")
    name = _name(cluster, "cluster")
    cluster.optional("identity")
    token = cluster.whole("token", least=LEAST_TOKEN, most=MOST_TOKEN) if "token" in cluster else None
    cluster.end()
    is_lab = same_file_system = False
    if "lab" in top:
        lab = top.table("lab")
        is_lab = True
        lab.flag("tcp", default=False)
        same_file_system = lab.flag("same_file_system", default=False)
        lab.optional("client_namespace")
        lab.end()
    networks = tuple(_network(table) for table in _named(top, "network", MOST_NETWORKS, "networks"))
    nodes = _named(top, "node", MOST_HOSTS, "nodes")
    if is_lab:
        known = lab_nodes()
        hosts = tuple(_lab_host(table, networks, known, demands) for table in nodes)
    else:
        hosts = tuple(_host(table, networks, demands) for table in nodes)
    for index, network in enumerate(networks):
        if not any(network.name in host.addresses for host in hosts):
            raise top.error(f"No node has an address on the network {quoted(network.name)}.", "network", index)
    fencing = read_fencing(top, demands)
    for index, host in enumerate(hosts):
        if fencing is None and host.fencing is not None:
            reason = "The node has options for fencing, but the file has no [fencing] with the name of the fence agent"
            raise top.error(f"{reason}. Add it, or remove them.", "node", index, "fencing")
    witness = read_witness(top, lab_clients() if is_lab else None)
    top.end()
    return HostsFile(path, name, networks, hosts, is_lab, same_file_system, fencing, witness, token)


def _named(top: Table, key: str, most: int, what: str) -> list[Table]:
    """The tables of an array whose names are all different."""
    tables = top.tables(key, 1, most, what)
    seen: set[str] = set()
    for table in tables:
        name = _name(table, key)
        if same(name) in seen:
            raise table.error(f"The name {quoted(name)} is used twice.", "name")
        seen.add(same(name))
    return tables


def _name(table: Table, what: str) -> str:
    """The key ``name``: one that files could have, because exports are named after it."""
    name = table.text("name")
    verdict = file_name(name, what)
    if not verdict:
        raise table.error(verdict.sentence(), "name")
    if not is_visible(name):
        raise table.error(f"The name {quoted(name)} contains characters that cannot be seen. Remove them.", "name")
    return name


def _network(table: Table) -> HostNetwork:
    table.subnet("subnet")
    gateway = table.optional("gateway")
    if gateway is not None and not is_address(gateway):
        raise table.error(f"{quoted(gateway)} is not an address.", "gateway")
    role = table.text("role") if "role" in table else "internal"
    if role not in _ROLES:
        raise table.error(f"'role' is {quoted(role)}; it must be one of: {', '.join(_ROLES)}.", "role")
    network = HostNetwork(
        table.text("name"),
        _ROLES[role],
        table.text("subnet"),
        table.whole("metric", least=1, most=65535) if "metric" in table else None,
        gateway,
        table.whole("bandwidth", default=125_000_000, least=1),
    )
    table.end()
    return network


def _host(table: Table, networks: Iterable[HostNetwork], demands: list[tuple[Table, str]]) -> Host:
    uri = _uri(table, "uri")
    peer_uri = _uri(table, "peer_uri") if "peer_uri" in table else uri
    demands += [(table, words) for words in uri.demands()]
    if "probe_namespace" in table:
        raise table.error("'probe_namespace' is allowed only in the lab.", "probe_namespace")
    if peer_uri.host is not None:  # with this computer alone there is no one to migrate to
        demands += [(table, words) for words in peer_uri.demands(here=False)]
    return _described(table, networks, uri.text, peer_uri.text, demands)


def _lab_host(
    table: Table, networks: Iterable[HostNetwork], known: Iterable[LabNode], demands: list[tuple[Table, str]]
) -> Host:
    """A node of a lab: one that a lab which is up on this machine has, word for word."""
    if "ssh" in table:
        raise table.error("'ssh' is not allowed in the lab. fcm reaches its nodes without it.", "ssh")
    uri = table.text("uri")
    host = _described(table, networks, uri, table.text("peer_uri") if "peer_uri" in table else uri, demands)
    if LabNode(host.uri, host.peer_uri, host.probe_namespace or "", host.storage or "") not in known:
        reason = (
            f"No running lab on this computer has the node {quoted(host.name)}. Only files created by 'fcm lab up' "
            "may contain [lab]. For other hosts, remove [lab]."
        )
        raise table.error(reason, "uri")
    return host


def _described(
    table: Table, networks: Iterable[HostNetwork], uri: str, peer_uri: str, demands: list[tuple[Table, str]]
) -> Host:
    host = Host(
        table.text("name"),
        uri,
        peer_uri,
        _addresses(table, {network.name for network in networks}),
        table.optional("storage"),
        table.texts("bridges", default=()),
        table.optional("probe_namespace"),
        _tls_name(table),
        read_login(table),
        read_options(table.table("fencing"), demands) if "fencing" in table else None,
    )
    for key in ("storage", "bridges"):
        for text in (host.storage or "",) if key == "storage" else host.bridges:
            if not text.isprintable():
                raise table.error(f"{quoted(key)} contains control characters. Remove them.", key)
    if host.storage is not None and not (host.storage.startswith("/") and ".." not in host.storage.split("/")):
        # No disk lies below "~/vm", so no machine would be highly available.
        reason = "it must be the whole path of a folder on the hosts, such as /srv/vm, without .."
        raise table.error(f"'storage' is {quoted(host.storage)}; {reason}.", "storage")
    table.end()
    return host


def _tls_name(table: Table) -> str | None:
    """A host name (RFC 1123, 2.1; no wildcard: it is the name that is looked for) or an address."""
    if "tls_name" not in table:
        return None
    name = table.text("tls_name")
    labels = name.split(".")
    is_name = len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    if not is_address(name) and not is_name:
        reason = f"'tls_name' is {quoted(name)}; it must be the host name or the address in this node's certificate."
        raise table.error(reason, "tls_name")
    return name


def _addresses(table: Table, networks: set[str]) -> dict[str, str]:
    """Network name -> address."""
    if "addresses" not in table:
        raise table.error("The node has no addresses. Add an address for each live migration network.")
    addresses = table.table("addresses")
    found = {}
    for name in addresses.keys():  # noqa: SIM118 (a Table is no mapping)
        if name not in networks:
            raise addresses.error(f"There is no network {quoted(name)} in this file.", name)
        found[name] = addresses.text(name)
        if not is_address(found[name]):
            raise addresses.error(f"{quoted(found[name])} is not an address.", name)
        if not is_of_one_host(found[name]):
            reason = "does not lead to one host: it is loopback, unspecified, multicast or broadcast"
            raise addresses.error(f"{quoted(found[name])} {reason}. Use the address of this node.", name)
    return found


def _uri(table: Table, key: str) -> HostUri:
    try:
        uri = parse_host_uri(table.text(key))
    except UriError as error:
        raise table.error(str(error), key) from error
    if uri.transport == "tcp":
        raise table.error("qemu+tcp is neither encrypted nor authenticated; use qemu+ssh or qemu+tls.", key)
    return uri
