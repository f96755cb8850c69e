"""What is refused for virtual machines and their groups, and in which words; one entry a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import (
    GIB,
    MIB,
    MachineState,
    NodeState,
    ResourceState,
)
from fcm.model.telemetry import Phase
from tests.unit.model.changed import (
    disk,
    group,
    machine,
    resource,
    with_disk,
    with_machine,
    with_node,
)
from tests.unit.model.refused.case import (
    assert_refused,
    moving,
    new,
    on,
    plain,
    set_state,
    settings,
    with_volume,
)

if TYPE_CHECKING:
    from fcm.model.state import State
    from tests.unit.model.refused.case import Case


REFUSED: dict[str, tuple[Case, str]] = {
    "a machine without name": (on(new(name="")), "needs a name"),
    "a machine with a long name": (on(new(name="x" * 81)), "has 81 characters"),
    "a machine with a taken name": (on(new(name="sql01")), "A virtual machine sql01 already exists"),
    "a machine on a node that is down": (
        on(new(), lambda s: with_node(s, "node1", state=NodeState.DOWN)),
        "node1 is down",
    ),
    "a machine of odd memory": (on(new(memory=3 * MIB)), "in steps of 2 MiB"),
    "a machine of 128 GiB": (on(new(memory=128 * GIB)), "8 MiB to 64 GiB"),
    "a machine of five processors": (on(new(processors=5)), "cannot have 5 virtual processors"),
    "a machine on Available Storage": (
        on(lambda s: cmd.CreateVirtualMachine("NEW", "node1", 512 * MIB, disk(s, "Cluster Disk 2").id)),
        "is not a Cluster Shared Volume",
    ),
    "a machine too large for its volume": (
        on(
            lambda s: cmd.CreateVirtualMachine(
                "NEW", "node1", 512 * MIB, disk(s, "Cluster Disk 2").id, disk_size=600 * GIB
            ),
            with_volume,
        ),
        "600 GiB is needed",
    ),
    "a machine on a strange switch": (on(new(switch="WAN")), "no virtual network 'WAN'"),
    "a start without memory": (on(new(memory=40 * GIB, start=True)), "of free memory; 40 GiB is needed"),
    "settings in a migration": (
        on(settings("WEB01", switch=""), lambda s: moving(s, "WEB01")),
        "WEB01 is being migrated",
    ),
    "memory while running": (on(settings("WEB01", memory=GIB)), "memory of a machine can be changed only while"),
    "compatibility while running": (
        on(settings("WEB01", processor_compatibility=True)),
        "processor compatibility of a machine can be changed only while",
    ),
    "odd memory": (on(settings("TEST01", memory=5)), "in steps of 2 MiB"),
    "a strange switch": (on(settings("TEST01", switch="WAN")), "no virtual network 'WAN'"),
    "deleting a clustered machine": (
        on(lambda s: cmd.DeleteVirtualMachine(machine(s, "WEB01").id)),
        "WEB01 is clustered",
    ),
    "deleting a running machine": (
        on(lambda s: cmd.DeleteVirtualMachine(machine(s, "LEGACY01").id)),
        "LEGACY01 is running",
    ),
    "starting what runs": (on(set_state("WEB01", MachineState.RUNNING)), "WEB01 is running"),
    "pausing what is off": (on(set_state("TEST01", MachineState.PAUSED)), "TEST01 is off"),
    "asking for a state between": (on(set_state("WEB01", MachineState.STARTING)), "WEB01 is running"),
    "shutting down what is saved": (
        on(set_state("WEB01", MachineState.OFF), lambda s: with_machine(s, "WEB01", state=MachineState.SAVED)),
        "WEB01 is saved",
    ),
    "stopping in a migration": (
        on(set_state("WEB01", MachineState.OFF), lambda s: moving(s, "WEB01", Phase.WAITING)),
        "WEB01 is being migrated",
    ),
    "starting on a node that is down": (
        on(set_state("TEST01", MachineState.RUNNING), lambda s: with_node(s, "node1", state=NodeState.DOWN)),
        "node1 is down",
    ),
    "starting without memory": (
        on(set_state("TEST01", MachineState.RUNNING), lambda s: with_machine(s, "TEST01", memory=40 * GIB)),
        "40 GiB is needed",
    ),
    "starting from a disk that is offline": (
        on(
            set_state("WEB01", MachineState.RUNNING),
            lambda s: with_disk(
                with_machine(s, "WEB01", state=MachineState.OFF), "Cluster Disk 6", state=ResourceState.OFFLINE
            ),
        ),
        "disk of WEB01 is offline",
    ),
    "starting from a disk of another node": (
        on(
            set_state("WEB01", MachineState.RUNNING),
            lambda s: with_disk(with_machine(s, "WEB01", state=MachineState.OFF), "Cluster Disk 6", owner="node2"),
        ),
        "is owned by node2, not by node1",
    ),
    "nothing to cluster": (on(plain(cmd.MakeHighlyAvailable(()))), "No virtual machine was chosen"),
    "clustering twice": (
        on(lambda s: cmd.MakeHighlyAvailable((machine(s, "WEB01").id,))),
        "is already highly available",
    ),
    "clustering local storage": (
        on(lambda s: cmd.MakeHighlyAvailable((machine(s, "TEST01").id,))),
        "are on local storage of node1",
    ),
    "clustering on the witness": (
        on(
            lambda s: cmd.MakeHighlyAvailable((machine(s, "TEST01").id,)),
            lambda s: with_machine(s, "TEST01", disk=disk(s, "Cluster Disk 1").id),
        ),
        "which is in use: Disk Witness in Quorum",
    ),
    "clustering two on one disk": (
        on(
            lambda s: cmd.MakeHighlyAvailable((machine(s, "TEST01").id, machine(s, "LEGACY01").id)),
            lambda s: with_machine(
                with_machine(s, "TEST01", disk=disk(s, "Cluster Disk 2").id),
                "LEGACY01",
                disk=disk(s, "Cluster Disk 2").id,
            ),
        ),
        "share one cluster disk",
    ),
    "removing the core group": (on(lambda s: cmd.RemoveGroup(group(s, "Cluster Group").id)), "the cluster itself"),
    "removing what moves": (
        on(lambda s: cmd.RemoveGroup(group(s, "WEB01").id), lambda s: moving(s, "WEB01")),
        "WEB01 is being migrated",
    ),
    "a group with a taken name": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, name="sql01")),
        "sql01 already exists",
    ),
    "a strange preferred owner": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, preferred_owners=("node9",))),
        "There is no node node9",
    ),
    "failback to nobody": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, failback=True)),
        "Failback needs a preferred owner",
    ),
    "failback at 25 o'clock": (
        on(lambda s: cmd.ConfigureGroup(group(s, "SQL01").id, failback=True, failback_window=(22, 25))),
        "must be from 0 to 23",
    ),
    "a period of no hours": (
        on(lambda s: cmd.ConfigureGroup(group(s, "WEB01").id, failover_period=0)),
        "at least 1 hour",
    ),
    "a resource without owners": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, possible_owners=())),
        "at least one possible owner",
    ),
    "a resource without its owner": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, possible_owners=("node2",))),
        "node1 owns the resource now",
    ),
    "a resource of a strange node": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, possible_owners=("x",))),
        "There is no node x",
    ),
    "a resource without name": (
        on(lambda s: cmd.ConfigureResource(resource(s, "Virtual Machine WEB01").id, name="")),
        "The resource needs a name",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(state: State, name: str) -> None:
    case, words = REFUSED[name]
    assert_refused(case, state, words)
