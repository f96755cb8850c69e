"""A host's connection: its events make it be asked again, its completed jobs are kept; libvirt made by hand."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.connection import HostConnection
from fcm.backend.libvirt.inventory import HostReport
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB_COMPLETED, LIFECYCLE = "JOB_COMPLETED", "LIFECYCLE"
RUNNING = 1


class Domain:
    bridge = "br0"

    def UUIDString(self) -> str:
        return "uuid-1"

    def name(self) -> str:
        return "web"

    def XMLDesc(self, _flags: int) -> str:
        return f"<domain><devices><interface><source bridge='{self.bridge}'/></interface></devices></domain>"


class Connection:
    """A host with one machine, which can be let tell events."""

    def __init__(self) -> None:
        self.domain = Domain()
        self.callbacks: dict[int, tuple[str, Any]] = {}
        self.closed: Any = None
        self.alive = True

    def setKeepAlive(self, *_: int) -> None:
        pass

    def getCapabilities(self) -> str:
        return "<capabilities><host><cpu><model>EPYC</model></cpu></host></capabilities>"

    def getInfo(self) -> list[Any]:
        return ["x86_64", 1024, 4]

    def getVersion(self) -> int:
        return 7_002_022

    def getLibVersion(self) -> int:
        return 9_000_000

    def getMemoryStats(self, _cell: int) -> dict[str, int]:
        return {"total": 1 << 20}

    def isAlive(self) -> bool:
        return self.alive

    def registerCloseCallback(self, callback: Any, _opaque: Any) -> None:
        self.closed = callback

    def unregisterCloseCallback(self) -> None:
        self.closed = None

    def domainEventRegisterAny(self, _domain: None, kind: str, callback: Any, _opaque: Any) -> int:
        number = len(self.callbacks) + 1
        self.callbacks[number] = (kind, callback)
        return number

    def domainEventDeregisterAny(self, number: int) -> None:
        del self.callbacks[number]

    def listAllDomains(self, _which: int = 0) -> list[Domain]:
        return []

    def getAllDomainStats(self, *_: int) -> list[tuple[Domain, dict[str, int]]]:
        return [(self.domain, {"state.state": RUNNING, "balloon.maximum": 1024, "vcpu.maximum": 1})]

    def close(self) -> None:
        self.alive = False

    def tell(self, kind: str, *details: Any) -> None:
        """Let an event happen."""
        for known, callback in tuple(self.callbacks.values()):
            if known == kind:
                callback(self, self.domain, *details, None)


class Libvirt(SimpleNamespace):
    """The module, every constant of which is its own name's end."""

    libvirtError = OSError

    def __getattr__(self, name: str) -> Any:
        return name.removeprefix("VIR_DOMAIN_EVENT_ID_") if name.startswith("VIR_DOMAIN_EVENT") else 0


@pytest.fixture
def told() -> threading.Event:
    return threading.Event()


@pytest.fixture
def far() -> Connection:
    return Connection()


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, told: threading.Event, far: Connection) -> Iterator[HostConnection]:
    module = Libvirt(open=lambda _uri: far)
    monkeypatch.setattr("fcm.backend.libvirt.connection.load_libvirt", lambda: module)
    made = HostConnection(Host("alpha", "qemu:///system", "", {}, None, (), None), told.set)
    yield made
    made.close()


def read(host: HostConnection) -> HostReport:
    """What the host says when it is asked in its lane."""
    answers: list[HostReport | str] = []
    over = threading.Event()

    def take(report: HostReport | str) -> None:
        answers.append(report)
        over.set()

    host.poll(take)
    assert over.wait(stretched(PATIENCE))
    (report,) = answers
    assert isinstance(report, HostReport), report
    return report


