"""A session: variables, history, the open cluster, and how commands are given and waited for.

The thread that calls ``execute`` is the owner of the workspace: it drains while it waits.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.shell.language import tree
from fcm.shell.language.errors import (
    CommandNotFoundError,
    NotFoundError,
    ShellError,
    StoppedError,
    UnsupportedError,
    near,
)
from fcm.shell.language.parser import parse
from fcm.shell.runtime.call import Later
from fcm.shell.runtime.clusters import Clusters
from fcm.shell.runtime.execution.flow import Exiting, Leaving
from fcm.shell.runtime.execution.interpreter import Interpreter
from fcm.shell.runtime.execution.invoked import invoked
from fcm.shell.runtime.execution.streams import NUMBERS, Streams, record_of
from fcm.shell.runtime.execution.variables import Variables
from fcm.shell.runtime.registry import REGISTRY, Registry
from fcm.shell.runtime.results import Results
from fcm.shell.runtime.session_errors import SessionErrors
from fcm.shell.runtime.session_script import SessionScript
from fcm.shell.runtime.starting import starting_variables
from fcm.shell.runtime.submission import Submission
from fcm.shell.runtime.waiting import STEP, Waiting
from fcm.shell.values.formatting import WIDTH
from fcm.shell.values.layout.display import format_values
from fcm.shell.values.values import Lines, text, truth
from fcm.text.textfile import typed_path
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fcm.model.commands import Command
    from fcm.shell.runtime.call import Cmdlet
    from fcm.shell.runtime.execution.binding import Argument
    from fcm.workspace.workspace import Workspace

_log = logging.getLogger(__name__)
HISTORY = 1000
"""Lines that Get-History knows."""
BATCH = 100
"""Objects that are told at once at most while a cmdlet that another program called goes on."""
TURNS = 200_000
"""Turns of loops and blocks that one input may take where the thread must not block."""


class ShellSession:
    """One shell on one open cluster."""

    def __init__(
        self,
        workspace: Workspace,
        pump: Callable[[float], None] | None = None,
        *,
        folder: Path | None = None,
        registry: Registry = REGISTRY,
        loads: bool = True,
        waits: bool = True,
    ) -> None:
        """Make a session.

        Args:
            workspace: the open cluster; the calling thread owns it.
            pump: lets at most so many s pass and drains; None: waits for the workspace to wake it.
            folder: what relative paths are meant from; None: the working folder of the process.
            registry: the cmdlets.
            loads: whether they are imported now; if not, who made the session does it before anything runs.
            waits: False where the thread must not block (a window): moves go on by themselves, and a command
                that is not answered at once is told about when it is refused.
        """
        from fcm.shell import cmdlets

        if loads:
            cmdlets.load()
        self.workspace = workspace
        self.registry = registry
        self.waits = waits
        self.variables = Variables()
        self.streams = Streams()
        for name, value in starting_variables():
            self.variables[name] = value
        self.history: deque[str] = deque(maxlen=HISTORY)
        self.joining = False
        """True while commands may wait for those of the next statement on the line."""
        self.on_output: Callable[[list[Any]], None] = lambda values: None
        """Told the output of each line as soon as it is there."""
        self.on_pause: Callable[[], None] = lambda: None
        """Called before time passes: what waits to be shown is shown."""
        self.on_aside: Callable[[str, str], None] | None = None
        """Told what Write-Host, Write-Warning and Write-Verbose say: the stream (host, warning, verbose, debug) and the
        text; None: it is output like any other."""
        self.on_error: Callable[[ShellError, str], None] = lambda error, source: None
        """Told each error and the text it is placed in."""
        self.on_progress: Callable[[str, str, int], None] = lambda activity, status, percent: None
        """Told activity, status and percent (-1: over) of what is being waited for."""
        self.on_confirm: Callable[[str], bool] | None = None
        """Asked before a command with -Confirm; None: no one can be asked."""
        self.on_grid: Callable[[str, list[Any]], None] | None = None
        """Told the tables of Out-GridView; None: there is no window."""
        self.on_pick: Callable[[str, list[Any]], list[Any]] | None = None
        """Told a table of Out-GridView -PassThru; waits for the rows that are picked. None: there is no window."""
        self.on_cluster: Callable[[str], Workspace] | None = None
        """Opens the cluster of a URI that New-Cluster made; None: the session stays with its cluster."""
        self.on_made: Callable[[str], None] | None = None
        """Called with the URI if the host of the session opens it in its own session; this script then ends."""
        self.width = WIDTH
        """Characters of a line of the output."""
        self._folder = folder
        self.waiting = Waiting(self, pump)
        self._interpreter = Interpreter(self)
        self.script = SessionScript(self._interpreter)
        self._submission = Submission(self)
        self.clusters = Clusters(self, self._submission.flush)
        self._stop = threading.Event()
        self._results = Results("")
        self.errors = SessionErrors(self, self._results)
        self._line: list[Any] = []
        self.pipeline_failed = False
        """Whether a command of the pipeline that runs failed."""
        self._has_left = False
        self._turns = 0

    # running

    def execute(self, source: str, file: str = "") -> Results:
        """Run a text. Errors are in the results; nothing is raised for what the text does wrong.

        Args:
            source: the text.
            file: the path of the script file that it is from, which errors name; "" for what was typed.
        """
        self._stop.clear()
        results = self._begin(source)
        if source.strip():
            self.history.append(source.strip())
        try:
            self._interpreter.frame.source = origin = tree.Source(file, source)
            statements = parse(source, origin)
        except ShellError as error:
            error.source = origin
            self.errors.record(error)
            return results
        for number, statement in enumerate(statements):
            follows = number + 1 < len(statements) and self._on_one_line(source, statement, statements[number + 1])
            if not self._joins(statement):
                self._submission.flush()
            self.joining = self._joins(statement) and (follows or self._submission.is_waiting)
            self._run(statement)
            is_over = self._has_left or self.errors.ended
            if not follows or is_over:
                self._submission.flush()
                self._emit()
            if is_over:
                break
        return results

    def _begin(self, source: str) -> Results:
        self._line, self._has_left, self._turns = [], False, 0
        self._results = Results(source)
        self.errors.begin(self._results)
        return self._results

    def _run(self, statement: tree.Node) -> None:
        try:
            self.check_stopped()
            self._interpreter.run(statement, self._line)
        except ShellError as error:
            error.at = error.at if error.at >= 0 else statement.at
            error.source = error.source or self.script.origin
            self._submission.forget()
            self._emit()
            self.errors.record(error)
        except Exiting as left:
            self._results.exit_code = left.code
            self._has_left = True
        except Leaving:
            self._has_left = True
        except RecursionError:
            self.errors.record(ShellError("The script is nested too deeply.", "Use loops and variables.", statement.at))
        except Exception as error:
            self._failed_within(error, statement.at)
        finally:
            self.joining = False

    def invoke(self, name: str, arguments: list[Argument], given: list[Any], has_input: bool) -> Results:
        """Call one cmdlet as a program does that has a language of its own.

        Output, errors and progress are told as they come. One that does not fit is an error for that input; the others
        go on. A stop that was asked for before keeps it from being carried out; the caller forgets it afterwards.

        Args:
            name: the cmdlet, or an alias of it.
            arguments: each with the name of its parameter.
            given: what was piped.
            has_input: whether something stands before it in the pipeline.
        """
        results = self._begin(name)
        try:
            self.check_stopped()
            for value in invoked(self, name, arguments, given, has_input, self._line):
                self._line.append(value)
                if len(self._line) >= BATCH:
                    self._emit()
            self._emit()
        except ShellError as error:
            self._emit()
            self.errors.record(error)
        except Exception as error:
            self._failed_within(error, -1)
        return results

    def forget_stop(self) -> None:
        """What is carried out from now on is not ended by a stop that was asked for before."""
        self._stop.clear()

    def _failed_within(self, error: Exception, at: int) -> None:
        """A fault of this program ends its statement, not the session."""
        self._submission.forget()
        _log.error("a statement failed: %r", error, exc_info=_log.isEnabledFor(logging.DEBUG))
        what = f"Internal error: {type(error).__name__}: {error}."
        self.errors.record(ShellError(what, "Run fcm with --verbose and report the output.", at))

    def _joins(self, statement: tree.Node) -> bool:
        match statement:
            case tree.Assignment(target=tree.Member(target=tree.Group())):
                return True
            case tree.Pipeline(stages=stages):
                last = stages[-1]
                if isinstance(last, tree.Command) and isinstance(last.name, tree.Literal):
                    cmdlet = self.registry.get(str(last.name.value))
                    return cmdlet is not None and cmdlet.joins
        return False

    @staticmethod
    def _on_one_line(source: str, first: tree.Node, second: tree.Node) -> bool:
        return "\n" not in source[first.at : second.at]

    def shows(self, out: list[Any]) -> bool:
        """Whether what is put into a list is shown as it comes: it is that of the line that runs."""
        return out is self._line

    def show_so_far(self) -> None:
        """Show the output that is there, for time is about to pass; not that of commands that are still joined."""
        if not self._submission.is_waiting:
            self._emit()
            self.on_pause()

    def _emit(self) -> None:
        values = [value for item in self._line for value in (item.values if isinstance(item, Later) else [item])]
        self._line.clear()
        self._results.objects += values
        if not values:
            return
        try:
            self.on_output(values)
        except UnsupportedError as error:  # PowerShell shows them in a way that is not known here
            self.errors.record(error)

    def say(self, line: str, stream: str = "host", told: bool = False) -> None:
        """Show a text at once, after the output that is there already.

        Args:
            line: the text.
            stream: where PowerShell shows it: host, warning, verbose or debug.
            told: its stream was asked already.
        """
        if not told and self.streams.take(NUMBERS[stream], record_of(stream, line)):
            return
        if self._submission.is_waiting:
            self._submission.flush()
        self._emit()
        if self.on_aside is not None:
            self.on_aside(stream, line)
            return
        shown: Any = line if stream in ("host", "information") else f"{stream.upper()}: {line}"
        if line.endswith("\0"):
            shown = Lines((line,))
        self._results.objects.append(shown)
        self.on_output([shown])

    @property
    def source(self) -> str:
        """The text that was given to run."""
        return self._results.source

    @property
    def functions(self) -> dict[str, Cmdlet]:
        """Functions that can be seen, by their names in lowercase."""
        return self.variables.functions()

    @property
    def succeeded(self) -> bool:
        """``$?``: whether the last pipeline went without errors."""
        return truth(self.variables["?"])

    @succeeded.setter
    def succeeded(self, value: bool) -> None:
        self.variables["global:?"] = value

    @property
    def exit_code(self) -> int:
        """``$LASTEXITCODE``: that of the last program (wevtutil, cluster)."""
        return int(self.variables["LASTEXITCODE"])

    @exit_code.setter
    def exit_code(self, value: int) -> None:
        self.variables["global:LASTEXITCODE"] = value

    def command(self, name: str, at: int = -1) -> Cmdlet:
        """The function or cmdlet of a name.

        Raises:
            CommandNotFoundError: there is none; the remedy names the near ones.
        """
        found: Cmdlet | None = self.variables.function(name)
        if found is not None:
            return found
        try:
            return self.registry.find(name, at)
        except CommandNotFoundError as error:
            error.remedy = near(name, [one.name for one in self.functions.values()], most=1) or error.remedy
            raise

    def preference(self, name: str) -> str:
        """``$NAMEPreference`` in lowercase."""
        return text(self.variables.get(f"{name}Preference")).casefold()

    @contextlib.contextmanager
    def item(self, value: Any) -> Iterator[None]:
        """``$_`` has this value."""
        scope = self.variables.current.values
        missing = object()
        before = scope.get("_", missing)
        scope["_"] = value
        try:
            yield
        finally:
            if before is missing:
                scope.pop("_", None)
            else:
                scope["_"] = before

    def count_turn(self) -> None:
        """One more turn of a loop or block.

        Raises:
            ShellError: the thread must not block, and this goes on for too long.
        """
        self.check_stopped()
        self._turns += 1
        if not self.waits and self._turns > TURNS:
            error = ShellError(
                f"The script exceeds {TURNS} loop iterations, the limit in the window.",
                "Run the script with fcm run instead.",
            )
            error.ends = True
            raise error

    def ends_script(self, error: ShellError) -> bool:
        """Whether the statements after an error are not carried out."""
        return self.is_stop(error) or error.ends or self.preference("ErrorAction") == "stop"

    @staticmethod
    def is_stop(error: ShellError) -> bool:
        """Whether the user stopped the script."""
        return isinstance(error, StoppedError)

    def format(self, values: list[Any], width: int = WIDTH) -> str:
        """Values as text."""
        return format_values(values, width)

    def show_grid(self, title: str, values: list[Any], picks: bool, at: int) -> list[Any]:
        """Out-GridView: show a table in the window; returns the selected rows.

        Raises:
            ShellError: there is no window.
        """
        if self.on_grid is None or self.on_pick is None:
            raise ShellError(
                "Out-GridView requires the window.",
                "Use Format-Table or Export-Csv, or run the command in the Console of the window.",
                at,
                "NotImplemented",
                "Out-GridView",
            )
        self._results.grid.append((title, values))
        if picks:
            return self.on_pick(title, values)
        self.on_grid(title, values)
        return []

    def set_folder(self, folder: Path | None) -> None:
        """What relative paths are meant from now on; None: the working folder of the process."""
        self._folder = folder

    def path(self, path: str) -> Path:
        """A path as the script means it."""
        base = self._folder or Path.cwd()
        return base / typed_path(path)

    def confirmed(self, cmdlet: str, target: str, at: int) -> bool:
        """Ask for confirmation of an operation.

        Raises:
            ShellError: no one can be asked.
        """
        if self.on_confirm is None:
            raise ShellError(
                "-Confirm requires an interactive session.", "Do not use -Confirm in scripts.", at, "InvalidOperation"
            )
        return self.on_confirm(f'Performing operation "{cmdlet}" on Target "{target}". Continue?')

    # stopping

    def stop(self) -> None:
        """End what runs, from any thread (Ctrl+C)."""
        self._stop.set()

    @contextlib.contextmanager
    def to_the_end(self) -> Iterator[None]:
        """What runs inside is not ended by a stop that was asked for before (finally)."""
        stopped = self._stop.is_set()
        self._stop.clear()
        try:
            yield
        finally:
            if stopped:
                self._stop.set()

    def check_stopped(self) -> None:
        """Raise if the user ended the script.

        Raises:
            StoppedError: he did.
        """
        if self._stop.is_set():
            raise StoppedError("The command was canceled.", category="OperationStopped")

    # commands

    def give(self, command: Command, at: int, cmdlet: str, then: Callable[[], list[Any]], joins: bool) -> list[Any]:
        """Give a command (see Submission.give).

        Raises:
            RefusedError: it was not carried out.
        """
        return self._submission.give(command, at, cmdlet, then, joins)

    def connect(self, uri: str) -> bool:
        """Continue with the cluster of a URI if the host of the session can open it; False if not."""
        if self.on_cluster is None:
            return False
        self._submission.flush()
        before = self.workspace
        self.workspace = self.on_cluster(uri)
        self.waiting.follow(self.workspace)
        before.close()
        return True

    def created(self, name: str) -> bool:
        """Whether this line creates a machine of that name that is not there yet."""
        return self._submission.creates(name)

    def wait(self, limit: float = STEP) -> None:
        """Let the cluster go on for at most ``limit`` real s and take what it posted."""
        self.waiting.pump(limit)

    def not_found(self, what: str, name: str, known: list[str], at: int = -1) -> NotFoundError:
        """The error for an object that is not there, with the near names."""
        remedy = near(name, known) or (
            f"Available: {', '.join(known[:12])}." if known else f"The cluster has no {what} now."
        )
        error = NotFoundError(f"There is no {what} {quoted(name)} in this cluster.", remedy, at, "ObjectNotFound")
        error.target = name
        return error
