"""Versions of Windows Server whose rules a simulated cluster can follow."""

from __future__ import annotations

from enum import StrEnum


class ClusterVersion(StrEnum):
    """Windows Server version whose rules a simulated cluster follows."""

    V2008_R2 = "2008 R2"
    V2012 = "2012"
    V2012_R2 = "2012 R2"
    V2016 = "2016"
    V2019 = "2019"

    @property
    def most_nodes(self) -> int:
        """Nodes that a cluster of this version can have."""
        return 64 if self.at_least(ClusterVersion.V2012) else 16

    def at_least(self, other: ClusterVersion) -> bool:
        """Whether it is that version or a later one."""
        versions = list(ClusterVersion)
        return versions.index(self) >= versions.index(other)
