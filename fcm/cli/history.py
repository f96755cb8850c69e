"""The verb history: past migrations of a cluster, read from its journal without opening the cluster."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.installation import typed
from fcm.mistakes import WrongInputError
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.workspace.history import History, PastMigration

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2

_HELP = """\
Lists the past migrations of a cluster, newest first, and exports them as recordings.

CLUSTER is what --open takes: CLUSTERS;
or the journal file of a cluster that no longer exists, such as an earlier lab, from the folder journals in FCM_DATA.
The cluster must not be open in another fcm at the same time. The journal keeps every migration since the cluster was
first opened, with all its telemetry, until you delete the journal file. No data is dropped: older parts of a long
journal are in files beside it, whose names end in .old.

--export DIR writes a recording (JSON) of each live migration, in the format of the laboratory's recordings. Unknown
values are left out. Open the files with `fcm validate DIR`, `fcm predict FILE` or Open Recording in the window.

With --json, prints one object: cluster, journal, migrations [{id, kind, machine, from, to, network, requested, ended,
total_s, downtime_s, bytes, passes, status, reason, rows_kept}], and with --export: exported [file], without_rows [id].
"""
_HEAD = (
    *("started", "machine", "from", "to", "network"),
    *("total s", "blackout ms", "sent MiB", "passes", "result"),
)


def add_history_verbs(verbs: Subparsers) -> None:
    """Add ``history``."""
    from fcm.backend.registry import forms

    history = verbs.add_parser(
        "history",
        description=_HELP.replace("CLUSTERS", forms()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    history.add_argument("cluster", metavar="CLUSTER")
    history.add_argument("--machine", metavar="NAME", help="show only migrations of this virtual machine")
    history.add_argument("--export", type=Path, metavar="DIR", help="export recordings to this folder")
    history.add_argument("--csv", action="store_true", help="with --export: also export the telemetry as CSV")
    history.add_argument("--json", action="store_true", help="print one JSON object")
    history.set_defaults(handler=_history)


def _history(arguments: argparse.Namespace) -> int:
    from fcm.app import earlier_journals, existing_journal
    from fcm.backend.registry import is_simulated
    from fcm.workspace.files.journal import Journal
    from fcm.workspace.history import History

    if arguments.csv and arguments.export is None:
        print("--csv requires --export DIR.", file=sys.stderr)
        return WRONG_USAGE
    is_file = arguments.cluster.endswith(".journal")
    earlier = [] if is_file else earlier_journals(arguments.cluster)
    try:
        found = existing_journal(arguments.cluster)
    except WrongInputError as error:  # such as the hosts file of a lab that is down
        print(error, file=sys.stderr)
        _tell_earlier(earlier)
        return WRONG_USAGE
    if found is None and is_file:
        print(f"{arguments.cluster} is not an fcm journal, or does not exist.", file=sys.stderr)
        return WRONG_USAGE
    if found is None:
        print(
            f"{arguments.cluster} has never been opened here, so it has no history. Open the cluster once, or "
            "check whether FCM_DATA points to the right folder.",
            file=sys.stderr,
        )
        _tell_earlier(earlier)
        return FAILED
    _tell_earlier(earlier)
    uri, path = found
    with closing(Journal.open(path, uri, to_read=True)) as journal:
        state, _ = journal.replay()
        history = History(state, journal, simulated=is_simulated(uri))
        return _tell(arguments, uri, history, [machine.name for machine in state.machines.values()])


def _tell_earlier(journals: list[Path]) -> None:
    """On standard error, so that what is printed stays the history itself."""
    if not journals:
        return
    from fcm.installation import command

    print("Journals of earlier clusters with this name, newest first:", file=sys.stderr)
    for path in journals:
        print(f"  {command(f'history {typed(str(path))}')}", file=sys.stderr)


def _tell(arguments: argparse.Namespace, uri: str, history: History, machines: Sequence[str]) -> int:
    from fcm.model.moments import iso_time
    from fcm.workspace.history import HistoryError

    past = history.migrations()
    if gap := history.gap(iso_time):
        print(gap, file=sys.stderr)
    if arguments.machine is not None:
        wanted = arguments.machine.casefold()
        if wanted not in {name.casefold() for name in (*(one.machine_name for one in past), *machines)}:
            print(f"There is no virtual machine {quoted(arguments.machine)} in this cluster.", file=sys.stderr)
            return WRONG_USAGE
        past = tuple(one for one in past if one.machine_name.casefold() == wanted)
    answer: dict[str, object] = {
        "cluster": uri,
        "journal": str(history.kept_in),
        "migrations": [one.as_json() for one in past],
    }
    said = ""
    if arguments.export is not None:
        try:
            exported = history.export(past, arguments.export, arguments.csv)
        except HistoryError as error:
            print(error, file=sys.stderr)
            return FAILED
        answer["exported"] = [str(file) for file in exported.files]
        answer["without_rows"] = [one.id for one in exported.without_rows]
        said = f"{counted(len(exported.files), 'file was', 'files were')} written to {arguments.export}."
        if exported.without_rows:
            left_out = counted(len(exported.without_rows), "migration has", "migrations have")
            said += f" {left_out} no telemetry and cannot be exported."
    if arguments.json:
        print(json.dumps(answer, indent=2))
        return DONE
    for line in _lines(past):
        print(line)
    if said:
        print(said)
    return DONE


def _lines(past: tuple[PastMigration, ...]) -> list[str]:
    from fcm.model.moments import zone

    if not past:
        return ["No migrations found."]
    started, *others = _HEAD
    rows = [(f"{started} ({zone(past[-1].migration.requested)})", *others), *(_cells(one) for one in past)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEAD))]
    numbers = range(5, 9)

    def line(row: tuple[str, ...]) -> str:
        texts = (row[k].rjust(width) if k in numbers else row[k].ljust(width) for k, width in enumerate(widths))
        return "  ".join(texts).rstrip()

    return [line(row) for row in rows]


def _cells(past: PastMigration) -> tuple[str, ...]:
    from fcm.model.moments import date_time

    one, figures = past.migration, past.migration.figures
    kind = "" if figures is not None or not past.kind_word else f" ({past.kind_word})"
    return (
        date_time(one.requested),
        past.machine_name,
        one.source,
        one.destination,
        past.network_name or "-",
        "-" if past.duration is None else f"{past.duration:.2f}",
        "-" if figures is None else f"{figures.downtime * 1000:.0f}",
        "-" if figures is None else f"{figures.bytes / 2**20:,.0f}",
        "-" if figures is None else str(figures.passes),
        f"{one.phase.value}{kind}{': ' + one.reason if one.reason else ''}",
    )
