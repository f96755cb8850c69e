"""Where the journal of a cluster lies; to ask costs nothing but this."""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path

from fcm.backend import registry
from fcm.workspace.files.folders import data_folder

LONGEST_NAME = 200
"""Characters of the readable part of a journal's name: with the rest, fewer than file systems take."""


def journal_path(uri: str) -> Path:
    """The journal of a cluster: readable name, and a digest that keeps files of the same name apart, and clusters that
    were there one after the other under one URI (registry.identity).
    """
    identity = registry.identity(uri)
    digest = hashlib.sha256((f"{uri}#{identity}" if identity else uri).encode()).hexdigest()[:8]
    return journals() / f"{journal_name(uri)}-{digest}.journal"


def journal_of(uri: str) -> Path:
    """The journal of a cluster by any form of its URI.

    Raises:
        BackendError: the URI is of no known kind.
    """
    return journal_path(registry.canonical_uri(uri))


def journals() -> Path:
    """The folder of all journals."""
    return data_folder() / "journals"


def journal_name(uri: str) -> str:
    """The readable part of a journal's name."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", Path(uri.partition(":")[2]).stem).strip("-") or "cluster"
    return name[:LONGEST_NAME]


def aside_path(path: Path) -> Path:
    """Where a journal is kept when its cluster begins anew: beside it, with a number that no other has."""
    for number in itertools.count(1):
        aside = path.with_name(f"{path.stem}-{number}{path.suffix}")
        if not aside.exists():
            return aside
    raise AssertionError("there is always a next number")
