from __future__ import annotations

import json
from pathlib import Path

import pytest

from fcm.cli.main import main

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
    path.write_text(json.dumps(json.loads(Path(RECORDING).read_text(encoding="utf-8"))["case"]))
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
    assert result["sentence"].startswith("Expected to finish")


def test_validate_reports_every_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(Path(RECORDING).read_text(encoding="utf-8"))
    code, out, _ = run(capsys, "validate", str(tmp_path), "--achieved", "--json")
    result = json.loads(out)
    assert code == 0
    assert {"engine", "geometric", "page Monte Carlo"} <= set(result["groups"]["all"])
    assert result["cases"][0]["errors"]["engine"]["total_pct"] == pytest.approx(0, abs=2)


def test_validate_tells_how_often_the_running_forecast_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(Path(RECORDING).read_text(encoding="utf-8"))
    _, out, _ = run(capsys, "validate", str(tmp_path), "--json")
    forecast = json.loads(out)["forecast"]
    parts = [forecast["before_first_reading"], forecast["after_first_reading"]]
    assert forecast["recordings"] == 1
    assert forecast["instants"] == sum(part["instants"] for part in parts) > 40
    for kind in ("eta", "blackout"):
        assert sum(forecast[kind].values()) == pytest.approx(1.0, abs=1e-3)
        assert forecast["cases"][0][kind] == forecast[kind]


def test_validate_prints_targets_and_the_forecast_as_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(Path(RECORDING).read_text(encoding="utf-8"))
    code, out, _ = run(capsys, "validate", str(tmp_path), "--achieved")
    assert code == 0
    assert "### running forecast" in out
    assert "| all | total time error, 90th percentile | at most 2 % |" in out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("nonsense", "line 1: The file is not valid JSON"),
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
    assert "expected" in err or "Choose one of" in err or "does not exist" in err


IDLE = [["page-sampling", t, 0] for t in (1, 2, 4, 8)]


def preflight(tmp_path: Path, capsys: pytest.CaptureFixture[str], plan: dict[str, object], *words: str) -> str:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    code, out, err = run(capsys, "preflight", str(path), *words)
    assert (code, err) == (0, "")
    return out


def test_an_idle_guest_of_a_terabyte_ends_over_any_line_and_the_faster_one_is_sooner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    totals = []
    for bandwidth in (1.25e9, 12.5e9):
        plan = {"mem": 1 << 20, "bw": bandwidth, "dl": 300, "dirty_rate_mib_s": IDLE}
        judged = json.loads(preflight(tmp_path, capsys, plan, "--json"))
        assert judged["verdict"] == "converges"
        totals.append(judged["total_s"]["value"])
    assert totals == pytest.approx([881.3, 88.1], abs=0.5)


def test_preflight_prints_what_it_reckons_with_and_takes_a_preset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan: dict[str, object] = {"mem": 522240, "bw": 12.5e9, "dirty_rate_mib_s": IDLE}
    said = preflight(tmp_path, capsys, plan, "--preset", "vmware")
    assert said.startswith("Expected to finish in about 44 s")
    assert "100 Gbit/s (given)" in said
    assert "500 ms (the default of VMware vMotion)" in said
    assert "a last copy at the same bandwidth (assumed)" in said
    slow_end = preflight(tmp_path, capsys, plan | {"line": 1.25e9}, "--json")
    assert "a last copy at up to 10 Gbit/s (given)" in json.loads(slow_end)["assumptions"]


def test_a_migration_that_is_slow_is_not_called_endless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "case.json"
    case = {"mem": 1 << 20, "pattern": [[1.0, 0, 10000]], "rate": 0, "burst": None, "bw": 1e6, "dl": 300}
    path.write_text(json.dumps(case))
    _, out, _ = run(capsys, "predict", str(path))
    assert "expected to finish in about 12.8 days, after the time limit of 3600 s" in out
    assert "a guest that writes nothing" in out
    _, out, _ = run(capsys, "predict", str(path), "--json")
    assert json.loads(out)["status"] == "past-the-limit"
    assert json.loads(out)["would_end_s"] == pytest.approx(12.75 * 86400, rel=0.01)
    path.write_text(json.dumps(case | {"rate": 10_000}))
    _, out, _ = run(capsys, "predict", str(path))
    assert "does not converge" in out


def test_a_guest_on_its_own_writes_as_fast_as_its_case_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The laboratory's guest reaches 27,000 writes/s, and its hosts 1.2 GB/s."""
    path = tmp_path / "case.json"
    pages = 60_000
    case = {"mem": 65536, "pattern": [[1.0, 0, pages]], "rate": 500_000, "bw": 12.5e9, "dl": 300}
    path.write_text(json.dumps(case))
    _, out, _ = run(capsys, "predict", str(path), "--json")
    result = json.loads(out)
    assert result["total_s"] == pytest.approx(5.5, abs=0.5)
    assert result["rows"][1]["pages"] > 0.9 * pages


def test_a_limit_of_ages_is_answered_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "case.json"
    case = {"mem": 4096, "pattern": [[1.0, 0, 800_000]], "rate": 90_000, "bw": 1e7, "dl": 300, "maxt": 1e11}
    path.write_text(json.dumps(case))
    _, out, _ = run(capsys, "predict", str(path), "--json")
    result = json.loads(out)
    assert result["status"] == "did-not-converge"
    assert result["bytes"] == pytest.approx(1e18, rel=0.1)


def test_preflight_of_a_laboratory_recording_says_that_its_last_copy_is_the_laboratorys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(capsys, "preflight", RECORDING)
    assert "9.6 Gbit/s (measured in the laboratory of this recording)" in out
