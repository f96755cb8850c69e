"""A plugin for pytest: it collects the tests once, then judges one change after the other in forks of itself.

A fork has all modules imported already. It gets the changed functions by their code objects, which takes a tenth of a
second where Python, Qt and the collecting of some thousand tests take five to ten. Constants and defaults get their new
values as far as these can be followed (constants.py); for what is not noticed then, and for all else that acts while a
module is imported, the tests run in a process of their own (trial.py).

Orders come as lines of JSON through the file descriptor that FCM_MUTATION_ORDERS names: ``file`` (the path of the
changed file), ``line`` (of a constant that changed; 0 for a function; null where the modules were imported with the
change), ``tests`` (names without parameters, in order) and ``limits`` (s that each may take, without those in which it
waits for a processor). The answer, a line too, goes to FCM_MUTATION_ANSWERS: the exit status of the fork and the test
that noticed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from mutation.constants import NotReplaceableError, replace_constants
from mutation.functions import functions_by_file, replace_functions
from mutation.observing import name_of
from mutation.patience import Patience

if TYPE_CHECKING:
    import types
    from collections.abc import Mapping, Sequence

SURVIVED, HUNG, NOTICED, UNTOLD = 0, 1, 3, 4
"""How a fork ends. HUNG: it was ended, since the limit of a test was over; any other number is a crash."""
LOOK = 0.5
"""s between two looks at the time that a test has taken."""
GRACE = 20.0
"""s for what a fork does before its first test."""

_failed: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.append(report.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge until nobody gives orders any more.

    Raises:
        session.Interrupted: if not all tests could be collected.
    """
    if session.testsfailed:
        raise session.Interrupted("not all tests could be collected")
    by_name: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in session.items:
        by_name[name_of(item.nodeid)].append(item)
    gc.collect()
    loaded = functions_by_file()
    gc.freeze()  # a fork that collects would copy each page of memory
    with (
        open(int(os.environ["FCM_MUTATION_ORDERS"]), encoding="utf-8") as orders,
        open(int(os.environ["FCM_MUTATION_ANSWERS"]), "w", encoding="utf-8", buffering=1) as answers,
    ):
        answers.write(json.dumps(["ready", ""]) + "\n")
        for line in orders:
            answers.write(json.dumps(_judged(json.loads(line), by_name, loaded)) + "\n")
    return True


def _judged(
    order: Mapping[str, Any],
    by_name: Mapping[str, Sequence[pytest.Item]],
    loaded: Mapping[str, Sequence[types.FunctionType]],
) -> tuple[int, str]:
    reading, writing = os.pipe()
    fork = os.fork()
    if fork == 0:
        status = NOTICED
        try:
            os.close(reading)
            os.setsid()
            try:
                match order["line"]:
                    case None:
                        pass
                    case 0:
                        replace_functions(order["file"], loaded)
                    case line:
                        replace_constants(order["file"], line, loaded)
            except NotReplaceableError:
                os._exit(UNTOLD)
            items = [item for name in order["tests"] for item in by_name.get(name, ())]
            status = _run(items, writing)
        finally:
            os._exit(status)
    os.close(writing)
    hung, by = _followed(fork, reading, order["limits"])
    _, ended = os.waitpid(fork, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(fork, signal.SIGKILL)  # the programs that its tests started
    status = os.waitstatus_to_exitcode(ended)
    return HUNG if hung else status, by if status == NOTICED else ""


def _run(items: Sequence[pytest.Item], writing: int) -> int:
    """Run tests up to the first that fails; each says its name as it begins."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        os.write(writing, f"{item.nodeid}\n".encode())
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if _failed:
            return NOTICED
    return SURVIVED


def _followed(fork: int, reading: int, limits: Mapping[str, float]) -> tuple[bool, str]:
    """Read what a fork tells until it ends, or end it when a test takes too long: that, and the last test."""
    test, patience = "", Patience(fork)
    with open(reading, "rb", buffering=0) as told:
        while True:
            if select.select([told], [], [], LOOK)[0]:
                said = told.read(65536)
                if not said:
                    return False, test
                test = said.decode().split("\n")[-2]
                patience.anew()
            elif patience.spent() > limits.get(name_of(test), GRACE):
                os.kill(fork, signal.SIGKILL)
                return True, test
