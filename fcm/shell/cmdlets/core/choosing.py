"""Select-Object and Tee-Object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import CORE, core_error, getters, pipeline_input
from fcm.shell.language.errors import ParameterError, UnsupportedError
from fcm.shell.runtime.execution.pipeline import StopUpstreamError
from fcm.shell.runtime.parameters import OBJECTS, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net import members
from fcm.shell.values.values import ShellObject, has_wildcard, wildcard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fcm.shell.runtime.call import Call

    Emit = Callable[[Any], None]


class _Select:
    """Select-Object."""

    def __init__(self, call: Call, emit: Emit, stage: object) -> None:
        self._call, self._emit, self._stage = call, emit, stage
        self._first, self._last = call.count("First"), call.count("Last")
        self._skip, self._skip_last = call.count("Skip") or 0, call.count("SkipLast") or 0
        self._seen = 0
        self._given = 0
        self._kept: list[Any] = []
        self._different: list[Any] = []
        self._places = set(call.wholes("Index"))
        self._without = set(call.wholes("SkipIndex"))

    def begin(self) -> None:
        """Nothing."""

    def process(self, value: Any) -> None:
        """Choose."""
        place = self._seen
        self._seen += 1
        if self._places:
            if place in self._places:
                self._out(value)
            return
        if self._without:
            if place not in self._without:
                self._out(value)
            return
        if self._last is not None or self._skip_last:
            self._kept.append(value)
            if self._last is not None and self._first is not None and place >= self._skip and self._given < self._first:
                self._kept.pop()
                self._given += 1
                self._out(value)
            return
        if place < self._skip:
            return
        if self._first is not None and self._given >= self._first:
            raise StopUpstreamError(self._stage)
        self._given += 1
        self._out(value)
        if self._first is not None and self._given >= self._first and not self._call.switch("Wait"):
            raise StopUpstreamError(self._stage)

    def end(self) -> None:
        """What is chosen from the end."""
        if self._skip_last:
            kept = self._kept[self._skip : max(0, len(self._kept) - self._skip_last)]
        elif self._last is not None:
            end = len(self._kept) - (self._skip if self._first is None else 0)
            kept = self._kept[: max(0, end)]
            kept = kept[max(0, len(kept) - self._last) :]
        else:
            kept = []
        for value in kept:
            self._out(value)

    def _out(self, value: Any) -> None:
        for one in selected(self._call, value):
            if self._call.switch("Unique"):
                if any(_same(one, other, not self._call.switch("CaseInsensitive")) for other in self._different):
                    continue
                self._different.append(one)
            self._emit(one)


def _same(left: Any, right: Any, cased: bool) -> bool:
    if isinstance(left, ShellObject) and isinstance(right, ShellObject):
        if list(left.properties) != list(right.properties):
            return False
        return all(_same(one, right.properties[name], cased) for name, one in left.properties.items())
    if isinstance(left, str) and isinstance(right, str):
        return str(left) == str(right) if cased else left.casefold() == right.casefold()
    return type(left) is type(right) and bool(left == right)


def selected(call: Call, value: Any) -> list[Any]:
    """What -Property and -ExpandProperty make of an object.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.has("ExpandProperty"):
        return _expanded(call, value)
    if not call.has("Property") and not call.has("ExcludeProperty"):
        return [value]
    if not call.has("Property"):
        call.values["Property"] = ["*"]
    without = [wildcard(name) for name in call.texts("ExcludeProperty")]
    made: dict[str, Any] = {}
    for name, get in getters(call, "Property", value):
        if any(pattern.fullmatch(name) for pattern in without):
            continue
        if any(name.casefold() == known.casefold() for known in made):
            raise UnsupportedError("A property that is selected twice")
        made[name] = get(value)
    return [ShellObject("Selected", made)]


def _expanded(call: Call, value: Any) -> list[Any]:
    name = call.text("ExpandProperty")
    if has_wildcard(name):
        raise UnsupportedError("-ExpandProperty with a wildcard")
    own = value.key(name) if isinstance(value, ShellObject) else None
    found = members.read(value, name)
    if isinstance(value, ShellObject) and own is None:
        call.session.errors.fail(
            core_error(call, f'Property "{name}" cannot be found.', "ExpandPropertyNotFound"), call.wanted
        )
        return []
    inner = list(found) if isinstance(found, list) else [found]
    if not call.has("Property"):
        return inner
    added = getters(call, "Property", value)
    made = []
    for one in inner:
        if not isinstance(one, ShellObject):
            raise UnsupportedError("-ExpandProperty with -Property for a value that is no object")
        copy = ShellObject(one.type, dict(one.properties))
        for title, get in added:
            copy.properties.setdefault(title, get(value))
        made.append(copy)
    return made


@cmdlet(
    "Select-Object",
    Param("Property", "any", position=0),
    Param("ExcludeProperty", "texts"),
    Param("ExpandProperty"),
    Param("First", "whole"),
    Param("Last", "whole"),
    Param("Skip", "whole"),
    Param("SkipLast", "whole"),
    Param("Index", "any"),
    Param("SkipIndex", "any"),
    Param("Wait", "switch"),
    Param("Unique", "switch"),
    Param("CaseInsensitive", "switch"),
    OBJECTS,
    synopsis="Selects properties, or the first or last objects.",
    example="Get-ClusterNode | Select-Object Name, State -First 2",
    aliases=("select",),
    module=CORE,
    stream=_Select,
)
def select_object(call: Call) -> Iterable[Any]:
    """Choose."""
    out: list[Any] = []
    stage = _Select(call, out.append, None)
    try:
        for item in pipeline_input(call):
            stage.process(item)
    except StopUpstreamError:
        return out
    stage.end()
    return out


class _Tee:
    """Tee-Object: what goes on is kept in a variable or a file as well."""

    def __init__(self, call: Call, emit: Emit, stage: object) -> None:
        if call.has("FilePath") == call.has("Variable"):
            raise ParameterError(
                "Tee-Object requires a file or a variable.", "Specify -FilePath or -Variable.", call.at
            )
        self._call, self._emit = call, emit
        self._kept: list[Any] = []

    def begin(self) -> None:
        """Nothing."""

    def process(self, value: Any) -> None:
        """Let through."""
        self._kept.append(value)
        self._emit(value)

    def end(self) -> None:
        """Keep."""
        from fcm.shell.values.net.types import ARRAY_LIST, NetList
        from fcm.shell.values.output import write_text

        call = self._call
        if call.has("Variable"):
            found = self._kept[0] if len(self._kept) == 1 else NetList(ARRAY_LIST, self._kept)
            call.session.variables[call.text("Variable")] = found
            return
        path = call.session.path(call.text("FilePath"))
        shown = call.session.format(self._kept, call.session.width)
        for said in call.carry_out(str(path), lambda: write_text(path, shown, call.switch("Append"))):
            self._emit(said)


@cmdlet(
    "Tee-Object",
    Param("FilePath", position=0, aliases=("Path",)),
    Param("Variable"),
    Param("Append", "switch"),
    OBJECTS,
    synopsis="Saves pipeline input in a file or variable, and passes it on.",
    example="Get-ClusterNode | Tee-Object nodes.txt",
    aliases=("tee",),
    module=CORE,
    stream=_Tee,
)
def tee_object(call: Call) -> Iterable[Any]:
    """Let through."""
    out: list[Any] = []
    stage = _Tee(call, out.append, None)
    for item in pipeline_input(call):
        stage.process(item)
    stage.end()
    return out
