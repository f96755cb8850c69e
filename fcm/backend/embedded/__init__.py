"""The embedded cluster: a failover cluster in this process, in virtual time."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fcm import resources
from fcm.backend.base import UnknownClusterError
from fcm.backend.embedded.backend import EmbeddedBackend
from fcm.backend.embedded.cluster_file.reading import ClusterFileError, load, read
from fcm.backend.embedded.kernel import SPEEDS
from fcm.model.events import Entry
from fcm.model.state import State, apply
from fcm.text.textfile import typed_path, whole_path
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "SPEEDS",
    "ClusterFileError",
    "EmbeddedBackend",
    "cluster_files",
    "describe_cluster",
    "described_state",
    "find_cluster_file",
    "formed_state",
    "open_embedded",
]

PREFIX = "embedded:"


def cluster_files(folders: Sequence[Path] = ()) -> dict[str, Path]:
    """All cluster files that can be opened by name; those in ``folders`` come before shipped ones of the same name."""
    found: dict[str, Path] = {}
    for folder in (resources.path("clusters"), *folders):
        if folder.is_dir():
            found |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
    return found


def find_cluster_file(name_or_path: str, folders: Sequence[Path] = ()) -> Path:
    """The file that ``contoso``, ``embedded:contoso`` or a path means.

    Raises:
        UnknownClusterError: there is no such file.
    """
    wanted = name_or_path.removeprefix(PREFIX)
    known = cluster_files(folders)
    if wanted in known:
        return known[wanted]
    path = typed_path(wanted)
    if wanted and (path.suffix == ".toml" or os.path.isfile(path)):
        return path
    names = ", ".join(known) or "none"
    raise UnknownClusterError(
        f"There is no embedded cluster {quoted(wanted)}. Choose one of {names}, or specify the path of a cluster file."
    )


def open_embedded(
    name_or_path: str,
    *,
    uri: str | None = None,
    folders: Sequence[Path] = (),
    seed: int = 0,
    start_time: float | None = None,
    paced: bool = False,
    speed: float = 1.0,
    known: bool = False,
) -> EmbeddedBackend:
    """The backend of a cluster file.

    Args:
        name_or_path: a name (shipped, or of a file in ``folders``) or a path.
        uri: what it is known by; None: ``embedded:NAME``, or ``embedded:`` and the absolute path.
        folders: where the user's own cluster files lie.
        seed: see EmbeddedBackend; so are start_time, paced and speed.
        start_time: s since the epoch at which the virtual clock begins.
        paced: whether virtual time follows real time.
        speed: virtual seconds per second.
        known: whether it has a history already, which says what the cluster is: the file, which takes a second where
            there are thousands of machines, is then read only if the history is empty.

    Raises:
        UnknownClusterError: there is no such file.
        ClusterFileError: the file cannot be read or does not describe a cluster.
    """
    path = find_cluster_file(name_or_path, folders)
    wanted = name_or_path.removeprefix(PREFIX)
    known_by = uri or PREFIX + (wanted if wanted in cluster_files(folders) else str(whole_path(path)))
    definition = partial(load, path) if known and path.is_file() else load(path)
    return EmbeddedBackend(definition, known_by, seed=seed, start_time=start_time, paced=paced, speed=speed)


def formed_state(name_or_path: str, folders: Sequence[Path] = ()) -> State:
    """A cluster as its file describes it, before it was ever opened; its clock has not begun.

    Raises:
        UnknownClusterError: there is no such file.
        ClusterFileError: the file does not describe a cluster.
    """
    return apply(State(), Entry(1, 0.0, load(find_cluster_file(name_or_path, folders))))[0]


def described_state(text: str) -> State:
    """The same of the text of a cluster file. Raises ClusterFileError."""
    return apply(State(), Entry(1, 0.0, read(text, Path("described servers"))))[0]


def describe_cluster(path: Path) -> tuple[str, str]:
    """Title and one line about a cluster file; for a file that cannot be opened, its name and why not."""
    try:
        formed = load(path)
    except ClusterFileError as error:
        return path.stem, str(error)
    volumes = "enabled" if formed.cluster.shared_volumes_enabled else "not enabled"
    counts = f"{counted(len(formed.nodes), 'node')}, {counted(len(formed.machines), 'virtual machine')}"
    return formed.cluster.full_name, f"{counts}, Cluster Shared Volumes {volumes}"
