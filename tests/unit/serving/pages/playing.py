"""Plays a pipeline of cmdlets as Fcm.psm1 does: one request for each object that comes through.

Stages are separated by ``|``. ``where NAME VALUE`` lets objects through whose property has a text, ``select NAME``
makes objects with one property (Select-Object), ``.NAME = VALUE`` sets a property, as PowerShell itself would do
between the requests.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fcm.shell.runtime.execution.binding import Argument, bind
from fcm.shell.runtime.registry import REGISTRY

if TYPE_CHECKING:
    from tests.unit.serving.talk import Talk


@dataclass
class Played:
    """What came of a pipeline."""

    outputs: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Objects by their names, everything else as it is."""
        return [one["text"] if isinstance(one, dict) and "text" in one else str(one) for one in self.outputs]


def play(talk: Talk, line: str) -> Played:
    """Carry out a pipeline."""
    played = Played()
    given: list[Any] | None = None
    for stage in line.split(" | "):
        given = _stage(talk, stage, given, played)
    played.outputs = given or []
    return played


def _stage(talk: Talk, stage: str, given: list[Any] | None, played: Played) -> list[Any]:
    if stage.startswith("where "):
        _, name, wanted = shlex.split(stage)
        return [one for one in given or [] if text_of(one["p"].get(name)) == wanted]
    if stage.startswith("select "):
        name = stage.removeprefix("select ")
        return [{"$": "object", "type": "Selected", "p": {name: one["p"].get(name)}} for one in given or []]
    if stage.startswith("."):
        name, _, value = stage[1:].partition(" = ")
        for one in given or []:
            _told(talk, talk.send(do="set", object=one, property=name, value=_value(value)), played)
        return []
    name, *words = shlex.split(stage)
    parameters = _named(name, words)
    if given is None:
        return _told(talk, talk.invoke(name, **parameters), played)
    return [one for each in given for one in _told(talk, talk.invoke(name, each, **parameters), played)]


def _told(talk: Talk, number: int, played: Played) -> list[Any]:
    lines = talk.answers(number)
    played.errors += [line["error"]["message"] for line in lines if "error" in line]
    return [one for line in lines for one in line.get("outputs", ())]


def _named(cmdlet: str, words: list[str]) -> dict[str, Any]:
    """The words of a command as parameters, as PowerShell binds them by the declarations of the module."""
    known = REGISTRY.find(cmdlet)
    arguments: list[Argument] = []
    waiting = ""
    for word in words:
        if word.startswith("-"):
            if known.parameter(word[1:], -1).kind == "switch":
                arguments.append(Argument(True, name=word[1:]))
            else:
                waiting = word[1:]
        else:
            value = [_value(one) for one in word.split(",")] if "," in word else _value(word)
            arguments.append(Argument(value, name=waiting or None))
            waiting = ""
    return bind(known, arguments)


def _value(word: str) -> Any:
    return int(word) if word.isdigit() else {"$true": True, "$false": False}.get(word, word)


def text_of(value: Any) -> str:
    """A value of the wire as text."""
    if isinstance(value, dict):
        return str(value.get("text", value.get("v", "")))
    return str(value)
