from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ShellDesk]:
    """A shell on the shipped cluster contoso, in virtual time."""
    opened = ShellDesk(tmp_path)
    yield opened
    opened.close()
