"""Build the one-folder bundle and start it once.

    python packaging/bundle.py [--out dist]

Fails when PyInstaller fails, when a library of the xcb plugin is missing on this machine (PyInstaller only warns, and
the bundle would have no window on X11), or when the smoke test has anything to complain about.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from smoke import smoke

TOP = Path(__file__).resolve().parent.parent
MISSING = re.compile(r"^.*Library not found.*xcb.*$", re.MULTILINE | re.IGNORECASE)


def missing_libraries(log: str) -> list[str]:
    """The lines of a build log that tell of a bundle without xcb."""
    return MISSING.findall(log)


def build(out: Path) -> tuple[Path, list[str]]:
    """Build into ``out``; the program and what went wrong."""
    work = TOP / "build" / "pyinstaller"
    work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "fcm", ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "INFO"]
    command += ["--distpath", str(out), "--workpath", str(work), str(TOP / "packaging" / "fcm.spec")]
    done = subprocess.run(
        command,
        cwd=TOP,
        env={**os.environ, "PYINSTALLER_CONFIG_DIR": str(work / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    (TOP / "build" / "bundle.log").write_text(done.stdout, encoding="utf-8", newline="\n")
    program = out / "fcm" / ("fcm.exe" if sys.platform == "win32" else "fcm")
    if done.returncode:
        return program, ["PyInstaller failed:", *done.stdout.splitlines()[-15:]]
    return program, missing_libraries(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds the bundle and starts it once.")
    parser.add_argument("--out", type=Path, default=TOP / "dist", help="output folder")
    out = parser.parse_args().out.resolve()
    program, wrong = build(out)
    wrong = wrong or smoke(program)
    if wrong:
        print(*wrong, "Build log: build/bundle.log", sep="\n")
        return 1
    size = sum(file.stat().st_size for file in program.parent.rglob("*") if file.is_file() and not file.is_symlink())
    print(f"The bundle is {program.parent} ({size / 2**20:.0f} MiB). Start {program}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
