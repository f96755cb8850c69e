"""What a check of the hosts reads of each, from connections that a test plays."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt.configuration import check
from fcm.backend.libvirt.configuration.hosts_file import Host, HostNetwork, HostsFile
from fcm.model.entities import NetworkRole

if TYPE_CHECKING:
    from collections.abc import Iterator

CAPABILITIES = """<capabilities><host><uuid>1b2c</uuid><cpu><vendor>AMD</vendor><model>EPYC</model></cpu></host>
</capabilities>"""


class RefusalError(Exception):
    def get_error_code(self) -> int | None:
        return None

    def get_error_domain(self) -> int:
        return 0


class Domain:
    def __init__(self, *bridges: str, gone: bool = False) -> None:
        self._bridges, self._gone = bridges, gone

    def XMLDesc(self, _flags: int) -> str:
        if self._gone:
            raise RefusalError("Domain not found")
        sources = "".join(f"<interface><source bridge='{name}'/></interface>" for name in self._bridges)
        return f"<domain><devices>{sources}<interface><source network='x'/></interface></devices></domain>"


class Pool:
    def __init__(self) -> None:
        self.fresh = False

    def refresh(self) -> None:
        self.fresh = True

    def listVolumes(self) -> list[str]:
        return ["web.raw"] if self.fresh else ["as it was"]


class Connection:
    """A host; ``kinds`` are the ways in which it can run machines, ``pool`` the folder that is a storage pool."""

    def __init__(self, *domains: Domain, pool: str = "/srv/vm", kinds: tuple[str, ...] = ("kvm", "qemu")) -> None:
        self._domains, self._pool, self.kinds = list(domains), pool, kinds

    def getCapabilities(self) -> str:
        return CAPABILITIES

    def getHostname(self) -> str:
        return "alpha.example"

    def getLibVersion(self) -> int:
        return 9_000_001

    def getVersion(self) -> int:
        return 7_002_022

    def getInfo(self) -> list[Any]:
        return ["x86_64", 2048, 4]

    def listAllDomains(self) -> list[Domain]:
        return self._domains

    def storagePoolLookupByTargetPath(self, folder: str) -> Pool:
        if folder != self._pool:
            raise RefusalError("Storage pool not found")
        return Pool()


HOST = Host("alpha", "qemu:///system", "", {"Migration": "10.1.0.1"}, "/srv/vm", (), None)
MIGRATION = HostNetwork("Migration", NetworkRole.INTERNAL, "10.1.0.0/24", None, None, 125_000_000)


@pytest.fixture(autouse=True)
def _played(monkeypatch: pytest.MonkeyPatch) -> None:
    def features(connection: Connection, kind: str) -> frozenset[str]:
        if kind not in connection.kinds:
            raise RefusalError("invalid argument: KVM is not supported")
        return frozenset({f"of {kind}"})

    monkeypatch.setattr(check, "load_libvirt", lambda: SimpleNamespace(libvirtError=RefusalError))
    monkeypatch.setattr(check, "offered_features", features)
    monkeypatch.setattr(check, "_paths", lambda *_: {"Migration": "answered"})

    @contextmanager
    def running() -> Iterator[None]:
        yield

    monkeypatch.setattr(check, "EVENT_LOOP", SimpleNamespace(running=running))


def asked(monkeypatch: pytest.MonkeyPatch, host: Host, answer: Connection | RefusalError) -> check.HostFacts:
    closed: list[str] = []

    def connection() -> Connection:
        if isinstance(answer, RefusalError):
            raise answer
        return answer

    def connect(to: Host) -> SimpleNamespace:
        return SimpleNamespace(connection=connection, close=lambda: closed.append(to.name))

    monkeypatch.setattr(check, "HostConnection", connect)
    hosts = HostsFile(Path("hosts.toml"), "east", (MIGRATION,), (host,), is_lab=False, same_file_system=False)
    (facts,) = check.ask_hosts(hosts)
    assert closed == [host.name]
    return facts


def test_a_host_tells_who_it_is_what_it_has_and_what_runs_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = asked(monkeypatch, HOST, Connection(Domain("br0", "br1"), Domain("br0"), Domain(gone=True)))

    assert facts.answered
    assert (facts.hostname, facts.uuid, facts.processor) == ("alpha.example", "1b2c", "AMD EPYC")
    assert (facts.libvirt, facts.qemu) == ("9.0.1", "7.2.22")
    assert (facts.memory, facts.machines) == (2 << 30, 3)
    assert facts.features == {"kvm": frozenset({"of kvm"}), "qemu": frozenset({"of qemu"})}
    assert (facts.bridges, facts.files) == (frozenset({"br0", "br1"}), frozenset({"web.raw"}))
    assert (facts.paths, facts.addresses) == ({"Migration": "answered"}, {"Migration": "10.1.0.1"})
    assert 0.0 <= facts.duration < 60.0


def test_bridges_that_the_hosts_file_names_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host("alpha", "qemu:///system", "", {"Migration": "10.1.0.1"}, None, ("br7",), None)
    facts = asked(monkeypatch, host, Connection(Domain("br0")))
    assert facts.bridges == frozenset({"br7"})
    assert facts.files is None


def test_what_a_host_does_not_have_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = asked(monkeypatch, HOST, Connection(pool="/elsewhere", kinds=("qemu",)))
    assert facts.answered
    assert facts.features == {"qemu": frozenset({"of qemu"})}
    assert facts.files is None


def test_the_words_of_a_host_that_refuses_are_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = asked(monkeypatch, HOST, RefusalError("authentication failed: no key"))
    assert not facts.answered
    assert "authentication failed: no key" in facts.error
    assert facts.paths == {"Migration": "answered"}
