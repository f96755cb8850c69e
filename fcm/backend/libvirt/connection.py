"""A host's connection, opened and asked in its lane."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.libvirt.errors import sentence
from fcm.backend.libvirt.inventory import HostReport, read_host, read_processor
from fcm.backend.libvirt.lane import Lane, load_libvirt

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.libvirt.hosts_file import Host

KEEPALIVE_INTERVAL = 5
"""s between keepalive messages; after KEEPALIVE_COUNT unanswered ones the connection is closed."""
KEEPALIVE_COUNT = 3


class HostConnection:
    """One host: its lane, its connection when it has one, and what it said last."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.lane = Lane(host.name)
        self._libvirt = load_libvirt()
        self._connection: Any = None
        self._processor: Any = None
        self._lock = threading.Lock()

    def poll(self, told: Callable[[HostReport | str], None]) -> None:
        """Read the inventory in the lane; ``told`` gets it, or the sentence why there is none."""
        self.lane.submit(lambda: told(self._read()))

    def _read(self) -> HostReport | str:
        began = time.monotonic()
        try:
            connection = self.connection()
            report = read_host(_Answering(connection, self._libvirt.libvirtError), self.host, self._processor)
            return replace(report, began=began)
        except self._libvirt.libvirtError as error:
            self._drop()
            return sentence(error.get_error_code() or 0, str(error), self.host.name).sentence()

    def connection(self) -> Any:
        """The open connection, made if there is none; blocks (not in the thread of the window).

        Raises:
            libvirt.libvirtError: the host refuses or is not there.
        """
        with self._lock:
            if self._connection is not None and self._connection.isAlive():
                return self._connection
            connection = self._libvirt.open(self.host.uri)
            connection.setKeepAlive(KEEPALIVE_INTERVAL, KEEPALIVE_COUNT)
            self._processor = read_processor(connection.getCapabilities())
            self._connection = connection
            return connection

    def domain(self, identity: str) -> Any:
        """The domain with that UUID, or None; blocks.

        Raises:
            libvirt.libvirtError: the host does not answer.
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
        if connection is not None and not connection.isAlive():
            connection.close()

    def close(self) -> None:
        """End the lane and the connection."""

        def disconnect() -> None:
            with self._lock:
                connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

        self.lane.submit(disconnect)
        self.lane.close()


class _Answering:
    """A connection with the type of its errors, so that inventory.py need not import libvirt."""

    def __init__(self, connection: Any, error_type: type[Exception]) -> None:
        self._connection = connection
        self.error_type = error_type

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
