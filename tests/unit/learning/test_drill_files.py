from __future__ import annotations

import re
from pathlib import Path

import pytest

from fcm.backend.toml_table import ClusterFileError
from fcm.mistakes import WrongInputError
from fcm.shell.drilling import set_up
from fcm.workspace.learning.drill import find_drill, load_drill, shipped_drills, titles
from fcm.workspace.learning.running import RunningDrill
from tests.unit.learning.attempts import SMALL, attempt, written

DOCUMENT = Path(__file__).parents[3] / "docs" / "drills.md"


def refused(folder: Path, text: str) -> ClusterFileError:
    with pytest.raises(ClusterFileError) as found:
        load_drill(written(folder, text), 3)
    return found.value


def test_the_small_drill_is_read_with_the_names_of_its_seed(tmp_path: Path) -> None:
    drill = load_drill(written(tmp_path, SMALL), 3)
    machine, (first, second) = drill.cluster.machines[0].name, (node.name for node in drill.cluster.nodes)
    assert drill.story == f"{machine} is to go to {second}. Its owner is {first}."
    assert drill.diagnoses[drill.right - 1].text == f"Nobody moved {machine}."


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('title = "A small drill"\n', "", 3, "The key 'title' is missing in [drill]."),
        ('title = "A small drill"\n', 'title = ""\n', 4, "'title' is empty."),
        ("right = true\n", "", 7, "Exactly one diagnosis must have right = true."),
        ("tempting = true\n", "", 7, "At least one diagnosis must have tempting = true."),
        ("tempting = true\n", "tempting = true\nright = true\n", 10, "cannot be the tempting one, too."),
        ("cost = 15", "cost = 51", 23, "'cost' is 51; it must be 0 to 50."),
        ('object = "machine"\nname = "DC01"\nproperty = "node"', 'object = "guest"', 26, "'object' is 'guest'; it"),
        ('name = "DC01"\nproperty = "node"', 'name = "DC02"\nproperty = "node"', 27, "There is no machine 'DC02' in"),
        ('property = "node"', 'property = "color"', 28, "'property' is 'color'; it must be one of: state, guest"),
        ('is = "node2"', 'at_least = 3', 29, "'node' cannot be compared with 'at_least'. Use one of: is, is_not."),
        ('is = "node2"', 'is = 3', 29, "'is' must be a string in quotes, not a number."),
        ('is = "node2"\n', "", 25, "Exactly one of the keys is, is_not says what 'node' should be."),
        ('is = "node2"\n', 'is = "node2"\nis_not = "node1"\n', 25, "Exactly one of the keys is, is_not says"),
        ('is = "node2"\n', 'is = "node2"\nrun = "Stop-VM DC01"\n', 30, "Unknown key 'run' in [[drill.checks]]."),
        ('story = "', 'time = 0\nstory = "', 5, "'time' is 0; it must be 1 to 86400 s."),
        ('story = "', 'warm_up = 1e9\nstory = "', 5, "at most 604800 s are allowed."),
        ('story = "', 'stroy = "', 3, "The key 'story' is missing in [drill]."),
        ('node = "node1"', 'node = "node7"', 70, "node7"),
        ("[drill]", "[drill", 3, "The file is not valid TOML"),
        ('name = "contoso"', 'name = "cluster"', 0, "'cluster' cannot be told from a word. Use a name such as node1"),
    ],
)  # fmt: skip
def test_a_drill_with_an_error_is_refused_with_its_line_and_a_sentence(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert SMALL.count(old) >= 1
    error = refused(tmp_path, SMALL.replace(old, new, 1))
    assert words in error.reason
    assert error.line == line
    assert str(tmp_path / "small.toml") in str(error)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("512", "'512' cannot be told from a word. Use a name such as node1"),
        ("vm", "'vm' cannot be told from a word."),
        ("machines", "'machines' cannot be told from a word."),
        ("DC 01", "'DC 01' cannot be varied: only letters, digits, hyphens and underscores can."),
        ("node1", "'node1' is the name of two things, so that it cannot be varied."),
        ("true", "A name is also a word of the file, so that it cannot be varied."),
    ],
)
def test_a_name_that_cannot_be_varied_is_refused(tmp_path: Path, name: str, words: str) -> None:
    assert words in refused(tmp_path, SMALL.replace("DC01", name)).reason


