"""Exported event logs, read by two independent parsers field by field."""

from __future__ import annotations

import io
import uuid
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from evtx import PyEvtxParser
from Evtx.Evtx import Evtx

from fcm.logs.evtx import CHUNK, ExportStoppedError, write_evtx
from fcm.logs.records import EventRecord

if TYPE_CHECKING:
    from pathlib import Path

SPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
GUID = "{6066f867-7ca1-4418-85fd-36e3f9c0600c}"


def record(number: int, **changes: object) -> EventRecord:
    """One record; what is given instead of the usual."""
    fields: dict[str, object] = {
        "record_id": number,
        "time": 1_255_807_241.25 + number,
        "channel": "Microsoft-Windows-Hyper-V-VMMS-Admin",
        "provider": "Microsoft-Windows-Hyper-V-VMMS",
        "guid": GUID,
        "id": 20415,
        "level": 4,
        "task": 7,
        "task_name": "Live Migration",
        "computer": "node1.contoso.example",
        "text": "moved",
        "data": (("VmName", f"VM {number}"), ("Text", "größe <&> “q”")),
        "process": 1700,
        "thread": 2172,
    }
    return EventRecord(**(fields | changes))  # type: ignore[arg-type]


def written(records: list[EventRecord], path: Path) -> Path:
    with path.open("wb") as file:
        assert write_evtx(file, records) == len(records)
    return path


def fields(xml: str) -> dict[str, str | None]:
    """What an event says, in the words of its XML."""
    root = ET.fromstring(xml)
    system = root.find(f"{SPACE}System")
    assert system is not None
    found: dict[str, str | None] = {}
    for element in system:
        name = element.tag.removeprefix(SPACE)
        found[name] = element.text.strip() if element.text else None
        found |= {f"{name}.{key}": value for key, value in element.attrib.items()}
    for element in root.iter(f"{SPACE}Data"):
        found[f"Data.{element.get('Name')}"] = element.text or ""
    return found


@pytest.mark.parametrize("count", [1, 500])
def test_every_field_arrives_in_the_parser_evtx(count: int, tmp_path: Path) -> None:
    path = written([record(number) for number in range(1, count + 1)], tmp_path / "log.evtx")
    texts = [item["data"] for item in PyEvtxParser(str(path)).records()]
    assert len(texts) == count
    last = fields(texts[-1])
    assert last["Provider.Name"] == "Microsoft-Windows-Hyper-V-VMMS"
    assert str(last["Provider.Guid"]).strip("{}").lower() == GUID.strip("{}")
    assert last["EventID"] == "20415"
    assert last["Level"] == "4"
    assert last["Task"] == "7"
    assert last["Keywords"] == "0x8000000000000000"
    assert last["EventRecordID"] == str(count)
    assert last["Channel"] == "Microsoft-Windows-Hyper-V-VMMS-Admin"
    assert last["Computer"] == "node1.contoso.example"
    assert (last["Execution.ProcessID"], last["Execution.ThreadID"]) == ("1700", "2172")
    assert last["Security.UserID"] == "S-1-5-18"
    assert last["Data.VmName"] == f"VM {count}"
    assert last["Data.Text"] == "größe <&> “q”"
    assert fields(texts[0])["TimeCreated.SystemTime"] == "2009-10-17T19:20:42.250000Z"


def test_every_field_arrives_in_the_parser_python_evtx_with_correct_checksums(tmp_path: Path) -> None:
    path = written([record(number) for number in range(1, 151)], tmp_path / "log.evtx")
    with Evtx(str(path)) as log:
        assert log.get_file_header().verify()
        assert all(chunk.verify() for chunk in log.chunks())
        texts = [item.xml() for item in log.records()]
    assert len(texts) == 150
    last = fields(texts[-1])
    assert last["EventID"] == "20415"
    assert last["EventRecordID"] == "150"
    assert last["TimeCreated.SystemTime"] == "2009-10-17 19:23:11.250000+00:00"
    assert last["Data.VmName"] == "VM 150"
    assert last["Data.Text"] == "größe <&> “q”"
    assert last["Security.UserID"] == "S-1-5-18"


