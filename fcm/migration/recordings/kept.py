"""A migration that a journal kept, as a file: the form of the laboratory's recordings, and every row beside it.

What the journal does not know (the guest's writes, normal and zero pages, an unlimited bandwidth) is left out, never
made up. The ``case`` object of such a file has ``workload`` (the form of workload files, see ``catalogue``) instead of
``pattern`` where the cluster says what its guest writes: that is so in embedded clusters only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.migration.engine.catalogue import workload_from, workload_json
from fcm.migration.fields import BadFileError, Fields, UnreadableFileError
from fcm.migration.recordings.case import capabilities_from, parameters_from
from fcm.migration.recordings.recording import FORMAT, Recording, qemu_recording
from fcm.model.telemetry import Phase
from fcm.text.textfile import RECORDING, TextFileError, parse_json, read_text

if TYPE_CHECKING:
    from fcm.migration.engine.specification import Capability
    from fcm.migration.engine.workload import Workload

MAX_PHASES = 1000
_OWN = frozenset({"format", "case", "mem", "kept"})
"""Fields by which a file of fcm or its laboratory is known."""
SAMPLE_EVERY = 0.095
"""s at least between two samples of the bandwidth in a file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a journal knows of a migration beside its rows."""

    simulated: bool
    """True for a migration of an embedded cluster: the engine made it, no host."""
    requested: float
    """s since the epoch, clock of the cluster."""
    bandwidth: float | None = None
    """bytes/s that was asked for as a limit; None = none was."""
    downtime_limit: float | None = None
    """s that was asked for; None = the default was left."""
    line_rate: float | None = None
    """bytes/s that memory can have of the network, as the cluster knows it."""
    capabilities: frozenset[Capability] = frozenset()
    parameters: tuple[tuple[str, float], ...] = ()
    """By QEMU's names."""
    workload: Workload | None = None
    """What the guest wrote, where the cluster says it."""
    phases: tuple[tuple[Phase, float], ...] = field(default=())
    """Phases entered, with s since the start."""
    reason: str = ""
    """Why it failed."""
    tuned: bool = False
    """True if its limits were changed while it ran."""
    notes: str = ""
    """Of a recording that others made: what it is, what it does not say and what is assumed instead, as sentences."""

    def entered(self, phase: Phase) -> float | None:
        """S since the start at which a phase was entered last."""
        return next((time for found, time in reversed(self.phases) if found is phase), None)


def kept_json(recording: Recording, kept: Kept) -> dict[str, Any]:
    """The fields of a laboratory recording, as far as they are known, and what the journal knows beside them."""
    who, final = recording.identity, recording.final
    out: dict[str, Any] = {
        "tag": f"{who.machine} {who.source}-{who.destination}",
        "status": recording.outcome,
        "case": _case(recording, kept),
        "recorded": {"by": "fcm", "simulated": kept.simulated},
    }
    if final is not None:
        out |= {"total_ms": round(final.total * 1000), "downtime_ms": round(final.downtime * 1000)}
        out |= {"sync": final.passes + 1, "transferred": final.bytes}
    out["passes"] = _passes(recording)
    out["pass1_bandwidth"] = first_pass_bandwidth(recording)
    out["window_bandwidth"] = [round(rate) for _, rate in bandwidth_samples(recording, SAMPLE_EVERY)]
    out["kept"] = {
        "simulated": kept.simulated,
        "requested": kept.requested,
        "phases": [[phase.value, round(time, 4)] for phase, time in kept.phases],
        "reason": kept.reason,
        "tuned": kept.tuned,
    }
    if kept.line_rate is not None:
        out["kept"]["line_rate"] = kept.line_rate
    return out


def _case(recording: Recording, kept: Kept) -> dict[str, Any]:
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


