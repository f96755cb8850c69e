"""libvirt's event loop: a thread that polls its sockets and keeps its timers, whatever Qt does in this process."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.base import BackendError
from fcm.backend.libvirt import event_loop
from fcm.backend.libvirt.event_loop import FAILED, HUNG_UP, READABLE, WRITABLE, EventLoop
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Iterator


class Library:
    """What libvirt does with an event loop: registers it, adds and removes, is told what to free."""

    def __init__(self) -> None:
        self.freed: list[Any] = []
        self.free_threads: list[str] = []
        self.registered = 0
        self.told = threading.Event()

    def virEventRegisterImpl(self, *functions: Any) -> None:
        self.add_handle, self.update_handle, self.remove_handle = functions[:3]
        self.add_timer, self.update_timer, self.remove_timer = functions[3:]
        self.registered += 1

    def registerErrorHandler(self, *_: Any) -> None: ...

    def virEventInvokeFreeCallback(self, opaque: Any) -> None:
        self.freed.append(opaque)
        self.free_threads.append(threading.current_thread().name)
        self.told.set()


class Calls:
    """Notes each call of a callback and tells whoever waits."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []
        self.threads: set[str] = set()
        self.happened = threading.Event()

    def __call__(self, *arguments: Any) -> None:
        self.seen.append(arguments)
        self.threads.add(threading.current_thread().name)
        self.happened.set()

    def waited(self) -> bool:
        done = self.happened.wait(stretched(PATIENCE))
        self.happened.clear()
        return done


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library()
    monkeypatch.setattr(event_loop, "load_libvirt", lambda: made)
    return made


@pytest.fixture
def loop(library: Library) -> Iterator[EventLoop]:
    made = EventLoop()
    with made.running():
        yield made


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.mark.usefixtures("loop")
def test_what_arrives_is_told_in_the_thread_of_the_loop(library: Library, pipe: tuple[int, int]) -> None:
    calls = Calls()
    number = library.add_handle(pipe[0], READABLE, calls, "opaque")
    os.write(pipe[1], b"x")
    assert calls.waited()
    library.remove_handle(number)
    assert calls.seen[0] == (number, pipe[0], READABLE, "opaque")
    assert calls.threads == {"libvirt-events"}


@pytest.mark.usefixtures("loop")
def test_a_handle_without_events_is_not_watched_until_it_asks(library: Library, pipe: tuple[int, int]) -> None:
    rests, calls = Calls(), Calls()
    number = library.add_handle(pipe[1], 0, calls, None)
    library.add_timer(0, rests, None)
    assert rests.waited()
    assert not calls.seen
    library.update_handle(number, WRITABLE)
    assert calls.waited()
    assert calls.seen[0][2] == WRITABLE


@pytest.mark.usefixtures("loop")
def test_an_end_that_hangs_up_and_a_closed_descriptor_are_told(library: Library) -> None:
    reads, writes = os.pipe()
    hung_up, broken = Calls(), Calls()
    number = library.add_handle(reads, READABLE, hung_up, None)
    os.close(writes)
    assert hung_up.waited()
    library.remove_handle(number)
    assert hung_up.seen[0][2] & HUNG_UP
    os.close(reads)
    library.add_handle(reads, READABLE, broken, None)
    assert broken.waited()
    assert broken.seen[0][2] == FAILED


@pytest.mark.usefixtures("loop")
def test_two_handles_of_one_descriptor_are_told_what_each_asked_for(library: Library) -> None:
    one, other = socket.socketpair()
    with one, other:
        reads, writes = Calls(), Calls()
        library.add_handle(one.fileno(), READABLE, reads, None)
        library.add_handle(one.fileno(), WRITABLE, writes, None)
        assert writes.waited()
        assert not reads.seen
        other.send(b"x")
        assert reads.waited()
        assert {seen[2] for seen in reads.seen} == {READABLE}
        assert {seen[2] for seen in writes.seen} == {WRITABLE}
        for number in (1, 2):
            library.remove_handle(number)


