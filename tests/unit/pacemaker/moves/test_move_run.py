"""A live migration by Pacemaker: what is asked before, what is told on the way, and what is taken back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.backend.pacemaker.moves import run as module
from fcm.backend.pacemaker.moves.run import PacemakerRun
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.backend.pacemaker.status import NodeStatus, OperationStatus
from fcm.model import events as ev
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.verdict import OK
from fcm.model.telemetry import Phase
from tests.unit.pacemaker.fake_context import UUID, FakeContext, cluster, machine
from tests.unit.pacemaker.fake_node import FakeNode

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.status import ClusterStatus

LIBVIRT = SimpleNamespace(libvirtError=OSError)
STATE = """
<cluster_status><resources>
<resource id="web" resource_agent="ocf:fcm:VirtualMachine" active="true"><node name="node1"/></resource>
<resource id="db" resource_agent="ocf:fcm:VirtualMachine" active="true"><node name="node2"/></resource>
</resources></cluster_status>"""
MIGRATES = '<rsc_action action="migrate" resource="web" source="node1" dest="node2"/>'
ORDER = "crm_resource -r web --move --node node2 --lifetime=PT2H"
FAILED = OperationStatus("web", "node1", "migrate_to", 0, 7, False, 1, 0.0)


class Domain:
    """A machine at its source; notes when its job is broken off."""

    def __init__(self, node: FakeNode) -> None:
        self.node = node

    def state(self) -> tuple[int, int]:
        return 1, 0

    def jobStats(self) -> dict[str, int]:
        return {}

    def migrateSetMaxDowntime(self, limit: int, _flags: int) -> None:
        self.node.run(f"virsh downtime {limit}")

    def migrateSetMaxSpeed(self, speed: int, _flags: int) -> None:
        self.node.run(f"virsh speed {speed}")

    def abortJob(self) -> None:
        self.node.run("virsh domjobabort")


@pytest.fixture
def node(tmp_path: Path) -> FakeNode:
    fake = FakeNode(tmp_path)
    for name in ("cibadmin", "crm_resource", "attrd_updater", "virsh"):
        fake.program(name)
    fake.program("crm_diff", "exit 1")  # they differ
    plan(fake, MIGRATES)
    return fake


def plan(node: FakeNode, *actions: str) -> None:
    """What the scheduler would do."""
    text = f"<pacemaker-result>{STATE}<actions>{''.join(actions)}</actions></pacemaker-result>".replace("\n", "")
    node.program("crm_simulate", f"echo '{text}'")


@pytest.fixture(autouse=True)
def _without_libvirt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.is_migrating", lambda _: False)
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.processor_verdict", lambda *_: OK)
    monkeypatch.setattr("fcm.backend.pacemaker.moves.run.networks_of", lambda *_: [])
    monkeypatch.setattr("fcm.backend.pacemaker.moves.run.capacity_of", lambda *_: None)
    monkeypatch.setattr(module, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(module, "final_figures", lambda *_: (None, None))
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.final_figures", lambda *_: (None, None))


class Cluster(FakeContext):
    """A cluster that answers with one status after the other, the last one again and again."""

    def __init__(self, node: FakeNode, *statuses: ClusterStatus) -> None:
        super().__init__(node, self.next)
        self._statuses = list(statuses)
        self.forgotten: list[tuple[str, str]] = []
        self.posted: list[ev.Event] = []
        networks = {"network-3": SimpleNamespace(id="network-3", name="Live Migration")}
        web = SimpleNamespace(name="web", memory=1 << 28)
        nodes = {"node1": SimpleNamespace(version="QEMU 7.2.22")}
        self.hosts.state = SimpleNamespace(machines={UUID: web}, nodes=nodes, networks=networks)
        self.hosts.file = SimpleNamespace(same_file_system=False)
        self.hosts.connections = {
            name: SimpleNamespace(
                host=Host(name, "qemu:///system", "", {}, None, (), None),
                domain=lambda _: Domain(node),
                forget_completed=lambda _: None,
            )
            for name in ("node1", "node2")
        }
        self.runs = SimpleNamespace(post=lambda *events: self.posted.extend(events), found_endless=lambda *_: None)

    def next(self) -> ClusterStatus:
        return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]


def moved(
    cluster_: Cluster, monkeypatch: pytest.MonkeyPatch, *, at: str, options: MigrationOptions | None = None
) -> Any:
    """Run one migration of web from node1 to node2 to its end; libvirt finds it ``at`` a node."""
    monkeypatch.setattr(module, "whereabouts", lambda *_: Whereabouts(node=at))
    monkeypatch.setattr(
        module, "forget", lambda _context, resource, where: cluster_.forgotten.append((resource, where))
    )
    migration = Migration(
        "m1", MigrationKind.LIVE, UUID, "node1", "node2", options or MigrationOptions(), Phase.SETUP, 0.0
    )
    run: Any = PacemakerRun(cluster_.context, migration)
    run._try_networks()
    return run


def last(context: Cluster) -> Any:
    return context.posted[-1]


MIGRATING = cluster(machine(role="Migrating", pending="Migrating"))
THERE = cluster(machine(nodes=("node2",)), moves={"fcm-move-web": {"node1": "network-3 10.92.0.2 done 900 ms"}})
BLOCKED = cluster(
    machine(nodes=("node1", "node2"), failed=True, blocked=True),
    operations=(FAILED,),
    moves={"fcm-move-web": {"node1": "network-3 10.92.0.2 begins; network-3 10.92.0.2 failed 886 ms canceled"}},
)


def test_a_move_is_ordered_after_the_scheduler_was_asked_and_its_preference_is_taken_back(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Cluster(node, cluster(machine()), MIGRATING, THERE)
    moved(context, monkeypatch, at="node2")
    calls = node.calls()
    assert calls.index(next(call for call in calls if call.startswith("crm_simulate"))) < len(calls) - calls[
        ::-1
    ].index(ORDER)
    assert "crm_resource -r web --clear" in calls[len(calls) - calls[::-1].index(ORDER) :]
    assert calls[-1] == "crm_resource -r web --meta -d fcm-moving"
    assert context.forgotten == []
    assert isinstance(last(context), ev.MigrationCompleted)


@pytest.mark.parametrize(
    ("actions", "reason"),
    [
        ((), "Pacemaker would leave web where it is."),
        (
            ('<rsc_action action="move" resource="web" source="node1" dest="node2"/>',),
            "Pacemaker would not live migrate web, but stop it and start it on node2.",
        ),
        (
            (MIGRATES, '<rsc_action action="stop" resource="db" node="node2" reason="node availability"/>'),
            "Pacemaker would stop db to make room for web on node2.",
        ),
        (
            ('<rsc_action action="migrate" resource="web" source="node1" dest="node3"/>',),
            "Pacemaker would not live migrate web, but stop it and start it on node3.",
        ),
    ],
)
def test_a_move_that_pacemaker_would_do_otherwise_is_not_ordered(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch, actions: tuple[str, ...], reason: str
) -> None:
    plan(node, *actions)
    context = Cluster(node, cluster(machine()))
    moved(context, monkeypatch, at="node1")
    assert node.calls("attrd_updater") == [], "the order begins with the attributes of the agent"
    failed = last(context)
    assert isinstance(failed, ev.MigrationFailed)
    assert failed.reason.startswith(reason)


@pytest.mark.parametrize(
    "resource",
    [
        machine(blocked=True),
        machine(failed=True),
        machine(managed=False),
        machine(role="Stopping", pending="Stopping"),
        machine(nodes=("node3",)),
    ],
)
def test_a_machine_that_is_not_simply_running_at_its_source_is_not_moved(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch, resource: Any
) -> None:
    context = Cluster(node, cluster(resource))
    moved(context, monkeypatch, at="node1")
    assert node.calls() == []
    assert isinstance(last(context), ev.MigrationFailed)


def test_a_failed_move_is_forgotten_only_where_the_machine_runs_at_its_source(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Cluster(node, cluster(machine()), MIGRATING, BLOCKED)
    moved(context, monkeypatch, at="node1")
    assert context.forgotten == [("web", "node1")]
    assert "crm_resource -r web --clear" in node.calls()

    unknown = Cluster(node, cluster(machine()), MIGRATING, BLOCKED)
    moved(unknown, monkeypatch, at="")
    assert unknown.forgotten == []


def test_attempts_of_the_agent_are_told_as_they_come(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "network-3 10.92.0.2 no-answer"
    first = cluster(machine(role="Migrating", pending="Migrating"), moves={"fcm-move-web": {"node1": told}})
    both = {"fcm-move-web": {"node1": f"{told}; network-1 10.90.0.2 begins; network-1 10.90.0.2 done 900 ms"}}
    context = Cluster(node, cluster(machine()), first, first, cluster(machine(nodes=("node2",)), moves=both))
    moved(context, monkeypatch, at="node2")
    tried = [event.attempt for event in context.posted if isinstance(event, ev.MigrationNetworkTried)]
    assert [(one.network, one.connected, one.result) for one in tried] == [
        ("network-3", False, "Live Migration: no answer"),
        ("network-1", True, "network-1: connected"),
    ]


def test_a_machine_that_was_started_anew_was_not_live_migrated(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Cluster(node, cluster(machine()), MIGRATING, cluster(machine(nodes=("node2",))))
    moved(context, monkeypatch, at="node2")
    failed = last(context)
    assert isinstance(failed, ev.MigrationFailed)
    assert failed.reason == "web was restarted on node2 instead of being live migrated."


def test_a_source_that_is_lost_on_the_way_is_told_and_nothing_is_forgotten(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = cluster(machine(role="Migrating"), nodes=(NodeStatus("node1", "1", online=False),))
    context = Cluster(node, cluster(machine()), MIGRATING, lost)
    moved(context, monkeypatch, at="node2")
    failed = last(context)
    assert isinstance(failed, ev.MigrationFailed)
    assert failed.reason == "node1 was lost during the migration."
    assert context.forgotten == []


def test_what_was_ordered_is_not_taken_back_by_a_cancel_since_pacemaker_would_restart_the_machine(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = cluster(machine())
    context = Cluster(node, idle, THERE)
    run = moved(context, monkeypatch, at="node2")
    run._begun = False
    before = len(node.calls())
    run._flag()
    assert node.calls()[before:] == ["attrd_updater -p -N node1 -n fcm-cancel-web -U 1"]
    run._canceled.set()
    assert not run._is_over(idle), "it may begin at any moment"


def test_a_preference_stays_as_long_as_pacemaker_moves_the_machine(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Cluster(node, cluster(machine()), THERE)
    run = moved(context, monkeypatch, at="node2")
    context._statuses = [MIGRATING]
    before = len(node.calls())
    assert "still moving it" in run._withdraw().reason
    assert node.calls()[before:] == []


def test_an_order_that_may_have_reached_its_node_is_followed_and_not_taken_back(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Cluster(node, cluster(machine()), MIGRATING, THERE)
    real = node.run

    def breaks(script: str, **settings: Any) -> Any:
        answer = real(script, **settings)
        if ORDER in script and "crm_simulate" not in script:
            raise NodeUnreachableError("node1 does not answer.")
        return answer

    monkeypatch.setattr(node, "run", breaks)
    moved(context, monkeypatch, at="node2")
    assert isinstance(last(context), ev.MigrationCompleted)


def test_what_was_tuned_before_the_agent_began_is_set_again_once_it_has(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent begins with the options that were ordered, and those would stay."""
    context = Cluster(node, cluster(machine()), THERE)
    run = moved(context, monkeypatch, at="node2")
    monkeypatch.setattr(module, "is_migrating", lambda _: False)
    run.tune(0.5, None, False)
    run.tune(None, 50 * 2**20, False)
    run._tune_late()
    before = node.calls("virsh")
    monkeypatch.setattr(module, "is_migrating", lambda _: True)
    run._tune_late()
    run._tune_late()
    assert node.calls("virsh")[len(before) :] == ["virsh downtime 500", "virsh speed 50"]