def test_two_diagnoses_are_too_few(tmp_path: Path) -> None:
    last = SMALL[SMALL.index('[[drill.diagnoses]]\ntext = "node1 is broken') : SMALL.index("[[drill.hints]]")]
    assert "The drill has 2 diagnoses; it must have 3 to 10." in refused(tmp_path, SMALL.replace(last, "")).reason


def test_an_unknown_drill_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(WrongInputError, match=r"There is no drill 'nothing'. Choose one of .*misnamed-switch"):
        find_drill("nothing")


def test_the_list_tells_why_a_drill_cannot_be_read(tmp_path: Path) -> None:
    broken = written(tmp_path, SMALL.replace("right = true\n", ""), "broken")
    assert dict(titles([written(tmp_path, SMALL), broken])) == {
        "small": "A small drill",
        "broken": f"{broken}, line 7: Exactly one diagnosis must have right = true.",
    }


def test_every_shipped_drill_has_a_title_of_its_own() -> None:
    named = dict(titles(shipped_drills().values()))
    assert len(set(named.values())) == len(named)
    assert not [title for title in named.values() if ".toml" in title]


def prepared(folder: Path, script: str) -> None:
    text = SMALL.replace('story = "', f"setup = '''\n{script}\n'''\nstory = \"", 1)
    running = RunningDrill(load_drill(written(folder, text), 3))
    try:
        running.open(set_up)
    finally:
        running.close()


@pytest.mark.parametrize(
    "script",
    [
        "Get-VM > {0}/stolen.txt",
        "Get-VM | Out-File {0}/stolen.txt",
        "Get-VM | Export-Csv {0}/stolen.txt",
        "& '{0}/small.ps1'",
        "Get-Content {0}/small.toml",
    ],
)
def test_the_setup_of_a_drill_reaches_no_file(tmp_path: Path, script: str) -> None:
    (tmp_path / "small.ps1").write_text("Get-VM", encoding="utf-8")
    with pytest.raises(WrongInputError, match=r"small.toml, line 5: The setup failed. .*cannot read or write files"):
        prepared(tmp_path, script.format(tmp_path.as_posix()))
    assert not (tmp_path / "stolen.txt").exists()


def test_a_setup_with_an_error_names_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(WrongInputError, match=r"small.toml, line 5: The setup failed. Suspend-ClusterNode"):
        prepared(tmp_path, "Suspend-ClusterNode node9")


def test_a_student_cannot_ask_for_the_simulated_failures_or_repair_what_nobody_found(tmp_path: Path) -> None:
    text = SMALL + '\n[[faults]]\nkind = "UnplugCable"\ntarget = "node2 - Network 1"\nat = 1\n'
    drill = load_drill(written(tmp_path, text.replace('story = "', 'warm_up = 60\nstory = "', 1)), 3)
    assert attempt(drill, "Get-ClusterFault", drill.right).errors == 1
    for script in ("-All", "* -Fault UnplugCable", "-Fault UnplugCable -Name 'node2*'", "'node2 - Network 1'"):
        assert attempt(drill, f"Repair-ClusterFault {script}", drill.right).errors == 1, script
    assert attempt(drill, "Repair-ClusterFault 'node2 - Network 1' -Fault UnplugCable", drill.right).errors == 0


def test_the_example_of_the_documentation_is_a_drill(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(\[drill\].*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    cluster = SMALL[SMALL.index("[cluster]") :]
    drill = load_drill(written(tmp_path, f"format = 1\n{example}\n{cluster}"), 3)
    assert attempt(drill, "Move-ClusterVirtualMachineRole DC01 -Node node2", drill.right).points == 100
