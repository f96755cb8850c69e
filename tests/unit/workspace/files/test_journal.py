from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fcm import resources
from fcm.backend.base import SinkError
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import events as ev
from fcm.model.state import State, apply
from fcm.model.telemetry import Phase, TelemetryRow
from fcm.workspace.files.journal import DamagedJournalError, Journal, JournalError
from fcm.workspace.files.salvaging import salvage

URI = "embedded:contoso"


def history(count: int = 20) -> list[ev.Entry]:
    """A formation and changes of a node's note, so that every entry can be told from the next."""
    formed = load(resources.path("clusters", "contoso.toml"))
    entries = [ev.Entry(1, 10.0, formed)]
    for number in range(2, count + 1):
        node = replace(formed.nodes[0], note=f"note {number}")
        entries.append(ev.Entry(number, 10.0 + number, ev.NodeChanged(node)))
    return entries


def row(number: int) -> ev.Entry:
    progress = TelemetryRow(number / 10, 1, 1000 - number, number, 12.5, 99.0, Phase.BROWNOUT, 20)
    return ev.Entry(0, 5.0, ev.MigrationProgressed("m1", progress))


def kept(path: Path, count: int = 20) -> list[ev.Entry]:
    entries = history(count)
    with closing(Journal.open(path, URI)) as journal:
        journal.append(entries)
    return entries


def states(entries: list[ev.Entry]) -> State:
    state = State()
    for entry in entries:
        state, _ = apply(state, entry)
    return state


def edit(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_what_was_appended_is_read_again_and_gives_the_same_state(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "c.journal"
    entries = kept(path)
    with closing(Journal.open(path, URI)) as journal:
        state, read = journal.replay()
    assert read == entries
    assert state == states(entries)


def test_telemetry_is_kept_by_migration_and_is_no_part_of_the_events(tmp_path: Path) -> None:
    with closing(Journal.open(tmp_path / "c", URI)) as journal:
        journal.append([*history(1), row(1), row(2)])
        journal.append([row(3)])
        assert len(journal.replay()[1]) == 1
        found = journal.telemetry(["m1", "m2"])
    assert [item.sent for item in found["m1"]] == [1, 2, 3]
    assert found["m1"][0].throttle == 20
    assert "m2" not in found


def test_the_same_sequence_twice_is_refused_and_nothing_of_the_batch_is_written(tmp_path: Path) -> None:
    with closing(Journal.open(tmp_path / "c", URI)) as journal:
        entries = history(3)
        journal.append(entries[:2])
        with pytest.raises(SinkError):
            journal.append([entries[2], entries[1]])
        assert len(list(journal.entries())) == 2
        journal.append(entries[2:])
        assert len(list(journal.entries())) == 3


def test_an_open_journal_cannot_be_opened_a_second_time(tmp_path: Path) -> None:
    with (
        closing(Journal.open(tmp_path / "c", URI)),
        pytest.raises(JournalError, match=r"is open in another fcm\. Close the cluster there first"),
    ):
        Journal.open(tmp_path / "c", URI)


def test_a_closed_journal_can_be_opened_again_and_closing_twice_is_fine(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "c", URI)
    journal.close()
    journal.close()
    Journal.open(tmp_path / "c", URI).close()
    assert (tmp_path / "c").exists()


def test_a_journal_of_another_cluster_is_refused(tmp_path: Path) -> None:
    kept(tmp_path / "c")
    with pytest.raises(JournalError, match="belongs to embedded:contoso, not to embedded:fabrikam"):
        Journal.open(tmp_path / "c", "embedded:fabrikam")


def test_a_journal_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    kept(tmp_path / "c")
    edit(tmp_path / "c", "UPDATE meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(JournalError, match=r"written by a newer fcm \(format 99.*Update fcm"):
        Journal.open(tmp_path / "c", URI)


def test_a_text_file_is_no_journal(tmp_path: Path) -> None:
    path = tmp_path / "c"
    path.write_text("dear diary, today nothing happened, and tomorrow neither\n" * 50, encoding="utf-8")
    with pytest.raises(JournalError, match="damaged"):
        Journal.open(path, URI)


def test_another_database_is_no_journal(tmp_path: Path) -> None:
    edit(tmp_path / "c", "CREATE TABLE songs (title TEXT)")
    with pytest.raises(JournalError, match="is not a journal of fcm"):
        Journal.open(tmp_path / "c", URI)


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    (tmp_path / "c").touch()
    assert len(kept(tmp_path / "c")) == 20


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8, 0.95])
def test_a_journal_cut_in_the_middle_is_said_to_be_damaged_and_can_be_salvaged(tmp_path: Path, share: float) -> None:
    path = tmp_path / "c.journal"
    entries = kept(path, 400)
    os.truncate(path, int(path.stat().st_size * share))

    def read() -> None:
        with closing(Journal.open(path, URI)) as journal:
            journal.replay()

    with pytest.raises(DamagedJournalError, match="damaged after event"):
        read()
    saved = salvage(path, URI)
    assert (tmp_path / "c.damaged-1").exists()
    with closing(Journal.open(path, URI)) as journal:
        _, rest = journal.replay()
        assert rest == entries[:saved]
        journal.append(entries[saved : saved + 1])


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM events WHERE sequence = 7", "after event 6 .*event 7 is missing"),
        ("UPDATE events SET data = '{' WHERE sequence = 7", "after event 6"),
        ("UPDATE events SET data = '[]' WHERE sequence = 7", "after event 6"),
        ("UPDATE events SET type = 'Exploded' WHERE sequence = 7", "unknown type 'Exploded'"),
        ("UPDATE events SET type = 'NodeEvicted', data = '{\"node\": 5}' WHERE sequence = 7", "expected a string"),
        (
            "UPDATE events SET type = 'MigrationCanceled', data = '{\"migration\": \"x\"}' WHERE sequence = 7",
            "after event 6 .*event 7",
        ),
    ],
)
def test_an_entry_that_makes_no_sense_is_named_and_what_came_before_is_saved(
    tmp_path: Path, statement: str, words: str
) -> None:
    path = tmp_path / "c.journal"
    entries = kept(path)
    edit(path, statement)
    with closing(Journal.open(path, URI)) as journal, pytest.raises(DamagedJournalError, match=words) as caught:
        journal.replay()
    assert caught.value.readable == 6
    assert salvage(path, URI) == 6
    with closing(Journal.open(path, URI)) as journal:
        assert journal.replay()[1] == entries[:6]


