"""A node whose programs are small scripts that answer from files and write down how they were called."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.remote.shells import Answer
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """#!/bin/sh
name=${0##*/}
printf '%s' "$name" >>"$FAKE/calls"
for word in "$@"; do printf ' %s' "$word" >>"$FAKE/calls"; done
echo >>"$FAKE/calls"
[ -e "$FAKE/$name.sh" ] || exit 0
. "$FAKE/$name.sh"
"""


@dataclass
class FakeNode:
    """A ``NodeShell`` on this computer in which some programs are fake."""

    folder: Path
    node: str = "node1"

    def program(self, name: str, body: str = "") -> None:
        """Let a program exist; ``body`` is sh and sees the arguments."""
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        path = programs / name
        path.write_text(_PROGRAM)
        path.chmod(0o755)
        if body:
            (self.folder / f"{name}.sh").write_text(body)

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "FAKE": str(self.folder),
            "HOME": str(self.folder),
        }
        done = subprocess.run(
            ["sh", "-c", script],
            input=stdin,
            capture_output=True,
            env=environment,
            timeout=stretched(60.0),
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def close(self) -> None:
        """There is nothing to end."""

    def calls(self, name: str = "") -> list[str]:
        """How programs were called, in order."""
        path = self.folder / "calls"
        found = path.read_text().splitlines() if path.exists() else []
        return [call for call in found if call.startswith(name)]
