"""What nodes have to tell, once, and the time line of a failover."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.backend.pacemaker.view import view
from fcm.logs.node_events import fields_of, node_events, said_by
from fcm.model import events as ev
from fcm.ui.failover.words import summary
from tests.unit.pacemaker_reading.recorded import names, status
from tests.unit.pacemaker_view.shown import Window, changed


def told(window: Window) -> list[tuple[str, str]]:
    """Writer and sentence of everything that was logged by the last answer."""
    found = [one for one in window.told if isinstance(one, ev.NodeLogged)]
    return [(one.node, said_by(one.key, fields_of(one, window.state), one.node)) for one in found]


def sentences(window: Window) -> list[str]:
    return [text for _, text in told(window)]


def test_the_first_answer_tells_no_history() -> None:
    for name in names():
        assert told(Window(name)) == []


@pytest.mark.parametrize("name", names())
def test_the_same_answer_again_tells_nothing(name: str) -> None:
    window = Window("configured")
    window.show(status(name))
    window.show(status(name))
    assert told(window) == []


def test_a_lost_node_is_told_by_the_controller() -> None:
    window = Window("lost-not-yet-noticed")
    window.show(status("unclean"))
    assert ("node3", "node1 was lost. What runs on it is unknown until it is fenced.") in told(window)


def test_fencing_is_told_when_it_begins_fails_and_succeeds_each_once() -> None:
    window = Window("unclean")
    window.show(status("fencing-pending"))
    assert sentences(window) == ["node1 is being fenced (reboot)."]
    window.show(status("fencing-failed"))
    failed = [text for text in sentences(window) if "could not be fenced" in text]
    assert len(failed) == len(sentences(window)) == 2
    assert failed[0].endswith("devices attempted.")
    window.show(status("fenced"))
    done = "node1 was fenced (reboot), carried out by node2. What ran on it may start elsewhere."
    assert [text for text in sentences(window) if "fenced" in text] == [done]
    window.show(status("failed-over"))
    assert not any("fenced" in text for text in sentences(window))


def test_a_node_that_is_back_is_told() -> None:
    window = Window("failed-over")
    window.show(status("rejoined"))
    assert "node1 has become a member of the cluster." in sentences(window)


def test_a_machine_that_starts_elsewhere_is_told_by_that_node() -> None:
    window = Window("fenced")
    window.show(status("failed-over"))
    assert ("node2", "web was started on node2.") in told(window)


def test_a_machine_whose_qemu_died_is_told_once_and_so_is_its_restart() -> None:
    window = Window("configured")
    before = status("link-down")
    window.show(before)
    window.show(status("machine-failed-and-restarted"))
    assert sentences(window).count("db was found not running on node3, although it should be.") == 1
    assert sentences(window).count("db was started on node3.") == 1


def test_an_operation_that_failed_is_told_with_its_reason() -> None:
    window = Window("configured")
    seen = status("configured")
    failed = replace(seen.operations[0], resource="web", name="start", code=1, call=900, interval=0.0, reason="no room")
    window.show(replace(seen, operations=(*seen.operations, failed)))
    assert told(window) == [(failed.node, f"The operation start of web failed on {failed.node}. no room.")]


def test_a_degraded_machine_is_told_as_running() -> None:
    window = Window("configured")
    seen = status("configured")
    ill = replace(seen.operations[0], resource="web", name="monitor", code=190, call=900, reason="libvirtd is silent.")
    window.show(replace(seen, operations=(*seen.operations, ill)))
    assert told(window) == [(ill.node, f"web is running on {ill.node}, but not all is well. libvirtd is silent.")]


def test_blocked_and_no_longer_blocked_are_told() -> None:
    window = Window("canceling")
    window.show(status("blocked"))
    assert any(text.startswith("web is blocked") for text in sentences(window))
    window.show(changed(status("blocked"), "web", blocked=False))
    assert sentences(window) == ["web is no longer blocked."]


def test_links_are_told_by_the_node_that_sees_them() -> None:
    window = Window("witness-gone")
    seen = status("witness-gone")
    down = tuple(replace(one, connected=(one.node, one.number) != ("node2", 0)) for one in seen.links)
    window.show(replace(seen, links=down))
    assert told(window) == [
        (
            "node1",
            "node1 no longer reaches node2 at 10.91.0.2. Other links to it carry the heartbeats, if there are any.",
        )
    ]
    window.show(seen)
    assert told(window) == [("node1", "node1 reaches node2 at 10.91.0.2 again.")]
    window.show(replace(seen, links=down, asked="node3"))
    assert told(window) == []


def test_the_witness_is_told_when_it_goes_and_comes() -> None:
    whole, gone = status("idle"), status("witness-gone")
    window = Window("idle")
    window.show(replace(whole, quorum=gone.quorum))
    assert sentences(window) == ["The witness no longer gives its votes."]
    window.show(whole)
    assert sentences(window) == ["The witness gives its votes again."]


def test_quorum_lost_is_told_with_the_votes_and_no_node_is_said_to_be_lost() -> None:
    window = Window("rejoined")
    window.show(status("quorum-lost"))
    assert "Quorum is lost, so that the machines here are stopped. No quorum: 1 of 5 votes, 3 needed." in sentences(
        window
    )
    assert not any("was lost." in text for text in sentences(window))
    window.show(status("rejoined"))
    assert "There is quorum again." in sentences(window)


def test_another_controller_is_told() -> None:
    window = Window("idle")
    window.show(replace(status("idle"), dc="node1"))
    assert told(window) == [("node1", "node1 has become the designated controller, which decides for the cluster.")]


def test_every_key_is_one_of_the_programs_own_and_known() -> None:
    keys = [key for key, words in node_events().entries.items() if words.source == "Pacemaker"]
    assert keys == [str(number) for number in range(60100, 60120)]


def test_a_failover_is_recorded_from_lost_over_fenced_to_online() -> None:
    window = Window("lost-not-yet-noticed")
    steps = ("unclean", "fencing-pending", "fencing-failed", "fenced", "failed-over")
    for name in steps:
        seen = status(name)
        window.show(replace(seen, at=seen.clock))
    group = window.group("web").id
    record = window.state.failovers[group]
    assert (record.source, record.destination, record.outcome) == ("node1", "node2", "")
    assert record.noticed == record.failed == status("unclean").clock
    assert record.decided == 1_796_019_022
    assert record.online is not None
    assert record.decided <= record.online < record.decided + 5
    assert record.candidates == ()
    assert window.group("db").id not in window.state.failovers


def test_a_failover_begins_when_libvirt_of_the_lost_node_fell_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    noticed = status("unclean").clock
    for silent_for, known in ((9.5, True), (600.0, False)):
        window = Window("lost-not-yet-noticed")
        monkeypatch.setattr(view.time, "time", lambda silent_for=silent_for: noticed - silent_for)
        window.show(status("lost-not-yet-noticed"), silent={"node1": "node1 does not respond."})
        for name in ("unclean", "fenced", "failed-over"):
            monkeypatch.setattr(view.time, "time", lambda: noticed)
            window.show(replace(status(name), at=status(name).clock), silent={"node1": "node1 does not respond."})
        record = window.state.failovers[window.group("web").id]
        assert record.failed == (noticed - 9.5 if known else noticed)
        assert record.noticed == noticed
        assert ("from then on libvirt on it did not respond" in record.cause) is known
        said = summary(record, window.state, simulated=False).course
        assert ("counted from when the loss was noticed" in said) is not known


def test_the_clock_of_the_nodes_is_corrected() -> None:
    window = Window("lost-not-yet-noticed")
    for name in ("unclean", "fenced", "failed-over"):
        seen = status(name)
        window.show(replace(seen, at=seen.clock - 1000.0))
    record = window.state.failovers[window.group("web").id]
    assert record.decided == pytest.approx(1_796_018_022)


def test_a_node_that_leaves_in_order_is_no_failover() -> None:
    seen = status("node-leaving")
    window = Window()
    window.show(seen)
    left = tuple(replace(one, online=False) if one.name == "node3" else one for one in seen.nodes)
    window.show(replace(seen, nodes=left))
    assert not window.state.failovers


def test_a_machine_that_is_taken_offline_meanwhile_ends_its_failover() -> None:
    window = Window("lost-not-yet-noticed")
    window.show(status("unclean"))
    window.show(changed(status("fencing-pending"), "web", target_role="Stopped"))
    record = window.state.failovers[window.group("web").id]
    assert record.outcome == "It was taken offline meanwhile."


def test_a_lost_node_that_comes_back_unfenced_ends_the_failover_where_it_was() -> None:
    window = Window("lost-not-yet-noticed")
    window.show(status("unclean"))
    window.show(status("lost-not-yet-noticed"))
    record = window.state.failovers[window.group("web").id]
    assert (record.destination, record.outcome) == (None, "It is running on as before.")
