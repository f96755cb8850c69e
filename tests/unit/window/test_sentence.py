from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.migration.forecast.outlook import Verdict
from fcm.model.migrations import MigrationKind, MigrationOptions
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.migration.sentence import sentence
from fcm.workspace.tuning import Advice
from tests.unit.window.course_by_hand import attempt, migration, outlook, row, state

if TYPE_CHECKING:
    from fcm.model.migrations import Migration
    from fcm.model.state import State


def said(phase: Phase = Phase.BROWNOUT, newest: object = None, ahead: object = None, **other: object) -> str:
    one = migration(phase, **other)
    whole = at(one.destination if one.handed_over else one.source, one)
    return sentence(whole, one, newest, ahead).replace("\N{NO-BREAK SPACE}", " ")  # type: ignore[arg-type]


def at(node: str, one: Migration) -> State:
    """The state with the machine of the migration on a node."""
    whole = state(one)
    machine = replace(whole.machines[one.machine], node=node)
    return replace(whole, machines={**whole.machines, machine.id: machine})


def test_while_memory_is_copied_it_names_pass_rest_rate_network_and_how_it_should_end() -> None:
    assert said(newest=row(), ahead=outlook()) == (
        "Copying memory, pass 4: 112 MiB left of 4 GiB at 941 Mbit/s over Cluster Network 3. "
        "Expected to finish in 6 to 9 s with a blackout of 180 to 260 ms."
    )


def test_a_migration_that_cannot_end_is_told_with_reason_and_what_can_be_done() -> None:
    reason = "About 96 MiB are dirtied again while as much is sent."
    ahead = outlook((math.inf,) * 3, verdict=Verdict.WILL_NOT_CONVERGE, reason=reason)
    assert said(newest=row(), ahead=ahead) == f"Will not converge: {reason}"
    one = migration()
    advice = Advice(f"{reason} Raise the downtime limit to 850 ms.")
    assert sentence(state(one), one, row(), ahead, advice).endswith("Raise the downtime limit to 850 ms.")


def test_what_rests_on_other_guests_is_called_assumed() -> None:
    assert "assumed" in said(newest=row(), ahead=outlook(assumed=True))
    assert "assumed" not in said(newest=row(), ahead=outlook())
    text = said(newest=row(), ahead=replace(outlook(), from_before=True))
    assert text.endswith("(as its last migration went, until the first pass ends).")


def test_an_open_end_is_not_told_as_a_number() -> None:
    text = said(newest=row(), ahead=outlook((6.2, 9.0, math.inf)))
    assert "perhaps much later" in text
    assert "inf" not in said(newest=row(), ahead=outlook((6.2, math.inf, math.inf), (0.1, math.inf, math.inf)))


def test_a_waiting_request_gives_its_reason() -> None:
    reason = "node2 is already taking part in a live migration (WEB1, node1 to node2)."
    assert said(Phase.WAITING, reason=reason) == f"Waiting: {reason} It starts automatically."


def test_setup_tells_which_network_failed_while_the_next_is_tried() -> None:
    text = said(Phase.SETUP, network=None, attempts=(attempt("n1", False, "no answer within 2 s"),))
    assert text == (
        "Setting up: connecting to node2. Cluster Network 1: no answer within 2 s. Trying the next network."
    )


def test_the_blackout_says_that_the_guest_stands_still_and_what_the_limit_is() -> None:
    text = said(Phase.BLACKOUT, newest=row(), options=MigrationOptions(downtime_limit=0.3))
    assert text.startswith("Blackout: the guest is stopped while the last 112 MiB is sent")
    assert text.endswith("The limit is 300 ms.")


def test_the_end_gives_the_final_figures() -> None:
    figures = FinalFigures(12.34, 0.212, 4_500_000_000, 5)
    assert said(Phase.COMPLETED, figures=figures) == (
        "Completed: SQL1 moved from node1 to node2 in 12.3 s over Cluster Network 3. "
        "4.19 GiB was sent in 5 passes; the blackout lasted 212 ms."
    )


@pytest.mark.parametrize(("handed_over", "where"), [(False, "still on node1"), (True, "on node2")])
def test_a_failure_says_where_the_machine_was_left(handed_over: bool, where: str) -> None:
    text = said(Phase.FAILED, reason="all networks failed", remedy="Repair one", handed_over=handed_over)
    assert text == f"Failed: all networks failed. SQL1 is {where}. Repair one."


def test_a_machine_that_its_dead_source_took_along_is_where_it_started_again() -> None:
    one = migration(Phase.FAILED, reason="The cluster lost node1.")
    assert sentence(at("node3", one), one, None, None) == "Failed: The cluster lost node1. SQL1 is now on node3."


def test_a_reason_that_says_where_the_machine_is_is_enough() -> None:
    text = said(Phase.FAILED, reason="node2 stopped responding. SQL1 is still running on node1.")
    assert text == "Failed: node2 stopped responding. SQL1 is still running on node1."


def test_a_cancel_before_the_start_is_told_apart_from_one_in_a_pass() -> None:
    assert said(Phase.CANCELED, started=None) == "Canceled before it began. SQL1 is still on node1."
    assert "in pass 4" in said(Phase.CANCELED, newest=row())


def test_nothing_sent_is_said_instead_of_a_rate_of_zero() -> None:
    assert "nothing is being sent now" in said(newest=row(rate=0.0))


def test_a_guest_slowed_by_auto_converge_is_mentioned() -> None:
    assert "slowed by 30 %" in said(newest=row(throttle=30))


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("kind", list(MigrationKind))
def test_every_phase_of_every_kind_has_a_sentence(phase: Phase, kind: MigrationKind) -> None:
    for newest in (None, row(), row(number=0)):
        text = said(phase, newest=newest, kind=kind)
        assert text[0].isupper()
        assert text.endswith(".")


def test_the_sentence_needs_no_window() -> None:
    code = "import sys, fcm.ui.migration.sentence; sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
