"""Files and folders of this computer: what they contain, what is there, how paths are put together."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.layouts import encoded
from fcm.shell.cmdlets.core.selecting import core_error
from fcm.shell.language import tree
from fcm.shell.language.errors import ParameterError, ShellError, UnsupportedError
from fcm.shell.runtime.parameters import ANY, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import text_of
from fcm.shell.values.output import write_text
from fcm.shell.values.times import local
from fcm.shell.values.values import ShellObject, has_wildcard, items, text, wildcard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"
PATHS = Param("Path", "texts", position=0, pipes=("File", TEXT), aliases=("LiteralPath", "PSPath"))
_DRIVES = ("variable", "function", "env", "alias")
_FORCE = Param("Force", "switch")
_RECURSE = Param("Recurse", "switch")
MOST_BYTES = 2**20
"""Bytes of a file that Get-Content -AsByteStream gives."""


def file_object(path: Path) -> ShellObject:
    """A file or folder as a directory listing shows it."""
    status = path.stat()
    is_folder = path.is_dir()
    found = {
        "Mode": "d----" if is_folder else "-a---",
        "LastWriteTime": local(status.st_mtime),
        "Length": None if is_folder else status.st_size,
        "Name": path.name,
        "BaseName": path.name if is_folder else path.stem,
        "Extension": path.suffix,
        "Directory": None if is_folder else str(path.parent),
        "FullName": str(path),
        "PSIsContainer": is_folder,
        "Exists": True,
    }
    made = ShellObject("File", found, str(path), shown=("Mode", "LastWriteTime", "Length", "Name", "FullName"))
    made.methods["ToString"] = lambda: str(path)
    return made


def _drive(path: str) -> tuple[str, str]:
    """The drive of PowerShell that a path is of, and the rest; "" for a file."""
    word, colon, rest = path.partition(":")
    return (word.casefold(), rest) if colon and word.casefold() in _DRIVES else ("", path)


def missing_path(call: Call, path: str) -> ShellError:
    """The error for a path that is not there."""
    full = call.session.path(path)
    error = core_error(
        call,
        f"Cannot find path '{full}' because it does not exist.",
        "PathNotFound",
        "ObjectNotFound",
    )
    from fcm.shell.language import exceptions

    error.net_type, error.target = exceptions.NOT_FOUND, str(full)
    return error


def named_paths(call: Call, wanted: list[str]) -> list[Path]:
    """The files of some paths, with wildcards; what is not there is an error of its own.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    found: list[Path] = []
    for one in wanted:
        if _drive(one)[0]:
            raise UnsupportedError(f"The drive {_drive(one)[0]}: here")
        path = call.session.path(one)
        if has_wildcard(one) and not path.exists():
            pattern = wildcard(path.name)
            if has_wildcard(str(path.parent)):
                raise UnsupportedError("A wildcard in the name of a folder")
            if path.parent.is_dir():
                found += [each for each in sorted(path.parent.iterdir()) if pattern.fullmatch(each.name)]
        elif path.exists():
            found.append(path)
        else:
            call.session.errors.fail(missing_path(call, one), call.wanted)
    return found


@cmdlet(
    "Get-ChildItem",
    PATHS,
    Param("Filter", position=1),
    Param("Include", "texts"),
    Param("Exclude", "texts"),
    Param("Name", "switch"),
    Param("File", "switch"),
    Param("Directory", "switch"),
    _RECURSE,
    _FORCE,
    synopsis="Gets the files in a folder on this computer.",
    example="Get-ChildItem .",
    aliases=("dir", "ls", "gci"),
    module=CORE,
)
def get_items(call: Call) -> Iterable[Any]:
    """List a folder."""
    found: list[Path] = []
    wanted = call.texts("Path") or ["."]
    base = None
    for one in named_paths(call, wanted):
        if one.is_dir() and not (has_wildcard(wanted[0]) and not Path(wanted[0]).exists()):
            base = one
            found += sorted(one.rglob("*") if call.switch("Recurse") else one.iterdir())
        else:
            found.append(one)
    for name, keeps in (("Filter", True), ("Include", True), ("Exclude", False)):
        patterns = [wildcard(pattern) for pattern in call.texts(name)]
        if patterns:
            found = [one for one in found if any(pattern.fullmatch(one.name) for pattern in patterns) is keeps]
    if call.switch("File"):
        found = [one for one in found if not one.is_dir()]
    if call.switch("Directory"):
        found = [one for one in found if one.is_dir()]
    found = [one for one in found if call.switch("Force") or not one.name.startswith(".")]
    if call.switch("Name"):
        return [str(one.relative_to(base)) if base is not None else one.name for one in found]
    return [
        file_object(one) for one in sorted(found, key=lambda one: (one.parent, not one.is_dir(), one.name.casefold()))
    ]


