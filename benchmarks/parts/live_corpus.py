"""Live migrations of eight kinds of guest over links of several speeds, as the product keeps them (root).

    python -m benchmarks.parts.live_corpus LAB FOLDER [--mbit 50,100,200,500,1000] [--rounds 1] [--first 0]

Makes a lab of two nodes, or takes one that is up, and moves each guest there and back with options that go round from
guest to guest, so that every option meets every kind. Each run is written to FOLDER as ``fcm history --export``
writes it, and one line of it to ``FOLDER/runs.csv``: the guest, what was asked for and how busy the computer was.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.app import open_workspace
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import LabMachine, add_machine, free_number, list_machines, remove_machine
from fcm.lab.plan import MIB, LabError, LabFolders, LabPlan, make_plan
from fcm.model import commands as cmd
from fcm.model.entities import NodeState
from fcm.model.migrations import MigrationOptions
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.migrations import Migration
    from fcm.workspace.workspace import Workspace

FASTEST = 16.0
"""MiB/s that a guest without KVM is asked to write at most: two processors give no more, steadily."""
LIMIT = 150.0
"""s after which a migration is canceled."""


@dataclass(frozen=True)
class Kind:
    """What a guest holds and writes, in shares of what its link carries, so that links of all speeds mean the same."""

    name: str
    memory: int
    """MiB."""
    fill: int
    """MiB of random bytes."""
    share: float
    """Of the link's bandwidth that it rewrites."""
    hot: float = 0.0
    """s of the link's bandwidth that the range it writes has; 0: all that it holds."""

    def machine(self, number: int, line: float, made: str) -> LabMachine:
        """The guest on a link of `line` MiB/s; its name begins with `made`."""
        dirty = round(min(self.share * line, FASTEST)) if self.share == 0 or self.share * line >= 1 else 1
        hot = max(1, min(round(self.hot * line), self.fill)) if self.hot else 0
        return LabMachine(f"{made}-{self.name}-{line:.0f}", number, self.memory, self.fill, dirty, hot)


KINDS = (
    Kind("idle", 256, 150, 0.0),
    Kind("sparse", 512, 30, 0.1),
    Kind("slow", 256, 90, 0.1),
    Kind("mid", 256, 110, 0.35),
    Kind("busy", 256, 90, 0.6),
    Kind("hot", 256, 120, 0.9, hot=0.2),
    Kind("wide", 384, 300, 0.25),
    Kind("over", 256, 40, 1.2),
)
OPTIONS = (
    ("plain", MigrationOptions(time_limit=LIMIT)),
    ("limit1000", MigrationOptions(downtime_limit=1.0, time_limit=LIMIT)),
    ("plain", MigrationOptions(time_limit=LIMIT)),
    ("converge", MigrationOptions(auto_converge=True, time_limit=LIMIT)),
    ("half", MigrationOptions(time_limit=LIMIT)),  # of the bandwidth
    ("plain", MigrationOptions(time_limit=LIMIT)),
    ("parallel", MigrationOptions(parallel_connections=2, time_limit=LIMIT)),
)
"""Seven, while two are taken a guest and eight guests go by: they go round."""
STRONG = MigrationOptions(
    auto_converge=True, auto_converge_initial=40, auto_converge_increment=20, downtime_limit=1.0, time_limit=LIMIT
)
"""For guests that write more than the link carries."""


