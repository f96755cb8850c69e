"""The command line. Qt is imported only where the window is asked for."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcm import __version__
from fcm.backend.base import BackendError, SinkError
from fcm.backend.registry import forms
from fcm.backend.toml_table import ClusterFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, FAILED, WRONG_USAGE = 0, 1, 2
"""Exit codes."""

_DESCRIPTION = """\
Failover Cluster Manager for any desk: prepare a failover cluster, live-migrate virtual machines between its nodes,
and see their memory converge. Without a verb the window opens.
"""


def make_parser() -> argparse.ArgumentParser:
    """The parser with all verbs."""
    from fcm.cli_cluster import add_cluster_verbs
    from fcm.cli_history import add_history_verbs
    from fcm.cli_hosts import add_hosts_verbs
    from fcm.cli_lab import add_lab_verbs
    from fcm.cli_migration import add_migration_verbs
    from fcm.cli_shell import add_shell_verbs

    parser = argparse.ArgumentParser(prog="fcm", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"fcm {__version__}")
    parser.add_argument("--open", metavar="URI", help=f"cluster to open: {forms()}")
    parser.add_argument("--verbose", action="store_true", help="log more to standard error")
    parser.add_argument("--smoke", action="store_true", help="one migration in the embedded cluster, then exit")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    tour = verbs.add_parser("tour", help="walk through the guide, take a picture of every page and dialog")
    tour.add_argument("--out", type=Path, default=Path("tour"), help="folder for the pictures (default: tour)")
    tour.set_defaults(handler=_tour)
    add_cluster_verbs(verbs)
    add_migration_verbs(verbs)
    add_history_verbs(verbs)
    add_hosts_verbs(verbs)
    add_lab_verbs(verbs)
    add_shell_verbs(verbs)
    return parser


def _tour(arguments: argparse.Namespace) -> int:
    from fcm.app import run_tour

    return run_tour(arguments.out)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run fcm; returns the exit code: 0 done, 1 failed, 2 wrong usage."""
    from fcm.cli_shell import for_the_script

    own, words = for_the_script(sys.argv[1:] if arguments is None else arguments)
    parsed = make_parser().parse_args(own)
    parsed.words = words
    logging.basicConfig(
        level=logging.DEBUG if parsed.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        if parsed.smoke:
            from fcm.app import smoke

            return smoke()
        if parsed.verb is None:
            from fcm.app import run_window

            return run_window(parsed.open)
        code: int = parsed.handler(parsed)
    except ClusterFileError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    except (BackendError, SinkError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return FAILED
    return code


if __name__ == "__main__":
    sys.exit(main())
