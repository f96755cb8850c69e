"""Live migrations of the libvirt backend: requested, queued, followed, tuned, canceled; runs that do as a test says."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from fcm.backend.libvirt import backend as module
from fcm.backend.libvirt.moves.runs import libvirt_run, networks_of
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.verdict import no
from fcm.model.state import State, apply
from fcm.model.telemetry import FinalFigures, Phase
from tests.unit.hosts.fake_hosts import FILE, machine, use_fake_connections
from tests.unit.hosts.test_libvirt_backend import Stage, all_up, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.model.rules.verdict import Verdict


class FakeRun:
    """What the backend asks of a run."""

    def __init__(self, migration: Migration, permitted: Callable[[], Verdict]) -> None:
        self.migration, self.permitted = migration, permitted
        self.asked: list[Any] = []

    def start(self) -> None:
        self.asked.append("start")

    def follow(self) -> None:
        self.asked.append("follow")

    def leave(self) -> None:
        self.asked.append("leave")

    def cancel(self) -> None:
        self.asked.append("cancel")

    def tune(self, *changes: Any) -> None:
        self.asked.append(changes)


@pytest.fixture
def made() -> dict[str, FakeRun]:
    """Runs by the name of their machine."""
    return {}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, made: dict[str, FakeRun]) -> Iterator[Stage]:
    def run(_hosts: object, _runs: object, migration: Migration, permitted: Callable[[], Verdict]) -> FakeRun:
        found = made[migration.machine.removeprefix("uuid-")] = FakeRun(migration, permitted)
        return found

    monkeypatch.setattr(module, "libvirt_run", run)
    opened = Stage(use_fake_connections(monkeypatch))
    yield opened
    opened.backend.close()


def migrate(stage: Stage, name: str, node: str = "node2") -> str:
    """Request a live migration; its id."""
    assert stage.carry_out(cmd.LiveMigrate(f"uuid-{name}", node)).verdict
    return stage.heard.events(ev.MigrationRequested)[-1].migration.id


def report(stage: Stage, *events: ev.Event) -> None:
    """A run says what happened."""
    stage.backend._runs.post(*events)


def finish(stage: Stage, identity: str) -> None:
    report(
        stage,
        ev.MigrationPhaseEntered(identity, Phase.BROWNOUT),
        ev.MigrationPhaseEntered(identity, Phase.STORAGE),
        ev.MigrationHandedOver(identity),
        ev.MigrationCompleted(identity, FinalFigures(1.0, 0.1, 5, 2)),
    )


def test_a_migration_begins_at_once_and_moves_the_machine_when_its_run_says_so(
    stage: Stage, made: dict[str, FakeRun]
) -> None:
    runs(stage, "web")
    identity = migrate(stage, "web")
    assert made["web"].asked == ["start"]
    assert stage.backend._runs.run(identity) is made["web"]
    finish(stage, identity)
    assert stage.state.machines["uuid-web"].node == "node2"
    assert stage.state.migrations[identity].phase is Phase.COMPLETED
    assert stage.backend._runs.run(identity) is None


def test_one_at_a_time_moves_from_a_node_until_more_are_allowed(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web", "db", "dc")
    first, second, third = (migrate(stage, name) for name in ("web", "db", "dc"))
    assert set(made) == {"web"}
    finish(stage, first)
    assert set(made) == {"web", "db"}
    assert stage.carry_out(cmd.SetConcurrentMigrations(2)).verdict
    assert set(made) == {"web", "db", "dc"}
    assert stage.state.cluster is not None
    assert stage.state.cluster.concurrent_migrations == 2
    for identity in (second, third):
        finish(stage, identity)
    assert [stage.state.machines[f"uuid-{name}"].node for name in made] == ["node2"] * 3


def test_a_running_one_is_asked_to_end_and_a_waiting_one_is_over_at_once(
    stage: Stage, made: dict[str, FakeRun]
) -> None:
    runs(stage, "web", "db")
    first, second = migrate(stage, "web"), migrate(stage, "db")
    assert stage.carry_out(cmd.CancelMigration(second)).verdict
    assert stage.state.migrations[second].phase is Phase.CANCELED
    assert stage.carry_out(cmd.CancelMigration(first)).verdict
    assert made["web"].asked == ["start", "cancel"]
    assert not stage.state.migrations[first].phase.is_over, "the run says when it is"
    report(stage, ev.MigrationCanceled(first))
    assert stage.state.machines["uuid-web"].node == "node1"


def test_of_all_that_are_canceled_none_begins(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web", "db")
    migrate(stage, "web")
    second = migrate(stage, "db")
    assert stage.carry_out(cmd.CancelMigrations("node1")).verdict
    assert made["web"].asked == ["start", "cancel"]
    assert stage.state.migrations[second].phase is Phase.CANCELED
    assert set(made) == {"web"}


def test_limits_reach_the_run_and_the_state(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web")
    identity = migrate(stage, "web")
    report(stage, ev.MigrationPhaseEntered(identity, Phase.BROWNOUT))
    assert stage.carry_out(cmd.TuneMigration(identity, 0.5, 5 << 20)).verdict
    assert made["web"].asked == ["start", (0.5, 5 << 20, False)]
    options = stage.state.migrations[identity].options
    assert (options.downtime_limit, options.bandwidth) == (0.5, 5 << 20)


def test_options_for_all_are_kept_with_the_cluster(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web")
    options = MigrationOptions(downtime_limit=0.25)
    assert stage.carry_out(cmd.SetMigrationOptions(options)).verdict
    assert stage.state.cluster is not None
    assert stage.state.cluster.migration_options == options
    migrate(stage, "web")
    assert made["web"].migration.options == options


def test_a_drain_marks_the_node_and_moves_what_runs_there(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web")
    assert stage.carry_out(cmd.DrainNode("node1")).verdict
    assert stage.state.nodes["node1"].state is NodeState.PAUSED
    assert made["web"].asked == ["start"]
    finish(stage, stage.heard.events(ev.MigrationRequested)[-1].migration.id)
    assert stage.heard.events(ev.NodeDrainEnded)


def test_networks_of_all_and_of_one_machine_are_kept(stage: Stage) -> None:
    runs(stage, "web")
    first, second = tuple(stage.state.networks)
    assert stage.carry_out(cmd.SetMigrationNetworks((second, first), ())).verdict
    assert stage.state.cluster is not None
    assert stage.state.cluster.migration_order == (second, first)
    move = Migration("m", MigrationKind.LIVE, "uuid-web", "node1", "node2", MigrationOptions(), Phase.SETUP, 0.0)
    assert [address for _, _, address in networks_of(stage.state, move)] == ["10.1.0.2", "10.0.0.2"]
    assert stage.carry_out(cmd.SetMigrationNetworks((first,), (second,))).verdict
    assert networks_of(stage.state, move) == [(first, stage.state.networks[first].name, "10.0.0.2")]


def test_a_run_of_libvirt_knows_the_version_the_memory_and_whether_the_files_are_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs(stage, "web")
    monkeypatch.setattr("fcm.backend.libvirt.moves.migration.load_libvirt", lambda: SimpleNamespace())
    move = Migration("m", MigrationKind.LIVE, "uuid-web", "node1", "node2", MigrationOptions(), Phase.SETUP, 0.0)
    run: Any = libvirt_run(stage.backend._hosts, stage.backend._runs, move, lambda: no("Not now.", ""))
    assert (run._qemu, run._memory, run._unsafe) == ("QEMU 7.2.0", 2**30, FILE.same_file_system)
    assert (run._source.host.name, run._destination.host.name) == ("node1", "node2")
    assert run._permitted().reason == "Not now."
    gone: Any = libvirt_run(stage.backend._hosts, stage.backend._runs, replace(move, machine="uuid-gone"))
    assert gone._memory == 0
    assert gone._permitted()


def test_a_guard_is_asked_again_right_before_a_migration(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web")
    migrate(stage, "web")
    assert made["web"].permitted()
    stage.backend._guard.check = lambda one: no(f"{one.name} is managed by another.", "")  # type: ignore[method-assign]
    assert made["web"].permitted().reason == "web is managed by another."


# Left by an earlier session


def running_before() -> State:
    """An earlier session left a migration of web from node1 to node2 while memory was copied."""
    move = Migration(
        "m1", MigrationKind.LIVE, "uuid-web", "node1", "node2", MigrationOptions(), Phase.WAITING, requested=1.0
    )
    state = State()
    for number, event in enumerate((ev.MigrationRequested(move), ev.MigrationPhaseEntered("m1", Phase.BROWNOUT)), 1):
        state, _ = apply(state, ev.Entry(number, 1.0, event))
    return state


def test_one_that_still_runs_is_followed_once_both_hosts_answered(stage: Stage, made: dict[str, FakeRun]) -> None:
    stage.open(running_before())
    for connection in stage.connections.values():
        connection.machines = [machine("web", "node1")]
        connection.happens()
    stage.until(lambda: "web" in made, "it is followed")
    assert made["web"].asked == ["follow"]
    finish(stage, "m1")
    stage.until(lambda: stage.state.migrations["m1"].phase is Phase.COMPLETED, "it is over")


def test_before_both_hosts_answered_it_cannot_be_canceled(stage: Stage, made: dict[str, FakeRun]) -> None:
    stage.open(running_before())
    runs_of = stage.backend._runs
    with stage.backend._hosts.lock:
        runs_of.interrupted = {"m1": running_before().migrations["m1"]}
    operation = SimpleNamespace(command=cmd.CancelMigration("m1"))
    verdict = runs_of.carry_out(operation)  # type: ignore[arg-type]
    assert verdict is not None
    assert verdict.reason == "node1 has not responded yet."
    assert not runs_of._cancel_all(None)


def test_one_between_hosts_that_are_not_in_the_file_any_more_is_lost(stage: Stage) -> None:
    state = running_before()
    elsewhere = replace(state.migrations["m1"], destination="node9")
    state = replace(state, migrations=type(state.migrations)({"m1": elsewhere}))
    stage.open(state)
    [event] = stage.heard.events(ev.MigrationInterrupted)
    assert event.migration == "m1"


def test_closing_leaves_what_runs_to_the_hosts(stage: Stage, made: dict[str, FakeRun]) -> None:
    runs(stage, "web")
    migrate(stage, "web")
    stage.backend.close()
    assert made["web"].asked == ["start", "leave"]


def test_what_only_a_simulated_cluster_can_do_is_refused(stage: Stage) -> None:
    runs(stage, "web")
    operation = stage.carry_out(cmd.AddNode("node9"))
    assert operation.verdict is not None
    assert not operation.verdict
    assert all_up(stage)
