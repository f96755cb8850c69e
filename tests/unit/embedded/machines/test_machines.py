from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import GIB, MIB, DiskUse, MachineState, ResourceState, StartAction

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk


def on_volume(desk: Desk, name: str = "NEW", node: str = "node1", start: bool = False) -> str:
    """A machine on a Cluster Shared Volume; its id."""
    disk = desk.disk("Cluster Disk 2")
    if disk.use is DiskUse.AVAILABLE:
        assert desk.do(cmd.EnableSharedVolumes(notice_accepted=True))
        assert desk.do(cmd.AddStorage((disk.id,)))
    assert desk.do(cmd.CreateVirtualMachine(name, node, 512 * MIB, disk.id, "VM Network", start=start))
    return desk.machine(name).id


def test_a_new_machine_lies_on_its_volume_and_takes_its_space(desk: Desk) -> None:
    used = desk.disk("Cluster Disk 2").used
    identity = on_volume(desk)
    machine = desk.state.machines[identity]
    assert machine.path == "C:\\ClusterStorage\\Volume1\\NEW"
    assert machine.state is MachineState.OFF
    assert desk.disk("Cluster Disk 2").used == used + 20 * GIB


def test_a_deleted_machine_gives_its_space_back(desk: Desk) -> None:
    on_volume(desk)
    used = desk.disk("Cluster Disk 2").used
    assert desk.do(cmd.DeleteVirtualMachine(desk.machine("NEW").id))
    assert desk.state.machine_named("NEW") is None
    assert desk.disk("Cluster Disk 2").used == used - 20 * GIB


def test_a_name_can_be_used_again_and_is_another_machine_then(desk: Desk) -> None:
    first = on_volume(desk)
    assert desk.do(cmd.DeleteVirtualMachine(first))
    assert on_volume(desk) != first


def test_an_unknown_workload_is_refused(desk: Desk) -> None:
    verdict = desk.do(cmd.CreateVirtualMachine("X", "node1", 512 * MIB, None, workload="gaming"))
    assert "gaming" in verdict.reason
    assert "idle" in verdict.remedy
    assert desk.state.machine_named("X") is None


def test_starting_takes_a_while_and_gives_the_features_of_the_node(desk: Desk) -> None:
    machine = desk.machine("TEST01").id
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))
    assert desk.state.machines[machine].state is MachineState.STARTING
    desk.settle()
    running = desk.state.machines[machine]
    assert running.state is MachineState.RUNNING
    assert running.features == desk.state.nodes["node1"].processor.features


def test_with_processor_compatibility_only_what_all_nodes_have_is_given(desk: Desk) -> None:
    machine = desk.machine("TEST01").id
    assert desk.do(cmd.ConfigureVirtualMachine(machine, processor_compatibility=True))
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))
    desk.settle()
    assert desk.state.machines[machine].features == desk.state.nodes["node3"].processor.features


@pytest.mark.parametrize(
    ("wanted", "forced", "between", "end"),
    [
        (MachineState.OFF, False, MachineState.STOPPING, MachineState.OFF),
        (MachineState.OFF, True, MachineState.OFF, MachineState.OFF),
        (MachineState.SAVED, False, MachineState.SAVING, MachineState.SAVED),
        (MachineState.PAUSED, False, MachineState.PAUSED, MachineState.PAUSED),
    ],
)
def test_a_running_machine_goes_through_the_states_of_hyper_v(
    desk: Desk, wanted: MachineState, forced: bool, between: MachineState, end: MachineState
) -> None:
    machine = desk.machine("WEB01").id
    assert desk.do(cmd.SetMachineState(machine, wanted, forced=forced))
    assert desk.state.machines[machine].state is between
    desk.settle()
    assert desk.state.machines[machine].state is end


def test_resource_and_group_follow_the_machine(desk: Desk) -> None:
    machine = desk.machine("WEB01").id
    states = []
    assert desk.do(cmd.SetMachineState(machine, MachineState.OFF))
    states.append(desk.group("WEB01").state)
    desk.settle()
    states.append(desk.group("WEB01").state)
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))
    states.append(desk.group("WEB01").state)
    desk.settle()
    states.append(desk.group("WEB01").state)
    # The configuration and the disk stay online while the machine is off.
    assert states == [
        ResourceState.PENDING,
        ResourceState.PARTIAL_ONLINE,
        ResourceState.PENDING,
        ResourceState.ONLINE,
    ]


def test_saving_more_memory_takes_longer(desk: Desk) -> None:
    def seconds(name: str) -> float:
        begin = desk.workspace.now()
        assert desk.do(cmd.SetMachineState(desk.machine(name).id, MachineState.SAVED))
        desk.settle()
        return desk.workspace.now() - begin

    assert seconds("SQL01") > 2 * seconds("WEB01")


def test_a_paused_machine_goes_on_at_once(desk: Desk) -> None:
    machine = desk.machine("WEB01").id
    assert desk.do(cmd.SetMachineState(machine, MachineState.PAUSED))
    assert desk.do(cmd.SetMachineState(machine, MachineState.RUNNING))
    assert desk.state.machines[machine].state is MachineState.RUNNING


def test_settings_change_and_an_empty_text_disconnects(desk: Desk) -> None:
    machine = desk.machine("SETUP01").id
    assert desk.do(cmd.ConfigureVirtualMachine(machine, media="", switch="", start_action=StartAction.ALWAYS))
    changed = desk.state.machines[machine]
    assert (changed.media, changed.switch, changed.start_action) == (None, None, StartAction.ALWAYS)


def test_a_clustered_machine_has_a_group_with_its_two_resources(desk: Desk) -> None:
    machine = on_volume(desk)
    assert desk.do(cmd.MakeHighlyAvailable((machine,)))
    group = desk.group("NEW")
    names = [resource.name for resource in desk.state.group_resources(group.id)]
    assert names == ["Virtual Machine NEW", "Virtual Machine Configuration NEW"]
    assert desk.state.machines[machine].group == group.id
    assert group.owner == "node1"


def test_a_machine_with_a_disk_of_its_own_takes_it_into_its_group_and_leaves_it(desk: Desk) -> None:
    assert desk.do(cmd.RemoveGroup(desk.group("WEB01").id))
    assert desk.disk("Cluster Disk 6").use is DiskUse.AVAILABLE
    assert not desk.machine("WEB01").is_highly_available
    assert desk.do(cmd.MakeHighlyAvailable((desk.machine("WEB01").id,)))
    assert desk.disk("Cluster Disk 6").use is DiskUse.GROUP
    resources = desk.state.group_resources(desk.group("WEB01").id)
    assert [resource.name for resource in resources][-1] == "Cluster Disk 6"


def test_a_group_gets_a_free_name_where_its_own_is_taken(desk: Desk) -> None:
    assert desk.do(cmd.ConfigureGroup(desk.group("SQL01").id, name="NEW"))
    machine = on_volume(desk)
    assert desk.do(cmd.MakeHighlyAvailable((machine,)))
    assert desk.state.groups[desk.state.machines[machine].group or ""].name == "NEW (2)"


def test_local_storage_cannot_be_made_highly_available(desk: Desk) -> None:
    verdict = desk.do(cmd.MakeHighlyAvailable((desk.machine("TEST01").id,)))
    assert "local storage of node1" in verdict.reason
