"""The backend of Pacemaker over hosts and a cluster that a test plays: who is asked, shown, and told to act."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.base import Operation, RehearseError
from fcm.backend.pacemaker import asking
from fcm.backend.pacemaker.asking import NotAClusterError
from fcm.backend.pacemaker.backend import PacemakerBackend
from fcm.backend.pacemaker.parts import Facts, Parts
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from fcm.backend.pacemaker.status import ClusterStatus, NodeStatus, ResourceStatus
from fcm.mistakes import SentenceError
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import Group, GroupType, MachineState, NodeState, Resource, ResourceState, ResourceType
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.verdict import OK, Verdict
from fcm.model.state import State
from fcm.model.telemetry import Phase
from fcm.ui.tour.patience import PATIENCE
from tests.unit.hosts.fake_hosts import FILE, NAMES, Heard, machine, use_fake_connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fcm.backend.pacemaker.context import Context
    from tests.unit.hosts.fake_hosts import FakeConnection


class FakeShell:
    """A node that can be asked or not."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.why_not = ""

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        if self.why_not:
            raise NodeUnreachableError(self.why_not)
        return Answer(0, script)

    def close(self) -> None:
        self.why_not = "closed"


class FakeView:
    """Nodes are as Pacemaker says; machines that it manages are groups."""

    def __init__(self) -> None:
        self.facts: list[Facts] = []

    def events(self, state: State, facts: Facts) -> Sequence[ev.Event]:
        self.facts.append(facts)
        found: list[ev.Event] = []
        for node in state.nodes.values():
            known = facts.status.node(node.name) if facts.status else None
            wanted = NodeState.UP if known and known.online else NodeState.DOWN
            report = facts.reports.get(node.name)
            shown = replace(report.node if report else node, state=wanted)
            if shown != node:
                found.append(ev.NodeChanged(shown))
        for one in facts.status.machines if facts.status else ():
            identity = one.meta["fcm-uuid"]
            if identity in state.machines and state.machines[identity].group is None:
                found.append(made_highly_available(state, identity))
        return found


def made_highly_available(state: State, identity: str) -> ev.Event:
    owner = state.machines[identity].node
    group = Group(f"group-{identity}", identity, GroupType.VIRTUAL_MACHINE, owner, ResourceState.ONLINE)
    resource = Resource(
        f"resource-{identity}",
        identity,
        ResourceType.VIRTUAL_MACHINE,
        group.id,
        ResourceState.ONLINE,
        possible_owners=NAMES,
        machine=identity,
    )
    return ev.MachineMadeHighlyAvailable(identity, group, (resource,))


class FakeRun:
    """A migration by Pacemaker that a test ends."""

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        self.did: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: self.did.append(name)


