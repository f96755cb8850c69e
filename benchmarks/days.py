"""Ten virtual days at full speed: memory must stay flat, and the journal must open quickly again.

A cluster of eight nodes with a journal: each virtual hour four live migrations, a change, now and then a failure and
its repair. "memory" is what the process holds at the end of a day; the state keeps every migration, about 2 KiB each,
their telemetry is in the journal.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import tempfile
import time

from benchmarks.parts.soak_steps import a_fault
from benchmarks.scale import resident
from fcm.app import journal_path, open_workspace
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind

DAYS = 10
HOUR = 3600.0
URI = "embedded:fabrikam"


def main(days: int = DAYS) -> int:
    """Let the days pass; print what is held after each."""
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FCM_DATA"] = folder
        workspace = open_workspace(URI, paced=False)
        held = []
        for day in range(1, days + 1):
            begin = time.process_time()
            for hour in range(24):
                state = workspace.state
                machines = list(state.machines)
                for identity in draw.sample(machines, min(12, len(machines))):
                    nodes = [name for name in state.nodes if name != state.machines[identity].node]
                    workspace.submit(cmd.LiveMigrate(identity, draw.choice(nodes)))
                for migration in workspace.state.active_migrations():
                    if migration.endless:
                        workspace.submit(cmd.CancelMigration(migration.id))
                for fault in list(workspace.state.faults):
                    workspace.submit(cmd.RepairFault(fault))
                if hour % 6 == 5 and (fault_now := a_fault(draw, workspace.state, FaultKind.HANG)) is not None:
                    workspace.submit(fault_now)
                workspace.backend.advance(HOUR)  # type: ignore[attr-defined]
                workspace.drain(60.0)
                for migration in workspace.state.migrations:
                    if migration in workspace.telemetry:
                        workspace.forecasts.course(migration)
            workspace.events.write()
            gc.collect()
            held.append(resident())
            print(
                f"  day {day:2} {workspace.state.sequence:8,} events, {len(workspace.state.migrations):6,} migrations, "
                f"memory {held[-1]:6.1f} MiB, processor {time.process_time() - begin:6.1f} s",
                flush=True,
            )
        size = journal_path(URI).stat().st_size / 2**20
        workspace.close()
        begin = time.process_time()
        open_workspace(URI, paced=False).close()
        print(f"  memory of the last day is {held[-1] / held[0]:.2f} times that of the first; journal {size:.0f} MiB, ")
        print(f"  opened again in {time.process_time() - begin:.1f} s of the processor")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
