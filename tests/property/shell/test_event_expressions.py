"""The XPath of event queries for every expression and every event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fcm.logs.queries.query import Query, QueryError, QueryPart, query_of
from fcm.logs.queries.xpath import parse_xpath
from fcm.workspace.events.event_log import EventLog, EventSelection
from tests.property.expressions import EXPRESSIONS, RECORDS

if TYPE_CHECKING:
    from fcm.logs.records import EventRecord

NOW = 1_300_000_060.0


def asked(expression: str) -> Query:
    try:
        return query_of("System", expression)
    except QueryError:
        return query_of("System")


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_that_is_written_out_is_read_as_the_same(expression: str) -> None:
    try:
        tree = parse_xpath(expression)
    except QueryError:
        return
    assert parse_xpath(str(tree)) == tree


def test_hardly_any_random_expression_is_refused() -> None:
    refused: list[bool] = []

    @settings(max_examples=300, deadline=None, database=None)
    @given(EXPRESSIONS)
    def count(expression: str) -> None:
        try:
            parse_xpath(expression)
        except QueryError:
            refused.append(True)
        else:
            refused.append(False)

    count()
    assert sum(refused) < len(refused) / 5


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, st.booleans(), st.lists(RECORDS, max_size=5))
def test_the_file_finds_exactly_what_the_expression_holds_for(
    first: str, second: str, suppressed: bool, records: list[EventRecord]
) -> None:
    other = asked(second)
    select = replace(other.selects[0], suppresses=suppressed)
    query = Query((QueryPart((*asked(first).selects, select)), *(other.parts if suppressed else ())))
    log = EventLog()
    log.append(records)
    numbered = [replace(one, record_id=number) for number, one in enumerate(records, 1)]
    assert sorted(log.find(EventSelection(query, NOW))) == [one.record_id for one in query.run(numbered, NOW)]
    log.close()


TOKENS = st.sampled_from(
    ["*", "[", "]", "(", ")", "System", "/", "//", "..", "@", "Level", "=", "4", "'x'", '"', " and ", " or ", "not(",
     "text()", "position()", "EventData", "Data", "timediff(", "@SystemTime", "TimeCreated", "<=", ",", "band(", "|",
     "Keywords", "::", "child::", "attribute::", "UserData", "0x", "-1", "1.", "\x00", "\ud800", "é"]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(TOKENS, max_size=25).map("".join) | st.text(max_size=60))
@example("*[" * 200)
@example("((((" * 5000)
@example("*[System[Level=" + "9" * 5000 + "]]")
@example("*[System[Level=0x" + "f" * 5000 + "]]")
@example("*[System[TimeCreated[@SystemTime='0001-01-01T00:00:00+23:59']]]")
@example("*[System[TimeCreated[timediff(@SystemTime, 9999999999999999999999999999999999999)=1]]]")
def test_any_text_is_an_expression_or_is_refused_with_its_place_and_a_remedy(text: str) -> None:
    error = refusal(text)
    if error is not None:
        assert 0 <= error.offset <= len(text)
        assert ". " in str(error), "a remedy follows"


@settings(max_examples=300, deadline=None)
@given(st.lists(TOKENS, max_size=25).map("".join) | EXPRESSIONS, RECORDS)
def test_an_expression_that_is_taken_can_be_asked_of_any_event(text: str, record: EventRecord) -> None:
    assert asked(text).test()(record, NOW) in (True, False)


def refusal(text: str) -> QueryError | None:
    try:
        parse_xpath(text)
    except QueryError as error:
        return error
    return None


REFUSED: list[tuple[str, str]] = [
    ("*[contains(System/Computer, 'a')]", "not in the XPath of event queries"),
    ("*[System[not(Level=4)]]", "Write !="),
    ("//Event", "paths go down only"),
    ("/Event", "Begin with [*] or Event"),
    ("System[Level=4]", "Begin with [*] or Event"),
    ("*[System[Level=4] | EventData]", "do not calculate"),
    ("*[System[Level=1 AND Task=2]]", "in lowercase"),
    ("*[System[Lvl=4]]", "Did you mean Level"),
    ("*[System[Provider[@Nam='x']]]", "Did you mean @Name"),
    ("*[System[Level=EventID]]", "Only one side"),
    ("*[System[1=1]]", "Both sides are constants"),
    ("*[System['x']]", "is not a test"),
    ("*[System[position()=1]]", "counts elements with a value"),
    ("*[ancestor::Event]", "There are child and attribute"),
    ("*[System[TimeCreated[@SystemTime='now']]]", "is not a time"),
    ("*[System[TimeCreated[timediff(@SystemTime)]]]", "Compare it"),
    ("*[System[band(Keywords)]]", "two arguments"),
    ("*[System[band(Keywords, 'x')]]", "whole number"),
    ("*[EventData[Data='x]]", "has no end"),
    ("*[System[Level=4]", "']' is missing before the end"),
]


@pytest.mark.parametrize(("expression", "words"), REFUSED)
def test_what_windows_does_not_take_is_refused_in_words(expression: str, words: str) -> None:
    with pytest.raises(QueryError, match=words) as told:
        parse_xpath(expression)
    assert f"Character {told.value.offset + 1}: " in told.value.placed
