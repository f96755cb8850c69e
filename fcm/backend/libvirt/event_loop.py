"""The loop that reads libvirt's sockets and keeps its timers, in a thread of its own.

libvirt's default loop iterates GLib's default context (virEventGLibRunOnce in libvirt's src/util/vireventglib.c). So
does Qt in the thread of the window, which holds that context as long as the application lives: there the default loop
would wait for ever, and Qt would read the sockets of the hosts in the thread that draws. Hence a loop of our own.
"""

from __future__ import annotations

import contextlib
import functools
import math
import operator
import os
import select
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.backend.base import BackendError
from fcm.backend.libvirt.lane import load_libvirt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLOSE_LIMIT = 3.0
"""s that the thread may take to end; only a callback that hangs takes so long."""

READABLE, WRITABLE, FAILED, HUNG_UP = 1, 2, 4, 8
"""virEventHandleType in libvirt's libvirt-event.h."""


@dataclass
class _Handle:
    """A file descriptor that libvirt waits for; ``events`` are those above, 0 for none."""

    descriptor: int
    events: int
    call: Callable[[int, int, int, Any], None]
    opaque: Any


@dataclass
class _Timer:
    """``call`` is due at ``due`` (s, monotonic) and then every ``interval`` ms; below 0 it rests."""

    interval: int
    due: float
    call: Callable[[int, Any], None]
    opaque: Any


