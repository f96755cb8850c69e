"""What is wrong with the hosts of a hosts file, found by asking each of them."""

from __future__ import annotations

import ipaddress
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.backend.libvirt.configuration.uris import (
    SSH,
    UriError,
    address_of,
    migration_uri,
    parse_host_uri,
    plain_address,
)
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.backend.libvirt.inventory import read_processor
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.paths.ssh_probe import probe_from
from fcm.backend.libvirt.processors import KINDS, offered_features
from fcm.model.rules.verdict import some
from fcm.model.validation.report import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fcm.backend.libvirt.configuration.hosts_file import Host, HostsFile
    from fcm.backend.libvirt.paths.probe import Answer

ANSWER_LIMIT = 10.0
"""s that a host may take for all questions."""

CATEGORY = "Hosts"


@dataclass
class HostFacts:
    """What one host said; fields of a host that did not respond are empty."""

    name: str
    error: str = ""
    """Why there is no answer."""
    remedy: str = ""
    duration: float = 0.0
    """s from the first question to the last answer."""
    uuid: str = ""
    hostname: str = ""
    """What the host calls itself."""
    libvirt: str = ""
    qemu: str = ""
    processor: str = ""
    features: dict[str, frozenset[str]] = field(default_factory=dict)
    """Kind of machine (kvm, qemu) -> processor features of the default emulator, as far as libvirt reports them."""
    memory: int = 0
    """bytes."""
    machines: int = 0
    bridges: frozenset[str] = frozenset()
    """Those its hosts file names, or those its machines are attached to."""
    files: frozenset[str] | None = None
    """Names in the shared storage; None where no storage pool of libvirt covers the folder."""
    paths: dict[str, str] = field(default_factory=dict)
    """Network name -> what TCP connects of the other hosts to this host's address on it found."""
    uri: str = ""
    """How it is reached."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Network name -> address, as the hosts file has them."""
    subnets: dict[str, str] = field(default_factory=dict)
    """Network name -> subnet, of the networks on which it has an address."""
    strays: tuple[str, ...] = ()
    """Its addresses that are not in the subnet of their network, in words."""
    tls_name: str | None = None
    """Name that encrypted migrations look for in its certificate; None: the address."""

    @property
    def answered(self) -> bool:
        """True if it answered all queries."""
        return not self.error


def ask_hosts(hosts: HostsFile, limit: float = ANSWER_LIMIT) -> tuple[HostFacts, ...]:
    """Ask all hosts at the same time; blocks ``limit`` s at most, however many hang."""
    found: dict[str, HostFacts] = {}
    with EVENT_LOOP.running():
        threads = [
            threading.Thread(target=_ask, args=(host, hosts, found), name=f"check-{host.name}", daemon=True)
            for host in hosts.hosts
        ]
        end = time.monotonic() + limit
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
    silent = f"No response within {limit:g} s."
    return tuple(
        found.get(host.name) or _facts(host, hosts, silent, "Check whether libvirtd on this host is hanging.")
        for host in hosts.hosts
    )


def _facts(host: Host, hosts: HostsFile, error: str = "", remedy: str = "") -> HostFacts:
    """What the hosts file says about a host."""
    return HostFacts(
        host.name,
        error,
        remedy,
        tls_name=host.tls_name,
        uri=host.uri,
        addresses=dict(host.addresses),
        subnets={network.name: network.subnet for network in hosts.networks if network.name in host.addresses},
        strays=tuple(_strays(host, hosts)),
    )


def _strays(host: Host, hosts: HostsFile) -> Iterator[str]:
    for network in hosts.networks:
        if network.name not in host.addresses:
            continue
        address = plain_address(host.addresses[network.name])
        subnet = ipaddress.ip_network(network.subnet, strict=False)
        if not address.is_link_local and (address not in subnet or _is_of_all(address, subnet)):
            yield f"{address} on {network.name} ({network.subnet})"


