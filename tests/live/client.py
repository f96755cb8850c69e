"""A program of its own that opens the lab's hosts with a journal, starts a live migration and goes on watching.

Arguments: hosts file, folder of the journal, machine, destination. Says the migration's id once memory moves. Tests
kill it.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.libvirt import open_hosts
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.workspace.files.journal import Journal
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from fcm.model.rules.verdict import Verdict


def main(hosts_file: Path, folder: Path, machine: str, destination: str) -> None:
    uri = f"libvirt:{hosts_file}"
    awake = threading.Event()
    workspace = Workspace(open_hosts(hosts_file, uri), Journal.open(folder / "test.journal", uri), awake.set)
    workspace.open()
    asked = told = False
    while True:
        awake.wait(0.1)
        awake.clear()
        workspace.drain()
        state = workspace.state
        found = state.machine_named(machine)
        if not asked and found and all(node.state is NodeState.UP for node in state.nodes.values()):
            workspace.submit(cmd.LiveMigrate(found.id, destination), lambda operation: _refused(operation.verdict))
            asked = True
        migration = state.last_migration(found.id) if found else None
        if not told and migration and any(row.sent > 4 << 20 for row in workspace.rows(migration.id)):
            print(migration.id, flush=True)
            told = True
        if not told and migration and migration.phase.is_over:
            sys.exit(f"the migration was over before memory moved: {migration.phase} {migration.reason}")


def _refused(verdict: Verdict | None) -> None:
    """A refused migration ends the program with the reason, so that nobody waits for it."""
    if verdict is not None and not verdict:
        sys.exit(f"refused: {verdict.sentence()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
