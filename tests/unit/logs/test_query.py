from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.logs.queries.query import QueryError, compile_xpath, parse_query
from fcm.logs.queries.xml import custom_view, read_query_xml
from tests.unit.logs.test_evtx import record

GUIDE = (
    """<QueryList> <Query Id="0" Path="System"> <Select Path="System">*[System[Provider[@Name='Microsoft-Windows"""
    """-Hyper-V-Hypervisor']]]</Select> <Select Path="Microsoft-Windows-Hyper-V-Config-Admin">*</Select> """
    """<Select Path="Microsoft-Windows-Hyper-V-High-Availability-Admin">*</Select> <Select Path="Microsoft-"""
    """Windows-Hyper-V-High-Availability-Analytic">*</Select> <Select Path="Microsoft-Windows-Hyper-V-Hypervisor-"""
    """Admin">*</Select> <Select Path="Microsoft-Windows-Hyper-V-Integration-Admin">*</Select> <Select """
    """Path="Microsoft-Windows-Hyper-V-Network-Admin">*</Select> <Select Path="Microsoft-Windows-Hyper-V-SynthStor-"""
    """Admin">*</Select> <Select Path="Microsoft-Windows-Hyper-V-SynthNic-Admin">*</Select> <Select """
    """Path="Microsoft-Windows-Hyper-V-Image-Management-Service-Admin">*</Select> <Select Path="Microsoft-Windows-"""
    """Hyper-V-VMMS-Admin">*</Select> <Select Path="Microsoft-Windows-Hyper-V-Worker-Admin">*</Select> </Query> """
    """</QueryList>"""
)
NOW = 1_255_807_300.0


def test_the_guides_query_reads_its_twelve_logs() -> None:
    query = parse_query(GUIDE)
    assert len(query.channels) == 12
    assert query.run([record(1), record(2, channel="System"), record(3, channel="fcm")], NOW) == [record(1)]


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("*", True),
        ("*[System]", True),
        ("*[System[Level=4]]", True),
        ("*[System[(Level=1 or Level=2)]]", False),
        ("*[System[(Level=1 or Level=4) and EventID=20415]]", True),
        ("*[System[EventID >= 20000 and EventID <= 20500]]", True),
        ("*[System[Provider[@Name='Microsoft-Windows-Hyper-V-VMMS']]]", True),
        ("*[System/Provider/@Name='Microsoft-Windows-Hyper-V-VMMS']", True),
        ("*[System[TimeCreated[timediff(@SystemTime) <= 60000]]]", True),
        ("*[System[TimeCreated[timediff(@SystemTime) <= 50000]]]", False),
        ("*[System[TimeCreated[@SystemTime >= '2009-10-17T19:20:42.000Z']]]", True),
        ("*[System[TimeCreated[@SystemTime > '2009-10-17T19:20:43Z']]]", False),
        ("*[System[Computer='node1.contoso.example'] and EventData[Data[@Name='VmName']='VM 1']]", True),
        ("*[EventData[Data='VM 2']]", False),
        ("*[System[(EventID=20415)]] and *[EventData[Data[@Name='VmName'] and (Data='VM 1')]]", True),
        ("*[System[(EventID=1)]] or *[EventData[Data='VM 1']]", True),
        ("*[EventData[Data[@Name='VmName' and text()='VM 1']]]", True),
        ("*[EventData[Data[@Name='VmName'][text()='VM 1']]]", True),
        ("*[EventData/Data/text()='VM 1']", True),
        ("*[EventData[Data[1]='VM 1']]", True),
        ("*[EventData[Data[position()=2]='VM 1']]", False),
        ("*[System[Level=4][EventID=20415]][EventData]", True),
        ('Event/System[Level="4"]', True),
        ("Event/System/Level=4", True),
        ("*/System/*='node1.contoso.example'", True),
        ("*[ System [ 4 = Level and 20415 <= EventID ] ]", True),
        ("*[child::System[child::Provider[attribute::Name='Microsoft-Windows-Hyper-V-VMMS']]]", True),
        ("*[System[Provider[@Name='a' or @Name='Microsoft-Windows-Hyper-V-VMMS']]]", True),
        ("*[System[Provider[@EventSourceName='Service Control Manager']]]", False),
        ("*[System[Correlation/@ActivityID='{12345678-1234-1234-1234-123456789abc}']]", False),
        ("*[System[Correlation[@RelatedActivityID]]]", False),
        ("*[System[Security[@UserID='s-1-5-18']]]", True),
        ("*[System[Keywords='0X8000000000000000']]", True),
        ("*[System[band(0x8000000000000000, Keywords)]]", True),
        ("*[System[TimeCreated[timediff(@SystemTime, '2009-10-17T19:21:42Z') <= 60000]]]", True),
        ("*[System[TimeCreated[timediff('2009-10-17T19:21:42Z', @SystemTime) <= -1]]]", True),
        ("*[UserData/*/PrinterName='MyPrinter' or System/Level=1]", False),
        ("*[UserData[LogFileCleared[SubjectUserName='x']]]", False),
        ("*[EventData/Data='VM 1']", True),
        ("*[System[Level!=4]]", False),
        ("*[System[band(Keywords, 0x8000000000000000)]]", True),
        ("Event[System[Execution[@ProcessID=1700]]]", True),
    ],
)
def test_an_expression_holds_for_an_event_or_not(expression: str, holds: bool) -> None:
    assert compile_xpath(expression)(record(1), NOW) is holds


