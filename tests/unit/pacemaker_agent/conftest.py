"""A bench for the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.pacemaker_agent.bench import Bench

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """node1 with the machine web as a resource; nothing runs."""
    return Bench(tmp_path / "bench")