class Stage:
    """An open backend with three nodes."""

    def __init__(self, connections: dict[str, FakeConnection]) -> None:
        self.connections = connections
        self.shells = {name: FakeShell(name) for name in NAMES}
        self.status = ClusterStatus("", 0.0, True, nodes=tuple(NodeStatus(name, "1", online=True) for name in NAMES))
        self.view = FakeView()
        self.runs: list[FakeRun] = []
        self.ordered: list[Any] = []
        self.own: list[Migration] = []
        self.put_right: list[frozenset[str] | None] = []
        self.busy: list[frozenset[str]] = []
        """What is under way at each look at what an earlier session left."""
        self.read: Callable[[str], ClusterStatus] = lambda _: self.status
        self.order: Callable[[Context, Any], Verdict] = lambda *_: OK
        self.heard = Heard()
        parts = Parts(
            script="ask",
            read=lambda output, node, at: replace(self.read(node), asked=node, at=at),
            view=lambda: self.view,
            handlers={cmd.SetMachineState: self.take, cmd.RemoveGroup: self.take},
            make_run=self.make_run,
            found=lambda context, status: [self.own.pop()] if self.own else [],
            put_right=self.put,
            pause=lambda context, node: None,
            resume=lambda context, command: None,
        )
        self.backend = PacemakerBackend(FILE, "pacemaker:hosts.toml", parts, lambda _: self.shells)

    def take(self, context: Context, command: Any) -> Verdict:
        self.ordered.append(command)
        return self.order(context, command)

    def put(self, context: Context, status: ClusterStatus, only: frozenset[str] | None) -> frozenset[str]:
        self.put_right.append(only)
        return self.busy.pop(0) if self.busy else frozenset()

    def make_run(self, context: Context, migration: Migration) -> Any:
        self.runs.append(FakeRun(migration))
        return self.runs[-1]

    def manages(self, *names: str) -> None:
        resources = tuple(
            ResourceStatus(name, "ocf:fcm:VirtualMachine", "Started", ("node1",), meta={"fcm-uuid": f"uuid-{name}"})
            for name in names
        )
        self.status = replace(self.status, resources=resources)

    def open(self, *machines: str, managed: tuple[str, ...] = ()) -> None:
        self.manages(*managed)
        self.backend.start(self.heard, State())
        for connection in self.connections.values():
            connection.machines = [machine(name, "node1") for name in machines]
            connection.happens()
        self.until(lambda: len(self.state.machines) == len(machines), "the machines are seen")
        self.until(
            lambda: (
                all(self.state.machines[f"uuid-{name}"].is_highly_available for name in managed)
                and all(node.state is NodeState.UP and node.memory for node in self.state.nodes.values())
            ),
            "the cluster is seen",
        )

    @property
    def state(self) -> State:
        return self.heard.state(State())

    def until(self, reached: Callable[[], object], what: str) -> None:
        self.heard.until(lambda: bool(reached()), what)

    def carry_out(self, command: cmd.Command) -> Verdict:
        operation = Operation(command)
        self.backend.submit(operation)
        self.until(lambda: operation in self.heard.over, "the command is over")
        assert operation.verdict is not None
        return operation.verdict


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(asking, "EVERY", 0.05)
    monkeypatch.setattr(asking, "SOONEST", 0.01)
    made = Stage(use_fake_connections(monkeypatch))
    yield made
    made.backend.close()


def test_machines_are_highly_available_only_where_pacemaker_manages_them(stage: Stage) -> None:
    stage.open("web", "db", managed=("web",))

    assert stage.state.machines["uuid-web"].is_highly_available
    assert not stage.state.machines["uuid-db"].is_highly_available


def test_a_managed_machine_is_started_and_stopped_by_orders_to_pacemaker_alone(stage: Stage) -> None:
    stage.open("web", managed=("web",))
    command = cmd.SetMachineState("uuid-web", MachineState.OFF)

    assert stage.carry_out(command)

    assert stage.ordered == [command]
    assert [call for one in stage.connections.values() for call in one.calls] == []


def test_a_machine_outside_pacemaker_is_stopped_by_libvirt(stage: Stage) -> None:
    stage.open("db")

    assert stage.carry_out(cmd.SetMachineState("uuid-db", MachineState.OFF))

    assert stage.connections["node1"].calls == ["shutdown uuid-db"]
    assert stage.ordered == []


def test_a_machine_that_was_adopted_a_moment_ago_is_left_alone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.open("db")
    monkeypatch.setattr(stage.view, "events", lambda *_: ())  # it is not shown yet
    stage.manages("db")
    stage.until(lambda: stage.backend._context.status and stage.backend._context.status.resources, "it is managed")

    verdict = stage.carry_out(cmd.SetMachineState("uuid-db", MachineState.OFF))

    assert verdict.reason == "Pacemaker manages db as the resource db."
    assert stage.connections["node1"].calls == []


def test_while_nobody_answers_for_the_cluster_no_machine_is_touched_by_libvirt(stage: Stage) -> None:
    stage.open("db")
    for shell in stage.shells.values():
        shell.why_not = f"{shell.node} is gone."
    stage.until(lambda: stage.backend._context.status is None, "nobody answers")
    state = stage.backend._hosts.state
    stage.backend._hosts.tell(*(ev.NodeChanged(replace(n, state=NodeState.UP)) for n in state.nodes.values()))

    verdict = stage.carry_out(cmd.SetMachineState("uuid-db", MachineState.OFF))

    assert not verdict
    assert stage.connections["node1"].calls == []


def test_the_reasons_of_silence_reach_the_view(stage: Stage) -> None:
    stage.open()
    for shell in stage.shells.values():
        shell.why_not = f"{shell.node} is gone."

    stage.until(lambda: stage.view.facts[-1].status is None, "nobody answers")

    assert stage.view.facts[-1].reasons == {name: f"{name} is gone." for name in NAMES}
    assert all(node.state is NodeState.DOWN for node in stage.state.nodes.values())