def test_the_agent_begins_with_the_limits_that_were_chosen_for_the_goals(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Cluster(node, cluster(machine()), THERE)
    goals = MigrationOptions(move_within=60.0, pause_at_most=1.0, auto_converge=True)
    run = moved(context, monkeypatch, at="node2", options=goals)
    steps = [event for event in context.posted if isinstance(event, ev.MigrationSteered)]
    assert [step.options.downtime_limit for step in steps] == [0.1]
    assert run.migration.wanted == goals
    ordered = " ".join(node.calls())
    assert "--parameter-value=100" in ordered or "fcm-downtime" in ordered
    assert f"--auto-converge-initial={steps[0].options.auto_converge_initial}" in ordered


def test_the_flag_is_set_before_the_job_is_broken_off(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Cluster(node, cluster(machine()), THERE)
    run = moved(context, monkeypatch, at="node2")
    monkeypatch.setattr(module, "is_migrating", lambda _: True)
    before = len(node.calls())
    run._cancel()
    assert node.calls()[before:] == [
        "attrd_updater -p -N node1 -n fcm-cancel-web -U 1",
        "virsh domjobabort",
    ]


def test_a_job_is_not_broken_off_while_the_flag_cannot_be_set(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Cluster(node, cluster(machine()), THERE)
    run = moved(context, monkeypatch, at="node2")
    monkeypatch.setattr(module, "is_migrating", lambda _: True)
    before = len(node.calls())

    def nobody() -> FakeNode:
        raise module.NodeUnreachableError("No node of the cluster responds.")

    monkeypatch.setattr(context, "shell", nobody)
    run._cancel()
    assert node.calls()[before:] == []
    assert "cannot be canceled yet" in last(context).text


def test_what_pacemaker_has_begun_by_itself_is_not_taken_back(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Cluster(node, cluster(machine()), MIGRATING, BLOCKED)
    monkeypatch.setattr(module, "whereabouts", lambda *_: Whereabouts(node="node1"))
    migration = Migration("m1", MigrationKind.LIVE, UUID, "node1", "node2", MigrationOptions(), Phase.SETUP, 0.0)
    run = cast("Any", PacemakerRun(context.context, migration))
    run._follow()
    assert node.calls() == []
    assert any(getattr(event, "remedy", "") == "Use Clear and keep running." for event in context.posted)
