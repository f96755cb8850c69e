"""What nodes write when something fails or comes back, by its key (resources/events/failures.toml, pacemaker.toml).

The file says for each key the number, level, log, task and fields of the Windows event, its sentence, and the lines of
the cluster log. A key that it does not know is written down with its values as they are, and never raises.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from fcm import resources
from fcm.model.entities import ClusterVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.model.failure_events import NodeLogged
    from fcm.model.state import State

FACT = "NodeLogged"
"""First word of ``EventRecord.fact`` of what a node wrote itself; the key follows."""
CLUSTERING = "Microsoft-Windows-FailoverClustering"
DIAGNOSTIC = f"{CLUSTERING}-Diagnostic"
"""The log from which Windows makes cluster logs."""
_HYPER_V = "Microsoft-Windows-Hyper-V-"
_LOGS = {
    "System": ("FailoverClustering", "System"),
    "Operational": ("FailoverClustering", f"{CLUSTERING}-Operational"),
    "HighAvailability": ("Hyper-V-High-Availability", f"{_HYPER_V}High-Availability-Admin"),
    "Worker": ("Hyper-V-Worker", f"{_HYPER_V}Worker-Admin"),
    "VMMS": ("Hyper-V-VMMS", f"{_HYPER_V}VMMS-Admin"),
    "Pacemaker": ("Pacemaker", "System"),
}
"""Source and channel of each log that the file names."""
_LINE = re.compile(r"(INFO|WARN|ERR) \[([A-Za-z{}-]+)\] (.+)", re.DOTALL)
_MAY_BE_ABSENT = frozenset({"text", "waits_for"})
_VIRTUAL_MACHINE = "Virtual Machine "
UNKNOWN = "(unknown)"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the cluster log."""

    level: str
    """INFO, WARN or ERR."""
    component: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the file says of one key."""

    key: str
    id: int
    """Of the Windows event; 0: the cluster log alone has it."""
    level: str
    level_2008_r2: str
    source: str
    channel: str
    task: int
    task_name: str
    fields: tuple[str, ...]
    """In the order of Windows."""
    names: dict[str, str]
    """Names in EventData that this event alone has for a field."""
    defaults: dict[str, str]
    """Fields that are so where nothing else is said."""
    text: str
    lines: tuple[LogLine, ...]
    since: ClusterVersion
    until: ClusterVersion

    def level_in(self, version: ClusterVersion) -> str:
        """The level in that version."""
        return self.level_2008_r2 if version is ClusterVersion.V2008_R2 else self.level

    def is_event_in(self, version: ClusterVersion) -> bool:
        """Whether that version of Windows writes it to an event log; if not, it is in the cluster log alone."""
        return bool(self.id) and version.at_least(self.since) and self.until.at_least(version)


@dataclass(frozen=True, slots=True)
class NodeEvents:
    """The whole file."""

    entries: dict[str, Words]
    names: dict[str, str]
    """Names in EventData of fields that do not just have capitals."""
    aliases: dict[str, str]
    """Other words for a field."""

    def field(self, name: str) -> str:
        """A field as the file calls it."""
        return self.aliases.get(name, name)

    def windows_name(self, key: str, field: str) -> str:
        """The name of a field of an event in EventData."""
        words = self.entries.get(key)
        name = (words.names.get(field) if words else None) or self.names.get(field)
        return name or "".join(part[:1].upper() + part[1:] for part in field.split("_"))


@cache
def node_events() -> NodeEvents:
    """The file and that of Pacemaker, read once.

    Raises:
        ValueError: an entry is not as it must be.
    """
    with resources.path("events", "failures.toml").open("rb") as file:
        table = tomllib.load(file)
    with resources.path("events", "pacemaker.toml").open("rb") as file:
        pacemaker = tomllib.load(file)
    made = [_entry(item, table["tasks"]) for item in (*table["events"], *pacemaker["events"])]
    entries = {words.key: words for words in made}
    if len(entries) != len(made):
        raise ValueError("failures.toml and pacemaker.toml have a key twice")
    return NodeEvents(entries, table["names"], table["aliases"])


def _entry(item: dict[str, Any], tasks: dict[str, int]) -> Words:
    number = item.get("id", 0)
    key = item.get("key") or str(number)
    fields = [field.partition(":") for field in item["fields"]]
    source, channel = _LOGS[item["log"]] if number else ("FailoverClustering", DIAGNOSTIC)
    return Words(
        key,
        number,
        item["level"],
        item.get("level_2008_r2", item["level"]),
        item.get("source", source),
        channel,
        tasks[item["task"]],
        item["task"],
        tuple(name for name, _, _ in fields),
        {name: own for name, _, own in fields if own},
        item.get("defaults", {}),
        item["text"],
        tuple(_line(text) for text in item.get("lines", ())),
        ClusterVersion(item.get("since", ClusterVersion.V2008_R2)),
        ClusterVersion(item.get("until", tuple(ClusterVersion)[-1])),
    )


def _line(text: str) -> LogLine:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"failures.toml: this is not a line of a cluster log: {text}")
    return LogLine(*found.groups())


class _Values(dict[str, str]):
    """Values by field; what is missing is said to be unknown."""

    def __missing__(self, key: str) -> str:
        return "" if key in _MAY_BE_ABSENT else UNKNOWN

    def __getitem__(self, key: str) -> str:
        value = super().__getitem__(key)
        return "it is cleared by hand" if key == "until" and not value else value


def fields_of(event: NodeLogged, state: State) -> dict[str, str]:
    """The fields of what a node wrote, as the file calls them: in the order of Windows, then any others.

    Args:
        event: what was written.
        state: for names; a value that is the id of an object becomes its name.
    """
    known = node_events()
    given = {known.field(name): _named(value, state) for name, value in event.values}
    words = known.entries.get(event.key)
    if words is None:
        return given
    machine, resource = given.get("machine", ""), given.get("resource", "")
    if "resource" in words.fields and not resource and machine:
        given["resource"] = f"{_VIRTUAL_MACHINE}{machine}"
        del given["machine"]
    elif "machine" in words.fields and not machine and resource.startswith(_VIRTUAL_MACHINE):
        given["machine"] = resource.removeprefix(_VIRTUAL_MACHINE)
        del given["resource"]
    given = words.defaults | given
    order = [name for name in words.fields if name in given]
    return {name: given[name] for name in (*order, *(name for name in given if name not in order))}


def _named(value: str, state: State) -> str:
    for table in (state.groups, state.resources, state.machines, state.disks, state.networks, state.adapters):
        found = table.get(value)
        if found is not None:
            return found.name
    return value


def filled(text: str, fields: dict[str, str], writer: str) -> str:
    """A sentence of the file with its fields."""
    return " ".join(text.format_map(_Values(fields, writer=writer)).split())


def said_by(key: str, fields: dict[str, str], writer: str) -> str:
    """What a node wrote, in words.

    Args:
        key: of the file, or any other.
        fields: as ``fields_of`` gives them.
        writer: the node.
    """
    words = node_events().entries.get(key)
    if words is not None:
        return filled(words.text, fields, writer)
    listed = ", ".join(f"{name} {value}" for name, value in fields.items())
    return f"{writer} wrote {key}: {listed}." if listed else f"{writer} wrote {key}."


def data_of(key: str, fields: dict[str, str]) -> dict[str, str]:
    """Fields of an event as EventData has them."""
    known = node_events()
    return {known.windows_name(key, name): value for name, value in fields.items()}


def lines_of(fact: str, data: Iterable[tuple[str, str]], writer: str, text: str) -> list[LogLine]:
    """What the cluster log of a node gets of a record.

    Args:
        fact: ``EventRecord.fact``: FACT and the key.
        data: EventData.
        writer: the node.
        text: the sentence of the record; for a key that the file does not know.
    """
    known = node_events()
    key = fact.removeprefix(FACT).strip()
    words = known.entries.get(key)
    if words is None:
        return [LogLine("INFO", "API", text)]
    given = dict(data)
    names = {*words.fields, *(_snake(name) for name in given)}
    named = {name: known.windows_name(key, name) for name in names}
    fields = {name: given[named[name]] for name in names if named[name] in given}
    return [
        LogLine(line.level, filled(line.component, fields, writer), filled(line.text, fields, writer))
        for line in words.lines
    ]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
