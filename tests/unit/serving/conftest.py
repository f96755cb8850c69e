from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.serving.talk import DirectTalk, SocketTalk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.serving.talk import Talk


@pytest.fixture(params=[DirectTalk, SocketTalk], ids=["pipe", "socket"])
def talk(request: pytest.FixtureRequest) -> Iterator[Talk]:
    """A conversation with a server on the shipped cluster contoso, by each of the ways to it."""
    opened: Talk = request.param()
    yield opened
    opened.close()
