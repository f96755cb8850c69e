"""Actions on the cluster as a whole, and which actions a cluster that does not run still has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.base import Capabilities
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.workspace.actions.catalog import BY_ID, question_of
from fcm.workspace.actions.whole_cluster import force_choices, force_question, force_question_of, shut_down_question
from fcm.workspace.selection import Place, Selection
from tests.unit.model.changed import machine, with_cluster, with_node
from tests.unit.model.conftest import formed

if TYPE_CHECKING:
    from fcm.model.state import State

CLUSTER = Selection(Place.CLUSTER)
ALL = Capabilities(frozenset(cmd.COMMAND_TYPES))


@pytest.fixture
def stopped() -> State:
    """Contoso without quorum: node1 waits and has missed the last membership."""
    state = with_cluster(formed("contoso"), stopped="Quorum was lost.", epoch=4)
    for name, found, epoch in (("node1", NodeState.JOINING, 3), ("node2", NodeState.DOWN, 4)):
        state = with_node(state, name, state=found, epoch=epoch)
    return with_node(state, "node3", state=NodeState.DOWN, epoch=4)


def reason(action: str, state: State, selection: Selection = CLUSTER) -> str:
    return BY_ID[action].verdict(state, selection, ALL).sentence()


@pytest.mark.parametrize("action", ["quorum", "add-node", "configure-service", "enable-csv", "migration-settings"])
def test_what_needs_a_running_cluster_says_so_before_its_dialog_opens(stopped: State, action: str) -> None:
    assert reason(action, stopped).startswith("contoso is not running.")


def test_a_stopped_cluster_can_be_started_forced_validated_and_left(stopped: State) -> None:
    for action in ("start-cluster", "force-cluster-start", "validate", "close-cluster", "migration-history"):
        assert not reason(action, stopped), action
    assert "already stopped" in reason("shut-down-cluster", stopped)


def test_machines_that_are_not_clustered_keep_their_actions(stopped: State) -> None:
    assert not reason("machine-settings", stopped, Selection(Place.MACHINE, machine(stopped, "LEGACY01").id))
    clustered = Selection(Place.MACHINE, machine(stopped, "SQL01").id)
    assert reason("machine-settings", stopped, clustered).startswith("contoso is not running.")


def test_a_running_cluster_is_not_forced() -> None:
    state = formed("contoso")
    assert reason("force-cluster-start", state).startswith("The cluster is running.")
    assert "already running" in reason("start-cluster", state)
    assert not reason("shut-down-cluster", state)


def test_the_choices_of_a_forced_start_say_which_configuration_is_current(stopped: State) -> None:
    assert [choice.label for choice in force_choices(stopped, CLUSTER)] == [
        "1 - From node node1",
        "2 - From node node2, whose configuration is current",
        "3 - From node node3, whose configuration is current",
    ]


def test_forcing_an_older_configuration_warns_of_what_is_lost(stopped: State) -> None:
    assert "node1 has missed changes: they are lost." in force_question(stopped, Selection(Place.NODE, "node1"))
    assert "missed changes" not in force_question(stopped, Selection(Place.NODE, "node2"))
    chosen = force_choices(stopped, CLUSTER)[0].command
    assert "from node1?" in force_question_of(stopped, chosen)


def test_shutting_down_names_what_is_taken_offline() -> None:
    text = shut_down_question(formed("contoso"), CLUSTER)
    assert text.startswith(
        "Shut down contoso? The cluster service stops on all nodes, and 10 services and applications"
    )


def test_a_pause_that_leaves_machines_without_a_monitor_is_asked_about_and_no_other_pause_is() -> None:
    pause, nodes = BY_ID["pause-node"], [Selection(Place.NODE, name) for name in ("node1", "node2")]
    simulated = formed("contoso")
    assert question_of(pause, simulated, nodes) == ""
    engine = with_cluster(simulated, engine="Pacemaker 2.1.5")
    asked = question_of(pause, engine, nodes[:1])
    assert asked.startswith("Pause node1 without draining it?")
    assert "does not start them elsewhere if node1 fails" in asked
