"""A session: variables, history, the open cluster, and how commands are given and waited for.

The thread that calls ``execute`` is the owner of the workspace: it drains while it waits.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.shell import tree
from fcm.shell.call import Later
from fcm.shell.errors import NotFoundError, RefusedError, ShellError, StoppedError
from fcm.shell.formatting import WIDTH, format_values
from fcm.shell.interpreter import Interpreter
from fcm.shell.joining import join
from fcm.shell.parser import parse
from fcm.shell.registry import REGISTRY, Registry
from fcm.shell.values import as_json, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.commands import Command
    from fcm.workspace.workspace import Operation, Workspace

HISTORY = 1000
"""Lines that Get-History knows."""
STEP = 0.2
"""s between two looks at a cluster that is being waited for."""
TURNS = 200_000
"""Turns of loops and blocks that one input may take where the thread must not block."""


@dataclass
class Results:
    """What one text gave."""

    source: str
    objects: list[Any] = field(default_factory=list)
    errors: list[ShellError] = field(default_factory=list)
    grid: list[tuple[str, list[Any]]] = field(default_factory=list)
    """Tables that Out-GridView was asked for: title and objects."""

    @property
    def ok(self) -> bool:
        """Whether everything was carried out."""
        return not self.errors

    def text(self, width: int = WIDTH) -> str:
        """The output as text, the errors after it."""
        parts = [format_values(self.objects, width)] if self.objects else []
        return "\n".join([*parts, *(error.show(self.source) for error in self.errors)])

    def json(self) -> list[Any]:
        """The output as plain JSON data."""
        return [as_json(item) for item in self.objects]


class ShellSession:
    """One shell on one open cluster."""

    def __init__(
        self,
        workspace: Workspace,
        pump: Callable[[float], None] | None = None,
        *,
        folder: Path | None = None,
        registry: Registry = REGISTRY,
        waits: bool = True,
    ) -> None:
        """Make a session.

        Args:
            workspace: the open cluster; the calling thread owns it.
            pump: lets at most so many s pass and drains; None: waits for the workspace to wake it.
            folder: what relative paths are meant from; None: the working folder of the process.
            registry: the cmdlets.
            waits: False where the thread must not block (a window): moves go on by themselves, and a command
                that is not answered at once is told about when it is refused.
        """
        from fcm.shell import cmdlets

        cmdlets.load()
        self.workspace = workspace
        self.registry = registry
        self.waits = waits
        self.variables: dict[str, Any] = {"erroractionpreference": "Continue", "error": []}
        self.history: deque[str] = deque(maxlen=HISTORY)
        self.joining = False
        """True while commands may wait for those of the next statement on the line."""
        self.on_output: Callable[[list[Any]], None] = lambda values: None
        """Told the output of each line as soon as it is there."""
        self.on_error: Callable[[ShellError, str], None] = lambda error, source: None
        """Told each error and the text it is placed in."""
        self.on_progress: Callable[[str, str, int], None] = lambda activity, status, percent: None
        """Told activity, status and percent (-1: over) of what is being waited for."""
        self.on_confirm: Callable[[str], bool] | None = None
        """Asked before a deed with -Confirm; None: nobody can be asked."""
        self.on_grid: Callable[[str, list[Any]], None] | None = None
        """Told the tables of Out-GridView; None: there is no window."""
        self.on_pick: Callable[[str, list[Any]], list[Any]] | None = None
        """Told a table of Out-GridView -PassThru; waits for the rows that are picked. None: there is no window."""
        self.width = WIDTH
        """Characters of a line of the output."""
        self._folder = folder
        self._pump = pump or Draining(workspace)
        self._given: list[_Given] = []
        self._stop = threading.Event()
        self._results = Results("")
        self._ending: ShellError | None = None

    # running

    def execute(self, source: str) -> Results:
        """Run a text. Errors are in the results; nothing is raised for what the text does wrong."""
        self._stop.clear()
        self._ending = None
        self._results = results = Results(source)
        if source.strip():
            self.history.append(source.strip())
        try:
            statements = parse(source)
        except ShellError as error:
            self.record(error)
            return results
        interpreter = Interpreter(self)
        line: list[Any] = []
        for number, statement in enumerate(statements):
            follows = number + 1 < len(statements) and self._on_one_line(source, statement, statements[number + 1])
            if not self._joins(statement):
                self._flush()
            self.joining = self._joins(statement) and (follows or bool(self._given))
            try:
                self.check_stopped()
                line += interpreter.run(statement)
            except ShellError as error:
                error.at = error.at if error.at >= 0 else statement.at
                self._given.clear()
                self.record(error)
                if self.ends_script(error):
                    follows = False
            except RecursionError:
                self.record(ShellError("The script is nested too deeply.", "Use variables.", statement.at))
            finally:
                self.joining = False
            if not follows:
                self._flush()
                self._emit(line)
                line = []
            if self._is_over():
                break
        return results

    def _is_over(self) -> bool:
        """Whether an error has ended the script."""
        return self._ending is not None

    def _joins(self, statement: tree.Node) -> bool:
        match statement:
            case tree.Assignment(target=tree.Member(target=tree.Group())):
                return True
            case tree.Pipeline(stages=stages, redirect=None):
                last = stages[-1]
                if isinstance(last, tree.Command) and isinstance(last.name, tree.Literal):
                    cmdlet = self.registry.get(str(last.name.value))
                    return cmdlet is not None and cmdlet.joins
        return False

    @staticmethod
    def _on_one_line(source: str, first: tree.Node, second: tree.Node) -> bool:
        return "\n" not in source[first.at : second.at]

    def _emit(self, line: list[Any]) -> None:
        values = [value for item in line for value in (item.values if isinstance(item, Later) else [item])]
        self._results.objects += values
        if values:
            self.on_output(values)

    def record(self, error: ShellError) -> None:
        """Keep an error for the results and tell it."""
        self._results.errors.append(error)
        self.variables["error"] = [error.message, *self.variables["error"]][:50]
        self.on_error(error, self._results.source)
        if self.ends_script(error):
            self._ending = error

    def ends_script(self, error: ShellError) -> bool:
        """Whether the statements after an error are not carried out."""
        preference = text(self.variables.get("erroractionpreference")).casefold()
        return self.is_stop(error) or error is self._ending or preference == "stop"

    def stop_at(self, error: ShellError) -> None:
        """-ErrorAction Stop: the script ends with this error, unless it is caught."""
        if not self.is_stop(error):
            error.category = error.category or "OperationStopped"
            self._ending = error

    @staticmethod
    def is_stop(error: ShellError) -> bool:
        """Whether the user stopped the script."""
        return isinstance(error, StoppedError)

    def format(self, values: list[Any], width: int = WIDTH) -> str:
        """Values as text."""
        return format_values(values, width)

    def show_grid(self, title: str, values: list[Any], picks: bool, at: int) -> list[Any]:
        """Out-GridView: hand a table to whoever shows windows; returns the rows that were picked.

        Raises:
            ShellError: there is no window.
        """
        if self.on_grid is None or self.on_pick is None:
            raise ShellError(
                "Out-GridView shows its table in the window, and this shell has none.",
                "Use Format-Table or Export-Csv here, or type the line into the Console of the window.",
                at,
                "NotImplemented",
                "Out-GridView",
            )
        self._results.grid.append((title, values))
        if picks:
            return self.on_pick(title, values)
        self.on_grid(title, values)
        return []

    def path(self, path: str) -> Path:
        """A path as the script means it."""
        base = self._folder or Path.cwd()
        return base / Path(path).expanduser()

    def confirmed(self, cmdlet: str, target: str, at: int) -> bool:
        """Ask whether a deed is to be done.

        Raises:
            ShellError: nobody can be asked.
        """
        if self.on_confirm is None:
            raise ShellError(
                "-Confirm asks a person, and nobody is there.", "Leave -Confirm out of scripts.", at, "InvalidOperation"
            )
        return self.on_confirm(f'Performing operation "{cmdlet}" on Target "{target}". Go on?')

    # stopping

    def stop(self) -> None:
        """End what runs, from any thread (Ctrl+C)."""
        self._stop.set()

    def check_stopped(self) -> None:
        """Raise if the user ended the script.

        Raises:
            StoppedError: he did.
        """
        if self._stop.is_set():
            raise StoppedError("The command was ended.", category="OperationStopped")

    def wait(self, limit: float = STEP) -> None:
        """Let the cluster go on for at most ``limit`` s and take what it posted."""
        self._pump(limit)

    def not_found(self, what: str, name: str, known: list[str], at: int = -1) -> NotFoundError:
        """The error for an object that is not there, with the near names."""
        from fcm.shell.errors import near

        remedy = near(name, known) or (f"There are: {', '.join(known[:12])}." if known else f"There is no {what}.")
        return NotFoundError(f"There is no {what} {name!r} in this cluster.", remedy, at, "ObjectNotFound")


class Draining:
    """Waits for the workspace to wake it, then drains; for a thread that owns the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._awake = threading.Event()
        workspace.set_wake(self._awake.set)

    def __call__(self, limit: float) -> None:
        """Drain once something came, or after ``limit`` s."""
        if self._awake.wait(limit):
            self._awake.clear()
        self._workspace.drain()
