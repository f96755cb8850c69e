"""Event logs in the binary format of Windows (EVTX), written record by record.

A file is a header block of 4 KiB and chunks of 64 KiB; a chunk holds its own names and templates, so that it can be
read alone. Each record is an instance of a template of Binary XML: the template is written where a chunk first needs
it, later records hold only their values. Sources of the format: MS-EVEN6 2.2.12 to 2.2.17 (BinXml) and J. Metz,
"Windows XML Event Log (EVTX) format".
"""

from __future__ import annotations

import re
import struct
import uuid
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.logs.records import EventRecord

CHUNK = 65536
HEADER = 512
"""bytes before the first record of a chunk."""
MOST_CHUNKS = 65535
_FIXED = struct.Struct("<HBBHBQQQII")
LONGEST_VALUE = 8000
"""Characters of one value; a record has to fit into a chunk."""
MOST_DATA = 20
"""Elements of EventData."""
MOST_CHARACTERS = 24000
"""Characters of all data of a record."""
NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = 116444736000000000
"""100 ns from 1601 to 1970."""
_STRING, _BYTE, _WORD, _DWORD, _QWORD, _GUID, _TIME, _SID, _HEX64 = 1, 4, 6, 8, 10, 15, 17, 19, 21
_SYSTEM_TYPES = (_STRING, _GUID, _WORD, _BYTE, _BYTE, _WORD, _BYTE, _HEX64, _TIME, _QWORD, _DWORD, _DWORD, _STRING,
                 _STRING, _SID)  # fmt: skip


class ExportStoppedError(Exception):
    """The user ended the export."""


def write_evtx(
    file: BinaryIO,
    records: Iterable[EventRecord],
    progress: Callable[[int], bool] | None = None,
) -> int:
    """Write records to a seekable file; returns how many.

    Args:
        file: open for writing, at its start.
        records: in the order in which they are to be numbered; ids become 1, 2, 3 ...
        progress: told the number of records now and then; False ends the export.

    Raises:
        ExportStoppedError: ``progress`` said so.
        ValueError: more records than the format holds.
    """
    file.write(bytes(4096))
    chunks = 0
    count = 0
    chunk = _Chunk(1)
    for record in records:
        count += 1
        if not chunk.add(record, count):
            file.write(chunk.finished())
            chunks += 1
            if chunks >= MOST_CHUNKS:
                raise ValueError(f"An event log holds {MOST_CHUNKS} chunks; export a shorter time.")
            chunk = _Chunk(count)
            chunk.add(record, count)
        if progress is not None and count % 1000 == 0 and not progress(count):
            raise ExportStoppedError
    file.write(chunk.finished())
    chunks += 1
    file.seek(0)
    file.write(file_header(chunks, count + 1))
    file.seek(0, 2)
    return count


def file_header(chunks: int, next_record: int) -> bytes:
    """The header block of a file of so many chunks whose next record would have this number."""
    head = struct.pack("<8sQQQIHHHH76x", b"ElfFile\0", 0, chunks - 1, next_record, 128, 1, 3, 4096, chunks)
    return (head + struct.pack("<II", 0, zlib.crc32(head[:120]))).ljust(4096, b"\0")


