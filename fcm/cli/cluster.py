"""Verbs that open a cluster without the window: show it, migrate a machine, salvage its journal."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.moments import date_time
from fcm.model.quantities import milliseconds, size
from fcm.model.rules.machines import LONGEST_TIME
from fcm.model.rules.quorum import description
from fcm.model.telemetry import Phase
from fcm.text.words import counted, quoted
from fcm.workspace.quorum_board import quorum_board, what_is_missing

if TYPE_CHECKING:
    import argparse

    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2
OPEN_LIMIT = 10.0
"""s to wait for the hosts of a cluster to answer."""


def add_cluster_verbs(verbs: Subparsers) -> None:
    """Add ``show``, ``migrate`` and ``salvage``."""
    show = verbs.add_parser("show")
    show.add_argument("uri", metavar="URI")
    show.set_defaults(handler=_show)
    migrate = verbs.add_parser("migrate")
    migrate.add_argument("uri", metavar="URI")
    migrate.add_argument("machine", metavar="MACHINE", help="name of the virtual machine")
    migrate.add_argument("node", metavar="NODE", help="destination")
    migrate.add_argument(
        "--time-limit",
        type=_seconds,
        metavar="S",
        help="cancel the migration if it is still copying memory after this many seconds",
    )
    migrate.set_defaults(handler=_migrate)
    rescue = verbs.add_parser("salvage")
    rescue.add_argument("uri", metavar="URI")
    rescue.set_defaults(handler=_salvage)


def _seconds(text: str) -> float:
    import argparse

    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= LONGEST_TIME:
        raise argparse.ArgumentTypeError(f"expected seconds from 1 to {LONGEST_TIME:.0f}, found {quoted(text)}")
    return value


class _Opened:
    """A workspace whose owner is this thread."""

    def __init__(self, uri: str) -> None:
        from fcm.app import open_workspace

        self._awake = threading.Event()
        self.workspace: Workspace = open_workspace(uri)
        self.workspace.set_wake(self._awake.set)

    def __enter__(self) -> _Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.workspace.close()

    def wait(self, limit: float) -> None:
        """Drain until something changed or ``limit`` s passed."""
        if self._awake.wait(limit):
            self._awake.clear()
            self.workspace.drain()

    def settle(self) -> None:
        """Wait until every node has said how it is."""
        end = time.monotonic() + (OPEN_LIMIT if self.workspace.read_only is None else 0.0)
        while time.monotonic() < end:
            nodes = self.workspace.state.nodes.values()
            if nodes and not any(n.state is NodeState.DOWN and n.note.startswith("Connecting") for n in nodes):
                return
            self.wait(0.2)


def _show(arguments: argparse.Namespace) -> int:
    with _Opened(arguments.uri) as opened:
        opened.settle()
        state = opened.workspace.state
        if opened.workspace.read_only is not None:
            print(opened.workspace.read_only, file=sys.stderr)
            when = date_time(state.time)
            print(f"Last saved state, at {when} (cluster time):")
        assert state.cluster is not None
        print(f"Cluster {state.cluster.full_name}")
        if opened.workspace.simulated:
            _show_quorum(state)
        for node in state.nodes.values():
            print(f"  {node.name:<16} {node.state:<8} {node.memory / 2**30:7.1f} GiB  {node.note}".rstrip())
            for machine in state.machines_on(node.name):
                kind = "clustered" if machine.is_highly_available else "not clustered"
                print(f"    {machine.name:<24} {machine.state:<10} {machine.memory / 2**20:7.0f} MiB  {kind}")
    return DONE


def _show_quorum(state: State) -> None:
    """Version, quorum configuration, and what one more loss would do."""
    cluster = state.cluster
    assert cluster is not None
    board = quorum_board(state)
    print(f"  Windows Server {cluster.version}, {description(cluster, state.disks)}")
    print(f"  {what_is_missing(state) or f'{board.votes.in_words}. {board.sentence}'}")


def _migrate(arguments: argparse.Namespace) -> int:
    with _Opened(arguments.uri) as opened:
        opened.settle()
        machine = opened.workspace.state.machine_named(arguments.machine)
        if machine is None:
            print(f"There is no virtual machine {quoted(arguments.machine)} in this cluster.", file=sys.stderr)
            return WRONG_USAGE
        if arguments.node not in opened.workspace.state.nodes:
            known = ", ".join(opened.workspace.state.nodes)
            print(f"There is no node {quoted(arguments.node)} in this cluster. Nodes: {known}.", file=sys.stderr)
            return WRONG_USAGE
        options = None
        if arguments.time_limit is not None:
            options = replace(opened.workspace.state.migration_options(None), time_limit=arguments.time_limit)
        operation = opened.workspace.submit(cmd.LiveMigrate(machine.id, arguments.node, options))
        while operation.verdict is None:
            opened.wait(0.2)
        opened.workspace.drain()
        if not operation.verdict:
            print(operation.verdict.sentence(), file=sys.stderr)
            return FAILED
        return _follow(opened, machine.id)


def _follow(opened: _Opened, machine: str) -> int:
    workspace = opened.workspace
    shown: object = None
    told = False
    while True:
        migration = workspace.state.last_migration(machine)
        if migration is not None:
            rows = workspace.rows(migration.id)
            now = (migration.phase, rows[-1].pass_number if rows else 0)
            if now != shown:
                shown = now
                left = f", {size(rows[-1].remaining)} left" if rows else ""
                print(f"{migration.phase}, pass {now[1]}{left} {migration.reason}".rstrip(), flush=True)
            if migration.endless and not told:
                told = True
                print(f"The migration is not expected to finish. {migration.endless}", flush=True)
            if migration.phase.is_over:
                break
        opened.wait(0.5)
    if migration.figures is not None:
        figures = migration.figures
        print(
            f"{figures.total:.2f} s in {counted(figures.passes, 'pass', 'passes')}, {size(figures.bytes)} sent, "
            f"blackout {milliseconds(figures.downtime)}"
        )
    return DONE if migration.phase is Phase.COMPLETED else FAILED


def _salvage(arguments: argparse.Namespace) -> int:
    from fcm.app import existing_journal, open_workspace

    if existing_journal(arguments.uri) is None:
        print(f"{arguments.uri} has never been opened here, so there is nothing to recover.", file=sys.stderr)
        return FAILED
    workspace = open_workspace(arguments.uri, salvage_journal=True)
    workspace.drain()
    print(f"{counted(workspace.state.sequence, 'event')} recovered.")
    workspace.close()
    return DONE
