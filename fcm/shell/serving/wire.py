"""The lines of the protocol between a module of PowerShell and ``fcm serve``.

Each line is one JSON document in UTF-8, in both directions. Requests::

    {"id": 0, "do": "hello", "protocol": 1, "session": TEXT}    session: by which a window knows its own terminal
    {"id": 1, "do": "invoke", "cmdlet": NAME, "parameters": {...}, "input": [...], "has_input": true, "folder": PATH}
    {"id": 2, "do": "set", "object": OBJECT, "property": NAME, "value": VALUE}
    {"id": 2, "do": "read", "object": OBJECT}       all properties of an object of which the type and id are known
    {"id": 3, "do": "complete", "cmdlet": NAME, "parameter": NAME, "word": TEXT}    what can be typed; output: texts
    {"id": 4, "do": "grid", "title": TEXT, "input": [...], "pick": true}    Out-GridView; output: numbers of picked rows
    {"id": 1, "do": "stop"}             Ctrl+C: ends request 1, or keeps it from being carried out
    {"id": 1, "yes": true}              the answer to the question that request 1 asked

Answers to request 1, the last of which is the end::

    {"id": 1, "hello": {...}}           versions, the cluster, and the properties of the types of objects
    {"id": 1, "outputs": [VALUE, ...]}
    {"id": 1, "warning": TEXT}          also "verbose", "debug", "host"
    {"id": 1, "progress": [ACTIVITY, STATUS, PERCENT]}    percent -1: it is over
    {"id": 1, "ask": TEXT}
    {"id": 1, "error": {"message", "remedy", "category", "id", "target", "ends"}}
    {"id": 1, "end": true}

A line that is no request is answered by an error with its id, or with the id null, and ends nothing else. Values are
JSON's own; what JSON does not have is ``{"$": KIND, ...}``, see ``fcm.shell.serving.values``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

PROTOCOL = 1
"""Version of this protocol; a module that speaks another one is refused."""
LONGEST = 16 * 1024 * 1024
"""Bytes of a line at most; 8,000 objects that are piped take about a quarter of it."""
DEEPEST = 32
"""Lists and objects within one another at most; modules send 6."""
MOST_ID = 2**53
"""Ids are whole numbers below it, as JSON keeps them exactly."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who asks says which protocol he speaks."""

    id: int
    protocol: int
    session: str = ""
    """By which the window that began this PowerShell knows it again; "" for all others."""


@dataclass(frozen=True, slots=True)
class Invoke:
    """Call a cmdlet; values are still those of the wire."""

    id: int
    cmdlet: str
    parameters: dict[str, Any]
    input: list[Any] = field(default_factory=list)
    has_input: bool = False
    """True if something stands before it in the pipeline, even if nothing came through."""
    folder: str = ""
    """What relative paths are meant from; "": the folder in which the server was started."""


@dataclass(frozen=True, slots=True)
class SetProperty:
    """Set a property of an object that the server once gave."""

    id: int
    object: Any
    property: str
    value: Any


@dataclass(frozen=True, slots=True)
class Read:
    """The object that a property stands for, as it is now."""

    id: int
    object: Any


@dataclass(frozen=True, slots=True)
class Complete:
    """What can be typed as the value of a parameter, where ``word`` stands already."""

    id: int
    cmdlet: str
    parameter: str
    word: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Show objects in a table of the window, where the PowerShell has no Out-GridView of its own."""

    id: int
    title: str
    input: list[Any]
    pick: bool
    """Whether rows are to be picked; the answer waits for that."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Ctrl+C in a request."""

    id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to the question of a request."""

    id: int
    yes: bool


Request = Hello | Invoke | SetProperty | Read | Complete | Grid | Stop | Answer


class WireError(Exception):
    """A line is no request.

    Attributes:
        message: why, and what a request is.
        id: that of the request, where it can be told.
    """

    def __init__(self, message: str, id: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.id = id


_OPENS = re.compile(rb'["\[{]|\\.|[\]}]')


def request(line: bytes) -> Request:
    """What a line asks for.

    Raises:
        WireError: it is too long, no JSON, nested too deeply, or no request.
    """
    if len(line) > LONGEST:
        raise WireError(f"A request is at most {LONGEST // 2**20} MiB long. Send fewer objects at a time.")
    if _depth(line) > DEEPEST:
        raise WireError(f"The request is nested more than {DEEPEST} levels deep.")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WireError("The request is not a JSON document in UTF-8 on one line.") from error
    if not isinstance(said, dict):
        raise WireError("A request is a JSON object.")
    number = said.get("id")
    if type(number) is not int or not 0 <= number < MOST_ID:
        raise WireError("A request has an id, a whole number.")
    if "do" not in said and "yes" in said:
        return Answer(number, _of(said, "yes", bool, number))
    match said.get("do"):
        case "hello":
            return Hello(number, _of(said, "protocol", int, number), _of(said, "session", str, number, ""))
        case "stop":
            return Stop(number)
        case "invoke":
            return Invoke(
                number,
                _of(said, "cmdlet", str, number),
                _of(said, "parameters", dict, number, {}),
                _of(said, "input", list, number, []),
                _of(said, "has_input", bool, number, False),
                _of(said, "folder", str, number, ""),
            )
        case "set":
            if "object" not in said:
                raise WireError("A request to set a property has an object.", number)
            return SetProperty(number, said["object"], _of(said, "property", str, number), said.get("value"))
        case "read":
            if "object" not in said:
                raise WireError("A request to read has an object.", number)
            return Read(number, said["object"])
        case "complete":
            words = (_of(said, name, str, number) for name in ("cmdlet", "parameter", "word"))
            return Complete(number, *words)
        case "grid":
            return Grid(
                number,
                _of(said, "title", str, number, "Out-GridView"),
                _of(said, "input", list, number, []),
                _of(said, "pick", bool, number, False),
            )
        case other:
            kinds = "hello, invoke, set, read, complete, grid, stop"
            raise WireError(f"{json.dumps(other)[:60]} is not a kind of request: {kinds}.", number)


def _of(said: dict[str, Any], name: str, kind: type, number: int, default: Any = None) -> Any:
    found = said.get(name, default)
    if type(found) is not kind:
        words = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}
        raise WireError(f"{name} of a request is {words[kind]}.", number)
    return found


def _depth(line: bytes) -> int:
    """How deeply a document is nested, at least; json.loads of CPython ends the process with some deep ones."""
    if line.count(b"[") + line.count(b"{") <= DEEPEST:
        return 0
    depth = deepest = 0
    in_text = False
    for found in _OPENS.finditer(line):
        match found.group():
            case b'"':
                in_text = not in_text
            case b"[" | b"{" if not in_text:
                depth += 1
                deepest = max(deepest, depth)
            case b"]" | b"}" if not in_text:
                depth -= 1
    return deepest


def answer(number: int | None, **what: Any) -> bytes:
    """A line that answers a request; ``what`` has values of the wire."""
    said = json.dumps({"id": number, **what}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate, from a file name that is no text, has no UTF-8.
    return said.encode("utf-8", "replace") + b"\n"
