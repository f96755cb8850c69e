"""What the command line prints: names of other people may not move the cursor, color, hide or turn round what is read.

Names, texts of events and answers of hosts come from files and machines of others. Whatever is printed goes through one
stream, so that no verb has to think of it.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters but tab and line feed, marks and overrides of the direction of writing (Unicode UAX 9; those of
CVE-2021-42574), other line ends, and halves of pairs, which no terminal can be sent."""
_SIGN = "\N{REPLACEMENT CHARACTER}"
_IN_ASCII = {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "→": "->", "µ": "u", "×": "x",
             "—": "-", "−": "-", "←": "<-", "≤": "<=", "≥": ">=", "\u00a0": " ", "\u202f": " "}  # fmt: skip
"""What this program writes itself, for terminals whose encoding has it not."""
_LIKE = "fcm.like"
"""Name of the way in which a character is written that an encoding has not."""


def _alike(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_IN_ASCII.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


codecs.register_error(_LIKE, _alike)


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream takes every character; a console or a pipe of Windows may have a code page of 256."""
    encoding = getattr(stream, "encoding", None)
    try:
        return not encoding or codecs.lookup(encoding).name.startswith("utf-")
    except LookupError:
        return False


def plain(text: str) -> str:
    """A text without what a terminal would act on; each such character becomes the sign for one that is not known."""
    return _UNSEEN.sub(_SIGN, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """``plain``, and on one line."""
    return plain(text).replace("\n", _SIGN).replace("\t", " ")


class PlainStream:
    """A text stream that writes ``plain`` texts and is the other stream in everything else.

    What the encoding of the stream has no sign for (a code page of Windows, Latin-1, ASCII) is written as another sign
    that means the same, or as ``?``.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write a text; returns how many characters were given."""
        self._stream.write(self._possible(plain(text)))
        return len(text)

    def _possible(self, text: str) -> str:
        return text if text.isascii() else text.encode(self._encoding, _LIKE).decode(self._encoding)

    def writelines(self, lines: list[str]) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def control(self, sequence: str) -> None:
        """Write a sequence of our own that the terminal is to act on."""
        self._stream.write(sequence)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's."""
        return getattr(self._stream, name)


def control(stream: TextIO, sequence: str) -> None:
    """Send a sequence of our own to a stream, whether it is a plain one or not."""
    getattr(stream, "control", stream.write)(sequence)


@contextlib.contextmanager
def plain_output() -> Iterator[None]:
    """What is printed meanwhile, to standard output and to standard error, is plain."""
    _open_what_is_closed()
    output, errors = sys.stdout, sys.stderr
    if isinstance(output, PlainStream):
        yield
        return
    sys.stdout = cast("TextIO", PlainStream(output))
    sys.stderr = cast("TextIO", PlainStream(errors))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = output, errors


def _open_what_is_closed() -> None:
    """Give a program that was started without standard streams empty ones: pythonw of Windows has none, nor has what
    was started with ``<&-`` or ``>&-``. A file opened later would else take the number of one, and get what a library
    prints.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest number that is free is that of the closed stream.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8", newline=""))  # noqa: SIM115 (to the end of the program)
