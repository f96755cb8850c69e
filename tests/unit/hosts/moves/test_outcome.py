"""Where a machine is after a migration, and what the destination says before one; hosts made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fcm.backend.base import MeasureError
from fcm.backend.libvirt.moves import measure as measuring
from fcm.backend.libvirt.moves import outcome, preflight
from fcm.backend.libvirt.moves.measure import measure
from fcm.backend.libvirt.moves.outcome import (
    final_figures,
    is_alive,
    is_migrating,
    phase_of,
    telemetry_row,
    whereabouts,
)
from fcm.backend.libvirt.moves.preflight import processor_verdict
from fcm.model.telemetry import Phase

RUNNING, PAUSED, OFF = (1, 1), (3, 2), (5, 1)
CRASHED = (5, 3)
OUT = 6
XML = "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><cpu><model>EPYC</model></cpu></domain>"


class HostError(Exception):
    """In place of libvirt.libvirtError: this test needs no libvirt."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self._code = code

    def get_error_code(self) -> int:
        return self._code

    def get_error_domain(self) -> int:
        return 0


LIBVIRT = SimpleNamespace(
    libvirtError=HostError,
    VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING=0,
    VIR_DOMAIN_STATS_DIRTYRATE=1,
    VIR_DOMAIN_DIRTYRATE_MEASURED=2,
    VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT=OUT,
    VIR_DOMAIN_JOB_STATS_COMPLETED=1,
    VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED=2,
    VIR_DOMAIN_XML_MIGRATABLE=8,
    VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE=1,
)


@dataclass
class Domain:
    now: tuple[int, int] = RUNNING
    job: dict[str, Any] = field(default_factory=dict)

    def state(self) -> tuple[int, int]:
        return self.now

    def isActive(self) -> bool:
        return self.now[0] != OFF[0]

    def jobStats(self, _flags: int = 0) -> dict[str, Any]:
        return self.job

    def name(self) -> str:
        return "web"

    def XMLDesc(self, _flags: int) -> str:
        return XML


@dataclass
class Host:
    """A connection whose one domain is ``found``; an exception is raised."""

    name: str
    found: Domain | Exception | None = None
    compared: Exception | None = None

    @property
    def host(self) -> Any:
        return SimpleNamespace(name=self.name)

    def domain(self, _machine: str) -> Domain | None:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def connection(self) -> Any:
        def compare(*_: object) -> int:
            if self.compared is not None:
                raise self.compared
            return 1

        return SimpleNamespace(compareHypervisorCPU=compare)


LIMITS = outcome.SETTLE_LIMIT, outcome.OFF_FOR
SILENT = HostError(38, "Connection refused")


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (outcome, preflight, measuring):
        monkeypatch.setattr(module, "load_libvirt", lambda: LIBVIRT)
    monkeypatch.setattr(outcome, "SETTLE_LIMIT", 0.0)
    monkeypatch.setattr(outcome, "OFF_FOR", 0.0)


def seen(source: object, destination: object) -> outcome.Whereabouts:
    alpha, beta = Host("alpha", cast("Any", source)), Host("beta", cast("Any", destination))
    return whereabouts(cast("Any", alpha), cast("Any", beta), "uuid-1")


@pytest.mark.parametrize(
    ("source", "destination", "node"),
    [
        (Domain(RUNNING), None, "alpha"),
        (Domain(RUNNING), Domain(PAUSED), "alpha"),
        (Domain(RUNNING), SILENT, "alpha"),
        (None, Domain(RUNNING), "beta"),
        (SILENT, Domain(RUNNING), "beta"),
        (Domain(PAUSED), Domain(RUNNING), "beta"),
    ],
)
def test_a_machine_is_where_it_runs_and_not_where_a_paused_copy_waits(
    source: object, destination: object, node: str
) -> None:
    assert seen(source, destination) == outcome.Whereabouts(node=node)


@pytest.mark.parametrize(
    ("source", "how"), [(Domain(OFF), "was shut down"), (Domain(CRASHED), "crashed"), (None, "ended")]
)
def test_a_machine_that_runs_on_neither_of_two_hosts_that_answer_is_off(source: object, how: str) -> None:
    assert seen(source, None) == outcome.Whereabouts(off=how)


def test_a_host_that_does_not_answer_is_named_instead_of_guessing() -> None:
    assert seen(SILENT, None).unknown == "alpha did not respond, so it is unknown where the virtual machine is running."
    assert seen(SILENT, SILENT).unknown.startswith("alpha and beta did not respond")


