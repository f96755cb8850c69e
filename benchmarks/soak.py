"""Simulated clusters under all that can happen to them: failures, repairs, ordinary commands, closing, kill -9.

    python -m benchmarks.soak                           # every kind of failure, 100 seeded runs of 90 steps each
    python -m benchmarks.soak --runs 5 PowerOff Isolate # fewer, of these kinds
    python -m benchmarks.soak --seed 17 --runs 1 Hang   # one run again, told step by step with --tell

Each run has one kind of failure that it prefers. After every step the guardian looks at the whole cluster, and at every
start the journal must give the state that was. At the end everything is repaired, and the cluster must be whole again.
Exit code 1 if anything was found. A killed process leaves what it has written: the files are taken as they are at that
moment, in the middle of a post, and opened by another backend. The tests kill real processes.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.parts.soak_steps import a_command, a_fault
from fcm.backend.base import Operation
from fcm.backend.embedded import EmbeddedBackend, cluster_files
from fcm.backend.embedded.cluster_file.reading import load
from fcm.backend.embedded.twin import rehearse
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import GIB, ClusterVersion, MachineState, NodeState, QuorumMode, ResourceState
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.guardian import violations
from fcm.workspace.files.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fcm.model.commands import Command
    from fcm.model.state import State

STEPS = 90
RUNS = 100
START = 1_000_000.0
URI = "embedded:soak"
HOUR = 3600.0
SHARE = "\\\\files\\witness"


class KilledError(BaseException):
    """The process has been killed in the middle of what it did."""


class Paper:
    """A journal as the workspace writes it, without what only a window needs."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.errors: list[str] = []
        self.posts_left: int | None = None
        """Posts until the process is killed; None: it is not."""

    def post(self, entries: Sequence[ev.Entry]) -> None:
        """Write it down; then, where that is planned, nothing more happens."""
        self.errors += [
            entry.event.text
            for entry in entries
            if isinstance(entry.event, ev.BackendReported) and entry.event.level == "error"
        ]
        self._journal.append(entries)
        if self.posts_left is not None:
            self.posts_left -= 1
            if self.posts_left < 0:
                raise KilledError

    def finished(self, operation: Operation) -> None:
        """Nobody waits."""