def test_what_is_suppressed_is_left_out() -> None:
    text = (
        '<QueryList><Query Id="0" Path="fcm"><Select>*</Select>'
        "<Suppress>*[System[EventID=7]]</Suppress></Query></QueryList>"
    )
    records = [record(1, channel="fcm", id=7), record(2, channel="fcm", id=8)]
    assert parse_query(text).run(records, NOW) == records[1:]


def test_what_one_query_suppresses_another_may_select() -> None:
    text = (
        '<QueryList><Query Id="0" Path="fcm"><Select>*</Select><Suppress>*[System[EventID=7]]</Suppress></Query>'
        '<Query Id="1" Path="fcm"><Select>*[System[EventID=7 and Level=2]]</Select></Query></QueryList>'
    )
    records = [record(1, channel="fcm", id=7), record(2, channel="fcm", id=8), record(3, channel="fcm", id=7, level=2)]
    assert parse_query(text).run(records, NOW) == records[1:]


def test_an_event_that_several_selections_take_is_there_once() -> None:
    one = '<Query Id="0" Path="fcm"><Select>*</Select><Select>*[System]</Select></Query>'
    assert parse_query(f"<QueryList>{one}{one}</QueryList>").run([record(1, channel="fcm")], NOW) == [
        record(1, channel="fcm")
    ]


def test_the_path_of_a_selection_goes_before_that_of_its_query_and_may_be_a_file() -> None:
    query = parse_query(
        '<QueryList><Query Path="System"><Select Path="fcm">*</Select><Select>*</Select>'
        '<Select Path="file:///logs/a.evtx">*</Select></Query></QueryList>'
    )
    assert (query.channels, query.files) == (("fcm", "System"), ("/logs/a.evtx",))


VIEW = """<ViewerConfig><QueryConfig><QueryParams><Simple><Channel>System</Channel><EventId>1135</EventId></Simple>
</QueryParams><QueryNode><Name LanguageNeutralValue="Node left">Knoten &amp; weg</Name>
<Description>Who left?</Description>
<QueryList><Query Id="0" Path="System"><Select Path="System">*[System[(EventID=1135)]]</Select></Query></QueryList>
</QueryNode></QueryConfig><ResultsConfig><Columns><Column Name="Level">217</Column></Columns></ResultsConfig>
</ViewerConfig>"""


def test_a_custom_view_of_event_viewer_is_a_query_with_name_and_description() -> None:
    found = read_query_xml(VIEW)
    assert (found.name, found.description) == ("Node left", "Who left?")
    assert parse_query(VIEW).parts == parse_query(found.xml).parts
    assert parse_query(VIEW).channels == ("System",)


@given(
    st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip),
    st.text(st.characters(exclude_categories=["C"]), max_size=60),
)
def test_a_query_that_was_made_a_custom_view_comes_back_with_its_name(name: str, description: str) -> None:
    found = read_query_xml(custom_view(GUIDE, name, description))
    assert (found.xml, found.name) == (GUIDE, " ".join(name.split()))
    assert found.description == " ".join(description.split())


def test_a_text_that_says_it_was_utf_16_is_read_as_the_text_that_it_is() -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?>{GUIDE}'
    assert parse_query(text) == parse_query(GUIDE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<QueryList><Query><Select>*</Select></Query></QueryList>", "The log is missing"),
        ('<QueryList><Query Path="Sytem"><Select>*</Select></Query></QueryList>', "Did you mean System"),
        ('<QueryList><Query Path="file://"><Select>*</Select></Query></QueryList>', "path of the file is missing"),
        (
            r'<QueryList><Query Path="file://\\server\share\a.evtx"><Select>*</Select></Query></QueryList>',
            "another computer",
        ),
        ('<QueryList><Query Path="file:////server/a.evtx"><Select>*</Select></Query></QueryList>', "another computer"),
        ("<ViewerConfig/>", "holds no <QueryList>"),
        (VIEW.replace("</QueryList>", "</QueryList><QueryList/>"), "more than one query"),
        ("<QueryNode/>", "begins with <QueryNode>"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><QueryList>&a;</QueryList>', "document type"),
        ("<QueryList", "not XML"),
        ("<Query/>", "Begin it with <QueryList>"),
        ("<QueryList/>", "selects nothing"),
        ('<QueryList><Query><Select Path="Nowhere">*</Select></Query></QueryList>', "no log 'Nowhere'"),
        ('<QueryList><Query><Select Path="System">*[System[Colour=1]]</Select></Query></QueryList>', "not part of"),
        ('<QueryList><Query><Select Path="System">*[System[Level=]]</Select></Query></QueryList>', "is missing"),
        ("x" * 300_000, "more than"),
    ],
)
def test_a_wrong_query_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        parse_query(text)