class EventLoop:
    """libvirt's event loop in one thread, shared by all connections of this process.

    It must run before the first connection is opened; keepalive and domain events need it. libvirt changes handles and
    timers from any thread, also within a callback; callbacks run in the thread of the loop, without its lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._registered = False
        self._thread: threading.Thread | None = None
        self._handles: dict[int, _Handle] = {}
        self._timers: dict[int, _Timer] = {}
        self._numbers = 0
        self._given_up: list[Any] = []
        """What libvirt may free; only from a clean stack (libvirt-event.h), so the loop does it."""
        self._wakes: tuple[int, int] | None = None
        """The pipe that wakes the thread of now, which closes it; a thread whose pipe is another one is to end."""

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Keep the loop running within the context."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def acquire(self) -> None:
        """Start the loop with the first user.

        Raises:
            BackendError: the module libvirt is not installed, or this system cannot use it.
        """
        libvirt = load_libvirt()
        if sys.platform == "win32":
            raise BackendError("Real hosts can be managed from Linux and macOS only.")
        with self._lock:
            if not self._registered:
                self._register(libvirt)
            self._users += 1
            if self._thread is None:
                self._wakes = wakes = os.pipe()
                for end in wakes:
                    os.set_blocking(end, False)
                how = (libvirt.virEventInvokeFreeCallback, wakes)
                self._thread = threading.Thread(target=self._run, args=how, name="libvirt-events", daemon=True)
                self._thread.start()

    def release(self) -> None:
        """End the loop with the last user."""
        with self._lock:
            self._users -= 1
            if self._users or self._thread is None:
                return
            thread, self._thread = self._thread, None
            self._wake()
            self._wakes = None
        thread.join(CLOSE_LIMIT)

    def _register(self, libvirt: Any) -> None:
        libvirt.virEventRegisterImpl(
            self._add_handle,
            self._update_handle,
            self._remove_handle,
            self._add_timer,
            self._update_timer,
            self._remove_timer,
        )
        libvirt.registerErrorHandler(lambda *_: None, None)
        self._registered = True

    # What libvirt asks for, from any thread

    def _add_handle(self, descriptor: int, events: int, call: Callable[..., None], opaque: Any) -> int:
        with self._lock:
            self._numbers += 1
            self._handles[self._numbers] = _Handle(descriptor, events, call, opaque)
            self._wake()
            return self._numbers

    def _update_handle(self, number: int, events: int) -> None:
        with self._lock:
            if handle := self._handles.get(number):
                handle.events = events
                self._wake()

    def _remove_handle(self, number: int) -> None:
        with self._lock:
            self._give_up(self._handles.pop(number, None))

    def _add_timer(self, interval: int, call: Callable[..., None], opaque: Any) -> int:
        with self._lock:
            self._numbers += 1
            self._timers[self._numbers] = _Timer(interval, time.monotonic() + interval / 1000, call, opaque)
            self._wake()
            return self._numbers

    def _update_timer(self, number: int, interval: int) -> None:
        with self._lock:
            if timer := self._timers.get(number):
                timer.interval, timer.due = interval, time.monotonic() + interval / 1000
                self._wake()

    def _remove_timer(self, number: int) -> None:
        with self._lock:
            self._give_up(self._timers.pop(number, None))

    def _give_up(self, thing: _Handle | _Timer | None) -> None:
        if thing is not None:
            self._given_up.append(thing.opaque)
            self._wake()

    def _wake(self) -> None:
        # A full pipe wakes the loop as well.
        if self._wakes is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._wakes[1], b"\0")

    # The thread

    def _run(self, free: Callable[[Any], None], wakes: tuple[int, int]) -> None:
        while self._turn(free, wakes):
            pass
        for end in wakes:
            os.close(end)

    def _turn(self, free: Callable[[Any], None], wakes: tuple[int, int]) -> bool:
        """Free, wait, call what is due; False once this thread is to end, even if another one has begun since."""
        with self._lock:
            free_now, self._given_up = self._given_up, []
            watched = {number: handle for number, handle in self._handles.items() if handle.events}
            due = [timer.due for timer in self._timers.values() if timer.interval >= 0]
            ends = self._wakes is not wakes
        for opaque in free_now:
            free(opaque)
        if ends:
            return False
        happened = _wait(wakes[0], watched, min(due) if due else None)
        for number, events in happened:
            with self._lock:
                handle = self._handles.get(number)
            if handle is not None and (events := events & (handle.events | FAILED | HUNG_UP)):
                handle.call(number, handle.descriptor, events, handle.opaque)
        self._call_timers()
        return True

    def _call_timers(self) -> None:
        now = time.monotonic()
        with self._lock:
            due = [number for number, timer in self._timers.items() if timer.interval >= 0 and timer.due <= now]
        for number in due:
            with self._lock:
                timer = self._timers.get(number)
                if timer is None or timer.interval < 0 or timer.due > now:
                    continue
                timer.due = now + timer.interval / 1000
            timer.call(number, timer.opaque)


def _wait(wake: int, handles: dict[int, _Handle], due: float | None) -> list[tuple[int, int]]:
    """Wait until ``due`` (s, monotonic) or for what happens before: (number of the handle, events)."""
    if sys.platform == "win32":  # acquire() has refused
        raise OSError("this system has no poll(2)")
    asked: dict[int, int] = {wake: select.POLLIN}
    for handle in handles.values():
        bits = select.POLLIN * bool(handle.events & READABLE) | select.POLLOUT * bool(handle.events & WRITABLE)
        asked[handle.descriptor] = asked.get(handle.descriptor, 0) | bits
    poll = select.poll()
    for descriptor, bits in asked.items():
        poll.register(descriptor, bits)
    found = dict(poll.poll(None if due is None else max(0, math.ceil((due - time.monotonic()) * 1000))))
    if wake in found:
        with contextlib.suppress(BlockingIOError):
            while os.read(wake, 4096):
                pass
    # As virEventPollFromNativeEvents in libvirt's src/util/vireventpoll.c.
    words = {
        select.POLLIN: READABLE,
        select.POLLOUT: WRITABLE,
        select.POLLERR: FAILED,
        select.POLLNVAL: FAILED,
        select.POLLHUP: HUNG_UP,
    }
    happened = []
    for number, handle in handles.items():
        bits = found.get(handle.descriptor, 0)
        if events := functools.reduce(operator.or_, (word for bit, word in words.items() if bits & bit), 0):
            happened.append((number, events))
    return happened


EVENT_LOOP = EventLoop()
"""The loop of this process; libvirt takes only one."""
