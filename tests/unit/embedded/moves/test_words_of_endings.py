"""When a move ended before its time, and for how long a node may leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.backend.embedded.cluster_file.reading import load
from fcm.backend.embedded.membership.leaving import shutdown_limit
from fcm.backend.embedded.moves.endings import when
from fcm.model.entities import GIB
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.resources import path


def row(left: int, number: int = 1) -> TelemetryRow:
    return TelemetryRow(1.0, number, left, 0, 0.0, 0.0, Phase.BROWNOUT)


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.WAITING, "while the migration waited"),
        (Phase.SETUP, "while the migration was being set up"),
        (Phase.BROWNOUT, "while memory was being copied"),
        (Phase.BLACKOUT, "during the blackout"),
        (Phase.STORAGE, "while control of the storage was being moved"),
        (Phase.NETWORK, "after the virtual machine had moved"),
        (Phase.CLEANUP, "after the virtual machine had moved"),
    ],
)
def test_each_phase_has_its_moment(phase: Phase, words: str) -> None:
    assert when(phase) == words
    if phase is not Phase.BROWNOUT:
        assert when(phase, row(50), 100) == words


@pytest.mark.parametrize(
    ("left", "share"), [(100, "0 %"), (150, "0 %"), (75, "25 %"), (1, "99 %"), (0, "99 %"), (99, "1 %"), (-5, "99 %")]
)
def test_in_the_first_pass_it_is_told_how_much_of_it_was_done_and_never_that_all_was(left: int, share: str) -> None:
    assert when(Phase.BROWNOUT, row(left), 100) == f"while memory was being copied ({share} of the first pass)"


def test_in_later_passes_and_without_a_row_or_a_size_no_share_is_told() -> None:
    plain = "while memory was being copied"
    assert when(Phase.BROWNOUT, row(50, 2), 100) == plain
    assert when(Phase.BROWNOUT, row(50), 0) == when(Phase.BROWNOUT, row(50)) == when(Phase.BROWNOUT, None, 100) == plain


@pytest.mark.parametrize(("gib", "minutes"), [(1, 20), (8, 20), (12, 20), (16, 25), (64, 100), (128, 200)])
def test_a_node_may_take_twenty_minutes_to_shut_down_and_a_hundred_for_each_64_gib(gib: int, minutes: float) -> None:
    node = replace(load(path("clusters", "contoso.toml")).nodes[0], memory=gib * GIB)
    assert shutdown_limit(node) == minutes * 60
