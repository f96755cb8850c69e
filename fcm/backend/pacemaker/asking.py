"""Who is asked how the cluster is: one node, once a second and at once after something happened; another if need be.

One node says everything of all (crm_mon, cibadmin). It may be the one that is cut off: what has no quorum is told, and
the others are asked meanwhile. A node that fails is given up for another one at once, a node that hangs after
``ANSWER_LIMIT``.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Protocol

from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.mistakes import SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fcm.backend.pacemaker.remote.shells import NodeShell
    from fcm.backend.pacemaker.status import ClusterStatus

EVERY = 1.0
"""s between two questions when nothing happens."""
SOONEST = 0.1
"""s between two questions when much happens; one costs the node some 0.2 s of a processor."""
ANSWER_LIMIT = 5.0
"""s after which another node is asked."""
LOOK_AROUND = 5.0
"""s between two looks at the other nodes while the one that is asked has no quorum."""
CLOSE_LIMIT = 3.0
"""s that closing waits for questions under way."""


class NotAClusterError(SentenceError):
    """A node answers, but no Pacemaker runs on it; the message is a sentence that says what is missing."""


class Listener(Protocol):
    """Who is told what the cluster says; called in threads of the asking, one call at a time."""

    def status_told(self, status: ClusterStatus) -> None:
        """A node has answered for the cluster."""

    def nobody_answers(self, reasons: Mapping[str, str], is_cluster: bool) -> None:
        """No node of the cluster responds: the reason of each, a sentence.

        ``is_cluster``: False if all nodes that can be reached say that no Pacemaker runs on them.
        """


class Asking:
    """The thread that asks, and the node that it asks."""

    def __init__(
        self,
        shells: Mapping[str, NodeShell],
        script: str,
        read: Callable[[str, str, float], ClusterStatus],
        listener: Listener,
    ) -> None:
        """Nothing is asked before ``start``.

        Args:
            shells: of all nodes; used by nobody else, and closed here.
            script: what is run on a node.
            read: turns what it printed, the node and the time (s since the epoch) into a status.
                Raises SentenceError; NotAClusterError where no Pacemaker runs.
            listener: is told.
        """
        self._shells = dict(shells)
        self._script = script
        self._read = read
        self._listener = listener
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._telling = threading.Lock()
        self._current: str | None = None
        self._looked_around = -LOOK_AROUND
        self._asked: set[threading.Thread] = set()
        self._thread = threading.Thread(target=self._run, name="pacemaker-asking", daemon=True)

    @property
    def current(self) -> str | None:
        """The node that answers for the cluster; None while none does."""
        return self._current

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def ask_now(self) -> None:
        """Ask as soon as can be; returns at once, from any thread."""
        self._wake.set()

    def close(self) -> None:
        """Stop asking; questions under way are given up."""
        self._closing.set()
        self._wake.set()
        for shell in self._shells.values():
            shell.close()
        for thread in (self._thread, *self._asked):
            if thread.is_alive():
                thread.join(CLOSE_LIMIT)

    def _run(self) -> None:
        while not self._closing.is_set():
            began = time.monotonic()
            self._wake.clear()
            self._round()
            self._wake.wait(max(0.0, EVERY - (time.monotonic() - began)))
            self._closing.wait(max(0.0, SOONEST - (time.monotonic() - began)))

    def _round(self) -> None:
        """One answer for the cluster, or the reasons why there is none."""
        reasons: dict[str, Exception] = {}
        current = self._current
        if current is not None:
            answer = self._ask(current)
            if isinstance(answer, Exception):
                reasons[current] = answer
            else:
                self._tell(answer)
                if not answer.have_quorum and time.monotonic() - self._looked_around >= LOOK_AROUND:
                    self._looked_around = time.monotonic()
                    self._in_threads([name for name in self._shells if name != current], self._offer)
                return
        self._find([name for name in self._shells if name != current], reasons)

    def _find(self, names: Iterable[str], reasons: dict[str, Exception]) -> None:
        """Ask many at once; the first with quorum is taken, else one without, else nobody."""
        answers: queue.SimpleQueue[tuple[str, ClusterStatus | Exception]] = queue.SimpleQueue()
        asked = set(names)
        self._in_threads(asked, lambda name, answer: answers.put((name, answer)))
        cut_off: ClusterStatus | None = None
        while asked and not self._closing.is_set():
            name, answer = answers.get()
            asked.discard(name)
            if isinstance(answer, Exception):
                reasons[name] = answer
            elif answer.have_quorum:
                self._take(answer)
                return
            else:
                cut_off = cut_off or answer
        if cut_off is not None:
            self._take(cut_off)
            return
        self._current = None
        reachable = [reason for reason in reasons.values() if not isinstance(reason, NodeUnreachableError)]
        is_cluster = not reachable or not all(isinstance(reason, NotAClusterError) for reason in reachable)
        with self._telling:
            if not self._closing.is_set():
                ordered = {name: str(reasons[name]) for name in self._shells if name in reasons}
                self._listener.nobody_answers(ordered, is_cluster)

    def _offer(self, name: str, answer: ClusterStatus | Exception) -> None:
        """Another node was asked because the one that is asked has no quorum."""
        if not isinstance(answer, Exception) and answer.have_quorum and not self._closing.is_set():
            self._take(answer)

    def _take(self, status: ClusterStatus) -> None:
        self._current = status.asked
        self._looked_around = time.monotonic()
        self._tell(status)

    def _tell(self, status: ClusterStatus) -> None:
        with self._telling:
            if not self._closing.is_set():
                self._listener.status_told(status)

    def _in_threads(self, names: Iterable[str], told: Callable[[str, ClusterStatus | Exception], None]) -> None:
        self._asked = {thread for thread in self._asked if thread.is_alive()}
        for name in names:
            thread = threading.Thread(
                target=lambda name=name: told(name, self._ask(name)),
                name=f"pacemaker-asks-{name}",
                daemon=True,
            )
            self._asked.add(thread)
            thread.start()

    def _ask(self, name: str) -> ClusterStatus | Exception:
        at = time.time()
        try:
            answer = self._shells[name].run(self._script, limit=ANSWER_LIMIT)
            return self._read(answer.output, name, at)
        except (NodeUnreachableError, SentenceError) as error:
            return error
