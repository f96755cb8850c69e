"""The verb report: a page to send on about a month, a migration, a drain or a failover."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.mistakes import SentenceError, WrongInputError
from fcm.text.words import quoted

if TYPE_CHECKING:
    from fcm.workspace.reporting.reports import SentReport

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2

_HELP = """\
Writes a report that you can send on: one page (HTML, with its drawings in it), and its figures as CSV beside it.

KIND is
  month      availability by virtual machine, longest outages and blackouts, near misses; --month 2026-11 (UTC), else
             the last 30 days
  migration  the newest move of --machine NAME: figures, curve, passes, networks
  drain      the newest drain of --node NAME: every move
  failover   the newest failover of --machine NAME (or of another service): steps and nodes that were considered

CLUSTER is what --open takes: CLUSTERS; or a journal or incident file. It may be open in another fcm at the same time.
Names are in the report as they are; to send what happened without them, use fcm incident.
"""


def add_report_verb(verbs: Subparsers) -> None:
    """Add ``report``."""
    from fcm.backend.registry import forms

    report = verbs.add_parser(
        "report",
        description=_HELP.replace("CLUSTERS", forms()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.add_argument("kind", metavar="KIND", choices=("month", "migration", "drain", "failover"))
    report.add_argument("file", metavar="FILE.html", type=Path)
    report.add_argument("--cluster", metavar="CLUSTER", required=True)
    report.add_argument("--month", metavar="YYYY-MM", help="month: which one")
    report.add_argument("--machine", metavar="NAME", help="migration, failover: of which virtual machine or service")
    report.add_argument("--node", metavar="NAME", help="drain: of which node")
    report.set_defaults(handler=_report)


def _report(arguments: argparse.Namespace) -> int:
    from fcm.backend import registry
    from fcm.workspace.reporting.making import save

    if arguments.file.suffix not in (".html", ".htm"):
        print("The name of a report ends in .html.", file=sys.stderr)
        return WRONG_USAGE
    wanted = {"migration": "machine", "failover": "machine", "drain": "node"}.get(arguments.kind)
    if wanted is not None and getattr(arguments, wanted) is None:
        print(f"{arguments.kind} requires --{wanted} NAME.", file=sys.stderr)
        return WRONG_USAGE
    try:
        part = arguments.cluster.removeprefix("replay:")
        if not part.endswith(registry.FILES_OF_HISTORY):
            part = registry.canonical_uri(registry.uri_of(part))
        page, table = save(_made(arguments, part), arguments.file)
    except WrongInputError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    except SentenceError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"{page} and {table.name} were written.")
    return DONE


def _made(arguments: argparse.Namespace, part: str) -> SentReport:
    import contextlib

    from fcm.workspace.replay.opening import open_past
    from fcm.workspace.reporting import making

    if arguments.kind == "month" and arguments.month is not None:
        return making.report_of_time(part, *making.month(arguments.month))
    past = open_past(part)
    with contextlib.closing(past.journal):
        state = past.journal.follow()
    if arguments.kind == "month":
        return making.report_of_time(part, state.time - 30 * making.DAY, state.time)
    if arguments.kind == "drain":
        node = next((one for one in state.nodes if one.casefold() == arguments.node.casefold()), arguments.node)
        return making.report_of_drain(part, node)
    machine = state.machine_named(arguments.machine)
    if arguments.kind == "failover":
        name = arguments.machine.casefold()
        group = next((key for key, one in state.groups.items() if one.name.casefold() == name), arguments.machine)
        return making.report_of_failover(part, group)
    if machine is None:
        raise making.UnknownThingError(f"There is no virtual machine {quoted(arguments.machine)} in this cluster.")
    move = making.last_move(state, machine.id)
    if move is None:
        raise making.UnknownThingError(f"{machine.name} was never moved.")
    return making.report_of_migration(part, move.id)
