"""``[regex]``, ``[System.IO.Path]``, ``[System.IO.File]``."""

from __future__ import annotations

import ntpath
import os
import posixpath
from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.values.net import objects
from fcm.shell.values.values import text

if TYPE_CHECKING:
    from fcm.shell.values.net.math_statics import Static


def regex_method(name: str) -> Static:
    """A static method of [regex]."""

    def one(arguments: list[Any]) -> Any:
        if len(arguments) < 2 or len(arguments) > 3 or (len(arguments) == 3 and name != "replace"):
            raise UnsupportedError(f"[regex]::{name}() with these arguments")
        return objects.Regex(text(arguments[1])).call(name, [arguments[0], *arguments[2:]])

    return one


_ESCAPED = "\\*+?|{[()^$.# \t\n\r\f"


def escape(arguments: list[Any]) -> str:
    """[regex]::Escape()."""
    names = {"\t": "t", "\n": "n", "\r": "r", "\f": "f"}
    return "".join(f"\\{names.get(char, char)}" if char in _ESCAPED else char for char in text(arguments[0]))


PATHS: dict[str, Static] = {
    "getextension": lambda arguments: posixpath.splitext(_forward(arguments[0]))[1],
    "getfilename": lambda arguments: posixpath.basename(_forward(arguments[0])),
    "getfilenamewithoutextension": lambda arguments: posixpath.splitext(posixpath.basename(_forward(arguments[0])))[0],
    "getdirectoryname": lambda arguments: posixpath.dirname(_forward(arguments[0])),
    "combine": lambda arguments: posixpath.join(*map(_forward, arguments)),
    "ispathrooted": lambda arguments: _forward(arguments[0]).startswith("/"),
    "changeextension": lambda arguments: (
        f"{posixpath.splitext(_forward(arguments[0]))[0]}.{text(arguments[1]).lstrip('.')}"
    ),
}


def _forward(path: Any) -> str:
    written = text(path)
    if os.sep == "\\" or ntpath.splitdrive(written)[0] or "\\" in written:
        raise UnsupportedError("[System.IO.Path] with a path of Windows")
    return written


def no_file(arguments: list[Any]) -> Any:
    """[System.IO.File] of a file that is not there.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    path = text(arguments[0])
    if os.path.exists(path):
        raise UnsupportedError("[System.IO.File]", "Use Get-Content.")
    error = ShellError(f"Could not find a part of the path '{path}'.", "Check the path.")
    missing_folder = not os.path.isdir(os.path.dirname(os.path.abspath(path)))
    kind = "DirectoryNotFoundException" if missing_folder else "FileNotFoundException"
    error.known_id, error.inner = kind, f"System.IO.{kind}"
    return (_ for _ in ()).throw(error)
