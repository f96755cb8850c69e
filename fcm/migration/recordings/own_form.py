"""The program's own recordings: every row, and the fields of a laboratory recording as far as they are known.

What the journal does not know (the guest's writes, normal and zero pages, an unlimited bandwidth) is left out, never
made up. The ``case`` object of such a file has ``workload`` (the form of workload files, see ``catalogue``) instead of
``pattern`` where the cluster says what its guest writes: that is so in embedded clusters only.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from fcm.migration.engine.catalogue import workload_json
from fcm.migration.fields import BadFileError, Fields
from fcm.migration.recordings.facts import read_facts
from fcm.migration.recordings.recording import COLUMNS, Attempt, Identity, Recording
from fcm.model.telemetry import FinalFigures, Phase

if TYPE_CHECKING:
    from fcm.migration.recordings.facts import MigrationFacts

FORMAT = "fcm-migration/1"
MAX_ROWS = 2_000_000
MAX_ATTEMPTS = 1000
SAMPLE_EVERY = 0.095
"""s at least between two samples of the bandwidth in a file."""


def to_json(recording: Recording) -> str:
    """The recording as JSON text; ``from_json`` gives it back."""
    data = {
        "format": FORMAT,
        "identity": dataclasses.asdict(recording.identity),
        "memory": recording.memory,
        "bandwidth": recording.bandwidth,
        "downtime_limit": recording.downtime_limit,
        "page_size": recording.page_size,
        "attempts": [dataclasses.asdict(a) for a in recording.attempts],
        "final": dataclasses.asdict(recording.final) if recording.final is not None else None,
        "outcome": recording.outcome,
        "rows": recording.columns(),
    }
    if recording.facts is not None:
        data = _kept_json(recording, recording.facts) | data
    return json.dumps(data)


def from_json(text: str, file: str = "recording") -> Recording:
    """Reads what ``to_json`` wrote.

    Raises:
        BadFileError: naming the field and what was expected of it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFileError(file, "", "JSON") from None
    if not isinstance(data, dict):
        raise BadFileError(file, "", "a JSON object", data)
    return from_object(data, file)


def from_object(data: dict[str, Any], file: str = "recording") -> Recording:
    """Like ``from_json``, from an object already read."""
    f = Fields(data, file)
    if data.get("format") != FORMAT:
        raise f.bad("format", FORMAT, data.get("format"))
    who = f.inner("identity")
    out = Recording(
        Identity(*(who.text(n, "", 1000) for n in ("machine", "source", "destination", "network"))),
        memory=f.whole("memory", 0, 1 << 60, 0),
        bandwidth=f.number("bandwidth", 0, 1e18, 0.0),
        downtime_limit=f.number("downtime_limit", 0, 1e9, 0.0),
        page_size=f.whole("page_size", 512, 1 << 30, 4096),
    )
    out.outcome = f.text("outcome", "", 10_000)
    out.attempts = [
        Attempt(a.text("network", "", 1000), a.number("began", 0, 1e9, 0.0), a.text("outcome", "", 10_000))
        for a in f.objects("attempts", MAX_ATTEMPTS)
    ]
    if f.has("final"):
        x = f.inner("final")
        out.final = FinalFigures(
            x.number("total", 0, 1e9),
            x.number("downtime", 0, 1e9),
            x.whole("bytes", 0, 1 << 60),
            x.whole("passes", 0, 1 << 40),
        )
    _read_rows(f.inner("rows"), out)
    if f.has("kept"):
        out.facts = read_facts(f)
    return out


def _read_rows(f: Fields, recording: Recording) -> None:
    names = [n for n in COLUMNS if n != "phase"]
    values = {n: f.numbers(n, MAX_ROWS) for n in names}
    phases = f.items("phase", MAX_ROWS)
    count = len(phases)
    for n in names:
        if len(values[n]) != count:
            raise f.bad(n, f"{count} values, one for each phase", len(values[n]))
    known = {p.value: p for p in Phase}
    for p in phases:
        if not isinstance(p, str) or p not in known:
            raise f.bad("phase", f"names among {', '.join(known)}", p)
    if any(b < a for a, b in zip(values["time"], values["time"][1:], strict=False)):
        raise f.bad("time", "times in ascending order")
    for n in names:
        if any(abs(v) > 2**62 for v in values[n]):
            raise f.bad(n, "numbers below 2**62")
    recording.set_columns(values, [known[p] for p in phases])


def _kept_json(recording: Recording, kept: MigrationFacts) -> dict[str, Any]:
    """The fields of a laboratory recording, as far as they are known, and what the journal knows next to them."""
    who, final = recording.identity, recording.final
    out: dict[str, Any] = {
        "tag": f"{who.machine} {who.source}-{who.destination}",
        "status": recording.outcome,
        "case": _case(recording, kept),
        "recorded": {"by": "fcm", "simulated": kept.simulated},
    }
    if kept.qemu:
        out["qemu"] = kept.qemu
    if final is not None:
        out |= {"total_ms": round(final.total * 1000), "downtime_ms": round(final.downtime * 1000)}
        out |= {"sync": final.passes + 1, "transferred": final.bytes}
    out["passes"] = _passes(recording)
    out["pass1_bandwidth"] = recording.first_pass_bandwidth()
    out["window_bandwidth"] = [round(rate) for _, rate in recording.bandwidth_samples(SAMPLE_EVERY)]
    out["kept"] = {
        "simulated": kept.simulated,
        "requested": kept.requested,
        "phases": [[phase.value, round(time, 4)] for phase, time in kept.phases],
        "reason": kept.reason,
        "tuned": kept.tuned,
    }
    if kept.line_rate is not None:
        out["kept"]["line_rate"] = kept.line_rate
    if kept.emulator is not None:
        out["kept"]["emulator"] = dataclasses.asdict(kept.emulator)
    return out


def _case(recording: Recording, kept: MigrationFacts) -> dict[str, Any]:
    case: dict[str, Any] = {}
    if recording.memory:
        case["mem"] = recording.memory / (1 << 20)
    if kept.bandwidth is not None:
        case["bw"] = kept.bandwidth
    if kept.downtime_limit is not None:
        case["dl"] = kept.downtime_limit * 1000
    case["caps"] = sorted(capability.value for capability in kept.capabilities)
    case["params"] = dict(kept.parameters)
    if kept.workload is not None:
        case["workload"] = workload_json(kept.workload)
    return case


def _passes(recording: Recording) -> list[dict[str, Any]]:
    """The first row of every pass and the last row of all."""
    out = []
    before = 0
    for k in range(len(recording)):
        row = recording.row(k)
        if row.pass_number in (0, before) and k + 1 < len(recording):
            continue
        before = row.pass_number
        entry: dict[str, Any] = {
            "t": round(row.time, 4),
            "sync": row.pass_number,
            "remaining_pages": row.remaining // row.page_size,
            "sent": row.sent,
        }
        if row.dirty_rate > 0:
            entry["dirty_pages_rate"] = round(row.dirty_rate)
        if row.throttle:
            entry["throttle"] = row.throttle
        out.append(entry)
    return out