def test_both_parsers_read_every_field_of_every_record_over_many_chunks_alike(tmp_path: Path) -> None:
    records = [
        record(
            number,
            time=1_255_807_241.0 + number / 8,
            channel="System" if number % 3 else "fcm",
            provider=f"Provider-{number % 5}",
            guid=str(uuid.UUID(int=number % 7 + 1)),
            id=number % 65536,
            level=1 + number % 5,
            task=number % 9,
            computer=f"node{number % 4}.contoso.example",
            keywords=0x8000000000000000 + number % 2,
            process=number,
            thread=number + 1,
            user="S-1-5-21-1004336348-1177238915-682003330-512" if number % 2 else "S-1-5-18",
            data=tuple((f"D{place}", f"{number} {place} ä€😀" + "x" * 1500) for place in range(number % 4)),
        )
        for number in range(1, 121)
    ]
    path = written(records, tmp_path / "log.evtx")
    assert path.stat().st_size >= 4096 + 5 * CHUNK
    first = [fields(item["data"]) for item in PyEvtxParser(str(path)).records()]
    with Evtx(str(path)) as log:
        assert all(chunk.verify() for chunk in log.chunks())
        second = [fields(item.xml()) for item in log.records()]
    for one, other, wanted in zip(first, second, records, strict=True):
        said = expected(wanted)
        assert {key: value for key, value in comparable(one).items() if key in said} == said
        assert {key: value for key, value in comparable(other).items() if key in said} == said


def expected(one: EventRecord) -> dict[str, str]:
    """What a parser is to say of a record."""
    found = {
        "Provider.Name": one.provider,
        "Provider.Guid": one.guid.strip("{}"),
        "EventID": str(one.id),
        "Version": "0",
        "Level": str(one.level),
        "Task": str(one.task),
        "Opcode": "0",
        "Keywords": hex(one.keywords),
        "TimeCreated.SystemTime": f"{datetime.fromtimestamp(one.time, UTC):%Y-%m-%dT%H:%M:%S.%f}",
        "EventRecordID": str(one.record_id),
        "Execution.ProcessID": str(one.process),
        "Execution.ThreadID": str(one.thread),
        "Channel": one.channel,
        "Computer": one.computer,
        "Security.UserID": one.user,
    }
    return found | {f"Data.{name}": value for name, value in one.data}


def comparable(found: dict[str, str | None]) -> dict[str, str]:
    """Fields of either parser in one form."""
    said = {key: value or "" for key, value in found.items()}
    said["Provider.Guid"] = said["Provider.Guid"].strip("{}").lower()
    said["Keywords"] = hex(int(said["Keywords"], 16))
    time = said["TimeCreated.SystemTime"].replace(" ", "T").removesuffix("+00:00").removesuffix("Z")
    said["TimeCreated.SystemTime"] = time if "." in time else f"{time}.000000"
    return said


def test_records_of_different_shapes_share_a_chunk(tmp_path: Path) -> None:
    shapes = [record(1), record(2, data=()), record(3, data=(("Other", "x"),)), record(4)]
    path = written(shapes, tmp_path / "log.evtx")
    assert path.stat().st_size == 4096 + CHUNK
    found = [fields(item["data"]) for item in PyEvtxParser(str(path)).records()]
    assert [one.get("Data.Other") for one in found] == [None, None, "x", None]


def test_a_log_without_events_opens(tmp_path: Path) -> None:
    path = written([], tmp_path / "log.evtx")
    assert list(PyEvtxParser(str(path)).records()) == []


def test_values_that_are_too_long_are_cut_and_fit_into_a_chunk(tmp_path: Path) -> None:
    long = [record(number, data=tuple((f"D{k}", "x" * 9000) for k in range(30))) for number in range(1, 5)]
    path = written(long, tmp_path / "log.evtx")
    found = [fields(item["data"]) for item in PyEvtxParser(str(path)).records()]
    assert len(found) == 4
    assert found[0]["Data.D0"] == "x" * 8000


def test_an_export_can_be_ended() -> None:
    with pytest.raises(ExportStoppedError):
        write_evtx(io.BytesIO(), (record(number) for number in range(1, 5000)), lambda count: count < 2000)
