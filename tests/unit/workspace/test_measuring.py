from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.migration.judging.fitting import DirtySample
from fcm.migration.judging.preflight import RemedyKind
from fcm.model import events as ev
from fcm.model.commands import LiveMigrate
from fcm.model.entities import GIB, MachineState
from fcm.model.migrations import MigrationOptions
from fcm.model.rules.moving.measuring import measurable
from fcm.workspace.measuring import measured_question, origin, ways
from fcm.workspace.planning.preflight import question
from tests.ui.by_hand import formed, machine, migration, opened

if TYPE_CHECKING:
    from fcm.migration.judging.preflight import Judgement
    from fcm.workspace.measuring import Way
    from fcm.workspace.workspace import Workspace

QUIET = tuple(DirtySample(float(seconds), 4.0, rounded=False) for seconds in (1, 2, 4, 8))
BUSY = tuple(DirtySample(float(seconds), 100.0 / seconds, rounded=False) for seconds in (1, 2, 4, 8))
"""100 MiB, again and again."""
SLOW = MigrationOptions(bandwidth=50_000_000)


@pytest.fixture(autouse=True)
def _few_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals are not what is looked at here."""
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)


def desk(options: MigrationOptions | None = None, clock: bool = True) -> Workspace:
    workspace, backend = opened(formed([machine("SQL1", memory=2 * GIB, workload="")]), clock=clock)
    if options is not None:
        assert workspace.state.cluster is not None
        backend.tell(ev.ClusterConfigured(replace(workspace.state.cluster, migration_options=options), "options"))
        workspace.drain(60)
    return workspace


def judged(workspace: Workspace, samples: tuple[DirtySample, ...]) -> Judgement:
    asked = measured_question(workspace, workspace.state.machines["vm-SQL1"], "node2", samples)
    _, judgement = asked.answer()
    assert judgement is not None
    return judgement


def offered(workspace: Workspace, samples: tuple[DirtySample, ...]) -> dict[str, Way]:
    found = ways(workspace, workspace.state.machines["vm-SQL1"], "node2", judged(workspace, samples))
    return {way.text: way for way in found}


def test_a_guest_that_writes_little_can_be_migrated_as_it_is() -> None:
    assert [way.command for way in offered(desk(), QUIET).values()] == [LiveMigrate("vm-SQL1", "node2")]


def test_each_remedy_is_a_live_migration_with_that_option_and_the_others_of_the_cluster() -> None:
    workspace = desk(SLOW)
    judgement = judged(workspace, BUSY)
    found = offered(workspace, BUSY)
    with_limit = next(way for text, way in found.items() if "downtime limit" in text)
    assert with_limit.command.options is not None
    assert with_limit.command.options.bandwidth == SLOW.bandwidth
    limit = next(remedy.value for remedy in judgement.remedies if remedy.kind is RemedyKind.DOWNTIME_LIMIT)
    assert with_limit.command.options.downtime_limit == limit
    assert found["Live migrate to node2 with auto-converge"].command.options == replace(SLOW, auto_converge=True)
    assert all(workspace.allowed(way.command) for way in found.values())


def test_post_copy_is_marked_as_dangerous() -> None:
    dangerous = [way for way in offered(desk(SLOW), BUSY).values() if way.dangerous]
    assert [way.text for way in dangerous] == ["Live migrate to node2 with post-copy"]
    assert "the machine is lost" in dangerous[0].consequence


def test_more_bandwidth_is_offered_only_where_a_limit_holds_it_down() -> None:
    assert any("Mbit/s" in text for text in offered(desk(MigrationOptions(bandwidth=100_000_000)), BUSY))
    busier = tuple(replace(one, mib_per_s=one.mib_per_s * 9) for one in BUSY)
    assert judged(desk(), busier).remedies
    assert not any("Mbit/s" in text for text in offered(desk(), busier))


def test_what_was_measured_is_what_a_later_check_rests_on() -> None:
    workspace = desk()
    found = workspace.state.machines["vm-SQL1"]
    assert question(workspace, found, "node2").unknown
    workspace.measured[found.id] = (workspace.now(), QUIET)
    check, _ = question(workspace, found, "node2").answer()
    assert check.text.endswith("Forecast from the measurement of its memory writes.")


def test_figures_that_are_computed_are_not_called_measured() -> None:
    found = machine("SQL1", workload="oltp-database")
    assert origin(desk(), found).startswith("Computed from the workload 'oltp-database'")
    assert origin(desk(clock=False), found).startswith("Measured by QEMU on node1")


@pytest.mark.parametrize("state", [MachineState.OFF, MachineState.SAVED])
def test_a_machine_that_does_not_run_is_not_measured(state: MachineState) -> None:
    workspace, _ = opened(formed([machine("SQL1", state=state)]))
    assert "is not running" in measurable(workspace.state, "vm-SQL1").reason
    assert "no longer exists" in measurable(workspace.state, "vm-gone").reason


def test_nothing_is_measured_during_a_migration() -> None:
    vm = machine("SQL1")
    workspace, _ = opened(formed([vm]), ev.MigrationRequested(migration(vm)))
    assert "is being migrated" in measurable(workspace.state, vm.id).reason
