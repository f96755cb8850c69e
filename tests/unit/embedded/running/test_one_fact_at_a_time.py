"""A command that sets one fact of an object leaves its other facts as they are, whatever these are."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import (
    GIB,
    ClusterVersion,
    NetworkRole,
    OfflineAction,
    ResourceType,
    RestartPolicy,
    StartAction,
)
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.embedded.desk import Desk


@pytest.fixture
def new() -> Iterator[Desk]:
    """The shipped cluster contoso by the newest rules."""
    desk = desk_of(tuple(ClusterVersion)[-1])
    yield desk
    desk.close()


def facts_of(one: object) -> dict[str, Any]:
    """Each fact of an object."""
    return {field.name: getattr(one, field.name) for field in fields(one)}  # type: ignore[arg-type]


def each_alone(
    desk: Desk, command: type, kind: str, identity: str, first: dict[str, Any], then: dict[str, Any]
) -> None:
    """All facts are set, then each one to another value."""
    assert desk.do(command(identity, **first))
    for name, value in then.items():
        before = facts_of(getattr(desk.state, kind)[identity])
        assert before[name] in (first[name], None)
        assert desk.do(command(identity, **{name: value})), name
        after = facts_of(getattr(desk.state, kind)[identity])
        assert after == before | {name: value}


def test_of_a_network(new: Desk) -> None:
    network = new.network("Cluster Network 2").id
    first = {"name": "One", "role": NetworkRole.INTERNAL, "metric": 777}
    then = {"name": "Two", "role": NetworkRole.INTERNAL_AND_CLIENT, "metric": 778}
    each_alone(new, cmd.ConfigureNetwork, "networks", network, first, then)


def test_of_a_group(new: Desk) -> None:
    first = {
        "name": "One",
        "preferred_owners": ("node2", "node3"),
        "auto_start": True,
        "persistent": False,
        "maximum_failures": 3,
        "failover_period": 7,
        "failback": True,
        "failback_window": (1, 5),
        "anti_affinity": ("mail",),
        "priority": 2000,
    }
    then = {
        "name": "Two",
        "preferred_owners": ("node3",),
        "auto_start": False,
        "persistent": True,
        "maximum_failures": 4,
        "failover_period": 8,
        "failback_window": (2, 6),
        "failback": False,
        "anti_affinity": ("web", "mail"),
        "priority": 3000,
    }
    each_alone(new, cmd.ConfigureGroup, "groups", new.group("SQL01").id, first, then)


def test_of_a_resource(new: Desk) -> None:
    group = new.group("SQL01").id
    (resource,) = (one for one in new.state.group_resources(group) if one.type is ResourceType.VIRTUAL_MACHINE)
    first = {
        "name": "One",
        "possible_owners": ("node1", "node2"),
        "policy": RestartPolicy(period=60),
        "offline_action": OfflineAction.SAVE,
        "heartbeat": True,
        "separate_monitor": False,
    }
    then = {
        "name": "Two",
        "possible_owners": ("node1", "node3"),
        "policy": RestartPolicy(restart=False),
        "offline_action": OfflineAction.SHUT_DOWN,
        "heartbeat": False,
        "separate_monitor": True,
    }
    each_alone(new, cmd.ConfigureResource, "resources", resource.id, first, then)


def test_of_a_virtual_machine(new: Desk) -> None:
    machine = new.machine("TEST01")
    first = {
        "memory": 2 * GIB,
        "start_action": StartAction.NOTHING,
        "processor_compatibility": True,
        "switch": "",
        "workload": "idle",
    }
    then = {
        "memory": GIB,
        "start_action": StartAction.ALWAYS,
        "processor_compatibility": False,
        "switch": machine.switch,
        "workload": machine.workload,
    }
    each_alone(new, cmd.ConfigureVirtualMachine, "machines", machine.id, first, then)
