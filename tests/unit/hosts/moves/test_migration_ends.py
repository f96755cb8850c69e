"""What a live migration is asked with, what hinders it, and what is told of its end."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from fcm.backend.libvirt.moves import migration as moves
from fcm.backend.libvirt.moves.breaking_off import break_off
from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.model import events as ev
from fcm.model.migrations import Emulator, MigrationOptions
from fcm.model.rules.verdict import no
from fcm.model.telemetry import Phase
from fcm.ui.tour.patience import stretched
from tests.unit.hosts.staged_runs import (
    FLAGS,
    RUNS,
    STANDS,
    Domain,
    RefusedError,
    Staged,
    job,
    kinds,
)


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({}, set()),
        ({"auto_converge": True}, {"AUTO_CONVERGE"}),
        ({"post_copy": True}, {"POSTCOPY"}),
        ({"xbzrle": True}, {"COMPRESSED"}),
        ({"parallel_connections": 2}, {"PARALLEL"}),
        ({"tls": True}, {"TLS"}),
    ],
)
def test_each_option_is_a_flag_of_the_call(staged: Staged, chosen: dict[str, Any], named: set[str]) -> None:
    run = staged(Domain(persistent=False), options=MigrationOptions(**chosen)).run
    run._domain = Domain(persistent=False)
    flags = run._flags(run.migration.options)
    assert {name for name, flag in FLAGS.items() if flags & flag} == {"LIVE", "PEER2PEER", *named}
    unsafe = staged(Domain(persistent=False), unsafe=True).run
    unsafe._domain = Domain(persistent=False)
    assert unsafe._flags(unsafe.migration.options) & FLAGS["UNSAFE"]


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        ({}, {}),
        ({"bandwidth": 5 << 20}, {"bandwidth": 5}),
        ({"auto_converge": True, "auto_converge_initial": 30}, {"initial": 30}),
        ({"auto_converge": True, "auto_converge_increment": 5}, {"increment": 5}),
        ({"auto_converge_initial": 30, "auto_converge_increment": 5}, {}),
        ({"xbzrle": True}, {"compression": "xbzrle"}),
        ({"parallel_connections": 2}, {"connections": 2}),
    ],
)
def test_each_figure_is_a_parameter_and_what_was_not_chosen_is_left_to_qemu(
    staged: Staged, chosen: dict[str, Any], asked: dict[str, Any]
) -> None:
    run = staged(options=MigrationOptions(**chosen)).run
    assert run._parameters(run.migration.options) == asked


@pytest.mark.parametrize(("seconds", "milliseconds"), [(0.25, 250), (0.0001, 1), (0.0016, 2), (2.0, 2000)])
def test_a_downtime_limit_is_given_in_milliseconds_and_never_as_none_at_all(
    staged: Staged, seconds: float, milliseconds: int
) -> None:
    stage = staged(options=MigrationOptions(downtime_limit=seconds))
    stage.begin()
    assert stage.domain.did[0] == ("downtime", milliseconds)
    stage.run.tune(seconds, None, post_copy=False)
    assert stage.domain.did[-1] == ("downtime", milliseconds)


def test_a_downtime_limit_that_the_host_refuses_is_told_and_the_migration_goes_on(staged: Staged) -> None:
    stage = staged(Domain(refuses="downtime"), options=MigrationOptions(downtime_limit=0.3))
    stage.begin()
    (warning,) = [one for one in stage.told if isinstance(one, ev.BackendReported)]
    assert warning.text.startswith("The downtime limit was not set: The host is running another job")
    assert isinstance(stage.last, ev.MigrationCompleted)


def test_what_is_tuned_counts_for_the_next_network_and_post_copy_is_started(staged: Staged) -> None:
    stage = staged()
    stage.run.tune(0.5, 3 << 20, post_copy=True)
    assert stage.run.migration.options == MigrationOptions(), "nothing runs yet"
    stage.run._domain = stage.domain
    stage.run.tune(0.5, 3 << 20, post_copy=True)
    assert stage.domain.did == [("downtime", 500), ("speed", 3), ("post-copy",)]
    assert stage.run.migration.options.downtime_limit == 0.5
    stage.run.tune(None, None, post_copy=False)
    assert len(stage.domain.did) == 3


def test_a_cancellation_before_the_host_has_a_job_is_asked_again_until_the_call_is_over(staged: Staged) -> None:
    asked: list[str] = []

    class Late(Domain):
        """Its job begins after two requests to end it."""

        def abortJob(self) -> None:
            asked.append("abort")
            if len(asked) == 3:
                self.seen.set()
            else:
                raise RefusedError("Requested operation is not valid: no job is active on the domain", 55)

    domain = Late([(RUNS, job(100))], RefusedError("operation aborted", 78))
    domain.state = lambda: RUNS  # type: ignore[method-assign]
    stage = staged(domain, "node1")
    call = domain.migrateToURI3

    def canceled_at_once(*given: Any) -> None:
        stage.run.cancel()
        call(*given)

    domain.migrateToURI3 = canceled_at_once  # type: ignore[method-assign]
    stage.begin()
    assert stage.last == ev.MigrationCanceled("m1")
    assert [one for one in stage.told if isinstance(one, ev.BackendReported)] == [], "a moment too early is no news"
    assert len(stage.networks()) == 1


def test_one_that_comes_after_the_network_was_probed_prevents_the_call(staged: Staged) -> None:
    stage = staged(ends="node1")
    downtime = stage.run._set_downtime
    stage.run._set_downtime = lambda options: (downtime(options), stage.run.cancel())
    stage.begin()
    assert stage.last == ev.MigrationCanceled("m1")
    assert [one for one in stage.domain.did if one[0] in ("migrate", "abort")] == []


def test_a_cancellation_that_the_host_goes_on_to_refuse_is_told_once_while_the_call_runs(staged: Staged) -> None:
    stage = staged(Domain(refuses="abort"))
    stage.run._domain = stage.domain
    over = threading.Event()
    asked: list[bool] = []

    def ask(tell: bool) -> bool:
        asked.append(tell)
        if len(asked) == 14:
            over.set()
        return stage.run._abort(tell)

    stage.run._call_over = over
    break_off(ask, over, threading.Event())
    (warning,) = stage.told
    assert warning.text.startswith("The migration cannot be canceled yet: ")
    assert asked == [False] * 9 + [True] + [False] * 4
    assert stage.run._abort(tell=True) is False
    assert len(stage.told) == 1, "the call is over"


def test_nothing_is_asked_of_a_call_that_is_over_or_when_the_program_is_closed() -> None:
    set_, unset = threading.Event(), threading.Event()
    set_.set()
    break_off(lambda _: pytest.fail("asked"), set_, unset)
    break_off(lambda _: pytest.fail("asked"), unset, set_)


# What hinders it


def test_a_machine_that_has_left_its_host_is_not_migrated(staged: Staged) -> None:
    stage = staged(ends="node1")
    stage.run._source.domain = lambda _: None
    stage.begin()
    assert stage.last.reason.startswith("The virtual machine is no longer on node1.")
    assert stage.networks() == []


def test_a_machine_that_another_program_migrates_is_left_alone(staged: Staged) -> None:
    stage = staged(Domain(now=(RUNS, job(5))), "node1")
    stage.begin()
    assert stage.last.reason.startswith("Another program is already migrating WEB.")
    assert stage.domain.did == []


def test_what_is_not_permitted_right_before_is_not_begun(staged: Staged) -> None:
    stage = staged(ends="node1", permitted=lambda: no("Pacemaker manages it.", "Ask Pacemaker."))
    stage.begin()
    assert stage.last.reason.startswith("Pacemaker manages it.")
    assert stage.last.remedy == "Ask Pacemaker."
    assert stage.domain.did == []


# Followed


def test_a_migration_that_runs_already_is_watched_to_its_end(staged: Staged) -> None:
    domain = Domain([(RUNS, job(300)), (STANDS, job(400))], now=(RUNS, job(1)))
    stage = staged(domain)
    stage.follow()
    assert [one.row.sent for one in stage.told if isinstance(one, ev.MigrationProgressed)] == [300, 400, 5000]
    assert isinstance(stage.last, ev.MigrationCompleted)
    assert domain.did == [], "nothing is asked of the hosts"


def test_one_whose_job_is_gone_is_told_by_where_the_machine_runs(staged: Staged) -> None:
    stage = staged(Domain([(RUNS, {})], now=(RUNS, job(1))), "node1")
    stage.follow()
    (ended,) = stage.told
    assert isinstance(ended, ev.MigrationInterrupted)
    assert "fcm was closed during this migration" in ended.reason
    assert "still running on node1" in ended.reason


def test_a_source_that_does_not_respond_has_no_job_to_watch(staged: Staged) -> None:
    stage = staged(ends="node2")

    def silent(_: str) -> Domain:
        raise RefusedError("no connection")

    stage.run._source.domain = silent
    stage.follow()
    assert isinstance(stage.last, ev.MigrationCompleted)


def test_a_run_that_was_left_tells_nothing_more(staged: Staged) -> None:
    for begun in ("begin", "follow"):
        stage = staged(Domain([(RUNS, job(300))], now=(RUNS, job(1))))
        stage.domain.looks.clear()
        stage.run.leave()
        getattr(stage, begun)()
        assert [one for one in stage.told if not isinstance(one, ev.MigrationNetworkTried)] == []


# Ends


def test_a_machine_that_ended_meanwhile_is_said_to_have_ended(staged: Staged) -> None:
    stage = staged(ends=Whereabouts(off="crashed"))
    stage.begin()
    assert stage.last.reason == "The virtual machine crashed during the migration."
    assert stage.last.remedy == "Start it again."


def test_where_it_is_not_known_where_the_machine_runs_both_hosts_are_to_be_checked(staged: Staged) -> None:
    stage = staged(Domain(result=RefusedError("odd")), Whereabouts(unknown="node2 did not respond."))
    stage.begin()
    assert stage.last.reason.endswith("libvirt error 8: odd. node2 did not respond.")
    assert stage.last.remedy == "Check both hosts before you start the virtual machine."


def test_one_that_stalled_and_ends_without_a_word_is_told_to_have_stalled(staged: Staged) -> None:
    stage = staged(ends="node1")
    assert "No data" not in stage.run._ending(stage.ends, "", "")[0].reason
    stage.run._stalled.set()
    assert stage.run._ending(stage.ends, "", "")[0].reason.startswith("No data was transferred for 3 s. ")
    assert stage.run._ending(stage.ends, "It broke", "")[0].reason.startswith("It broke. ")


def test_without_figures_the_end_is_told_all_the_same(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = staged()
    monkeypatch.setattr(moves, "final_figures", lambda *_: (None, None))
    assert kinds(stage.begin()[1:]) == [
        Phase.STORAGE.value,
        "MigrationHandedOver",
        Phase.CLEANUP.value,
        "MigrationCompleted",
    ]


def test_an_error_outside_of_the_call_ends_it_in_words_and_a_slip_of_the_program_is_not_hidden(staged: Staged) -> None:
    stage = staged(ends="node1")

    def refused() -> None:
        raise RefusedError("odd", None)

    stage.run._guarded(refused)
    assert stage.last.reason.startswith("libvirt error 0: odd. ")
    stage.run._domain = stage.domain

    def slip() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        stage.run._guarded(slip)
    assert "internal error" in stage.last.reason
    assert "Report this problem" in stage.last.remedy


@pytest.mark.parametrize(("ends", "restored"), [("node1", True), ("node2", False)])
def test_the_limit_that_the_host_kept_is_set_again_where_the_machine_stayed(
    staged: Staged, ends: str, restored: bool
) -> None:
    stage = staged(ends=ends, options=MigrationOptions(bandwidth=9 << 20))
    stage.begin()
    assert (("speed", 7) in stage.domain.did) is restored
    refusing = staged(Domain(refuses="speed"), "node1")
    refusing.begin()
    assert isinstance(refusing.last, ev.MigrationFailed), "a host that refuses it changes nothing else"


def test_threads_of_a_run_are_named_and_end(staged: Staged) -> None:
    stage = staged()
    stage.run.start()
    for thread in threading.enumerate():
        if thread.name == "migration-m1":
            thread.join(stretched(20))
    assert isinstance(stage.last, ev.MigrationCompleted)
    stage.run.cancel()
    for thread in threading.enumerate():
        if thread.name == "cancel-m1":
            thread.join(stretched(20))
    assert stage.run._canceled.is_set()
    assert ("abort",) not in stage.domain.did, "nothing runs any more"


def test_what_the_emulator_has_in_use_is_told_once_as_memory_begins_to_move(staged: Staged) -> None:
    stage = staged(Domain([(RUNS, job(4000)), (STANDS, job(5000))]))
    entered = [one for one in stage.begin() if isinstance(one, ev.MigrationPhaseEntered)]
    assert [one.emulator for one in entered[:2]] == [Emulator(2 << 20, emulated=True), None]


def test_a_host_that_does_not_say_what_the_emulator_has_does_not_hinder_the_migration(staged: Staged) -> None:
    domain = Domain([(RUNS, job(4000)), (STANDS, job(5000))], refuses="memory")
    entered = [one for one in staged(domain).begin() if isinstance(one, ev.MigrationPhaseEntered)]
    assert entered[0].emulator is None
    assert entered[-1].phase is Phase.CLEANUP