def test_a_machine_that_stands_still_on_both_hosts_is_said_to_stand_still() -> None:
    assert "not running on either host" in seen(Domain(PAUSED), Domain(PAUSED)).unknown


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        (Domain((3, 13)), Domain((1, 10))),
        (Domain((3, 12)), Domain((1, 10))),
        (Domain((3, 13)), Domain(RUNNING)),
        (SILENT, Domain((1, 11))),
        (None, Domain((1, 10))),
    ],
)
def test_a_machine_whose_post_copy_is_not_complete_is_not_said_to_have_arrived(
    source: object, destination: object
) -> None:
    found = seen(source, destination)
    assert not found.node
    assert "is on beta, but part of its memory is still on alpha" in found.unknown
    assert "Do not turn it off on either host." in found.remedy


@pytest.mark.parametrize("destination", [None, Domain(OFF)])
def test_a_machine_of_which_only_what_post_copy_left_is_there_is_not_continued(destination: object) -> None:
    found = seen(Domain((3, 13)), destination)
    assert not found.node
    assert "beta no longer has the virtual machine" in found.unknown
    assert found.remedy == "Turn the virtual machine off on alpha, then start it again."


def test_only_a_migration_away_counts_as_one() -> None:
    assert is_migrating(Domain(job={"type": 2, "operation": OUT}))
    assert not is_migrating(Domain(job={"type": 0}))
    assert not is_migrating(Domain(job={"type": 2, "operation": OUT + 1}))
    assert not is_migrating(Domain(OFF, job={"type": 2, "operation": OUT}))


def test_the_figures_are_libvirt_s_own_and_missing_ones_are_not_made_up() -> None:
    job = {"time_elapsed": 9940, "downtime": 298, "memory_processed": 213_500_000, "memory_iteration": 3}

    source: Any = SimpleNamespace(completed_job=lambda *_: None)
    row, figures = final_figures(source, cast("Any", Host("beta", Domain(job=job))), "uuid-1")

    assert figures is not None
    assert (figures.total, figures.downtime, figures.bytes, figures.passes) == (9.94, 0.298, 213_500_000, 3)
    assert row is not None
    assert row.phase is Phase.COMPLETED
    least = {"time_elapsed": 10, "memory_processed": 5}
    _, figures = final_figures(source, cast("Any", Host("beta", Domain(job=least))), "uuid-1")
    assert figures is not None
    assert (figures.downtime, figures.passes) == (0.0, 0)
    for nothing in (Domain(), None, SILENT):
        assert final_figures(source, cast("Any", Host("beta", nothing)), "uuid-1") == (None, None)


def test_where_the_destination_kept_no_figures_those_of_the_source_s_event_count() -> None:
    told = {"time_elapsed": 6565, "downtime": 73, "memory_processed": 130_380_895, "memory_iteration": 2}
    source: Any = SimpleNamespace(completed_job=lambda *_: told)

    _, figures = final_figures(source, cast("Any", Host("beta", Domain(job={"type": 0}))), "uuid-1")

    assert figures is not None
    assert (figures.total, figures.downtime, figures.bytes, figures.passes) == (6.565, 0.073, 130_380_895, 2)


def test_a_row_has_seconds_bytes_and_pages_as_libvirt_names_them() -> None:
    job = {"time_elapsed": 1500, "memory_remaining": 7, "memory_dirty_rate": 12, "auto_converge_throttle": 20}

    row = telemetry_row(job, Phase.BROWNOUT)

    assert (row.time, row.remaining, row.dirty_rate, row.throttle, row.page_size) == (1.5, 7, 12.0, 20, 4096)
    more = {"memory_iteration": 3, "memory_processed": 9, "memory_bps": 5, "memory_page_size": 512}
    row = telemetry_row(more, Phase.BROWNOUT)
    assert (row.pass_number, row.sent, row.rate, row.page_size) == (3, 9, 5.0, 512)
    assert (row.time, row.remaining, row.dirty_rate, row.throttle) == (0.0, 0, 0.0, 0)
    row = telemetry_row({}, Phase.SETUP)
    assert (row.pass_number, row.sent, row.rate, row.phase) == (0, 0, 0.0, Phase.SETUP)


class Clock:
    """Time goes on only while somebody waits."""

    def __init__(self) -> None:
        self.now = 50.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


def test_hosts_that_stay_silent_are_asked_for_ten_seconds_and_an_off_machine_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for source, limit in ((SILENT, 10.0), (Domain(OFF), 1.0)):
        clock = Clock()
        monkeypatch.setattr(outcome, "SETTLE_LIMIT", LIMITS[0])
        monkeypatch.setattr(outcome, "OFF_FOR", LIMITS[1])
        monkeypatch.setattr(outcome, "time", clock)
        monkeypatch.setattr(outcome, "threading", SimpleNamespace(Event=lambda clock=clock: clock))
        seen(source, source)
        assert limit <= clock.now - 50.0 < limit + 0.5


