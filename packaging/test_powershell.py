"""Run tests/powershell through a real PowerShell: make test-powershell.

    python packaging/test_powershell.py [--engine powershell|built-in] [NAME ...]

Each script checks by itself and throws what is wrong. Where there is no PowerShell nothing is run, that is said, and
the exit code is 1: nothing was tested. With ``--engine built-in`` those scripts run that need no real PowerShell.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from fcm.powershell import ENGINES, installed

TOP = Path(__file__).resolve().parent.parent
SCRIPTS = TOP / "tests" / "powershell"
NEEDS = "# needs: powershell"
LIMIT = 300
"""s for a script."""


def scripts(engine: str, names: list[str]) -> list[Path]:
    """Those that an engine can run, or those of them that are named."""
    found = [one for one in sorted(SCRIPTS.glob("*.ps1")) if not names or one.stem in names]
    if engine == "built-in":
        return [one for one in found if not one.read_text(encoding="utf-8").startswith(NEEDS)]
    return found


def run(script: Path, engine: str) -> bool:
    """Run one and say what became of it; True if it passed."""
    words = [sys.executable, "-m", "fcm", "run", "--engine", engine, "--fresh", "--speed", "max", str(script)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, cwd=TOP, check=False)
    except subprocess.TimeoutExpired:
        print(f"FAILED  {script.stem}: not done after {LIMIT} s")
        return False
    if done.returncode == 0:
        print(f"passed  {script.stem}: {done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ''}")
        return True
    print(f"FAILED  {script.stem}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return False


def main(words: list[str] | None = None) -> int:
    reader = argparse.ArgumentParser(description="Run tests/powershell.")
    reader.add_argument("--engine", choices=ENGINES[1:], default="powershell")
    reader.add_argument("names", nargs="*", metavar="NAME")
    chosen = reader.parse_args(words)
    program = installed()
    if chosen.engine == "powershell" and not program:
        print("There is no PowerShell on the PATH (pwsh or powershell). Nothing was run.")
        print("Install PowerShell 7 (https://aka.ms/powershell), then run make test-powershell again.")
        return 1
    print(f"Running tests/powershell with {program if chosen.engine == 'powershell' else 'the built-in shell'}")
    results = [run(one, chosen.engine) for one in scripts(chosen.engine, chosen.names)]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return int(not results or not all(results))


if __name__ == "__main__":
    sys.exit(main())
