"""Several shells on one node."""

from __future__ import annotations

import threading

import pytest

from fcm.backend.pacemaker.remote.pool import MOST, PooledShell
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError, PersistentShell


class Counted:
    """Shells that wait until they may go on, and how many were made."""

    def __init__(self) -> None:
        self.made = 0
        self.running = threading.Semaphore(0)
        self.go_on = threading.Event()

    def make(self) -> PersistentShell:
        self.made += 1
        counted = self

        class Waiting(PersistentShell):
            def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
                counted.running.release()
                counted.go_on.wait()
                return Answer(0, script)

        return Waiting("node1", ())


def test_scripts_of_many_threads_run_at_once_on_a_few_shells() -> None:
    counted = Counted()
    shell = PooledShell("node1", counted.make)
    threads = [threading.Thread(target=shell.run, args=("true",)) for _ in range(MOST + 2)]
    for thread in threads:
        thread.start()
    for _ in range(MOST):
        counted.running.acquire()

    assert counted.made == MOST
    counted.go_on.set()
    for thread in threads:
        thread.join()
    assert counted.made == MOST
    assert shell.node == "node1"


def test_one_after_the_other_one_shell_is_enough() -> None:
    counted = Counted()
    counted.go_on.set()
    shell = PooledShell("node1", counted.make)

    assert [shell.run(word).output for word in "abc"] == ["a", "b", "c"]
    assert counted.made == 1


def test_after_it_is_closed_nothing_runs() -> None:
    shell = PooledShell("node1", lambda: PersistentShell("node1", ("sh",)))
    assert shell.run("echo a").output == "a\n"

    shell.close()

    with pytest.raises(NodeUnreachableError, match="being closed"):
        shell.run("echo a")
