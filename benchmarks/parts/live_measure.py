"""What ``fcm hosts measure`` foretells of guests of a lab, and how their migrations went right after it (root).

    python -m benchmarks.parts.live_measure LAB [--mbit 200,500]

Prints a table: what sampling saw, total time and blackout as foretold and as they came, and whether the first was
within 25 % and the second within 100 ms.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.parts.live_corpus import KINDS, Corpus
from fcm.backend.libvirt.cluster_view import formed_cluster
from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.libvirt.moves.measure import measure_machine
from fcm.cli.hosts import measured_plan
from fcm.lab.lab import bring_up, take_down
from fcm.lab.machines import add_machine, free_number, list_machines, remove_machine
from fcm.lab.plan import MIB, LabError, LabFolders, make_plan
from fcm.migration.judging.preflight import Judgement, judge
from fcm.model.migrations import Migration, MigrationOptions
from fcm.model.rules.networks import migration_order

WITHIN_TOTAL = 0.25
WITHIN_BLACKOUT = 0.1
"""s"""
HEAD = """\
| guest | writes | saw | total foretold | came | | blackout foretold | came | |
|---|---|---|---|---|---|---|---|---|"""


def row(name: str, dirty: int, saw: str, foretold: Judgement | None, came: Migration) -> str:
    """One line of the table."""
    figures = came.figures
    ended = f"{figures.total:.1f} s" if figures else came.phase.value
    stood = f"{figures.downtime * 1000:.0f} ms" if figures else "-"
    if foretold is None:
        cells = ["cannot tell", ended, "", "cannot tell", stood, ""]
    elif figures is None or not math.isfinite(foretold.total.value):
        ends = math.isfinite(foretold.total.value)
        right = "right" if ends is (figures is not None) else "wrong"
        cells = ["ends" if ends else "does not end", ended, right, "-", stood, ""]
    else:
        off, pause = foretold.total.value / figures.total - 1.0, foretold.downtime.value - figures.downtime
        cells = [
            f"{foretold.total.value:.1f} s ({foretold.total.low:.1f} to {foretold.total.high:.1f})",
            ended,
            f"{off * 100:+.0f} %{'' if abs(off) <= WITHIN_TOTAL else ', missed'}",
            f"{foretold.downtime.value * 1000:.0f} ms",
            stood,
            f"{pause * 1000:+.0f} ms{'' if abs(pause) <= WITHIN_BLACKOUT else ', missed'}",
        ]
    return f"| {' | '.join([name, f'{dirty} MiB/s', saw, *cells])} |"


def main(words: list[str] | None = None) -> int:
    """Measure, migrate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab")
    parser.add_argument("--mbit", default="200,500")
    arguments = parser.parse_args(words)
    folders = LabFolders(name=arguments.lab)
    print(HEAD, flush=True)
    try:
        for mbit in map(int, arguments.mbit.split(",")):
            plan = make_plan(2, mbit * 1_000_000)
            bring_up(plan, folders)
            corpus = Corpus(plan, folders, Path(tempfile.mkdtemp()))
            try:
                hosts = load(folders.hosts_file)
                formed = formed_cluster(hosts, None)
                networks = {network.id: network for network in formed.networks}
                network = networks[migration_order(formed.cluster, networks)[0]]
                for kind in KINDS:
                    taken = {one.number for one in list_machines(folders)}
                    machine = kind.machine(free_number(taken), (plan.bytes_per_second or 0) / MIB, "m")
                    add_machine(machine, plan.nodes[0], folders, limit=120.0)
                    try:
                        found = measure_machine(hosts, machine.name)
                        saw = " / ".join(f"{sample.mib_per_s:g}" for sample in found.samples)
                        foretold = (
                            None if found.saw_nothing else judge(measured_plan(found, network), samples=found.samples)
                        )
                        came = corpus.move(machine, "node1", "node2", MigrationOptions(time_limit=90.0))
                        print(row(f"{kind.name}, {mbit} Mbit/s", machine.dirty, saw, foretold, came), flush=True)
                    except LabError as error:
                        print(f"{machine.name}: {error}", file=sys.stderr)
                    finally:
                        remove_machine(machine.name, plan, folders)
            finally:
                corpus.workspace.close()
    finally:
        take_down(folders)
    print(f"\nLoad at the end: {os.getloadavg()[0]:.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
