"""The XML around event queries: QueryList, and the custom views of Event Viewer that hold one.

The XML is read by expat piece by piece: a document type, an entity of one's own or deep nesting ends the reading where
it stands, so that nothing is ever expanded, and each fault is told with its line and column. Names count without their
namespace prefix.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

from fcm.logs.queries.scanner import QueryError, shown
from fcm.text.markup import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 256 * 1024
"""Characters of a query."""
MOST_SELECTS = 500
DEEPEST = 30
"""Nestings of elements."""
_VIEW, _LIST = "ViewerConfig", "QueryList"
_IN_LIST = {"Query": 1, "Select": 2, "Suppress": 2}
"""Elements of a query list and their depth in it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A Select or Suppress as it was written."""

    path: str
    """Its own Path, or that of its Query."""
    expression: str
    suppresses: bool
    at: tuple[int, int]
    """Line and column of the element."""
    pieces: tuple[tuple[str, tuple[int, int]], ...]
    """Its text with line and column of each piece."""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of the expression."""
        raw = "".join(text for text, _ in self.pieces)
        offset += len(raw) - len(raw.lstrip())
        for text, (line, column) in self.pieces:
            if offset < len(text):
                return line, column + offset
            offset -= len(text)
        if not self.pieces:
            return self.at
        text, (line, column) = self.pieces[-1]
        return line, column + len(text)


@dataclass(slots=True)
class Part:
    """A Query element."""

    id: str
    path: str
    selections: list[Selection] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QueryText:
    """What a text with a query holds."""

    parts: tuple[Part, ...]
    xml: str
    """The QueryList alone."""
    name: str = ""
    """Of a custom view; "" if it has none, or the text is no view."""
    description: str = ""


def read_query_xml(text: str, on_selection: Callable[[Selection], None] = lambda one: None) -> QueryText:
    """The parts of a query list or custom view.

    Args:
        text: the XML.
        on_selection: told each Select and Suppress at its end, so that the first fault of a text is told first.

    Raises:
        QueryError: it is too long, no XML, or has something else in it; line and column say where.
    """
    if len(text) > LONGEST:
        raise QueryError(f"The query has more than {LONGEST} characters. Make it shorter.", 1, 1)
    return _Reader(text.removeprefix("\ufeff"), on_selection).read()


def custom_view(xml: str, name: str, description: str = "") -> str:
    """A query list as a custom view that Event Viewer imports.

    Raises:
        QueryError: ``xml`` is no query.
    """
    inside = read_query_xml(xml).xml
    said = f"\n      <Description>{escape(description)}</Description>" if description else ""
    indented = inside.replace("\n", "\n      ")
    return (
        "<ViewerConfig>\n  <QueryConfig>\n    <QueryParams>\n      <UserQuery />\n    </QueryParams>\n    <QueryNode>\n"
        f"      <Name LanguageNeutralValue={quoteattr(name)}>{escape(name)}</Name>{said}\n"
        f"      {indented}\n    </QueryNode>\n  </QueryConfig>\n</ViewerConfig>"
    )


