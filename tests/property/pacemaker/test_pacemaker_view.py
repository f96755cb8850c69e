"""Whatever a cluster says, and in whatever order: the view makes events that the state takes, and then is at rest."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as some

from fcm.model.entities import FencingState, NodeState, ResourceState
from tests.unit.pacemaker_reading.recorded import names, status
from tests.unit.pacemaker_view.shown import NAMES, Window

RECORDINGS = {name: status(name) for name in names()}
LACKS = ("quorum", "links", "fencing", "operations", "locations", "nodes", "resources")


@settings(deadline=None)
@given(some.lists(some.tuples(some.sampled_from(sorted(RECORDINGS)), some.sets(some.sampled_from(LACKS))), max_size=8))
def test_any_statuses_in_any_order_are_shown_without_contradiction(steps: list[tuple[str, set[str]]]) -> None:
    window = Window()
    for name, missing in steps:
        seen = RECORDINGS[name]
        empty = {key: None if key == "quorum" else () for key in missing}
        seen = replace(seen, **empty)  # type: ignore[arg-type]
        window.show(seen)
        assert window.show(seen) == []
        for node in window.state.nodes.values():
            if node.fencing is not FencingState.NONE:
                assert node.state is NodeState.DOWN
                assert node.note
        for machine in window.state.machines.values():
            if machine.group is None:
                continue
            group = window.state.groups[machine.group]
            resource = window.state.machine_resource(machine.id)
            assert resource is not None
            assert (group.owner, group.state) == (machine.node, resource.state)
            known = next((one for one in seen.machines if one.meta.get("fcm-uuid") == machine.id), None)
            lost = {node.name for node in seen.nodes if node.unclean}
            if known is not None and lost & set(known.nodes) and not known.blocked:
                assert group.state is not ResourceState.ONLINE


@settings(deadline=None)
@given(some.sampled_from(sorted(RECORDINGS)), some.sets(some.sampled_from(NAMES)), some.booleans())
def test_when_nobody_answers_no_node_is_shown_as_up(name: str, silent: set[str], is_cluster: bool) -> None:
    window = Window(name)
    reasons = dict.fromkeys(NAMES, "It does not respond.")
    window.show(None, silent=dict.fromkeys(silent, "silent."), reasons=reasons, is_cluster=is_cluster)
    assert not any(node.state.is_member for node in window.state.nodes.values())
    assert window.state.cluster is not None
    assert window.state.cluster.stopped
