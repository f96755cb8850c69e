"""A live migration from its first network to what is told of its end, on hosts that do as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from fcm.backend.libvirt.configuration.hosts_file import Host
from fcm.backend.libvirt.moves import migration as moves
from fcm.backend.libvirt.moves import outcome
from fcm.backend.libvirt.moves.migration import MigrationRun
from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.backend.libvirt.paths.probe import Answer
from fcm.model import events as ev
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.rules.verdict import OK, no
from fcm.model.telemetry import FinalFigures, Phase

RUNS, STANDS, POST_COPY = (1, 1), (3, 2), (3, 12)
OUT = 6


class RefusedError(Exception):
    """An error as libvirt's module raises it."""

    def __init__(self, text: str, code: int | None = 8) -> None:
        super().__init__(text)
        self.code = code

    def get_error_code(self) -> int | None:
        return self.code


_NAMES = ("LIVE", "PEER2PEER", "PERSIST_DEST", "UNDEFINE_SOURCE", "UNSAFE", "AUTO_CONVERGE", "POSTCOPY")
_NAMES += ("COMPRESSED", "PARALLEL", "TLS")
FLAGS = {name: 1 << number for number, name in enumerate(_NAMES)}
LIBVIRT = SimpleNamespace(
    libvirtError=RefusedError,
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT=OUT,
    VIR_DOMAIN_JOB_STATS_COMPLETED=1,
    VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED=2,
    VIR_MIGRATE_PARAM_URI="uri",
    VIR_MIGRATE_PARAM_BANDWIDTH="bandwidth",
    VIR_MIGRATE_PARAM_AUTO_CONVERGE_INITIAL="initial",
    VIR_MIGRATE_PARAM_AUTO_CONVERGE_INCREMENT="increment",
    VIR_MIGRATE_PARAM_COMPRESSION="compression",
    VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS="connections",
    VIR_MIGRATE_PARAM_TLS_DESTINATION="tls.destination",
    **{f"VIR_MIGRATE_{name}": flag for name, flag in FLAGS.items()},
)
Look = tuple[tuple[int, int], dict[str, Any]]


def job(sent: int, remaining: int = 1000, ms: int = 100, number: int = 1) -> dict[str, Any]:
    return {
        "type": 2,
        "operation": OUT,
        "memory_total": 1 << 20,
        "memory_processed": sent,
        "memory_remaining": remaining,
        "memory_iteration": number,
        "time_elapsed": ms,
    }


@dataclass
class Domain:
    """A machine at its source: what it says each time it is looked at, and what it was told to do."""

    looks: list[Look | Exception] = field(default_factory=list)
    result: Exception | None = None
    """What the call of the migration raises."""
    persistent: bool = True
    refuses: str = ""
    """Name of a call that the host refuses."""
    did: list[Any] = field(default_factory=list)
    seen: threading.Event = field(default_factory=threading.Event)
    """All looks were taken."""
    now: Look = (RUNS, {})
    alive: bool = True

    def migrateToURI3(self, uri: str, parameters: dict[str, Any], flags: int) -> None:
        self.did.append(("migrate", uri, parameters, flags))
        if self.looks:
            assert self.seen.wait(20)
        if self.result is not None:
            raise self.result

    def state(self) -> tuple[int, int]:
        if not self.looks:
            self.seen.set()
            raise RefusedError("no more to tell")
        look = self.looks.pop(0)
        if isinstance(look, Exception):
            raise look
        self.now = look
        return look[0]

    def jobStats(self, _flags: int = 0) -> dict[str, Any]:
        return self.now[1]

    def _told(self, name: str, *values: Any) -> None:
        if self.refuses == name:
            raise RefusedError("cannot acquire state change lock", 68)
        self.did.append((name, *values))

    def migrateGetMaxSpeed(self, _flags: int) -> int:
        return 7

    def migrateSetMaxSpeed(self, speed: int, _flags: int) -> None:
        self._told("speed", speed)

    def migrateSetMaxDowntime(self, milliseconds: int, _flags: int) -> None:
        self._told("downtime", milliseconds)

    def migrateStartPostCopy(self, _flags: int) -> None:
        self._told("post-copy")

    def abortJob(self) -> None:
        self._told("abort")

    def isPersistent(self) -> bool:
        return self.persistent

    def isActive(self) -> bool:
        return True

    def name(self) -> str:
        return "WEB"

    def connect(self) -> Any:
        return SimpleNamespace(isAlive=lambda: self.alive)


