"""`make mutate` counts honestly, and what it is configured with is there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mutation.functions import replace_functions
from mutation.report import HERE, Outcome, equivalents, told
from mutation.statements import statement_in_function
from tests.quality.source import TOP

if TYPE_CHECKING:
    from pathlib import Path

ROOMS = tomllib.loads((HERE / "rooms.toml").read_text(encoding="utf-8"))["room"]


@dataclass(frozen=True)
class Named:
    """A change by its name alone."""

    name: str

    def __str__(self) -> str:
        return self.name


def report(**outcomes: Outcome) -> str:
    pairs: Any = [(Named(name), outcome) for name, outcome in outcomes.items()]
    return told("model", 7, 1000, pairs, [])


def test_what_times_out_is_noticed_and_what_is_equivalent_counts_for_nothing() -> None:
    text = report(
        one=Outcome.KILLED, two=Outcome.TIMEOUT, three=Outcome.SURVIVED, four=Outcome.UNREACHED, five=Outcome.EQUIVALENT
    )
    assert text.endswith("noticed 2 of 4 = 50.0 %")
    assert "5 of 1000 possible changes, seed 7" in text


def test_survivors_are_listed_with_how_they_survived_and_nothing_else_is() -> None:
    text = report(one=Outcome.KILLED, two=Outcome.SURVIVED, three=Outcome.UNREACHED, four=Outcome.EQUIVALENT)
    assert "two    (survived)" in text
    assert "three    (not reached by a test)" in text
    assert "one" not in text.splitlines()
    assert not any(line.startswith("four") for line in text.splitlines())


def test_tests_that_fail_without_a_change_are_named() -> None:
    assert "tests/a.py::test_b" in told("model", 1, 10, [], ["tests/a.py::test_b"])


def test_a_sample_of_equivalent_changes_alone_has_no_percentage() -> None:
    assert report(one=Outcome.EQUIVALENT).endswith("noticed 0 of 0 = nothing to judge")


CODE = """LIMIT = 3

@decorated(
    2,
)
def f(
    a=1,
):
    if (
        a
        > LIMIT
    ):
        return [
            a,
            2,
        ]
    return None

class C:
    x: int = 4

    def g(self):
        return 5
"""


@pytest.mark.parametrize(
    ("line", "lines"),
    [(1, None), (4, None), (7, None), (11, (9, 13)), (15, (13, 17)), (17, (17, 18)), (20, None), (23, (23, 24))],
)
def test_a_line_in_a_function_belongs_to_its_statement_and_one_that_runs_at_import_to_none(
    line: int, lines: tuple[int, int] | None
) -> None:
    assert statement_in_function(CODE, line) == (None if lines is None else range(*lines))


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_has_sources_and_tests_that_are_there(name: str) -> None:
    named = [
        *ROOMS[name]["sources"],
        *ROOMS[name]["tests"],
        *ROOMS[name].get("without", ()),
        *ROOMS[name].get("constants", ()),
    ]
    assert [path for path in named if not (TOP / path).exists()] == []


def test_every_change_that_need_not_be_noticed_is_still_possible_and_has_a_reason() -> None:
    gone = []
    for (file, before, after), reason in equivalents().items():
        code = " ".join((TOP / file).read_text(encoding="utf-8").split())
        if before not in code or before == after or len(reason) < 20:
            gone.append(f"{file}: {before}")
    assert gone == []


TWO = """PAIR = (lambda x: x + 1, lambda x: x * 10)
def deep(x):
    return [y - 1 for y in (x,)]
"""


@pytest.mark.parametrize(
    ("before", "after", "answers"),
    [
        ("", "", (6, 50, [4])),
        ("x + 1", "x - 1", (4, 50, [4])),
        ("x * 10", "x * 11", (6, 55, [4])),
        ("y - 1", "y + 1", (6, 50, [6])),
    ],
)
def test_a_changed_function_gets_its_new_code_and_no_other_one(
    tmp_path: Path, before: str, after: str, answers: tuple[Any, ...]
) -> None:
    """Also where two lambdas stand in one line."""
    file = tmp_path / "two.py"
    names: dict[str, Any] = {}
    exec(compile(TWO, str(file), "exec"), names)
    first, second, deep = *names["PAIR"], names["deep"]
    file.write_text(TWO.replace(before, after) if before else TWO, encoding="utf-8")

    replace_functions(str(file))

    assert (first(5), second(5), deep(5)) == answers
