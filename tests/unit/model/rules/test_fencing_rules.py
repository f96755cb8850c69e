"""What may be cleared and confirmed where Pacemaker waits for a user."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.backend.libvirt.capabilities import CAPABILITIES as HOSTS
from fcm.model import commands as cmd
from fcm.model.entities import FencingState, Node, NodeState, Resource
from fcm.model.rules.allowed import allowed
from fcm.model.rules.fencing import blocked, waiting_for
from fcm.model.structures.codec import decode, encode
from fcm.workspace.actions.powershell import powershell
from tests.property.test_rules_totality import contoso

if TYPE_CHECKING:
    from fcm.model.state import State


@pytest.fixture
def state() -> State:
    return contoso()


def _with_node(before: State, **changes: object) -> State:
    nodes = {**before.nodes, "node2": replace(before.nodes["node2"], **changes)}  # type: ignore[arg-type]
    return replace(before, nodes=MappingProxyType(nodes))


def _blocked(state: State, why: str) -> tuple[State, str]:
    """The state with one blocked resource, and its group."""
    found = next(one for one in state.resources.values() if one.machine is not None)
    resources = {**state.resources, found.id: replace(found, blocked=why)}
    return replace(state, resources=MappingProxyType(resources)), found.group


def test_only_a_blocked_group_can_be_cleared(state: State) -> None:
    changed, group = _blocked(state, "Its live migration failed.")
    assert blocked(state, group) == ""
    assert blocked(changed, group) == "Its live migration failed."
    assert blocked(changed, "gone") == ""
    assert allowed(cmd.ClearBlocked(group), changed)
    assert allowed(cmd.ClearBlocked(group), state).reason == f"{state.groups[group].name} is not blocked."
    assert "no longer in this cluster" in allowed(cmd.ClearBlocked("gone"), state).reason


@pytest.mark.parametrize("fencing", [one for one in FencingState if one])
def test_a_lost_node_can_be_confirmed_as_off_until_it_is_fenced(state: State, fencing: FencingState) -> None:
    changed = _with_node(state, state=NodeState.DOWN, fencing=fencing)
    assert allowed(cmd.ConfirmNodeOff("node2"), changed)
    assert [node.name for node in waiting_for(changed)] == ["node2"]
    refused = allowed(cmd.ConfirmNodeOff("node2"), _with_node(state, state=NodeState.DOWN))
    assert refused.reason == "node2 does not need to be fenced."
    assert waiting_for(state) == ()


@pytest.mark.parametrize("kind", [cmd.ClearBlocked, cmd.ConfirmNodeOff])
def test_without_pacemaker_both_are_refused_with_the_reason(kind: type[cmd.Command]) -> None:
    simulated = open_embedded("contoso", paced=False)
    assert "only Pacemaker" in simulated.capabilities().verdict(kind).reason
    assert "without Pacemaker" in HOSTS.verdict(kind).reason
    assert "pacemaker:" in HOSTS.verdict(kind).remedy
    simulated.close()


def test_both_are_powershell_by_names(state: State) -> None:
    group = next(one for one in state.groups.values() if not one.is_core)
    assert powershell(cmd.ClearBlocked(group.id), state) == f"Clear-FcmBlockedGroup {group.name}"
    assert powershell(cmd.ConfirmNodeOff("node2"), state) == "Confirm-FcmNodeOff node2 -NodeIsOff"


def test_nodes_and_resources_of_earlier_versions_are_read_as_not_fenced_and_not_blocked(state: State) -> None:
    node = encode(state.nodes["node1"])
    resource = encode(next(iter(state.resources.values())))
    for name in ("fencing", "standby"):
        del node[name]
    del resource["blocked"]
    read = decode(Node, node)
    assert (read.fencing, read.standby) == (FencingState.NONE, False)
    assert decode(Resource, resource).blocked == ""
