"""What the composition root (fcm/app.py) hands to the window; the window knows of no backend and no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fcm.workspace.files.settings import Settings
    from fcm.workspace.planning.cluster_plan import ClusterPlan
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
    known_state: Callable[[str], State] = lambda _: State()
    """A simulated cluster that is not open, as it was last, by its URI. Blocking; raises SentenceError."""
    opening: Callable[[str], tuple[int, int] | None] = lambda _: None
    """How many events of how many have been read of a cluster that is being opened; None: that is not known."""
    give_up: Callable[[str], object] = lambda _: None
    """Read no further in the journal of a cluster that is being opened; that ends with an error then."""
    uri_of: Callable[[str], str] = str
    """The URI of what a person typed: a URI, a name or a file. Blocking; raises BackendError (sentence)."""
    put_aside: Callable[[str], Path | None] = lambda _: None
    """Rename the journal of a simulated cluster that is not open, by its URI: the new path, or None if it has none.

    Blocking; raises JournalError or OSError.
    """
    uri_forms: str = ""
    """How the URI of a cluster is written, for placeholders and help texts."""
