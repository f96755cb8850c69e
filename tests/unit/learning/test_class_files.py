from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.toml_table import ClusterFileError
from fcm.mistakes import WrongInputError
from fcm.workspace.learning.class_file import read_class, seed_of
from tests.unit.learning.attempts import written

if TYPE_CHECKING:
    from pathlib import Path

CLASS = """\
format = 1

[[students]]
name = "Ann"
seed = 1

[[students]]
name = "Bo"
seed = 2
"""


def test_each_student_has_a_seed(tmp_path: Path) -> None:
    path = written(tmp_path, CLASS)
    assert read_class(path) == {"Ann": 1, "Bo": 2}
    assert seed_of(path, "bo") == 2


def test_a_stranger_is_refused_with_the_class(tmp_path: Path) -> None:
    with pytest.raises(WrongInputError, match=r"There is no student 'Cy' in .*small.toml. It has: Ann, Bo."):
        seed_of(written(tmp_path, CLASS), "Cy")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("seed = 2", "seed = 1", 9, "'Ann' has the seed 1, too. Each student needs a seed of their own."),
        ('"Bo"', '"ANN"', 8, "'ANN' is in the class twice."),
        ("seed = 2", "seed = 8000", 9, "'seed' is 8000; it must be 0 to 7999."),
        ("seed = 2", "", 7, "The key 'seed' is missing in [[students]]."),
        ("seed = 2", 'seed = 2\nmail = "x"', 10, "Unknown key 'mail'"),
        ("format = 1", "format = 2", 1, "'format' is 2; it must be 1 to 1."),
        (CLASS, "format = 1", 1, "The class has 0 students; it must have 1 to 1000."),
    ],
)
def test_a_wrong_class_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    with pytest.raises(ClusterFileError) as found:
        read_class(written(tmp_path, CLASS.replace(old, new)))
    assert words in found.value.reason
    assert found.value.line == line