@pytest.mark.usefixtures("loop")
def test_a_timer_is_called_again_and_again_until_it_rests(library: Library) -> None:
    calls = Calls()
    number = library.add_timer(1, calls, "opaque")
    assert calls.waited()
    assert calls.waited()
    assert calls.seen[0] == (number, "opaque")
    library.update_timer(number, -1)
    after = Calls()
    library.add_timer(0, after, None)
    assert after.waited()
    count = len(calls.seen)
    assert after.waited()
    assert after.waited()
    assert len(calls.seen) == count


@pytest.mark.usefixtures("loop")
def test_a_timer_that_rests_from_the_start_waits_for_its_time(library: Library) -> None:
    calls, others = Calls(), Calls()
    number = library.add_timer(-1, calls, None)
    library.add_timer(0, others, None)
    assert others.waited()
    assert not calls.seen
    library.update_timer(number, 0)
    assert calls.waited()


@pytest.mark.usefixtures("loop")
def test_what_was_removed_is_freed_by_the_loop_and_never_called_again(library: Library, pipe: tuple[int, int]) -> None:
    calls = Calls()
    number = library.add_handle(pipe[0], READABLE, calls, "handle")
    assert library.remove_handle(number) is None  # a return value would be freed at once, in libvirt's own stack
    assert library.told.wait(stretched(PATIENCE))
    os.write(pipe[1], b"x")
    library.told.clear()
    library.remove_timer(library.add_timer(10_000, calls, "timer"))
    assert library.told.wait(stretched(PATIENCE))
    assert library.freed == ["handle", "timer"]
    assert set(library.free_threads) == {"libvirt-events"}
    assert not calls.seen


@pytest.mark.usefixtures("loop")
def test_a_callback_may_remove_itself(library: Library) -> None:
    done = threading.Event()

    def call(number: int, _opaque: object) -> None:
        library.remove_timer(number)
        done.set()

    library.add_timer(0, call, "own")
    assert done.wait(stretched(PATIENCE))
    assert library.told.wait(stretched(PATIENCE))
    assert library.freed == ["own"]


def test_the_last_user_ends_the_thread_and_what_was_removed_before_is_freed(library: Library) -> None:
    loop, others = EventLoop(), set(threading.enumerate())
    loop.acquire()
    with loop.running():
        began = set(threading.enumerate()) - others
    assert [thread.name for thread in began if thread.is_alive()] == ["libvirt-events"]
    library.remove_timer(library.add_timer(10_000, Calls(), "last"))
    loop.release()
    assert not any(thread.is_alive() for thread in began)
    assert library.freed == ["last"]


def test_a_loop_that_begins_again_while_its_last_thread_still_ends_has_one_thread(library: Library) -> None:
    loop, others = EventLoop(), set(threading.enumerate())
    entered, goes_on, released = threading.Event(), threading.Event(), threading.Event()
    loop.acquire()
    (first,) = set(threading.enumerate()) - others
    library.add_timer(0, lambda *_: (entered.set(), goes_on.wait(stretched(PATIENCE))), None)
    assert entered.wait(stretched(PATIENCE))
    closing = threading.Thread(target=lambda: (loop.release(), released.set()))
    closing.start()
    while loop._thread is not None:
        assert not released.wait(0.001)
    loop.acquire()
    goes_on.set()
    first.join(stretched(PATIENCE))
    closing.join(stretched(PATIENCE))
    assert not first.is_alive()
    calls = Calls()
    library.add_timer(0, calls, None)
    assert calls.waited()
    loop.release()


def test_a_loop_that_begins_again_knows_its_handles_and_registers_once(library: Library, pipe: tuple[int, int]) -> None:
    loop, calls = EventLoop(), Calls()
    with loop.running():
        library.add_handle(pipe[0], READABLE, calls, None)
    os.write(pipe[1], b"x")
    with loop.running():
        assert calls.waited()
    assert library.registered == 1


def test_without_poll_the_sentence_says_where_hosts_can_be_used(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_loop.sys, "platform", "win32")
    with pytest.raises(BackendError, match="Linux and macOS"):
        EventLoop().acquire()
    assert library.registered == 0
