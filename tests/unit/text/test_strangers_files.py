"""Files of every kind from a stranger: what they could make fcm run, read, write or send (docs/security.md)."""

from __future__ import annotations

import json
import socket
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fcm import resources
from fcm.backend.embedded.cluster_file.reading import load as load_cluster
from fcm.backend.toml_table import ClusterFileError
from fcm.cli.main import DONE, WRONG_USAGE, main
from fcm.logs.cluster_log import file_of
from fcm.logs.queries.query import QueryError
from fcm.migration.engine.catalogue import load_workload
from fcm.migration.fields import BadFileError
from fcm.migration.recordings.laboratory_form import MOST_WINDOWS, load_qemu_recording
from fcm.workspace.events.event_export import export_events
from fcm.workspace.events.event_log import EventLog
from fcm.workspace.events.saved_queries import read_query
from fcm.workspace.files import settings as st
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDING = Path("tests/data/recordings/idle-1GiB.1.json")
EVIL = '"><script>alert(1)</script><img src="//server/share/x.png">'


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


# Cluster files


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('memory = "32 GiB"', f'memory = "{"9" * 400} GiB"', "must be a size"),
        ('memory = "32 GiB"', 'memory = "999999999999999999 TiB"', "at most 1048576 TiB"),
        ('memory = "32 GiB"', 'memory = "٣٢ GiB"', "must be a size"),
        ('bandwidth = "1 Gbit/s"', f'bandwidth = "{"9" * 400} Gbit/s"', "must be a rate"),
        ('bandwidth = "1 Gbit/s"', 'bandwidth = "0.000000001 Mbit/s"', "at most"),
        ('name = "node1"', 'name = "../../node1"', "character"),
        ('name = "node1"', 'name = "a\\u001b[2J"', "character"),
    ],
)
def test_a_cluster_file_has_no_sizes_without_end_and_no_names_that_are_paths(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = resources.path("clusters", "contoso.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "cluster.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClusterFileError, match=words):
        load_cluster(path)


def test_the_file_of_a_nodes_log_is_never_a_path() -> None:
    assert file_of("node1") == "node1_cluster.log"
    for evil in ("../../x", "/etc/x", "C:\\x", "a\0b", "..", ""):
        assert not set(file_of(evil)) & set("/\\:\0")


# Recordings and workloads


def _changed(change: Callable[[dict[str, Any]], None]) -> str:
    found: dict[str, Any] = json.loads(RECORDING.read_text(encoding="utf-8"))
    change(found)
    return json.dumps(found)


@pytest.mark.parametrize(
    "text",
    [
        _changed(lambda e: e.update(total_ms=float("nan"))),
        _changed(lambda e: e["case"].update(bw=float("inf"))),
        _changed(lambda e: e["case"].update(bw=0)).replace('"bw": 0', '"bw": 1e999'),
        _changed(lambda e: e["case"].update(mem=10**12)),
        _changed(lambda e: e["case"].update(pattern=[[1, 2**45, 0]])),
        _changed(lambda e: e["case"].update(pattern=[[1, -5, -3]])),
        _changed(lambda e: e["case"].update(rate=1e18)),
        _changed(lambda e: e["case"].update(maxt=1e300)),
        _changed(lambda e: e.update(passes=[{}] * 100_001)),
    ],
)
def test_a_recording_with_values_that_no_run_has_is_refused_at_once(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    assert main(["predict", str(path)]) == WRONG_USAGE
    said = capsys.readouterr().err
    assert str(path) in said
    assert "Traceback" not in said


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1e400", "9" * 30, '"x"', "[1]", "true"])
@pytest.mark.parametrize("key", ["first_mib", "size_mib", "rate", "exponent"])
def test_a_workload_with_values_that_no_guest_has_is_refused(tmp_path: Path, key: str, value: str) -> None:
    values = {"first_mib": "0", "size_mib": "1", "rate": "1", "exponent": "1"} | {key: value}
    path = tmp_path / "w.toml"
    path.write_text('[[pattern]]\nkind = "zipf"\n' + "".join(f"{name} = {one}\n" for name, one in values.items()))
    with pytest.raises(BadFileError, match=r"w\.toml"):
        load_workload(path)


# Queries


BOMB = '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    "text",
    [
        f"{BOMB}]><QueryList><Query><Select Path='System'>&j;</Select></Query></QueryList>",
        '<!DOCTYPE q SYSTEM "http://127.0.0.1:1/x.dtd"><QueryList/>',
        '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><QueryList>&x;</QueryList>',
        "<QueryList>" * 50_000,
        "<QueryList><Query><Select Path='System'>" + "(" * 50_000 + "</Select></Query></QueryList>",
    ],
)
def test_a_query_expands_nothing_and_fetches_nothing(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a query opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    path = tmp_path / "q.xml"
    path.write_text(text)
    with pytest.raises(QueryError):
        read_query(path)


# Scripts


@pytest.mark.parametrize(
    "line",
    [
        "& '{program}'",
        "{program}",
        ". '{program}'",
        "Start-Process '{program}'",
        "Invoke-Expression '{program}'",
        "Invoke-Command {{ '{program}' }}",
        "[System.Diagnostics.Process]::Start('{program}')",
        "(New-Object System.Diagnostics.Process).Start('{program}')",
        "cmd /c '{program}'",
        "'{program}' | Invoke-Item",
        "Invoke-WebRequest 'http://127.0.0.1:1/'",
    ],
)
def test_a_script_starts_no_program_and_opens_no_connection(
    tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark, program, script = tmp_path / "ran", tmp_path / "x.sh", tmp_path / "s.ps1"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a script started a program")

    monkeypatch.setattr(subprocess.Popen, "__init__", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    script.write_text(line.format(program=program))
    assert main(["run", "--engine=built-in", str(script), "--fresh", "--speed", "max"]) != DONE or not mark.exists()
    assert not mark.exists()
    assert "a script started" not in capsys.readouterr().err


# Settings


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (st.GEOMETRY, "ü"),
        (st.LAYOUT, "\N{LATIN SMALL LETTER A}\n!"),
        (st.COLUMNS, {"nodes": 7}),
        (st.COLUMNS, {"nodes": "ü"}),
        (st.PANES, ["x", -1, 2]),
        (st.PANES, [1e300]),
        (st.FOLDED, [[1]]),
        (st.RECENT, {"embedded:contoso": "yesterday"}),
        (st.RECENT, {"embedded:contoso": 1e300}),
        (st.EVENT_QUERIES, {"a": 1}),
        (st.CONSOLE_HISTORY, [None]),
    ],
)
def test_settings_of_a_stranger_have_the_kinds_that_they_must_have_or_are_left_out(
    tmp_path: Path, setting: st.Setting[Any], value: object
) -> None:
    (tmp_path / st.FILE_NAME).write_text(json.dumps({setting.key: value}))
    assert st.Settings(tmp_path).get(setting) == setting.default


# Exports


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


def test_a_name_of_a_stranger_is_no_tag_in_an_exported_page(tmp_path: Path) -> None:
    log = EventLog()
    log.append([record(1, text=EVIL, nodes=("node1",), fact="X")])
    path = tmp_path / "e.html"
    export_events(log, [1], path, lambda done, total: True, title=EVIL)
    log.close()
    page = _Tags()
    page.feed(path.read_text(encoding="utf-8"))
    assert not page.found & {"script", "img", "a", "iframe", "link", "object"}


SHIPPED = resources.path("recordings", "uniform-10k.0.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda file: file["passes"].extend([file["passes"][-1]] * 80_000), "'passes': expected a list of at most 10"),
        (lambda file: file.update(window_bandwidth=[1e6] * 1_000_000), "'window_bandwidth'"),
        (lambda file: file["passes"].reverse(), "times in ascending order"),
        (lambda file: file.update(dirty_rate_mib_s=[["x", 1e-300, 1e6]]), "a time from 0.001 to 1,000,000 s"),
    ],
)
def test_a_recording_of_more_than_anybody_can_reckon_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = json.loads(SHIPPED.read_text(encoding="utf-8"))
    change(file)
    (tmp_path / "many.json").write_text(json.dumps(file), encoding="utf-8")
    assert main(["predict", str(tmp_path / "many.json")]) == 2
    assert words in capsys.readouterr().err


def test_the_rows_of_a_recording_have_a_limit_whatever_its_times_are(tmp_path: Path) -> None:
    file = json.loads(SHIPPED.read_text(encoding="utf-8"))
    file["window_bandwidth"] = []
    file["passes"] = [file["passes"][0], file["passes"][1] | {"t": 1e9}]
    (tmp_path / "long.json").write_text(json.dumps(file), encoding="utf-8")
    assert len(load_qemu_recording(tmp_path / "long.json")) <= MOST_WINDOWS + 3
