from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The shipped cluster contoso."""
    with_contoso = Desk()
    yield with_contoso
    with_contoso.close()


@pytest.fixture
def fabrikam() -> Iterator[Desk]:
    """The shipped cluster of eight nodes."""
    eight = Desk("fabrikam")
    yield eight
    eight.close()
