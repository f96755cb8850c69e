from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.workspace.learning.drill import load_drill, shipped_drills
from tests.unit.learning.attempts import SMALL, written

if TYPE_CHECKING:
    from pathlib import Path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(["drill", *words])
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_the_list_has_every_drill_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(shipped_drills())
    assert "A virtual machine that cannot go to one node" in out


def test_the_task_has_names_of_the_seed_and_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, SMALL)
    drill = load_drill(path, 7)
    code, out, _ = run(capsys, str(path), "--seed", "7")
    assert code == 0
    assert drill.story in out
    for number, one in enumerate(drill.diagnoses, 1):
        assert f"{number}. {one.text}" in out
        assert one.because not in out
    assert drill.hints[0].text not in out
    assert "The next hint costs 15 points: --hints 1." in out


def test_a_hint_is_told_with_its_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, SMALL)
    _, out, _ = run(capsys, str(path), "--hints", "1")
    assert f"Hint 1 (15 points): {load_drill(path, 0).hints[0].text}" in out


def test_a_solution_is_graded_and_its_report_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, drill = written(tmp_path, SMALL), load_drill(written(tmp_path, SMALL), 7)
    script, report = tmp_path / "mend.ps1", tmp_path / "ann.html"
    script.write_text(drill.variation.said("Move-ClusterVirtualMachineRole DC01 -Node node2"), encoding="utf-8")
    given = ("--seed", "7", "--solution", str(script), "--student", "Ann", "--report", str(report))
    code, out, _ = run(capsys, str(path), *given, "--diagnosis", str(drill.right))
    assert code == 0
    assert "Solved: 100 of 100 points." in out
    page = report.read_text(encoding="utf-8")
    assert "Ann, seed 7" in page
    assert "Solved: 100 of 100 points." in page
    code, out, _ = run(capsys, str(path), *given, "--diagnosis", str(drill.tempting[0]))
    assert code == 1
    assert "Not solved: the diagnosis is not right." in out


def test_a_script_without_a_diagnosis_only_looks_around(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "look.ps1"
    script.write_text("(Get-ClusterNode).Count", encoding="utf-8")
    code, out, _ = run(capsys, str(written(tmp_path, SMALL)), "--solution", str(script))
    assert code == 0
    assert out.strip() == "2"


def test_the_seed_comes_from_the_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, SMALL)
    school = written(tmp_path, 'format = 1\n[[students]]\nname = "Ann"\nseed = 41\n', "class")
    _, out, _ = run(capsys, str(path), "--class", str(school), "--student", "ann")
    assert load_drill(path, 41).story in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Enter the name of a drill. To list the drills, run fcm drill --list."),
        (("nothing",), "There is no drill 'nothing'. Choose one of "),
        (("cold-boot", "--seed", "8000"), "--seed is 8000; it must be 0 to 7999."),
        (("cold-boot", "--seed", "x"), "'x' is not a whole number."),
        (("cold-boot", "--diagnosis", "5"), "--diagnosis is 5; it must be 1 to 4."),
        (("cold-boot", "--hints", "2"), "--hints is 2; this drill has 1 hint."),
        (("cold-boot", "--report", "x.html"), "--report requires --diagnosis N."),
        (("cold-boot", "--class", "x.toml"), "--class requires --student NAME"),
        (
            ("cold-boot", "--class", "x.toml", "--student", "A", "--seed", "1"),
            "Use either --seed or --class, not both.",
        ),
        (("cold-boot", "--solution", "missing.ps1"), "missing.ps1 cannot be read: "),
        (("missing.toml",), "missing.toml: The file does not exist. Check the path."),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2
    assert said in err


def test_a_script_that_is_none_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "bad.ps1"
    script.write_text("if (", encoding="utf-8")
    code, out, err = run(capsys, "cold-boot", "--diagnosis", "1", "--solution", str(script))
    assert (code, out) == (2, "")
    assert "bad.ps1" in err
