"""What a simulated cluster has not, since it has no hosts (silence, a screen), and clusters that were never opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.base import ConsoleError
from fcm.backend.embedded import described_state, formed_state
from tests.unit.embedded.cluster_file.test_cluster_file import SMALL
from tests.unit.embedded.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def test_no_node_is_silent_for_its_state_lives_in_the_program(desk: Desk) -> None:
    assert [desk.backend.silence(name) for name in desk.state.nodes] == [None] * 3


def test_a_simulated_machine_has_no_screen_and_says_so(desk: Desk) -> None:
    with pytest.raises(ConsoleError, match=r"\."):
        desk.backend.console(desk.machine("WEB01").id)


def test_a_cluster_that_was_never_opened_is_as_its_file_says() -> None:
    formed = formed_state("contoso")
    text = resources.path("clusters", "contoso.toml").read_text(encoding="utf-8")
    assert [node.name for node in formed.nodes.values()] == ["node1", "node2", "node3"]
    assert described_state(text) == formed
    assert [node.name for node in described_state(SMALL).nodes.values()] == ["a", "b"]