class _Reader:
    """Reads the XML; knows where every character of an expression stands."""

    def __init__(self, text: str, on_selection: Callable[[Selection], None]) -> None:
        self.on_selection = on_selection
        self.text = text.lstrip("\r\n\t ")
        skipped = text[: len(text) - len(self.text)].replace("\r\n", "\n")
        self.skipped_lines = skipped.count("\n")
        self.skipped_columns = len(skipped) - skipped.rfind("\n") - 1
        self.bytes = self.text.encode("utf-8", "replace")
        self.parts: list[Part] = []
        self.open: list[str] = []
        self.list_depth = -1
        """Depth of the open QueryList; -1: none is open."""
        self.list_span = (0, 0)
        """First byte of the QueryList and of its end tag."""
        self.lists = 0
        self.names: dict[str, str] = {}
        """Name and Description of a view."""
        self.path = ""
        self.at = (1, 1)
        self.pieces: list[tuple[str, tuple[int, int]]] = []
        self.selections = 0
        # The text has been decoded; what its declaration says of bytes does not hold any more.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = False
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.EntityDeclHandler = self._document_type
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def read(self) -> QueryText:
        try:
            self.parser.Parse(self.bytes, True)
        except expat.ExpatError as error:
            line, column = self._place(error.lineno, error.offset)
            said = expat.ErrorString(error.code)
            raise QueryError(f"The query is not XML: {said}. Begin with <QueryList>.", line, column) from error
        if not self.lists:
            raise QueryError("The custom view holds no <QueryList>. Export it from Event Viewer again.", 1, 1)
        if not any(not one.suppresses for part in self.parts for one in part.selections):
            raise QueryError('The query selects nothing. Write <Select Path="System">*</Select>.', 1, 1)
        start, end = self.list_span
        closing = self.bytes.find(b">", end) + 1
        xml = self.bytes[start:closing].decode("utf-8", "replace")
        name, description = (" ".join(self.names.get(one, "").split()) for one in ("Name", "Description"))
        return QueryText(tuple(self.parts), xml, name, description)

    def _place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column (from 1) of what expat calls line (from 1) and byte of the line (from 0)."""
        lines = self.text.split("\n")
        before = lines[line - 1].encode("utf-8", "replace")[:column] if line <= len(lines) else b""
        shift = self.skipped_columns if line == 1 else 0
        return line + self.skipped_lines, len(before.decode("utf-8", "replace")) + 1 + shift

    def _here(self) -> tuple[int, int]:
        return self._place(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber)

    def _refuse(self, why: str) -> NoReturn:
        raise QueryError(why, *self._here())

    def _document_type(self, *_: Any) -> None:
        self._refuse("The query has a document type or an entity, which is not allowed. Remove <!DOCTYPE ...>.")

    def _instruction(self, *_: Any) -> None:
        self._refuse("The query has a processing instruction, which is not allowed. Remove <? ... ?>.")

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        name = full.rpartition(":")[2]
        depth = len(self.open)
        if depth > DEEPEST:
            self._refuse(f"Elements are nested deeper than {DEEPEST} levels. Export the query again.")
        if depth == 0 and name not in (_LIST, _VIEW):
            self._refuse(f"The query begins with <{name[:40]}>. Begin it with <QueryList>.")
        if self.list_depth >= 0:
            self._in_list(name, depth - self.list_depth, attributes)
        elif name == _LIST:
            if depth and self.open[-1] != "QueryNode":
                self._refuse(f"<QueryList> stands in <{self.open[-1][:40]}>. Put it into <QueryNode>.")
            if self.lists:
                self._refuse("The file holds more than one query. Export each custom view into a file of its own.")
            self.lists += 1
            self.list_depth = depth
            self.list_span = (self.parser.CurrentByteIndex, 0)
        elif self.open and self.open[-1] == "QueryNode" and name in ("Name", "Description") and name not in self.names:
            self.names[name] = attributes.get("LanguageNeutralValue", "")[:LONGEST]
        self.open.append(name)

    def _in_list(self, name: str, depth: int, attributes: dict[str, str]) -> None:
        if _IN_LIST.get(name) != depth:
            place = self.open[-1]
            wanted = {_LIST: "Write <Query> there.", "Query": "Write <Select> or <Suppress> there."}
            self._refuse(f"<{name[:40]}> stands in <{place}>. {wanted.get(place, 'Write the expression there.')}")
        if depth == 1:
            self.parts.append(Part(attributes.get("Id", str(len(self.parts))), attributes.get("Path", "")))
        else:
            self.path = attributes.get("Path", self.parts[-1].path)
            self.at, self.pieces = self._here(), []
            self.selections += 1
            if self.selections > MOST_SELECTS:
                self._refuse(f"The query has more than {MOST_SELECTS} selections. Make it shorter.")

    def _characters(self, text: str) -> None:
        if self.list_depth < 0:
            if len(self.open) > 1 and self.open[-2] == "QueryNode" and self.open[-1] in ("Name", "Description"):
                name = self.open[-1]
                self.names[f"{name} text"] = self.names.get(f"{name} text", "") + text
        elif len(self.open) - self.list_depth == 3:
            self.pieces.append((text, self._here()))
        elif text.strip():
            self._refuse(f"{shown(text.strip(), 20)} is outside <Select>. Remove it.")

    def _end(self, full: str) -> None:
        name = self.open.pop()
        if self.list_depth < 0:
            if name in ("Name", "Description") and self.open and self.open[-1] == "QueryNode":
                # What stands in the element is in the language of the reader; the attribute is what was typed.
                self.names[name] = self.names.get(name, "") or self.names.get(f"{name} text", "")
        elif len(self.open) == self.list_depth:
            self.list_depth = -1
            self.list_span = (self.list_span[0], self.parser.CurrentByteIndex)
        elif len(self.open) - self.list_depth == 2:
            expression = "".join(text for text, _ in self.pieces).strip()
            one = Selection(self.path, expression, name == "Suppress", self.at, tuple(self.pieces))
            self.parts[-1].selections.append(one)
            self.on_selection(one)