def test_a_machine_is_off_only_if_both_hosts_say_so_without_a_break(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(outcome, "SETTLE_LIMIT", 10.0)
    monkeypatch.setattr(outcome, "OFF_FOR", 1.0)
    monkeypatch.setattr(outcome, "time", clock)
    monkeypatch.setattr(outcome, "threading", SimpleNamespace(Event=lambda: clock))
    alpha, beta = Host("alpha", Domain(OFF)), Host("beta", None)
    looks = 0

    def found(_machine: str) -> Domain | None:
        nonlocal looks
        looks += 1
        if looks == 5:
            raise SILENT
        return Domain(OFF)

    monkeypatch.setattr(alpha, "domain", found)
    whereabouts(cast("Any", alpha), cast("Any", beta), "uuid-1")
    assert clock.now - 50.0 == pytest.approx(1.0 + 5 * 0.2, abs=0.21)


def test_features_that_the_destination_lacks_are_named() -> None:
    lacking = Host("beta", compared=HostError(91, "the CPU is incompatible with host CPU: missing features: aes,avx"))

    verdict = processor_verdict(Domain(), cast("Any", lacking))

    assert not verdict
    assert verdict.reason == "beta does not support these processor features of the virtual machine: aes, avx."


def test_the_processor_is_compared_for_the_emulator_the_architecture_and_the_kind_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    host = Host("beta")
    compare = SimpleNamespace(compareHypervisorCPU=lambda *words: asked.append(words))
    monkeypatch.setattr(host, "connection", lambda: compare)
    assert processor_verdict(cast("Any", Domain()), cast("Any", host))
    assert asked == [(None, "x86_64", None, "kvm", "<cpu><model>EPYC</model></cpu>", 1)]


def test_a_destination_that_cannot_compare_processors_leaves_the_decision_to_qemu() -> None:
    assert processor_verdict(Domain(), cast("Any", Host("beta", compared=HostError(3, "not supported"))))
    assert processor_verdict(Domain(), cast("Any", Host("beta")))


def test_a_machine_that_is_being_migrated_is_not_measured() -> None:
    with pytest.raises(MeasureError, match="web is being migrated"):
        measure(Domain(job={"type": 2, "operation": OUT}))


def test_a_measurement_that_nobody_waits_for_any_more_ends_at_once() -> None:
    begun: list[int] = []
    running = Domain(job={"type": 0})
    running.startDirtyRateCalc = lambda seconds, _mode: begun.append(seconds)  # type: ignore[attr-defined]

    answers = iter([True, False])
    assert measure(cast("Any", running), wanted=lambda: next(answers)) == ()
    assert begun == [1]


def test_a_rate_counts_only_once_the_calculation_of_that_length_is_over() -> None:
    period = {"dirtyrate.calc_period": 0}
    answers = iter(
        [
            {"dirtyrate.calc_status": 1, **period},
            {"dirtyrate.calc_status": 2, "dirtyrate.megabytes_per_second": 7, "dirtyrate.calc_period": 8},
            {"dirtyrate.calc_status": 2, "dirtyrate.megabytes_per_second": -1, **period},
            {"dirtyrate.calc_status": 2, "dirtyrate.megabytes_per_second": 36, **period},
        ]
    )
    running = Domain(job={"type": 0})
    running.startDirtyRateCalc = lambda _seconds, _mode: None  # type: ignore[attr-defined]
    host = SimpleNamespace(domainListGetStats=lambda *_: [(running, next(answers))])
    running.connect = lambda: host  # type: ignore[attr-defined]
    told: list[Any] = []

    (sample,) = measure(cast("Any", running), (0,), told.append)

    assert (sample.mib_per_s, sample.exact, told) == (36.0, False, [sample])


def test_a_connection_that_was_closed_meanwhile_counts_as_dead() -> None:
    def closed() -> int:
        raise HostError(6, "invalid connection pointer in virConnectIsAlive")

    assert not is_alive(SimpleNamespace(isAlive=closed))
    assert not is_alive(SimpleNamespace(isAlive=lambda: 0))
    assert is_alive(SimpleNamespace(isAlive=lambda: 1))


@pytest.mark.parametrize(
    ("state", "before", "phase"),
    [
        (RUNNING, Phase.SETUP, Phase.BROWNOUT),
        (RUNNING, Phase.BROWNOUT, Phase.BROWNOUT),
        (PAUSED, Phase.BROWNOUT, Phase.BLACKOUT),
        (OFF, Phase.BLACKOUT, Phase.BLACKOUT),
        (OFF, Phase.NETWORK, Phase.NETWORK),
        ((3, 12), Phase.BLACKOUT, Phase.NETWORK),
        (RUNNING, Phase.BLACKOUT, Phase.BROWNOUT),
    ],
    ids=["begins", "moves", "stands still", "done with", "done with after post-copy", "post-copy", "given up, runs on"],
)
def test_the_phase_follows_the_domain_at_the_source_and_a_blackout_outlasts_it(
    state: tuple[int, int], before: Phase, phase: Phase
) -> None:
    assert phase_of(*state, before) is phase
