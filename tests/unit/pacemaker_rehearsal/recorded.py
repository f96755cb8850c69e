"""Answers of crm_simulate that were recorded, and a node whose commands of Pacemaker give them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.remote.shells import Answer
from fcm.ui.tour.patience import stretched

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).resolve().parents[2] / "data" / "pacemaker" / "simulated"


def answer(name: str) -> str:
    """What crm_simulate printed."""
    return (DATA / f"{name}.xml").read_text(encoding="utf-8")


class Node:
    """Runs scripts here, with commands of Pacemaker that note how they were called."""

    def __init__(self, folder: Path, name: str = "nothing", code: int = 0, errors: str = "") -> None:
        self.node = "node1"
        self.folder = folder
        tools: Mapping[str, str] = {
            "cibadmin": f'cat "{DATA}/cib.xml"',
            "crm_standby": 'echo "standby $* in $CIB_file" >>"$NOTES"; echo changed',
            "crm_resource": 'echo "resource $*" >>"$NOTES"; echo changed',
            "crm_simulate": f'echo "simulate $*" >>"$NOTES"; ls -l "$CIB_file" >>"$NOTES"; '
            f'cp "$CIB_file" "{folder}/tried.xml"; cat "{DATA}/{name}.xml"; echo "{errors}" >&2; exit {code}',
        }
        (folder / "tools").mkdir()
        for tool, text in tools.items():
            path = folder / "tools" / tool
            path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            path.chmod(0o755)

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        """As NodeShell.run."""
        environment = {
            "PATH": f"{self.folder}/tools:/usr/bin:/bin",
            "NOTES": f"{self.folder}/notes",
            "TMPDIR": str(self.folder),
            "HOME": str(self.folder),
        }
        done = subprocess.run(
            ["sh", "-c", script],
            input=stdin,
            capture_output=True,
            env=environment,
            timeout=stretched(limit),
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def close(self) -> None:
        """Nothing is open."""

    @property
    def notes(self) -> str:
        """How the commands were called."""
        return (self.folder / "notes").read_text(encoding="utf-8")

    @property
    def tried(self) -> str:
        """The CIB that was simulated."""
        return (self.folder / "tried.xml").read_text(encoding="utf-8")