def _is_of_all(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, subnet: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    """Whether an address of a subnet is that of the subnet itself or of all in it."""
    ends = (subnet.network_address, subnet.broadcast_address)
    return subnet.version == 4 and subnet.prefixlen < 31 and address in ends


def _ask(host: Host, hosts: HostsFile, found: dict[str, HostFacts]) -> None:
    libvirt = load_libvirt()
    facts = _facts(host, hosts)
    start = time.monotonic()
    connection = HostConnection(host)
    try:
        _read(connection.connection(), host, facts)
    except libvirt.libvirtError as error:
        said = error_sentence(error, host.name)
        facts.error, facts.remedy = said.reason, said.remedy
    finally:
        connection.close()
    facts.paths = _paths(host, hosts)
    facts.duration = time.monotonic() - start
    found[host.name] = facts


_MOST_SOURCES = 8
"""Hosts of which the ways to one host are tried; of a larger cluster those that follow it in the hosts file."""


def _paths(host: Host, hosts: HostsFile) -> dict[str, str]:
    """Try the way from every other host to each address of this one, as a migration would take it."""
    at = hosts.hosts.index(host)
    others = (*hosts.hosts[at + 1 :], *hosts.hosts[:at])[:_MOST_SOURCES] or (host,)
    ways = [(network, source) for network in host.addresses for source in others]

    def tried(way: tuple[str, Host]) -> Answer:
        network, source = way
        return probe_from(source, address_of(migration_uri(host.addresses[network])))[0]

    found: dict[str, list[tuple[str, str]]] = {}
    with ThreadPoolExecutor(_MOST_SOURCES, thread_name_prefix=f"paths-{host.name}") as pool:
        for (network, source), answer in zip(ways, pool.map(tried, ways), strict=True):
            found.setdefault(network, []).append((source.name, "answered" if answer.reached else answer.text))
    return {network: _in_words(answers) for network, answers in found.items()}


def _in_words(answers: Sequence[tuple[str, str]]) -> str:
    """The word answered where all did, else what was found, and from where if not from all."""
    bad: dict[str, list[str]] = {}
    for source, text in answers:
        if text != "answered":
            bad.setdefault(text, []).append(source)
    if not bad:
        return "answered"
    if len(bad) == 1 and len(next(iter(bad.values()))) == len(answers):
        return next(iter(bad))
    return "; ".join(f"{text} from {', '.join(sources)}" for text, sources in bad.items())


def _read(connection: Any, host: Host, facts: HostFacts) -> None:
    libvirt = load_libvirt()
    capabilities = connection.getCapabilities()
    processor = read_processor(capabilities)
    facts.hostname = connection.getHostname()
    facts.uuid = ElementTree.fromstring(capabilities).findtext("host/uuid", "")
    facts.libvirt = _version(connection.getLibVersion())
    facts.qemu = _version(connection.getVersion())
    facts.processor = f"{processor.vendor} {processor.model}".strip()
    for kind in KINDS:
        with suppress(libvirt.libvirtError):  # no KVM there
            facts.features[kind] = offered_features(connection, kind)
    facts.memory = int(connection.getInfo()[1]) * 2**20
    domains = connection.listAllDomains()
    facts.machines = len(domains)
    facts.bridges = frozenset(host.bridges) or frozenset(_bridges_of(domains, libvirt.libvirtError))
    if host.storage is not None:
        facts.files = _files(connection, host.storage, libvirt.libvirtError)


def _version(number: int) -> str:
    return f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"


def _bridges_of(domains: Sequence[Any], error_type: type[Exception]) -> set[str]:
    found: set[str] = set()
    for domain in domains:
        try:
            xml = ElementTree.fromstring(domain.XMLDesc(0))
        except error_type:  # it vanished meanwhile
            continue
        found |= {source.get("bridge", "") for source in xml.iterfind("devices/interface/source")} - {""}
    return found


def _files(connection: Any, folder: str, error_type: type[Exception]) -> frozenset[str] | None:
    try:
        pool = connection.storagePoolLookupByTargetPath(folder)
        pool.refresh()
        return frozenset(pool.listVolumes())
    except error_type:  # no such pool, or a libvirt without its storage driver
        return None


def judge_hosts(facts: Sequence[HostFacts]) -> tuple[CheckResult, ...]:
    """What is wrong, host by host and between the hosts; one "pass" where nothing is."""
    answered = [fact for fact in facts if fact.answered]
    results = [_result("fail", f"{fact.name}: {fact.error}", fact.remedy) for fact in facts if not fact.answered]
    for fact in facts:
        dead = [f"{network} ({text})" for network, text in fact.paths.items() if text != "answered"]
        if dead and fact.answered:
            text = f"{fact.name} does not respond on {', '.join(dead)}."
            results.append(_result("fail", text, "Check the address, the cable and the firewall of that network."))
    results += _same_uri(facts)
    results += _same_addresses(facts)
    results += _outside(facts)
    results += _overlapping(facts)
    results += _same_uuid(answered)
    results += _differing(answered, "libvirt", lambda fact: fact.libvirt, "Update all hosts to the same version.")
    results += _differing(answered, "QEMU", lambda fact: fact.qemu, "Migrate only from older to newer versions.")
    results += _features(answered)
    results += _bridges(answered)
    results += _storage(answered)
    return tuple(results) or (
        _result(
            "pass", f"All {len(facts)} hosts respond and are compatible." if len(facts) != 1 else "The host responds."
        ),
    )


def _result(level: str, text: str, remedy: str = "") -> CheckResult:
    return CheckResult("Hosts", CATEGORY, level, text, remedy)


_ONCE = "List each host only once in the hosts file. Correct or remove one of them."


def _same_uri(facts: Sequence[HostFacts]) -> list[CheckResult]:
    by: dict[object, list[HostFacts]] = {}
    for fact in facts:
        try:
            parsed = parse_host_uri(fact.uri)
        except UriError:
            continue  # the hosts file is not read with such a one
        transport = "ssh" if parsed.transport in SSH else parsed.transport
        key = (transport, (parsed.host or "").casefold(), parsed.port, parsed.parameters.get("socket"))
        by.setdefault(key if fact.uri else fact.name, []).append(fact)
    return [
        _result("fail", f"{' and '.join(one.name for one in same)} have the same URI, {same[0].uri}.", _ONCE)
        for same in by.values()
        if len(same) > 1
    ]


def _same_addresses(facts: Sequence[HostFacts]) -> list[CheckResult]:
    by: dict[object, list[tuple[str, str]]] = {}
    for fact in facts:
        for network, text in fact.addresses.items():
            address = plain_address(text)
            # A link-local address means another machine on each link.
            by.setdefault((address, network if address.is_link_local else ""), []).append((fact.name, network))
    results = []
    for (address, _), places in by.items():  # type: ignore[misc]
        nodes = list(dict.fromkeys(name for name, _ in places))
        if len(nodes) > 1:
            networks = list(dict.fromkeys(network for _, network in places))
            where = f"on {networks[0]}" if len(networks) == 1 else f"({', '.join(f'{n} on {w}' for n, w in places)})"
            text = f"{' and '.join(nodes)} have the same address, {address}, {where}."
            remedy = "A migration could reach the wrong host. Give each node its own address in the hosts file."
            results.append(_result("fail", text, remedy))
    return results


def _outside(facts: Sequence[HostFacts]) -> list[CheckResult]:
    return [
        _result(
            "warn",
            f"{fact.name} has an address outside the subnet of its network: {'; '.join(fact.strays)}.",
            "Correct the address or the subnet in the hosts file.",
        )
        for fact in facts
        if fact.strays
    ]


def _overlapping(facts: Sequence[HostFacts]) -> list[CheckResult]:
    """Networks of which a host could take one for the other: it sends by the first route that fits."""
    subnets = {name: ipaddress.ip_network(text) for fact in facts for name, text in fact.subnets.items()}
    return [
        _result(
            "warn",
            f"The networks {first} ({subnets[first]}) and {second} ({subnets[second]}) overlap, so a migration "
            "over one network may use the links of the other.",
            "Give each network its own subnet.",
        )
        for first, second in combinations(subnets, 2)
        if not subnets[first].is_link_local and subnets[first].overlaps(subnets[second])
    ]


def _same_uuid(facts: Sequence[HostFacts]) -> list[CheckResult]:
    by: dict[str, list[HostFacts]] = {}
    for fact in facts:
        by.setdefault(fact.uuid, []).append(fact)
    results = []
    for same in by.values():
        names = " and ".join(fact.name for fact in same)
        if len(same) > 1 and same[0].hostname and len({fact.hostname for fact in same}) == 1:
            text = f"{names} are the same host: both report the host name {same[0].hostname} and the same host UUID."
            results.append(_result("fail", text, _ONCE))
        elif len(same) > 1:
            remedy = (
                "Set a unique host_uuid on each host, in /etc/libvirt/libvirtd.conf, or in virtqemud.conf where the "
                "daemons are modular."
            )
            results.append(
                _result("fail", f"{names} have the same host UUID. libvirt does not migrate between them.", remedy)
            )
    return results


def _differing(facts: Sequence[HostFacts], what: str, of: Callable[[HostFacts], str], remedy: str) -> list[CheckResult]:
    if len({of(fact) for fact in facts}) < 2:
        return []
    listed = ", ".join(f"{fact.name} {of(fact)}" for fact in facts)
    return [_result("warn", f"The versions of {what} differ: {listed}.", remedy)]


def _features(facts: Sequence[HostFacts]) -> list[CheckResult]:
    lacking = {fact.name: found for fact in facts if (found := _lacked(fact, facts))}
    models = {fact.processor for fact in facts}
    if len(models) < 2 and not lacking:
        return []
    parts = [f"{fact.name} {fact.processor}" for fact in facts] if len(models) > 1 else []
    parts += [f"{name} lacks {some(features, 8)}" for name, features in lacking.items()]
    text = f"The processors differ: {', '.join(parts)}."
    if lacking:
        names = " or ".join(lacking)
        text += f" A virtual machine that uses one of these features cannot be live migrated to {names}."
    remedy = (
        "For virtual machines that must run on all hosts, set a processor model that all hosts support while "
        "they are off (fcm hosts baseline)."
    )
    return [_result("warn", text, remedy)]


def _lacked(fact: HostFacts, facts: Sequence[HostFacts]) -> list[str]:
    """Processor features that another host offers the same kind of machine and this one does not, sorted."""
    found: set[str] = set()
    for kind, has in fact.features.items():
        found |= frozenset().union(*(other.features.get(kind, frozenset()) for other in facts)) - has
    return sorted(found)


def _bridges(facts: Sequence[HostFacts]) -> list[CheckResult]:
    named = [fact for fact in facts if fact.bridges]
    if len({fact.bridges for fact in named}) < 2:
        return []
    listed = "; ".join(f"{fact.name}: {', '.join(sorted(fact.bridges))}" for fact in named)
    return [_result("warn", f"The bridges differ ({listed}).", "Use the same bridge names on all hosts.")]


def _storage(facts: Sequence[HostFacts]) -> list[CheckResult]:
    known = {fact.name: fact.files for fact in facts if fact.files is not None}
    if len(set(known.values())) < 2:
        return []
    every: frozenset[str] = frozenset().union(*known.values())
    lacking = [f"{name} lacks {', '.join(sorted(every - files)[:3])}" for name, files in known.items() if every - files]
    text = f"The shared storage is not the same on all hosts: {'; '.join(lacking)}."
    return [_result("fail", text, "Mount the same storage on all hosts.")]
