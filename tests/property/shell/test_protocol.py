"""Whatever a client sends, the server answers in its protocol and goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.serving.talk import DirectTalk

if TYPE_CHECKING:
    from collections.abc import Iterator

KNOWN = {"hello", "outputs", "warning", "verbose", "debug", "host", "progress", "ask", "error", "end"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
WORDS = st.sampled_from(["hello", "invoke", "set", "read", "complete", "stop", "other"])
OBJECTS = st.fixed_dictionaries(
    {"$": st.sampled_from(["object", "name", "table", "time", "span", "enum", "lines", "double", "?"])},
    optional={"type": VALUES, "id": VALUES, "text": VALUES, "p": VALUES, "v": VALUES},
)
REQUESTS = st.fixed_dictionaries(
    {"id": st.integers(1, 9) | VALUES, "do": WORDS | VALUES},
    optional={
        "protocol": VALUES,
        "cmdlet": st.sampled_from(["Get-VM", "Get-ClusterGroup", "Write-Output", "nope"]) | VALUES,
        "parameters": st.dictionaries(st.sampled_from(["Name", "InputObject", "x"]), VALUES | OBJECTS) | VALUES,
        "input": st.lists(VALUES | OBJECTS, max_size=3) | VALUES,
        "has_input": st.booleans() | VALUES,
        "object": OBJECTS | VALUES,
        "property": VALUES,
        "value": VALUES | OBJECTS,
        "folder": VALUES,
        "parameter": VALUES,
        "word": VALUES,
        "yes": VALUES,
    },
)
LINES = (
    st.binary(max_size=80)
    | REQUESTS.map(lambda said: json.dumps(said).encode())
    | st.tuples(REQUESTS, st.integers(1, 60)).map(lambda both: json.dumps(both[0]).encode()[: both[1]])
    | st.integers(1, 3000).map(lambda depth: b'{"id": 1, "do": "invoke", "input": ' + b"[" * depth)
)


@pytest.fixture(scope="module")
def talk() -> Iterator[DirectTalk]:
    opened = DirectTalk()
    yield opened
    opened.close()


def until_greeted(talk: DirectTalk, number: int) -> list[dict[str, Any]]:
    """All lines up to the answer to one more greeting, which every server that goes on gives."""
    talk.raw(json.dumps({"id": number, "do": "hello", "protocol": 1}).encode() + b"\n")
    return talk.until(lambda line: line == {"id": number, "end": True})


_numbers = iter(range(1_000_000, 2_000_000))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_any_line_is_answered_in_the_protocol_and_ends_nothing(talk: DirectTalk, line: bytes) -> None:
    talk.raw(line.replace(b"\n", b" ") + b"\n")
    lines = until_greeted(talk, next(_numbers))
    assert all(set(one) - {"id"} <= KNOWN for one in lines)
    for one in lines:
        if "error" in one:
            assert set(one["error"]) == {"message", "remedy", "category", "id", "target", "ends"}
            assert "Internal error" not in one["error"]["message"]
    assert lines[-2]["hello"]["cluster"] == "contoso"


def test_a_thousand_requests_at_once_are_answered_each_in_its_turn(talk: DirectTalk) -> None:
    numbers = [next(_numbers) for _ in range(1000)]
    request = {"do": "invoke", "cmdlet": "Get-ClusterNode", "parameters": {"Name": "node1"}}
    for start in range(0, 1000, 100):
        some = (json.dumps({"id": one, **request}).encode() + b"\n" for one in numbers[start : start + 100])
        talk.raw(b"".join(some))
    lines = until_greeted(talk, next(_numbers))
    assert [one["id"] for one in lines if one.get("end")][:1000] == numbers
    assert sum("outputs" in one for one in lines) == 1000
