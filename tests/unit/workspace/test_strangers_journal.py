"""A journal from somebody else: it is data, whatever else stands in the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import events as ev
from fcm.workspace.events.event_log_file import connected
from fcm.workspace.files.journal import DamagedJournalError, Journal, JournalError
from fcm.workspace.files.sqlite_file import LONGEST_VALUE

if TYPE_CHECKING:
    from pathlib import Path

URI = "embedded:contoso"
DEEP = "[" * 100_000


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
    with pytest.raises(JournalError, match=f"not a journal of fcm: it holds a {what}, which fcm does not make"):
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


@pytest.mark.parametrize("rows", [DEEP, "[1]", "[[1,2]]", "{", '[["x",1,1,1,1,1,"brownout",1,1]]'])
def test_telemetry_that_is_none_is_damage(path: Path, rows: str) -> None:
    edit(path, f"INSERT INTO telemetry (migration, rows) VALUES ('m1', '{rows}')")
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError, match="migration m1"):
        journal.telemetry(["m1"])


@pytest.mark.parametrize("form", ["9" * 5000, "-1", "x", ""])
def test_a_form_that_is_no_number_is_no_journal(path: Path, form: str) -> None:
    edit(path, f"UPDATE meta SET value = '{form}' WHERE key = 'format'")
    with pytest.raises(JournalError, match="not a journal of fcm"):
        Journal.open(path, URI)
