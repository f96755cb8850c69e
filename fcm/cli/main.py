"""The command line. Qt is imported only where the window is asked for."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Any

from fcm import __version__
from fcm.cli.words import Parser
from fcm.mistakes import SentenceError, WrongInputError
from fcm.text.terminal import plain_output

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

DONE, FAILED, WRONG_USAGE = 0, 1, 2
"""Exit codes."""

_DESCRIPTION = """\
Failover Cluster Manager: prepare a failover cluster, live migrate virtual machines between its nodes,
and watch memory converge. Without a command, fcm opens the window.
"""


_VERBS = {
    "tour": ("tour", "take a screenshot of every page and dialog"),
    "show": ("cluster", "show the nodes and virtual machines of a cluster"),
    "migrate": ("cluster", "live migrate a virtual machine and show each pass"),
    "salvage": ("cluster", "recover what can be read from a damaged journal"),
    "predict": ("migration", "predict a live migration from a case or a recording"),
    "preflight": ("migration", "predict from measured dirty rates whether a planned live migration converges"),
    "validate": ("migration", "compare predictions with recordings"),
    "drill": ("drill", "find and mend what is wrong with a simulated cluster, and be graded"),
    "history": ("history", "list past migrations of a cluster, or export them as recordings"),
    "report": ("report", "write a report of a month, a migration, a drain or a failover"),
    "incident": ("incident", "write what happened in a cluster to one file to send, without its names"),
    "hosts": ("hosts", "check and manage the libvirt hosts of a hosts file"),
    "lab": ("lab", "run a real cluster on this Linux computer"),
    "run": ("shell", "run a PowerShell script (.ps1) on a cluster (- for standard input)"),
    "desktop": ("desktop", "install fcm in the desktop menu and on the PATH"),
    "powershell": ("powershell", "open PowerShell with the cmdlets of fcm"),
    "serve": ("serve", "answer the PowerShell modules of fcm on standard input and output"),
    "shell": ("shell", "open an interactive PowerShell prompt for a cluster"),
}
"""Verb: the module ``fcm.cli...`` that has it, and its line in the list of verbs."""


class _Verb(Parser):
    """The parser of one verb, whose module is imported when the verb is on the command line and not before."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As in argparse, with the verb's own parser."""
        verb = self.prog.rpartition(" ")[2]
        return _own_parser(verb).parse_known_args(args, namespace)


def _own_parser(verb: str) -> argparse.ArgumentParser:
    add: Callable[[Any], None]
    all_verbs = Parser(prog="fcm").add_subparsers(dest="verb")
    match _VERBS[verb][0]:
        case "cluster":
            from fcm.cli.cluster import add_cluster_verbs as add
        case "migration":
            from fcm.cli.migration import add_migration_verbs as add
        case "history":
            from fcm.cli.history import add_history_verbs as add
        case "report":
            from fcm.cli.report import add_report_verb as add
        case "incident":
            from fcm.cli.incident import add_incident_verb as add
        case "hosts":
            from fcm.cli.hosts import add_hosts_verbs as add
        case "desktop":
            from fcm.cli.desktop import add_desktop_verbs as add
        case "lab":
            from fcm.cli.lab import add_lab_verbs as add
        case "drill":
            from fcm.cli.drill import add_drill_verb as add
        case "powershell":
            from fcm.cli.powershell import add_powershell_verb as add
        case "serve":
            from fcm.cli.serve import add_serve_verb as add
        case "tour":
            from fcm.cli.tour import add_tour_verb as add
        case _:
            from fcm.cli.shell import add_shell_verbs as add
    add(all_verbs)
    return all_verbs.choices[verb]


def verbs() -> tuple[str, ...]:
    """The names of all verbs."""
    return tuple(_VERBS)


class _Program(Parser):
    """The parser of the whole command line."""

    opened: argparse.Action
    """The option ``--open``."""

    def format_help(self) -> str:
        """As in argparse, with the forms of a URI, which are looked up only here."""
        from fcm.backend.registry import forms

        self.opened.help = f"cluster to open: {forms()}"
        return super().format_help()


def make_parser() -> argparse.ArgumentParser:
    """The parser with all verbs; the module of a verb is imported when its arguments are parsed."""
    parser = _Program(prog="fcm", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"fcm {__version__}")
    parser.opened = parser.add_argument("--open", metavar="URI", help="cluster to open")
    parser.add_argument("--verbose", action="store_true", help="write a detailed log to standard error")
    parser.add_argument(
        "--smoke", action="store_true", help="run one live migration in the embedded cluster, then exit"
    )
    known = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=_Verb)
    for verb, (_, words) in _VERBS.items():
        known.add_parser(verb, help=words, add_help=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run fcm; returns the exit code: 0 done, 1 failed, 2 wrong usage."""
    with plain_output():
        return _guarded(list(sys.argv[1:] if arguments is None else arguments))


def _guarded(words: list[str]) -> int:
    try:
        code = _run(words)
        sys.stdout.flush()  # a full disk is told here, not in a traceback when the program has ended
    except SentenceError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE if isinstance(error, WrongInputError) else FAILED
    except KeyboardInterrupt:
        print("Canceled.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what a verb had to do besides printing, it did not do to the end.
        _say_no_more()
        return FAILED
    except OSError as error:
        if sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None:
            # What Windows says of a pipe whose reader has gone: https://bugs.python.org/issue35754
            _say_no_more()
            return FAILED
        where = f"{error.filename}: " if error.filename else ""
        print(f"fcm stopped because of an error. {where}{error.strerror or error}.", file=sys.stderr)
        _say_no_more()
        return FAILED
    return code


def _run(words: list[str]) -> int:
    of_script: list[str] = []
    if "--" in words:
        from fcm.cli.shell import for_the_script

        words, of_script = for_the_script(words)
    parsed = make_parser().parse_args(words)
    parsed.words = of_script
    import logging  # only now: fcm --version does without

    logging.basicConfig(
        level=logging.DEBUG if parsed.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if parsed.smoke:
        from fcm.app import smoke

        return smoke()
    if parsed.verb is None:
        from fcm.app import run_window

        return run_window(parsed.open)
    code: int = parsed.handler(parsed)
    return code


def _say_no_more() -> None:
    """Nothing more can be written to standard output, not even when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
