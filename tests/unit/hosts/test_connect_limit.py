"""For how long a connection may hang that nobody answers, and what is said of it."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.paths.hanging import watch_connect
from fcm.backend.libvirt.paths.probe import connect_limit
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from pathlib import Path

PAUSED, RUNNING = 3, 1
MIGRATING_IN, BOOTED = 2, 1


class Destination:
    """A host on which the machine waits, or does not."""

    def __init__(self, state: tuple[int, int]) -> None:
        self._state = state
        self.asked = threading.Event()

    def domain(self, _identity: str) -> Any:
        self.asked.set()
        return SimpleNamespace(state=lambda: list(self._state))


SOURCE: Any = SimpleNamespace(host=Host("node1", "qemu:///system", "", {}, None, (), None))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No patience, and no libvirt but the type of its errors."""
    monkeypatch.setattr("fcm.backend.libvirt.paths.hanging.CONNECT_PATIENCE", 0.0)
    monkeypatch.setattr("fcm.backend.libvirt.paths.hanging.load_libvirt", lambda: SimpleNamespace(libvirtError=OSError))


def test_without_a_way_to_read_the_source_s_settings_linux_defaults_are_named_as_an_assumption() -> None:
    limit = connect_limit(None, "node1")

    assert limit.basis.startswith("assumed: the Linux default")
    assert 134.8 < limit.seconds < 150  # 134.8 s were measured with these defaults


def test_a_destination_that_waits_for_memory_that_does_not_come_is_told_once() -> None:
    said: list[str] = []
    destination: Any = Destination((PAUSED, MIGRATING_IN))

    watch_connect(SOURCE, destination, "uuid", "Live Migration", "10.0.0.2", threading.Event(), said.append)

    (text,) = said
    assert text.startswith("Live Migration: 10.0.0.2 responded to the probe, but now the connection from node1")
    assert "at most 148 s (assumed: the Linux default" in text


def test_the_source_s_own_limit_is_told_where_a_shell_there_can_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\necho tcp_syn_retries:2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    source: Any = SimpleNamespace(host=Host("node1", "qemu+ssh://root@node1/system", "", {}, None, (), None))
    destination: Any = Destination((PAUSED, MIGRATING_IN))

    watch_connect(source, destination, "uuid", "Live Migration", "10.0.0.2", threading.Event(), said.append)

    assert "at most 8 s (read on node1 by ssh: net.ipv4.tcp_syn_retries is 2)" in said[0]


def test_nothing_is_told_while_the_destination_is_still_being_prepared_or_once_memory_moves() -> None:
    said: list[str] = []
    moving = threading.Event()
    destination: Any = Destination((RUNNING, BOOTED))
    watcher = threading.Thread(
        target=watch_connect, args=(SOURCE, destination, "uuid", "Live Migration", "10.0.0.2", moving, said.append)
    )
    watcher.start()
    destination.asked.wait(stretched(PATIENCE))
    moving.set()
    watcher.join()

    assert said == []
