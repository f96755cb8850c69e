"""What the agent tells of a live migration under way (private attribute ``fcm-move-RESOURCE`` of the source)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"(\S+) (\S+) (begins|no-answer|done|failed)(?: (\d+) ms)?(?: (.*))?", re.DOTALL)
CANCELED = "canceled"
"""Why an attempt failed that a user has canceled, in the agent's words."""


def move_attribute(resource: str) -> str:
    """The attribute with the attempts."""
    return f"fcm-move-{resource}"


def cancel_attribute(resource: str) -> str:
    """The attribute of the source that ends a live migration; it must be set before the job is broken off."""
    return f"fcm-cancel-{resource}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the agent: a network was tried, or the try ended."""

    network: str
    """Id of fcm; "-" where none was taken yet."""
    address: str
    what: str
    """begins, no-answer, done, failed."""
    seconds: float = 0.0
    why: str = ""


def attempts_of(text: str) -> tuple[Attempt, ...]:
    """The attempts, oldest first; what cannot be read is left out."""
    found = []
    for part in text.split("; "):
        match = _ENTRY.fullmatch(part.strip())
        if match is not None:
            network, address, what, milliseconds, why = match.groups()
            found.append(Attempt(network, address, what, int(milliseconds or 0) / 1000, (why or "").strip()))
    return tuple(found)
