"""The words of events: every class has some, the ids are those of Windows where they are confirmed."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace

import pytest

from fcm.logs import describe as described
from fcm.logs.describe import LEVELS, describe
from fcm.model import events as ev
from fcm.model.entities import (
    GIB,
    Adapter,
    AdapterState,
    ClusterVersion,
    Disk,
    DiskUse,
    Network,
    NetworkRole,
    NetworkState,
    NodeState,
    ResourceState,
    SharedVolume,
    VolumeAccess,
)
from fcm.model.failures import CutOffCopy, Failover, Fault, FaultKind, PlannedFault
from fcm.model.migrations import Drain, DrainMove, MigrationOptions, NetworkAttempt
from fcm.model.snapshots import Backup, Snapshot
from fcm.model.state import State, apply
from fcm.model.telemetry import FinalFigures, Phase
from fcm.model.validation.report import CheckResult, ValidationReport
from tests.ui.by_hand import formed, group_of, machine, migration, node, resources_of, row

WEB = machine("Web01")
GROUP = group_of(WEB)
RESOURCE = resources_of(WEB)[0]
DISK = Disk("disk-4", "Cluster Disk 4", 4, GIB, 0, DiskUse.AVAILABLE, "node1")
VOLUME = SharedVolume("disk-2", "Cluster Disk 2", "Volume1", "node1")
NETWORK = Network("net-3", "Live migration", "10.0.2.0/24", NetworkRole.INTERNAL, 1100)
ADAPTER = Adapter("node1-net-3", "node1 - Live migration", "node1", "net-3", "10.0.2.11")
ATTEMPT = NetworkAttempt("net-3", "10.0.2.12", 0.0, 0.1, True, "connected")
REPORT = ValidationReport(0.0, (CheckResult("Memory", "System", "warn", "..."),))

EXAMPLES: tuple[ev.Event, ...] = (
    formed([WEB]),
    ev.ClusterConfigured(formed().cluster, "quorum"),
    ev.ClusterValidated(REPORT),
    ev.SharedVolumesEnabled(),
    ev.MigrationNetworksSet(("net-3",), ("net-1",)),
    ev.DiskChanged(DISK),
    ev.SharedVolumeAdded(VOLUME),
    ev.SharedVolumeChanged(VOLUME),
    ev.SharedVolumeRemoved("disk-2"),
    ev.NodeChanged(node("node1")),
    ev.NodeEvicted("node3"),
    ev.NodeDrainBegun(Drain("drain-1", "node1", 0.0, (DrainMove(WEB.id, "node2"),))),
    ev.NodeDrainHeldUp("drain-1", "The live migration of Web01 does not end by itself.", "Cancel it."),
    ev.NodeDrainEnded("drain-1"),
    ev.NetworkChanged(NETWORK),
    ev.AdapterChanged(ADAPTER),
    ev.MachineCreated(WEB),
    ev.MachineChanged(WEB),
    ev.MachineDeleted(WEB.id),
    ev.MachineMadeHighlyAvailable(WEB.id, GROUP, (RESOURCE,)),
    ev.GroupChanged(GROUP),
    ev.GroupCreated(GROUP, (RESOURCE,)),
    ev.GroupRemoved(GROUP.id),
    ev.ResourceChanged(RESOURCE),
    ev.ResourceRemoved(RESOURCE.id),
    ev.SnapshotTaken(Snapshot("s1", "before", WEB, 1.0, GIB)),
    ev.SnapshotApplied("s1"),
    ev.SnapshotDeleted("s1"),
    ev.BackupRequested(Backup("b1", WEB.id, "node1", None, 1.0)),
    ev.BackupStarted("b1", file_copy=True),
    ev.BackupWarned("b1"),
    ev.BackupEnded("b1", ""),
    ev.MigrationRequested(migration(WEB)),
    ev.MigrationWaited("m1", "node2 is busy."),
    ev.MigrationNetworkTried("m1", ATTEMPT),
    ev.MigrationPhaseEntered("m1", Phase.BLACKOUT),
    ev.MigrationHandedOver("m1"),
    ev.MigrationOptionsChanged("m1", 0.5, 125_000_000, False),
    ev.MigrationSteered("m1", "Downtime limit raised from 100 ms to 200 ms.", MigrationOptions()),
    ev.MigrationProgressed("m1", row(1.0, GIB, 2 * GIB)),
    ev.MigrationCompleted("m1", FinalFigures(30.0, 0.5, GIB, 4)),
    ev.MigrationFailed("m1", "The destination is down.", "Start it."),
    ev.MigrationFoundEndless("m1", "About 200 MiB are dirtied again.", "Cancel it."),
    ev.MigrationCanceled("m1"),
    ev.MigrationCanceled("m1", "It had not ended within its time limit of 5 min 0 s."),
    ev.MigrationInterrupted("m1", "The program ended."),
    ev.FaultInjected(Fault("f1", FaultKind.POWER_OFF, "node1", 1.0)),
    ev.FaultInjected(Fault("f2", FaultKind.LOSE_PATH, "disk-2", 1.0, "node2")),
    ev.FaultInjected(Fault("f3", FaultKind.ISOLATE, "node1", 1.0, together=("node2",))),
    ev.FaultInjected(Fault("f4", FaultKind.POWER_OFF, "node1", 1.0, ordered=True)),
    ev.FaultRepaired("f1"),
    ev.FaultPlanned(PlannedFault("p1", FaultKind.POWER_OFF, "node1", rate=2.0)),
    ev.FaultPlanned(PlannedFault("p2", FaultKind.POWER_OFF, "node1", over=True)),
    ev.CopyCutOff(CutOffCopy(WEB.id, "node1", 1.0, "node1 has not noticed yet.")),
    ev.CopyEnded(f"{WEB.id}@node1"),
    ev.FailoverRecorded(Failover("o1", GROUP.id, "node1 does not respond.", "node1", "node2", 1.0)),
    ev.NodeLogged("1135", "node1", (("NodeName", "node2"),)),
    ev.CommandRefused("LiveMigrate", "It is off.", "Start it."),
    ev.BackendReported("error", "node2 does not respond.", "Look at it."),
)


@pytest.fixture(scope="module")
def state() -> State:
    found = State()
    for number, event in enumerate((formed([WEB]), ev.MigrationRequested(migration(WEB))), 1):
        found, _ = apply(found, ev.Entry(number, 0.0, event))
    return found


def text(event: ev.Event, state: State) -> described.EventText:
    return describe(ev.Entry(1, 0.0, event), state)


def test_there_is_an_example_of_every_event_class() -> None:
    assert {type(event).__name__ for event in EXAMPLES} == set(ev.EVENT_TYPES)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_class_has_a_sentence(event: ev.Event, state: State) -> None:
    found = text(event, state)
    assert found.level in LEVELS
    assert found.source
    assert found.text[0].isupper() or found.text.startswith("node")
    assert found.text.endswith(".")
    assert "None" not in found.text


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_object_that_is_gone_is_named_by_its_id(event: ev.Event) -> None:
    assert text(event, State()).text


def test_a_completed_live_migration_is_event_20415_with_its_blackout_time(state: State) -> None:
    found = text(ev.MigrationCompleted("m1", FinalFigures(30.0, 0.5, GIB, 4)), state)
    assert (found.level, found.source, found.id) == ("Information", "Hyper-V-VMMS", 20415)
    assert "'Web01' with a blackout time of 0.5 seconds" in found.text


def test_a_long_blackout_is_the_warning_20417(state: State) -> None:
    found = text(ev.MigrationCompleted("m1", FinalFigures(300.0, 63.1, GIB, 4)), state)
    assert (found.level, found.id) == ("Warning", 20417)
    assert "unexpectedly long blackout time of 63.1 seconds" in found.text


def test_a_failed_live_migration_is_event_21502_with_reason_and_remedy(state: State) -> None:
    found = text(ev.MigrationFailed("m1", "The destination is down.", "Start it."), state)
    assert (found.level, found.id) == ("Error", 21502)
    assert found.text.endswith("failed. The destination is down. Start it.")


@pytest.mark.parametrize(
    ("event", "level", "number"),
    [
        (ev.NodeLogged("1135", "node1", (("node", "node2"),)), "Critical", 1135),
        (ev.NodeLogged("1126", "node1", (("interface", "A"), ("node", "n"), ("network", "X"))), "Warning", 1126),
        (ev.NodeLogged("1061", "node1", (("cluster", "contoso"),)), "Information", 1061),
        (ev.NodeEvicted("node1"), "Warning", 1011),
        (ev.SharedVolumeChanged(SharedVolume("d", "D", "Volume1", "n", VolumeAccess.REDIRECTED)), "Warning", 5136),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ev.Event) else str(value),
)
def test_failures_have_the_ids_and_levels_of_windows(event: ev.Event, level: str, number: int) -> None:
    found = text(event, State())
    assert (found.level, found.id) == (level, number)


@pytest.mark.parametrize(
    "event",
    [
        ev.NodeChanged(node("node1", NodeState.DOWN)),
        ev.GroupChanged(group_of(WEB, ResourceState.FAILED)),
        ev.ResourceChanged(resources_of(WEB, ResourceState.FAILED)[0]),
        ev.DiskChanged(Disk("d", "D", 1, 1, 0, DiskUse.AVAILABLE, "n", ResourceState.FAILED)),
        ev.AdapterChanged(Adapter("a", "A", "n", "x", "1", AdapterState.FAILED)),
        ev.AdapterChanged(Adapter("a", "A", "n", "x", "1", AdapterState.UNREACHABLE)),
        ev.NetworkChanged(Network("x", "X", "", NetworkRole.NONE, 1, state=NetworkState.DOWN)),
        ev.NetworkChanged(Network("x", "X", "", NetworkRole.NONE, 1, state=NetworkState.PARTITIONED)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_state_that_changed_claims_no_id_because_the_nodes_write_that_themselves(event: ev.Event) -> None:
    found = text(event, State())
    assert found.id == 0
    assert found.level in ("Information", "Warning")


def test_a_node_that_is_down_is_a_warning_until_its_service_is_about_to_start() -> None:
    down = node("node1", NodeState.DOWN)
    assert text(ev.NodeChanged(down), State()).level == "Warning"
    assert text(ev.NodeChanged(replace(down, service_due=60.0)), State()).level == "Information"


def test_a_level_is_that_of_the_version(state: State) -> None:
    paused = ev.NodeLogged("5120", "node1", (("volume", "V"), ("resource", "Disk 2"), ("status", "c000020c")))
    assert text(paused, state).level == "Error"
    assert state.cluster is not None
    later = replace(state, cluster=replace(state.cluster, version=ClusterVersion.V2012))
    assert text(paused, later).level == "Warning"


def test_what_a_version_does_not_write_has_no_number(state: State) -> None:
    missed = ev.NodeLogged("1650", "node1", (("local", "10.0.1.1"), ("remote", "10.0.1.2")))
    assert text(missed, state).id == 0
    assert state.cluster is not None
    later = replace(state, cluster=replace(state.cluster, version=ClusterVersion.V2012))
    assert text(missed, later).id == 1650


@pytest.mark.parametrize("key", ["no-such-key", "99999", "", "1135"])
@pytest.mark.parametrize("values", [(), (("odd {name}", "{0}"), ("node", "{x}"))])
def test_a_key_or_a_value_that_nobody_knows_never_raises(key: str, values: tuple[tuple[str, str], ...]) -> None:
    found = text(ev.NodeLogged(key, "node1", values), State())
    assert found.text.endswith(".")
    assert found.id in (0, 1135)


def test_a_disk_in_maintenance_is_a_warning_that_names_its_owner() -> None:
    found = text(ev.DiskChanged(Disk("d", "D", 1, 1, 0, DiskUse.AVAILABLE, "n", maintenance=True)), State())
    assert found.level == "Warning"
    assert found.text == "Cluster disk 'D' is in maintenance mode on n: its health is not checked."


@pytest.mark.parametrize(
    ("levels", "expected"), [(("pass",), "Information"), (("pass", "warn"), "Warning"), (("warn", "fail"), "Error")]
)
def test_validation_is_as_serious_as_its_worst_test(levels: tuple[str, ...], expected: str) -> None:
    results = tuple(CheckResult("Test", "Network", level, "") for level in levels)
    assert text(ev.ClusterValidated(ValidationReport(0.0, results)), State()).level == expected


def test_describing_reads_no_clock_and_no_file() -> None:
    imported = {
        name.name if isinstance(found, ast.Import) else found.module
        for found in ast.walk(ast.parse(inspect.getsource(described)))
        if isinstance(found, ast.Import | ast.ImportFrom)
        for name in found.names
    }
    assert {module for module in imported if module and not module.startswith("fcm.")} == {
        "__future__",
        "dataclasses",
        "typing",
    }
