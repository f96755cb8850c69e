"""Branch Here: a new simulated cluster that goes on from a moment of a history.

A moment of a simulated cluster becomes the beginning of the new one's journal, with everything in it: failures that are
active, services, snapshots. What was in progress is settled as when a cluster is opened again. Of real hosts the new
cluster has nodes, networks, disks and virtual machines as they were then; how they behave is simulated.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.base import BackendError
from fcm.backend.embedded import described_state
from fcm.model.moments import zoned
from fcm.model.rules.names import server_name
from fcm.workspace.files.journal import Journal
from fcm.workspace.files.journal_paths import journal_path
from fcm.workspace.files.whole_file import write_whole
from fcm.workspace.replay.describing import cluster_file_of

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.model.state import State

LONGEST = 15
"""Characters of the name of a cluster (NetBIOS)."""


class BranchError(BackendError):
    """There cannot be such a cluster; the message says why."""


def free_name(state: State, folder: Path) -> str:
    """A name for a branch that no cluster file in a folder has. Blocks."""
    cluster = state.cluster
    stem = cluster.name if cluster is not None else "branch"
    for number in range(1, 1000):
        end = f"-b{number}"
        name = f"{stem[: LONGEST - len(end)].rstrip('-')}{end}"
        if not (folder / f"{name}.toml").exists():
            return name
    return f"{stem[:11]}-b"


def branch(state: State, simulated: bool, title: str, name: str, folder: Path) -> str:
    """Make the cluster and return its URI; blocks.

    Args:
        state: the moment; it has a cluster.
        simulated: whether it is one of a simulated cluster.
        title: what it is the history of.
        name: of the new cluster.
        folder: where cluster files of this user are.

    Raises:
        BranchError: the name cannot be used, or what was then cannot be simulated.
        OSError, JournalError: the files cannot be written.
    """
    verdict = server_name(name, "cluster")
    if not verdict:
        raise BranchError(verdict.sentence())
    path = folder / f"{name}.toml"
    if path.exists():
        raise BranchError(f"A cluster {name} already exists ({path}). Choose another name.")
    text = _file(state, name, f"{name}: branched from {title} at {zoned(state.time)}.")
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    uri = f"embedded:{path}"
    if simulated:
        try:
            _begin(uri, name, state)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return uri


def _file(state: State, name: str, about: str) -> str:
    text = cluster_file_of(state, name, about)
    try:
        described_state(text)
    except BackendError as error:
        raise BranchError(f"What was then cannot be a simulated cluster. {error}") from error
    return text


def _begin(uri: str, name: str, state: State) -> None:
    """The journal of the new cluster begins with the state."""
    assert state.cluster is not None
    journal = journal_path(uri)
    journal.unlink(missing_ok=True)
    with contextlib.closing(Journal.open(journal, uri)) as made:
        made.begin_with(replace(state, cluster=replace(state.cluster, name=name)))
