"""Where this program keeps its files."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from fcm.mistakes import SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def data_folder() -> Path:
    """Where journals, created clusters and reports live; the environment variable FCM_DATA overrides.

    Raises:
        SentenceError: this user has no home folder.
    """
    return own_or(platformdirs.user_data_dir)


def own_or(usual: Callable[..., str]) -> Path:
    """The folder that FCM_DATA names, else the usual one of its kind for this user.

    Args:
        usual: of platformdirs.

    Raises:
        SentenceError: this user has no home folder (no ``HOME``, not in the list of users): the usual one would be a
            folder called ~ wherever the program was started.
    """
    if chosen := os.environ.get("FCM_DATA"):
        return Path(chosen)
    try:
        folder = Path(usual("fcm", appauthor=False))
    except RuntimeError:  # of newer versions of platformdirs; older ones give ~
        folder = Path("~")
    if not folder.is_absolute():
        raise SentenceError(
            "This user has no home folder, so there is no place for clusters and settings. Set HOME, or name a folder "
            "with the environment variable FCM_DATA."
        )
    return folder


def cluster_folder() -> Path:
    """Where the cluster files lie that were made with Create a Cluster or New-Cluster."""
    return data_folder() / "clusters"


@contextmanager
def own_folder(purpose: str) -> Iterator[Path]:
    """Within this, journals, settings and reports go to an empty folder, which is removed at the end.

    For what runs the whole program without being the user's work: the tour, the smoke test.

    Raises:
        OSError: no temporary folder can be made.
    """
    before = os.environ.get("FCM_DATA")
    with tempfile.TemporaryDirectory(prefix=f"fcm-{purpose}-", ignore_cleanup_errors=True) as folder:
        os.environ["FCM_DATA"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["FCM_DATA"]
            else:
                os.environ["FCM_DATA"] = before
