"""Text files that people exchange, read in one way: how large, in which encoding, what is no text at all.

Every reader of such a file (hosts, clusters, workloads, recordings, scripts, queries, settings) begins here, so that
a mark of Notepad, UTF-16 of .NET, a pipe and a file of 10 GB are the same thing to each of them.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fcm.mistakes import WrongInputError

if TYPE_CHECKING:
    from pathlib import Path

KIB, MIB = 2**10, 2**20


class TextFileError(WrongInputError):
    """A file that cannot be used; the text is a sentence with file, line and reason."""

    def __init__(self, path: Path, line: int, reason: str, kind: str = "") -> None:
        super().__init__(f"{path}, line {line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        """From 1; 0 if the file as a whole is meant."""
        self.reason = reason
        self.missing = kind == MISSING
        """There is no such file."""
        self.too_large = kind == TOO_LARGE
        """It is larger than its kind may be."""


MISSING, TOO_LARGE = "missing", "too large"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is taken for."""

    name: str
    """With its article, as a sentence begins with it."""
    most: int
    """bytes; a larger file is refused unread."""


HOSTS = Kind("A hosts file", 256 * KIB)
CLUSTER = Kind("A cluster file", 8 * MIB)
DRILL = Kind("A drill", 1 * MIB)
COURSE = Kind("A course", 1 * MIB)
CLASS = Kind("A class file", 256 * KIB)
WORKLOAD = Kind("A workload", 1 * MIB)
RECORDING = Kind("A recording", 64 * MIB)
QUERY = Kind("A query", 1 * MIB)
"""Four bytes for each of the 256 Ki characters that a query may have."""
SCRIPT = Kind("A script", 4 * MIB)
TEXT = Kind("A text file", 16 * MIB)
SETTINGS = Kind("A settings file", 16 * MIB)
EVENT_LOG = Kind("A saved event log", 512 * MIB)
"""Not text; the size is kept here with the others."""

