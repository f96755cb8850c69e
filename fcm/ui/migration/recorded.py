"""A recorded migration with what the engine predicts for it; read and computed in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.migration.fields import BadFileError, Fields, read_json
from fcm.migration.prediction import Prediction, from_case, predict
from fcm.migration.recording import FORMAT, Recording, qemu_recording
from fcm.ui.format import count, rate, seconds, size
from fcm.ui.migration.comparison import difference

if TYPE_CHECKING:
    from pathlib import Path

FROM_CASE = "Case alone"
"""Predicted with the bandwidth limit and the write rate that were asked for."""
FROM_ACHIEVED = "Achieved"
"""Predicted with the bandwidth and the writes that the run reached."""
_PREDICTED_ROWS = 36_000
"""Windows of 100 ms after which a prediction is given up at the latest."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is shown of a file."""

    name: str
    recording: Recording
    predictions: tuple[tuple[str, Prediction], ...]
    sentence: str
    facts: tuple[tuple[str, str], ...]


class RecordingError(Exception):
    """A file that is no recording; the message is a sentence for the user."""


def load(path: Path) -> Recorded:
    """Read a recording of this program or of the laboratory and predict it.

    Raises:
        RecordingError: the file is none, or cannot be read.
    """
    try:
        fields = Fields(read_json(path), path.name)
        if fields.data.get("format") == FORMAT:
            recording = Recording.from_json(path.read_text(encoding="utf-8"), path.name)
        else:
            recording = qemu_recording(fields)
    except (BadFileError, OSError) as error:
        raise RecordingError(
            f"{path.name} is not a recording that can be shown. {error}. Choose a file that fcm or its lab wrote."
        ) from error
    if not len(recording):
        raise RecordingError(f"{path.name} has no rows: nothing was recorded. Choose another recording.")
    predictions = _predictions(recording)
    return Recorded(path.stem, recording, predictions, _sentence(recording, predictions), _facts(recording))


def _predictions(recording: Recording) -> tuple[tuple[str, Prediction], ...]:
    laboratory = recording.laboratory
    if laboratory is None:
        return ()
    case = laboratory.case
    most = min(case.give_up, _PREDICTED_ROWS / 10)
    both = [(FROM_CASE, predict(from_case(case), most, curve=True))]
    if laboratory.achieved.writes and (laboratory.achieved.window_bandwidth or laboratory.achieved.pass1_bandwidth):
        both.append((FROM_ACHIEVED, predict(from_case(case, laboratory.achieved), most, curve=True)))
    return tuple(both)


def _sentence(recording: Recording, predictions: tuple[tuple[str, Prediction], ...]) -> str:
    measured = recording.final
    where = "Measured on real QEMU: " if recording.laboratory is not None else "Recorded: "
    memory = size(recording.memory)
    if measured is None:
        after = seconds(float(recording.time[-1]))
        text = (
            f"{where}a migration of {memory} did not end; it was given up after {after} in pass {_passes(recording)}."
        )
    else:
        text = (
            f"{where}{memory} went in {seconds(measured.total)} and {count(measured.passes, 'pass', 'passes')}; "
            f"{size(measured.bytes)} were sent, the guest stood still for {seconds(measured.downtime)}."
        )
    if not predictions:
        return text
    _, case = predictions[0]
    if case.downtime is None:
        return f"{text} From the case alone the engine predicts that it does not converge."
    off = f" ({difference(measured.total, case.total)})" if measured is not None else ""
    return (
        f"{text} From the case alone the engine predicts {seconds(case.total)}{off} and a blackout of "
        f"{seconds(case.downtime)}."
    )


def _passes(recording: Recording) -> int:
    return int(recording.pass_number[-1])


def _facts(recording: Recording) -> tuple[tuple[str, str], ...]:
    facts = [("Memory", size(recording.memory))]
    if recording.bandwidth:
        facts.append(("Bandwidth limit", rate(recording.bandwidth)))
    if recording.downtime_limit:
        facts.append(("Downtime limit", seconds(recording.downtime_limit)))
    laboratory = recording.laboratory
    if laboratory is None:
        who = recording.identity
        facts += [("Machine", who.machine), ("From", who.source), ("To", who.destination), ("Network", who.network)]
        return tuple((name, value) for name, value in facts if value)
    case, achieved = laboratory.case, laboratory.achieved
    facts.append(("Pages written", f"{case.rate:,.0f} a second"))
    for pattern in case.patterns:
        kind = type(pattern).__name__
        facts.append(("Write pattern", f"{kind}: {pattern.rate:,.0f} writes/s over {size(pattern.pages * 4096)}"))
    facts.append(("Capabilities", ", ".join(sorted(case.capabilities)) or "none"))
    facts.append(("Accelerator", case.accelerator))
    if achieved.pass1_bandwidth:
        facts.append(("Achieved in pass 1", rate(achieved.pass1_bandwidth)))
    if len(achieved.writes) > 1:
        (first, before), (last, after) = achieved.writes[0], achieved.writes[-1]
        if last > first:
            facts.append(("Achieved writes", f"{(after - before) / (last - first):,.0f} a second"))
    return tuple(facts)
