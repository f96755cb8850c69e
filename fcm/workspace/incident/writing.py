"""Incident files: a zip with texts that anybody can read, and the history that fcm opens as a replay.

The table of what stands for what is never in it: it is written beside the clusters of this user, for nobody else.
"""

from __future__ import annotations

import json
import os
import zipfile
from typing import TYPE_CHECKING

from fcm import __version__
from fcm.model.moments import iso_time
from fcm.model.structures.codec import encode
from fcm.text.cells import csv_lines
from fcm.workspace.files.checkpoint import KINDS
from fcm.workspace.files.folders import data_folder
from fcm.workspace.files.journal_rows import dump, pack
from fcm.workspace.files.whole_file import whole_file
from fcm.workspace.incident.form import EVENTS, FORMAT, MANIFEST, STATE, TELEMETRY
from fcm.workspace.incident.incident import IncidentError
from fcm.workspace.reporting.drawing import curve, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.workspace.incident.incident import Incident

CURVES = 8
"""Curves of the newest migrations that are drawn."""
_README = """\
This is an incident file of fcm, Failover Cluster Manager. Names, ids, addresses and paths in it are stand-ins: the same
name has the same stand-in everywhere. What they stand for is known only to who made the file.

To look at it: fcm --open replay:THIS.zip. It can be played, and nothing in it can be changed.

events.csv      what happened, in words (times in UTC)
checks.txt      what validation found last
hosts.json      versions of each node
logs/           the last lines of the log of each node
pictures/       the nodes at the end, and the newest migrations
manifest.json, state.jsonl, events.jsonl, telemetry.jsonl    the history, for fcm
"""


def contents(incident: Incident) -> Iterator[tuple[str, str]]:
    """Names and texts of the files in the zip."""
    excerpt = incident.excerpt
    yield "README.txt", _README
    yield (
        MANIFEST,
        _json(
            {
                "format": FORMAT,
                "fcm": __version__,
                "simulated": incident.simulated,
                "begin": iso_time(excerpt.begin.time),
                "end": iso_time(excerpt.end.time),
                "events": len(excerpt.entries),
            }
        ),
    )
    yield STATE, "".join(f"{line}\n" for line in _state(incident))
    yield (
        EVENTS,
        "".join(
            _json([one.sequence, one.time, type(one.event).__name__, dump(one.event)]) + "\n" for one in excerpt.entries
        ),
    )
    yield (
        TELEMETRY,
        "".join(_json([key, [pack(row) for row in rows]]) + "\n" for key, rows in excerpt.telemetry.items()),
    )
    yield "events.csv", _events(incident)
    yield "checks.txt", "".join(f"{line}\n" for line in incident.checks) or "This cluster was not validated.\n"
    yield "hosts.json", json.dumps(incident.hosts, indent=2, ensure_ascii=False) + "\n"
    for number, (_, lines) in enumerate(incident.logs.items(), 1):
        yield f"logs/node-{number}.log", "".join(f"{line}\n" for line in lines)
    yield "pictures/nodes.svg", nodes(excerpt.end)
    drawn = [one for one in excerpt.end.migrations.values() if excerpt.telemetry.get(one.id)][-CURVES:]
    for number, migration in enumerate(drawn, 1):
        title = f"{excerpt.end.moved_name(migration)}: {migration.source} to {migration.destination}"
        yield f"pictures/migration-{number}.svg", curve(excerpt.telemetry[migration.id], title)


def _state(incident: Incident) -> Iterator[str]:
    begin = incident.excerpt.begin
    yield _json(["point", begin.sequence, begin.time])
    yield _json(["cluster", "", encode(begin.cluster)])
    for part in KINDS:
        for key, one in getattr(begin, part).items():
            yield _json([part, key, encode(one)])


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _events(incident: Incident) -> str:
    rows = (
        (iso_time(one.time), one.level_name, one.computer, one.provider, one.id, one.text) for one in incident.records
    )
    return csv_lines([("time (UTC)", "level", "node", "source", "id", "description"), *rows])


def write(incident: Incident, path: Path) -> Path:
    """Write the file, and the table of stand-ins where only this user reads it; blocks.

    Returns:
        The file of the table.

    Raises:
        IncidentError: one of them cannot be written.
    """
    try:
        with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            for name, text in contents(incident):
                member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                member.external_attr = 0o644 << 16
                made.writestr(member, text.encode("utf-8", "replace"))
    except OSError as error:
        raise IncidentError(
            f"The incident file {path} cannot be written: {error.strerror or error}. Choose another folder or free "
            "some space."
        ) from error
    return _keep_table(incident, path.stem)


def table_folder() -> Path:
    """Where the tables of stand-ins are."""
    return data_folder() / "incidents"


def _keep_table(incident: Incident, name: str) -> Path:
    folder = table_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.csv"
        rows = ((made, kind, original) for original, (kind, made) in incident.table.items())
        with whole_file(path) as file:
            file.write(csv_lines([("stand-in", "kind", "what it stands for"), *rows]).encode("utf-8", "replace"))
        os.chmod(path, 0o600)
    except OSError as error:
        raise IncidentError(
            "The incident file was written, but not the table of what its names stand for "
            f"({error.strerror or error}). Free some space or choose another data folder, and save it again."
        ) from error
    return path
