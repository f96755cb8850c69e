"""The embedded cluster: a failover cluster in this process, in virtual time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from fcm import resources
from fcm.backend.base import BackendError
from fcm.backend.embedded.backend import EmbeddedBackend
from fcm.backend.embedded.cluster_file import ClusterFileError, load
from fcm.backend.embedded.kernel import SPEEDS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SPEEDS", "ClusterFileError", "EmbeddedBackend", "cluster_files", "find_cluster_file", "open_embedded"]

PREFIX = "embedded:"


def clusters_folder() -> Path:
    """Where the user's own cluster files lie: ``clusters`` in FCM_DATA, or in the user's data folder of fcm."""
    data = os.environ.get("FCM_DATA")
    return (Path(data) if data else Path(platformdirs.user_data_dir("fcm", appauthor=False))) / "clusters"


def cluster_files() -> dict[str, Path]:
    """All cluster files that can be opened by name; the user's own come before shipped ones of the same name."""
    found: dict[str, Path] = {}
    for folder in (resources.path("clusters"), clusters_folder()):
        found |= {path.stem: path for path in _sorted_files(folder)}
    return found


def find_cluster_file(name_or_path: str) -> Path:
    """The file that ``contoso``, ``embedded:contoso`` or a path means.

    Raises:
        BackendError: there is no such file.
    """
    wanted = name_or_path.removeprefix(PREFIX)
    known = cluster_files()
    if wanted in known:
        return known[wanted]
    path = Path(wanted).expanduser()
    if wanted and (path.is_file() or path.suffix == ".toml"):
        return path
    names = ", ".join(known) or "none"
    raise BackendError(
        f"There is no embedded cluster {wanted!r}. Choose one of {names}, or give the path of a cluster file."
    )


def open_embedded(
    name_or_path: str,
    *,
    seed: int = 0,
    start_time: float | None = None,
    paced: bool = False,
    speed: float = 1.0,
) -> EmbeddedBackend:
    """The backend of a cluster file: a name (shipped, or in the user's clusters folder) or a path.

    The uri is ``embedded:NAME``, or ``embedded:`` and the absolute path. See EmbeddedBackend for the rest.

    Raises:
        BackendError: there is no such file.
        ClusterFileError: the file does not describe a cluster.
    """
    path = find_cluster_file(name_or_path)
    wanted = name_or_path.removeprefix(PREFIX)
    uri = PREFIX + (wanted if wanted in cluster_files() else str(path.resolve()))
    return EmbeddedBackend(load(path), uri, seed=seed, start_time=start_time, paced=paced, speed=speed)


def _sorted_files(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.toml")) if folder.is_dir() else ()
