from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.serving.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def talk() -> Iterator[Talk]:
    """A conversation with a server on the shipped cluster contoso."""
    opened = Talk()
    yield opened
    opened.close()
