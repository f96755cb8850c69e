"""QEMU's own answers to ``query-migrate``, asked again and again, as a recording.

What people have of a migration is what QMP said: the output of ``virsh qemu-monitor-command VM
'{"execute":"query-migrate"}'`` in a loop, a QMP log with time stamps, JSON Lines, an array. All of them are read here;
what an older QEMU did not say is left out or told from the rest, and a sentence says so.

Source of the fields: QEMU qapi/migration.json, MigrationInfo and MigrationStats (dirty-sync-count since 2.1, page-size
since 2.10, total-time in ms).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fcm.migration.constants import DOWNTIME_LIMIT
from fcm.migration.engine.specification import Capability
from fcm.migration.fields import BadFileError, Fields, is_number
from fcm.migration.recordings.case import capabilities_from
from fcm.migration.recordings.facts import MigrationFacts
from fcm.migration.recordings.recording import Recording
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow
from fcm.text.textfile import parse_json
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_ANSWERS = 50_000
"""Answers of one file; a poll each 200 ms for nearly three hours."""
MOST_WRONG = 1000
"""Places that begin like JSON and are none, after which a text is taken for something else."""
MOST_IN_VAIN = 2
"""How often a text is read through for values that then break off, all such places together."""
_BEGIN = re.compile(r"[{\[]")
_LARGEST = 1 << 60
_PHASES = {
    "active": Phase.BROWNOUT,
    "pre-switchover": Phase.BLACKOUT,
    "device": Phase.BLACKOUT,
    "postcopy-active": Phase.NETWORK,
    "postcopy-paused": Phase.NETWORK,
    "postcopy-recover": Phase.NETWORK,
    "completed": Phase.COMPLETED,
    "failed": Phase.FAILED,
    "cancelling": Phase.CANCELED,
    "cancelled": Phase.CANCELED,
}
_WITHOUT_MEMORY = ("none", "setup", "wait-unplug", "postcopy-recover-setup", "colo")
_STATUSES = frozenset({*_PHASES, *_WITHOUT_MEMORY})
_STAMPS = ("timestamp", "time", "t", "ts", "date", "@timestamp")
_WRAPPERS = ("return", "answer", "reply", "response", "result", "info", "query-migrate")
_WHEN = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?"
    r"|(?<![\d.])(\d{9,10}(?:\.\d{1,9})?)(?![\d.])"
)
"""A date with a time, or seconds since the epoch."""


@dataclass(slots=True)
class _Answer:
    values: dict[str, Any]
    stamp: float | None
    """s since the epoch."""


@dataclass(slots=True)
class _Log:
    """What a file holds."""

    answers: list[_Answer] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    """Lines in which a value begins that stops; only the first is counted, the others are 0."""


_OTHERS = (
    (
        re.compile(
            r"^(?:Job type|Time elapsed|Data (?:processed|remaining)|Memory (?:processed|remaining)):", re.MULTILINE
        ),
        "what virsh domjobinfo prints",
    ),
    (
        re.compile(r"^(?:Migration status|transferred ram|remaining ram|dirty sync count): ", re.MULTILINE),
        "what QEMU's monitor prints for info migrate",
    ),
    (
        re.compile(r"\{\s*u?'(?:return|status|ram|expected-downtime|total-time|blocked|setup-time)':"),
        "answers with single quotes, which JSON does not allow",
    ),
    (
        re.compile(r"Migration running for \d+ secs|Migration Progress: \d+ seconds elapsed"),
        "the log of a program that migrates",
    ),
)
"""How else people keep what a migration did, and what that is; none of it tells the passes one by one."""
ASKED = "answers of QEMU to query-migrate in JSON (see: fcm predict --help)"


def refuse_other_words(text: str, file: str) -> None:
    """Say what a text is that tells of a migration in another form.

    Raises:
        BadFileError: it is one of those.
    """
    for sign, what in _OTHERS:
        if sign.search(text[: 1 << 20]):
            raise BadFileError(file, "", ASKED, what)


def recording_of_answers(text: str, path: Path) -> Recording | None:
    """The last migration that a text of answers tells of; None where it contains no answer of ``query-migrate``.

    Raises:
        BadFileError: its answers make no recording; which field, and what was expected.
    """
    log = _Log()
    for value, before in _values(text, path, log):
        _take(value, _moment(before), log, 0)
        if len(log.answers) > MOST_ANSWERS:
            raise BadFileError(str(path), "", f"at most {MOST_ANSWERS:,} answers of query-migrate", "more")
    if not log.answers:
        return None
    if len(log.broken) > len(log.answers):
        raise BadFileError(str(path), "", "answers of query-migrate", f"an incomplete value in line {log.broken[0]}")
    return _recording(log, str(path))


# Reading -------------------------------------------------------------------------------------------------------------


def _values(text: str, path: Path, log: _Log) -> Iterator[tuple[Any, str]]:
    """Each JSON value of a text with what stands before it, which may be a time: an array, lines, one after another.

    A value that stops, as the last one of a poll that was stopped does, is noted and left out.
    """
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    at, wrong, in_vain = 0, 0, 0
    while (begin := _BEGIN.search(text, at)) is not None:
        start = begin.start()
        try:
            value, end = decoder.raw_decode(text, start)
            parse_json(text[start:end], path)  # the net for deep nesting and endless numbers
        except (ValueError, RecursionError) as error:
            wrong += 1
            # Where it failed is not told of values that are nested too deeply or have endless numbers.
            in_vain += (error.pos if isinstance(error, json.JSONDecodeError) else len(text)) - start
            if wrong > MOST_WRONG or in_vain > MOST_IN_VAIN * len(text):
                return
            if _is_like_json(text, start):
                log.broken.append(0 if log.broken else text.count("\n", 0, start) + 1)
                following = text.find("\n", start)
                at = following if following > 0 else len(text)
            else:
                at = start + 1
            continue
        yield value, text[max(at, start - 400) : start]
        at = end


def _is_like_json(text: str, start: int) -> bool:
    return re.match(r'\{\s*"', text[start : start + 100]) is not None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _take(value: Any, stamp: float | None, log: _Log, depth: int) -> None:
    """Find answers in a value: an answer itself, one in a wrapper with a time, a pair of both, or a list of them."""
    if depth > 4:
        return
    if isinstance(value, list):
        if len(value) == 2 and not isinstance(value[0], dict | list) and isinstance(value[1], dict):
            _take(value[1], _stamp(value[0]), log, depth + 1)
            return
        if value and all(isinstance(one, dict) and set(one) >= {"capability", "state"} for one in value):
            log.capabilities = [str(one["capability"]) for one in value if one["state"] is True]
            return
        for one in value:
            _take(one, stamp, log, depth + 1)
        return
    if not isinstance(value, dict):
        return
    own = next((found for name in _STAMPS if name in value and (found := _stamp(value[name])) is not None), stamp)
    if isinstance(value.get("status"), str) and value["status"] in _STATUSES:
        log.answers.append(_Answer(value, own))
        return
    if "max-bandwidth" in value and "downtime-limit" in value:
        log.parameters = value
        return
    for name in _WRAPPERS:
        if isinstance(value.get(name), dict | list):
            _take(value[name], own, log, depth + 1)


def _stamp(value: Any) -> float | None:
    """Seconds since the epoch (or any other zero of one clock) of a time stamp in any of its usual forms."""
    if isinstance(value, dict):
        whole, parts = value.get("seconds"), value.get("microseconds", 0)
        if is_number(whole) and is_number(parts) and abs(whole) < 1e12 and 0 <= parts < 1e6:
            return float(whole) + float(parts) / 1e6
        return None
    if is_number(value):
        # Milliseconds since the epoch are beyond every second of the next thousands of years.
        return float(value) / 1000.0 if abs(value) >= 1e11 else float(value)
    return _moment(value) if isinstance(value, str) else None


def _moment(text: str) -> float | None:
    """The last time that a text names."""
    found = list(_WHEN.finditer(text[-400:]))
    if not found:
        return None
    day, clock, fraction, zone, epoch = found[-1].groups()
    if epoch is not None:
        return float(epoch)
    try:
        when = datetime.fromisoformat(f"{day}T{clock}{(zone or '').replace('Z', '+00:00')}")
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.timestamp() + (float(f"0.{fraction}") if fraction else 0.0)


# A recording ---------------------------------------------------------------------------------------------------------


def _recording(log: _Log, file: str) -> Recording:
    answers, others = _last_migration(log.answers)
    rows, notes = _rows(answers, file)
    if others:
        notes.append(f"the file contains {others + 1} migrations, and the last one is used")
    if log.broken:
        notes.append(f"the incomplete value in line {log.broken[0]} is ignored")
    if not rows:
        raise BadFileError(file, "ram", "answers of query-migrate with `ram`, taken while memory is copied", "none")
    last = answers[-1]
    ram = next(ram for one in reversed(answers) if (ram := _ram(one, file)) is not None)
    memory = ram.whole("total", 0, _LARGEST, 0, "bytes") or max(row.remaining for row in rows)
    page = ram.whole("page-size", 512, 1 << 30, 4096, "bytes")
    limit, downtime = _limits(log, file, notes)
    recording = Recording(memory=memory, bandwidth=limit or 0.0, downtime_limit=downtime or 0.0, page_size=page)
    for row in rows:
        recording.append(row)
    recording.outcome = {Phase.COMPLETED: "completed", Phase.FAILED: "failed", Phase.CANCELED: "canceled"}.get(
        _PHASES.get(last.values["status"], Phase.BROWNOUT), ""
    )
    if recording.outcome == "completed":
        recording.final = _final(Fields(last.values, file), ram, rows, notes)
    elif not recording.outcome:
        notes.append("the last answer was taken while the migration was running, so its result is unknown")
    begun = next((one.stamp for one in answers if one.stamp is not None), None)
    final = recording.final
    phases = [(Phase.BROWNOUT, rows[0].time)]
    if final is not None:
        phases.append((Phase.BLACKOUT, max(final.total - final.downtime, rows[0].time)))
    told = f"Read from {counted(len(answers), 'answer')} of QEMU's query-migrate."
    if notes:
        told += f" {_sentence(notes)}"
    recording.facts = MigrationFacts(
        simulated=False,
        requested=begun if begun is not None and begun > 1e9 else 0.0,
        bandwidth=limit,
        downtime_limit=downtime,
        capabilities=_capabilities(log, file),
        phases=tuple(phases),
        reason=_reason(last),
        notes=told,
    )
    return recording


def _last_migration(answers: list[_Answer]) -> tuple[list[_Answer], int]:
    """The answers about the last migration that moved memory, and how many came before it."""
    runs: list[list[_Answer]] = [[]]
    ended = False
    for one in answers:
        status = one.values["status"]
        before = runs[-1][-1].values.get("total-time") if runs[-1] else None
        now = one.values.get("total-time")
        back = is_number(before) and is_number(now) and now < before
        over = status in ("completed", "failed", "cancelled")
        if (ended and not over) or back:
            runs.append([])
        if not (over and ended and not back):
            runs[-1].append(one)
        ended = over
    moved = [run for run in runs if any(isinstance(one.values.get("ram"), dict) for one in run)]
    return (moved[-1], len(moved) - 1) if moved else (answers, 0)


def _ram(answer: _Answer, file: str) -> Fields | None:
    if not isinstance(answer.values.get("ram"), dict):
        return None
    return Fields(answer.values["ram"], file, "ram.")


def _rows(answers: list[_Answer], file: str) -> tuple[list[TelemetryRow], list[str]]:
    """A row for each answer with memory, and what had to be told from the rest."""
    found = [(one, ram) for one in answers if (ram := _ram(one, file)) is not None]
    own_clock = any(Fields(one.values, file).has("total-time") for one, _ in found)
    stamps = [one.stamp for one, _ in found if one.stamp is not None]
    notes: list[str] = []
    if not own_clock:
        if len(stamps) < len(found) or not stamps:
            raise BadFileError(file, "total-time", "ms in each answer, or a time stamp for each answer", "neither")
        notes.append("total-time is missing, so times are relative to the first answer")
    counted = any(ram.has("dirty-sync-count") for _, ram in found)
    if not counted:
        notes.append("dirty-sync-count is missing, so a new pass is assumed where the remaining memory increases")
    if not any(ram.has("dirty-pages-rate") for _, ram in found):
        notes.append("dirty-pages-rate is missing, so dirty rates are derived from the passes")
    rows: list[TelemetryRow] = []
    number = 1
    for one, ram in found:
        f = Fields(one.values, file)
        if own_clock and f.has("total-time"):
            time = f.number("total-time", 0, 1e13, unit="ms") / 1000.0
        elif own_clock and rows:
            time = rows[-1].time
        else:
            time = max((one.stamp or 0.0) - stamps[0], 0.0) if not own_clock else 0.0
        phase = _PHASES.get(one.values["status"], Phase.SETUP)
        before = rows[-1] if rows else None
        ram.whole("total", 0, _LARGEST, 0, "bytes")
        remaining = ram.whole("remaining", 0, _LARGEST, 0, "bytes")
        if counted:
            number = max(ram.whole("dirty-sync-count", 0, 1 << 40, number), 1)
        elif before is not None and remaining > before.remaining:
            number += 1
        sent = ram.whole("transferred", 0, _LARGEST, before.sent if before else 0, "bytes")
        rate = ram.number("mbps", -1e9, 1e9, 0.0) * 1e6 / 8
        if rate <= 0 and before is not None and time > before.time:
            rate = max(sent - before.sent, 0) / (time - before.time)
        dirty = ram.number("dirty-pages-rate", 0, 1e15, before.dirty_rate if before else 0.0)
        throttle = f.whole("cpu-throttle-percentage", 0, 100, 0)
        page = ram.whole("page-size", 512, 1 << 30, 4096, "bytes")
        rows.append(TelemetryRow(time, number, remaining, sent, dirty, max(rate, 0.0), phase, throttle, page))
    return rows, notes


def _final(f: Fields, ram: Fields, rows: list[TelemetryRow], notes: list[str]) -> FinalFigures | None:
    if not f.has("downtime"):
        notes.append("the last answer has no downtime, so the end is not compared")
        return None
    total = f.number("total-time", 0, 1e13, rows[-1].time * 1000, "ms") / 1000.0
    passes = ram.whole("dirty-sync-count", 0, 1 << 40, rows[-1].pass_number + 1)
    sent = ram.whole("transferred", 0, _LARGEST, rows[-1].sent, "bytes")
    return FinalFigures(total, f.number("downtime", 0, 1e13, unit="ms") / 1000.0, sent, max(passes - 1, 1))


def _limits(log: _Log, file: str, notes: list[str]) -> tuple[float | None, float | None]:
    """The bandwidth and downtime limits that ``query-migrate-parameters`` named, else what is assumed."""
    f = Fields(log.parameters, file, "query-migrate-parameters.")
    bandwidth = f.number("max-bandwidth", 0, 1 << 63, 0.0, "bytes/s") or None
    if bandwidth is not None and bandwidth > 1e13:
        bandwidth = None
    downtime = f.number("downtime-limit", 0, 2_000_000, unit="ms") / 1000.0 if f.has("downtime-limit") else None
    if bandwidth is None:
        notes.append("the bandwidth limit is missing, so the achieved bandwidth is used")
    if downtime is None:
        default = f"QEMU's default of {DOWNTIME_LIMIT * 1000:.0f} ms"
        notes.append(f"the downtime limit is missing, so {default} is assumed")
    return bandwidth, downtime


def _capabilities(log: _Log, file: str) -> frozenset[Capability]:
    known = {one.value for one in Capability}
    return capabilities_from(Fields({"caps": [name for name in log.capabilities if name in known]}, file))


def _reason(last: _Answer) -> str:
    said = last.values.get("error-desc")
    return said[:1000] if isinstance(said, str) else ""


def _sentence(notes: list[str]) -> str:
    return f"Missing or assumed: {'; '.join(notes)}."
