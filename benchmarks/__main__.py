"""Run every measurement, or the named ones: python -m benchmarks [NAME ...].

Each runs in processes of its own, with an empty home folder, so that nothing of the developer's counts. The code is
compiled before, as it is where the program is installed.
"""

from __future__ import annotations

import compileall
import os
import platform
import subprocess
import sys
import tempfile

MEASUREMENTS = {
    "commands": "short commands as whole processes, beside an empty Python",
    "serve": "the server of a real PowerShell: its start, one call, all machines of a large cluster",
    "startup": "from the start of the process to the first painted window",
    "frames": "the window while eight live migrations run at 10x in embedded:contoso",
    "actions": "what the Actions pane may offer in a cluster of 8,000 machines",
    "scale": "a window with 64 nodes and 8,000 machines: opened, sorted, selected, under 200 events a second",
    "days": "ten virtual days at full speed: memory, and how the journal opens afterwards",
    "window_days": "the same in the window, with pages and docks drawn all the time",
    "rehearsal": "a node of 64 with 8,000 machines dies, tried out on a twin",
    "wall": "the Migration Wall while 64 live migrations run",
    "map": "the map of a cluster of 64 nodes and 8,000 machines",
    "replay": "the history of 200,000 events: opened, and any moment of it shown",
    "planner": "the curve of the migration planner behind a slider that moves",
    "engine": "the migration engine against other ways to compute the same",
    "logs": "queries over 200,000 events, and their export to EVTX beside the same as JSON lines",
    "live": "a real guest moved by fcm and by virsh over the same link (needs root, QEMU and libvirt)",
}


def main(names: list[str]) -> int:
    """Print what was measured; exit code."""
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        print(f"There is no measurement {', '.join(unknown)}. There are {', '.join(MEASUREMENTS)}.", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.platform()}")
    worst = 0
    for folder in ("fcm", "benchmarks"):
        compileall.compile_dir(folder, quiet=2)
    for name in names or MEASUREMENTS:
        print(f"\n{name}: {MEASUREMENTS[name]}", flush=True)
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "HOME": home}
            environment = {key: value for key, value in environment.items() if not key.startswith("XDG_")}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            command = [sys.executable, "-m", f"benchmarks.{name}"]
            worst = max(worst, subprocess.run(command, env=environment, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
