from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.backend.toml_lines import TomlLines
from fcm.backend.toml_table import ClusterFileError, Table
from fcm.model.entities import MachineState
from fcm.model.entries import stamped
from fcm.model.state import State
from fcm.text.textfile import parse_toml
from fcm.workspace.learning.checks import AnyOf, Check, read_checks
from fcm.workspace.learning.drill import load_drill
from fcm.workspace.learning.properties import PROPERTIES, named_objects
from tests.unit.learning.attempts import SMALL, shipped, written

if TYPE_CHECKING:
    from fcm.model.events import ClusterFormed

DOCUMENT = Path(__file__).parents[3] / "docs" / "drills.md"


def state_of(formed: ClusterFormed) -> State:
    return stamped(State(), [formed], 0.0)[0]


@pytest.fixture
def state(tmp_path: Path) -> State:
    """The cluster of the small drill with the names of seed 3."""
    return state_of(load_drill(written(tmp_path, SMALL), 3).cluster)


def checks(text: str, state: State, folder: Path) -> tuple[Check | AnyOf, ...]:
    path = folder / "checks.toml"
    return read_checks(Table(path, TomlLines(text), parse_toml(text, path)), "checks", state)


def test_a_check_tells_what_it_wanted_and_what_it_found(state: State) -> None:
    machine = next(iter(state.machines.values()))
    finding = Check("machine", machine.name, "node", "is", "elsewhere").look(state)
    assert not finding.holds
    assert finding.wanted == f"machine {machine.name}: node is 'elsewhere'."
    assert finding.found == f"machine {machine.name}: node is '{machine.node}'."


def test_the_words_of_the_file_are_told_instead(state: State) -> None:
    assert Check("cluster", "", "running", "is", True, "It runs.").look(state).wanted == "It runs."


@pytest.mark.parametrize(
    ("kind", "asked", "comparison", "value", "holds"),
    [
        ("cluster", "nodes up", "is", 2.0, True),
        ("cluster", "nodes up", "at_least", 3.0, False),
        ("cluster", "nodes up", "at_least", 2.0, True),
        ("cluster", "nodes up", "at_most", 2.0, True),
        ("cluster", "nodes up", "at_most", 1.0, False),
        ("cluster", "running", "is", False, False),
        ("node", "state", "is", "UP", True),
        ("node", "state", "is_not", "Up", False),
        ("node", "switches", "has", "lan", True),
        ("node", "switches", "has_not", "LAN", False),
        ("node", "switches", "has", "WAN", False),
        ("machine", "memory", "is", 512.0, True),
        ("machine", "last move", "is", "none", True),
        ("volume", "access", "is", "Online", True),
        ("network", "role", "is", "internal", True),
        ("adapter", "state", "is", "Up", True),
    ],
)
def test_comparisons_of_texts_numbers_flags_and_lists(
    state: State, kind: str, asked: str, comparison: str, value: str | float | bool, holds: bool
) -> None:
    name = "" if kind == "cluster" else "*"
    assert Check(kind, name, asked, comparison, value).look(state).holds is holds


def test_a_check_of_every_object_fails_with_the_first_one_that_is_otherwise(state: State) -> None:
    first, second = state.nodes.values()
    changed = replace(state, nodes={first.name: first, second.name: replace(second, weight=0)})
    finding = Check("node", "*", "vote", "is", 1.0).look(changed)
    assert not finding.holds
    assert finding.found == f"node {second.name}: vote is 0."


def test_an_object_that_is_gone_fails_its_check(state: State) -> None:
    finding = Check("machine", "GONE", "node", "is_not", "node1").look(state)
    assert not finding.holds
    assert finding.found == "There is no machine GONE."


def test_one_of_several_checks_is_enough(state: State, tmp_path: Path) -> None:
    text = """
[[checks]]
says = "It is off or moved."
any = [
  { object = "machine", name = "*", property = "state", is = "Off" },
  { object = "machine", name = "*", property = "last move", is_not = "none" },
]
"""
    (found,) = checks(text, state, tmp_path)
    assert not found.look(state).holds
    off = {key: replace(one, state=MachineState.OFF) for key, one in state.machines.items()}
    finding = found.look(replace(state, machines=off))
    assert finding.holds
    assert finding.wanted == "It is off or moved."


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[[checks]]\nany = []", 2, "'any' must list at least one check."),
        ('[[checks]]\nobject = "service"\nname = "*"\nproperty = "state"\nis = 1', 5, "must be a string"),
        ('[[checks]]\nobject = "node"\nproperty = "state"\nis = "Up"', 1, "The key 'name' is missing"),
        ('[[checks]]\nobject = "cluster"\nname = "x"\nproperty = "running"\nis = true', 3, "Unknown key 'name'"),
        ('[[checks]]\nobject = "cluster"\nproperty = "nodes up"\nis = -1', 4, "it must be zero or more"),
        ('checks = 3', 1, "must be an array of tables"),
        ("\n".join(["[[checks]]"] * 51), 51, "'checks' has 51 checks; at most 50 are allowed."),
    ],
)  # fmt: skip
def test_a_wrong_check_is_refused_with_its_line(state: State, tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ClusterFileError) as found:
        checks(text, state, tmp_path)
    assert words in found.value.reason
    assert found.value.line == line


def test_every_property_can_be_read_of_every_object_and_has_its_kind() -> None:
    state = state_of(shipped("two-nodes-no-witness", 1).cluster)
    for kind, known in PROPERTIES.items():
        objects = named_objects(state, kind)
        assert objects, kind
        for name, one in known.items():
            values = [one.read(state, found) for _, found in objects]
            wanted = (int, float) if one.kind is float else one.kind
            assert all(isinstance(value, wanted) for value in values), (kind, name, values)


def test_every_property_is_documented_with_its_kind() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    kinds = {str: "text", float: "number", bool: "true or false", tuple: "list"}
    rows = [
        f"| `{kind}` | `{name}` | {kinds[one.kind]} | {one.meaning} |"
        for kind, known in PROPERTIES.items()
        for name, one in known.items()
    ]
    assert not [row for row in rows if row not in text]
