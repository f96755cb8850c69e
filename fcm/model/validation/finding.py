"""What a validation test says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fcm.model.state import State


@dataclass(frozen=True, slots=True)
class Finding:
    """Level ("pass", "warn", "fail", "info"), text and remedy."""

    level: str
    text: str
    remedy: str = ""


NamedTests: TypeAlias = "tuple[tuple[str, Callable[[State], Iterator[Finding]]], ...]"


def info(text: str) -> Finding:
    """Something that is only listed."""
    return Finding("info", text)


def warn(text: str, remedy: str) -> Finding:
    """Something that could be better."""
    return Finding("warn", text, remedy)


def fail(text: str, remedy: str) -> Finding:
    """Something that must be put right."""
    return Finding("fail", text, remedy)


def passed(findings: Iterable[Finding], text: str) -> Iterator[Finding]:
    """The findings; where there are none, the text as a pass."""
    found = list(findings)
    return iter(found or [Finding("pass", text)])


def listed(lines: Iterable[str], nothing: str) -> Iterator[Finding]:
    """Each line as information; where there are none, ``nothing``."""
    return (info(line) for line in list(lines) or [nothing])


def words(names: Iterable[str]) -> str:
    """Names in one sentence."""
    return ", ".join(names) or "none"
