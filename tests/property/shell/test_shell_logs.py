"""Queries and exported event logs for every input."""

from __future__ import annotations

import functools
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from evtx import PyEvtxParser
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.logs.event_xml import event_xml
from fcm.logs.evtx import clean, write_evtx
from fcm.logs.queries.query import QueryError, compile_xpath, parse_query
from fcm.logs.records import EventRecord

TEXT = st.text(max_size=30)
SPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
WORDS = st.sampled_from(
    [
        "*",
        "[",
        "]",
        "(",
        ")",
        "System",
        "/",
        "Level",
        "=",
        "4",
        "'x'",
        "and",
        "or",
        "not(",
        "@Name",
        "EventData",
        "Data",
        "timediff(",
        "@SystemTime",
        "TimeCreated",
        "<=",
        ",",
        "band(",
        "Keywords",
    ]
)
RECORDS = st.builds(
    EventRecord,
    record_id=st.just(1),
    time=st.integers(0, 4_000_000_000).map(float),
    channel=st.just("System"),
    provider=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20),
    guid=st.uuids().map(lambda found: f"{{{found}}}"),
    id=st.integers(0, 65535),
    level=st.integers(1, 5),
    task=st.integers(0, 65535),
    task_name=st.just("Task"),
    computer=st.just("node1"),
    text=TEXT,
    data=st.lists(
        st.tuples(st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True), TEXT), max_size=4, unique_by=lambda pair: pair[0]
    ).map(tuple),
)


def _refusal(function: object, text: str) -> str:
    assert callable(function)
    try:
        function(text)
    except QueryError as error:
        return str(error)
    return "taken"


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=20).map("".join) | st.text(max_size=40))
def test_any_text_is_an_expression_or_refused_in_words(text: str) -> None:
    assert _refusal(compile_xpath, text)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=12).map("".join), RECORDS)
def test_an_expression_that_is_taken_can_be_asked_of_any_event(text: str, record: EventRecord) -> None:
    try:
        test = compile_xpath(text)
    except QueryError:
        test = compile_xpath("*")
    assert test(record, 1e9) in (True, False)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.text("<>/QueryListSelect=\"' !&;[]", max_size=60))
def test_any_text_is_a_query_or_refused_in_words(text: str) -> None:
    assert _refusal(parse_query, text)


QUERY = (
    '<QueryList>\n<Query Id="0" Path="System">\n<Select Path="fcm">*[System[(Level=1 or EventID=5) and '
    "TimeCreated[timediff(@SystemTime) &lt;= 1000]]]</Select>\n<Suppress>*[EventData[Data[@Name='a']='b']]</Suppress>"
    "\n</Query>\n</QueryList>"
)
CHANGES = st.tuples(
    st.integers(0, len(QUERY)), st.integers(0, 12), st.text(max_size=6) | st.sampled_from(list("<>&;[]()'\"=!/"))
)


def changed(text: str, change: tuple[int, int, str]) -> str:
    place, gone, new = change
    return text[:place] + new + text[place + gone :]


@settings(max_examples=300, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_a_query_that_was_changed_anywhere_is_taken_or_its_fault_is_placed_in_the_text(
    changes: list[tuple[int, int, str]],
) -> None:
    text = functools.reduce(changed, changes, QUERY)
    place = place_of_fault(text)
    if place is not None:
        assert 1 <= place[0] <= text.count("\n") + 2
        assert place[1] >= 1
    else:
        assert parse_query(text).channels


def place_of_fault(text: str) -> tuple[int, int] | None:
    """Line and column of what is wrong with a query; None if nothing is."""
    try:
        parse_query(text)
    except QueryError as error:
        return error.line, error.column
    return None


ENTITIES = (
    '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    '<!DOCTYPE q SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE q [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    '<?xml-stylesheet href="file:///etc/passwd"?>',
)


@given(st.sampled_from(ENTITIES), st.sampled_from(["", " ", "\n", "<!-- x -->", '<?xml version="1.0"?>']))
def test_nothing_that_could_be_expanded_or_fetched_is_taken(entity: str, before: str) -> None:
    refused = _refusal(parse_query, before + entity + QUERY.replace("Level=1", "Level=&b;"))
    assert "not allowed" in refused or "no XML" in refused


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, max_size=12))
def test_any_events_are_read_back_by_another_parser(records: list[EventRecord]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.evtx"
        with path.open("wb") as file:
            write_evtx(file, records)
        found = [ET.fromstring(item["data"]) for item in PyEvtxParser(str(path)).records()]
    assert len(found) == len(records)
    for root, record in zip(found, records, strict=True):
        assert root.findtext(f"{SPACE}System/{SPACE}EventID") == str(record.id)
        assert root.findtext(f"{SPACE}System/{SPACE}Level") == str(record.level)
        read = [(data.get("Name"), "".join((data.text or "").split())) for data in root.iter(f"{SPACE}Data")]
        assert read == [(name, "".join(clean(value).split())) for name, value in record.data]


@given(RECORDS)
def test_the_xml_of_any_event_is_xml(record: EventRecord) -> None:
    assert ET.fromstring(event_xml(record)).tag == f"{SPACE}Event"
