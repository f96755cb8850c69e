"""A plugin for pytest: coverage by test, and the processor time of each test. Parameters of a test count together."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Generator

_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()


def name_of(nodeid: str) -> str:
    """A test without its parameters."""
    return nodeid.split("[", 1)[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    coverage, name = Coverage.current(), name_of(item.nodeid)
    if coverage is not None:
        coverage.switch_context(name)
    began = _spent()
    try:
        return (yield)
    finally:
        _seconds[name] += _spent() - began
        if coverage is not None:
            coverage.switch_context("")


def _spent() -> float:
    """S of processor time so far, programs that ended included: how busy the machine is makes no difference."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.add(name_of(report.nodeid))


def pytest_sessionfinish() -> None:
    observed = {"seconds": _seconds, "failed": sorted(_failed)}
    Path(os.environ["FCM_MUTATION_OBSERVED"]).write_text(json.dumps(observed), encoding="utf-8")
