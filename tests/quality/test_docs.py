"""What documents tell people to type can be typed: verbs, options, make targets exist; no stranger is fetched."""

from __future__ import annotations

import argparse
import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import make_parser
from fcm.model.rules.failing.assumed import FIGURES
from tests.quality.source import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCUMENTS = tuple(
    sorted(TOP / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "ARCHITECTURE.md"))
    + sorted((TOP / "docs").glob("*.md"))
    + sorted((TOP / "resources" / "help").glob("*.md"))
)
_SHELL = ("", "sh", "bash", "shell", "console", "text")
_INLINE = re.compile(r"`([^`\n]+)`")
_BEFORE = re.compile(r"^(?:\$ |sudo |[A-Z_]+=\S+ |\S*/(?=fcm\b))+")


def blocks(document: Path) -> Iterator[tuple[int, str]]:
    """Commands in the shell blocks of a document with their line; a line that ends in a backslash goes on."""
    language: str | None = None
    going_on = ""
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            language = None if language is not None else line.removeprefix("```").strip()
            continue
        if language in _SHELL or (language is None and line.startswith("    ")):
            text = going_on + line.strip()
            going_on = text.removesuffix("\\") if text.endswith("\\") else ""
            if not going_on and text:
                yield number, text


def commands(document: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, command and whether it is whole (in a block) of everything that a document shows of fcm."""
    for number, text in blocks(document):
        for part in re.split(r" && |; ", text):
            if (found := _BEFORE.sub("", part)).split(" ")[0] == "fcm":
                yield number, found, True
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        for text in _INLINE.findall(line):
            if (found := _BEFORE.sub("", text)).startswith("fcm "):
                yield number, found, False


class _WrongError(Exception):
    pass


def _refuse(parser: argparse.ArgumentParser, message: str) -> None:
    raise _WrongError(message)


@cache
def wrong(command: str, whole: bool) -> str:
    """What the command line has against it; "" if nothing. In a sentence the last arguments may be left out."""
    words = shlex.split(command, comments=True)[1:]
    if not whole and words and words[-1] == "...":
        words.pop()
    if whole and ("|" in words or "..." in words):
        return "this cannot be typed as it is printed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "error", _refuse)
        try:
            make_parser().parse_args(words[: words.index("--")] if "--" in words else words)
        except _WrongError as error:
            return "" if not whole and "required" in str(error) else str(error)
        except SystemExit:  # --help, --version
            return ""
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_every_command_in_a_document_can_be_typed(document: Path) -> None:
    said = [
        f"{document.name}:{number}: {command}: {told}"
        for number, command, whole in commands(document)
        if (told := wrong(command, whole))
    ]
    assert not said, "\n".join(said)


def test_the_documents_show_commands_at_all() -> None:
    shown = {command.split(" ")[1] for document in DOCUMENTS for _, command, _ in commands(document) if " " in command}
    assert {"show", "migrate", "history", "predict", "preflight", "validate", "hosts", "lab", "run", "shell"} <= shown


def test_every_make_target_in_a_document_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = set()
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        shown |= set(re.findall(r"(?:^|`|sudo |    )make ([a-z][a-z-]*)\b(?=[`\s])", text, re.MULTILINE))
    assert {"run", "test", "install"} <= shown
    assert not shown - targets


FETCHES_A_STRANGER = re.compile(r"""pip3?\s+install\b[^\n`;&]*?[\s"'](?:fcm|failover-cluster-manager)\b(?![/.\w-])""")


def test_nothing_tells_anybody_to_fetch_a_strangers_package() -> None:
    texts = [*DOCUMENTS, *(TOP / "fcm").rglob("*.py"), *(TOP / "packaging").iterdir(), TOP / "Makefile"]
    found = [
        f"{path.relative_to(TOP)}: {match[0]}"
        for path in texts
        if path.is_file()
        # A sentence in the source goes on in the next string.
        for match in FETCHES_A_STRANGER.finditer(re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8")))
    ]
    assert not found


@pytest.mark.parametrize(
    "text",
    ["pip install fcm", "pip install 'fcm[libvirt]'", 'pip install --force-reinstall "fcm"', "pip3 install -U fcm"],
)
def test_the_search_for_strangers_finds_them(text: str) -> None:
    assert FETCHES_A_STRANGER.search(text)


@pytest.mark.parametrize("text", ["pip install '.[libvirt]'", "pip install ./fcm/", "pip install libvirt-python"])
def test_the_search_for_strangers_lets_the_own_checkout_pass(text: str) -> None:
    assert not FETCHES_A_STRANGER.search(text)


def test_every_figure_of_the_simulation_is_documented_with_its_default_and_source() -> None:
    text = (TOP / "docs" / "cluster-files.md").read_text(encoding="utf-8")
    rows = [
        f"| `{name}` | {found.value:g}{' ' * bool(found.unit)}{found.unit} | {found.meaning} | {found.source} |"
        for name, found in FIGURES.items()
    ]
    assert not [row for row in rows if row not in text]