def test_an_event_asks_for_a_new_look_and_only_then_is_the_definition_read_again(
    host: HostConnection, far: Connection, told: threading.Event
) -> None:
    assert read(host).machines[0].bridge == "br0"
    far.domain.bridge = "br1"
    assert read(host).machines[0].bridge == "br0"
    assert not host.changed.is_set()

    far.tell(LIFECYCLE, 0, 0)
    assert host.changed.is_set()
    assert told.is_set()
    assert read(host).machines[0].bridge == "br1"


def test_a_connection_that_breaks_is_told_at_once(host: HostConnection, far: Connection, told: threading.Event) -> None:
    read(host)
    far.closed(far, 1, None)
    assert told.is_set()
    assert host.changed.is_set()


def test_the_figures_of_a_completed_job_are_kept_for_who_asks_once(host: HostConnection, far: Connection) -> None:
    read(host)
    far.tell(JOB_COMPLETED, {"memory_processed": 7})
    host.forget_completed("uuid-1")
    assert host.completed_job("uuid-1", 0.0) is None

    far.tell(JOB_COMPLETED, {"memory_processed": 8})
    assert host.completed_job("uuid-1", 0.0) == {"memory_processed": 8}
    assert host.completed_job("uuid-1", 0.0) is None


def test_a_connection_is_let_go_without_any_callback_left_on_it(host: HostConnection, far: Connection) -> None:
    read(host)
    assert far.callbacks
    host.close()
    assert far.callbacks == {}
    assert far.closed is None
    assert not far.alive


class RefusalError(OSError):
    """An error of libvirt."""

    def get_error_code(self) -> int | None:
        return None

    def get_error_domain(self) -> int:
        return 0


def test_a_host_that_refuses_is_told_in_its_own_words_and_asked_anew(host: HostConnection, far: Connection) -> None:
    assert isinstance(reported(host), HostReport)

    def refused(*_: int) -> None:
        raise RefusalError("the daemon is restarting")

    far.getAllDomainStats = refused  # type: ignore[method-assign, assignment]
    assert "the daemon is restarting" in str(reported(host))
    assert far.callbacks == {}, "the connection was let go"

    del far.getAllDomainStats  # type: ignore[method-assign]
    assert isinstance(reported(host), HostReport)
    assert far.callbacks


def reported(host: HostConnection) -> HostReport | str:
    answers: list[HostReport | str] = []
    over = threading.Event()
    host.poll(lambda report: (answers.append(report), over.set()))  # type: ignore[arg-type, return-value]
    assert over.wait(stretched(PATIENCE))
    return answers[0]


def test_a_domain_is_found_by_its_uuid_alone(host: HostConnection, far: Connection) -> None:
    other = Domain()
    other.UUIDString = lambda: "uuid-2"  # type: ignore[method-assign]
    far.listAllDomains = lambda: [other, far.domain]  # type: ignore[attr-defined]
    assert host.domain("uuid-1") is far.domain
    assert host.domain("uuid-2") is other
    assert host.domain("web") is None


def test_a_connection_is_kept_while_it_lives_and_made_anew_after(
    host: HostConnection, far: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(host._libvirt, "open", lambda uri: (opened.append(uri), setattr(far, "alive", True), far)[2])
    assert host.connection() is host.connection()
    assert opened == ["qemu:///system"]
    first = len(far.callbacks)
    far.alive = False
    host.connection()
    assert len(opened) == 2
    assert len(far.callbacks) == first, "those of the old connection are gone"


def test_a_host_answers_if_it_does_so_in_time(host: HostConnection, far: Connection) -> None:
    far.getLibVersion = lambda: 9_000_000  # type: ignore[attr-defined]
    assert host.answers(stretched(PATIENCE))

    def refused() -> int:
        raise RefusalError("closed")

    far.getLibVersion = refused  # type: ignore[attr-defined]
    assert not host.answers(stretched(PATIENCE))
    gate = threading.Event()
    far.getLibVersion = gate.wait  # type: ignore[attr-defined]
    assert not host.answers(0.01)
    gate.set()
