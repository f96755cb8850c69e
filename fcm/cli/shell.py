"""Verbs of the shell: run a PowerShell script on a cluster, or type commands; no window is needed."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.powershell import ENGINES, installed, program_for
from fcm.text.terminal import control, is_unicode
from fcm.text.textfile import SCRIPT, TextFileError, decoded
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from fcm.shell.language.errors import ShellError
    from fcm.shell.language.tree import Source
    from fcm.shell.runtime.results import Results
    from fcm.shell.runtime.screen import Screen
    from fcm.shell.runtime.session import ShellSession
    from fcm.workspace.workspace import Workspace

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2
SPEED = 1.0
OPEN_LIMIT = 10.0
"""s to wait for the hosts of a cluster to answer."""


def add_shell_verbs(verbs: Subparsers) -> None:
    """Add ``run`` and ``shell``."""
    run = verbs.add_parser(
        "run",
        epilog="Arguments after -- are passed to the script: fcm run MOVE.ps1 --speed max -- SQL01 -Node node2",
    )
    run.add_argument("script", metavar="SCRIPT.ps1")
    run.add_argument("--json", action="store_true", help="print the output as one JSON document")
    run.add_argument(
        "--set",
        dest="settings",
        metavar="NAME=VALUE",
        type=_setting,
        action="append",
        default=[],
        help="set a variable or parameter of the script (can be repeated)",
    )
    run.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what runs the script: auto (default): PowerShell if it is installed, otherwise the built-in shell",
    )
    run.set_defaults(handler=_run)
    shell = verbs.add_parser("shell")
    shell.set_defaults(handler=_shell)
    for verb in (run, shell):
        add_cluster_options(verb)


def add_cluster_options(verb: argparse.ArgumentParser, by_name: bool = False) -> None:
    """Which cluster a session opens, and how its clock goes.

    Args:
        verb: what takes the options.
        by_name: a cluster that a window has open can be meant by its name, and the selected one is meant by "".
    """
    if by_name:
        said = "a URI, or the name of a cluster that is open in a window; default: the one that is selected there, "
        verb.add_argument("--cluster", "-Cluster", metavar="NAME", default="", help=f"{said}else embedded:contoso")
    else:
        verb.add_argument("--cluster", metavar="URI", default="embedded:contoso", help="default: embedded:contoso")
    verb.add_argument(
        "--speed",
        type=_speed,
        default=SPEED,
        help="clock speed of an embedded cluster: 10 for ten times real time, max for as fast as possible",
    )
    verb.add_argument(
        "--fresh", action="store_true", help="start without the history of the cluster, and do not save any"
    )


def _speed(text: str) -> float:
    if text == "max":
        return math.inf
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 100_000:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is not a speed; enter a number such as 10, or max")
    return value


def _run(arguments: argparse.Namespace) -> int:
    from fcm.shell.language.errors import ShellError
    from fcm.shell.runtime.execution.scripts import automatic, given_arguments, parsed

    if program := program_for(arguments.engine):
        from fcm.cli.engine import run_with

        return run_with(program, arguments)
    try:
        source = _script(arguments.script)
    except ShellError as error:
        print(f"{arguments.script} cannot be read: {error.message} {error.remedy}", file=sys.stderr)
        return WRONG_USAGE
    except TextFileError as error:
        print(f"Standard input cannot be read: {error.reason}", file=sys.stderr)
        return WRONG_USAGE
    try:
        statements = parsed(source)
    except ShellError as error:
        print(error.show(source.text), file=sys.stderr)
        _tell_of_powershell([error])
        return WRONG_USAGE
    try:
        given = given_arguments(arguments.script, statements, arguments.words)
    except ShellError as error:
        print(f"{error.message} {error.remedy}", file=sys.stderr)
        return WRONG_USAGE
    session = _open(arguments)
    try:
        screen = _screen(session)
        if arguments.json:
            session.on_output = lambda values: None
        for name, value in (*arguments.settings, *given.items(), *(automatic(source) if source.file else {}).items()):
            session.variables[name] = value
        with _ctrl_c_stops(session):
            results = session.execute(source.text, source.file)
            screen.finish()
        _tell_of_powershell(results.errors)
        if arguments.json:
            errors = [{"message": error.message, "remedy": error.remedy} for error in results.errors]
            print(
                json.dumps(
                    {"output": results.json(), "errors": errors}, ensure_ascii=not is_unicode(sys.stdout), indent=2
                )
            )
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has gone; what is left of it must not complain at the end of the program.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        print("Ended.", file=sys.stderr)
        return FAILED
    finally:
        session.workspace.close()
    if results.exit_code is not None:
        return results.exit_code
    return DONE if results.ok else FAILED


def _tell_of_powershell(errors: Sequence[ShellError]) -> None:
    """Say how the script can run after all, if the built-in shell has refused what PowerShell knows."""
    from fcm.shell.language.errors import CommandNotFoundError, ShellSyntaxError

    refused = (ShellSyntaxError, CommandNotFoundError)
    if not any(isinstance(error, refused) or error.category == "NotImplemented" for error in errors):
        return
    if installed():
        remedy = "To run the script with PowerShell, use --engine powershell."
    else:
        remedy = "To run the script with PowerShell, install PowerShell 7 (https://aka.ms/powershell)."
    print(f"The built-in shell of fcm has only a part of PowerShell. {remedy}", file=sys.stderr)


def _script(name: str) -> Source:
    """The text to be run.

    Raises:
        ShellError: the file cannot be read or is no text.
        TextFileError: standard input is no text.
    """
    from fcm.shell.language.parser import LONGEST
    from fcm.shell.language.tree import Source
    from fcm.shell.runtime.execution.scripts import read_script

    if name != "-":
        return read_script(Path(name))
    raw = getattr(sys.stdin, "buffer", None)  # as bytes: what is piped may be marked, or in UTF-16 as a file may be
    if raw is None:
        return Source("", sys.stdin.read(LONGEST + 1))
    return Source("", decoded(raw.read(SCRIPT.most + 1), Path(name))[: LONGEST + 1])


def for_the_script(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of a command line that are fcm's own, and those after ``--`` of the verb run.

    argparse would take ``-Node`` for an option and lose ``--`` behind other options.
    """
    if "--" not in words:
        return list(words), []
    place = words.index("--")
    if "run" not in words[:place]:
        return list(words), []
    return list(words[:place]), list(words[place + 1 :])


