"""A refusal tells every obstacle at once, whichever of them come together: who removes one meets no new one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model import commands as cmd
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, NetworkRole, NodeState, ResourceState
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.verdict import no, together
from fcm.workspace.planning.cluster_plan import PlannedNetwork, PlannedNode, usual_plan, verdict
from tests.unit.model.changed import disk, machine, network, resource, with_disk, with_machine, with_node
from tests.unit.model.conftest import formed

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State

    Fault = tuple[str, Callable[[Any], Any]]
    """What the refusal says of it, and what brings it about."""

GOOD = cmd.CreateVirtualMachine("NEW01", "node1", 512 * MIB, None)
NEW_MACHINE: tuple[Fault, ...] = (
    ("reserves the name NUL", lambda one: replace(one, name="nul.txt")),
    ("The memory must be", lambda one: replace(one, memory=1)),
    ("9 virtual processors", lambda one: replace(one, processors=9)),
    ("no virtual network 'nope'", lambda one: replace(one, switch="nope")),
    ("is not a Cluster Shared Volume", lambda one: replace(one, disk=disk(formed("contoso"), "Cluster Disk 2").id)),
)
OPTIONS: tuple[Fault, ...] = (
    ("downtime limit", lambda one: replace(one, downtime_limit=0.0)),
    ("bandwidth must be greater than 0", lambda one: replace(one, bandwidth=0)),
    ("time limit", lambda one: replace(one, time_limit=0.5)),
    ("slow a guest", lambda one: replace(one, auto_converge_initial=0)),
    ("parallel connections.", lambda one: replace(one, parallel_connections=300)),
)
NETWORK: tuple[Fault, ...] = (
    ("ends with a space", lambda one: replace(one, name="Cluster Network 9 ")),
    ("metric must be", lambda one: replace(one, metric=0)),
)
RESOURCE: tuple[Fault, ...] = (
    ("has a character", lambda one: replace(one, name="a*")),
    ("no node node8", lambda one: replace(one, possible_owners=("node1", "node8"))),
)
START: tuple[Fault, ...] = (
    ("node1 is down", lambda state: with_node(state, "node1", state=NodeState.DOWN)),
    ("of free memory", lambda state: with_machine(state, "TEST01", memory=60 * GIB)),
    (
        "The disk of TEST01 is offline",
        lambda state: with_machine(
            with_disk(state, "Cluster Disk 2", state=ResourceState.OFFLINE),
            "TEST01",
            disk=disk(state, "Cluster Disk 2").id,
        ),
    ),
)
PLAN: tuple[Fault, ...] = (
    ("reserves the name CON", lambda one: replace(one, nodes=(*one.nodes, PlannedNode("con")))),
    ("1 GiB of memory", lambda one: replace(one, nodes=(*one.nodes, PlannedNode("n9", memory=GIB)))),
    ("different manufacturers", lambda one: replace(one, nodes=(*one.nodes, PlannedNode("n8", processor=AMD)))),
    ("'nonsense' is not a subnet", lambda one: replace(one, networks=(*one.networks, PlannedNetwork("A", "nonsense")))),
    ("Two networks are named", lambda one: replace(one, networks=(*one.networks, SAME_NAME))),
)
AMD = "AMD Opteron 6174"
SAME_NAME = PlannedNetwork("cluster network 1", "10.9.0.0/24")


def some_of(faults: tuple[Fault, ...]) -> st.SearchStrategy[list[Fault]]:
    return st.lists(st.sampled_from(faults), min_size=1, unique_by=lambda fault: fault[0])


def with_all(begin: Any, faults: list[Fault]) -> Any:
    for _, bring in faults:
        begin = bring(begin)
    return begin


def told(faults: list[Fault], reason: str) -> bool:
    return all(words in reason for words, _ in faults)


@given(some_of(NEW_MACHINE))
def test_of_a_new_machine(faults: list[Fault]) -> None:
    found = allowed(with_all(GOOD, faults), formed("contoso"))
    assert not found
    assert told(faults, found.reason), found.reason


@given(some_of(OPTIONS))
def test_of_the_options_of_live_migrations(faults: list[Fault]) -> None:
    found = allowed(cmd.SetMigrationOptions(with_all(MigrationOptions(), faults)), formed("contoso"))
    assert told(faults, found.reason), found.reason


@given(some_of(NETWORK))
def test_of_a_network(faults: list[Fault]) -> None:
    begin = cmd.ConfigureNetwork(network(formed("contoso"), "Cluster Network 1").id, role=NetworkRole.INTERNAL)
    found = allowed(with_all(begin, faults), formed("contoso"))
    assert told(faults, found.reason), found.reason


@given(some_of(RESOURCE))
def test_of_a_resource(faults: list[Fault]) -> None:
    begin = cmd.ConfigureResource(resource(formed("contoso"), "Virtual Machine SQL01").id)
    found = allowed(with_all(begin, faults), formed("contoso"))
    assert told(faults, found.reason), found.reason


@given(some_of(START))
def test_of_a_start(faults: list[Fault]) -> None:
    state: State = with_all(formed("contoso"), faults)
    found = allowed(cmd.SetMachineState(machine(state, "TEST01").id, MachineState.RUNNING), state)
    assert told(faults, found.reason), found.reason


@given(some_of(PLAN))
def test_of_a_cluster_that_is_planned(faults: list[Fault]) -> None:
    found = verdict(with_all(usual_plan("new", ("n1", "n2")), faults))
    assert told(faults, found.reason), found.reason


@pytest.mark.parametrize("on", [True, False])
def test_of_the_witness_only_what_applies(on: bool) -> None:
    state = with_disk(formed("contoso"), "Cluster Disk 1", state=ResourceState.OFFLINE, use=DiskUse.WITNESS)
    found = allowed(cmd.SetMaintenance(disk(state, "Cluster Disk 1").id, on), state)
    assert ("is offline" in found.reason, "is the quorum witness" in found.reason) == (on, on)


def test_what_was_put_together_says_nothing_twice_when_it_is_put_together_again() -> None:
    first = together((no("A is off.", "Start it."), no("A moves.", "Wait.")))
    second = together((no("B is off.", "Start it."), no("A moves.", "Wait.")))
    found = together((first, second))
    assert (found.reason, found.remedy) == ("A is off. A moves. B is off.", "Start it. Wait.")