def first_pass_bandwidth(recording: Recording) -> float | None:
    """bytes/s reached in the first pass; None where it was not seen whole."""
    passes = recording.passes()
    if len(passes) < 2 or passes[0].number != 1 or passes[0].rate <= 0:
        return None
    return round(passes[0].rate)


def bandwidth_samples(recording: Recording, every: float) -> tuple[tuple[float, float], ...]:
    """(s at which it began, bytes/s) of stretches of ``every`` s or more, from the first memory row to the last."""
    out: list[tuple[float, float]] = []
    time, sent, number = recording.time, recording.sent, recording.pass_number
    begin = next((k for k in range(len(recording)) if number[k] > 0), len(recording))
    for k in range(begin + 1, len(recording)):
        length = float(time[k] - time[begin])
        if length >= every:
            out.append((float(time[begin]), float(max(sent[k] - sent[begin], 0)) / length))
            begin = k
    return tuple(out)


def read_kept(f: Fields) -> Kept:
    """What a file says beside its rows. Raises BadFileError."""
    case = f.inner("case") if f.has("case") else Fields({}, f.file, "case.")
    inner = f.inner("kept")
    known = {phase.value: phase for phase in Phase}
    phases = []
    for k, entry in enumerate(inner.items("phases", MAX_PHASES)):
        good = isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and entry[0] in known
        if not good or isinstance(entry[1], bool) or not isinstance(entry[1], int | float) or not 0 <= entry[1] < 1e9:
            raise inner.bad(f"phases[{k}]", f"[phase, s] with a phase among {', '.join(known)}", entry)
        phases.append((known[entry[0]], float(entry[1])))
    return Kept(
        simulated=inner.data.get("simulated") is True,
        requested=inner.number("requested", 0, 1e12, 0.0),
        bandwidth=case.number("bw", 1, 1e13, unit="bytes/s") if case.has("bw") else None,
        downtime_limit=case.number("dl", 0, 2_000_000, unit="ms") / 1000.0 if case.has("dl") else None,
        line_rate=inner.number("line_rate", 1, 1e13, unit="bytes/s") if inner.has("line_rate") else None,
        capabilities=capabilities_from(case),
        parameters=parameters_from(case),
        workload=workload_from(case.inner("workload")) if case.has("workload") else None,
        phases=tuple(phases),
        reason=inner.text("reason", "", 10_000),
        tuned=inner.data.get("tuned") is True,
    )


def read_recording(path: Path | str, name: str = "") -> Recording:
    """A recording of the program, of the laboratory, or of QEMU's answers to ``query-migrate``.

    Args:
        path: the file.
        name: what messages call it; its path unless given.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    data = read_any(Path(path), name)
    return data if isinstance(data, Recording) else recording_from(data, name or str(path))


def read_any(path: Path, name: str = "") -> dict[str, Any] | Recording:
    """The JSON object of a file, or the recording that a file of QEMU's answers to ``query-migrate`` makes.

    Args:
        path: the file.
        name: what messages call it; its path unless given.

    Raises:
        BadFileError: naming the file, the field and what was expected.
    """
    from fcm.migration.recordings.query_migrate import recording_of_answers

    name = name or str(path)
    data, wrong = None, None
    try:
        text = read_text(path, RECORDING)
    except TextFileError as error:
        raise UnreadableFileError(error) from error
    try:
        data = parse_json(text, path)
    except TextFileError as error:
        wrong = error
    if isinstance(data, dict) and not _OWN.isdisjoint(data):
        return data
    answers = recording_of_answers(text, path)
    if answers is not None:
        return answers
    if wrong is not None:
        raise UnreadableFileError(wrong) from wrong
    if not isinstance(data, dict):
        raise BadFileError(name, "", "a JSON object", data)
    return data


def recording_from(data: dict[str, Any], file: str) -> Recording:
    """Like ``read_recording``, from an object already read."""
    if data.get("format") == FORMAT:
        return Recording.from_object(data, file)
    return qemu_recording(Fields(data, file))
