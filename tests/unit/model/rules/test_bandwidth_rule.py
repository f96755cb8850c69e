"""Where a bandwidth limit that QEMU cannot keep is refused: at the start, as the cluster's default, and on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.migrations import UNLIMITED, Migration, MigrationKind, MigrationOptions
from fcm.model.rules.allowed import allowed
from fcm.model.rules.machines import option_checks
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State

LOW = MigrationOptions(bandwidth=2 << 20, parallel_connections=2)


@pytest.fixture
def real(state: State) -> State:
    """Contoso on hosts that run QEMU 7.2."""
    return replace(state, nodes={name: replace(node, version="QEMU 7.2.22") for name, node in state.nodes.items()})


def dc01(state: State) -> VirtualMachine:
    machine = state.machine_named("DC01")
    assert machine is not None
    return machine


def test_a_migration_is_refused_and_its_pre_flight_check_says_why(state: State, real: State) -> None:
    machine = dc01(real)
    destination = next(name for name in real.nodes if name != machine.node)
    (check,) = option_checks(real, machine, LOW)

    verdict = allowed(cmd.LiveMigrate(machine.id, destination, LOW), real)

    assert verdict.reason == check.text
    assert "over 2 parallel connections" in check.text
    assert check.level == "fail"
    assert allowed(cmd.LiveMigrate(machine.id, destination, replace(LOW, parallel_connections=1)), real)
    assert option_checks(state, dc01(state), LOW) == ()  # no QEMU


def test_it_cannot_become_the_default_of_the_cluster_and_one_that_is_refuses_moves_without_options(real: State) -> None:
    assert real.cluster is not None
    machine = dc01(real)
    defaulting = replace(real, cluster=replace(real.cluster, migration_options=LOW))

    assert "cannot enforce a limit" in allowed(cmd.SetMigrationOptions(LOW), real).reason
    assert option_checks(defaulting, machine, None)
    assert not option_checks(defaulting, machine, MigrationOptions())


def test_a_running_migration_is_not_tuned_to_it_but_to_no_limit(real: State) -> None:
    machine = dc01(real)
    migration = Migration(
        "m1", MigrationKind.LIVE, machine.id, machine.node, "node9", options=replace(LOW, bandwidth=8 << 20),
        phase=Phase.BROWNOUT, requested=0.0,
    )  # fmt: skip
    running = replace(real, migrations={"m1": migration})

    assert "cannot enforce a limit of 2 MiB/s" in allowed(cmd.TuneMigration("m1", bandwidth=2 << 20), running).reason
    assert allowed(cmd.TuneMigration("m1", bandwidth=5 << 20), running)
    assert allowed(cmd.TuneMigration("m1", bandwidth=UNLIMITED), running)
