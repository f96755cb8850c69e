"""Cases and workloads that people write down: what each field means, what stands in for it, where its limits are."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fcm.migration.engine.catalogue import workload_from, workload_json
from fcm.migration.engine.specification import Capability
from fcm.migration.engine.workload import PAGE, Burst, Scattered, Sweep, Uniform, Workload, Zipf
from fcm.migration.fields import BadFileError, Fields
from fcm.migration.recordings.case import Case, case_from_json
from fcm.migration.recordings.laboratory import FIRST
from fcm.migration.validation.reference import geometric

MIB = 1 << 20
SMALL: dict[str, Any] = {"mem": 64, "rate": 1000, "bw": 8e6, "pattern": [[1, 100, 200]]}
"""64 MiB are 16,384 pages."""


def case(laboratory: bool = False, **fields: Any) -> Case:
    named = {name: value for name, value in {**SMALL, **fields}.items() if value is not None}
    return case_from_json(Fields(named, "case.json"), FIRST if laboratory else None)


def refused(**fields: Any) -> str:
    with pytest.raises(BadFileError) as caught:
        case(**fields)
    return str(caught.value)


def test_a_case_says_memory_in_mib_and_the_downtime_limit_in_milliseconds() -> None:
    found = case(dl=250, maxt=60)
    assert (found.memory, found.bandwidth, found.downtime_limit, found.give_up) == (64 * MIB, 8e6, 0.25, 60.0)


def test_what_a_case_leaves_out_is_what_qemu_does_by_itself() -> None:
    found = case()
    assert (found.downtime_limit, found.give_up, found.chunk_shift, found.filled_to) == (0.3, 3600.0, 18, 0)
    assert (found.accelerator, found.capabilities, found.parameters, found.burst) == ("kvm", frozenset(), (), None)
    spec = found.specification(found.workload())
    assert (spec.memory, spec.line_rate, spec.dirty_ring) == (64 * MIB, None, False)
    assert (spec.throttle_initial, spec.throttle_increment, spec.throttle_max) == (20, 10, 99)
    assert (spec.throttle_trigger, spec.throttle_tailslow, spec.xbzrle_cache) == (0.5, False, 64 << 20)


def test_parameters_have_qemus_names_with_hyphens_or_underscores() -> None:
    named = {
        "cpu-throttle-initial": 30,
        "cpu_throttle_increment": 15,
        "max-cpu-throttle": 80,
        "throttle-trigger-threshold": 25,
        "cpu-throttle-tailslow": True,
        "xbzrle-cache-size": 1 << 20,
        "tls-creds": "not a number",
    }
    found = case(params=named, caps=["auto-converge", "xbzrle"])
    spec = found.specification(found.workload())
    assert (spec.throttle_initial, spec.throttle_increment, spec.throttle_max) == (30, 15, 80)
    assert (spec.throttle_trigger, spec.throttle_tailslow, spec.xbzrle_cache) == (0.25, True, 1 << 20)
    assert spec.capabilities == {Capability.AUTO_CONVERGE, Capability.XBZRLE}
    assert "tls_creds" not in dict(found.parameters)


def test_shares_of_a_pattern_divide_the_writes() -> None:
    found = case(pattern=[[3, 0, 100], [1, 500, 50, 1.2], [0, 900, 10]])
    assert found.patterns == (Uniform(0, 100, 750.0), Zipf(500, 50, 250.0, 1.2))


def test_a_sweep_of_a_case_writes_as_fast_as_asked_and_one_of_the_laboratory_needs_4096_writes_a_round() -> None:
    assert case(sweep=[10, 100]).patterns == (Sweep(10, 100, 1000.0),)
    (slow,) = case(laboratory=True, sweep=[10, 100]).patterns
    assert slow == Sweep(10, 100, 1000.0 * 100 / 4096)
    assert case(laboratory=True, sweep=[10, 8192]).patterns == (Sweep(10, 8192, 1000.0),)
    assert case(rate=0, sweep=[10, 100]).patterns == ()


def test_a_burst_counts_writes_and_seconds_of_silence_and_none_of_them_is_no_burst() -> None:
    assert case(burst=[500, 2.5]).burst == Burst(500, 2.5)
    assert case(burst=[0, 2.5]).burst is None
    assert case(burst=[500, 2.5], rate=0).burst is None
    assert case(burst=[500, 0]).burst == Burst(500, 0.0)


def test_a_burst_and_a_sweep_stand_where_they_are_after_the_guest_wrote_for_a_while() -> None:
    (burst, sweep) = case(burst=[500, 2.5]), case(sweep=[10, 100])
    standing = burst.workload(waited=4.0).burst
    assert standing is not None
    assert standing.phase == pytest.approx(1.0), "one period of half a second and 2.5 s is over"
    (going,) = sweep.workload(waited=0.25).patterns
    assert isinstance(going, Sweep)
    assert going.start == pytest.approx(250 % 100)


def test_memory_that_was_never_filled_holds_zero_pages() -> None:
    assert case().zero_ranges() == ()
    assert case(memend=16 * MIB).zero_ranges() == ((4096, 16384 - 4096),)
    assert case(memend=64 * MIB).zero_ranges() == ()
    low, high = case(laboratory=True, memend=16 * MIB).zero_ranges()
    assert low == (24, 217), "of the first MiB, after the firmware has run"
    assert high == (4096, 16384 - 4096 + 78), "with the firmware's own"


@pytest.mark.parametrize(
    ("field", "possible", "impossible"),
    [
        ("mem", [1, 1 << 26], [0.5, (1 << 26) + 1]),
        ("rate", [0, 1e9], [-1, 1e9 + 1]),
        ("bw", [1, 1e13], [0, 1.1e13]),
        ("dl", [0, 2_000_000], [-1, 2_000_001]),
        ("shift", [6, 31], [5, 32, 7.5]),
        ("memend", [0, 64 * MIB], [-1, 64 * MIB + 1]),
        ("maxt", [0.1, 1e12], [0.05, 1.1e12]),
        ("line", [1, 1e13], [0, 1.1e13]),
        ("accel", ["kvm", "tcg", "tcg,thread=multi"], ["xen", "", "KVM"]),
        ("caps", [[], ["multifd"]], [["warp"], "multifd", [1]]),
        ("sweep", [[0, 16384]], [[0], [0, 1, 2], [0, 16385], [-1, 5], [0, 0], [0.5, 5]]),
        ("burst", [[0, 0]], [[1], [1, 2, 3], [-1, 0], [1, -0.1]]),
        (
            "pattern",
            [[[0.1, 0, 1]], [[1, 16383, 1]], [[1, 0, 1, 0]], [[1, 0, 1, 10]]],
            [[], [[0, 0, 1]], [[1, 0]], [[1, 0, 1, 1, 1]], [[-1, 0, 1]], [[1, 16384, 1]], [[1, 0, 1, 10.1]], ["x"]],
        ),
        ("params", [{}, {"x": 1e18}], [[1], {"x": 1.1e18}]),
    ],
)
def test_a_field_of_a_case_is_refused_by_name_beyond_its_limits(
    field: str, possible: list[Any], impossible: list[Any]
) -> None:
    pattern = [[1, 0, 1]] if field == "mem" else SMALL["pattern"]
    for value in possible:
        case(**{"pattern": pattern, field: value})
    for value in impossible:
        assert field in refused(**{"pattern": pattern, field: value})


def test_a_case_without_a_pattern_is_told_what_a_pattern_is() -> None:
    assert "share of writes" in refused(pattern=None)


# Workload files


WORK = Workload(
    (Uniform(256, 512, 10.0), Zipf(1024, 2048, 20.0, 1.1), Sweep(4096, 256, 5.0), Scattered(128, 2.5)),
    name="mixed",
    source="Assumption of a test",
    burst=Burst(100, 0.5),
    utilisation=0.25,
    zero_share=0.125,
)


def test_a_workload_written_to_a_file_is_read_as_the_same() -> None:
    assert workload_from(Fields(workload_json(WORK), "w.toml")) == WORK


def test_sizes_of_a_workload_file_are_mib() -> None:
    entry = {"kind": "uniform", "size_mib": 2, "first_mib": 3, "rate": 7}
    assert workload_from(Fields({"pattern": [entry]}, "w.toml"), "mine") == Workload((Uniform(768, 512, 7.0),), "mine")


@pytest.mark.parametrize(
    ("place", "field", "possible", "impossible"),
    [
        ("", "utilisation", [0.001, 64], [0, 65]),
        ("", "zero_share", [0, 1], [-0.1, 1.1]),
        ("burst", "writes", [1, 1 << 50], [0, 1.5]),
        ("burst", "silence", [0, 1e6], [-1, 1e6 + 1]),
        ("pattern", "size_mib", [1 / 256, 1 << 26], [0, (1 << 26) + 1]),
        ("pattern", "first_mib", [0, 1 << 26], [-1, (1 << 26) + 1]),
        ("pattern", "rate", [0, 1e9], [-1, 1e9 + 1]),
        ("pattern", "exponent", [0, 10], [-0.1, 10.1]),
    ],
)
def test_a_field_of_a_workload_is_refused_by_name_beyond_its_limits(
    place: str, field: str, possible: list[Any], impossible: list[Any]
) -> None:
    def read(value: Any) -> Workload:
        entry = {"kind": "zipf", "size_mib": 1, "first_mib": 0, "rate": 1, "exponent": 1}
        data: dict[str, Any] = {"pattern": [entry], "burst": {"writes": 5, "silence": 1}}
        target = {"": data, "burst": data["burst"], "pattern": entry}[place]
        target[field] = value
        return workload_from(Fields(data, "w.toml"))

    for value in possible:
        read(value)
    for value in impossible:
        with pytest.raises(BadFileError, match=field):
            read(value)


def test_a_workload_file_without_a_pattern_is_refused() -> None:
    with pytest.raises(BadFileError, match="at least one"):
        workload_from(Fields({"name": "empty"}, "w.toml"))


# Fields


def test_a_list_may_have_as_many_entries_as_are_allowed_and_not_one_more() -> None:
    fields = Fields({"x": [1, 2, 3]}, "f.json")
    assert fields.items("x", 3) == [1, 2, 3]
    assert fields.items("y") == []
    with pytest.raises(BadFileError, match="at most 2 entries"):
        fields.items("x", 2)


def test_a_text_may_have_as_many_characters_as_are_allowed_and_not_one_more() -> None:
    fields = Fields({"x": "abc", "n": 5}, "f.json")
    assert (fields.text("x", most=3), fields.text("y", "else")) == ("abc", "else")
    for name, most in (("x", 2), ("n", 9), ("y", 9)):
        with pytest.raises(BadFileError, match=f"at most {most} characters"):
            fields.text(name, most=most)


def test_objects_in_a_list_are_named_by_their_place() -> None:
    fields = Fields({"x": [{"a": 1}, {"a": "no"}]}, "f.json")
    first, second = fields.objects("x")
    assert first.whole("a", 1, 1) == 1
    with pytest.raises(BadFileError, match=r"x\[1\]\.a"):
        second.number("a")
    with pytest.raises(BadFileError, match=r"x\[0\]"):
        Fields({"x": [3]}, "f.json").objects("x")


def test_a_field_that_is_null_is_missing() -> None:
    fields = Fields({"x": None}, "f.json")
    assert not fields.has("x")
    assert fields.number("x", default=4.0) == 4.0
    with pytest.raises(BadFileError, match="x"):
        fields.number("x")


# The textbook model


def test_the_textbook_passes_shrink_by_the_ratio_of_dirtying_to_sending() -> None:
    """1 / 4 of what is sent is dirtied: 64, 16, 4 MiB are sent, and 1 MiB fits 0.3 s at 8 MiB/s."""
    found = case(rate=2 * MIB / PAGE, bw=8 * MIB)
    done = geometric(found.specification(found.workload()))
    assert done.passes == 4
    assert done.bytes == pytest.approx((64 + 16 + 4 + 1) * MIB, rel=1e-6)
    assert done.downtime == pytest.approx(1 / 8 + 0.01, rel=1e-3)
    assert done.total == pytest.approx(0.008 + 84 / 8 + 1 / 8 + 0.01, rel=1e-3)


def test_the_textbook_never_ends_where_more_is_dirtied_than_sent() -> None:
    found = case(rate=9 * MIB / PAGE, bw=8 * MIB)
    done = geometric(found.specification(found.workload()), give_up=100.0)
    assert done.downtime is None
    assert math.isclose(done.total, 100.0)
    assert done.bytes == pytest.approx(800 * MIB)
