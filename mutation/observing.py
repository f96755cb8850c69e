"""A plugin for pytest: coverage by test, and how long each test takes. Parameters of a test count together."""

from __future__ import annotations

import json
import os
import time
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
    began = time.perf_counter()
    try:
        return (yield)
    finally:
        _seconds[name] += time.perf_counter() - began
        if coverage is not None:
            coverage.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.add(name_of(report.nodeid))


def pytest_sessionfinish() -> None:
    observed = {"seconds": _seconds, "failed": sorted(_failed)}
    Path(os.environ["FCM_MUTATION_OBSERVED"]).write_text(json.dumps(observed), encoding="utf-8")
