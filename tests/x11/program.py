"""The program under a test: asked over a pipe, acted on by X events alone."""

from __future__ import annotations

import contextlib
import json
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fcm.ui.tour.patience import PATIENCE, stretched
from tests.x11 import looking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.x11.looking import Spot
    from tests.x11.screen import Screen

T = TypeVar("T")
LOOK_EVERY = 15
"""ms between two looks of the program at what is waited for."""
TWO_CLICKS = 450
"""ms from one click to another at the same place that make them two clicks (Qt's limit is 400)."""
TOP = Path(__file__).resolve().parents[2]
HARMLESS = ("Qt: Session management error",)
"""Starts of lines on standard error that say nothing of the program."""


class ProgramError(Exception):
    """The program did not answer, or what was waited for did not happen."""


class Program:
    """One process with the window; every test begins with another window and another data folder."""

    def __init__(self, screen: Screen, home: Path) -> None:
        self.screen = screen
        home.mkdir(parents=True, exist_ok=True)
        self._home = home
        self._errors = home / "stderr.txt"
        self._said = 0
        self._clicked = (0, 0)
        environment = {
            **screen.environment,
            "HOME": str(home),
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONFAULTHANDLER": "1",
            "FCM_DATA": str(home / "none"),
        }
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            environment[name] = str(home / name)
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.x11.launcher"],
                cwd=TOP,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self._rest = b""
        self._request({"what": "reach"})

    # The pipe

    def _request(self, request: dict[str, Any]) -> Any:
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        try:
            pipe.write(json.dumps(request).encode() + b"\n")
            pipe.flush()
        except OSError as error:
            raise ProgramError(self._end("The program has ended")) from error
        while b"\n" not in self._rest:
            ready, _, _ = select.select([answers], [], [], stretched(PATIENCE))
            got = answers.read1() if ready else b""
            if not got:
                raise ProgramError(self._end("The program did not answer"))
            self._rest += got
        line, _, self._rest = self._rest.partition(b"\n")
        answer = json.loads(line)
        if "error" in answer:
            raise ProgramError(answer["error"])
        return answer["answer"]

    def _end(self, what: str) -> str:
        """What is known of a program that does not answer: how it ended, and all that it wrote."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=stretched(1.0))
        code = self._process.returncode
        if code is None:
            how = "it is still running"
        elif code < 0:
            how = f"ended by {signal.Signals(-code).name}"
        else:
            how = f"exit code {code}"
        said = self._errors.read_text(encoding="utf-8", errors="replace")
        return f"{what} ({how}). It said:\n{said or 'nothing'}"

    def ask(self, question: Callable[..., T], *args: Any, after: int = 0) -> T:
        """What a function of a test module finds in the program; ``after`` so many ms."""
        found: T = self._request({"what": f"{question.__module__}.{question.__name__}", "args": args, "after": after})
        return found

    prepare = ask
    """The same for what brings a cluster into the state that a test begins with."""

    def wait(self, question: Callable[..., T], *args: Any, until: Callable[[T], object] = bool, what: str = "") -> T:
        """Ask until the answer is as wanted, and return it."""
        begin, answer = time.monotonic(), self.ask(question, *args)
        while not until(answer):
            if time.monotonic() - begin > stretched(PATIENCE):
                told = what or f"{question.__name__}{args}"
                raise ProgramError(f"Waited for {told} without success; it is {answer!r}.")
            answer = self.ask(question, *args, after=LOOK_EVERY)
        return answer

    # Beginning and end

    def begin(
        self, data: Path, cluster: str | None = None, size: tuple[int, int] = (1280, 800), scheme: str = "light"
    ) -> None:
        """A new window; with a cluster, once that is open and shown."""
        self._errors_until_now()
        self.screen.act("mousemove", "2", "2")
        how = {"data": str(data), "cluster": cluster, "size": size, "scheme": scheme}
        self._request({"what": "begin", "how": how})
        self.wait(looking.is_active, what="the window to have the keyboard")
        if cluster is not None:
            self.wait(looking.is_open, what=f"{cluster} to be open")
        self.settle()

    def end(self) -> None:
        """Close the window."""
        self._request({"what": "end"})

    def close(self) -> None:
        """End the program."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # of a program that has ended
                pipe.close()
        try:
            self._process.wait(timeout=stretched(PATIENCE))
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def _errors_until_now(self) -> str:
        said = self._errors.read_text(encoding="utf-8", errors="replace")
        new, self._said = said[self._said :], len(said)
        return "\n".join(line for line in new.splitlines() if line and not line.startswith(HARMLESS))

    def complaints(self) -> str:
        """What the program has written to standard error since the last look: warnings, tracebacks."""
        return self._errors_until_now()

    # Mouse

    def settle(self) -> None:
        """Everything that was sent has been handled."""
        self._request({"what": "settle"})
        self._request({"what": "settle"})

    def point(self, spot: Spot) -> None:
        """Move the mouse there."""
        self.screen.act("mousemove", str(spot["x"]), str(spot["y"]))
        self.settle()

    def click(self, spot: Spot, button: int = 1, times: int = 1, keys: str = "") -> None:
        """Click there; ``keys`` are held meanwhile."""
        if times == 1 and self._clicked == (spot["x"], spot["y"]):
            self.ask(looking.is_active, after=TWO_CLICKS)  # else it would be a double click
        self._clicked = (spot["x"], spot["y"])
        held = ["keydown", keys] if keys else []
        let_go = ["keyup", keys] if keys else []
        self.screen.act(
            "mousemove", str(spot["x"]), str(spot["y"]), *held,
            "click", "--repeat", str(times), "--delay", "30", str(button), *let_go,
        )  # fmt: skip
        self.settle()

    def right_click(self, spot: Spot) -> None:
        """Click with the right button."""
        self.click(spot, button=3)

    def key(self, *keys: str) -> None:
        """Press keys, as xdotool names them: ctrl+c, Down, alt+F4; once a window has the keyboard."""
        self.wait(looking.has_keyboard, what="a window to have the keyboard")
        self.screen.act("key", "--delay", "5", *keys)
        self.settle()

    def type(self, text: str) -> None:
        """Type letters."""
        self.wait(looking.has_keyboard, what="a window to have the keyboard")
        self.screen.act("type", "--delay", "5", text)
        self.settle()

    # What is looked for by name, then acted on

    def press(self, name: str) -> None:
        """Click the button of that name once it can be clicked."""
        self.click(self.wait(looking.button, name, what=f"the button {name}"))

    def row(self, view: str, text: str) -> Spot:
        """The place of a row by the text of its first column, once it can be clicked."""
        return self.wait(looking.row, view, text, what=f"the row {text} in {view}")

    def go(self, *path: str) -> None:
        """Click through the console tree."""
        for text in path[:-1]:
            if not self.ask(looking.is_expanded, text):
                self.click(self.row("Console tree", text))
                self.key("plus")
        self.click(self.row("Console tree", path[-1]))

    def entry(self, label: str) -> Spot:
        """The place of an entry of the open menus."""
        return self.wait(looking.entry, label, what=f"the entry {label}")

    def choose(self, *labels: str) -> None:
        """Click through the open menus."""
        for label in labels:
            self.click(self.entry(label))

    def menus(self) -> Iterator[str]:
        """Names of the open popups."""
        yield from self.ask(looking.popups)
