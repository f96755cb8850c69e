"""What is refused for nodes and networks, and in which words; one entry a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import (
    NetworkRole,
    NodeState,
)
from tests.unit.model.changed import (
    network,
    with_network,
    with_node,
)
from tests.unit.model.refused.case import (
    assert_refused,
    moving,
    on,
    plain,
)

if TYPE_CHECKING:
    from fcm.model.state import State
    from tests.unit.model.refused.case import Case


REFUSED: dict[str, tuple[Case, str]] = {
    "pausing twice": (
        on(plain(cmd.PauseNode("node2")), lambda s: with_node(s, "node2", state=NodeState.PAUSED)),
        "node2 is paused",
    ),
    "resuming what is up": (on(plain(cmd.ResumeNode("node2"))), "node2 is not paused"),
    "starting what is up": (on(plain(cmd.StartClusterService("node2"))), "is already running"),
    "stopping what is down": (
        on(plain(cmd.StopClusterService("node2")), lambda s: with_node(s, "node2", state=NodeState.DOWN)),
        "node2 is already down",
    ),
    "stopping the quorum": (
        on(plain(cmd.StopClusterService("node2")), lambda s: with_node(s, "node3", state=NodeState.DOWN)),
        "Without node2 only 2 of 3 needed votes are left",
    ),
    "stopping a node in a migration": (
        on(plain(cmd.StopClusterService("node2")), lambda s: moving(s, "WEB01")),
        "takes part in a live migration",
    ),
    "evicting an owner": (on(plain(cmd.EvictNode("node2"))), "node2 owns "),
    "a network without name": (
        on(lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, name="")),
        "needs a name",
    ),
    "a network with a taken name": (
        on(lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, name="cluster network 2")),
        "already exists",
    ),
    "a metric of zero": (
        on(lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, metric=0)),
        "must be 1 to 65535",
    ),
    "the last network": (
        on(
            lambda s: cmd.ConfigureNetwork(network(s, "Cluster Network 1").id, role=NetworkRole.NONE),
            lambda s: with_network(
                with_network(s, "Cluster Network 2", role=NetworkRole.NONE),
                "Cluster Network 3",
                role=NetworkRole.NONE,
            ),
        ),
        "no network left",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(state: State, name: str) -> None:
    case, words = REFUSED[name]
    assert_refused(case, state, words)
