"""The smoke test of an installation: open the embedded cluster, see one live migration to its end, close."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from fcm.model import commands as cmd
from fcm.model.telemetry import Phase
from fcm.ui.window.main_window import MainWindow
from fcm.ui.window.start import make_application
from fcm.workspace.selection import Place, Selection

if TYPE_CHECKING:
    from fcm.ui.window.context import Context

CLUSTER = "embedded:fabrikam"
"""A shipped cluster whose machines are highly available from the start."""
LIMIT = 60_000
"""ms until the test has failed."""


class _Walk:
    """Opens, migrates, closes; says in the end why not."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.problem = "The live migration did not end in time."
        self._migration = ""
        window.opened.connect(self._opened)
        window.changed.connect(self._changed)
        window.open(CLUSTER)

    def _opened(self) -> None:
        workspace = self.window.workspace
        if workspace is None or workspace.clock is None:
            self._end("The embedded cluster was not opened.")
            return
        workspace.clock.set_speed(math.inf)
        state = workspace.state
        for machine in state.machines.values():
            for node in state.nodes:
                if workspace.allowed(cmd.LiveMigrate(machine.id, node)):
                    self._migration = machine.id
                    self.window.select(Selection(Place.MACHINE, machine.id))
                    self.window.submit(cmd.LiveMigrate(machine.id, node))
                    return
        self._end("No virtual machine of the embedded cluster can be live migrated.")

    def _changed(self, _change: object) -> None:
        migration = self.window.state.last_migration(self._migration)
        if migration is not None and migration.phase.is_over:
            done = migration.phase is Phase.COMPLETED
            self._end("" if done else f"The live migration ended as {migration.phase}: {migration.reason}")

    def _end(self, problem: str) -> None:
        self.problem = problem
        self.window.changed.disconnect(self._changed)
        QTimer.singleShot(0, self.window, self.window.close)


def run(context: Context) -> int:
    """Exit code 0 if the live migration completed; the reason goes to standard error otherwise."""
    app = make_application(context)
    window = MainWindow(context)
    window.show()
    walk = _Walk(window)
    QTimer.singleShot(LIMIT, window, window.close)
    app.exec()
    if walk.problem:
        print(walk.problem, file=sys.stderr)
        return 1
    return 0
