"""Recordings from strangers: whatever stands in them, they are read, refused with a sentence, or left out."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.migration.engine.catalogue import named_workload, workload_from, workload_json, workload_names
from fcm.migration.engine.workload import Scattered, Uniform, Workload
from fcm.migration.fields import BadFileError, Fields
from fcm.migration.recordings.facts import MigrationFacts
from fcm.migration.recordings.own_form import to_json
from fcm.migration.recordings.reading import recording_from
from fcm.migration.recordings.recording import Identity, Recording
from fcm.migration.validation.runs import LeftOut, ValidatedCase, validate_recorded
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

MIB = 2**20


WORKLOAD = Workload((Uniform(1024, 4096, 900.0), Scattered(512, 20.0)), name="two classes", zero_share=0.1)


@functools.cache
def good(known: bool) -> str:
    """A small migration of three passes as the program writes it; ``known``: with the guest's workload."""
    recording = Recording(Identity("SQL1", "node1", "node2", "LM"), memory=64 * MIB, downtime_limit=0.3)
    left = [(1, 64 - 8 * k, 8 * k) for k in range(8)] + [(2, 16 - 8 * k, 64 + 8 * k) for k in range(2)] + [(3, 4, 82)]
    for k, (number, remaining, sent) in enumerate(left):
        row = TelemetryRow(0.5 + 0.1 * k, number, remaining * MIB, sent * MIB, 900.0, 80e6, Phase.BROWNOUT)
        recording.append(row)
    recording.final = FinalFigures(1.7, 0.06, 86 * MIB, 3)
    recording.outcome = "completed"
    recording.facts = MigrationFacts(
        simulated=False,
        requested=1e9,
        bandwidth=80e6,
        workload=WORKLOAD if known else None,
        phases=((Phase.BROWNOUT, 0.4), (Phase.STORAGE, 1.6), (Phase.NETWORK, 1.65)),
    )
    return to_json(recording)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=10),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.lists(st.none(), max_size=2)), max_size=4),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value; of long lists the first two."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:2]):
            found += places(inner, (*path, index))
    return found


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_kept_recording_with_anything_anywhere_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    value = json.loads(good(data.draw(st.booleans())))
    path = data.draw(st.sampled_from(places(value)))
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = data.draw(JUNK)
    try:
        recording = recording_from(value, "strange.json")
    except BadFileError:
        return
    found = validate_recorded("strange", recording, achieved=data.draw(st.booleans()))
    assert isinstance(found, LeftOut | ValidatedCase)


@pytest.mark.parametrize("name", workload_names())
def test_a_workload_is_written_and_read_again_as_it_was(name: str) -> None:
    workload = named_workload(name)
    text = json.dumps(workload_json(workload))
    assert workload_from(Fields(json.loads(text), "w")) == workload


@pytest.mark.parametrize("known", [False, True])
def test_the_good_one_is_compared(known: bool) -> None:
    found = validate_recorded("good", recording_from(json.loads(good(known)), "good.json"), achieved=False)
    assert isinstance(found, ValidatedCase)
    assert found.right_class["engine"]
    assert found.group == f"kept, measured, {'known' if known else 'fitted'} workload"