@dataclass(slots=True)
class Figures:
    """What happened in runs."""

    runs: int = 0
    steps: int = 0
    faults: int = 0
    repairs: int = 0
    commands: int = 0
    refused: int = 0
    reopened: int = 0
    killed: int = 0
    rehearsed: int = 0
    entries: int = 0
    hours: float = 0.0
    """Virtual time."""
    found: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        """Count the other's too."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def cluster(seed: int) -> ev.ClusterFormed:
    """One of the shipped clusters, by turns of every version, with a disk witness, a file share or none."""
    name = ("contoso", "contoso", "fabrikam")[seed % 3]
    formed = load(cluster_files()[name])
    version = list(ClusterVersion)[seed % len(ClusterVersion)]
    changed = replace(formed.cluster, version=version, shared_volumes_enabled=True)
    if seed % 4 == 3:
        changed = replace(changed, quorum_mode=QuorumMode.NODE_MAJORITY, witness=None)
    return replace(formed, cluster=changed)


class Run:
    """One cluster from its forming to its repair."""

    def __init__(self, kind: FaultKind, seed: int, folder: Path, tell: bool = False) -> None:
        self.kind, self.seed = kind, seed
        self.figures = Figures(runs=1)
        self._folder = folder
        self._tell = tell
        self._draw = random.Random(f"{kind}/{seed}")
        self._formed = cluster(seed)
        self._file = 0
        self._last = ""
        """What was done last, for findings."""
        self._open()
        if kind is FaultKind.LOSE_SHARE and self.backend.state.sequence == 1:
            self._do(cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, SHARE))

    # life

    def _path(self) -> Path:
        return self._folder / f"{self.kind}-{self.seed}-{self._file}.journal"

    def _open(self, before: State | None = None) -> None:
        self._journal = Journal.open(self._path(), URI)
        state, _ = self._journal.replay()
        if before is not None and state != before:
            self._find("the journal does not give the state that was")
        self.paper = Paper(self._journal)
        self.backend = EmbeddedBackend(self._formed, URI, seed=self.seed, start_time=START)
        self.backend.start(self.paper, state)

    def close(self) -> None:
        """End it."""
        self.backend.close()
        self._journal.close()

    def _reopen(self) -> None:
        self._last = "closed and opened again"
        self.figures.reopened += 1
        self.backend.close()
        state = self.backend.state
        self._journal.close()
        self._open(state)

    def _revive(self) -> None:
        """Go on from the files that a killed process leaves."""
        self._last = f"{self._last}; killed, and opened again"
        self.figures.killed += 1
        state, old = self.backend.state, self._path()
        self._file += 1
        for end in ("", "-wal"):
            if Path(f"{old}{end}").exists():
                shutil.copy(f"{old}{end}", f"{self._path()}{end}")
        self._journal.close()
        self._open(state)

    # steps

    def go(self, steps: int = STEPS) -> Figures:
        """Do the steps, repair everything, look whether all is whole again."""
        begin = self.backend.clock.now()
        try:
            for _ in range(steps):
                self._step()
                if self.figures.found:
                    break
            else:
                self._end()
            self.figures.entries = self.backend.state.sequence
            self.figures.hours = (self.backend.clock.now() - begin) / HOUR
            self.close()
        except Exception:
            self._find(traceback.format_exc(limit=-6))
        return self.figures

    def _find(self, what: str) -> None:
        self.figures.found.append(
            f"{self.kind} seed {self.seed} after {self.figures.steps} steps ({self._last}): {what}"
        )

    def _step(self) -> None:
        self.figures.steps += 1
        if self._draw.random() < 0.04:
            self.paper.posts_left = self._draw.randrange(12)
        try:
            self._one_step()
        except KilledError:
            self._revive()
        self.paper.posts_left = None
        self._look()

    def _one_step(self) -> None:
        chance, state = self._draw.random(), self.backend.state
        if chance < 0.20:
            self._do(a_fault(self._draw, state, self.kind))
        elif chance < 0.28:
            self._do(a_fault(self._draw, state, self._draw.choice(list(FaultKind))))
        elif chance < 0.42 and state.faults:
            self._do(cmd.RepairFault(self._draw.choice(sorted(state.faults))))
        elif chance < 0.72:
            self._do(a_command(self._draw, state))
        elif chance < 0.77:
            self._reopen()
            return
        elif chance < 0.79:
            self._rehearse()
            return
        self._pass(self._draw.choice((0.3, 1.0, 5.0, 7.0, 12.0, 30.0, 90.0, 300.0, 1800.0)))

    def _do(self, command: Command | None) -> None:
        if command is None:
            return
        self._last = str(command)
        operation = Operation(command)
        self.backend.submit(operation)
        done = bool(operation.verdict)
        self.figures.refused += not done
        self.figures.faults += done and isinstance(command, cmd.InjectFault)
        self.figures.repairs += done and isinstance(command, cmd.RepairFault)
        self.figures.commands += done and not isinstance(command, cmd.InjectFault | cmd.RepairFault)
        self._say(f"{command} {operation.verdict.sentence() if operation.verdict is not None else ''}")

    def _pass(self, seconds: float) -> None:
        if seconds > 60.0:  # endless migrations would take most of the time
            for migration in self.backend.state.active_migrations():
                if migration.endless:
                    self._do(cmd.CancelMigration(migration.id))
        self._say(f"{seconds} s pass")
        until = self.backend.clock.now() + seconds
        self.backend.advance(seconds)
        if self.backend.clock.now() < until and not self.paper.errors:
            self._find("time did not pass")

    def _rehearse(self) -> None:
        self._last = "rehearsed"
        self.figures.rehearsed += 1
        state, due = self.backend.state, self.backend.next_due
        command = a_fault(self._draw, state, self.kind)
        steps = iter(range(2000))
        if command is not None:
            end = rehearse(self.backend.twin(), (command,), _unseen, lambda: next(steps, None) is not None)
            if end.text:
                self._find(f"rehearsing {command}: {end.text}")
        if self.backend.state is not state or self.backend.next_due != due:
            self._find("a rehearsal touched the cluster")

    def _look(self) -> None:
        for text in (*violations(self.backend.state), *self.paper.errors):
            self._find(text)

    def _say(self, text: str) -> None:
        if self._tell:
            print(f"    {self.backend.clock.now() - START:10.1f} {text}", flush=True)

    # the end

    def _end(self) -> None:
        """Repair everything; after some hours the cluster is whole."""
        self._last = "repaired everything"
        for turn in range(3):
            for fault in sorted(self.backend.state.faults):
                self._do(cmd.RepairFault(fault))
            self._pass(300.0)
            for command in self._helpful():
                self._do(command)
            self._pass(2 * HOUR if turn else 600.0)
            self._look()
        self._last = "all repaired"
        for text in not_whole(self.backend.state):
            self._find(text)

    def _helpful(self) -> Iterator[Command]:
        """What an administrator does afterwards."""
        state = self.backend.state
        assert state.cluster is not None
        if state.cluster.stopped:
            yield cmd.StartCluster()
        for node in state.nodes.values():
            if node.state is NodeState.PAUSED:
                yield cmd.ResumeNode(node.name)
            elif node.state in (NodeState.DOWN, NodeState.QUARANTINED):
                yield cmd.StartClusterService(node.name, clear_quarantine=node.state is NodeState.QUARANTINED)
        for disk in state.disks.values():
            if disk.state is not ResourceState.ONLINE and disk.owner is not None:
                yield cmd.SetDiskOnline(disk.id, online=True)
        for migration in state.active_migrations():
            if migration.endless:
                yield cmd.CancelMigration(migration.id)


def not_whole(state: State) -> Iterator[str]:
    """What is still broken after everything was repaired."""
    assert state.cluster is not None
    if state.cluster.stopped:
        yield f"the cluster is stopped: {state.cluster.stopped}"
    for fault in state.faults.values():
        yield f"{fault.kind} of {fault.target} is still there"
    for copy in state.copies.values():
        yield f"a copy is left: {copy.id}, {copy.reason}"
    for node in state.nodes.values():
        if not node.state.is_member:
            yield f"{node.name} is {node.state}: {node.note}"
    for network in state.networks.values():
        if network.state != "Up":
            yield f"{network.name} is {network.state}"
    for disk in state.disks.values():
        if disk.owner is not None and disk.state is not ResourceState.ONLINE:
            yield f"{disk.name} is {disk.state}"
    for volume in state.shared_volumes.values():
        if volume.paused or volume.redirected:
            yield f"{volume.name} is paused on {volume.paused}, redirected on {volume.redirected}"
    for group in state.groups.values():
        if group.state is ResourceState.PENDING:
            yield f"{group.name} is pending"
    for machine in state.machines.values():
        full = machine.disk is not None and state.disks[machine.disk].free < GIB
        if machine.state is MachineState.PAUSED_CRITICAL and full:
            continue  # as it should be: somebody has to make room
        if machine.state not in (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED):
            yield f"{machine.name} is {machine.state}"


def _unseen(_: object) -> None:
    pass


def run(kind: FaultKind, seed: int, steps: int = STEPS, tell: bool = False) -> Figures:
    """One run in a folder of its own, which goes again."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        return Run(kind, seed, Path(folder), tell).go(steps)