def test_a_second_salvage_keeps_both_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    for _ in range(2):
        kept(path)
        edit(path, "UPDATE events SET data = '{' WHERE sequence = 2")
        salvage(path, URI)
        path.unlink()
    assert sorted(found.name for found in tmp_path.glob("*.damaged-*")) == ["c.damaged-1", "c.damaged-2"]


# In a process of its own: a full disk (the limit of the size of files), a folder without write access (no privileges).

_LIMITED = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.unit.workspace.files.test_journal import URI, history
from fcm.workspace.files.journal import Journal, JournalError

path = Path(sys.argv[1])
journal = Journal.open(path, URI)
entries = history(400)
journal.append(entries[:10])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
room = max(file.stat().st_size for file in path.parent.iterdir()) + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
try:
    journal.append(entries[10:])
except JournalError as error:
    print(f"refused: {error}")
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert len(list(journal.entries())) == 10, "something of it was written"
journal.append(entries[10:])
journal.close()
print("written")
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[4]
    command = [sys.executable, "-c", script, *map(str, arguments), str(root)]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)


def test_when_the_disk_is_full_nothing_of_the_batch_is_written_and_it_goes_on_once_there_is_room(
    tmp_path: Path,
) -> None:
    path = tmp_path / "c.journal"
    ended = run(_LIMITED, path, 4096)
    assert ended.returncode == 0, ended.stderr
    refused, written = ended.stdout.splitlines()
    assert refused.startswith("refused: ")
    assert str(path) in refused
    assert "nothing that was shown is lost" in refused
    assert written == "written"
    with closing(Journal.open(path, URI)) as journal:
        assert len(journal.replay()[1]) == 400


_UNPRIVILEGED = """
import os, sys
from pathlib import Path
from fcm.workspace.files.journal import Journal, JournalError
os.chdir(sys.argv[1])  # the folders above may be closed to others
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    Journal.open(Path("c.journal"), "embedded:contoso").append([])
except JournalError as error:
    print(f"refused: {error}")
"""


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_write_access_is_refused_with_what_to_do(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    if there:
        kept(folder / "c.journal")
        (folder / "c.journal").chmod(0o444)
    folder.chmod(0o555)
    ended = run(_UNPRIVILEGED, folder)
    folder.chmod(0o755)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("refused: ")
    assert "FCM_DATA" in ended.stdout


def test_entries_of_some_kinds_are_read_in_order_in_portions(tmp_path: Path) -> None:
    entries = history(1200)
    with closing(Journal.open(tmp_path / "c", URI)) as journal:
        journal.append(entries)
        changes = list(journal.entries_of([ev.NodeChanged]))
        assert list(journal.entries_of([ev.MachineCreated])) == []
    assert changes == entries[1:]


def test_salvage_brings_the_telemetry_along(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with closing(Journal.open(path, URI)) as journal:
        journal.append([*history(3), row(1), row(2)])
    edit(path, "UPDATE events SET data = 'broken' WHERE sequence = 3")
    assert salvage(path, URI) == 2
    with closing(Journal.open(path, URI)) as journal:
        assert [item.sent for item in journal.telemetry(["m1"])["m1"]] == [1, 2]
        assert journal.migrations_with_rows() == {"m1"}
