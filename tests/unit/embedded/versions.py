"""Clusters of other Windows versions than their files say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.backend import EmbeddedBackend
from fcm.backend.embedded.cluster_file.reading import load
from fcm.resources import path
from tests.unit.embedded.desk import START, Desk

if TYPE_CHECKING:
    from fcm.model.entities import ClusterVersion
    from fcm.workspace.files.journal import Journal


def desk_of(version: ClusterVersion, name: str = "contoso", journal: Journal | None = None) -> Desk:
    """A shipped cluster by the rules of a version."""
    formed = load(path("clusters", f"{name}.toml"))
    formed = replace(formed, cluster=replace(formed.cluster, version=version))
    return Desk(journal=journal, backend=EmbeddedBackend(formed, f"embedded:{name}", seed=1, start_time=START))
