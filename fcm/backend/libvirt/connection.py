"""A host's connection, opened and asked in its lane."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from fcm.backend.libvirt.errors import error_sentence
from fcm.backend.libvirt.inventory import HostReport, read_machines, read_node, read_processor
from fcm.backend.libvirt.lane import Lane, load_libvirt

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.libvirt.configuration.hosts_file import Host
    from fcm.backend.libvirt.inventory import Definition
    from fcm.model.entities import Node

KEEPALIVE_INTERVAL = 5
"""s between keepalive messages; after KEEPALIVE_COUNT unanswered ones the connection is closed."""
KEEPALIVE_COUNT = 3


_EVENTS = ("LIFECYCLE", "REBOOT", "DEVICE_ADDED", "DEVICE_REMOVED", "TRAY_CHANGE", "BALLOON_CHANGE", "JOB_COMPLETED")
"""Domain events after which a host is asked at once (names of virDomainEventID)."""


class HostConnection:
    """One host: its lane, its connection when it has one, and its events.

    An event never changes what is known; it only makes the host be asked at once, so that whatever is shown comes
    from a report that was asked for at one known time.
    """

    def __init__(self, host: Host, on_change: Callable[[], None] = lambda: None) -> None:
        """``on_change`` is called in libvirt's event thread, after ``changed`` was set; it must not block."""
        self.host = host
        self.lane = Lane(host.name)
        self.orders = Lane(f"{host.name}-orders")
        """Commands, which may take long (a save), apart from the questions, so that the host is not taken for dead."""
        self.changed = threading.Event()
        """Set when an event came; whoever asks the host clears it before."""
        self._on_change = on_change
        self._libvirt = load_libvirt()
        self._connection: Any = None
        self._registered: list[int] = []
        self._node: Node | None = None
        self._definitions: dict[str, Definition] = {}
        self._outdated: set[str] = set()
        self._completed: dict[str, dict[str, Any]] = {}
        self._completion = threading.Condition()
        self._lock = threading.Lock()

    def poll(self, told: Callable[[HostReport | str], None]) -> None:
        """Read the inventory in the lane; ``told`` gets it, or the sentence why there is none."""
        self.lane.submit(lambda: told(self._read()))

    def _read(self) -> HostReport | str:
        began = time.monotonic()
        try:
            connection = _Answering(self.connection(), self._libvirt)
            while self._outdated:
                self._definitions.pop(self._outdated.pop(), None)
            machines = read_machines(connection, self.host, self._definitions, began)
            assert self._node is not None
            return HostReport(self._node, machines, began)
        except self._libvirt.libvirtError as error:
            self._drop()
            return error_sentence(error, self.host.name).sentence()

    def connection(self) -> Any:
        """The open connection, made if there is none; blocks (not in the thread of the window).

        Raises:
            libvirt.libvirtError: the host refuses or is not there.
        """
        with self._lock:
            if self._connection is not None and self._connection.isAlive():
                return self._connection
            if self._connection is not None:
                self._let_go(self._connection)
                self._connection = None
            connection = self._libvirt.open(self.host.uri)
            connection.setKeepAlive(KEEPALIVE_INTERVAL, KEEPALIVE_COUNT)
            processor = read_processor(connection.getCapabilities())
            self._node = read_node(_Answering(connection, self._libvirt), self.host, processor)
            self._definitions.clear()
            self._listen(connection)
            self._connection = connection
            return connection

    # Events

    def _listen(self, connection: Any) -> None:
        """Have the host tell what happens; one that cannot is asked every second all the same."""
        lv = self._libvirt
        connection.registerCloseCallback(lambda *_: self._happened(None), None)
        for name in _EVENTS:
            kind = getattr(lv, f"VIR_DOMAIN_EVENT_ID_{name}")
            tell = self._job_completed if name == "JOB_COMPLETED" else self._domain_event
            with contextlib.suppress(lv.libvirtError):
                self._registered.append(connection.domainEventRegisterAny(None, kind, tell, None))

    def _domain_event(self, _connection: Any, domain: Any, *_: Any) -> None:
        self._happened(domain.UUIDString())

    def _job_completed(self, _connection: Any, domain: Any, figures: dict[str, Any], _opaque: Any) -> None:
        with self._completion:
            self._completed[domain.UUIDString()] = figures
            self._completion.notify_all()
        self._happened(domain.UUIDString())

    def _happened(self, identity: str | None) -> None:
        if identity is not None:
            self._outdated.add(identity)
        self.changed.set()
        self._on_change()

    def forget_completed(self, identity: str) -> None:
        """Figures of an earlier job of that domain are of no interest any more."""
        with self._completion:
            self._completed.pop(identity, None)

    def completed_job(self, identity: str, limit: float) -> dict[str, Any] | None:
        """Figures of that domain's job that completed here, as virDomainGetJobStats names them; waits ``limit`` s at
        most for the event that brings them. None if it did not come.
        """
        with self._completion:
            self._completion.wait_for(lambda: identity in self._completed, limit)
            return self._completed.pop(identity, None)

    def domain(self, identity: str) -> Any:
        """The domain with that UUID, or None; blocks.

        Raises:
            libvirt.libvirtError: the host does not respond.
        """
        for domain in self.connection().listAllDomains():
            if domain.UUIDString() == identity:
                return domain
        return None

    def answers(self, limit: float) -> bool:
        """Whether the host answers a question within ``limit`` s; blocks that long at most."""
        answered = threading.Event()

        def ask() -> None:
            with contextlib.suppress(self._libvirt.libvirtError):
                self.connection().getLibVersion()
                answered.set()
            asked.set()

        asked = threading.Event()
        threading.Thread(target=ask, name=f"ask-{self.host.name}", daemon=True).start()
        asked.wait(limit)
        return answered.is_set()

    def _drop(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                self._let_go(connection)

    def _let_go(self, connection: Any) -> None:
        """Callbacks hold a connection; without them it ends with its last domain object."""
        with contextlib.suppress(self._libvirt.libvirtError):
            connection.unregisterCloseCallback()
        while self._registered:
            with contextlib.suppress(self._libvirt.libvirtError):
                connection.domainEventDeregisterAny(self._registered.pop())
        with contextlib.suppress(self._libvirt.libvirtError):
            if not connection.isAlive():
                connection.close()

    def close(self) -> None:
        """End the lane and the connection."""

        def disconnect() -> None:
            with self._lock:
                connection, self._connection = self._connection, None
                if connection is not None:
                    self._let_go(connection)
                    with contextlib.suppress(self._libvirt.libvirtError):
                        connection.close()

        self.orders.close()
        self.lane.submit(disconnect)
        self.lane.close()


class _Answering:
    """A connection with the numbers and the error type it needs, so that inventory.py need not import libvirt."""

    def __init__(self, connection: Any, libvirt: Any) -> None:
        self._connection = connection
        self.error_type: type[Exception] = libvirt.libvirtError
        self.STATS: int = (
            libvirt.VIR_DOMAIN_STATS_STATE | libvirt.VIR_DOMAIN_STATS_BALLOON | libvirt.VIR_DOMAIN_STATS_VCPU
        )
        self.NOWAIT: int = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        self.AUTOSTART: int = libvirt.VIR_CONNECT_LIST_DOMAINS_AUTOSTART

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
