"""Paths: how they are put together and taken apart; the working folder."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.files import CORE, PATHS, missing_path, named_paths
from fcm.shell.language.errors import UnsupportedError
from fcm.shell.runtime.parameters import TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.paths import path_info

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call


@cmdlet(
    "Join-Path",
    Param("Path", "texts", position=0, needed=True, pipes=(TEXT,)),
    Param("ChildPath", position=1, needed=True),
    Param("AdditionalChildPath", "texts", position=2, rest=True),
    synopsis="Joins the parts of a path.",
    example="Join-Path C:\\logs node1.log",
    module=CORE,
)
def join_path(call: Call) -> Iterable[Any]:
    """Put paths together, with the separator of this computer; backslashes where a path has them."""
    found = []
    for first in call.texts("Path"):
        by = "\\" if "\\" in first or (first[1:2] == ":" and "/" not in first) else "/"
        whole = first
        for part in (call.text("ChildPath"), *call.texts("AdditionalChildPath")):
            part = part.replace("\\", "/") if by == "/" else part.replace("/", "\\")
            whole = f"{whole.rstrip('/' if by == '/' else by)}{by}{part.lstrip(by)}"
        found.append(whole)
    return found


@cmdlet(
    "Split-Path",
    Param("Path", "texts", position=0, needed=True, pipes=("File", TEXT), aliases=("LiteralPath",)),
    *(Param(name, "switch") for name in ("Parent", "Leaf", "LeafBase", "Extension", "IsAbsolute", "Qualifier")),
    synopsis="Returns a part of a path.",
    example="Split-Path C:\\logs\\node1.log -Leaf",
    module=CORE,
)
def split_path(call: Call) -> Iterable[Any]:
    """A part of each path."""
    return [_part(call, one) for one in call.texts("Path")]


def _part(call: Call, path: str) -> Any:
    by = "\\" if "\\" in path else "/"
    plain = path.replace("\\", "/").rstrip("/") if len(path) > 1 else path
    head, _, leaf = plain.rpartition("/")
    if call.switch("Leaf"):
        return leaf
    if call.switch("LeafBase"):
        return posixpath.splitext(leaf)[0]
    if call.switch("Extension"):
        return posixpath.splitext(leaf)[1]
    if call.switch("IsAbsolute"):
        return path.startswith("/") or path[1:3] in (":\\", ":/")
    if call.switch("Qualifier"):
        if path[1:2] != ":":
            raise UnsupportedError("Split-Path -Qualifier of a path without a drive")
        return path[:2]
    if not head and plain.startswith("/"):
        return "/" if leaf else ""
    return (head + ("\\" if head[1:] == ":" else "")).replace("/", by)


@cmdlet(
    "Resolve-Path", PATHS, Param("Relative", "switch"), synopsis="Returns the whole path of a file.",
    example="Resolve-Path .", aliases=("rvpa",), module=CORE,
)  # fmt: skip
def resolve_path(call: Call) -> Iterable[Any]:
    """Whole paths.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    if call.switch("Relative"):
        raise UnsupportedError("Resolve-Path -Relative")
    return [path_info(one) for one in named_paths(call, call.texts("Path"))]


@cmdlet("Get-Location", synopsis="Gets the working folder.", example="Get-Location", aliases=("gl", "pwd"), module=CORE)
def get_location(call: Call) -> Iterable[Any]:
    """The working folder."""
    return [path_info(call.session.path("."))]


@cmdlet(
    "Set-Location", Param("Path", position=0), synopsis="Sets the working folder of the session.",
    example="Set-Location .", aliases=("cd", "chdir", "sl"), module=CORE,
)  # fmt: skip
def set_location(call: Call) -> Iterable[Any]:
    """Another working folder."""
    path = call.session.path(call.text("Path", "~"))
    if not path.is_dir():
        raise missing_path(call, call.text("Path"))
    call.session.set_folder(Path(path).resolve())
    return []