def test_when_nobody_answers_it_is_said_once_with_the_reasons(stage: Stage) -> None:
    stage.open()
    for shell in stage.shells.values():
        shell.why_not = f"{shell.node} is gone."
    stage.until(lambda: len([one for one in stage.view.facts if one.status is None and one.reasons]) > 3, "it is seen")

    [told] = stage.heard.events(ev.BackendReported)

    assert told.text == "No node of the cluster responds. node1 is gone. node2 is gone. node3 is gone."


def test_hosts_without_pacemaker_are_told_how_a_cluster_is_formed(stage: Stage) -> None:
    def none(node: str) -> ClusterStatus:
        raise NotAClusterError(f"Pacemaker does not run on {node}.")

    stage.read = none
    stage.backend.start(stage.heard, State())

    stage.until(lambda: stage.heard.events(ev.BackendReported), "it is said")

    told = stage.heard.events(ev.BackendReported)[0]
    assert told.text.startswith("No Pacemaker cluster is running on these hosts. Pacemaker does not run on node1.")
    assert told.remedy == (
        "If it was stopped, use Start Cluster. To form one: fcm hosts cluster create hosts.toml. "
        "To manage the hosts without failover, open libvirt:hosts.toml."
    )


def test_a_host_of_which_libvirt_is_silent_is_told_and_stays_what_pacemaker_says(stage: Stage) -> None:
    stage.open()
    stage.connections["node2"].silent = "libvirtd does not respond."

    stage.until(lambda: stage.view.facts[-1].silent, "the view knows it")

    assert stage.view.facts[-1].silent == {"node2": "libvirtd does not respond."}
    assert stage.state.nodes["node2"].state is NodeState.UP
    assert [event.text for event in stage.heard.events(ev.BackendReported)] == ["node2: libvirtd does not respond."]


def test_a_managed_machine_that_no_host_shows_is_off_and_not_gone(stage: Stage) -> None:
    stage.open("web", managed=("web",))

    for connection in stage.connections.values():
        connection.machines = []

    stage.until(lambda: stage.state.machines["uuid-web"].state is MachineState.OFF, "it is off")
    assert stage.state.groups.keys() == {"group-uuid-web"}


def test_a_machine_outside_pacemaker_that_no_host_shows_is_gone(stage: Stage) -> None:
    stage.open("db")

    for connection in stage.connections.values():
        connection.machines = []

    stage.until(lambda: not stage.state.machines, "it is gone")
    assert stage.state.machines == {}


def test_a_live_migration_is_a_run_of_pacemaker(stage: Stage) -> None:
    stage.open("web", managed=("web",))

    assert stage.carry_out(cmd.LiveMigrate("uuid-web", "node2"))

    [run] = stage.runs
    assert run.did == ["start"]
    assert (run.migration.source, run.migration.destination) == ("node1", "node2")


def test_a_migration_that_pacemaker_began_by_itself_is_shown_and_followed(stage: Stage) -> None:
    stage.open("web", managed=("web",))

    stage.own.append(
        Migration(
            "migration-1",
            MigrationKind.LIVE,
            "uuid-web",
            "node1",
            "node3",
            MigrationOptions(),
            Phase.SETUP,
            requested=1.0,
        )
    )

    stage.until(lambda: stage.runs, "it is followed")
    assert stage.runs[0].did == ["follow"]
    assert stage.state.migrations["migration-1"].destination == "node3"


def test_what_an_earlier_session_left_is_put_right_once_with_quorum(stage: Stage) -> None:
    stage.status = replace(stage.status, have_quorum=False)
    stage.open()
    assert stage.put_right == []

    stage.status = replace(stage.status, have_quorum=True)

    stage.until(lambda: stage.put_right, "it is put right")
    stage.until(lambda: len(stage.view.facts) > 20, "it is asked on")
    assert len(stage.put_right) == 1


def test_what_is_under_way_when_it_is_opened_is_looked_at_until_it_is_put_right(stage: Stage) -> None:
    stage.busy = [frozenset({"web"}), frozenset({"web"})]
    stage.open()

    stage.until(lambda: len(stage.put_right) == 3, "it is looked at again")
    stage.until(lambda: len(stage.view.facts) > 20, "it is asked on")
    assert stage.put_right == [None, {"web"}, {"web"}]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NodeUnreachableError("node1 is switched off."), "node1 is switched off."),
        (SentenceError("The fencing device does not respond."), "The fencing device does not respond."),
    ],
)
def test_an_order_that_fails_is_refused_with_its_sentence(stage: Stage, error: Exception, reason: str) -> None:
    stage.open("web", managed=("web",))

    def fail(*_: Any) -> Verdict:
        raise error

    stage.order = fail

    assert stage.carry_out(cmd.RemoveGroup("group-uuid-web")).reason == reason
    assert [event.reason for event in stage.heard.events(ev.CommandRefused)] == [reason]


