"""Where this program keeps its files."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Iterator


def data_folder() -> Path:
    """Where journals, created clusters and reports live; the environment variable FCM_DATA overrides."""
    chosen = os.environ.get("FCM_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("fcm", appauthor=False))


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
