"""A plugin for pytest: which lines each test reaches, and its processor time. Parameters of a test count together.

FCM_MUTATION_SOURCES names the files (a list as JSON), FCM_MUTATION_OBSERVED the file for what was seen.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mutation.marking import Marks

if TYPE_CHECKING:
    from collections.abc import Generator

_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()
_reached: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
_marks = Marks(json.loads(os.environ.get("FCM_MUTATION_SOURCES", "[]")))
_marks.watch()


def name_of(nodeid: str) -> str:
    """A test without its parameters."""
    return nodeid.split("[", 1)[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    name = name_of(item.nodeid)
    _marks.taken()
    began = _spent()
    try:
        return (yield)
    finally:
        _seconds[name] += _spent() - began
        for file, lines in _marks.taken().items():
            _reached[file][name].update(lines)


def _spent() -> float:
    """S of processor time so far, programs that ended included: how busy the machine is makes no difference."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.add(name_of(report.nodeid))


def pytest_sessionfinish() -> None:
    reached = {file: {name: sorted(lines) for name, lines in tests.items()} for file, tests in _reached.items()}
    observed = {"seconds": _seconds, "failed": sorted(_failed), "reached": reached}
    Path(os.environ["FCM_MUTATION_OBSERVED"]).write_text(json.dumps(observed), encoding="utf-8")
