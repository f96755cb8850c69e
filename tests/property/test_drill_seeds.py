"""Whatever two students' seeds are, their clusters differ in names, and the same seed gives the same cluster."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.model.rules.names import server_name
from fcm.workspace.learning.drill import Drill, shipped_drills
from fcm.workspace.learning.variation import SEEDS, code_of, shuffled, vary
from tests.unit.learning.attempts import attempt, shipped

ALL_SEEDS = st.integers(0, SEEDS - 1)
DRILLS = st.sampled_from(sorted(shipped_drills()))
NAMES = st.lists(st.from_regex(r"[A-Z]{2,12}[0-9]{1,2}", fullmatch=True), min_size=1, max_size=120, unique=True)


def names_of(drill: Drill) -> set[str]:
    formed = drill.cluster
    services = [group.name for group in formed.groups if not group.is_core]
    return {formed.cluster.name, *(one.name for one in formed.nodes), *(one.name for one in formed.machines), *services}


def test_each_seed_has_a_code_of_its_own() -> None:
    assert len({code_of(seed) for seed in range(SEEDS)}) == SEEDS


@given(DRILLS, ALL_SEEDS, ALL_SEEDS)
@settings(max_examples=60)
def test_two_students_have_no_name_in_common(name: str, one: int, other: int) -> None:
    first, second = names_of(shipped(name, one)), names_of(shipped(name, other))
    assert len(first) == len(second)
    assert first == second if one == other else not first & second


@given(DRILLS, ALL_SEEDS)
@settings(max_examples=40)
def test_the_same_seed_gives_the_same_drill(name: str, seed: int) -> None:
    assert shipped(name, seed) == shipped(name, seed)


@given(DRILLS, ALL_SEEDS)
@settings(max_examples=40)
def test_no_name_of_the_file_is_left(name: str, seed: int) -> None:
    drill = shipped(name, seed)
    assert not names_of(drill) & set(drill.variation.names)
    said = "\n".join([drill.title, drill.story, *(f"{one.text} {one.because}" for one in drill.diagnoses),
                      *(hint.text for hint in drill.hints), drill.setup])  # fmt: skip
    words = set(re.findall(r"[\w-]+", said))
    assert not words & set(drill.variation.names)


@given(st.sampled_from(("misnamed-switch", "dead-adapter", "lost-witness", "anti-affinity")), ALL_SEEDS)
@settings(max_examples=12)
def test_the_same_seed_and_script_give_the_same_grade(name: str, seed: int) -> None:
    script = "Start-Sleep 40; Get-ClusterNode"
    drill = shipped(name, seed)
    assert attempt(drill, script, 1) == attempt(drill, script, 1)


@given(ALL_SEEDS, st.integers(1, 16), NAMES)
def test_varied_names_are_valid_and_all_different(seed: int, nodes: int, others: list[str]) -> None:
    variation = vary(seed, "contoso", [f"node{number}" for number in range(nodes)], others)
    made = list(variation.names.values())
    assert len({name.casefold() for name in made}) == 1 + nodes + len(others)
    assert all(server_name(name, "node") for name in made)


@given(ALL_SEEDS, st.text(alphabet="SQLnode01 -_.'\n", max_size=60))
def test_only_whole_words_are_replaced(seed: int, text: str) -> None:
    variation = vary(seed, "contoso", ["node1"], ["SQL01"])
    said = variation.said(text)
    back = {new: old for old, new in variation.names.items()}
    assert re.sub("|".join(map(re.escape, back)), lambda match: back[match[0]], said) == text
    assert variation.said("node1,SQL01;xnode1 node1x SQL01-a") == (
        f"{variation.names['node1']},{variation.names['SQL01']};xnode1 node1x SQL01-a"
    )


@given(ALL_SEEDS, st.integers(0, 10))
def test_diagnoses_are_all_offered_whatever_their_order(seed: int, number: int) -> None:
    assert sorted(shuffled(seed, number, "drill")) == list(range(number))
