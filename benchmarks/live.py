"""What fcm costs on top of libvirt, and libvirt on top of QEMU: a guest over one shaped link by fcm, by virsh and by
plain QMP, in turn (root).

Wall time is from the order to the word that it is done, for fcm from the submitted command to the drained event with
the figures, for virsh from the start of its process to its end, for QMP from the start of the destination's QEMU. The
floor is bytes/bandwidth. Aim: fcm within 2 % of virsh.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.parts.live_qmp import PlainMachine
from fcm.backend.libvirt import open_hosts
from fcm.backend.libvirt.lane import load_libvirt
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import LabMachine, add_machine
from fcm.lab.node import virsh
from fcm.lab.plan import LIVE_MIGRATION, LabError, LabFolders, LabPlan, make_plan
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.telemetry import Phase
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

BANDWIDTH = 200_000_000
"""bits/s of the live-migration network."""
ROUNDS = 6
"""Migrations each way of moving makes, to and fro."""
LIMIT = 120.0
"""s that one migration may take."""
AIM = 1.02


@dataclass(frozen=True)
class Run:
    """One migration."""

    wall: float
    total: float
    """s as libvirt, or QEMU itself, counts."""
    bytes: int

    @property
    def floor(self) -> float:
        """What the bytes need on the link (s)."""
        return self.bytes * 8 / BANDWIDTH


class Bench:
    """A lab of its own with one idle guest."""

    def __init__(self, plan: LabPlan, folders: LabFolders) -> None:
        self.plan, self.folders = plan, folders
        self.machine = LabMachine("bench", 50, fill=150)
        self._awake = threading.Event()
        self._libvirt = load_libvirt()
        add_machine(self.machine, plan.nodes[0], folders)
        self.at = 0
        self.plain = PlainMachine(self.machine, plan, folders)
        self.workspace = Workspace(open_hosts(folders.hosts_file, f"libvirt:{folders.hosts_file}"))
        self.workspace.open()
        self.workspace.set_wake(self._awake.set)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Drain until the condition holds."""
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise LabError(f"Nothing happened for {LIMIT:g} s.")
            self._awake.wait(0.1)
            self._awake.clear()
            self.workspace.drain()

    def settled(self) -> bool:
        """All nodes up, the machine found where it is."""
        state = self.workspace.state
        found = state.machine_named(self.machine.name)
        here = self.plan.nodes[self.at].name
        return found is not None and found.node == here and all(n.state is NodeState.UP for n in state.nodes.values())

    def by_fcm(self) -> float:
        """Wall time (s) of a move by the workspace."""
        found = self.workspace.state.machine_named(self.machine.name)
        assert found is not None
        before = self.workspace.state.last_migration(found.id)
        begin = time.monotonic()
        self.workspace.submit(cmd.LiveMigrate(found.id, self.plan.nodes[1 - self.at].name))

        def over() -> bool:
            last = self.workspace.state.last_migration(found.id)
            return last is not None and (before is None or last.id != before.id) and last.phase.is_over

        self.wait_for(over)
        taken = time.monotonic() - begin
        last = self.workspace.state.last_migration(found.id)
        if last is None or last.phase is not Phase.COMPLETED:
            raise LabError(f"fcm did not complete the migration: {last and last.reason}")
        return taken

    def by_virsh(self) -> float:
        """Wall time (s) of a move by virsh, with the flags that fcm uses."""
        source, target = self.plan.nodes[self.at], self.plan.nodes[1 - self.at]
        begin = time.monotonic()
        virsh(
            source, self.folders, "migrate", "--live", "--p2p", "--persistent", "--undefinesource", "--unsafe",
            self.machine.name, target.peer_uri, f"tcp://{LIVE_MIGRATION.address(target.number)}", limit=LIMIT,
        )  # fmt: skip
        return time.monotonic() - begin

    def by_qmp(self) -> Run:
        """A move without libvirt."""
        return Run(*self.plain.move())

    def measure(self, move: Callable[[], float]) -> Run:
        """One migration and libvirt's own figures of it."""
        self.wait_for(self.settled)
        wall = move()
        self.at = 1 - self.at
        connection: Any = self._libvirt.open(self.folders.uri(self.plan.nodes[self.at]))
        figures = connection.lookupByName(self.machine.name).jobStats(self._libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
        connection.close()
        return Run(wall, figures["time_elapsed"] / 1000, figures["memory_processed"])


def main() -> int:
    """Print one line a way of moving; 1 if fcm misses its aim."""
    folders = LabFolders(name=f"bench{os.getpid()}")
    plan = make_plan(2, BANDWIDTH)
    try:
        bring_up(plan, folders, own=True)
        bench = Bench(plan, folders)
        try:
            runs: dict[str, list[Run]] = {"fcm": [], "virsh": [], "QMP": []}
            for _ in range(ROUNDS):
                runs["fcm"].append(bench.measure(bench.by_fcm))
                runs["virsh"].append(bench.measure(bench.by_virsh))
                runs["QMP"].append(bench.by_qmp())
        finally:
            bench.plain.end()
            bench.workspace.close()
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if os.geteuid() == 0:
            take_down(folders)
    for name, made in runs.items():
        print(
            f"  {name:<6} wall {statistics.median(run.wall for run in made):6.2f} s "
            f"({min(run.wall for run in made):.2f} to {max(run.wall for run in made):.2f}), "
            f"own total {statistics.median(run.total for run in made):6.2f} s, "
            f"{statistics.median(run.bytes for run in made) / 2**20:6.1f} MiB, "
            f"floor {statistics.median(run.floor for run in made):5.2f} s"
        )
    ratio = statistics.median(run.wall / run.floor for run in runs["fcm"]) / statistics.median(
        run.wall / run.floor for run in runs["virsh"]
    )
    print(f"  fcm / virsh, each against its own floor: {ratio:.3f} (aim: at most {AIM})")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
