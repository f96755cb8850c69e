"""Queries over events with a name: those that come along, and those that the user saved."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from fcm.logs.queries.form import EventFilter
from fcm.logs.queries.query import Query, QueryError, parse_query
from fcm.logs.queries.xml import QueryText, read_query_xml
from fcm.text.textfile import QUERY, TextFileError, read_text
from fcm.workspace.events.event_log import EventSelection
from fcm.workspace.files.settings import EVENT_DESCRIPTIONS, EVENT_QUERIES
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.workspace.files.settings import Settings

LONGEST_NAME = 80
"""Characters of a name."""
LONGEST_DESCRIPTION = 2000
"""Characters of a description."""
MOST_QUERIES = 200
ALL_EVENTS = "All Events"
RECENT = "Recent Cluster Events"
GUIDE = "Live Migration Logs"
_HYPER_V = "Microsoft-Windows-Hyper-V-"
_LOGS = ("Config-Admin", "High-Availability-Admin", "High-Availability-Analytic", "Hypervisor-Admin",
         "Integration-Admin", "Network-Admin", "SynthStor-Admin", "SynthNic-Admin", "Image-Management-Service-Admin",
         "VMMS-Admin", "Worker-Admin")  # fmt: skip
_GUIDE_QUERY = "\n".join(
    [
        "<QueryList>",
        '  <Query Id="0" Path="System">',
        f"    <Select Path=\"System\">*[System[Provider[@Name='{_HYPER_V}Hypervisor']]]</Select>",
        *(f'    <Select Path="{_HYPER_V}{log}">*</Select>' for log in _LOGS),
        "  </Query>",
        "</QueryList>",
    ]
)
SHIPPED: dict[str, str] = {
    ALL_EVENTS: EventFilter().xml(),
    RECENT: EventFilter(within=86_400_000, levels=(1, 2, 3)).xml(),
    GUIDE: _GUIDE_QUERY,
}
"""Queries that come along: everything; critical events, errors and warnings of the last 24 hours; the query that
Microsoft's guide to live migration (dd446679) saves as query.txt."""


def recent_events(now: float) -> EventSelection:
    """What the cluster's page counts as Recent Cluster Events: those of the query, after they were last reset.

    Args:
        now: s since the epoch, clock of the cluster.
    """
    return EventSelection(_recent_query(), now, is_recent=True)


@functools.cache
def _recent_query() -> Query:
    return parse_query(SHIPPED[RECENT])


def read_query(path: Path) -> QueryText:
    """The query of a file, or the custom view of Event Viewer with its name and description; blocks.

    Raises:
        QueryError: the file cannot be read or holds no query; line and column say where, if they are known.
    """
    try:
        text = read_text(path, QUERY)
    except TextFileError as error:
        raise QueryError(str(error)) from error
    parse_query(text)
    return read_query_xml(text)


def write_query(path: Path, xml: str) -> None:
    """Write a query or custom view to a file that Event Viewer and wevtutil take too; blocks.

    Raises:
        OSError: it cannot be written.
    """
    with whole_file(path) as file:
        file.write(xml.encode() + b"\n")


class SavedQueries:
    """Names and queries; the shipped ones come first and stay as they are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def all(self) -> dict[str, str]:
        """Queries as XML by name, in the order of a list."""
        own = self._settings.get(EVENT_QUERIES)
        return {**SHIPPED, **{name: own[name] for name in sorted(own, key=str.casefold) if name not in SHIPPED}}

    def is_own(self, name: str) -> bool:
        """Whether the user saved it, so that it can be renamed and deleted."""
        return name not in SHIPPED and name in self._settings.get(EVENT_QUERIES)

    def description(self, name: str) -> str:
        """What its author wrote about a query; "" if nothing."""
        return self._settings.get(EVENT_DESCRIPTIONS).get(name, "")

    def save(self, name: str, xml: str, description: str | None = None) -> None:
        """Save a query; one of that name is replaced.

        Args:
            name: of the query.
            xml: the query.
            description: of the query; None: the one that is there stays.

        Raises:
            ValueError: the name cannot be used (sentence).
        """
        kept = self._checked(name)
        own = self._settings.get(EVENT_QUERIES)
        if kept not in own and len(own) >= MOST_QUERIES:
            raise ValueError(f"There are {MOST_QUERIES} saved queries. Delete one first.")
        self._settings.set(EVENT_QUERIES, {**own, kept: xml})
        if description is not None:
            self._describe({kept: description[:LONGEST_DESCRIPTION]})

    def save_beside(self, name: str, xml: str, description: str = "") -> str:
        """Save a query that was imported; one of that name that says something else stays. Returns its name.

        Raises:
            ValueError: the name cannot be used (sentence).
        """
        kept = " ".join(name.split())[:LONGEST_NAME].strip()
        known = self.all()
        for number in range(2, MOST_QUERIES + 3):
            if kept not in known or (self.is_own(kept) and known[kept].split() == xml.split()):
                break
            ending = f" ({number})"
            kept = " ".join(name.split())[: LONGEST_NAME - len(ending)].strip() + ending
        self.save(kept, xml, description)
        return kept

    def rename(self, name: str, new: str) -> None:
        """Give a query of the user another name.

        Raises:
            ValueError: the name cannot be used or is taken (sentence).
            KeyError: the user has no query ``name``.
        """
        present = self._settings.get(EVENT_QUERIES)
        own = {**present}
        kept = self._checked(new)
        if kept != name and kept in own:
            raise ValueError(f"A query {kept} already exists. Choose another name.")
        own[kept] = own.pop(name)
        self._settings.set(EVENT_QUERIES, own)
        if kept != name:
            self._describe({kept: self.description(name), name: ""})

    def delete(self, name: str) -> None:
        """Remove a query of the user.

        Raises:
            KeyError: the user has no such query.
        """
        present = self._settings.get(EVENT_QUERIES)
        own = {**present}
        del own[name]
        self._settings.set(EVENT_QUERIES, own)
        self._describe({name: ""})

    def _describe(self, changed: dict[str, str]) -> None:
        present = self._settings.get(EVENT_DESCRIPTIONS)
        after = {name: text for name, text in {**present, **changed}.items() if text}
        if after != present:
            self._settings.set(EVENT_DESCRIPTIONS, after)

    @staticmethod
    def _checked(name: str) -> str:
        kept = " ".join(name.split())
        if not kept:
            raise ValueError("Enter a name for the query.")
        if len(kept) > LONGEST_NAME:
            raise ValueError(f"The name has more than {LONGEST_NAME} characters. Shorten it.")
        if kept in SHIPPED:
            raise ValueError(f"{kept} comes with the program and cannot be changed. Choose another name.")
        return kept