def clean(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text without what XML cannot hold, cut to a length."""
    if text.isprintable():
        return text[:longest]
    return _FORBIDDEN.sub("\ufffd", text[:longest])


class _Chunk:
    """One chunk while it is filled."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.next = first
        self.buffer = bytearray(HEADER)
        self.last_offset = 0
        self.names: dict[str, int] = {}
        self.name_heads = [0] * 64
        self.templates: dict[tuple[str, ...], tuple[int, bytes]] = {}
        self.template_heads = [0] * 32

    def add(self, record: EventRecord, number: int) -> bool:
        """Add a record; False if there is no room, and then nothing has changed."""
        room = MOST_CHARACTERS
        data: list[tuple[str, str]] = []
        for name, value in record.data[:MOST_DATA]:
            kept = clean(value, min(LONGEST_VALUE, room))
            room -= len(kept)
            data.append((name, kept))
        names = tuple(_clean_name(name) for name, _ in data)
        start = len(self.buffer)
        known = self.templates.get(names)
        saved = (dict(self.names), list(self.name_heads)) if known is None else None
        ticks = min(max(_EPOCH + int(record.time * 1e7 + 0.5), 0), 2**63 - 1)
        self.buffer += struct.pack("<IIQQ", 0x00002A2A, 0, number, ticks)
        self.buffer += b"\x0f\x01\x01\x00\x0c\x01"
        if known is None:
            identity = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE + "/" + "/".join(names)).bytes_le
            at = len(self.buffer) + 8
            self.buffer += identity[:4] + struct.pack("<I", at)
            self._template(names, identity)
        else:
            at, identity = known
            self.buffer += identity[:4] + struct.pack("<I", at)
        self._values(record, [value for _, value in data], number, ticks)
        size = len(self.buffer) - start + 4
        size_padded = (size + 7) // 8 * 8
        self.buffer += bytes(size_padded - size) + struct.pack("<I", size_padded)
        struct.pack_into("<I", self.buffer, start + 4, size_padded)
        if len(self.buffer) > CHUNK and start > HEADER:
            del self.buffer[start:]
            if saved is not None:
                self.names, self.name_heads = saved
            return False
        if known is None:
            self.templates[names] = (at, identity)
            bucket = int.from_bytes(identity[:4], "little") % 32
            struct.pack_into("<I", self.buffer, at, self.template_heads[bucket])
            self.template_heads[bucket] = at
        self.last_offset, self.next = start, number + 1
        return True

    def finished(self) -> bytes:
        """The whole chunk."""
        end = len(self.buffer)
        last = self.next - 1
        crc = zlib.crc32(self.buffer[HEADER:end])
        head = struct.pack(
            "<8sQQQQIIII64x", b"ElfChnk\0", self.first, last, self.first, last, 128, self.last_offset, end, crc
        )
        tables = struct.pack("<64I32I", *self.name_heads, *self.template_heads)
        check = zlib.crc32(tables, zlib.crc32(head[:120]))
        self.buffer[:HEADER] = head + struct.pack("<II", 0, check) + tables
        return bytes(self.buffer).ljust(CHUNK, b"\0")

    # binary XML

    def _name(self, name: str) -> None:
        """Reference to a name; the name itself follows where the chunk has it for the first time."""
        known = self.names.get(name)
        if known is not None:
            self.buffer += struct.pack("<I", known)
            return
        at = len(self.buffer) + 4
        value = 0
        for char in name:
            value = (value * 65599 + ord(char)) & 0xFFFFFFFF
        value &= 0xFFFF
        bucket = value % 64
        encoded = name.encode("utf-16-le")
        self.buffer += struct.pack("<IIHH", at, self.name_heads[bucket], value, len(encoded) // 2) + encoded + b"\0\0"
        self.names[name] = at
        self.name_heads[bucket] = at

    def _open(self, name: str, attributes: tuple[tuple[str, str | int], ...] = ()) -> int:
        """Start tag; an attribute's value is a text, or the number of the value that stands for it."""
        self.buffer += bytes((0x41 if attributes else 0x01,)) + b"\xff\xff"
        at = len(self.buffer)
        self.buffer += bytes(4)
        self._name(name)
        if attributes:
            size_at = len(self.buffer)
            self.buffer += bytes(4)
            for place, (key, value) in enumerate(attributes):
                self.buffer.append(0x46 if place < len(attributes) - 1 else 0x06)
                self._name(key)
                if isinstance(value, int):
                    self._substitution(value, (*_SYSTEM_TYPES,)[value])
                else:
                    encoded = value.encode("utf-16-le")
                    self.buffer += struct.pack("<BBH", 0x05, 0x01, len(encoded) // 2) + encoded
            struct.pack_into("<I", self.buffer, size_at, len(self.buffer) - size_at - 4)
        return at

    def _substitution(self, number: int, kind: int) -> None:
        self.buffer += struct.pack("<BHB", 0x0E, number, kind)

    def _close(self, at: int, empty: bool = False) -> None:
        self.buffer.append(0x03 if empty else 0x04)
        struct.pack_into("<I", self.buffer, at, len(self.buffer) - at - 4)

    def _leaf(self, name: str, number: int, kind: int, attributes: tuple[tuple[str, str | int], ...] = ()) -> None:
        at = self._open(name, attributes)
        self.buffer.append(0x02)
        self._substitution(number, kind)
        self._close(at)

    def _empty(self, name: str, attributes: tuple[tuple[str, str | int], ...] = ()) -> None:
        self._close(self._open(name, attributes), empty=True)

    def _template(self, names: tuple[str, ...], identity: bytes) -> None:
        start = len(self.buffer)
        self.buffer += struct.pack("<I", 0) + identity + bytes(4) + b"\x0f\x01\x01\x00"
        event = self._open("Event", (("xmlns", NAMESPACE),))
        self.buffer.append(0x02)
        system = self._open("System")
        self.buffer.append(0x02)
        self._empty("Provider", (("Name", 0), ("Guid", 1)))
        for name, number in (("EventID", 2), ("Version", 3), ("Level", 4), ("Task", 5), ("Opcode", 6), ("Keywords", 7)):
            self._leaf(name, number, _SYSTEM_TYPES[number])
        self._empty("TimeCreated", (("SystemTime", 8),))
        self._leaf("EventRecordID", 9, _QWORD)
        self._empty("Correlation")
        self._empty("Execution", (("ProcessID", 10), ("ThreadID", 11)))
        self._leaf("Channel", 12, _STRING)
        self._leaf("Computer", 13, _STRING)
        self._empty("Security", (("UserID", 14),))
        self._close(system)
        if names:
            data = self._open("EventData")
            self.buffer.append(0x02)
            for place, name in enumerate(names):
                self._leaf("Data", len(_SYSTEM_TYPES) + place, _STRING, (("Name", name),))
            self._close(data)
        self._close(event)
        self.buffer.append(0x00)
        struct.pack_into("<I", self.buffer, start + 20, len(self.buffer) - start - 24)

    def _values(self, record: EventRecord, data: list[str], number: int, ticks: int) -> None:
        provider, channel, computer = (_name_bytes(name) for name in (record.provider, record.channel, record.computer))
        rest = [text.encode("utf-16-le") for text in data]
        guid, sid = _guid(record.guid), _sid(record.user)
        descriptors = [len(rest) + len(_SYSTEM_TYPES)]
        sizes = (len(provider), 16, 2, 1, 1, 2, 1, 8, 8, 8, 4, 4, len(channel), len(computer), len(sid))
        for size, kind in zip(sizes, _SYSTEM_TYPES, strict=True):
            descriptors += (size, kind)
        for one in rest:
            descriptors += (len(one), _STRING)
        self.buffer += _descriptors(len(rest)).pack(*descriptors)
        self.buffer += provider
        self.buffer += guid
        self.buffer += _FIXED.pack(
            record.id & 0xFFFF, 0, record.level & 0xFF, record.task & 0xFFFF, 0,
            record.keywords & 0xFFFFFFFFFFFFFFFF, ticks, number, record.process & 0xFFFFFFFF,
            record.thread & 0xFFFFFFFF,
        )  # fmt: skip
        self.buffer += b"".join((channel, computer, sid, *rest))


@lru_cache(maxsize=64)
def _descriptors(count: int) -> struct.Struct:
    """Number of values, then size and type of each; types are 16 bits, the upper half 0."""
    return struct.Struct("<I" + "HH" * (len(_SYSTEM_TYPES) + count))


@lru_cache(maxsize=256)
def _clean_name(name: str) -> str:
    return clean(name, 100)


@lru_cache(maxsize=256)
def _name_bytes(name: str) -> bytes:
    return clean(name, 500).encode("utf-16-le")


@lru_cache(maxsize=256)
def _guid(text: str) -> bytes:
    try:
        return uuid.UUID(text).bytes_le
    except ValueError:
        return bytes(16)


NOBODY = b"\1\1" + bytes(10)
"""S-1-0-0, for an event of another log that names no user."""


@lru_cache(maxsize=256)
def _sid(text: str) -> bytes:
    """A security identifier such as S-1-5-18 in its binary form."""
    try:
        parts = [int(part) for part in text.split("-")[1:]]
        rest = parts[2:]
        return bytes((parts[0], len(rest))) + parts[1].to_bytes(6, "big") + struct.pack(f"<{len(rest)}I", *rest)
    except (ValueError, IndexError, OverflowError, struct.error):
        return NOBODY
