"""A journal from somebody else: it is data, whatever else stands in the file."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import events as ev
from fcm.workspace.events.event_log_file import connected
from fcm.workspace.files.journal import DamagedJournalError, Journal, JournalError
from fcm.workspace.files.salvaging import salvage, uri_of_journal
from fcm.workspace.files.sqlite_file import LONGEST_VALUE

if TYPE_CHECKING:
    from pathlib import Path

URI = "embedded:contoso"
DEEP = "[" * 100_000
ENDLESS = [f'[[1,1,{figure},1,1,1,"brownout",1,1]]' for figure in ("Infinity", "NaN", "1e300", "9" * 400)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "c.journal"
    with closing(Journal.open(made, URI)) as journal:
        journal.append([ev.Entry(1, 10.0, load(resources.path("clusters", "contoso.toml")))])
    return made


def edit(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END", "trigger"),
        ("CREATE VIEW v AS SELECT * FROM events", "view"),
        ("CREATE VIRTUAL TABLE f USING fts5(x)", "virtual table"),
    ],
)
def test_a_journal_with_parts_that_act_is_refused(path: Path, statement: str, what: str) -> None:
    edit(path, statement)
    with pytest.raises(JournalError, match=f"not a journal of fcm: it holds a {what}, which fcm does not create"):
        Journal.open(path, URI)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)


def test_an_event_log_with_parts_that_act_is_made_anew(tmp_path: Path) -> None:
    connected(tmp_path / "c.events").close()
    edit(tmp_path / "c.events", "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM sources; END")
    with closing(connected(tmp_path / "c.events")) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("NodeChanged", DEEP),
        ("NodeChanged", "{"),
        ("NodeChanged", '{"node": "__import__"}'),
        ("NodeChanged", '{"node": {"__class__": "os.system", "args": ["id"]}}'),
        ("os.system", '"id"'),
        ("ClusterFormed", "9" * 5000),
    ],
)
def test_an_event_that_is_none_is_damage_and_nothing_is_made_of_it(path: Path, kind: str, data: str) -> None:
    edit(path, f"INSERT INTO events VALUES (2, 11.0, '{kind}', '{data}')")
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError):
        list(journal.entries())


def test_a_value_without_end_is_damage(path: Path) -> None:
    edit(path, f"INSERT INTO events VALUES (2, 11.0, 'NodeChanged', zeroblob({LONGEST_VALUE + 1}))")
    with pytest.raises(JournalError), closing(Journal.open(path, URI)) as journal:
        list(journal.entries())


@pytest.mark.parametrize("rows", [DEEP, "[1]", "[[1,2]]", "{", '[["x",1,1,1,1,1,"brownout",1,1]]', *ENDLESS])
def test_telemetry_that_is_none_is_damage(path: Path, rows: str) -> None:
    edit(path, f"INSERT INTO telemetry (migration, rows) VALUES ('m1', '{rows}')")
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError, match="migration m1"):
        journal.telemetry(["m1"])


@pytest.mark.parametrize("form", ["9" * 5000, "-1", "x", ""])
def test_a_form_that_is_no_number_is_no_journal(path: Path, form: str) -> None:
    edit(path, f"UPDATE meta SET value = '{form}' WHERE key = 'format'")
    with pytest.raises(JournalError, match="not a journal of fcm"):
        Journal.open(path, URI)


@pytest.mark.parametrize("time", ["'x'", "9e999", "-1e15", "1e15", "x'00'"])
def test_an_event_without_a_time_of_this_world_is_damage(path: Path, time: str) -> None:
    edit(path, f"UPDATE events SET time = {time}")
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError, match="event 1 has no time"):
        list(journal.entries())


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "9" * 30, "1e999"])
def test_an_event_with_a_figure_without_end_is_damage(path: Path, figure: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (data,) = connection.execute("SELECT data FROM events").fetchone()
        changed = re.sub(r'"memory":\d+', f'"memory":{figure}', data, count=1)
        connection.execute("UPDATE events SET data = ?", (changed,))
        connection.commit()
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError) as caught:
        journal.replay()
    assert len(str(caught.value)) < 600


def test_events_that_do_not_follow_from_those_before_them_are_damage(path: Path) -> None:
    edit(path, "UPDATE events SET type = 'NodeStateChanged', data = '{}'")
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError) as caught:
        journal.replay()
    for word in ("NoneType", "KeyError", "object has no"):
        assert word not in str(caught.value)


def test_other_columns_and_kinds_of_values_are_no_trouble(path: Path) -> None:
    edit(path, "ALTER TABLE events ADD COLUMN more", "DROP TABLE meta", "CREATE TABLE meta(key, value)")
    edit(path, f"INSERT INTO meta VALUES ('format', 1), ('uri', '{URI}'), (x'00', 2.5)")
    with closing(Journal.open(path, URI)) as journal:
        assert journal.replay()[0].sequence == 1


def test_looking_whose_journal_a_file_is_runs_nothing_of_it_and_waits_for_nobody(path: Path, tmp_path: Path) -> None:
    assert uri_of_journal(path) == URI
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS key, x AS value FROM c"
    edit(path, "DROP TABLE meta", f"CREATE VIEW meta AS {endless}")
    assert uri_of_journal(path) is None
    os.mkfifo(tmp_path / "pipe.journal")
    assert uri_of_journal(tmp_path / "pipe.journal") is None


def test_half_of_a_character_in_an_event_is_damage_and_is_salvaged_up_to_there(path: Path) -> None:
    edit(path, "INSERT INTO events VALUES (2, 11.0, 'NodeChanged', '{\"node\": \"\\ud800\"}')")
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError):
        journal.replay()
    assert salvage(path, URI) == 1


def test_a_salvage_that_is_broken_off_leaves_a_journal_under_its_own_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        salvage(path, URI)
    monkeypatch.undo()
    assert path.with_suffix(".damaged-1").exists()
    with closing(Journal.open(path, URI)) as journal:
        assert journal.replay()[0].sequence == 1
