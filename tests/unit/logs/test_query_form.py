from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fcm.logs.channels import CHANNELS
from fcm.logs.queries.form import EventFilter, Ids, filter_of, parse_ids
from fcm.logs.queries.query import QueryError, parse_query
from tests.property.shell.test_shell_logs import RECORDS

NOW = 1_300_000_000.0
_RANGES = st.lists(
    st.tuples(st.integers(0, 65535), st.integers(0, 300)).map(lambda one: (one[0], min(65535, sum(one)))),
    max_size=3,
).map(tuple)
_TIMES = st.none() | st.integers(0, 2_000_000_000).map(float)
_NAMES = st.lists(st.sampled_from(["a", "b's", "Microsoft-Windows-X"]), max_size=3, unique=True).map(tuple)
FILTERS = st.builds(
    EventFilter,
    st.none(),
    _TIMES,
    _TIMES,
    st.lists(st.integers(1, 5), max_size=5, unique=True).map(tuple),
    st.lists(st.sampled_from([one.name for one in CHANNELS]), max_size=4, unique=True).map(tuple),
    _NAMES,
    st.lists(st.integers(1, 8), max_size=3, unique=True).map(tuple),
    _NAMES,
    st.builds(Ids, _RANGES, _RANGES),
)


def query_with(expression: str) -> str:
    return f'<QueryList><Query Id="0"><Select Path="System">{expression}</Select></Query></QueryList>'


@given(FILTERS)
def test_whatever_the_form_says_comes_back_from_its_query(said: EventFilter) -> None:
    assert filter_of(said.xml()) == said


@given(st.integers(0, 10**10))
def test_a_time_before_now_comes_back(within: int) -> None:
    assert filter_of(EventFilter(within=within).xml()) == EventFilter(within=within)


_TEST = st.sampled_from(
    ["Level=1", "Level=9", "(Level=1 or Level=2)", "EventID=4", "EventID >= 3", "EventID &lt;= 9", "Level!=1",
     "(EventID=4 or Level=2)", "(EventID >= 2 and EventID &lt;= 9 or EventID=12)", "Computer='node1'", "Task=3",
     "TimeCreated[@SystemTime >= '2009-10-17']", "TimeCreated[timediff(@SystemTime) &lt;= 1000]", "Level='4'"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(_TEST, min_size=1, max_size=4).map(" and ".join), st.lists(RECORDS, max_size=5))
def test_a_query_that_the_form_takes_selects_the_same_events_as_the_form(test: str, records: list) -> None:  # type: ignore[type-arg]
    text = query_with(f"*[System[{test}]]")
    said = filter_of(text)
    again = text if said is None else said.xml()
    assert parse_query(again).run(records, NOW) == parse_query(text).run(records, NOW)


@pytest.mark.parametrize(
    "expression",
    ["*[System[Level!=1]]", "*[EventData[Data='x']]", "*[System[Level=1 or EventID=2]]", "*[System[EventID > 3]]"],
)
def test_what_the_form_cannot_say_is_left_to_the_xml(expression: str) -> None:
    assert filter_of(query_with(expression.replace(">", "&gt;"))) is None


def test_logs_with_different_conditions_are_left_to_the_xml() -> None:
    text = (
        '<QueryList><Query><Select Path="System">*</Select><Select Path="fcm">*[System[Level=1]]</Select>'
        "</Query></QueryList>"
    )
    assert filter_of(text) is None


def test_a_query_of_event_viewer_is_taken_into_the_form() -> None:
    text = query_with(
        "*[System[Provider[@Name='fcm'] and (Level=1  or Level=2) and ( (EventID &gt;= 5 and EventID &lt;= 9) ) and "
        "TimeCreated[@SystemTime&gt;='2009-10-17T19:20:41.000Z' and @SystemTime&lt;='2009-10-18T00:00:00.000Z']]]"
    )
    start = datetime(2009, 10, 17, 19, 20, 41, tzinfo=UTC).timestamp()
    end = datetime(2009, 10, 18, tzinfo=UTC).timestamp()
    assert filter_of(text) == EventFilter(
        start=start, end=end, levels=(1, 2), logs=("System",), providers=("fcm",), ids=Ids(((5, 9),))
    )


def test_numbers_and_ranges_are_read_as_event_viewer_reads_them() -> None:
    assert parse_ids(" 1, 3,5-99 ,-76,-80-90") == Ids(((1, 1), (3, 3), (5, 99)), ((76, 76), (80, 90)))
    assert str(parse_ids("1,3,5-99,-76")) == "1,3,5-99,-76"
    assert parse_ids("") == Ids()


@pytest.mark.parametrize(
    ("text", "words"),
    [("x", "not an event ID"), ("9-5", "backwards"), ("70000", "too large"), ("1--2", "not an event ID"),
     (",".join(map(str, range(300))), "more than 200")],
)  # fmt: skip
def test_wrong_numbers_are_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_ids(text)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('<QueryList>\n  <Query>\n    <Select Path="System">*[System[Colour=1]]</Select>', 3, 36),
        (
            '<QueryList>\n<Query><Select Path="System">\n*[System[Level=1 and\n   Level=]]</Select></Query>',
            4,
            10,
        ),
        ('\n\n  <QueryList>\n<Query><Select Path="Nowhere">*</Select></Query></QueryList>', 4, 8),
        ('<!DOCTYPE q [<!ENTITY a "b">]><QueryList>&a;</QueryList>', 1, 13),
        ('<QueryList>\n <Query Id="0"', 2, 2),
        ('<QueryList><Query><Select Path="System">*[System[Level &lt;= ]]</Select></Query></QueryList>', 1, 62),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(QueryError) as told:
        parse_query(text)
    assert (told.value.line, told.value.column) == (line, column)


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deep_nesting_is_refused_without_being_followed(depth: int) -> None:
    with pytest.raises(QueryError, match=r"stands in|more than"):
        parse_query("<QueryList>" + "<Query>" * depth)
    with pytest.raises(QueryError, match=r"deeper|more than"):
        parse_query(query_with("*[" + "(" * depth + "Level=1" + ")" * depth + "]"))
