"""Laboratory recordings from strangers: whatever stands in them, the verbs answer or refuse with a sentence."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcm.cli.main import main
from tests.property.migration.test_kept_recordings import JUNK, places

DATA = Path(__file__).parents[2] / "data" / "recordings"
ANYTHING = st.one_of(JUNK, st.just(10**400), st.just(-(10**400)))


@functools.cache
def recorded() -> str:
    """A recording with samples, its windows and passes cut short so that a change seldom falls on another of them."""
    data = json.loads((DATA / "preflight-two-class.0.json").read_text())
    data["window_bandwidth"] = data["window_bandwidth"][:14]
    return json.dumps(data)


SENTENCE = re.compile(r"\S*strange\.json(, line \d+)?: [^\n]+[^\s.][.]?\n")
"""Which file, perhaps where in it, and what is wrong, on one line."""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data(), verb=st.sampled_from([("predict",), ("predict", "--achieved"), ("preflight",)]))
def test_a_recording_with_anything_anywhere_is_predicted_or_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: st.DataObject, verb: tuple[str, ...]
) -> None:
    value = json.loads(recorded())
    value["case"]["maxt"] = 20
    path: tuple[Any, ...] = data.draw(st.sampled_from(places(value)))
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = data.draw(ANYTHING)
    file = tmp_path / "strange.json"
    file.write_text(json.dumps(value))
    code = main([verb[0], str(file), *verb[1:], "--json"])
    out, err = capsys.readouterr()
    assert code in (0, 2)
    assert (json.loads(out) and not err) if code == 0 else SENTENCE.fullmatch(err)


@pytest.mark.parametrize(
    "text", ["1" * 5000, '{"case": {"mem": ' + "1" * 5000 + "}}", "[" * 100_000, '"\\ud800"', "\x00"]
)
def test_what_no_reader_of_json_takes_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "strange.json"
    file.write_text(text)
    assert main(["predict", str(file)]) == 2
    assert SENTENCE.fullmatch(capsys.readouterr().err)
