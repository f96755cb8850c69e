from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.embedded.desk import Desk
from tests.unit.embedded.stories.story import Story, four_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def contoso() -> Iterator[Story]:
    """The shipped cluster: three nodes and a witness disk, without shared volumes."""
    told = Story(Desk())
    yield told
    told.desk.close()


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Callable[..., Story]]:
    """Make the cluster of four nodes, with changes of its file."""
    made: list[Story] = []

    def make(*changes: tuple[str, str]) -> Story:
        made.append(Story(four_nodes(tmp_path, *changes)))
        return made[-1]

    yield make
    for told in made:
        told.desk.close()