@cmdlet(
    "Get-Item",
    PATHS,
    _FORCE,
    synopsis="Gets a file or folder of this computer.",
    example="Get-Item .",
    aliases=("gi",),
    module=CORE,
)
def get_item(call: Call) -> Iterable[Any]:
    """Files."""
    return [file_object(one) for one in named_paths(call, call.texts("Path"))]


@cmdlet(
    "Get-Content",
    PATHS,
    Param("TotalCount", "whole", aliases=("First", "Head")),
    Param("Tail", "whole", aliases=("Last",)),
    Param("Raw", "switch", help="Return the text as one string instead of lines (3.0)."),
    Param("Encoding"),
    Param("AsByteStream", "switch"),
    Param("ReadCount", "whole"),
    synopsis="Gets the lines of a text file on this computer.",
    example="Get-ClusterLog -Node node1 -Destination logs | Get-Content -TotalCount 20",
    aliases=("cat", "type", "gc"),
    module=CORE,
)
def get_content(call: Call) -> Iterable[Any]:
    """Read a file.

    Raises:
        ShellError: it cannot be done.
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.has("ReadCount"):
        raise UnsupportedError("Get-Content -ReadCount")
    found: list[Any] = []
    for path in named_paths(call, call.texts("Path")):
        if path.is_dir():
            raise ShellError(f"{path} is a folder.", "Specify a file.", call.at)
        if call.switch("AsByteStream"):
            from fcm.shell.language.kinds import Byte

            with path.open("rb") as file:
                found += [Byte(one) for one in file.read(MOST_BYTES)]
            continue
        found += _lines(call, path)
    return found


class Line(str):
    """A line of a file, with its number."""

    number: int

    def net_text(self) -> str:
        """The line."""
        return str.__str__(self)

    def net_get(self, name: str) -> Any:
        """ReadCount and Length.

        Raises:
            KeyError: there is none of that name for these arguments.
            UnsupportedError: the built-in shell does not have what is asked for.
        """
        if name == "readcount":
            return self.number
        if name == "length":
            return len(self)
        if name.startswith("ps"):
            raise UnsupportedError(f"The property {name} of a line")
        raise KeyError(name)


def _lines(call: Call, path: Path) -> list[Any]:
    head, tail = call.count("TotalCount"), call.count("Tail")
    if call.text("Encoding").casefold() not in ("", "utf8", "utf8nobom", "utf8bom", "ascii", "unicode", "default"):
        raise UnsupportedError(f"-Encoding {call.text('Encoding')}")
    whole = text_of(path)
    if call.switch("Raw"):
        if head is not None or tail is not None:
            raise ParameterError("-Raw returns the complete file.", "Leave -TotalCount and -Tail out.", call.at)
        return [whole] if whole else []
    lines = whole.replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    numbered: list[Any] = []
    for number, line in enumerate(lines, 1):
        one = Line(line)
        one.number = number
        numbered.append(one)
    if head is not None:
        return numbered[:head]
    return numbered if tail is None else numbered[max(0, len(numbered) - tail) :]


_VALUE = Param("Value", "any", position=1, pipes=(ANY,))
_WRITING = (Param("Encoding"), Param("NoNewline", "switch"), _FORCE)


def _content(call: Call) -> str:
    lines = list(call.input) if call.has_input else items(call.values.get("Value"))
    written = [_one_line(one) for one in lines]
    return "".join(written) if call.switch("NoNewline") else "".join(f"{line}\n" for line in written)


def _one_line(value: Any) -> str:
    if isinstance(value, list | dict):
        from fcm.shell.values.net.types import type_of

        return type_of(value).full
    if isinstance(value, tree.ScriptBlock):
        raise UnsupportedError("A script block as content")
    return text(value)


@cmdlet(
    "Set-Content",
    Param("Path", position=0, needed=True, aliases=("LiteralPath",)),
    _VALUE,
    *_WRITING,
    synopsis="Writes lines to a text file on this computer.",
    example="Set-Content query.txt '<QueryList/>'",
    module=CORE,
)
def set_content(call: Call) -> Iterable[Any]:
    """Write a file.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if _drive(call.text("Path"))[0]:
        raise UnsupportedError("Set-Content for what is no file")
    path, content, codec = call.session.path(call.text("Path")), _content(call), encoded(call)
    return call.carry_out(str(path), lambda: write_text(path, content, codec=codec, ends=False))


