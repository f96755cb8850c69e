"""What a program sends to a terminal, made fit for pyte, which prints the rest of sequences that it does not know."""

from __future__ import annotations

import codecs
import inspect
import re
from typing import TYPE_CHECKING, Any, cast

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import MethodType

    from fcm.ui.console.terminal.screen import Screen

LONGEST = 65536
"""Characters of an unfinished sequence that are kept for its rest; a longer one is let through."""

# ECMA-48, 5.4 and 5.6: control sequences with private parameters, soft reset, and command strings up to their end.
_UNKNOWN = re.compile(r"\x1b(?:\[[<=>][0-?]*[ -/]*[@-~]|\[![@-~]|[PX^_][^\x1b\x07]*(?:\x1b\\|\x07))")
_WITH_COLONS = re.compile(r"\x1b\[([0-9;]*:[0-9;:]*)m")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[PX^_][^\x1b\x07]*\x1b?)?\Z")
_PRIVATE = frozenset(("erase_in_line", "erase_in_display", "set_mode", "reset_mode", "report_device_status"))
"""What takes a question mark before its parameters."""


def _plain_colours(found: re.Match[str]) -> str:
    """Colours and kinds of underlines with colons (ITU-T T.416) as those with semicolons."""
    parts = []
    for part in found[1].split(";"):
        kind, _, rest = part.partition(":")
        numbers = [number for number in rest.split(":") if number]
        if kind in ("38", "48") and numbers[:1] == ["2"]:
            parts += [kind, "2", *numbers[-3:]]
        elif kind in ("38", "48"):
            parts += [kind, *numbers[:2]]
        else:
            parts.append("24" if (kind, rest) == ("4", "0") else kind)
    return f"\x1b[{';'.join(parts)}m"


class _Tolerant:
    """A screen, of which pyte may call a method with more parameters than it takes."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._screen, name)
        return method if name in ("draw", "debug") else self._lenient(name, method)

    @staticmethod
    def _lenient(name: str, method: MethodType) -> Callable[..., None]:
        takes_any = method.__code__.co_flags & inspect.CO_VARARGS
        most = None if takes_any else method.__code__.co_argcount - 1

        def call(*values: Any, private: bool = False, **others: Any) -> None:
            if private and name not in _PRIVATE:
                return
            if private:
                others["private"] = True
            method(*values[:most], **others)

        return call


class Feed:
    """Takes bytes as they come and gives them to a screen."""

    def __init__(self, screen: Screen) -> None:
        self._stream = pyte.Stream(cast("pyte.Screen", _Tolerant(screen)), strict=False)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def take(self, data: bytes) -> None:
        """Show some more bytes; whatever they are, nothing is raised."""
        text = self._rest + self._decoder.decode(data)
        self._rest = ""
        unfinished = _UNFINISHED.search(text)
        if unfinished is not None and len(text) - unfinished.start() <= LONGEST:
            text, self._rest = text[: unfinished.start()], unfinished[0]
        self._stream.feed(_WITH_COLONS.sub(_plain_colours, _UNKNOWN.sub("", text)))
