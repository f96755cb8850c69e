"""What a real PowerShell 7.6.9 asked for is answered: the same objects, by their names, and the same errors.

The talks in tests/data/powershell were recorded with that engine in front of an earlier fcm (7fb19a9). Where the answer
is another one today, the reason stands here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.serving.talk import Talk

TALKS = sorted((TOP / "tests" / "data" / "powershell").glob("*.jsonl"))
DIFFERS = {
    ("errors", 3): "One of two names was missing: the other machine is given today.",
    ("names-as-objects", 3): "Available Storage is found as a group today, and refused because it is a core group.",
    ("piped-selected", 3): "An object with a Name listed all machines; it names its machine today.",
    ("times", 1): "Events of the cluster's own time, which was another one.",
    ("times", 3): "The same.",
}
"""Talk and request: why its answer is another one than the recorded."""


def recorded(path: Path) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Requests in their order, each with the answers that it got."""
    asked: dict[int, dict[str, Any]] = {}
    answers: dict[int, list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        said = json.loads(line[2:])
        if line.startswith("<"):
            answers[said["id"]].append(said)
        elif said["do"] != "stop":
            asked[said["id"]] = said
            answers[said["id"]] = []
    return [(asked[number], answers[number]) for number in asked]


def told(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Names of the objects, other output, and number of errors."""
    outputs = [one for line in lines for one in line.get("outputs", ())]
    return {
        "objects": [
            (one["type"], one["text"]) for one in outputs if isinstance(one, dict) and one.get("$") == "object"
        ],
        "texts": [one for one in outputs if isinstance(one, str)],
        "errors": [line["error"]["category"] for line in lines if "error" in line],
        "asked": sum("ask" in line for line in lines),
    }


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_recorded_talk_is_answered_as_it_was(talk: Talk, path: Path) -> None:
    differs = {}
    for asked, answers in recorded(path):
        number = talk.send(**{key: value for key, value in asked.items() if key != "id"})
        now, then = told(talk.answers(number)), told(answers)
        if now != then and (path.stem, asked["id"]) not in DIFFERS:
            differs[asked["id"]] = {key: (now[key], then[key]) for key in now if now[key] != then[key]}
    assert not differs


def test_every_talk_is_read() -> None:
    assert len(TALKS) == 15
    assert all(recorded(path) for path in TALKS)
    assert {name for name, _ in DIFFERS} <= {path.stem for path in TALKS}
