"""Incident files of strangers: they open as a replay, or are refused with a sentence; nothing else happens."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcm.app import open_workspace
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.workspace.incident import reading
from fcm.workspace.incident.form import EVENTS, MANIFEST, STATE, TELEMETRY
from fcm.workspace.incident.incident import made_from
from fcm.workspace.incident.reading import IncidentFileError, unpacked
from fcm.workspace.incident.writing import contents, write
from tests.unit.replay.lived import URI, lived
from tests.unit.replay.test_replay import of, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """What is in an incident file of contoso."""
    lived().close()
    return dict(contents(made_from(URI, None)))


def packed(tmp_path: Path, files: dict[str, str]) -> Path:
    path = tmp_path / "of a stranger.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return path


def test_an_incident_opens_as_a_replay_with_its_curves_and_its_end(tmp_path: Path) -> None:
    lived().close()
    found = made_from(URI, None)
    write(found, tmp_path / "incident.zip")
    opened = open_workspace(f"replay:{tmp_path / 'incident.zip'}")
    assert opened.simulated
    assert opened.state == found.excerpt.end
    assert of(opened).past.title == "incident.zip"
    past = of(opened).past
    of(opened).go_to_event(past.first)
    until(opened, lambda: opened.state.sequence == past.first)
    assert opened.state == found.excerpt.begin
    of(opened).go_to_event(past.last)
    until(opened, lambda: opened.state.sequence == past.last)
    assert [len(opened.rows(one)) for one in opened.state.migrations] == [
        len(rows) for rows in found.excerpt.telemetry.values()
    ]
    assert not opened.submit(cmd.PauseNode("node-1")).wait()
    opened.close()


def test_an_incident_of_an_incident_can_be_made(tmp_path: Path) -> None:
    lived().close()
    write(made_from(URI, None), tmp_path / "first.zip")
    again = made_from(str(tmp_path / "first.zip"), None)
    assert list(again.excerpt.end.nodes) == ["node-1", "node-2", "node-3"]


def test_only_the_last_hours_are_in_it_where_that_is_asked_for() -> None:
    lived().close()
    whole, part = made_from(URI, None), made_from(URI, 0.1)
    assert 0 < len(part.excerpt.entries) < len(whole.excerpt.entries)
    assert part.excerpt.end == whole.excerpt.end
    assert part.excerpt.begin.time >= whole.excerpt.end.time - 0.1 * 3600 - 1000


def test_the_command_line_writes_previews_and_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived().close()
    file = tmp_path / "x.zip"
    assert main(["incident", str(file), "--cluster", "contoso", "--preview"]) == 0
    assert "node-1" in capsys.readouterr().out
    assert not file.exists()
    assert main(["incident", str(file), "--cluster", "contoso", "--hours", "0"]) == 0
    assert "Look at it before you send it" in capsys.readouterr().out
    assert main(["show", f"replay:{file}"]) == 0
    assert "VM-001" in capsys.readouterr().out
    assert main(["incident", str(tmp_path / "x.txt"), "--cluster", "contoso"]) == 2
    assert main(["incident", str(file), "--cluster", "contoso", "--hours", "-1"]) == 2
    assert main(["incident", str(file), "--cluster", "nowhere"]) == 2
    assert main(["incident", str(tmp_path / "none" / "x.zip"), "--cluster", "contoso"]) == 1
    assert "cannot be written" in capsys.readouterr().err


DAMAGES: dict[str, Callable[[dict[str, str]], object]] = {
    "no manifest": lambda files: files.pop(MANIFEST),
    "no events": lambda files: files.pop(EVENTS),
    "a newer form": lambda files: files.update({MANIFEST: json.dumps({"format": 99})}),
    "a form without number": lambda files: files.update({MANIFEST: json.dumps({"format": "1"})}),
    "a manifest that is a list": lambda files: files.update({MANIFEST: "[]"}),
    "no json": lambda files: files.update({STATE: "nonsense"}),
    "an empty state": lambda files: files.update({STATE: ""}),
    "a state without cluster": lambda files: files.update({STATE: '["point",1,2.0]\n'}),
    "a state without time": lambda files: files.update({STATE: '["point",1,1e300]\n'}),
    "an unknown part": lambda files: files.update({STATE: files[STATE] + '["spirits","x",{}]\n'}),
    "a part with a wrong field": lambda files: files.update({STATE: files[STATE] + '["nodes","x",{"name":1}]\n'}),
    "an unknown event": lambda files: files.update({EVENTS: '[2,1000.0,"Exploded","{}"]\n'}),
    "an event that is none": lambda files: files.update({EVENTS: '[2,1000.0,"CommandRefused","{}"]\n'}),
    "events with a gap": lambda files: files.update({EVENTS: "".join(files[EVENTS].splitlines(True)[2:])}),
    "an event without number": lambda files: files.update({EVENTS: '["x",1000.0,"NodeEvicted","{}"]\n'}),
    "telemetry of nothing": lambda files: files.update({TELEMETRY: '["nothing",[]]\n'}),
    "telemetry without figures": lambda files: files.update({TELEMETRY: '["migration-1",[[1,2]]]\n'}),
    "deep nesting": lambda files: files.update({TELEMETRY: "[" * 100_000 + "\n"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    tmp_path: Path, good: dict[str, str], damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    DAMAGES[damage](good)
    path = packed(tmp_path, good)
    assert main(["show", f"replay:{path}"]) == 2
    said = capsys.readouterr().err
    assert str(path) in said
    assert "Traceback" not in said
    assert not [one for one in tmp_path.iterdir() if one.name not in ("data", path.name, "home")]


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    for content in (b"", b"no zip", b"PK\x03\x04" + bytes(100)):
        path.write_bytes(content)
        with pytest.raises(IncidentFileError, match="not a whole zip"):
            unpacked(path, tmp_path / "journal")
    with pytest.raises(IncidentFileError):
        unpacked(tmp_path / "none.zip", tmp_path / "journal")


def test_names_that_lead_elsewhere_are_never_written(tmp_path: Path, good: dict[str, str]) -> None:
    good |= {"../../escaped.txt": "x", "/etc/escaped.txt": "x", "C:\\escaped.txt": "x"}
    path = packed(tmp_path, good)
    opened = open_workspace(f"replay:{path}")
    folder = opened.journal_file.parent if opened.journal_file else tmp_path
    assert not list(tmp_path.rglob("*escaped*"))
    assert not list(folder.rglob("*escaped*"))
    opened.close()


def test_a_bomb_is_refused_before_it_takes_memory(
    tmp_path: Path, good: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good[EVENTS] = "0" * 50_000_000
    path = packed(tmp_path, good)
    assert path.stat().st_size < 2_000_000
    monkeypatch.setitem(reading.LARGEST, EVENTS, 10_000_000)
    with pytest.raises(IncidentFileError, match="larger than"):
        unpacked(path, tmp_path / "journal")
    monkeypatch.setitem(reading.LARGEST, EVENTS, 100_000_000)
    monkeypatch.setattr(reading, "LARGEST_LINE", 1_000_000)
    with pytest.raises(IncidentFileError, match="too large"):
        unpacked(path, tmp_path / "journal2")
    good[EVENTS] = "1"
    many = packed(tmp_path, {**good, **{f"f{number}": "" for number in range(reading.MOST_MEMBERS)}})
    with pytest.raises(IncidentFileError, match="more than"):
        unpacked(many, tmp_path / "journal3")
    monkeypatch.setattr(reading, "LARGEST_FILE", 1000)
    with pytest.raises(IncidentFileError, match="larger than"):
        unpacked(path, tmp_path / "journal4")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_byte_does_more_than_refuse_or_open(tmp_path: Path, data: st.DataObject) -> None:
    source = tmp_path / "whole.zip"
    if not source.exists():
        lived().close()
        write(made_from(URI, 0.05), source)
    whole = bytearray(source.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path, journal = tmp_path / "changed.zip", tmp_path / "changed.journal"
    path.write_bytes(whole)
    for one in tmp_path.glob("changed.journal*"):
        one.unlink()
    said = ""
    try:
        unpacked(path, journal)
    except IncidentFileError as error:
        said = str(error)
    assert said == "" or said.startswith(str(path))
