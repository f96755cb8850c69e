"""The clock of this cluster runs automatically. Waits here end with an event, never with a time that must suffice."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Operation, SinkError
from fcm.backend.embedded import EmbeddedBackend, open_embedded
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.state import State
from fcm.ui.tour.patience import PATIENCE, stretched
from tests.unit.embedded.cluster_file.test_cluster_file import SMALL, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


class Listener:
    """A sink that wakes whoever waits."""

    def __init__(self) -> None:
        self.entries: list[ev.Entry] = []
        self.changed = threading.Condition()
        self.full = False

    def post(self, entries: Sequence[ev.Entry]) -> None:
        with self.changed:
            self.changed.notify_all()
            if self.full and any(not entry.event.transient for entry in entries):
                raise SinkError("The disk is full.")
            self.entries += entries

    def finished(self, operation: Operation) -> None:
        with self.changed:
            self.changed.notify_all()

    def until(self, reached: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(reached, stretched(PATIENCE))

    def saw(self, kind: type[ev.Event]) -> bool:
        return any(isinstance(entry.event, kind) for entry in self.entries)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def backend(listener: Listener) -> Iterator[EmbeddedBackend]:
    contoso = open_embedded("contoso", seed=1, start_time=1000.0, paced=True)
    contoso.start(listener, State())
    yield contoso
    contoso.close()


def submit(backend: EmbeddedBackend, command: cmd.Command) -> Operation:
    operation = Operation(command)
    backend.submit(operation)
    return operation


def machine(backend: EmbeddedBackend, name: str) -> str:
    found = backend.state.machine_named(name)
    assert found is not None
    return found.id


def test_a_command_is_carried_out_at_once_even_while_the_clock_is_paused(backend: EmbeddedBackend) -> None:
    backend.clock.set_speed(0)
    assert submit(backend, cmd.PauseNode("node2")).wait(stretched(PATIENCE))


def test_what_is_due_in_thousands_of_years_does_not_end_the_clock(tmp_path: Path, listener: Listener) -> None:
    text = SMALL + '[[faults]]\nkind = "PowerOff"\ntarget = "b"\nat = 9999-12-31T23:59:59Z\n'
    backend = open_embedded(str(written(tmp_path, text)), seed=1, start_time=1000.0, paced=True)
    backend.start(listener, State())
    for node in ("a", "b", "a", "b"):
        assert submit(backend, cmd.PauseNode(node)).wait(stretched(PATIENCE))
        assert submit(backend, cmd.ResumeNode(node)).wait(stretched(PATIENCE))
    backend.close()


def test_while_paused_nothing_goes_on(backend: EmbeddedBackend, listener: Listener) -> None:
    backend.clock.set_speed(0)
    assert submit(backend, cmd.LiveMigrate(machine(backend, "WEB01"), "node2")).wait(stretched(PATIENCE))
    now = backend.clock.now()
    assert submit(backend, cmd.PauseNode("node3")).wait(stretched(PATIENCE))
    assert backend.clock.now() == now
    assert not listener.saw(ev.MigrationNetworkTried)


def test_as_fast_as_possible_a_long_migration_is_over_soon(backend: EmbeddedBackend, listener: Listener) -> None:
    backend.clock.set_speed(math.inf)
    submit(backend, cmd.LiveMigrate(machine(backend, "SQL01"), "node2"))
    listener.until(lambda: listener.saw(ev.MigrationCompleted))
    assert backend.clock.now() > 1060.0


def test_at_sixty_times_virtual_time_runs_ahead_of_real_time(backend: EmbeddedBackend, listener: Listener) -> None:
    backend.clock.set_speed(60.0)
    begin = time.monotonic()
    submit(backend, cmd.LiveMigrate(machine(backend, "PRINT01"), "node1"))
    listener.until(lambda: listener.saw(ev.MigrationCompleted))
    times = [e.time for e in listener.entries if isinstance(e.event, ev.MigrationRequested | ev.MigrationCompleted)]
    assert times[1] - times[0] <= (time.monotonic() - begin) * 60.0 + 1.0


def test_a_change_of_speed_takes_effect_at_once(backend: EmbeddedBackend, listener: Listener) -> None:
    backend.clock.set_speed(0)
    submit(backend, cmd.LiveMigrate(machine(backend, "WEB01"), "node2"))
    backend.clock.set_speed(math.inf)
    listener.until(lambda: listener.saw(ev.MigrationCompleted))


def test_the_clock_never_runs_backwards_whatever_the_speed(backend: EmbeddedBackend, listener: Listener) -> None:
    submit(backend, cmd.LiveMigrate(machine(backend, "WEB01"), "node2"))
    seen = [backend.clock.now()]
    for speed in (60.0, 0.0, 10.0, math.inf, 1.0, 0.0, 60.0):
        backend.clock.set_speed(speed)
        seen += [backend.clock.now() for _ in range(200)]
    assert seen == sorted(seen)


def test_a_cluster_that_was_advanced_follows_real_time_once_it_is_told_to(listener: Listener) -> None:
    backend = open_embedded("contoso", seed=1, start_time=1000.0)
    backend.start(listener, State())
    backend.advance(500.0)
    assert backend.clock.now() == 1500.0

    backend.follow_real_time()
    backend.follow_real_time()

    try:
        with pytest.raises(RuntimeError, match="runs automatically"):
            backend.advance(1.0)
        assert len([thread for thread in threading.enumerate() if thread.name.startswith("cluster ")]) == 1
        assert 1500.0 <= backend.clock.now() < 2000.0, "it goes on from where it stood"
        backend.clock.set_speed(math.inf)
        submit(backend, cmd.LiveMigrate(machine(backend, "WEB01"), "node2"))
        listener.until(lambda: listener.saw(ev.MigrationCompleted))
    finally:
        backend.close()


def test_closing_ends_the_thread_in_the_middle_of_everything(backend: EmbeddedBackend) -> None:
    backend.clock.set_speed(math.inf)
    submit(backend, cmd.LiveMigrate(machine(backend, "CACHE01"), "node1"))
    backend.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("cluster ")]
    backend.close()


def test_a_command_after_the_end_is_not_carried_out(backend: EmbeddedBackend, listener: Listener) -> None:
    backend.close()
    count = len(listener.entries)
    assert submit(backend, cmd.PauseNode("node2")).wait(stretched(PATIENCE)) is not None
    assert len(listener.entries) == count


def test_a_full_disk_stops_the_clock_until_there_is_room(
    backend: EmbeddedBackend, listener: Listener, expected_log: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcm.backend.embedded.backend.RETRY", 0.02)
    expected_log("The disk is full")
    listener.full = True
    operation = submit(backend, cmd.PauseNode("node2"))
    listener.until(lambda: listener.saw(ev.BackendReported))
    assert operation.verdict is None
    listener.full = False
    assert operation.wait(stretched(PATIENCE))


def test_advancing_by_hand_is_refused_while_a_thread_paces(backend: EmbeddedBackend) -> None:
    with pytest.raises(RuntimeError, match="clock of this cluster runs automatically"):
        backend.advance(1.0)


def test_commands_from_many_threads_are_all_carried_out(backend: EmbeddedBackend) -> None:
    network = next(iter(backend.state.networks))
    operations = [Operation(cmd.ConfigureNetwork(network, name=f"Net {n}")) for n in range(40)]
    threads = [threading.Thread(target=backend.submit, args=(operation,)) for operation in operations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(operation.wait(stretched(PATIENCE)) for operation in operations)


def test_an_error_in_the_cluster_is_told_and_nobody_waits_for_ever(
    backend: EmbeddedBackend, listener: Listener, expected_log: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(command: cmd.Command) -> None:
        raise ZeroDivisionError

    expected_log("stopped because of an internal error")
    monkeypatch.setattr(backend._parts.nodes, "pause", broken)
    for node in ("node2", "node3"):
        verdict = submit(backend, cmd.PauseNode(node)).wait(stretched(PATIENCE))
        assert verdict is not None
        assert "has stopped" in verdict.reason
    listener.until(lambda: listener.saw(ev.BackendReported))
