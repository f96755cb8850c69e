"""Replay of a journal of 200,000 events: how long it takes to open, and to go to any moment in it.

Aim: any moment in less than 0.3 s of the clock. "older" is the same journal after its older part was split off into a
file of its own, as it is after the cluster was opened. Memory is what the kept states and times take.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.scale import resident
from fcm.app import journal_path, open_workspace
from fcm.model import events as ev
from fcm.model.entities import MachineState
from fcm.model.entries import stamped
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from fcm.workspace.files.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fcm.model.state import State

EVENTS = 200_000
URI = "embedded:fabrikam"
SEEKS = 60
AIM = 0.3
"""s."""


def _lived(state: State, number: int, draw: random.Random) -> Iterator[list[ev.Event]]:
    """Facts of a cluster that lives: machines start and stop, one in five events belongs to a live migration."""
    names = list(state.machines)
    for count in range(number):
        machine = state.machines[names[count % len(names)]]
        if count % 20:
            wanted = MachineState.RUNNING if count % 2 else MachineState.PAUSED
            yield [ev.MachineChanged(replace(machine, state=wanted))]
            continue
        identity = f"migration-{count}"
        node = draw.choice([one for one in state.nodes if one != machine.node])
        begun = Migration(
            identity, MigrationKind.LIVE, machine.id, machine.node, node, MigrationOptions(), Phase.SETUP, 0.0, 0.0
        )
        row = TelemetryRow(1.0, 1, 1 << 28, 1 << 29, 1000.0, 1e8, Phase.BROWNOUT)
        yield [
            ev.MigrationRequested(begun),
            ev.MigrationPhaseEntered(identity, Phase.BROWNOUT),
            *(ev.MigrationProgressed(identity, replace(row, time=second / 10)) for second in range(100)),
            ev.MigrationCompleted(identity, FinalFigures(10.0, 0.2, 1 << 30, 3)),
        ]


def fill(events: int, seed: int = 1) -> None:
    """A journal with so many events, of a cluster that was opened before."""
    draw = random.Random(seed)
    workspace = open_workspace(URI, paced=False)
    state = workspace.state
    workspace.close()
    with tempfile.TemporaryDirectory():
        journal = Journal.open(journal_path(URI), URI)
        now, batch = state.time, []
        for facts in _lived(state, events, draw):
            now += 30.0
            begun = [
                replace(fact, migration=replace(fact.migration, requested=now, started=now))
                if isinstance(fact, ev.MigrationRequested)
                else fact
                for fact in facts
            ]
            state, entries = stamped(state, begun, now)
            batch += entries
            if len(batch) > 5000:
                journal.append(batch)
                batch = []
            if state.sequence >= events:
                break
        journal.append(batch)
        journal.close()


def _replayed(what: str) -> float:
    before, begin = resident(), time.perf_counter()
    workspace = open_workspace(f"replay:{URI}")
    opened = time.perf_counter() - begin
    replay = workspace.replay
    assert replay is not None
    past, draw, took = replay.past, random.Random(2), []
    for _ in range(SEEKS):
        moment = draw.uniform(past.time(past.first), past.time(past.last))
        begin = time.perf_counter()
        replay.go_to(moment)
        while workspace.now() != moment or workspace.state.sequence != past.place(moment):
            workspace.drain(1.0)
            time.sleep(0.0005)
        took.append(time.perf_counter() - begin)
    took.sort()
    print(
        f"  {what:9} {past.last:8,} events, opened in {opened:5.1f} s, memory {resident() - before:+6.1f} MiB; "
        f"a moment: half of them in {took[len(took) // 2]:.3f} s, 95 of 100 in {took[int(len(took) * 0.95)]:.3f} s, "
        f"all in {took[-1]:.3f} s",
        flush=True,
    )
    workspace.close()
    return took[-1]


def main(events: int = EVENTS) -> int:
    """Fill a journal, replay it in one piece and in parts; 1 if a moment took longer than AIM."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FCM_DATA"] = folder
        fill(events)
        worst = _replayed("one piece")
        open_workspace(URI, paced=False).close()  # splits it
        worst = max(worst, _replayed("older"))
    return 0 if worst < AIM else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
