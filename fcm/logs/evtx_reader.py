"""Event log files (EVTX) of any program, read chunk by chunk.

Each chunk of 64 KiB can be read alone (MS-EVEN6 2.2.12 to 2.2.17), so a damaged one takes its own events with it and no
others. Binary XML is decoded by the library ``evtx``; its XML becomes the tree that queries see.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from fcm.logs.evtx import CHUNK, HEADER, file_header
from fcm.logs.records import EventRecord, catalog, task_names
from fcm.logs.schema import Element, kinds_in_system, seconds_of
from fcm.text.textfile import EVENT_LOG, TextFileError, read_bytes
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Parser = Callable[[io.BytesIO, int], Any]

MOST_RECORDS = 2_000_000
"""Records of a file that are read."""
LONGEST_RECORD = 4 * 2**20
"""Characters of the XML of one record; a chunk of 64 KiB can unfold to much more."""
LARGEST_CHUNK = 64 * 2**20
"""Characters of the XML of all records of a chunk."""
_DEEPEST = 64
"""Nestings of elements of an event."""
_FILE_HEADER = 4096
_MOST_DATA = 2000


@dataclass(slots=True)
class EventFile:
    """An event log file; ``records`` reads it, and what could not be read is told after that."""

    path: Path
    chunks: int = 0
    """Chunks that hold something, once the file was read."""
    damaged: list[int] = field(default_factory=list)
    """Numbers of the chunks (from 1) that could not be read as a whole."""
    size: int = 0
    """bytes."""
    too_many: bool = False
    """The file has more records than are read."""

    def records(self) -> Iterator[EventRecord]:
        """The records in the order of the file; blocks.

        Raises:
            TextFileError: the file cannot be read or is no event log.
        """
        raw = read_bytes(self.path, EVENT_LOG)
        parser = _parser(self.path)
        self.size = len(raw)
        self.chunks, self.damaged, self.too_many = 0, [], False
        _check_header(raw, self.path)
        count = 0
        for number, start in enumerate(range(_FILE_HEADER, len(raw), CHUNK), 1):
            chunk = raw[start : start + CHUNK]
            if not chunk.strip(b"\0"):
                continue
            self.chunks += 1
            found, whole = _read_chunk(chunk, parser)
            if not whole:
                self.damaged.append(number)
            for record in found:
                if count >= MOST_RECORDS:
                    self.too_many = True
                    return
                count += 1
                yield record

    def warnings(self) -> list[str]:
        """What is missing of the file, in sentences; after ``records``."""
        said = []
        if self.damaged:
            some = ", ".join(map(str, self.damaged[:10])) + (" ..." if len(self.damaged) > 10 else "")
            said.append(
                f"{self.path}: {len(self.damaged)} of {self.chunks} chunks are damaged ({some}), and some of their "
                "events are missing. All the others were read. Export the log again from where it came."
            )
        if self.too_many:
            said.append(
                f"{self.path}: only the first {MOST_RECORDS} events were read. Export a shorter time from the log."
            )
        return said


def _check_header(raw: bytes, path: Path) -> None:
    if raw[:8] == b"ElfFile\0" and len(raw) >= _FILE_HEADER:
        return
    if raw[4:8] == b"LfLe":
        raise TextFileError(
            path, 0, "This is an event log of Windows XP or Server 2003 (.evt). Convert it on Windows first: "
            "wevtutil epl FILE.evt FILE.evtx /lf:true."
        )  # fmt: skip
    if raw[:8] == b"ElfFile\0":
        raise TextFileError(path, 0, "The file ends within its header. Copy it again.")
    raise TextFileError(
        path, 0, "This is not an event log: it does not begin as an .evtx file does. Choose another file."
    )


def _parser(path: Path) -> Parser:
    """The parser of the library, which is imported only once a file is opened: it is large, and few ever open one.

    Raises:
        TextFileError: it is not installed.
    """
    try:
        from evtx import PyEvtxParser
    except ImportError as error:
        raise TextFileError(
            path, 0, "Event log files cannot be read on this computer: the library evtx is missing. Install it into "
            "the Python environment of fcm, or export the events as XML on Windows."
        ) from error  # fmt: skip
    return PyEvtxParser


def _read_chunk(chunk: bytes, parser_of: Parser) -> tuple[list[EventRecord], bool]:
    """The records of a chunk that can be read, and whether these are all."""
    if chunk[:8] != b"ElfChnk\0" or len(chunk) < HEADER:
        return [], False
    whole = len(chunk) == CHUNK and _is_intact(chunk)
    found: list[EventRecord] = []
    size = 0
    try:
        parser = parser_of(io.BytesIO(file_header(1, 2) + chunk.ljust(CHUNK, b"\0")), 1)
        rows = iter(parser.records())
    except BaseException as error:
        _pass_on(error)
        return [], False
    failures = 0
    while failures < 100:
        try:
            row: Any = next(rows)
        except StopIteration:
            break
        except BaseException as error:
            _pass_on(error)
            failures += 1
            continue
        text = str(row["data"])
        size += len(text)
        if size > LARGEST_CHUNK:
            return found, False
        record = record_of(text, int(row["event_record_id"])) if len(text) <= LONGEST_RECORD else None
        if record is None:
            failures += 1
        else:
            found.append(record)
    return found, whole and not failures


def _pass_on(error: BaseException) -> None:
    """Raise what is no fault of the file: a panic of the library is no Exception, but Ctrl+C is none either."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error


