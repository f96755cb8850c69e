"""`make mutate` counts honestly, and what it is configured with is there."""

from __future__ import annotations

import importlib
import sys
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mutation import patience
from mutation.constants import NotReplaceableError, replace_constants
from mutation.functions import functions_by_file, replace_functions
from mutation.marking import Marks
from mutation.report import HERE, Outcome, equivalents, told
from mutation.statements import statement_in_function
from tests.quality.source import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator
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


MARKED = '''"""A module that says how it is read."""
from __future__ import annotations

def sign(number: int) -> str:
    """The docstring stays."""
    if number < 0:
        return "-"
    elif number == 0:
        return ""
    try:
        return {1: "one"}[number]
    except KeyError:
        return "+"

table = {
    "twice": lambda x:
        x * 2,
}
'''


def test_what_ran_is_known_by_the_lines_of_its_statements_and_does_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "module_that_is_marked.py"
    file.write_text(MARKED, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    importlib.invalidate_caches()
    marks = Marks([str(file)])
    marks.watch()
    module = importlib.import_module(file.stem)
    ran = lambda: marks.taken().get(str(file), [])  # noqa: E731
    try:
        assert (module.sign.__doc__, ran()) == ("The docstring stays.", [])
        assert (module.sign(-4), ran()) == ("-", [6, 7])
        assert (module.sign(0), ran()) == ("", [6, 8, 9])
        assert (module.sign(7), ran()) == ("+", [6, 8, 10, 11, 13])
        assert (module.table["twice"](21), ran()) == (42, [17])
    finally:
        del sys.modules[file.stem]


def test_a_test_takes_the_time_in_which_it_does_not_wait_for_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, waits = iter((100.0, 160.0, 200.0, 230.0, 230.5)), iter((7.0, 65.0, 65.0, 60.0, 60.0))
    monkeypatch.setattr("mutation.patience.time.monotonic", lambda: next(clock))
    monkeypatch.setattr(patience, "waiting_time", lambda _: next(waits))
    of_a_test = patience.Patience(4711)
    assert of_a_test.spent() == 2.0, "of 60 s it was ready to run in 58 and others had the processors"
    assert of_a_test.spent() == 42.0, "what waits for something else may hang"
    of_a_test.anew()
    assert of_a_test.spent() < 1.0


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_has_sources_and_tests_that_are_there(name: str) -> None:
    named = [
        *ROOMS[name]["sources"],
        *ROOMS[name]["tests"],
        *ROOMS[name].get("without", ()),
        *ROOMS[name].get("constants", ()),
        *ROOMS[name].get("first", ()),
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

    replace_functions(str(file), functions_by_file())

    assert (first(5), second(5), deep(5)) == answers


CONSTANTS = """from dataclasses import dataclass
FIRST = 1000.5
TWICE = FIRST * 2
OTHER = 7

def f(x=3, *, y=FIRST):
    return x, y, TWICE

@dataclass(frozen=True, slots=True)
class Kept:
    a: int = 4

class Plain:
    b = 5

    def g(self, x=6):
        return x

if OTHER > 100:
    OTHER = 8
"""


@pytest.fixture
def constants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Path]]:
    """A module of constants that is loaded, and its file."""
    file = tmp_path / "constants_of_a_test.py"
    file.write_text(CONSTANTS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield importlib.import_module(file.stem), file
    del sys.modules[file.stem]


@pytest.mark.parametrize(
    ("before", "after", "line", "answers"),
    [
        ("", "", 2, ((3, 1000.5, 2001.0), 4, 5, 6, 7)),
        ("FIRST = 1000.5", "FIRST = 2.0", 2, ((3, 2.0, 4.0), 4, 5, 6, 7)),
        ("OTHER = 7", "OTHER = 9", 4, ((3, 1000.5, 2001.0), 4, 5, 6, 9)),
        ("x=3", "x=2", 6, ((2, 1000.5, 2001.0), 4, 5, 6, 7)),
        ("a: int = 4", "a: int = 3", 11, ((3, 1000.5, 2001.0), 3, 5, 6, 7)),
        ("b = 5", "b = 6", 14, ((3, 1000.5, 2001.0), 4, 6, 6, 7)),
        ("x=6", "x=7", 16, ((3, 1000.5, 2001.0), 4, 5, 7, 7)),
    ],
)
def test_a_changed_constant_or_default_reaches_those_who_use_it_and_no_other_one_changes(
    constants: tuple[Any, Path], before: str, after: str, line: int, answers: tuple[Any, ...]
) -> None:
    module, file = constants
    kept, plain = module.Kept, module.Plain
    file.write_text(CONSTANTS.replace(before, after) if before else CONSTANTS, encoding="utf-8")

    replace_constants(str(file), line, functions_by_file())

    assert (module.f(), kept().a, plain.b, plain().g(), module.OTHER) == answers
    assert module.Kept is kept, "what was made before is still of its class"


def test_what_else_acts_while_a_module_is_imported_is_left_to_a_process_of_its_own(
    constants: tuple[Any, Path],
) -> None:
    with pytest.raises(NotReplaceableError):
        replace_constants(str(constants[1]), CONSTANTS.split("\n").index("if OTHER > 100:") + 1, {})
