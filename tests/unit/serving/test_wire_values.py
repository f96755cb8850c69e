"""Values on the wire: what the shell has comes back as it was."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.shell.language.errors import ConversionError
from fcm.shell.serving.values import from_wire, to_wire
from fcm.shell.values.values import Identity, Lines, NameOf, ShellObject

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.text(max_size=8).map(NameOf)
    | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))
    | st.integers(-(10**6), 10**6).map(lambda seconds: timedelta(seconds=seconds))
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3).map(
            lambda has: ShellObject("ClusterNode", has, "id-1")
        )
    ),
    max_leaves=8,
)


@given(_VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    back = from_wire(json.loads(json.dumps(to_wire(value), allow_nan=False)))
    assert back == value
    assert type(back) is type(value)


def test_an_object_tells_its_type_its_text_and_what_can_be_set() -> None:
    made = ShellObject("ClusterNode", {"Name": "node1", "Votes": [1, 2]}, "n1", {"Name": lambda value: value})
    assert to_wire(made) == {
        "$": "object",
        "type": "ClusterNode",
        "id": "n1",
        "text": "node1",
        "p": {"Name": "node1", "Votes": [1, 2]},
        "settable": ["Name"],
    }


def test_what_json_does_not_have_is_told_in_other_words() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert to_wire(math.inf) == {"$": "double", "v": "Infinity"}
    assert to_wire(-math.inf) == {"$": "double", "v": "-Infinity"}
    assert math.isnan(from_wire(to_wire(math.nan)))
    assert to_wire(Lines(("a", "b"))) == {"$": "lines", "v": ["a", "b"]}
    assert to_wire(Colour.RED) == "red"
    assert to_wire((Identity("x"), True)) == ["x", True]
    assert from_wire({"$": "lines", "v": ["a", "b"]}) == "a\nb"


def test_a_time_without_a_zone_is_one_of_this_computer() -> None:
    assert from_wire({"$": "time", "v": "2026-07-01T12:00:00"}) == datetime(2026, 7, 1, 12).astimezone()


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"$": "dance"},
        {"$": "object"},
        {"$": "object", "type": 1, "p": {}},
        {"$": "object", "type": "x", "p": []},
        {"$": "time", "v": "soon"},
        {"$": "span", "v": "1"},
        {"$": "span", "v": 1e300},
        {"$": "name"},
        {"$": "double", "v": "2"},
        {"$": "lines", "v": [1]},
        {"$": "table", "p": 1},
        [{"$": None}],
        {"$": ["x"]},
    ],
)
def test_a_value_of_no_known_kind_is_refused(value: Any) -> None:
    with pytest.raises(ConversionError):
        from_wire(value)
