from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fcm.migration.engine.workload import Workload
from fcm.model import events as ev
from fcm.model.entities import GIB, AdapterState
from fcm.model.migrations import MigrationOptions
from fcm.workspace.planning.preflight import NAME, question, samples_of
from tests.ui.by_hand import formed, machine, node, opened
from tests.unit.window.course_by_hand import MIB, sawtooth

if TYPE_CHECKING:
    from fcm.workspace.planning.preflight import Question
    from fcm.workspace.workspace import Workspace


def asked(options: MigrationOptions | None = None, **about: Any) -> Question:
    vm = machine("SQL1", **{"memory": GIB, "workload": "web-server", **about})
    workspace, _ = opened(formed([vm]))
    return question(workspace, vm, "node2", options)


def test_the_plan_takes_the_first_network_of_the_preference_order_with_what_it_really_carries() -> None:
    plan = asked().plan
    assert plan is not None
    assert plan.spec.bandwidth == pytest.approx(1_250_000_000 * 0.94)
    assert plan.spec.memory == GIB
    assert plan.spec.limit == pytest.approx(0.3)


def test_options_narrow_the_plan() -> None:
    plan = asked(MigrationOptions(downtime_limit=1.5, bandwidth=10_000_000, auto_converge=True)).plan
    assert plan is not None
    assert (plan.spec.bandwidth, plan.spec.downtime_limit) == (10_000_000, 1.5)
    assert {capability.value for capability in plan.spec.capabilities} == {"auto-converge"}


def test_every_option_that_the_engine_models_is_in_the_plan() -> None:
    stepped = asked(MigrationOptions(auto_converge=True, auto_converge_initial=40, auto_converge_increment=5)).plan
    assert stepped is not None
    spec = stepped.specification(Workload(()))
    assert (spec.throttle_initial, spec.throttle_increment) == (40, 5)
    plain = asked(MigrationOptions(xbzrle=True)).plan
    wide = asked(MigrationOptions(parallel_connections=4)).plan
    assert plain is not None
    assert wide is not None
    assert [one.value for one in (*plain.spec.capabilities, *wide.spec.capabilities)] == ["xbzrle", "multifd"]


def test_a_quiet_guest_passes() -> None:
    check, judgement = asked().answer()
    assert (check.name, check.level) == (NAME, "pass")
    assert judgement is not None


def test_a_guest_that_rewrites_its_memory_is_warned_of_and_can_be_started_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fcm.workspace.planning.preflight.MEMBERS", 1)
    check, _ = asked(MigrationOptions(bandwidth=8_000_000), memory=256 * MIB).answer()
    assert check.level == "warn"
    assert check.text.startswith("Does not converge")
    assert "cancel it" in check.remedy


def test_a_guest_that_nobody_measured_is_not_judged() -> None:
    check, judgement = asked(workload="").answer()
    assert check.level == "info"
    assert "has not been measured yet" in check.text
    assert judgement is None


def test_passes_of_an_earlier_migration_are_samples_of_the_dirty_rate() -> None:
    samples = samples_of(sawtooth())
    assert [round(sample.seconds, 1) for sample in samples] == [0.5, 2.0, 8.0]
    assert all(0 < sample.mib_per_s < 8 for sample in samples)


def test_pages_that_passes_found_are_counted_not_rounded_down_to_whole_mebibytes() -> None:
    for sample in samples_of(sawtooth()):
        assert sample.pages == pytest.approx(sample.mib_per_s * sample.seconds * 256)


def test_the_qemu_of_the_source_says_which_stopping_rule_is_planned_with() -> None:
    vm = machine("SQL1", memory=GIB, workload="web-server")
    workspace, _ = opened(formed([vm]), ev.NodeChanged(replace(node("node1"), version="QEMU 10.0.13")))
    there = question(workspace, vm, "node2").plan
    assert there is not None
    assert there.spec.rule.name == "qemu-9.2+"
    simulated = asked().plan
    assert simulated is not None
    assert simulated.spec.rule.name == "qemu-7.2"


def test_a_guest_without_a_known_workload_is_judged_by_what_was_measured() -> None:
    rows = sawtooth(memory=256 * MIB)
    vm = machine("SQL1", workload="", memory=256 * MIB)
    workspace, _ = opened(formed([vm]))
    fake = SimpleNamespace(
        state=workspace.state, rows=lambda _: rows, measured={}
    )  # the migration itself is added below, so that only its rows are new
    from types import MappingProxyType

    from tests.ui.by_hand import migration

    one = migration(vm)
    fake.state = replace(workspace.state, migrations=MappingProxyType({one.id: one}))
    check, judgement = question(cast("Workspace", fake), vm, "node2").answer()
    assert judgement is not None
    assert check.text.endswith("from what earlier migrations of it measured.")


def test_without_a_network_nothing_is_judged() -> None:
    from fcm.model.entities import Adapter

    vm = machine("SQL1", workload="web-server")
    down = [Adapter(f"node2-net-{k}", "x", "node2", f"net-{k}", "10.0.0.9", AdapterState.FAILED) for k in range(1, 5)]
    workspace, _ = opened(formed([vm]), *(ev.AdapterChanged(adapter) for adapter in down))
    check, _ = question(workspace, vm, "node2").answer()
    assert check.level == "info"
    assert check.text.startswith("No network can carry")
