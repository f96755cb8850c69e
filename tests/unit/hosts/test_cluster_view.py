"""Hosts and their domains as a failover cluster: events from reports, without a host."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fcm.backend.libvirt.cluster_view import (
    absent_machines,
    formed_cluster,
    machine_events,
    node_events,
    silent_events,
)
from fcm.backend.libvirt.configuration.hosts_file import Host, HostNetwork, HostsFile
from fcm.backend.libvirt.inventory import SHARED_DISK, FoundMachine, HostReport, read_processor
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import MachineState, NetworkRole, Node, NodeState, Processor, VirtualMachine
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.networks import migration_order
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase

NETWORKS = (
    HostNetwork("Management", NetworkRole.INTERNAL_AND_CLIENT, "10.0.0.0/24", None, "10.0.0.254", 125_000_000),
    HostNetwork("Cluster", NetworkRole.INTERNAL, "10.1.0.0/24", None, None, 125_000_000),
    HostNetwork("Migration", NetworkRole.INTERNAL, "10.2.0.0/24", None, None, 1_250_000_000),
)
HOSTS = HostsFile(
    Path("hosts.toml"),
    "east",
    NETWORKS,
    tuple(
        Host(
            name,
            f"qemu+ssh://{name}/system",
            f"qemu+ssh://{name}/system",
            {network.name: f"10.{third}.0.{number}" for third, network in enumerate(NETWORKS)},
            "/srv/vm",
            (),
            None,
        )
        for number, name in enumerate(("alpha", "beta"), 1)
    ),
    is_lab=False,
    same_file_system=False,
)
MACHINE = VirtualMachine(
    "uuid-1", "web", "alpha", MachineState.RUNNING, 2**30, 2, "", "/srv/vm/web.qcow2", SHARED_DISK, "br0"
)


def node(name: str) -> Node:
    return Node(name, NodeState.UP, 2**35, 0, 8, Processor("AMD", "EPYC", frozenset({"aes"})), (), "/")


def report(name: str, *machines: FoundMachine, began: float = 1.0) -> HostReport:
    return HostReport(node(name), machines, began)


def found(machine: VirtualMachine, arriving: bool = False) -> FoundMachine:
    return FoundMachine(machine, arriving, machine.switch)


def after(state: State, *events: ev.Event) -> State:
    for event in events:
        state, _ = apply(state, ev.Entry(state.sequence + 1, 1.0, event))
    return state


def formed() -> State:
    return after(State(), formed_cluster(HOSTS, None))


def told(state: State, *reports: HostReport) -> State:
    by_name = {one.node.name: one for one in reports}
    for one in reports:
        state = after(state, *node_events(state, HOSTS, by_name, one.node.name))
    return after(state, *machine_events(state, by_name, absent_machines(state, by_name)))


def test_before_any_host_answered_the_nodes_are_down_and_connecting() -> None:
    state = formed()

    assert {n.state for n in state.nodes.values()} == {NodeState.DOWN}
    assert all(n.note.startswith("Connecting") for n in state.nodes.values())


def test_networks_without_gateway_come_first_and_the_cluster_network_last() -> None:
    state = formed()
    assert state.cluster is not None

    names = [state.networks[identity].name for identity in migration_order(state.cluster, state.networks)]

    assert names == ["Migration", "Management", "Cluster"]


def test_what_was_set_for_the_cluster_is_kept_when_it_is_formed_again() -> None:
    state = formed()
    assert state.cluster is not None
    before = replace(state.cluster, migration_order=("network-1", "gone"), concurrent_migrations=3)

    again = formed_cluster(HOSTS, before).cluster

    assert again.migration_order == ("network-1",)
    assert again.concurrent_migrations == 3


def test_a_pause_outlives_the_session_and_a_host_that_does_not_answer() -> None:
    before = formed()
    assert before.cluster is not None
    state = after(State(), formed_cluster(HOSTS, before.cluster, frozenset({"beta"})))
    assert state.nodes["beta"].state is NodeState.DOWN

    state = told(state, report("alpha"), report("beta"))
    assert [state.nodes[name].state for name in ("alpha", "beta")] == [NodeState.UP, NodeState.PAUSED]

    down = replace(state.nodes["beta"], state=NodeState.DOWN, note="no answer")
    state = told(after(state, ev.NodeChanged(down)), report("alpha"), report("beta"))
    assert state.nodes["beta"].state is NodeState.PAUSED


def test_a_domain_on_the_shared_storage_is_a_highly_available_machine() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))

    machine = state.machines["uuid-1"]
    assert machine.is_highly_available
    assert state.groups[machine.group or ""].owner == "alpha"
    assert [r.name for r in state.group_resources(machine.group or "")] == [
        "Virtual Machine web",
        "Virtual Machine Configuration web",
    ]


def test_a_domain_on_local_storage_is_shown_but_not_highly_available() -> None:
    state = told(formed(), report("alpha", found(replace(MACHINE, disk=None))), report("beta"))

    assert not state.machines["uuid-1"].is_highly_available


def test_a_host_whose_bridges_are_not_named_is_assumed_to_have_those_in_use() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))

    assert state.nodes["beta"].switches == ("br0",)


def test_bridges_in_use_are_remembered_while_the_host_with_the_machines_does_not_answer() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))

    state = told(state, report("beta"))

    assert state.nodes["beta"].switches == ("br0",)


def test_the_paused_copy_that_waits_at_a_destination_is_no_second_machine() -> None:
    arriving = found(replace(MACHINE, node="beta", state=MachineState.PAUSED), arriving=True)

    state = told(formed(), report("alpha", found(MACHINE)), report("beta", arriving))

    assert state.machines["uuid-1"].node == "alpha"


def test_the_inventory_does_not_move_a_machine_that_is_being_migrated() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))
    migration = Migration("m1", MigrationKind.LIVE, "uuid-1", "alpha", "beta", MigrationOptions(), Phase.BROWNOUT, 1.0)
    state = after(state, ev.MigrationRequested(migration))

    there = found(replace(MACHINE, node="beta"))
    events = machine_events(state, {"alpha": report("alpha"), "beta": report("beta", there)}, {})

    assert events == []


def test_a_machine_that_somebody_else_moved_changes_its_owner() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))

    state = told(state, report("alpha"), report("beta", found(replace(MACHINE, node="beta"))))

    machine = state.machines["uuid-1"]
    assert machine.node == "beta"
    assert state.groups[machine.group or ""].owner == "beta"


def test_a_machine_that_is_gone_from_its_host_leaves_with_its_group() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))

    state = told(state, report("alpha"), report("beta"))

    assert not state.machines
    assert not state.groups
    assert not state.resources


def test_a_machine_that_moves_between_two_reports_is_neither_gone_nor_new() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))
    missed = {"alpha": report("alpha", began=3.0), "beta": report("beta", began=2.0)}
    since = absent_machines(state, missed)

    assert since == {"uuid-1": 3.0}
    assert machine_events(state, missed, since) == []

    there = {**missed, "beta": report("beta", found(replace(MACHINE, node="beta")), began=4.0)}
    events = machine_events(state, there, since)
    assert [type(event) for event in events] == [ev.MachineChanged, ev.GroupChanged]


def test_a_report_from_before_the_end_of_a_migration_does_not_move_the_machine_back() -> None:
    state = told(formed(), report("alpha"), report("beta", found(replace(MACHINE, node="beta"))))
    stale = {"alpha": report("alpha", found(MACHINE), began=1.0), "beta": report("beta", began=1.0)}

    assert machine_events(state, stale, {"uuid-1": 2.0}) == []


def test_only_hosts_that_answered_are_said_to_have_bridges() -> None:
    state = formed()

    events = node_events(state, HOSTS, {"alpha": report("alpha", found(MACHINE))}, "alpha")

    assert [event.node.name for event in events if isinstance(event, ev.NodeChanged)] == ["alpha"]


def test_no_node_is_up_without_the_bridges_that_machines_use() -> None:
    state = formed()
    reports = {"beta": report("beta")}
    state = after(state, *node_events(state, HOSTS, reports, "beta"))
    reports["alpha"] = report("alpha", found(MACHINE))

    for event in node_events(state, HOSTS, reports, "alpha"):
        state = after(state, event)
        if all(n.state is NodeState.UP for n in state.nodes.values()):
            assert all(n.switches == ("br0",) for n in state.nodes.values())
    assert all(n.state is NodeState.UP for n in state.nodes.values())


def test_machines_of_a_host_that_does_not_answer_are_kept_as_last_seen() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))

    state = told(state, report("beta"))

    assert state.machines["uuid-1"].node == "alpha"


def test_nothing_new_makes_no_event() -> None:
    state = told(formed(), report("alpha", found(MACHINE)), report("beta"))
    reports = {"alpha": report("alpha", found(MACHINE)), "beta": report("beta")}

    assert machine_events(state, reports, {}) == []
    assert node_events(state, HOSTS, reports, "alpha") == []


def test_the_processor_of_a_host_is_read_from_its_capabilities() -> None:
    xml = (
        "<capabilities><host><cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor>"
        "<feature name='aes'/><feature name='avx'/></cpu></host></capabilities>"
    )

    assert read_processor(xml) == Processor("AMD", "EPYC", frozenset({"aes", "avx"}))
    assert read_processor("<capabilities><host/></capabilities>").model == "unknown"


def test_a_storage_of_unknown_size_is_not_full_so_that_machines_that_are_off_start_and_others_are_saved() -> None:
    shown = told(formed(), report("alpha", found(replace(MACHINE, state=MachineState.OFF))), report("beta"))
    assert allowed(cmd.SetMachineState(MACHINE.id, MachineState.RUNNING), shown)
    shown = told(formed(), report("alpha", found(MACHINE)), report("beta"))
    assert allowed(cmd.SetMachineState(MACHINE.id, MachineState.SAVED), shown)


def test_a_cluster_of_hosts_begins_with_nodes_of_which_nothing_is_known_and_a_storage_without_a_size() -> None:
    formed = formed_cluster(HOSTS, None, frozenset({"beta"}))
    assert [(node.name, node.state, node.paused) for node in formed.nodes] == [
        ("alpha", NodeState.DOWN, False),
        ("beta", NodeState.DOWN, True),
    ]
    for node in formed.nodes:
        assert (node.memory, node.reserved_memory, node.logical_processors, node.switches) == (0, 0, 0, ())
        assert (node.processor.model, node.system_drive, node.note) == ("unknown", "/", "Connecting ...")
    (disk,), (volume,) = formed.disks, formed.shared_volumes
    assert (disk.number, disk.size, disk.used, disk.visible_to) == (0, 0, 0, ("alpha", "beta"))
    assert (volume.owner, volume.folder) == ("alpha", "/srv/vm")
    assert formed.cluster.shared_volumes_enabled
    assert (formed.cluster.witness, formed.cluster.host) == (None, "alpha")
    assert len(formed.adapters) == 2 * len(NETWORKS)


def test_a_metric_that_the_hosts_file_gives_is_kept_and_the_others_are_automatic() -> None:
    given = replace(HOSTS, networks=(replace(NETWORKS[0], metric=7), *NETWORKS[1:]))
    networks = formed_cluster(given, None).networks

    assert [(one.id, one.name) for one in networks] == [
        ("network-1", "Management"),
        ("network-2", "Cluster"),
        ("network-3", "Migration"),
    ]
    assert (networks[0].metric, networks[0].auto_metric) == (7, False)
    assert all(one.auto_metric and one.metric >= 1000 for one in networks[1:])
    assert [(one.subnet, one.role, one.gateway, one.bandwidth) for one in networks] == [
        (one.subnet, one.role, one.gateway, one.bandwidth) for one in NETWORKS
    ]


def test_every_address_of_a_host_is_an_adapter_on_its_network() -> None:
    adapters = {(one.node, one.network): one.address for one in formed_cluster(HOSTS, None).adapters}
    assert adapters == {
        (host.name, f"network-{number}"): host.addresses[network.name]
        for host in HOSTS.hosts
        for number, network in enumerate(NETWORKS, 1)
    }


def test_the_shared_storage_is_one_volume_that_the_first_host_coordinates_and_those_with_storage_see() -> None:
    third = replace(HOSTS.hosts[1], name="gamma", storage=None)
    found = formed_cluster(replace(HOSTS, hosts=(*HOSTS.hosts, third)), None)

    ((disk,), (volume,)) = found.disks, found.shared_volumes
    assert (disk.id, disk.owner, disk.visible_to) == (SHARED_DISK, "alpha", ("alpha", "beta"))
    assert (volume.owner, volume.path()) == ("alpha", "/srv/vm")
    bare = formed_cluster(replace(HOSTS, hosts=(third,)), None)
    assert (bare.disks, bare.shared_volumes) == ((), ())


def test_a_host_that_does_not_respond_is_told_once_for_each_reason() -> None:
    state = told(formed(), report("alpha"), report("beta"))
    first = silent_events(state, "alpha", "No route.")
    assert [type(one) for one in first] == [ev.NodeChanged, ev.BackendReported]
    assert "alpha: No route." in str(first[1])
    state = after(state, *first)
    assert state.nodes["alpha"].state is NodeState.DOWN
    assert silent_events(state, "alpha", "No route.") == []
    assert len(silent_events(state, "alpha", "The login failed.")) == 2
    back = after(state, *node_events(state, HOSTS, {"alpha": report("alpha")}, "alpha"))
    assert len(silent_events(back, "alpha", "No route.")) == 2