def test_an_order_is_finished_only_when_it_is_done_and_others_go_on_meanwhile(stage: Stage) -> None:
    stage.open("web", "db", managed=("web", "db"))
    go_on = threading.Event()

    def wait(_: Context, command: Any) -> Verdict:
        if "web" in command.group:
            go_on.wait()
        return OK

    stage.order = wait
    slow = Operation(cmd.RemoveGroup("group-uuid-web"))

    stage.backend.submit(slow)
    assert stage.carry_out(cmd.RemoveGroup("group-uuid-db"))
    assert slow.verdict is None
    go_on.set()

    stage.until(lambda: slow.verdict, "it is over")


def test_an_order_can_wait_for_what_the_cluster_says_after_it(stage: Stage) -> None:
    stage.open("web", managed=("web",))

    def stop(context: Context, command: Any) -> Verdict:
        stage.manages()
        assert context.wait_for(lambda status: not status.resources, PATIENCE)
        assert not context.wait_for(lambda status: bool(status.resources), 0.1)
        return OK

    stage.order = stop

    assert stage.carry_out(cmd.RemoveGroup("group-uuid-web"))


def test_what_an_order_did_is_shown_before_it_counts_as_done(stage: Stage) -> None:
    stage.open("web", "db", managed=("web",))

    def adopt(_context: Context, _command: Any) -> Verdict:
        stage.manages("web", "db")
        return OK

    stage.order = adopt

    assert stage.carry_out(cmd.RemoveGroup("group-uuid-web"))
    assert stage.state.machines["uuid-db"].is_highly_available, "the next line of a script sees it"


def test_orders_go_to_the_node_that_answers_for_the_cluster(stage: Stage) -> None:
    stage.shells["node1"].why_not = "node1 is gone."
    stage.shells["node2"].why_not = "node2 is gone."
    stage.open()

    assert stage.backend._context.shell().node == "node3"
    assert stage.backend._context.shell_of("node2").node == "node2"


def test_without_anybody_who_answers_there_is_no_shell_for_orders_and_it_is_said_why(stage: Stage) -> None:
    stage.open()
    for shell in stage.shells.values():
        shell.why_not = f"{shell.node} is gone."
    stage.until(lambda: stage.backend._context.status is None, "nobody answers")

    with pytest.raises(
        NodeUnreachableError, match=r"^No node of the cluster responds\. node1 is gone\. node2 is gone\."
    ):
        stage.backend._context.shell()


def test_what_pacemaker_lacks_is_refused_with_a_reason_of_its_own(stage: Stage) -> None:
    capabilities = stage.backend.capabilities()

    assert capabilities.verdict(cmd.RemoveGroup)
    assert capabilities.verdict(cmd.LiveMigrate)
    assert "no Cluster Shared Volumes" in capabilities.verdict(cmd.EnableSharedVolumes).reason
    assert "live migration only" in capabilities.verdict(cmd.QuickMigrate).reason
    assert capabilities.verdict(cmd.ConfigureNetwork).reason == "Pacemaker has no equivalent."


def test_without_a_scheduler_nothing_is_rehearsed(stage: Stage) -> None:
    with pytest.raises(RehearseError):
        stage.backend.rehearse((), lambda _: None, lambda: True)


def test_an_event_of_libvirt_makes_pacemaker_be_asked_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.open()
    monkeypatch.setattr(asking, "EVERY", 3600.0)
    stage.backend._context.wait_for(lambda _: True, PATIENCE)
    before = stage.backend._context.status
    assert before is not None

    stage.connections["node1"].happens()

    stage.until(lambda: stage.backend._context.status is not before, "it is asked again")


def test_closing_ends_all_threads(stage: Stage) -> None:
    stage.open("web", managed=("web",))
    stage.carry_out(cmd.SetMachineState("uuid-web", MachineState.OFF))

    stage.backend.close()

    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("lane-", "pacemaker-", "libvirt-inventory"))]
