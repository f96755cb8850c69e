"""Events of this cluster as trees of elements, made as far as a query asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.logs.schema import Element, kinds_in_system

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fcm.logs.records import EventRecord
    from fcm.logs.schema import Value

_NONE: dict[str, str] = {}


def tree_of(record: EventRecord) -> Element:
    """The event as a query sees it."""
    if record.element is not None:
        return record.element
    event = Element("Event")
    event.children = (_LaterSystem(record), _LaterData(record))
    return event


class _LaterElement(Element):
    """An element whose children are made when something asks for them: most queries ask for few parts."""

    __slots__ = ("record",)

    def __init__(self, name: str, record: EventRecord) -> None:
        self.name, self.record = name, record
        self.attributes = self.kinds = _NONE
        self.text = self.space = ""

    def __getattr__(self, name: str) -> tuple[Element, ...]:
        if name != "children":
            raise AttributeError(name)
        self.children = self.made()
        return self.children

    def made(self) -> tuple[Element, ...]:
        """The children."""
        raise NotImplementedError


class _LaterSystem(_LaterElement):
    __slots__ = ()

    def __init__(self, record: EventRecord) -> None:
        super().__init__("System", record)

    def made(self) -> tuple[Element, ...]:
        record = self.record
        return (
            _system("Provider", {"Name": record.provider, "Guid": record.guid}),
            _system("EventID", text=record.id),
            _system("Version", text=0),
            _system("Level", text=record.level),
            _system("Task", text=record.task),
            _system("Opcode", text=0),
            _system("Keywords", text=record.keywords),
            _system("TimeCreated", {"SystemTime": record.time}),
            _system("EventRecordID", text=record.record_id),
            _system("Correlation"),
            _system("Execution", {"ProcessID": record.process, "ThreadID": record.thread}),
            _system("Channel", text=record.channel),
            _system("Computer", text=record.computer),
            _system("Security", {"UserID": record.user}),
        )


class _LaterData(_LaterElement):
    __slots__ = ()

    def __init__(self, record: EventRecord) -> None:
        super().__init__("EventData", record)

    def made(self) -> tuple[Element, ...]:
        return tuple(Element("Data", {"Name": name}, (), value, _NONE) for name, value in self.record.data)


def _system(name: str, attributes: Mapping[str, Value] | None = None, text: Value = "") -> Element:
    return Element(name, attributes or _NONE, (), text, kinds_in_system(name))
