"""``fcm serve`` as a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

if TYPE_CHECKING:
    from collections.abc import Callable

SERVE = "import sys; from fcm.cli.main import main; raise SystemExit(main(sys.argv[1:]))"


class Program:
    """The server in a process of its own."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-c", SERVE, "serve", "--stdio", *words]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def tell(self, number: int, **said: Any) -> None:
        """A request whose answers are read later."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"id": number, **said}).encode() + b"\n")
        self.process.stdin.flush()

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """All answers up to the first that is wanted."""
        assert self.process.stdout is not None
        found: list[dict[str, Any]] = []
        for line in self.process.stdout:
            found.append(json.loads(line))
            if wanted(found[-1]):
                return found
        raise AssertionError(f"The server ended: {found}")

    def ask(self, number: int, **said: Any) -> list[dict[str, Any]]:
        """The answers to a request, without the end."""
        self.tell(number, **said)
        return self.until(lambda line: line == {"id": number, "end": True})[:-1]

    def ends(self) -> tuple[int, bytes, bytes]:
        """Nobody asks any more: exit code, the rest of its output, its errors."""
        output, errors = self.process.communicate(timeout=stretched(PROGRAM_PATIENCE))
        return self.process.returncode, output, errors

    def hang_up(self) -> None:
        """Nobody asks any more."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def until_closed(self) -> bytes:
        """The rest of its output."""
        assert self.process.stdout is not None
        return self.process.stdout.read()

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        self.process.kill()
        for file in (self.process.stdin, self.process.stdout, self.process.stderr):
            if file is not None:
                with contextlib.suppress(BrokenPipeError):
                    file.close()
        self.process.wait()
