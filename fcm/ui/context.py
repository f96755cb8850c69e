"""What the composition root (fcm/app.py) hands to the window; the window knows of no backend and no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.workspace.settings import Settings
    from fcm.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """A cluster that can be opened without typing its URI."""

    uri: str
    """Such as ``embedded:contoso`` or ``libvirt:/etc/fcm/hosts.toml``."""
    title: str
    description: str
    last_opened: float | None = None
    """s since the epoch; None = never here."""


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """A server of a cluster that is to be created."""

    name: str
    memory: int = 32 * 2**30
    """bytes."""
    logical_processors: int = 8


@dataclass(frozen=True, slots=True)
class PlannedNetwork:
    """A network that connects all planned nodes."""

    name: str
    subnet: str
    """CIDR."""
    gateway: str | None = None
    bandwidth: int = 125_000_000
    """bytes/s of an adapter."""


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What the Create Cluster wizard asked for."""

    name: str
    domain: str
    address: str
    """Address of the access point, in the subnet of one of the networks."""
    nodes: tuple[PlannedNode, ...]
    networks: tuple[PlannedNetwork, ...]
    disks: tuple[int, ...] = ()
    """Size of each LUN of the shared storage in bytes."""
    witness: bool = False
    """Whether the first LUN becomes the disk witness."""


@dataclass(frozen=True, slots=True)
class Context:
    """The window's view of the world outside."""

    open_cluster: Callable[[str], Workspace]
    """Open a cluster by its URI. Blocking: call it in a worker thread.

    Raises BackendError or JournalError, whose message is a sentence for the user.
    """
    clusters: Callable[[], list[KnownCluster]]
    """Shipped, created and recent clusters. Reads files: call it in a worker thread."""
    create_cluster: Callable[[ClusterPlan], str]
    """Write a cluster file and return its URI. Blocking; raises OSError or ValueError (sentence)."""
    settings: Settings
    report_folder: Path
    """Where validation reports are saved."""
