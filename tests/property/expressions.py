"""Random expressions of the grammar of event queries, and random events that they may hold for."""

from __future__ import annotations

from hypothesis import strategies as st

from fcm.logs.records import EventRecord

GUID = "{12345678-abcd-ef01-2345-6789abcdef01}"
VALUES = (
    "node1",
    "Node1",
    "5",
    "0x10",
    "0X10",
    "16",
    "2.5",
    "",
    "S-1-5-18",
    "s-1-5-18",
    GUID,
    GUID.upper()[1:-1],
    "it's",
)
_NUMBER = st.sampled_from(["0", "1", "2", "3", "5", "16", "0x10", "2.5", "-1", ".5", "65535", "0x8000000000000000"])
_LITERAL = st.sampled_from([f'"{one}"' for one in VALUES] + ["'node1'", "'5'"])
_TIME = st.sampled_from(["'2009-10-17T19:20:41Z'", "'2001-09-09T01:46:40.000Z'", "126444736000000000"])
_SIGN = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
_NUMERIC = ("EventID", "Level", "Task", "Keywords", "Version", "Opcode", "EventRecordID", "Execution/@ProcessID",
            "EventID/text()")  # fmt: skip
_TEXTS = ("Provider/@Name", "Provider/@Guid", "Computer", "Channel", "Security/@UserID", "Correlation/@ActivityID",
          "Provider/@EventSourceName", "*", "Provider/@*", "Computer/text()")  # fmt: skip


def _both_ways(left: st.SearchStrategy[str], right: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(left, _SIGN, right, st.booleans()).map(
        lambda one: f"{one[2]} {one[1]} {one[0]}" if one[3] else f"{one[0]}{one[1]}{one[2]}"
    )


def _joined(tests: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(tests, min_size=1, max_size=3).flatmap(
        lambda some: st.sampled_from([f"({' or '.join(some)})", " and ".join(some), "][".join(some)])
    )


_DIFFERENCE = st.one_of(
    st.just("timediff(@SystemTime)"),
    _TIME.map("timediff(@SystemTime, {})".format),
    _TIME.map("timediff({}, @SystemTime)".format),
)
_IN_TIME = _both_ways(st.just("@SystemTime"), _TIME) | _both_ways(_DIFFERENCE, _NUMBER)
_IN_SYSTEM = st.one_of(
    _both_ways(st.sampled_from(_NUMERIC), _NUMBER | _LITERAL),
    _both_ways(st.sampled_from(_TEXTS), _LITERAL | _NUMBER),
    st.sampled_from(_NUMERIC + _TEXTS),
    _joined(_IN_TIME).map("TimeCreated[{}]".format),
    _joined(_both_ways(st.just("@Name"), _LITERAL)).map("Provider[{}]".format),
    _NUMBER.filter(lambda one: one not in ("-1", "2.5", ".5")).map("band(Keywords, {})".format),
)
_IN_DATA = st.one_of(
    _both_ways(st.just("@Name"), st.sampled_from(["'a'", "'b'"])),
    _both_ways(st.just("text()"), _LITERAL | _NUMBER),
    st.sampled_from(["@Name", "text()", "1", "2", "position()=1", "position() >= 2", "@Name='a' and text()='5'"]),
)
_DATA = (
    st.just("Data")
    | _joined(_IN_DATA).map("Data[{}]".format)
    | st.sampled_from(["Data[@Name='a']", "*", "Data/text()"])
)
_IN_EVENT_DATA = _DATA | _both_ways(_DATA, _LITERAL | _NUMBER)
_IN_EVENT = st.one_of(
    _joined(_IN_SYSTEM).map("System[{}]".format),
    _joined(_IN_EVENT_DATA).map("EventData[{}]".format),
    _both_ways(st.sampled_from([f"System/{one}" for one in _NUMERIC]), _NUMBER),
    _both_ways(_DATA.map("EventData/{}".format), _LITERAL),
    st.sampled_from(["System", "EventData", "UserData/*/Name", "UserData[LogFileCleared]", "*/Level", "(System)"]),
)
EXPRESSIONS = st.one_of(
    st.just("*"),
    _joined(_joined(_IN_EVENT).map("*[{}]".format)).filter(lambda one: "][" not in one or one.count("*[") == 1),
    _joined(_IN_EVENT).map("Event[{}]".format),
    _both_ways(st.sampled_from([f"Event/System/{one}" for one in _NUMERIC]), _NUMBER),
    _IN_EVENT_DATA.filter(lambda one: one[0] in "D*").map("*/EventData/{}".format),
)
"""Expressions of the subset; hardly any is refused."""
RECORDS = st.builds(
    EventRecord,
    record_id=st.just(1),
    time=st.sampled_from([1e9, 1e9 + 0.25, 1_255_807_241.0, 1_300_000_000.0]),
    channel=st.just("System"),
    provider=st.sampled_from(VALUES),
    guid=st.sampled_from([GUID, GUID.upper(), ""]),
    id=st.sampled_from([1, 5, 16, 65535]),
    level=st.integers(1, 5),
    task=st.sampled_from([1, 16]),
    task_name=st.just("Task"),
    computer=st.sampled_from(VALUES),
    text=st.sampled_from(VALUES),
    data=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(VALUES)), max_size=3).map(tuple),
    keywords=st.sampled_from([0, 1, 16, 0x8000000000000000, 0x8000000000000010]),
    user=st.sampled_from(["S-1-5-18", "S-1-5-21-1-2-3"]),
)