_MARKS = (
    # The first two bytes of UTF-32 are the mark of UTF-16, so the longer ones are looked for first.
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_UNMARKED = (
    # https://www.w3.org/TR/xml/#sec-guessing: how "<?" stands at the beginning of a file without a mark.
    (b"<\0?\0", "utf-16-le", "UTF-16"),
    (b"\0<\0?", "utf-16-be", "UTF-16"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ONE_BYTE = {
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
}
"""Encodings that an XML declaration may name for bytes that are not Unicode. A declared UTF-16 of bytes that are not
is what .NET writes to a file of its own encoding: such a file is UTF-8."""
_HALF = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")
"""An escape of JSON that may stand for half of a character beyond U+FFFF, without the other half next to it."""
_TUPLE = re.compile(r"\('[^']*'(?:, '[^']*')*,?\)")
"""How Python writes the parts of a key."""
_LARGEST_NUMBER = 2**64
_DEEPEST = 100


def typed_path(text: str) -> Path:
    """The path that a person typed: ``~`` and ``~name`` are home folders where there are such, else part of a name."""
    from pathlib import Path

    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def whole_path(path: Path) -> Path:
    """The path from the root on, without links; where these go round in circles, with them: opening it says so."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        return path.resolve()
    with contextlib.suppress(OSError):  # the folder in which the program was started is gone
        return path.absolute()
    return path


def read_bytes(path: Path, kind: Kind) -> bytes:
    """A regular file as a whole; blocks, but not on a pipe or a device.

    Raises:
        TextFileError: it is not there, may not be read, is no regular file or too large.
    """
    try:
        # A pipe that no one writes to would hold an ordinary open forever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(path, flags)
        try:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(mode):
                raise TextFileError(path, 0, "This is a folder, not a file. Specify the path of a file.")
            if not stat.S_ISREG(mode):
                raise TextFileError(
                    path, 0, "This is a pipe or a device, not a file. Save its content to a file first."
                )
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                raw = file.read(kind.most + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise TextFileError(path, 0, "The file does not exist. Check the path.", MISSING) from error
    except IsADirectoryError as error:
        raise TextFileError(path, 0, "This is a folder, not a file. Specify the path of a file.") from error
    except PermissionError as error:
        reason = "You do not have permission to read this file. Check its permissions."
        if os.path.isdir(path):  # what Windows says of a folder
            reason = "This is a folder, not a file. Specify the path of a file."
        raise TextFileError(path, 0, reason) from error
    except OSError as error:
        raise TextFileError(path, 0, f"The file cannot be read: {error.strerror or 'disk error'}.") from error
    except ValueError as error:  # the path itself contains a character of the value 0
        raise TextFileError(path, 0, "This is not a valid file name. Check the path.") from error
    if len(raw) > kind.most:
        size = f"{kind.most // MIB} MiB" if kind.most >= MIB else f"{kind.most // KIB} KiB"
        raise TextFileError(path, 0, f"The file is too large. {kind.name} can have at most {size}.", TOO_LARGE)
    return raw


def read_text(path: Path, kind: Kind) -> str:
    """The text of a file, its lines ended as in Unix; blocks.

    UTF-8; UTF-16 and UTF-32 with their marks; what an XML declaration says, also without a mark.

    Raises:
        TextFileError: see ``read_bytes``; it is in another encoding or holds characters of the value 0.
    """
    return decoded(read_bytes(path, kind), path)


def decoded(raw: bytes, path: Path) -> str:
    """The text in the bytes of a file; see ``read_text``.

    Raises:
        TextFileError: they are not text in their encoding, or contain null characters.
    """
    encoding, name, skipped = _encoding(raw)
    try:
        text = raw[skipped:].decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[skipped : skipped + error.start].decode(encoding, "replace")
        marked = "its mark says that it is" if skipped else "it is not"
        told = f"{marked} {name}, and a character is wrong" if skipped else f"{marked} {name}"
        reason = f"The file cannot be read as text: {told}. Save it as UTF-8."
        raise TextFileError(path, before.count("\n") + 1, reason) from error
    text = text.replace("\r\n", "\n")
    zero = text.find("\0")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        raise TextFileError(path, line, "The file is not a text file: it contains null characters. Save it as UTF-8.")
    return text


def _encoding(raw: bytes) -> tuple[str, str, int]:
    """Python's name of the encoding, the one for people, and how many bytes its mark has."""
    for mark, encoding, name in _MARKS:
        if raw.startswith(mark):
            return encoding, name, len(mark)
    for start, encoding, name in _UNMARKED:
        if raw.startswith(start):
            return encoding, name, 0
    declared = _DECLARED.match(raw.lstrip()[:200])
    if declared is not None:
        name = declared[1].decode("ascii")
        if name.casefold() in _ONE_BYTE:
            return _ONE_BYTE[name.casefold()], name, 0
    return "utf-8", "UTF-8", 0


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        TextFileError: it is not TOML, nested too deeply, or contains an integer that no figure needs.
    """
    _refuse_long_keys(text, path)
    import tomllib  # here, so that the command line pays for it only where a file is read

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        match = re.search(r"at line (\d+)", said)
        line = int(match[1]) if match else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", said)
        raise TextFileError(path, line, f"The file is not valid TOML: {_clear(reason)}.") from error
    except RecursionError:
        raise TextFileError(path, 0, "The values are nested too deeply.") from None
    except ValueError:  # thousands of digits: https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
        raise TextFileError(path, 0, "A number has too many digits. Shorten it.") from None
    _check(values, path)
    return values


def _refuse_long_keys(text: str, path: Path) -> None:
    """Refuse keys of hundreds of parts: tomllib spends time and memory on the square of their number."""
    for match in re.finditer(r"""[\w."' \t-]+""", text):
        chunk = match[0]
        if chunk.count(".") > _DEEPEST and len(re.findall(r"""[\w"'][ \t]*\.(?!\.)""", chunk)) > _DEEPEST:
            line = text.count("\n", 0, match.start()) + 1
            raise TextFileError(path, line, f"The values are nested too deeply: a key has more than {_DEEPEST} parts.")


_JSON_WORDS = {
    "Expecting value": "a value is missing",
    "Expecting property name enclosed in double quotes": "a property name in double quotes is missing",
    "Illegal trailing comma before end of object": "a property name in double quotes is missing",
    "Illegal trailing comma before end of array": "a value is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting ',' delimiter": "a comma or the closing bracket is missing",
    "Extra data": "extra data after the end",
    "Unterminated string starting at": "unterminated string",
    "Invalid control character at": "a string contains a control character",
    "Invalid \\escape": "invalid escape sequence",
    "Invalid \\uXXXX escape": "invalid \\uXXXX escape sequence",
}
"""What Python's json says, in words for people. The messages of 3.11 to 3.13."""


def parse_json(text: str, path: Path) -> Any:
    """The value of a JSON text.

    Raises:
        TextFileError: it is not JSON, nested too deeply, or contains an integer that no figure needs.
    """
    import json

    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise TextFileError(path, 0, "The file is empty.") from error
        reason = f"The file is not valid JSON: {_JSON_WORDS.get(error.msg, error.msg)} (column {error.colno})."
        raise TextFileError(path, error.lineno, reason) from error
    except RecursionError:
        raise TextFileError(path, 0, "The values are nested too deeply.") from None
    except ValueError:
        raise TextFileError(path, 0, "A number has too many digits. Shorten it.") from None
    _check(value, path)
    if (half := _HALF.search(text)) is not None and not is_text(json.dumps(value, ensure_ascii=False)):
        line = text.count("\n", 0, half.start()) + 1
        raise TextFileError(path, line, "A string contains half of a surrogate pair, which no file can take.")
    return value


def is_text(value: str) -> bool:
    """Whether a text can be written as UTF-8: one with half of a pair of characters cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check(value: object, path: Path) -> None:
    """Refuse what parsers take and every later step would stumble over: deep nesting and endless integers."""
    level = [value]
    for _ in range(_DEEPEST):
        inner: list[object] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
            elif isinstance(one, int) and abs(one) > _LARGEST_NUMBER:
                raise TextFileError(path, 0, "An integer is larger than 64 bits. Use a smaller number.")
        if not inner:
            return
        level = inner
    raise TextFileError(path, 0, "The values are nested too deeply.")


def _clear(reason: str) -> str:
    """Tomllib's words without Python's escapes of a whole file and its tuples of names."""
    reason = _TUPLE.sub(lambda match: ".".join(re.findall(r"'([^']*)'", match[0])), reason)
    reason = reason.replace("Cannot overwrite a value", "duplicate key")
    return reason if len(reason) <= 200 else f"{reason[:200]}..."
