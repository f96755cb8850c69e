"""One event as XML, as ``wevtutil qe`` prints it, and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.logs.evtx import NAMESPACE, clean
from fcm.model.moments import in_utc
from fcm.text.markup import escape, quoteattr

if TYPE_CHECKING:
    from fcm.logs.records import EventRecord
    from fcm.logs.schema import Element


def system_time(time: float) -> str:
    """A time (s since the epoch) as SystemTime has it."""
    return in_utc(time).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def event_xml(record: EventRecord, rendered: bool = False) -> str:
    """The event on one line.

    Args:
        record: the event.
        rendered: with its message and the names of its level and task (RenderingInfo).
    """
    whole = _of_this_cluster(record) if record.element is None else _element_xml(record.element)
    has_rendering = record.element is not None and record.element.child("RenderingInfo") is not None
    return f"{whole.removesuffix('</Event>')}{_rendering(record)}</Event>" if rendered and not has_rendering else whole


def _rendering(record: EventRecord) -> str:
    parts = (
        ("Message", record.text), ("Level", record.level_name), ("Task", record.task_name), ("Opcode", ""),
        ("Channel", record.channel), ("Provider", record.provider),
    )  # fmt: skip
    inside = "".join(f"<{name}>{escape(clean(text, len(text)))}</{name}>" for name, text in parts)
    return f'<RenderingInfo Culture="en-US">{inside}<Keywords></Keywords></RenderingInfo>'


def _element_xml(element: Element) -> str:
    space = f" xmlns={quoteattr(element.space)}" if element.space else ""
    attributes = "".join(f" {name}={quoteattr(clean(str(value)))}" for name, value in element.attributes.items())
    start = f"<{element.name}{space}{attributes}"
    text = str(element.text)
    inside = escape(clean(text, len(text))) + "".join(map(_element_xml, element.children))
    return f"{start}>{inside}</{element.name}>" if inside else f"{start}/>"


def _of_this_cluster(record: EventRecord) -> str:
    data = "".join(f"<Data Name={quoteattr(clean(name))}>{escape(clean(value))}</Data>" for name, value in record.data)
    return (
        f"<Event xmlns={quoteattr(NAMESPACE)}><System>"
        f"<Provider Name={quoteattr(record.provider)} Guid={quoteattr(record.guid)}/>"
        f"<EventID>{record.id}</EventID><Version>0</Version><Level>{record.level}</Level><Task>{record.task}</Task>"
        f"<Opcode>0</Opcode><Keywords>0x{record.keywords:x}</Keywords>"
        f"<TimeCreated SystemTime={quoteattr(system_time(record.time))}/>"
        f"<EventRecordID>{record.record_id}</EventRecordID><Correlation/>"
        f'<Execution ProcessID="{record.process}" ThreadID="{record.thread}"/>'
        f"<Channel>{escape(record.channel)}</Channel><Computer>{escape(record.computer)}</Computer>"
        f"<Security UserID={quoteattr(record.user)}/></System><EventData>{data}</EventData></Event>"
    )


def event_text(record: EventRecord, number: int) -> list[str]:
    """The event as lines of text."""
    return [
        f"Event[{number}]:",
        f"  Log Name: {record.channel}",
        f"  Source: {record.provider}",
        f"  Date: {system_time(record.time)}",
        f"  Event ID: {record.id}",
        f"  Task: {record.task_name}",
        f"  Level: {record.level_name}",
        f"  Computer: {record.computer}",
        "  Description:",
        f"{record.text}",
        "",
    ]
