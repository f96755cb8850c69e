"""How quickly machines are moved in the contract suite on real hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model import commands as cmd
from fcm.model.migrations import MigrationOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.workspace.workspace import Workspace

BUSY = ("cancel", "request", "second", "measured")
"""Words in the names of the tests that do something to a machine that is under way."""
SLOW = 12_000_000
"""bytes/s at which a machine is under way for 5 s at least, so that nothing that is done meanwhile comes too late."""


def set_pace(test: str, workspace: Workspace, until: Callable[[Callable[[], bool]], None]) -> None:
    """Let live migrations that say nothing else take their time in the tests that need it, and in no other."""
    bandwidth = SLOW if any(word in test for word in BUSY) else None
    cluster = workspace.state.cluster
    assert cluster is not None
    if cluster.migration_options.bandwidth != bandwidth:
        operation = workspace.submit(cmd.SetMigrationOptions(MigrationOptions(bandwidth=bandwidth)))
        until(lambda: operation.verdict is not None)
        assert operation.verdict
