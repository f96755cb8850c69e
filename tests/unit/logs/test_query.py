from __future__ import annotations

import pytest

from fcm.logs.query import QueryError, compile_xpath, parse_query
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
        ("*[EventData/Data='VM 1']", True),
        ("*[System[not(Level=4)]]", False),
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE q [<!ENTITY a "b">]><QueryList>&a;</QueryList>', "document type"),
        ("<QueryList", "no XML"),
        ("<Query/>", "Begin it with <QueryList>"),
        ("<QueryList/>", "selects nothing"),
        ('<QueryList><Query><Select Path="Nowhere">*</Select></Query></QueryList>', "no log 'Nowhere'"),
        ('<QueryList><Query><Select Path="System">*[System[Colour=1]]</Select></Query></QueryList>', "no part of"),
        ('<QueryList><Query><Select Path="System">*[System[Level=]]</Select></Query></QueryList>', "is missing"),
        ("x" * 300_000, "more than"),
    ],
)
def test_a_wrong_query_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        parse_query(text)
