"""Event log files of others are read chunk by chunk; what is broken is told, and nothing of a file is believed."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.logs.event_xml import event_xml
from fcm.logs.evtx import CHUNK, write_evtx
from fcm.logs.evtx_reader import EventFile, element_of, record_of
from fcm.logs.queries.query import compile_xpath
from fcm.text.textfile import TextFileError
from tests.unit.logs.test_evtx import record

if TYPE_CHECKING:
    from pathlib import Path

MANY = 600
NOW = 1_255_807_300.0


def written(path: Path, count: int = MANY) -> bytearray:
    made = io.BytesIO()
    write_evtx(made, [record(number) for number in range(1, count + 1)])
    path.write_bytes(made.getvalue())
    return bytearray(made.getvalue())


def test_what_this_program_writes_it_reads_back(tmp_path: Path) -> None:
    written(tmp_path / "a.evtx")
    source = EventFile(tmp_path / "a.evtx")
    found = list(source.records())
    assert [one.record_id for one in found] == list(range(1, MANY + 1))
    assert source.warnings() == []
    assert replace(found[4], element=None, guid=found[4].guid.lower(), task_name="", text="") == replace(
        record(5), guid=record(5).guid.lower(), task_name="", text=""
    )


@pytest.mark.parametrize("broken", [b"\xff" * 4000, bytes(4000)])
def test_a_damaged_chunk_is_told_and_all_others_are_read(broken: bytes, tmp_path: Path) -> None:
    raw = written(tmp_path / "a.evtx")
    raw[4096 + CHUNK + 600 : 4096 + CHUNK + 4600] = broken
    (tmp_path / "a.evtx").write_bytes(raw)
    source = EventFile(tmp_path / "a.evtx")
    found = list(source.records())
    assert 0 < len(found) < MANY
    assert found[0].record_id == 1
    assert found[-1].record_id == MANY
    assert source.damaged == [2]
    assert "1 of 4 chunks are damaged (2)" in source.warnings()[0]


def test_without_the_library_a_file_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "a.evtx", 1)
    monkeypatch.setitem(sys.modules, "evtx", None)
    with pytest.raises(TextFileError, match="the library evtx is missing"):
        list(EventFile(tmp_path / "a.evtx").records())


def test_a_file_that_was_cut_off_gives_what_is_there(tmp_path: Path) -> None:
    raw = written(tmp_path / "a.evtx")
    (tmp_path / "a.evtx").write_bytes(raw[: 4096 + CHUNK + 30_000])
    source = EventFile(tmp_path / "a.evtx")
    assert len(list(source.records())) > 100
    assert source.damaged == [2]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not an event log"),
        (b"hello", "not an event log"),
        (b"ElfFile\0", "ends within its header"),
        (b"\x30\0\0\0LfLe" + bytes(100), "wevtutil epl"),
    ],
)
def test_what_is_no_event_log_is_told_in_words(raw: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.evtx").write_bytes(raw)
    with pytest.raises(TextFileError, match=words):
        list(EventFile(tmp_path / "a.evtx").records())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(4096, 4096 + CHUNK), st.binary(min_size=1, max_size=40)), min_size=1, max_size=6))
def test_a_file_that_was_changed_anywhere_gives_events_and_no_traceback(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("logs") / "a.evtx"
    raw = written(path, 100)
    for place, new in changes:
        raw[place : place + len(new)] = new
    path.write_bytes(raw[: 4096 + CHUNK])
    source = EventFile(path)
    for one in source.records():
        assert event_xml(one).startswith("<Event")
        assert compile_xpath("*[System[Level=4] and EventData[Data='x' or Data > 5]]")(one, NOW) in (True, False)


CLEARED = """<?xml version="1.0"?>
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
    <Provider Name="Microsoft-Windows-Eventlog" Guid="FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148" EventSourceName="Old Name"/>
    <EventID Qualifiers="16384">104</EventID><Level>4</Level><Task>104</Task><Keywords>0x8000000000000000</Keywords>
    <TimeCreated SystemTime="2009-10-17T19:20:41.123456Z"/><EventRecordID>77</EventRecordID>
    <Correlation ActivityID="12345678-1234-1234-1234-123456789ABC"/>
    <Channel>System</Channel><Computer>node1</Computer><Security UserID="S-1-5-21-1-2-3"/>
  </System>
  <UserData><LogFileCleared xmlns="http://manifests/x"><SubjectUserName>ann</SubjectUserName>
    <Channel>System</Channel></LogFileCleared></UserData>
</Event>"""


@pytest.mark.parametrize(
    "expression",
    [
        "*[UserData/LogFileCleared/SubjectUserName='ann']",
        "*[UserData[LogFileCleared[SubjectUserName='ann' and Channel='System']]]",
        "*[UserData/*/SubjectUserName='ann']",
        "*[System[Provider[@EventSourceName='Old Name']]]",
        "*[System[Correlation/@ActivityID='{12345678-1234-1234-1234-123456789abc}']]",
        "*[System[EventID[@Qualifiers=16384]=104]]",
        "*[System[Provider/@Guid='{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}']]",
        "*[System[TimeCreated[@SystemTime='2009-10-17T19:20:41.123456Z']]]",
        "*[System[TimeCreated[timediff(@SystemTime, '2009-10-17T19:20:42Z') < 1000]]]",
    ],
)
def test_parts_that_only_events_of_others_have_can_be_asked_for(expression: str) -> None:
    found = record_of(CLEARED)
    assert found is not None
    assert compile_xpath(expression)(found, NOW)


def test_the_xml_of_an_event_of_others_has_all_its_parts() -> None:
    found = record_of(CLEARED)
    assert found is not None
    again = element_of(event_xml(found))
    assert again == found.element
    assert found.data == (("SubjectUserName", "ann"), ("Channel", "System"))
    assert "messages are not on this computer. SubjectUserName: ann" in found.text


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<Event/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><Event><System/></Event>",
        "<Event>" * 100 + "</Event>" * 100,
        "<a",
    ],
)
def test_what_is_no_event_is_left_out(xml: str) -> None:
    assert record_of(xml) is None
