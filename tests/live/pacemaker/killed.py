"""A process that opens the lab's cluster, begins something, and kills itself in the middle: fcm without a goodbye.

Arguments: what, the hosts file, a folder for the journal, the machine, and the destination of a move or the number of
the step in which it dies; "10 done": as soon as that step is done.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from fcm.backend.libvirt.event_loop import EVENT_LOOP
from fcm.backend.pacemaker import steps
from fcm.backend.pacemaker.adoption import adopting
from fcm.model import commands as cmd
from tests.live.pacemaker.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Iterable

WITHIN = 0.08
"""s after the beginning of a step."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_in_step(last: str) -> None:
    """Have every run of steps die in its step of that number, or right after it."""
    number, _, after = last.partition(" ")

    class Mortal(steps.Runner):
        def carry_out(self, wanted: Iterable[steps.Step]) -> steps.Outcome:
            def count(reached: int, report: steps.StepReport) -> None:
                running = report.state is steps.StepState.RUNNING
                if reached != int(number):
                    return
                if running and not after:
                    threading.Timer(WITHIN, die).start()
                elif after and not running:
                    die()

            self._told = count
            return super().carry_out(wanted)

    adopting.Runner = Mortal  # type: ignore[misc]


def main(what: str, hosts: str, folder: str, machine: str, last: str) -> None:
    with EVENT_LOOP.running():
        opened = Opened(SimpleNamespace(hosts_file=Path(hosts)), Path(folder))  # type: ignore[arg-type]
        identity = opened.machine(machine)
        if what == "move":
            opened.until_memory_moves(opened.migrate(identity, last))
        elif what == "adopt":
            dies_in_step(last)
            opened.do(cmd.MakeHighlyAvailable((identity,)))
        else:
            dies_in_step(last)
            opened.do(cmd.RemoveGroup(f"group-{identity}"))
        die()


if __name__ == "__main__":
    main(*sys.argv[1:])
