"""An event as a tree of elements, as queries see it, with the kinds of values that its parts have.

Names are those of the event schema (MS-EVEN6 2.2.13, "Event Schema" of Windows Event Log).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = int | float | str
EVENT_PARTS = ("System", "EventData", "UserData", "BinaryEventData", "DebugData", "ProcessingErrorData",
               "RenderingInfo")  # fmt: skip
"""Elements right below an event."""
SYSTEM_PARTS: dict[str, tuple[str, ...]] = {
    "Provider": ("Name", "Guid", "EventSourceName"),
    "EventID": ("Qualifiers",),
    "Version": (),
    "Level": (),
    "Task": (),
    "Opcode": (),
    "Keywords": (),
    "TimeCreated": ("SystemTime", "RawTime"),
    "EventRecordID": (),
    "Correlation": ("ActivityID", "RelatedActivityID"),
    "Execution": ("ProcessID", "ThreadID", "ProcessorID", "SessionID", "KernelTime", "UserTime", "ProcessorTime"),
    "Channel": (),
    "Computer": (),
    "Container": (),
    "Security": ("UserID",),
}
"""Elements of System and their attributes."""
_NUMBER, _GUID, _SID, _TIME, _TEXT = "number", "guid", "sid", "time", "text"
_KINDS: dict[str, dict[str, str]] = {
    "Provider": {"Guid": _GUID},
    "EventID": {"": _NUMBER, "Qualifiers": _NUMBER},
    "Version": {"": _NUMBER},
    "Level": {"": _NUMBER},
    "Task": {"": _NUMBER},
    "Opcode": {"": _NUMBER},
    "Keywords": {"": _NUMBER},
    "TimeCreated": {"SystemTime": _TIME, "RawTime": _NUMBER},
    "EventRecordID": {"": _NUMBER},
    "Correlation": {"ActivityID": _GUID, "RelatedActivityID": _GUID},
    "Execution": dict.fromkeys(SYSTEM_PARTS["Execution"], _NUMBER),
    "Security": {"UserID": _SID},
}
_FILE_TIME = 11644473600
"""s from 1601, where FILETIME begins, to 1970."""
_NONE: dict[str, str] = {}


@dataclass(slots=True)
class Element:
    """One element of an event."""

    name: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    children: tuple[Element, ...] = ()
    text: Value = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Kinds of its text ("") and attributes where they are no plain texts."""
    space: str = ""
    """The namespace that it declares; queries know none."""

    def kind(self, attribute: str = "") -> str:
        """Kind of the text or of an attribute: number, guid, sid, time (s since the epoch, or as text) or text."""
        return self.kinds.get(attribute, _TEXT)

    def child(self, name: str) -> Element | None:
        """The first child of that name."""
        return next((one for one in self.children if one.name == name), None)


def is_time(name: str) -> bool:
    """Whether an attribute of that name holds a time."""
    return name == "SystemTime"


def kinds_in_system(name: str) -> Mapping[str, str]:
    """Kinds of the values of an element of System."""
    return _KINDS.get(name, _NONE)


def seconds_of(text: str) -> float:
    """Seconds since the epoch of a time such as 2009-10-17T19:20:41.123Z; without a zone it is UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except OverflowError as error:
        raise ValueError(f"{text[:40]} is not a time") from error


def seconds_of_file_time(ticks: float) -> float:
    """Seconds since the epoch of a FILETIME: 100 ns since 1601."""
    return ticks / 1e7 - _FILE_TIME