@dataclass
class Stage:
    """One run with everything around it."""

    domain: Domain
    run: Any
    told: list[Any]
    ends: Whereabouts
    reached: dict[str, bool]
    """Whether the path to an address answers; all others do."""

    def begin(self) -> list[Any]:
        self.run._guarded(self.run._try_networks)
        return self.told

    def follow(self) -> list[Any]:
        self.run._guarded(self.run._follow)
        return self.told

    def networks(self) -> list[tuple[str, bool, str]]:
        """Which were tried, whether they connected, and the words."""
        attempts = [one.attempt for one in self.told if isinstance(one, ev.MigrationNetworkTried)]
        return [(one.network, one.connected, one.result) for one in attempts]

    @property
    def last(self) -> Any:
        return self.told[-1]


Staged = Callable[..., Stage]


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Staged:
    monkeypatch.setattr(moves, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(outcome, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(moves, "processor_verdict", lambda *_: OK)
    monkeypatch.setattr(moves, "watch_connect", lambda *_: None)
    monkeypatch.setattr(moves, "POLL_EVERY", 0.001)
    figures = FinalFigures(2.0, 0.1, 5000, 3)
    monkeypatch.setattr(moves, "final_figures", lambda *_: (outcome.telemetry_row(job(5000), Phase.COMPLETED), figures))

    def make(domain: Domain | None = None, ends: str | Whereabouts = "node2", **more: Any) -> Stage:
        domain = domain or Domain()
        told: list[Any] = []
        where = Whereabouts(node=ends) if isinstance(ends, str) else ends
        reached: dict[str, bool] = {}
        options = more.pop("options", MigrationOptions())
        tls_name = more.pop("tls_name", None)
        source, destination = (
            SimpleNamespace(
                host=Host(name, "qemu:///system", f"qemu+ssh://{name}/system", {}, None, (), None, tls_name),
                domain=lambda _: domain,
                answers=lambda _limit: True,
                forget_completed=lambda _: None,
            )
            for name in ("node1", "node2")
        )
        move = Migration("m1", MigrationKind.LIVE, "web", "node1", "node2", options, Phase.SETUP, 0.0)
        reporter = SimpleNamespace(post=lambda *events: told.extend(events), found_endless=lambda *_: None)
        networks = [("n1", "Migration", "10.1.0.2"), ("n2", "Management", "10.0.0.2")]
        run = MigrationRun(
            move,
            source,  # type: ignore[arg-type]
            destination,  # type: ignore[arg-type]
            networks,
            reporter,  # type: ignore[arg-type]
            **{"unsafe": False, "qemu": "QEMU 7.2.0", **more},
        )
        monkeypatch.setattr(moves, "whereabouts", lambda *_: where)

        def probe(_host: Host, address: str) -> tuple[Answer, str]:
            answers = reached.get(address, True)
            return Answer(answers, "answered" if answers else "no answer within 2 s", 0.25), "from node1"

        monkeypatch.setattr(moves, "probe_from", probe)
        return Stage(domain, run, told, where, reached)

    return make


def kinds(told: list[Any]) -> list[str]:
    return [one.phase.value if isinstance(one, ev.MigrationPhaseEntered) else type(one).__name__ for one in told]


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
    assert aborted.wait(20)
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


def test_a_cancellation_that_the_host_refuses_is_told_while_the_call_runs(staged: Staged) -> None:
    stage = staged(Domain(refuses="abort"))
    stage.run._abort()
    assert stage.told == [], "nothing runs yet"
    stage.run._domain = stage.domain
    stage.run._abort()
    (warning,) = stage.told
    assert warning.text.startswith("The migration cannot be canceled yet: ")
    stage.run._call_over.set()
    stage.run._abort()
    assert len(stage.told) == 1


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
            thread.join(20)
    assert isinstance(stage.last, ev.MigrationCompleted)
    stage.run.cancel()
    for thread in threading.enumerate():
        if thread.name == "cancel-m1":
            thread.join(20)
    assert stage.run._canceled.is_set()
    assert ("abort",) in stage.domain.did
