"""Where this program keeps its files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Where journals, created clusters and reports live; the environment variable FCM_DATA overrides."""
    chosen = os.environ.get("FCM_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("fcm", appauthor=False))


def cluster_folder() -> Path:
    """Where the cluster files lie that were made with Create a Cluster or New-Cluster."""
    return data_folder() / "clusters"
