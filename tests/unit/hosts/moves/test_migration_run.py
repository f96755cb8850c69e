"""A live migration from its first network to its last row, on hosts that do as a test says."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from fcm.backend.libvirt.moves import migration as moves
from fcm.model import events as ev
from fcm.model.telemetry import FinalFigures, Phase
from fcm.ui.tour.patience import stretched
from tests.unit.hosts.staged_runs import (
    FLAGS,
    POST_COPY,
    RUNS,
    STANDS,
    Domain,
    RefusedError,
    Staged,
    job,
    kinds,
)


def test_a_migration_is_told_phase_by_phase_with_its_rows_and_figures(staged: Staged) -> None:
    looks: list[Any] = [(RUNS, job(100, ms=10)), (RUNS, job(200, ms=20)), (STANDS, job(300, ms=9_000))]
    stage = staged(Domain(looks))
    stage.begin()
    assert stage.networks() == [("n1", True, "Migration: connected")]
    rows = [one.row for one in stage.told if isinstance(one, ev.MigrationProgressed)]
    assert [(row.phase, row.sent) for row in rows] == [
        (Phase.BROWNOUT, 100),
        (Phase.BROWNOUT, 200),
        (Phase.BLACKOUT, 300),
        (Phase.COMPLETED, 5000),
    ]
    assert rows[-1].time == 9.0, "the last row is not before the one that was seen last"
    phases = [one.phase for one in stage.told if isinstance(one, ev.MigrationPhaseEntered)]
    assert phases == [Phase.BROWNOUT, Phase.BLACKOUT, Phase.STORAGE, Phase.CLEANUP]
    assert kinds(stage.told)[-3:] == ["MigrationHandedOver", Phase.CLEANUP.value, "MigrationCompleted"]
    assert stage.last.figures == FinalFigures(2.0, 0.1, 5000, 3)
    ((_, uri, parameters, flags),) = stage.domain.did
    assert (uri, parameters) == ("qemu+ssh://node2/system", {"uri": "tcp://10.1.0.2"})
    assert flags == FLAGS["LIVE"] | FLAGS["PEER2PEER"] | FLAGS["PERSIST_DEST"] | FLAGS["UNDEFINE_SOURCE"]


def test_looks_at_which_no_job_moves_memory_make_no_row(staged: Staged) -> None:
    empty = {**job(1), "memory_total": 0}
    looks: list[Any] = [RefusedError("busy"), (RUNS, {}), (RUNS, empty), (RUNS, job(100))]
    stage = staged(Domain(looks))
    stage.begin()
    assert [one.row.sent for one in stage.told if isinstance(one, ev.MigrationProgressed)] == [100, 5000]


def test_a_network_that_does_not_answer_is_passed_over_and_the_next_one_taken(staged: Staged) -> None:
    stage = staged()
    stage.reached["10.1.0.2"] = False
    stage.begin()
    assert stage.networks() == [
        ("n1", False, "Migration: no answer within 2 s (from node1)"),
        ("n2", True, "Management: connected"),
    ]
    assert [one.attempt.duration for one in stage.told if isinstance(one, ev.MigrationNetworkTried)] == [0.25, 0.25]
    assert stage.domain.did[0][2]["uri"] == "tcp://10.0.0.2"


def test_if_no_network_answers_all_of_them_are_told_in_order_and_the_machine_runs_on(staged: Staged) -> None:
    stage = staged(ends="node1")
    stage.reached |= {"10.1.0.2": False, "10.0.0.2": False}
    stage.begin()
    assert isinstance(stage.last, ev.MigrationFailed)
    assert stage.last.reason == (
        "The migration to node2 failed on every network. 1. Migration (10.1.0.2): no answer within 2 s. "
        "2. Management (10.0.0.2): no answer within 2 s. The virtual machine is still running on node1."
    )
    assert stage.last.remedy == "Repair one of these networks, or select another one."


def test_a_transfer_that_fails_because_of_its_network_is_tried_on_the_next_one(staged: Staged) -> None:
    stage = staged(Domain(result=RefusedError("unable to connect to server at '10.1.0.2:49152': timed out")), "node1")
    stage.begin()
    assert [network for network, connected, _ in stage.networks() if not connected] == ["n1", "n2"]
    assert len([one for one in stage.domain.did if one[0] == "migrate"]) == 2
    assert stage.networks()[1][2].startswith("Migration: Cannot connect: unable to connect to server at")
    assert stage.last.reason.startswith("The migration to node2 failed on every network. 1. Migration (10.1.0.2): Can")
    assert stage.last.remedy == "Check libvirtd on the host, the network and the firewall."


def test_a_transfer_that_fails_for_another_reason_is_not_tried_again(staged: Staged) -> None:
    stage = staged(Domain(result=RefusedError("internal error: qemu unexpectedly closed the monitor")), "node1")
    stage.begin()
    assert len([one for one in stage.domain.did if one[0] == "migrate"]) == 1
    assert isinstance(stage.last, ev.MigrationFailed)
    assert stage.last.reason.startswith("Migration (10.1.0.2): The transfer failed: QEMU on node2 exited")
    assert stage.last.reason.endswith("The virtual machine is still running on node1.")
    assert "/var/log/libvirt/qemu" in stage.last.remedy


@pytest.mark.parametrize(
    ("alive", "answers", "words", "remedy"),
    [
        (False, True, "libvirtd on node1 stopped or was restarted during the migration", "Start the migration again"),
        (True, False, "node2 no longer responds and may have lost power", "Check node2"),
    ],
)
def test_a_host_that_is_gone_is_named_and_no_other_network_is_tried(
    staged: Staged, alive: bool, answers: bool, words: str, remedy: str
) -> None:
    stage = staged(Domain(result=RefusedError("10.1.0.2: broken"), alive=alive), "node1")
    stage.run._destination.answers = lambda _limit: answers
    stage.begin()
    assert words in stage.last.reason
    assert stage.last.remedy.startswith(remedy)
    assert len([one for one in stage.domain.did if one[0] == "migrate"]) == 1


def test_an_error_without_a_code_is_told_in_its_own_words(staged: Staged) -> None:
    stage = staged(Domain(result=RefusedError("something odd", None)), "node1")
    stage.begin()
    assert "libvirt error 0: something odd" in stage.last.reason


def test_a_canceled_migration_takes_no_further_network_and_has_no_reason(staged: Staged) -> None:
    stage = staged(Domain(result=RefusedError("10.1.0.2 reset", 78)), "node1")
    stage.run._canceled.set()
    assert stage.begin() == [ev.MigrationCanceled("m1")]
    assert stage.domain.did == [("speed", 7)], "the limit that the host kept for it is there again"
    again = staged(Domain(), "node1")
    again.domain.migrateToURI3 = lambda *_: again.run._canceled.set()  # type: ignore[method-assign]
    again.begin()
    assert again.last == ev.MigrationCanceled("m1")
    assert len(again.networks()) == 1


def test_one_that_got_through_although_it_was_canceled_is_complete(staged: Staged) -> None:
    stage = staged()
    stage.run._canceled.set()
    stage.begin()
    assert isinstance(stage.last, ev.MigrationCompleted)
    assert stage.domain.did == []


def test_a_pass_in_which_nothing_moves_is_broken_off_and_the_next_network_taken(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "STALL_LIMIT", -1.0)
    domain = Domain([(RUNS, job(100)), (RUNS, job(100)), (RUNS, job(100))], RefusedError("aborted", 78))
    stage = staged(domain, "node1")
    aborted = threading.Event()
    domain.abortJob = aborted.set  # type: ignore[method-assign]
    stage.begin()
    assert aborted.wait(stretched(20))
    assert stage.networks()[1] == ("n1", False, "Migration: no data was transferred for -1 s")
    assert stage.networks()[2][:2] == ("n2", True)


@pytest.mark.parametrize("state", [STANDS, POST_COPY])
def test_a_guest_that_stands_still_or_runs_at_the_destination_is_not_taken_for_a_dead_network(
    staged: Staged, monkeypatch: pytest.MonkeyPatch, state: tuple[int, int]
) -> None:
    monkeypatch.setattr(moves, "STALL_LIMIT", -1.0)
    stage = staged(Domain([(RUNS, job(100)), (state, job(100)), (state, job(100))]))
    stage.begin()
    assert not stage.run._stalled.is_set()
    assert len(stage.networks()) == 1
