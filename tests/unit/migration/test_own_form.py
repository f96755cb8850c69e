"""Where the limits of an exported recording lie, and how a wrong value is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Workload
from fcm.migration.fields import BadFileError, Fields
from fcm.migration.judging.plan import Plan
from fcm.migration.recordings.own_form import MAX_ATTEMPTS, from_object, to_json
from fcm.migration.recordings.recording import Identity, Recording
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

BROWNOUT, BLACKOUT = Phase.BROWNOUT.value, Phase.BLACKOUT.value


def exported() -> dict[str, Any]:
    recording = Recording(Identity("VM1", "node1", "node2", "LM"), memory=1 << 30, bandwidth=1e6, downtime_limit=0.3)
    recording.append(TelemetryRow(0.0, 1, 1 << 30, 0, 0.0, 1e6, Phase.BROWNOUT))
    recording.append(TelemetryRow(1.0, 2, 1 << 20, 1 << 30, 5.0, 1e6, Phase.BROWNOUT))
    recording.final = FinalFigures(2.0, 0.1, 1 << 30, 2)
    data: dict[str, Any] = json.loads(to_json(recording))
    data["attempts"] = [{"network": "LM", "began": 0.0, "outcome": "reached"}]
    data["kept"] = {"simulated": True, "requested": 1.0, "phases": [[BROWNOUT, 0.5]], "reason": ""}
    data["case"] = {"bw": 1000.0, "dl": 300.0}
    return data


def changed(path: str, value: Any) -> dict[str, Any]:
    data = exported()
    *outer, last = path.split(".")
    inner: Any = data
    for name in outer:
        inner = inner[int(name) if name.isdigit() else name]
    inner[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "possible", "impossible"),
    [
        ("memory", 0, -1),
        ("memory", 1 << 60, (1 << 60) + 1000),
        ("bandwidth", 0, -0.001),
        ("bandwidth", 1e18, 1.001e18),
        ("downtime_limit", 0, -0.001),
        ("downtime_limit", 1e9, 1e9 + 1),
        ("page_size", 512, 511),
        ("page_size", 1 << 30, (1 << 30) + 1),
        ("outcome", "x" * 10_000, "x" * 10_001),
        ("identity.machine", "x" * 1000, "x" * 1001),
        ("attempts.0.network", "x" * 1000, "x" * 1001),
        ("attempts.0.began", 0, -0.1),
        ("attempts.0.began", 1e9, 1e9 + 1),
        ("attempts.0.outcome", "x" * 10_000, "x" * 10_001),
        ("attempts", [{}] * 1000, [{}] * 1001),
        ("final.total", 0, -0.1),
        ("final.total", 1e9, 1e9 + 1),
        ("final.downtime", 0, -0.1),
        ("final.downtime", 1e9, 1e9 + 1),
        ("final.bytes", 0, -1),
        ("final.bytes", 1 << 60, (1 << 60) + 1000),
        ("final.passes", 0, -1),
        ("final.passes", 1 << 40, (1 << 40) + 1),
        ("rows.time", [0, 0], [1, 0.9]),
        ("rows.sent", [0, 2**62], [0, 2**62 + 1024]),
        ("rows.remaining", [0, -(2**62)], [0, -(2**62) - 1024]),
        ("rows.rate", [0.0, 1.0], [0.0]),
        ("rows.phase", [BROWNOUT, BLACKOUT], [BROWNOUT, "Greyout"]),
        ("kept.requested", 1e12, 1e12 + 1),
        ("kept.requested", 0, -1),
        ("kept.phases", [[BROWNOUT, 0]], [[BROWNOUT, -0.1]]),
        ("kept.phases", [[BROWNOUT, 999_999_999.0]], [[BROWNOUT, 1e9]]),
        ("kept.phases", [], [[BROWNOUT, True]]),
        ("kept.phases", [], [[BROWNOUT, "1"]]),
        ("kept.phases", [], [["Greyout", 1.0]]),
        ("kept.phases", [], [[BROWNOUT, 1.0, 2.0]]),
        ("kept.phases", [[BROWNOUT, 1.0]] * 1000, [[BROWNOUT, 1.0]] * 1001),
        ("kept.line_rate", 1, 0.9),
        ("kept.line_rate", 1e13, 1.01e13),
        ("kept.reason", "x" * 10_000, "x" * 10_001),
        ("case.bw", 1, 0.9),
        ("case.bw", 1e13, 1.01e13),
        ("case.dl", 0, -1),
        ("case.dl", 2_000_000, 2_000_001),
    ],
)
def test_a_limit_lies_where_it_is_said_to_lie(path: str, possible: Any, impossible: Any) -> None:
    from_object(changed(path, possible))
    with pytest.raises(BadFileError) as refused:
        from_object(changed(path, impossible))
    assert path.rsplit(".", maxsplit=1)[-1] in str(refused.value)


def test_what_is_left_out_of_a_file_is_empty() -> None:
    bare = {"format": exported()["format"], "identity": {}, "rows": {}}
    read = from_object(bare)
    assert (read.identity, read.memory, read.bandwidth, read.downtime_limit) == (Identity(), 0, 0.0, 0.0)
    assert (read.page_size, read.outcome, read.attempts, read.final, read.facts, len(read)) == (
        4096,
        "",
        [],
        None,
        None,
        0,
    )
    short = from_object({**bare, "attempts": [{}], "kept": {}})
    assert (short.attempts[0].network, short.attempts[0].began, short.attempts[0].outcome) == ("", 0.0, "")
    assert short.facts is not None
    assert (short.facts.simulated, short.facts.requested, short.facts.tuned, short.facts.reason) == (
        False,
        0.0,
        False,
        "",
    )
    assert (short.facts.bandwidth, short.facts.downtime_limit, short.facts.line_rate) == (None, None, None)
    assert MAX_ATTEMPTS == 1000


def test_the_phase_entered_last_counts() -> None:
    kept = from_object(changed("kept.phases", [[BROWNOUT, 1.0], [BLACKOUT, 2.0], [BROWNOUT, 3.0]])).facts
    assert kept is not None
    assert (kept.entered(Phase.BROWNOUT), kept.entered(Phase.BLACKOUT), kept.entered(Phase.STORAGE)) == (3.0, 2.0, None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "x.json: field 'in.n': expected a number of s from 0 to 1,000,000, found nothing"),
        ({"n": "many"}, "found many"),
        ({"n": True}, "found true"),
        ({"n": -1}, "found -1"),
        ({"n": 1e6 + 1}, "found 1000001.0"),
    ],
)
def test_a_wrong_number_is_named_with_what_was_found_in_its_place(data: dict[str, Any], words: str) -> None:
    with pytest.raises(BadFileError) as refused:
        Fields(data, "x.json", "in.").number("n", 0, 1e6, unit="s")
    assert words in str(refused.value)


def test_limits_of_ages_are_shown_with_an_exponent() -> None:
    for most, shown in ((1e12, "1,000,000,000,000"), (1e13, "1e+13"), (0.5, "0.5")):
        with pytest.raises(BadFileError) as refused:
            Fields({"n": 2e13}, "x.json").number("n", 0, most)
        assert f"from 0 to {shown}, found" in str(refused.value)


def test_the_times_of_passes_are_exported_in_tenths_of_a_millisecond() -> None:
    data = changed("rows.time", [0.0, 1.23456])
    (_, last) = json.loads(to_json(from_object(data)))["passes"]
    assert last["t"] == 1.2346


@pytest.mark.parametrize(
    ("filled", "zeroes"),
    [(0, ()), (1 << 30, ()), (1 << 31, ()), ((1 << 30) - 4096, ((262_143, 1),)), (4096, ((1, 262_143),))],
)
def test_memory_above_what_is_filled_holds_zero_pages_and_none_beyond_the_machine(filled: int, zeroes: object) -> None:
    plan = Plan(MigrationSpec(Workload(()), 1 << 30), filled_to=filled)
    assert plan.specification(Workload(())).workload.zero_ranges == zeroes
