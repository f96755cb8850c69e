"""Time of short commands as whole processes, beside an empty Python; aim: ``fcm --version`` in under 80 ms.

The runs alternate, so that what else the machine does falls on all alike. The first round warms the cache and does not
count.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
LIMIT = 0.080
"""s for the median of ``fcm --version``."""
START = "import sys; from fcm.cli.main import main; sys.exit(main())"
COMMANDS: dict[str, list[str]] = {
    "python -c pass": ["-c", "pass"],
    "fcm --version": ["-c", START, "--version"],
    "fcm --help": ["-c", START, "--help"],
    "fcm show embedded:contoso": ["-c", START, "show", "embedded:contoso"],
}


def main() -> int:
    """Print the figures; 1 if the aim is missed."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS + 1):
        for name, words in COMMANDS.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, timeout=60, check=True)
            seconds[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(taken[1:]) for name, taken in seconds.items()}
    empty = medians["python -c pass"]
    for name, median in medians.items():
        figures = f"median {median * 1000:4.0f} ms, worst {max(seconds[name][1:]) * 1000:4.0f} ms"
        print(f"  {name:<26} {figures}, {median / empty:.1f} x an empty Python")
    return int(medians["fcm --version"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
