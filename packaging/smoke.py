"""Start a bundle in an empty environment and look at all that it says.

    python packaging/smoke.py dist/fcm/fcm

``fcm --smoke`` opens the embedded cluster, does one live migration in the window and ends with 0. Here it must do so
within seconds and without one line that no one expected: a missing library or plugin often shows itself only there.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 30.0
"""Seconds; a start and one migration take about two."""


def smoke(program: Path, environment: dict[str, str] | None = None) -> list[str]:
    """What went wrong, empty if nothing; ``environment`` is all that the program sees of ours, and an empty HOME."""
    environment = environment or {"QT_QPA_PLATFORM": "offscreen"}
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as elsewhere, tempfile.TemporaryDirectory() as home:
        try:
            done = subprocess.run(
                [program.resolve(), "--smoke"],
                cwd=elsewhere,
                env={**environment, "HOME": home},
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return [f"not finished after {LIMIT:.0f} s. Output so far: {late.stdout!r} {late.stderr!r}"]
        left = [path.name for path in Path(elsewhere).iterdir()]
    # A program that has nothing to complain about says nothing.
    wrong = [f"unexpected line: {line}" for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode:
        wrong.append(f"exit code {done.returncode}")
    if left:
        wrong.append(f"left files in its working folder: {', '.join(left)}")
    if not wrong:
        print(f"{program} started, migrated and exited in {time.monotonic() - begin:.1f} s ({environment})")
    return wrong


if __name__ == "__main__":
    complaints = smoke(Path(sys.argv[1] if len(sys.argv) > 1 else "dist/fcm/fcm"))
    print(*complaints, sep="\n", end="\n" if complaints else "")
    sys.exit(1 if complaints else 0)
