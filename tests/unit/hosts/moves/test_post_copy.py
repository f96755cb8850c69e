"""Post-copy whose connection breaks is resumed over the next network; no machine is lost or given out as moved."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from fcm.backend.libvirt.moves import migration as moves
from fcm.backend.libvirt.moves import post_copy
from fcm.backend.libvirt.moves.outcome import Whereabouts
from fcm.model import events as ev
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase
from tests.unit.hosts.staged_runs import FLAGS, OUT, Domain, RefusedError, Staged, job

IN_POST_COPY, BROKEN, OFF = (3, 12), (3, 13), (5, 1)
BROKE = RefusedError("operation failed: job 'migration in' failed in post-copy phase", 9)
OPTIONS = MigrationOptions(post_copy=True)


@dataclass
class Torn(Domain):
    """A machine whose calls of a migration end as listed: an error leaves its post-copy broken."""

    results: list[Exception | None] = field(default_factory=list)
    where: tuple[int, int] = IN_POST_COPY
    is_silent: bool = False

    def migrateToURI3(self, _uri: str, parameters: dict[str, Any], flags: int) -> None:
        self.did.append((parameters, bool(flags & FLAGS["POSTCOPY_RESUME"])))
        result = self.results.pop(0)
        self.where = OFF if result is None else BROKEN
        if result is not None:
            raise result

    def state(self) -> tuple[int, int]:
        if self.is_silent:
            raise RefusedError("Connection refused", 38)
        return self.where

    def jobStats(self, _flags: int = 0) -> dict[str, Any]:
        return {**job(1), "operation": OUT}

    def isActive(self) -> bool:
        return self.where != OFF


def warnings(told: list[Any]) -> list[str]:
    return [one.text for one in told if isinstance(one, ev.BackendReported)]


def test_broken_post_copy_is_resumed_over_the_next_network_that_responds(staged: Staged) -> None:
    stage = staged(Torn(results=[BROKE, None]), options=OPTIONS)
    stage.reached["10.1.0.2"] = True
    stage.run._obstacle = lambda: moves.OK
    original = stage.run._resume

    def cut_then_resume() -> str:
        stage.reached["10.1.0.2"] = False
        return str(original())

    stage.run._resume = cut_then_resume
    stage.begin()

    assert stage.networks() == [
        ("n1", True, "Migration: connected"),
        ("n1", False, "Migration: no answer within 2 s (from node1)"),
        ("n2", True, "Management: connected, post-copy is resumed"),
    ]
    assert [(call["uri"], resumed) for call, resumed in stage.domain.did] == [
        ("tcp://10.1.0.2", False),
        ("tcp://10.0.0.2", True),
    ]
    (warning,) = warnings(stage.told)
    assert "is on node2 and waits for memory that is still on node1" in warning
    assert "Do not turn off" in warning
    assert isinstance(stage.last, ev.MigrationCompleted)


def test_resuming_goes_round_all_networks_until_one_carries_the_rest(staged: Staged) -> None:
    stage = staged(Torn(results=[BROKE, BROKE, BROKE, BROKE, None]), options=OPTIONS)
    stage.run._obstacle = lambda: moves.OK
    stage.begin()

    assert [resumed for _, resumed in stage.domain.did] == [False, True, True, True, True]
    assert [call["uri"] for call, _ in stage.domain.did[1:]] == ["tcp://10.1.0.2", "tcp://10.0.0.2"] * 2
    assert isinstance(stage.last, ev.MigrationCompleted)


def test_an_earlier_session_s_post_copy_that_broke_is_resumed_when_it_is_followed(staged: Staged) -> None:
    stage = staged(Torn(results=[None], where=BROKEN), options=OPTIONS)
    stage.follow()

    assert [(call, resumed) for call, resumed in stage.domain.did] == [({"uri": "tcp://10.1.0.2"}, True)]
    assert isinstance(stage.last, ev.MigrationCompleted)


def test_rows_of_a_resumed_migration_are_told_as_of_post_copy(staged: Staged) -> None:
    torn = Torn(results=[None], where=BROKEN)
    stage = staged(torn, options=OPTIONS)
    seen = threading.Event()

    def carried(*_: Any) -> None:
        torn.where = IN_POST_COPY
        while not any(isinstance(one, ev.MigrationProgressed) for one in stage.told):
            seen.wait(0.01)
        torn.where = OFF

    torn.migrateToURI3 = carried  # type: ignore[method-assign]
    stage.follow()
    rows = [one.row for one in stage.told if isinstance(one, ev.MigrationProgressed)]
    assert rows[0].phase is Phase.NETWORK


@pytest.mark.parametrize("code", [3, 8, 74])
def test_hosts_that_cannot_resume_are_told_with_what_not_to_do(staged: Staged, code: int) -> None:
    torn = Torn(results=[BROKE, RefusedError("unsupported flags (0x80000)", code)])
    where = Whereabouts(
        unknown="It is on node2, but part of its memory is still on node1.", remedy="Do not turn it off."
    )
    stage = staged(torn, where, options=OPTIONS)
    stage.run._obstacle = lambda: moves.OK
    stage.begin()

    assert isinstance(stage.last, ev.MigrationFailed)
    assert "cannot resume post-copy, which needs libvirt 8.5 on both" in stage.last.reason
    assert "part of its memory is still on node1" in stage.last.reason
    assert stage.last.remedy == "Do not turn it off."


def test_a_source_that_stays_silent_is_waited_for_and_then_named(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_copy, "SOURCE_LIMIT", 0.02)
    torn = Torn(where=BROKEN)
    stage = staged(torn, Whereabouts(unknown="Unknown."), options=OPTIONS)
    torn.is_silent = True
    said = stage.run._resume()
    assert said == "node1 has not responded for 0 s."


def test_nobody_who_has_left_resumes_anything(staged: Staged) -> None:
    stage = staged(Torn(where=BROKEN), options=OPTIONS)
    stage.run.leave()
    assert stage.run._resume() == ""
    assert not stage.domain.did
    assert not stage.told


def test_post_copy_in_which_nothing_moves_is_told_once_and_not_broken_off(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "STALL_LIMIT", 0.0)
    torn = Torn()
    stage = staged(torn, options=OPTIONS)
    stage.run._obstacle = lambda: moves.OK
    over = threading.Event()

    def carried(*_: Any) -> None:
        while len([one for one in stage.told if isinstance(one, ev.MigrationProgressed)]) < 5:
            over.wait(0.01)
        torn.where = OFF

    torn.migrateToURI3 = carried  # type: ignore[method-assign]
    stage.begin()

    (warning,) = warnings(stage.told)
    assert "in post-copy" in warning
    assert ("abort",) not in torn.did


def test_a_machine_that_the_destination_has_no_more_is_not_resumed(staged: Staged) -> None:
    torn = Torn(where=BROKEN)
    stage = staged(torn, Whereabouts(unknown="It is gone."), options=OPTIONS)
    stage.run._destination.domain = lambda _: None
    stage.follow()

    assert not torn.did
    assert isinstance(stage.last, ev.MigrationFailed)
    assert stage.last.reason.startswith("node2 no longer has the virtual machine. It is gone.")


def test_a_destination_that_does_not_give_the_connection_up_is_told_once(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_copy, "GIVEN_UP_LIMIT", 0.0)
    torn = Torn()
    stage = staged(torn, options=OPTIONS)
    stage.run._obstacle = lambda: moves.OK
    over = threading.Event()

    def carried(*_: Any) -> None:
        torn.where = BROKEN
        while not warnings(stage.told):
            over.wait(0.01)
        over.wait(0.05)
        torn.where = OFF

    torn.migrateToURI3 = carried  # type: ignore[method-assign]
    stage.begin()
    (warning,) = warnings(stage.told)
    assert warning.startswith("node1 has given up the connection, but node2 has not.")
    assert "turn the virtual machine off on both hosts" in warning
