"""The composition root: the one file that knows every layer. Opens clusters by URI, starts the window."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from fcm import resources
from fcm.backend import registry
from fcm.backend.base import BackendError
from fcm.backend.replay import Replay
from fcm.mistakes import WrongInputError
from fcm.text.textfile import typed_path
from fcm.workspace import collecting
from fcm.workspace.files.folders import cluster_folder, data_folder, own_folder
from fcm.workspace.files.journal_file import DamagedJournalError, JournalError, is_there
from fcm.workspace.files.journal_paths import aside_path, journal_name, journal_path, journals
from fcm.workspace.files.settings import PRESENT, RECENT, Settings
from fcm.workspace.files.trusted_files import TrustedFiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.state import State
    from fcm.ui.window.context import Context, KnownCluster
    from fcm.workspace.planning.cluster_plan import ClusterPlan
    from fcm.workspace.workspace import Workspace

_log = logging.getLogger(__name__)


class GivenUpError(BackendError):
    """Nobody waits any more for a cluster to be opened."""


def open_workspace(
    uri: str,
    paced: bool = True,
    keep: bool = True,
    salvage_journal: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> Workspace:
    """Open a cluster and start its backend; blocks.

    Args:
        uri: see fcm.backend.registry.
        paced: whether the virtual clock of an embedded cluster follows real time.
        keep: whether its history is kept in a journal.
        salvage_journal: go on with what can be read of a damaged journal.
        told: hears how many events of how many have been read.

    Where this user can only read the journal, the cluster is as it was last written, and every command is refused.

    Raises:
        BackendError: unknown URI, wrong file, missing module.
        JournalError: the journal cannot be opened.
    """
    # The first picture of the window does not wait for what only an open cluster needs.
    from fcm.workspace.files.journal import Journal
    from fcm.workspace.replay.opening import open_past
    from fcm.workspace.workspace import Workspace

    canonical = registry.canonical_uri(uri)
    with collecting.paused():
        allows, known = TrustedFiles().allows, keep and is_there(journal_path(canonical))
        opening = registry.Opening(canonical, (cluster_folder(),), paced, allows, known, open_past)
        backend = registry.open_backend(opening)
    if isinstance(backend, Replay):
        return _open_replay(backend, told)
    path = journal_path(canonical)
    if keep and salvage_journal and is_there(path):
        try:
            with closing(Journal.open(path, canonical)) as whole:
                whole.replay()
                whole.telemetry(sorted(whole.migrations_with_rows()))
        except DamagedJournalError:
            from fcm.workspace.files.salvaging import salvage

            saved = salvage(path, canonical)
            _log.info("salvaged %d events of %s", saved, path)
    journal = Journal.open(path, canonical, to_read=True) if keep else None
    if journal is not None and journal.read_only is not None:
        from fcm.backend.read_only import ReadOnlyCluster

        backend = ReadOnlyCluster(canonical, journal.read_only.reason, journal.read_only.remedy)
    workspace = Workspace(backend, journal)
    try:
        workspace.open(told)
        if workspace.read_only is not None and workspace.state.cluster is None:
            raise workspace.read_only
    except BaseException:
        workspace.close()
        raise
    return workspace


def _open_replay(backend: Replay, told: Callable[[int, int], None] | None) -> Workspace:
    from fcm.workspace.replay.opening import NoHistoryError
    from fcm.workspace.replay.past import JournalPast
    from fcm.workspace.workspace import Workspace

    past = backend.past
    assert isinstance(past, JournalPast)
    workspace = Workspace(backend, past.journal, past=past)
    try:
        workspace.open(told)
        if workspace.state.cluster is None:
            raise NoHistoryError(f"In the history of {past.title} there is no cluster yet. Open the cluster first.")
    except BaseException:
        workspace.close()
        raise
    return workspace


def existing_journal(uri: str) -> tuple[str, Path] | None:
    """The whole URI of a cluster and its journal, which is not opened; None if the cluster was never opened.

    Args:
        uri: of the cluster, or the path of a journal.

    Raises:
        WrongInputError: there is no journal, and no cluster either.
        JournalError: this user may not even look whether there is one.
    """
    from fcm.workspace.files.salvaging import uri_of_journal

    if uri.endswith(".journal"):
        file = typed_path(uri)
        owner = uri_of_journal(file)
        return None if owner is None else (owner, file)
    canonical = registry.canonical_uri(uri)
    path = journal_path(canonical)
    if is_there(path):
        return canonical, path
    refuse_wrong_input(uri)
    return None


def refuse_wrong_input(uri: str) -> None:
    """Check whether a URI refers to a cluster; does not connect. Blocks: it reads the cluster's file.

    Raises:
        WrongInputError: it names no cluster, or the file is missing, broken or of another kind.
    """
    canonical = registry.canonical_uri(uri)
    scheme, _, part = canonical.partition(":")
    if scheme == registry.REPLAY:
        from fcm.workspace.replay.opening import must_have_history

        must_have_history(part)
        return
    try:
        registry.open_backend(registry.Opening(canonical, (cluster_folder(),), False, TrustedFiles().allows))
    except WrongInputError:
        raise
    except BackendError:
        pass  # told where it is opened


def earlier_journals(uri: str) -> list[Path]:
    """Journals of clusters that were there before under a URI, such as earlier labs; the newest first. Blocks."""
    from fcm.workspace.files.salvaging import uri_of_journal

    canonical = registry.canonical_uri(uri)
    own = journal_path(canonical)
    found = journals().glob(f"{journal_name(canonical)}-*.journal")
    others = [path for path in found if path != own and uri_of_journal(path) == canonical]
    return sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)


def known_clusters(settings: Settings) -> list[KnownCluster]:
    """Shipped, created and recent clusters."""
    from fcm.backend.embedded import describe_cluster
    from fcm.ui.window.context import KnownCluster

    recent, present = settings.get(RECENT), settings.get(PRESENT)
    found: dict[str, KnownCluster] = {}
    files = [*sorted(resources.path("clusters").glob("*.toml")), *sorted(cluster_folder().glob("*.toml"))]
    for path in files:
        shipped = path.parent == resources.path("clusters")
        uri = f"embedded:{path.stem if shipped else path}"
        title, description = describe_cluster(path)
        found[uri] = KnownCluster(uri, title, present.get(uri, description), recent.get(uri))
    for uri, opened in recent.items():
        if uri not in found:
            found[uri] = KnownCluster(uri, Path(uri.partition(":")[2]).stem, present.get(uri, uri), opened)
    return list(found.values())


def known_state(uri: str) -> State:
    """A simulated cluster that is not open, as it was when it was last open, else as its file describes it; blocks.

    Raises:
        BackendError: it names no simulated cluster, or its file cannot be used.
        JournalError: its journal cannot be read, such as while it is open in another window.
    """
    from fcm.backend.embedded import formed_state

    canonical = registry.canonical_uri(uri)
    path = journal_path(canonical)
    if is_there(path):
        from fcm.workspace.files.journal import Journal

        with collecting.paused(), closing(Journal.open(path, canonical, to_read=True)) as journal:
            state = journal.follow()
        if state.cluster is not None:
            return state
    return formed_state(canonical, (cluster_folder(),))


def put_aside(uri: str) -> Path | None:
    """Rename the journal of a simulated cluster, which begins anew once it is opened; ``earlier_journals`` finds it.

    Returns:
        The new path; None if the cluster has no journal.

    Raises:
        WrongInputError: it is a cluster of real hosts, whose history cannot begin anew.
        JournalError: the journal is open elsewhere.
        OSError: it cannot be renamed.
    """
    from fcm.workspace.files.journal import Journal

    canonical = registry.canonical_uri(uri)
    if not registry.is_simulated(canonical):
        raise WrongInputError("Only a simulated cluster can be reset.")
    path = journal_path(canonical)
    if not is_there(path):
        return None
    Journal.open(path, canonical).close()  # refused while another program has it
    aside = aside_path(path)
    os.replace(path, aside)
    return aside


def create_cluster(plan: ClusterPlan) -> str:
    """Write the cluster file of a plan and return its URI (see cluster_plan.save)."""
    from fcm.workspace.planning.cluster_plan import save

    return save(plan, cluster_folder())


def make_context(settings: Settings | None = None, opener: Callable[[str], Workspace] | None = None) -> Context:
    """What the window is given; ``opener`` opens clusters in place of ``open_workspace``."""
    from fcm.ui.window.context import Context

    chosen = settings or Settings()
    progress: dict[str, tuple[int, int]] = {}
    unwanted: dict[str, threading.Event] = {}
    """Of each URI the newest opening: whether it was given up."""

    def opened(uri: str) -> Workspace:
        given_up = unwanted[uri] = threading.Event()

        def told(done: int, whole: int) -> None:
            if given_up.is_set():
                raise GivenUpError(f"The opening of {uri} was canceled. Open it again.")
            progress[uri] = (done, whole)

        try:
            return open_workspace(uri, told=told)
        finally:
            progress.pop(uri, None)

    def give_up(uri: str) -> None:
        if uri in unwanted:
            unwanted[uri].set()

    return Context(
        open_cluster=opener or opened,
        opening=progress.get,
        give_up=give_up,
        clusters=lambda: known_clusters(chosen),
        known_state=known_state,
        create_cluster=create_cluster,
        settings=chosen,
        report_folder=data_folder() / "reports",
        put_aside=put_aside,
        uri_of=lambda text: registry.canonical_uri(registry.uri_of(text)),
        uri_forms=registry.forms(),
    )


def display_problem() -> str:
    """Why no window can be shown here, as a sentence; "" if one can, and Qt is told which platform to use."""
    from fcm.ui.look.display import choose

    choice = choose(os.environ)
    if choice.platform:
        os.environ["QT_QPA_PLATFORM"] = choice.platform
    return choice.problem


def run_window(uri: str | None) -> int:
    """Show the window until it is closed; exit code."""
    if uri is not None:
        refuse_wrong_input(uri)
    problem = display_problem()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    from fcm.ui.window.start import run

    return run(make_context(), uri)


def run_tour(out: Path) -> int:
    """The guide's walk with pictures; exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    problem = display_problem()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    from fcm.ui.look.display import quiet_offscreen
    from fcm.ui.tour.walkthrough import run

    with quiet_offscreen():
        return run(make_context, out)


def smoke() -> int:
    """Open the embedded cluster in a window, make one live migration, close; exit code 0 if it completed.

    Nothing of the user's clusters and settings is read or written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    problem = display_problem()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    from fcm.ui.window.smoke import run

    try:
        with own_folder("smoke"):
            return run(make_context(opener=lambda uri: open_workspace(uri, keep=False)))
    except OSError as error:
        print(f"Cannot create a temporary folder: {error.strerror or error}. Free some disk space.", file=sys.stderr)
        return 1


__all__ = [
    "BackendError",
    "JournalError",
    "create_cluster",
    "data_folder",
    "display_problem",
    "journal_path",
    "known_clusters",
    "make_context",
    "open_workspace",
    "run_tour",
    "run_window",
    "smoke",
]