def _is_intact(chunk: bytes) -> bool:
    """Whether the checksum of the records fits."""
    end, crc = struct.unpack_from("<II", chunk, 48)
    return bool(HEADER <= end <= CHUNK and zlib.crc32(chunk[HEADER:end]) == crc)


def record_of(xml: str, number: int = 0) -> EventRecord | None:
    """The record that the XML of an event is; None: it is none.

    Args:
        xml: the event.
        number: of the record, where the event does not say it.
    """
    element = element_of(xml)
    system = element.child("System") if element is not None else None
    if element is None or element.name != "Event" or system is None:
        return None
    parts = {one.name: one for one in system.children}

    def text(name: str, attribute: str = "") -> str:
        one = parts.get(name)
        return "" if one is None else str(one.attributes.get(attribute, "") if attribute else one.text)

    def whole(name: str, attribute: str = "") -> int:
        said = text(name, attribute)
        try:
            return int(said, 16) if said[:2] in ("0x", "0X") else int(said)
        except ValueError:
            return 0

    try:
        time = seconds_of(text("TimeCreated", "SystemTime"))
    except ValueError:
        time = 0.0
    data = _data(element)
    rendering = element.child("RenderingInfo")
    provider, event = text("Provider", "Name"), whole("EventID")
    return EventRecord(
        record_id=whole("EventRecordID") or number,
        time=time,
        channel=text("Channel"),
        provider=provider,
        guid=text("Provider", "Guid"),
        id=event,
        level=whole("Level"),
        task=whole("Task"),
        task_name=_rendered(rendering, "Task") or _task_name(provider, whole("Task")),
        computer=text("Computer"),
        text=_rendered(rendering, "Message") or dict(data).get("Text", "") or _words(provider, event, data),
        data=data,
        process=whole("Execution", "ProcessID"),
        thread=whole("Execution", "ThreadID"),
        keywords=whole("Keywords"),
        user=text("Security", "UserID"),
        element=element,
    )


def _data(event: Element) -> tuple[tuple[str, str], ...]:
    """Names and values of EventData, or of the elements of UserData."""
    holder = event.child("EventData")
    if holder is None:
        user = event.child("UserData")
        holder = user.children[0] if user is not None and user.children else None
    if holder is None:
        return ()
    return tuple(
        (str(one.attributes.get("Name", "" if one.name == "Data" else one.name)), str(one.text))
        for one in holder.children[:_MOST_DATA]
    )


def _rendered(rendering: Element | None, name: str) -> str:
    one = rendering.child(name) if rendering is not None else None
    return str(one.text) if one is not None else ""


def _task_name(provider: str, task: int) -> str:
    """Name of a task of a provider that this program knows; else its number."""
    known = task_names() if any(one.name == provider for one in catalog()[0].values()) else {}
    return known.get(task) or (str(task) if task else "None")


def _words(provider: str, event: int, data: tuple[tuple[str, str], ...]) -> str:
    """What can be said of an event whose provider's messages are not here."""
    said = "; ".join(f"{name}: {value}" if name else value for name, value in data if value)
    return f"Event {event} of {quoted(provider)}, whose messages are not on this computer. {said or 'No data.'}"


def element_of(xml: str) -> Element | None:
    """The tree of an XML text; None: it is none, has a document type, or is nested too deeply."""
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(xml.encode("utf-8", "replace"), True)
    except (expat.ExpatError, _NoEventError):
        return None
    return builder.root


class _NoEventError(Exception):
    """The XML is none of an event."""


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[tuple[Element, list[Element], list[str]]] = []

    def refuse(self, *_: object) -> None:
        raise _NoEventError

    def start(self, full: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= _DEEPEST:
            raise _NoEventError
        name = full.rpartition(":")[2]
        in_system = len(self.open) == 2 and self.open[1][0].name == "System"
        kinds = kinds_in_system(name) if in_system else {}
        said = {key.rpartition(":")[2]: value for key, value in attributes.items() if not key.startswith("xmlns")}
        for key, kind in kinds.items():
            if kind == "guid" and said.get(key) and not said[key].startswith("{"):
                said[key] = f"{{{said[key]}}}"
        self.open.append((Element(name, said, kinds=kinds, space=attributes.get("xmlns", "")), [], []))

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1][2].append(text)

    def end(self, _: str) -> None:
        element, children, texts = self.open.pop()
        text = "".join(texts)
        # Blanks between elements, and what the library puts into empty ones, are no values.
        is_blank = not text.strip() and ("\n" in text or children)
        element.children, element.text = tuple(children), "" if is_blank else text
        if self.open:
            self.open[-1][1].append(element)
        else:
            self.root = element
