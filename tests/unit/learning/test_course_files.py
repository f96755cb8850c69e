from __future__ import annotations

import re
from pathlib import Path

import pytest

from fcm.backend.toml_table import ClusterFileError
from fcm.model.state import State
from fcm.workspace.learning.course import load_course, shipped_courses
from fcm.workspace.learning.progress import Progress
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import busy_cluster

DOCUMENT = Path(__file__).parents[3] / "docs" / "courses.md"
SMALL = """\
format = 1
title = "A small course"
about = "One moves a machine."
cluster = "contoso"

[[steps]]
title = "Read"
text = "Nothing is to be done."

[[steps]]
title = "Move DC01"
text = "Move it to node2."
place = "machine DC01"
powershell = "Move-ClusterVirtualMachineRole DC01 node2"
moves = [
  { menu = ["Live migrate virtual machine to another node", "Live migrate to node node2"], row = "DC01" },
  { check_row = "A", list = "B", clear = true },
]
[[steps.checks]]
object = "machine"
name = "DC01"
property = "node"
is = "node2"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_course_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    course = load_course(path)
    assert (course.key, course.cluster, len(course.steps)) == (str(path), "embedded:contoso", 2)
    assert [move.in_words() for move in course.steps[1].moves] == [
        "Right-click 'DC01' in 'Console tree'.",
        "Clear the check box of 'A' in 'B'.",
    ]
    assert "# 2. Move DC01\nMove-ClusterVirtualMachineRole DC01 node2" in course.script()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("format = 1", "format = 2", 1, "'format' is 2; it must be 1 to 1."),
        ('title = "A small course"\n', "", 1, "The key 'title' is missing in the file."),
        ('"contoso"', '"nowhere"', 4, "There is no cluster 'nowhere'. Use one of: contoso, fabrikam, hosts"),
        ('"contoso"', '"../x.toml"', 4, "must be the name of a file in the folder of the course"),
        ('place = "machine DC01"', 'place = "garage"', 13, "'place' is 'garage'; it must be one of: start, cluster"),
        ('place = "machine DC01"', 'place = "disk X"', 13, "'place' is 'disk X'; it must be one of"),
        (', row = "DC01"', "", 16, "The key 'row' is missing in [[steps.moves]]."),
        ('check_row = "A"', 'check_row = "A", click = "C"', 17, "Exactly one of the keys click, row, check_row, menu,"),
        ('check_row = "A", list = "B", clear = true', 'keys = "F2"', 17, "A move with 'keys' needs 'on'"),
        ('check_row = "A", list = "B", clear = true', 'enter = "F2"', 17, "The key 'field' is missing"),
        ('property = "node"', 'property = "color"', 22, "'property' is 'color'; it must be one of"),
        ('is = "node2"', 'run = "Stop-Cluster"', 19, "Exactly one of the keys is, is_not says"),
        ('is = "node2"', 'is = "node2"\nrun = "Stop-Cluster"', 24, "Unknown key 'run' in [[steps.checks]]."),
        ("[[steps]]", "[steps", 6, "The file is not valid TOML"),
    ],
)  # fmt: skip
def test_a_course_with_an_error_is_refused_with_its_line_and_a_sentence(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in SMALL
    with pytest.raises(ClusterFileError) as found:
        load_course(written(tmp_path, SMALL.replace(old, new, 1)))
    assert words in str(found.value)
    assert found.value.line == line


def test_a_course_has_a_limited_size(tmp_path: Path) -> None:
    step = '\n[[steps]]\ntitle = "S"\ntext = "T"\n'
    with pytest.raises(ClusterFileError, match="The course has 102 steps; it must have 1 to 100"):
        load_course(written(tmp_path, SMALL + step * 100))
    with pytest.raises(ClusterFileError, match=r"too large\. A course can have at most 1 MiB"):
        load_course(written(tmp_path, f"{SMALL}#{'x' * 2**20}"))


def test_a_place_is_found_in_the_state_and_one_that_is_not_there_yet_is_none(tmp_path: Path) -> None:
    step = load_course(written(tmp_path, SMALL)).steps[1]
    workspace, _ = busy_cluster()
    try:
        assert step.place.selection(workspace.state) is None
        here = load_course(written(tmp_path, SMALL.replace("machine DC01", "machine Database"))).steps[1].place
        assert here.selection(workspace.state) == Selection(Place.MACHINE, "vm-Database")
        net = load_course(written(tmp_path, SMALL.replace("machine DC01", "network Storage"))).steps[1].place
        assert net.selection(workspace.state) == Selection(Place.NETWORK, "net-4")
    finally:
        workspace.close()


def test_progress_is_kept_and_fits_a_course_that_has_changed(tmp_path: Path) -> None:
    course = load_course(written(tmp_path, SMALL))
    progress = Progress.of(course, ())
    assert not progress.is_begun
    progress.go_on()
    assert (progress.kept(), progress.in_words()) == ([1, 0], "Step 2 of 2")
    assert not progress.look(State())
    progress.go_on()  # skipped: its check does not hold
    assert (progress.kept(), progress.in_words()) == ([2, 0], "Finished: 1 of 2 steps done")
    assert progress.step is None
    progress.go_back()
    assert Progress.of(course, progress.kept()).kept() == [1, 0]
    assert Progress.of(course, [7, 0, 5]).kept() == [2, 0]
    progress.start_over()
    assert progress.kept() == [0]


def test_the_example_of_the_documentation_is_a_course(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    assert load_course(written(tmp_path, example[1])).steps


def test_a_course_of_ones_own_is_not_shown_on_real_hosts(tmp_path: Path) -> None:
    text = 'format = 1\ntitle = "T"\nabout = "A"\ncluster = "{}"\n[[steps]]\ntitle = "S"\ntext = "X"\n'
    can = []
    for cluster in ("hosts", "contoso"):
        path = tmp_path / f"{cluster}.toml"
        path.write_text(text.format(cluster), encoding="utf-8")
        can.append(load_course(path).can_be_shown)
    assert can == [False, True]
    assert all(load_course(path).can_be_shown for path in shipped_courses().values())
