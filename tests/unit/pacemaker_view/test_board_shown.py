"""Quorum, witness, current host, adapters and networks."""

from __future__ import annotations

from dataclasses import replace

from fcm.model import commands as cmd
from fcm.model.entities import AdapterState, NetworkState, QuorumMode
from fcm.model.rules.allowed import allowed
from fcm.model.rules.quorum import votes
from fcm.workspace.present import present_words
from fcm.workspace.quorum_board import quorum_board, what_is_missing
from tests.unit.pacemaker_reading.recorded import status
from tests.unit.pacemaker_view.shown import Window


def _states(window: Window, network: str) -> dict[str, AdapterState]:
    return {one.node: one.state for one in window.state.adapters.values() if one.network == network}


def test_the_current_host_is_the_designated_controller() -> None:
    cluster = Window("idle").state.cluster
    assert cluster is not None
    assert (cluster.host, cluster.engine, cluster.stopped) == ("node3", "Pacemaker 2.1.5", "")


def test_votes_are_counted_as_corosync_does() -> None:
    window = Window("idle")
    assert window.state.cluster is not None
    assert votes(window.state.cluster, window.state.nodes, window.state.disks).in_words == "5 of 5 votes, 3 needed"
    assert window.state.cluster.quorum_mode is QuorumMode.NODE_AND_FILE_SHARE_MAJORITY
    assert window.state.cluster.witness == "10.90.0.200"


def test_a_witness_that_is_gone_is_seen_on_the_board() -> None:
    window = Window("witness-gone")
    assert window.state.cluster is not None
    assert not window.state.cluster.witness_online
    board = quorum_board(window.state)
    assert board.votes.in_words == "3 of 5 votes, 3 needed"
    assert board.level == "warn"


def test_without_a_witness_the_majority_of_nodes_decides() -> None:
    seen = status("idle")
    assert seen.quorum is not None
    window = Window("idle")
    window.show(replace(seen, quorum=replace(seen.quorum, device="", device_votes=0, expected=3, total=3)))
    assert window.state.cluster is not None
    assert window.state.cluster.quorum_mode is QuorumMode.NODE_MAJORITY
    assert window.state.cluster.witness is None


def test_what_is_not_known_of_votes_stays_as_it_was() -> None:
    window = Window("witness-gone")
    window.show(replace(status("witness-gone"), quorum=None))
    assert window.state.cluster is not None
    assert not window.state.cluster.witness_online


def test_a_cluster_without_quorum_is_stopped_and_says_the_votes() -> None:
    window = Window("quorum-lost")
    assert window.state.cluster is not None
    assert window.state.cluster.stopped == "No quorum: 1 of 5 votes, 3 needed."
    assert quorum_board(window.state).sentence == "The cluster is stopped: 1 of 5 votes, 3 needed."


def test_a_cluster_that_has_quorum_again_runs() -> None:
    window = Window("quorum-lost")
    window.show(status("rejoined"))
    assert window.state.cluster is not None
    assert window.state.cluster.stopped == ""


def test_all_resources_stopped_is_the_cluster_stopped_by_its_user() -> None:
    seen = status("idle")
    window = Window()
    window.show(replace(seen, properties={**seen.properties, "stop-all-resources": "true"}))
    assert window.state.cluster is not None
    assert "stop-all-resources" in window.state.cluster.stopped


def test_migrations_at_once_are_those_of_the_cluster() -> None:
    seen = status("idle")
    window = Window()
    window.show(replace(seen, properties={**seen.properties, "migration-limit": "3"}))
    assert window.state.cluster is not None
    assert window.state.cluster.concurrent_migrations == 3


def test_the_membership_counts_up_with_the_ring() -> None:
    before, after = Window("adopted").state.cluster, Window("failed-over").state.cluster
    assert before is not None
    assert after is not None
    assert after.epoch > before.epoch > 0


def test_a_link_that_is_down_is_the_failed_adapter_of_the_other_end() -> None:
    window = Window("link-down")
    assert _states(window, "network-2") == {
        "node1": AdapterState.UP,
        "node2": AdapterState.FAILED,
        "node3": AdapterState.UP,
    }
    assert window.state.networks["network-2"].state is NetworkState.PARTITIONED
    assert window.state.networks["network-3"].state is NetworkState.UP


def test_the_link_that_is_back_is_up() -> None:
    window = Window("link-down")
    window.show(status("adopted"))
    assert set(_states(window, "network-2").values()) == {AdapterState.UP}
    assert window.state.networks["network-2"].state is NetworkState.UP


def test_a_node_that_reaches_nobody_on_a_network_is_cut_off_there_itself() -> None:
    seen = status("link-down")
    links = tuple(replace(one, connected=False) if one.number == 0 else one for one in seen.links)
    window = Window("adopted")
    window.show(replace(seen, links=links))
    assert _states(window, "network-2") == {
        "node1": AdapterState.UNREACHABLE,
        "node2": AdapterState.UP,
        "node3": AdapterState.UP,
    }
    assert window.state.networks["network-2"].state is NetworkState.PARTITIONED


def test_between_two_nodes_neither_end_is_blamed_for_a_link() -> None:
    seen = status("link-down")
    window = Window("adopted")
    links = tuple(one for one in seen.links if one.node == "node2")
    window.show(replace(seen, links=links, nodes=seen.nodes[:2]))
    states = _states(window, "network-2")
    assert (states["node1"], states["node2"]) == (AdapterState.UNREACHABLE, AdapterState.UNREACHABLE)
    assert window.state.networks["network-2"].state is NetworkState.DOWN


def test_adapters_of_a_lost_node_are_unavailable() -> None:
    window = Window("failed-over")
    assert _states(window, "network-2")["node1"] is AdapterState.UNAVAILABLE
    assert window.state.networks["network-2"].state is NetworkState.UP


def test_a_network_without_heartbeats_is_up_with_its_nodes() -> None:
    window = Window("link-down")
    assert set(_states(window, "network-4").values()) == {AdapterState.UP}


def test_without_links_known_nothing_is_said_to_be_down() -> None:
    window = Window("link-down")
    window.show(replace(status("link-down"), links=()))
    assert _states(window, "network-2")["node2"] is AdapterState.FAILED
    window = Window("failed-over")
    window.show(replace(status("rejoined"), links=()))
    assert _states(window, "network-2")["node1"] is AdapterState.UP


def test_while_no_node_responds_commands_say_so_and_not_that_the_cluster_was_stopped() -> None:
    window = Window("idle")
    window.show(None, reasons={"node1": "node1 is gone.", "node2": "node2 is gone."})
    said = "No node of s responds, so it is not known how it is. Check that the nodes are on and that this computer"
    for command in (cmd.PauseNode("node1"), cmd.StopCluster()):
        assert allowed(command, window.state).sentence() == f"{said} can reach them."
    assert what_is_missing(window.state) == f"{said} can reach them."
    assert quorum_board(window.state).sentence == "No node of the cluster responds."
    assert present_words(window.state).startswith("No node responds. 3 nodes")

    window.show(status("idle"))
    assert what_is_missing(window.state) == ""
    assert allowed(cmd.PauseNode("node1"), window.state)


def test_hosts_on_which_pacemaker_does_not_run_are_a_stopped_cluster_that_can_be_started() -> None:
    window = Window("idle")
    window.show(None, reasons={"node1": "Pacemaker does not run on node1."}, is_cluster=False)
    assert allowed(cmd.PauseNode("node1"), window.state).sentence().startswith("s is not running. Start it with ")
