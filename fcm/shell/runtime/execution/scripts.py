"""Script files: where they are, how they are read, and the arguments that a command line gives them."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import CommandNotFoundError, ShellError, ShellSyntaxError, near
from fcm.shell.language.parser import LONGEST, parse
from fcm.shell.language.scanner import DASHES
from fcm.shell.runtime.call import Cmdlet
from fcm.shell.runtime.execution.binding import NOTHING, Argument, bind
from fcm.shell.runtime.execution.declared import params_of
from fcm.shell.values.files import unreadable
from fcm.text.textfile import SCRIPT, TextFileError, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEPEST = 16
"""Script files that may run inside each other."""
_ENDING = ".ps1"
_NAMED = re.compile(rf"[{DASHES}]([A-Za-z_]\w*)(?::(.*))?\Z", re.DOTALL)


def is_script(name: str) -> bool:
    """Whether a command is meant as a script file."""
    return name.casefold().endswith(_ENDING)


def as_path(name: str) -> str:
    """A path as scripts of Windows write it, with the separators of this computer."""
    return name.replace("\\", os.sep)


def read_script(path: Path) -> tree.Source:
    """A script file as it is now, in any encoding that ``fcm.text.textfile`` reads.

    Raises:
        CommandNotFoundError: there is no such file.
        ShellError: it is too large, cannot be read, or is no text.
    """
    path = Path(os.path.abspath(path))
    try:
        if os.path.isdir(path):
            raise _missing(path)
        text = read_text(path, SCRIPT)
    except TextFileError as error:
        if error.missing:
            raise _missing(path) from error
        raise unreadable(error) from error
    if len(text) > LONGEST:
        raise ShellError(f"The script {path} is longer than {LONGEST} characters.", "Split it into parts.")
    return tree.Source(str(path), text)


def _missing(path: Path) -> CommandNotFoundError:
    if path.is_dir():
        return CommandNotFoundError(f"{path} is a folder, not a script file.", "Specify a file in the folder.")
    names = sorted(one.stem for one in path.parent.glob(f"*{_ENDING}")) if path.parent.is_dir() else []
    remedy = near(path.stem, names, most=1).replace("?", f"{_ENDING}?")
    known = ", ".join(f"{name}{_ENDING}" for name in names[:8])
    remedy = remedy or (f"Scripts in the folder: {known}." if known else f"There is no script in {path.parent}.")
    return CommandNotFoundError(f"The script file {path} does not exist.", remedy)


def parsed(source: tree.Source) -> tuple[tree.Node, ...]:
    """The statements of a script file.

    Raises:
        ShellSyntaxError: it is not of the language; the error knows the file.
    """
    try:
        return parse(source.text, source)
    except ShellSyntaxError as error:
        error.source = source
        raise


def automatic(source: tree.Source, is_file: bool = True) -> dict[str, Any]:
    """The variables that a script file finds about itself, by their names in lowercase.

    ``is_file`` False: those that functions of the file have as well.
    """
    path = PurePath(source.file)
    where: dict[str, Any] = {"psscriptroot": str(path.parent), "pscommandpath": source.file}
    if not is_file:
        return where
    command = {"Name": path.name, "Path": source.file, "Definition": source.file}
    return where | {"myinvocation": {"MyCommand": command, "InvocationName": path.name}}


def given_arguments(name: str, statements: Sequence[tree.Node], words: Sequence[str]) -> dict[str, Any]:
    """Variables that the words of a command line set: parameters of the script, or ``args`` where it declares none.

    Args:
        name: the script, for errors.
        statements: its text.
        words: ``-Name value``, ``-Name:value``, ``-Switch`` and values by place; all are texts, as with ``-File`` of
            powershell.exe, until a parameter's type makes more of them.

    Raises:
        ParameterError: a word does not fit the parameters.
    """
    head = next((one for one in statements if isinstance(one, tree.ParamBlock)), None)
    if head is None:
        return {"args": list(words)}
    # What is missing may have been set in another way: the script itself asks for it when it runs.
    params = tuple(replace(one, needed=False) for one in params_of(head))
    arguments = [_argument(word) for word in words]
    return bind(Cmdlet(name, lambda call: (), params, "", ""), arguments)


def _argument(word: str) -> Argument:
    match = _NAMED.match(word)
    if match is None:
        return Argument(word, word)
    return Argument(NOTHING if match[2] is None else _truth(match[2]), "", match[1])


def _truth(value: str) -> Any:
    """``-Switch:$true``: the two constants are no texts."""
    return {"$true": True, "$false": False}.get(value.casefold(), value)
