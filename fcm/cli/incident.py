"""The verb incident: what happened in a cluster as one file to send, with stand-ins for all names."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.mistakes import SentenceError, WrongInputError
from fcm.text.words import counted

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2

_HELP = """\
Writes what happened in a cluster to one file (.zip) that you can send to somebody who is to look at it.

CLUSTER is what --open takes: CLUSTERS; or a journal file. It may be open in another fcm at the same time: what that has
written until now is read.

In the file are the events of the last hours, the telemetry of migrations, what happened in words, the logs of the
nodes, what validation found, versions, and drawings. Names, ids, network addresses and paths are replaced by
stand-ins; the same name has the same one everywhere. The table of what they stand for stays in the folder incidents
of FCM_DATA. --preview prints this table and writes nothing. What people wrote into texts that fcm does not know as
names, such as messages of other programs in logs of nodes, can only be replaced by its form: look at the file before
you send it.

Open such a file with: fcm --open replay:FILE.zip
"""


def add_incident_verb(verbs: Subparsers) -> None:
    """Add ``incident``."""
    from fcm.backend.registry import forms

    incident = verbs.add_parser(
        "incident",
        description=_HELP.replace("CLUSTERS", forms()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    incident.add_argument("file", metavar="FILE.zip", type=Path)
    incident.add_argument("--cluster", metavar="CLUSTER", required=True)
    incident.add_argument(
        "--hours", metavar="N", type=float, default=24.0, help="how far back from the last event (24; 0: everything)"
    )
    incident.add_argument("--preview", action="store_true", help="print what would be replaced by what; write nothing")
    incident.set_defaults(handler=_incident)


def _incident(arguments: argparse.Namespace) -> int:
    from fcm.backend import registry
    from fcm.workspace.incident.incident import made_from
    from fcm.workspace.incident.writing import write

    if arguments.file.suffix != ".zip":
        print("The name of an incident file ends in .zip.", file=sys.stderr)
        return WRONG_USAGE
    if not 0 <= arguments.hours < 1e6:
        print("--hours must be 0 (everything) to 999,999.", file=sys.stderr)
        return WRONG_USAGE
    try:
        part = arguments.cluster.removeprefix("replay:")
        if not part.endswith(registry.FILES_OF_HISTORY):
            part = registry.canonical_uri(registry.uri_of(part))
        found = made_from(part, arguments.hours or None)
        if arguments.preview:
            for original, (kind, made) in found.table.items():
                print(f"{kind:<12} {made:<28} {original}")
            return DONE
        table = write(found, arguments.file)
    except WrongInputError as error:
        print(error, file=sys.stderr)
        return WRONG_USAGE
    except SentenceError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"{counted(len(found.excerpt.entries), 'event')} written to {arguments.file}. Look at it before you send it.")
    print(f"What its names stand for is in {table}. Keep it for yourself.")
    return DONE
