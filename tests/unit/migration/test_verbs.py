from __future__ import annotations

import json
from pathlib import Path

import pytest

from fcm.cli import main

DATA = Path(__file__).parents[2] / "data" / "recordings"
RECORDING = str(DATA / "preflight-two-class.0.json")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(words)
    except SystemExit as end:
        code = int(str(end.code))
    out, err = capsys.readouterr()
    return code, out, err


def test_predict_prints_forecast_and_measured_with_the_documented_keys(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "predict", RECORDING, "--json")
    result = json.loads(out)
    assert code == 0
    keys = {"status", "total_s", "downtime_s", "bytes", "passes", "rows"}
    assert keys <= set(result)
    assert keys == set(result["measured"])
    assert result["measured"]["total_s"] == 12.265


def test_predict_takes_a_bare_case_and_a_preset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(json.loads(Path(RECORDING).read_text())["case"]))
    code, out, _ = run(capsys, "predict", str(path), "--preset", "hyperv", "--json")
    assert code == 0
    assert "measured" not in json.loads(out)
    assert json.loads(out)["passes"] <= 10


def test_predict_with_another_bandwidth_takes_another_time(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "predict", RECORDING, "--bandwidth", "200000000", "--json")
    assert json.loads(out)["total_s"] < 7.0


def test_predict_draws_an_svg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plot.svg"
    code, _, _ = run(capsys, "predict", RECORDING, "--plot", str(path))
    assert code == 0
    assert path.read_text().startswith("<svg")
    assert "measured" in path.read_text()


def test_preflight_prints_intervals_remedies_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "preflight", RECORDING, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["verdict"] == "converges"
    assert set(result["total_s"]) == {"value", "low", "high"}
    assert result["sentence"].startswith("It ends by itself")


def test_validate_reports_every_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(Path(RECORDING).read_text())
    code, out, _ = run(capsys, "validate", str(tmp_path), "--achieved", "--json")
    result = json.loads(out)
    assert code == 0
    assert {"engine", "geometric", "page Monte Carlo"} <= set(result["groups"]["all"])
    assert result["cases"][0]["errors"]["engine"]["total_pct"] == pytest.approx(0, abs=2)


def test_validate_tells_how_often_the_running_forecast_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(Path(RECORDING).read_text())
    _, out, _ = run(capsys, "validate", str(tmp_path), "--json")
    forecast = json.loads(out)["forecast"]
    parts = [forecast["before_first_reading"], forecast["after_first_reading"]]
    assert forecast["recordings"] == 1
    assert forecast["instants"] == sum(part["instants"] for part in parts) > 40
    for kind in ("eta", "blackout"):
        assert sum(forecast[kind].values()) == pytest.approx(1.0, abs=1e-3)
        assert forecast["cases"][0][kind] == forecast[kind]


def test_validate_prints_targets_and_the_forecast_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(Path(RECORDING).read_text())
    code, out, _ = run(capsys, "validate", str(tmp_path), "--achieved")
    assert code == 0
    assert "### running forecast" in out
    assert "| all | total time, 90th percentile of the error | at most 2 % |" in out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("nonsense", "line 1: This is not JSON"),
        ("[1]", "expected a JSON object"),
        ("{}", "field 'case'"),
        ('{"case": {"mem": "big"}}', "field 'case.mem': expected a number of MiB"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    code, _, err = run(capsys, "predict", str(path))
    assert code == 2
    assert words in err
    assert str(path) in err
    assert "Traceback" not in err


def test_preflight_without_samples_names_the_field(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "preflight", str(DATA / "uniform-10k.1.json"))
    assert code == 2
    assert "dirty_rate_mib_s" in err


@pytest.mark.parametrize(
    "words",
    [
        ("predict", "no-such-file.json"),
        ("predict", RECORDING, "--bandwidth", "-1"),
        ("predict", RECORDING, "--preset", "bhyve"),
        ("predict", RECORDING, "--plot", "picture.gif"),
        ("validate", "no-such-folder"),
    ],
)
def test_wrong_usage_ends_with_exit_code_2(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, _, err = run(capsys, *words)
    assert code == 2
    assert "expected" in err or "invalid choice" in err or "no such file" in err