class Corpus:
    """The lab, its cluster, and where the runs go."""

    def __init__(self, plan: LabPlan, folders: LabFolders, folder: Path) -> None:
        self.plan, self.folders, self.folder = plan, folders, folder
        self._awake = threading.Event()
        self.workspace: Workspace = open_workspace(f"libvirt:{folders.hosts_file}")
        self.workspace.set_wake(self._awake.set)

    def wait_for(self, condition: Callable[[], bool], limit: float = 60.0) -> None:
        """Drain until the condition holds."""
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise LabError(f"Nothing happened for {limit:g} s.")
            self._awake.wait(0.1)
            self._awake.clear()
            self.workspace.drain()

    def settled(self, machine: str, node: str) -> bool:
        """All nodes up, the machine found where it is."""
        state = self.workspace.state
        found = state.machine_named(machine)
        return found is not None and found.node == node and all(n.state is NodeState.UP for n in state.nodes.values())

    def move(self, machine: LabMachine, source: str, destination: str, options: MigrationOptions) -> Migration:
        """One migration to its end."""
        self.wait_for(lambda: self.settled(machine.name, source))
        found = self.workspace.state.machine_named(machine.name)
        assert found is not None
        before = self.workspace.state.last_migration(found.id)
        self.workspace.submit(cmd.LiveMigrate(found.id, destination, options))

        def last() -> Migration | None:
            now = self.workspace.state.last_migration(found.id)
            return now if now is not None and (before is None or now.id != before.id) else None

        def over() -> bool:
            now = last()
            return now is not None and now.phase.is_over

        self.wait_for(over, LIMIT + 60.0)
        ended = last()
        assert ended is not None
        return ended

    def keep(self, migration: Migration, machine: LabMachine, name: str, asked: str, load: float) -> None:
        """Write the run and its line."""
        history = self.workspace.history()
        chosen = [one for one in history.migrations() if one.id == migration.id]
        (written,) = history.export(chosen, self.folder).files
        written.rename(self.folder / f"{name}.json")
        figures = migration.figures
        took = f"{figures.total:.2f},{figures.downtime:.3f}" if figures else ","
        guest = f"{machine.memory},{machine.fill},{machine.dirty},{machine.working_set}"
        line = f"{name},{guest},{self.plan.bandwidth or 0},{asked},{migration.phase.value},{took},{load:.1f}"
        with (self.folder / "runs.csv").open("a", encoding="utf-8") as runs:
            runs.write(f"{line},{os.getloadavg()[0]:.1f}\n")
        print(line, flush=True)

    def run(self, kind: Kind, turn: int, made: str) -> None:
        """One guest there and back."""
        line = (self.plan.bytes_per_second or 0) / MIB
        taken = {one.number for one in list_machines(self.folders)}
        machine = kind.machine(free_number(taken), line, made)
        add_machine(machine, self.plan.nodes[0], self.folders, limit=120.0)
        try:
            for k, (source, destination) in enumerate((("node1", "node2"), ("node2", "node1"))):
                asked, options = OPTIONS[(turn + k) % len(OPTIONS)]
                if asked == "half":
                    options = MigrationOptions(bandwidth=(self.plan.bytes_per_second or 0) // 2, time_limit=LIMIT)
                if machine.dirty > 0.8 * line and not kind.hot:
                    asked, options = "strong", STRONG
                load = os.getloadavg()[0]
                ended = self.move(machine, source, destination, options)
                mbit = (self.plan.bandwidth or 0) // 1_000_000
                self.keep(
                    ended, machine, f"{made}-{kind.name}-{mbit}-{asked}-{'to' if k == 0 else 'back'}", asked, load
                )
                if ended.phase is not Phase.COMPLETED:
                    break
        finally:
            remove_machine(machine.name, self.plan, self.folders)


def main(words: list[str] | None = None) -> int:
    """Record; 0 unless the lab fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mbit", default="50,100,200,500,1000")
    parser.add_argument("--made", default="a", help="begin of the names of the runs")
    parser.add_argument("--first", type=int, default=0, help="option with which the first guest begins")
    parser.add_argument("--keep-lab", action="store_true")
    arguments = parser.parse_args(words)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    folders = LabFolders(name=arguments.lab)
    turn = arguments.first
    try:
        for mbit in map(int, arguments.mbit.split(",")):
            plan = make_plan(2, mbit * 1_000_000)
            bring_up(plan, folders)
            corpus = Corpus(plan, folders, arguments.folder)
            try:
                for kind in KINDS:
                    try:
                        corpus.run(kind, turn, arguments.made)
                    except LabError as error:
                        print(f"{kind.name}: {error}", file=sys.stderr, flush=True)
                    turn += 2
            finally:
                corpus.workspace.close()
    finally:
        if not arguments.keep_lab:
            take_down(folders)
    return 0


if __name__ == "__main__":
    sys.exit(main())
