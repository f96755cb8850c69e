"""Queries over events with a name: those that come along, and those that the user saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.logs.query import QueryError, parse_query
from fcm.logs.query_form import EventFilter
from fcm.textfile import QUERY, TextFileError, read_text
from fcm.workspace.settings import EVENT_QUERIES
from fcm.workspace.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.workspace.settings import Settings

LONGEST_NAME = 80
"""Characters of a name."""
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


def read_query(path: Path) -> str:
    """The query of a file; blocks.

    Raises:
        QueryError: the file cannot be read or holds no query.
    """
    try:
        text = read_text(path, QUERY)
    except TextFileError as error:
        raise QueryError(str(error)) from error
    parse_query(text)
    return text


def write_query(path: Path, xml: str) -> None:
    """Write a query to a file that Event Viewer and wevtutil take too; blocks.

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

    def save(self, name: str, xml: str) -> None:
        """Save a query; one of that name is replaced.

        Raises:
            ValueError: the name cannot be used (sentence).
        """
        kept = self._checked(name)
        own = self._settings.get(EVENT_QUERIES)
        if kept not in own and len(own) >= MOST_QUERIES:
            raise ValueError(f"There are {MOST_QUERIES} saved queries. Delete one first.")
        self._settings.set(EVENT_QUERIES, {**own, kept: xml})

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
            raise ValueError(f"There is a query {kept} already. Choose another name.")
        own[kept] = own.pop(name)
        self._settings.set(EVENT_QUERIES, own)

    def delete(self, name: str) -> None:
        """Remove a query of the user.

        Raises:
            KeyError: the user has no such query.
        """
        present = self._settings.get(EVENT_QUERIES)
        own = {**present}
        del own[name]
        self._settings.set(EVENT_QUERIES, own)

    @staticmethod
    def _checked(name: str) -> str:
        kept = " ".join(name.split())
        if not kept:
            raise ValueError("A query needs a name. Type one.")
        if len(kept) > LONGEST_NAME:
            raise ValueError(f"The name has more than {LONGEST_NAME} characters. Shorten it.")
        if kept in SHIPPED:
            raise ValueError(f"{kept} comes with the program and stays as it is. Choose another name.")
        return kept