@contextlib.contextmanager
def _ctrl_c_stops(session: ShellSession) -> Iterator[None]:
    """Ctrl+C ends what runs in an orderly way, a live migration is canceled; the second one stops."""

    def interrupted(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        session.stop()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _setting(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{quoted(text)} is not an assignment; enter NAME=VALUE")
    return name, value


def _open(arguments: argparse.Namespace) -> ShellSession:
    session = open_session(arguments)
    session.on_error = _tell
    if sys.stdout.isatty():
        session.width = max(40, shutil.get_terminal_size().columns - 1)
    session.on_progress = Progress().show
    return session


def _screen(session: ShellSession) -> Screen:
    """What shows the output of a session on standard output."""
    from fcm.shell.runtime.screen import Screen

    def write(shown: str) -> None:
        sys.stdout.write(shown)
        sys.stdout.flush()

    return Screen(session, write)


def open_session(arguments: argparse.Namespace) -> ShellSession:
    """A session on the cluster of ``add_cluster_options``, once its nodes have said how they are."""
    from fcm.app import open_workspace
    from fcm.shell.runtime.session import ShellSession

    workspace = open_workspace(arguments.cluster, keep=not arguments.fresh)
    session = ShellSession(workspace)
    session.waiting.run_at(arguments.speed)

    def opened(uri: str) -> Workspace:
        return open_workspace(uri, keep=not arguments.fresh)

    session.on_cluster = opened
    settle(workspace, session.wait)
    return session


def settle(workspace: Workspace, wait: Callable[[], None]) -> None:
    """Wait until every node has said how it is; hosts that do not respond are shown as they are known.

    Args:
        workspace: the cluster.
        wait: lets it go on for a moment.
    """
    from fcm.model.entities import NodeState

    end = time.monotonic() + OPEN_LIMIT
    while time.monotonic() < end:
        nodes = workspace.state.nodes.values()
        if nodes and not any(node.state is NodeState.DOWN and node.note.startswith("Connecting") for node in nodes):
            return
        wait()


def _tell(error: ShellError, source: str) -> None:
    print(error.show(source), file=sys.stderr, flush=True)


class Progress:
    """Progress on one line of standard error; on a terminal it is written over, else each tenth is a line."""

    def __init__(self) -> None:
        self._last = ""
        self._width = 0

    def show(self, activity: str, status: str, percent: int) -> None:
        """Show, or end with percent -1."""
        if percent < 0:
            if self._last and sys.stderr.isatty():
                print(file=sys.stderr)
            self._last, self._width = "", 0
            return
        over = sys.stderr.isatty()
        if not over:
            percent, status = percent // 10 * 10, status.partition(",")[0]
        shown = f"{activity}: {percent} % {status}"
        if shown != self._last:
            self._last = shown
            if over:
                # Blanks, for an older console of Windows does not know the sequence that clears a line.
                control(sys.stderr, f"\r{' ' * self._width}\r")
                shown = shown[: shutil.get_terminal_size().columns - 1]
                self._width = len(shown)
            print(shown, end="" if over else "\n", file=sys.stderr, flush=True)


def _shell(arguments: argparse.Namespace) -> int:
    session = _open(arguments)
    screen = _screen(session)
    session.on_confirm = _ask
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            _edit_lines(session)
    code = DONE
    try:
        while True:
            with session.waiting.passing():
                text = _read(session)
            if text is None or text.strip().casefold() == "quit":
                return code
            results = _execute(session, text)
            screen.finish()
            if results is not None and results.exit_code is not None:
                return results.exit_code or code
            code = DONE if results is not None and results.ok else FAILED
    finally:
        session.workspace.close()


def _edit_lines(session: ShellSession) -> None:
    """Give input() line editing, and Tab the names of cmdlets, parameters and objects.

    Raises:
        ImportError: this Python has no readline.
    """
    if sys.platform == "win32":
        raise ImportError("Python for Windows has no readline; the Windows console edits lines itself.")
    import readline

    from fcm.shell.completion.completion import complete

    def proposal(_text: str, number: int) -> str | None:
        session.workspace.drain()
        line, cursor = readline.get_line_buffer(), readline.get_endidx()
        found = complete(session, line, cursor)
        return line[: found.start] + found.words[number] if number < len(found.words) else None

    def show(_typed: str, matches: Sequence[str], _longest: int) -> None:
        line = readline.get_line_buffer()
        start = complete(session, line, readline.get_endidx()).start
        print("\n" + "  ".join(match[start:] for match in matches) + f"\nPS C:\\> {line}", end="", flush=True)

    # Without delimiters the whole line is the word, for names have spaces in them.
    readline.set_completer_delims("")
    readline.set_completer(proposal)
    readline.set_completion_display_matches_hook(show)
    readline.parse_and_bind("tab: complete")


def _execute(session: ShellSession, text: str) -> Results | None:
    """Run one input; None if Ctrl+C broke it off."""
    try:
        with _ctrl_c_stops(session):
            return session.execute(text)
    except KeyboardInterrupt:
        print("Ended.", file=sys.stderr)
        return None


def _ask(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().casefold() in ("y", "yes")
    except EOFError:
        return False


def _read(session: ShellSession) -> str | None:
    """One whole input, over several lines where it needs them; None at the end."""
    from fcm.shell.language.errors import ShellSyntaxError
    from fcm.shell.language.parser import parse

    lines: list[str] = []
    while True:
        try:
            lines.append(input(("PS C:\\> " if not lines else ">> ") if sys.stdin.isatty() else ""))
        except EOFError:
            return "\n".join(lines) if lines else None
        except KeyboardInterrupt:
            print(file=sys.stderr)
            lines = []
            continue
        session.workspace.drain()
        text = "\n".join(lines)
        try:
            parse(text)
        except ShellSyntaxError as error:
            if error.incomplete and lines[-1].strip():
                continue
        return text