@cmdlet(
    "Add-Content",
    Param("Path", position=0, needed=True, aliases=("LiteralPath",)),
    _VALUE,
    *_WRITING,
    synopsis="Appends lines to a text file on this computer.",
    example="Add-Content moves.txt 'SQL01 moved'",
    aliases=("ac",),
    module=CORE,
)
def add_content(call: Call) -> Iterable[Any]:
    """Append."""
    path, content, codec = call.session.path(call.text("Path")), _content(call), encoded(call)
    return call.carry_out(str(path), lambda: write_text(path, content, True, codec, ends=False))


@cmdlet(
    "Clear-Content", PATHS, synopsis="Empties a file on this computer.",
    example="Set-Content moves.txt 'done'; Clear-Content moves.txt",
    aliases=("clc",), module=CORE,
)  # fmt: skip
def clear_content(call: Call) -> Iterable[Any]:
    """Empty."""
    said: list[Any] = []
    for path in named_paths(call, call.texts("Path")):
        said += call.carry_out(str(path), lambda path=path: write_text(path, ""))  # type: ignore[misc]
    return said


@cmdlet(
    "Test-Path",
    PATHS,
    Param("PathType", choices=("Any", "Container", "Leaf")),
    Param("IsValid", "switch"),
    synopsis="Checks whether a file or folder exists.",
    example="Test-Path logs",
    module=CORE,
)
def test_path(call: Call) -> Iterable[Any]:
    """Whether it is there.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.switch("IsValid"):
        raise UnsupportedError("Test-Path -IsValid")
    return [_is_there(call, one) for one in call.texts("Path")]


def _is_there(call: Call, wanted: str) -> bool:
    drive, rest = _drive(wanted)
    variables = call.session.variables
    if drive == "variable":
        return variables.holder(rest) is not None
    if drive == "function":
        return variables.function(rest) is not None
    if drive == "env":
        return variables.get(f"env:{rest}") is not None
    if drive:
        raise UnsupportedError(f"The drive {drive}: here")
    path = call.session.path(wanted)
    if has_wildcard(wanted) and not path.exists():
        pattern = wildcard(path.name)
        return path.parent.is_dir() and any(pattern.fullmatch(one.name) for one in path.parent.iterdir())
    kind = call.text("PathType").casefold()
    return path.is_dir() if kind == "container" else path.is_file() if kind == "leaf" else path.exists()


@cmdlet(
    "New-Item",
    Param("Path", position=0, needed=True),
    Param("Name"),
    Param("ItemType", aliases=("Type",)),
    Param("Value", "any"),
    _FORCE,
    synopsis="Creates a file or folder on this computer.",
    example="New-Item logs -ItemType Directory",
    aliases=("ni",),
    module=CORE,
)
def new_item(call: Call) -> Iterable[Any]:
    """Make a file or folder.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    path = call.session.path(call.text("Path"))
    path = path / call.text("Name") if call.has("Name") else path
    kind = call.text("ItemType", "File").casefold()
    if kind in ("directory", "folder", "container"):
        return _new_folder(call, path)
    if kind != "file":
        raise UnsupportedError(f"New-Item -ItemType {call.text('ItemType')}")
    if path.exists() and not call.switch("Force"):
        error = core_error(call, f"The file '{path}' already exists.", "NewItemIOError", "WriteError")
        raise error
    said = call.carry_out(str(path), lambda: write_text(path, text(call.values.get("Value")), ends=False))
    return said or ([file_object(path)] if path.exists() else [])