def main(words: Sequence[str]) -> int:
    """Run, print the figures; 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("kinds", nargs="*", choices=[*FaultKind, []], default=[], metavar="KIND")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tell", action="store_true", help="print each step")
    chosen = parser.parse_args(words)
    kinds = [FaultKind(kind) for kind in chosen.kinds] or list(FaultKind)
    seeds = range(chosen.seed, chosen.seed + chosen.runs)
    begin, total = time.monotonic(), Figures()
    with concurrent.futures.ProcessPoolExecutor(1 if chosen.tell else chosen.jobs) as pool:
        for kind in kinds:
            of_kind = Figures()
            for one in pool.map(run, *zip(*((kind, seed, chosen.steps, chosen.tell) for seed in seeds), strict=True)):
                of_kind.add(one)
            total.add(of_kind)
            print(f"  {kind:<16} {_words(of_kind)}", flush=True)
            for text in of_kind.found:
                print(f"    {text}", flush=True)
    print(f"  {'all':<16} {_words(total)}; {time.monotonic() - begin:.0f} s")
    return int(bool(total.found))


def _words(figures: Figures) -> str:
    return (
        f"{figures.runs} runs, {figures.steps:,} steps, {figures.faults:,} failures, {figures.repairs:,} repairs, "
        f"{figures.commands:,} commands ({figures.refused:,} refused), {figures.reopened:,} reopened, "
        f"{figures.killed:,} killed, {figures.rehearsed:,} rehearsed, {figures.hours:,.0f} h, "
        f"{figures.entries:,} entries: {len(figures.found)} found"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
