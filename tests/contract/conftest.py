from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.workspace.workspace import Workspace
from tests.contract.harness import Harness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@contextmanager
def embedded() -> Iterator[Harness]:
    """The shipped three-node cluster in virtual time."""
    backend = open_embedded("contoso", seed=1, start_time=1_000_000.0)
    workspace = Workspace(backend)
    workspace.open()
    workspace.drain()
    names = {machine.name: machine.id for machine in workspace.state.machines.values()}
    try:
        yield Harness(
            workspace,
            machine=names["WEB01"],
            destination="node2",
            busy_machine=names["SQL01"],
            busy_destination="node2",
            other_machine=names["DC01"],
            unreachable="node9",
            pass_time=lambda: backend.advance(0.1),
        )
    finally:
        workspace.close()


BACKENDS: dict[str, Callable[[], AbstractContextManager[Harness]]] = {"embedded": embedded}


@pytest.fixture(params=sorted(BACKENDS))
def cluster(request: pytest.FixtureRequest) -> Iterator[Harness]:
    with BACKENDS[request.param]() as harness:
        yield harness