def _new_folder(call: Call, path: Path) -> list[Any]:
    if path.exists() and not call.switch("Force"):
        raise core_error(
            call, f"An item with the specified name {path} already exists.", "DirectoryExist", "ResourceExists"
        )
    said = call.carry_out(str(path), lambda: path.mkdir(parents=True, exist_ok=True))
    return said or ([file_object(path)] if path.exists() else [])


@cmdlet(
    "mkdir", Param("Path", position=0, needed=True), _FORCE, synopsis="Creates a folder on this computer.",
    example="mkdir logs", aliases=("md",), module=CORE,
)  # fmt: skip
def make_folder(call: Call) -> Iterable[Any]:
    """Make a folder."""
    return _new_folder(call, call.session.path(call.text("Path")))


@cmdlet(
    "Remove-Item",
    PATHS,
    _RECURSE,
    _FORCE,
    synopsis="Removes a file or folder of this computer.",
    example="New-Item logs -ItemType Directory; Remove-Item logs -Recurse",
    aliases=("del", "rm", "ri", "rd", "rmdir", "erase"),
    module=CORE,
)
def remove_item(call: Call) -> Iterable[Any]:
    """Remove.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    said: list[Any] = []
    wanted = call.texts("Path")
    for drive, rest in map(_drive, list(wanted)):
        if drive == "env":
            call.session.variables.environment[rest.casefold()] = ""
            return []
        if drive == "function":
            call.session.variables.current.functions.pop(rest.casefold(), None)
            return []
    for path in named_paths(call, wanted):
        if path.is_dir():
            if any(path.iterdir()) and not call.switch("Recurse"):
                raise UnsupportedError("Removing a folder that is not empty without -Recurse")
            said += call.carry_out(str(path), lambda path=path: shutil.rmtree(path))  # type: ignore[misc]
        else:
            said += call.carry_out(str(path), path.unlink)
    return said


_DESTINATION = Param("Destination", position=1)


@cmdlet(
    "Copy-Item", PATHS, _DESTINATION, _RECURSE, _FORCE, synopsis="Copies a file of this computer.",
    example="Set-Content moves.txt 'done'; Copy-Item moves.txt old.txt", aliases=("cp", "copy", "cpi"), module=CORE,
)  # fmt: skip
def copy_item(call: Call) -> Iterable[Any]:
    """Copy files.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    said: list[Any] = []
    for path in named_paths(call, call.texts("Path")):
        if path.is_dir():
            raise UnsupportedError("Copying a folder")
        said += call.carry_out(str(path), lambda path=path: shutil.copy(path, _to(call, path)))  # type: ignore[misc]
    return said


@cmdlet(
    "Move-Item", PATHS, _DESTINATION, _FORCE, synopsis="Moves a file or folder of this computer.",
    example="Set-Content moves.txt 'done'; Move-Item moves.txt old.txt", aliases=("mv", "move", "mi"), module=CORE,
)  # fmt: skip
def move_item(call: Call) -> Iterable[Any]:
    """Move files."""
    said: list[Any] = []
    for path in named_paths(call, call.texts("Path")):
        target = _to(call, path)
        if target.exists() and not call.switch("Force"):
            raise core_error(
                call, "Cannot create a file when that file already exists.", "MoveFileInfoItemIOError", "WriteError"
            )
        said += call.carry_out(str(path), lambda path=path, target=target: path.replace(target))  # type: ignore[misc]
    return said


def _to(call: Call, path: Path) -> Path:
    target = call.session.path(call.text("Destination", "."))
    return target / path.name if target.is_dir() else target
