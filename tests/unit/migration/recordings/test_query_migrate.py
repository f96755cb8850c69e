"""QEMU's answers to query-migrate, in the forms in which people have them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fcm.cli.main import main
from fcm.migration.engine.specification import MigrationSpec
from fcm.migration.engine.workload import Uniform, Workload
from fcm.migration.fields import BadFileError
from fcm.migration.judging.prediction import COMPLETED, predict
from fcm.migration.recordings.reading import read_recording
from fcm.ui.migration.recordings.recorded import load

if TYPE_CHECKING:
    from pathlib import Path

GIB, MIB = 1 << 30, 1 << 20
EPOCH = 1_795_000_000.0
SPEC = MigrationSpec(Workload((Uniform(65536, 65536, 8_000.0),)), GIB, bandwidth=100.0 * MIB)
RUN = predict(SPEC, curve=True)


def answers(every: int = 3, left_out: tuple[str, ...] = (), finished: bool = True) -> list[dict[str, Any]]:
    """What QEMU would have said of a run of the engine, polled each 0.3 s."""
    out = []
    for row in RUN.curve[:-1:every]:
        ram = {
            "total": GIB,
            "remaining": row.remaining,
            "transferred": row.sent,
            "dirty-sync-count": row.pass_number,
            "dirty-pages-rate": round(row.dirty_rate),
            "page-size": 4096,
            "mbps": row.rate * 8 / 1e6,
            "duplicate": 0,
            "skipped": 0,
        }
        out.append({"status": "active", "total-time": round(row.time * 1000), "setup-time": 8, "ram": ram})
    if finished:
        assert RUN.downtime is not None
        ram = {"total": GIB, "remaining": 0, "transferred": RUN.bytes, "dirty-sync-count": RUN.passes + 1}
        out.append(
            {
                "status": "completed",
                "total-time": round(RUN.total * 1000),
                "downtime": round(RUN.downtime * 1000),
                "ram": ram | {"page-size": 4096},
            }
        )
    for one in out:
        for name in left_out:
            one.pop(name, None)
            one["ram"].pop(name, None)
    return out


def stamp(k: int) -> dict[str, int]:
    return {"seconds": int(EPOCH) + (k * 3) // 10, "microseconds": (k * 300_000) % 1_000_000}


def in_lines(found: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(one) for one in found)


def as_qmp_log(found: list[dict[str, Any]]) -> str:
    greeting = json.dumps(
        {"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}
    )
    lines = [greeting, '{"execute":"qmp_capabilities"}', '{"return": {}}']
    for k, one in enumerate(found):
        lines.append('{"execute":"query-migrate"}')
        lines.append(json.dumps({"timestamp": stamp(k), "return": one}))
    lines.append(json.dumps({"timestamp": stamp(len(found)), "event": "MIGRATION", "data": {"status": "completed"}}))
    return "\n".join(lines)


def as_virsh_says_it(found: list[dict[str, Any]]) -> str:
    """A loop of date and virsh qemu-monitor-command --pretty."""
    parts = []
    for k, one in enumerate(found):
        second = k * 0.3
        parts.append(f"2026-11-29 10:{int(second // 60):02d}:{second % 60:06.3f}+00:00")
        parts.append(json.dumps({"return": one, "id": f"libvirt-{k}"}, indent=2))
    return "\n".join(parts)


def as_pairs(found: list[dict[str, Any]]) -> str:
    return json.dumps([[EPOCH + 0.3 * k, one] for k, one in enumerate(found)])


FORMS = {
    "array": lambda found: json.dumps(found, indent=1),
    "lines": in_lines,
    "qmp": as_qmp_log,
    "virsh": as_virsh_says_it,
    "pairs": as_pairs,
}


@pytest.mark.parametrize("form", list(FORMS))
def test_answers_in_any_form_make_the_same_recording(tmp_path: Path, form: str) -> None:
    path = tmp_path / "poll.jsonl"
    path.write_text(FORMS[form](answers()))
    recording = read_recording(path)
    assert recording.memory == GIB
    assert recording.outcome == "completed"
    assert recording.final is not None
    assert recording.final.total == pytest.approx(RUN.total, abs=0.001)
    assert recording.final.passes == RUN.passes
    assert len(recording) == len(answers())
    assert recording.pass_number.max() >= 3


@pytest.mark.parametrize("form", ["qmp", "virsh", "pairs"])
def test_an_old_qemu_that_leaves_fields_out_is_read_by_the_time_stamps_and_it_is_said(
    tmp_path: Path, form: str
) -> None:
    path = tmp_path / "poll.qmp"
    old = answers(left_out=("total-time", "dirty-sync-count", "dirty-pages-rate", "mbps", "page-size"))
    path.write_text(FORMS[form](old))
    recording = read_recording(path)
    assert recording.time[-1] == pytest.approx(0.3 * (len(old) - 1), abs=0.01)
    assert recording.pass_number.max() >= 3
    assert recording.facts is not None
    for word in ("total-time is missing", "dirty-sync-count is missing", "dirty-pages-rate is missing", "300 ms"):
        assert word in recording.facts.notes


def test_predict_retells_the_run_and_says_what_was_assumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "poll.json"
    path.write_text(json.dumps(answers()))
    assert main(("predict", str(path), "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == COMPLETED
    assert said["total_s"] == pytest.approx(RUN.total, rel=0.05)
    assert said["measured"]["passes"] == RUN.passes
    assert "the bandwidth limit is missing, so the achieved bandwidth is used" in said["basis"]
    assert main(("predict", str(path))) == 0
    assert "answers of QEMU's query-migrate" in capsys.readouterr().out


def test_limits_are_taken_where_the_log_has_the_parameters(tmp_path: Path) -> None:
    path = tmp_path / "poll.qmp"
    parameters = {"return": {"max-bandwidth": 104857600, "downtime-limit": 300, "multifd-channels": 2}}
    capabilities = {
        "return": [{"capability": "auto-converge", "state": True}, {"capability": "zero-blocks", "state": True}]
    }
    path.write_text("\n".join([json.dumps(parameters), json.dumps(capabilities), as_qmp_log(answers())]))
    recording = read_recording(path)
    assert recording.facts is not None
    assert recording.facts.bandwidth == 104857600
    assert recording.facts.downtime_limit == 0.3
    assert [one.value for one in recording.facts.capabilities] == ["auto-converge"]
    assert "assumed" not in recording.facts.notes


def test_validate_compares_them_and_the_window_opens_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "poll.jsonl").write_text(in_lines(answers()))
    assert main(("validate", str(tmp_path), "--json")) == 0
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    assert case["group"] == "kept, measured, fitted workload"
    assert "query-migrate" in case["basis"]
    shown = load(tmp_path / "poll.jsonl")
    assert shown.predictions
    assert "a migration of 1" in shown.sentence
    assert "query-migrate" in shown.sentence


def test_a_migration_that_was_still_running_is_shown_as_far_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "poll.jsonl"
    path.write_text(in_lines(answers(finished=False)))
    recording = read_recording(path)
    assert recording.final is None
    assert recording.facts is not None
    assert "its result is unknown" in recording.facts.notes


def test_the_last_of_several_migrations_is_taken_and_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "poll.jsonl"
    path.write_text(in_lines([*answers(), {"status": "setup"}, *answers(every=5)]))
    recording = read_recording(path)
    assert len(recording) == len(answers(every=5))
    assert recording.facts is not None
    assert "2 migrations" in recording.facts.notes


def test_an_answer_that_breaks_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "poll.jsonl"
    text = in_lines(answers(finished=False))
    path.write_text(text[:-40])
    recording = read_recording(path)
    assert len(recording) == len(answers(finished=False)) - 1
    assert recording.facts is not None
    assert "the incomplete value" in recording.facts.notes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"total-time": "NaN"}, "total-time"),
        ({"ram": {"remaining": -5}}, "ram.remaining"),
        ({"ram": {"remaining": 1e300}}, "ram.remaining"),
        ({"ram": {"total": {"a": 1}}}, "ram.total"),
        ({"ram": {"mbps": "fast"}}, "ram.mbps"),
        ({"ram": {"page-size": 0}}, "ram.page-size"),
        ({"cpu-throttle-percentage": 1000}, "cpu-throttle-percentage"),
    ],
)
def test_a_hostile_answer_is_refused_with_the_field(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    found = answers()
    for name, value in change.items():
        if isinstance(value, dict):
            found[2][name] = found[2][name] | value
        else:
            found[2][name] = value
    path = tmp_path / "poll.json"
    path.write_text(json.dumps(found))
    with pytest.raises(BadFileError) as error:
        read_recording(path)
    assert words in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"status": "active", "total-time": NaN, "ram": {"remaining": 1, "total": 2, "transferred": 3}}',
        '{"status": "none"}',
        '[{"status": "active", "ram": {"remaining": 1, "total": 2, "transferred": 3}}]',
        "[" * 5000,
        '{"a":' * 100_000,
        "{ " * 100_000,
        "[[[[1,2],3],4],5]",
        "[]",
        "",
    ],
)
def test_what_makes_no_recording_is_a_sentence(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "poll.json"
    path.write_text(text)
    assert main(("predict", str(path))) == 2
    said = capsys.readouterr().err
    assert str(path) in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Job type:         Unbounded\nTime elapsed:     12345        ms\nData remaining:   5 MiB\n",
            "virsh domjobinfo",
        ),
        ("capabilities: xbzrle: off\nMigration status: active\ntotal time: 12 milliseconds\n", "info migrate"),
        ("debug> {'blocked': False, 'ram': {'total': 5}, 'status': 'active'}\n", "with single quotes"),
        ("INFO Migration running for 30 secs, memory 96% remaining\n", "the log of a program"),
    ],
)
def test_what_people_keep_of_a_migration_in_another_form_is_told_from_a_broken_file(
    tmp_path: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "posted.txt"
    path.write_text(text)
    assert main(("predict", str(path))) == 2
    said = capsys.readouterr().err
    assert "answers of QEMU to query-migrate in JSON" in said
    assert words in said


def test_a_text_that_breaks_off_again_and_again_is_not_read_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "poll.json"
    path.write_text("[" * 900 + "1," * 400_000 + "x")
    read = 0
    decode = json.JSONDecoder.raw_decode

    def counted(self: json.JSONDecoder, text: str, idx: int = 0) -> tuple[Any, int]:
        nonlocal read
        read += 1
        return decode(self, text, idx)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json.JSONDecoder, "raw_decode", counted)
        with pytest.raises(BadFileError):
            read_recording(path)
    assert read < 10


def test_answers_that_a_mail_quotes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mail.txt"
    pretty = "\n".join(json.dumps(one, indent=2) for one in answers())
    path.write_text("> > " + pretty.replace("\n", "\n> > ") + "\n")
    assert len(read_recording(path)) == len(answers())


def test_a_migration_of_which_the_end_was_not_seen_is_not_called_endless(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(answers(finished=False)[0]))
    assert main(("predict", str(path))) == 1
    said = capsys.readouterr().out
    assert "measured: incomplete recording" in said
    assert "1 answer of" in said
