"""What is wrong with the hosts of a hosts file, found by asking each of them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.errors import sentence
from fcm.backend.libvirt.inventory import read_processor
from fcm.backend.libvirt.lane import EventLoop, load_libvirt
from fcm.backend.libvirt.ssh_probe import probe_from
from fcm.model.entities import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.libvirt.hosts_file import Host, HostsFile

ANSWER_LIMIT = 10.0
"""s that a host may take for all questions."""

CATEGORY = "Hosts"


@dataclass
class HostFacts:
    """What one host said; fields of a host that did not answer are empty."""

    name: str
    error: str = ""
    """Why there is no answer."""
    remedy: str = ""
    duration: float = 0.0
    """s from the first question to the last answer."""
    uuid: str = ""
    libvirt: str = ""
    qemu: str = ""
    processor: str = ""
    features: frozenset[str] = frozenset()
    memory: int = 0
    """bytes."""
    machines: int = 0
    bridges: frozenset[str] = frozenset()
    """Those its hosts file names, or those its machines are attached to."""
    files: frozenset[str] | None = None
    """Names in the shared storage; None where no storage pool of libvirt covers the folder."""
    paths: dict[str, str] = field(default_factory=dict)
    """Network name -> what a TCP connect to this host's address on it found."""
    tls_name: str | None = None
    """Name that encrypted migrations look for in its certificate; None: the address."""

    @property
    def answered(self) -> bool:
        """True if it told everything asked."""
        return not self.error


def ask_hosts(hosts: HostsFile, limit: float = ANSWER_LIMIT) -> tuple[HostFacts, ...]:
    """Ask all hosts at the same time; blocks ``limit`` s at most, however many hang."""
    found: dict[str, HostFacts] = {}
    with EventLoop.running():
        threads = [
            threading.Thread(target=_ask, args=(host, hosts, found), name=f"check-{host.name}", daemon=True)
            for host in hosts.hosts
        ]
        end = time.monotonic() + limit
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
    silent = f"No answer within {limit:g} s."
    return tuple(
        found.get(host.name) or HostFacts(host.name, silent, "Check its libvirtd; it may hang.", tls_name=host.tls_name)
        for host in hosts.hosts
    )


def _ask(host: Host, hosts: HostsFile, found: dict[str, HostFacts]) -> None:
    libvirt = load_libvirt()
    facts = HostFacts(host.name, tls_name=host.tls_name)
    start = time.monotonic()
    connection = HostConnection(host)
    try:
        _read(connection.connection(), host, facts)
    except libvirt.libvirtError as error:
        said = sentence(error.get_error_code() or 0, str(error), host.name)
        facts.error, facts.remedy = said.reason, said.remedy
    finally:
        connection.close()
    source = next((other for other in hosts.hosts if other is not host), host)
    for network, address in host.addresses.items():
        facts.paths[network] = probe_from(source, address)[0].text
    facts.duration = time.monotonic() - start
    found[host.name] = facts


def _read(connection: Any, host: Host, facts: HostFacts) -> None:
    libvirt = load_libvirt()
    capabilities = connection.getCapabilities()
    processor = read_processor(capabilities)
    facts.uuid = ElementTree.fromstring(capabilities).findtext("host/uuid", "")
    facts.libvirt = _version(connection.getLibVersion())
    facts.qemu = _version(connection.getVersion())
    facts.processor, facts.features = f"{processor.vendor} {processor.model}".strip(), processor.features
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
            text = f"{fact.name} does not answer on {', '.join(dead)}."
            results.append(_result("fail", text, "Check the address, the cable and the firewall of that network."))
    results += _same_uuid(answered)
    results += _differing(answered, "libvirt", lambda fact: fact.libvirt, "Update the hosts to one version.")
    results += _differing(answered, "QEMU", lambda fact: fact.qemu, "Migrate from older to newer versions only.")
    results += _features(answered)
    results += _bridges(answered)
    results += _storage(answered)
    return tuple(results) or (_result("pass", f"All {len(facts)} hosts answer and fit together."),)


def _result(level: str, text: str, remedy: str = "") -> CheckResult:
    return CheckResult("Hosts", CATEGORY, level, text, remedy)


def _same_uuid(facts: Sequence[HostFacts]) -> list[CheckResult]:
    by: dict[str, list[str]] = {}
    for fact in facts:
        by.setdefault(fact.uuid, []).append(fact.name)
    remedy = "Set a host_uuid of its own in /etc/libvirt/libvirtd.conf of each."
    return [
        _result("fail", f"{' and '.join(names)} have the same host uuid; libvirt refuses to migrate.", remedy)
        for names in by.values()
        if len(names) > 1
    ]


def _differing(facts: Sequence[HostFacts], what: str, of: Callable[[HostFacts], str], remedy: str) -> list[CheckResult]:
    if len({of(fact) for fact in facts}) < 2:
        return []
    listed = ", ".join(f"{fact.name} {of(fact)}" for fact in facts)
    return [_result("warn", f"The versions of {what} differ: {listed}.", remedy)]


def _features(facts: Sequence[HostFacts]) -> list[CheckResult]:
    models = {fact.processor for fact in facts}
    if len(models) < 2:
        return []
    listed = ", ".join(f"{fact.name} {fact.processor}" for fact in facts)
    remedy = "Give machines that shall run on all of them a processor model that all have."
    return [_result("warn", f"The processors differ: {listed}.", remedy)]


def _bridges(facts: Sequence[HostFacts]) -> list[CheckResult]:
    named = [fact for fact in facts if fact.bridges]
    if len({fact.bridges for fact in named}) < 2:
        return []
    listed = "; ".join(f"{fact.name}: {', '.join(sorted(fact.bridges))}" for fact in named)
    return [_result("warn", f"Bridges differ ({listed}).", "Give bridges the same name on all hosts.")]


def _storage(facts: Sequence[HostFacts]) -> list[CheckResult]:
    known = {fact.name: fact.files for fact in facts if fact.files is not None}
    if len(set(known.values())) < 2:
        return []
    every: frozenset[str] = frozenset().union(*known.values())
    lacking = [f"{name} lacks {', '.join(sorted(every - files)[:3])}" for name, files in known.items() if every - files]
    text = f"The shared storage is not the same on all hosts: {'; '.join(lacking)}."
    return [_result("fail", text, "Mount the same storage on all hosts.")]
