"""A recorded migration with what the engine predicts for it; read and computed in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.migration.fields import BadFileError
from fcm.migration.judging.prediction import Prediction, from_case, predict
from fcm.migration.judging.recorded_prediction import Basis, NotComparableError, comparable, predict_recorded
from fcm.migration.recordings.reading import read_recording
from fcm.model.moments import zoned
from fcm.ui.look.format import count, rate, seconds, size
from fcm.ui.migration.recordings.comparison import difference

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.migration.recordings.facts import MigrationFacts
    from fcm.migration.recordings.recording import Recording

FROM_CASE = "Case alone"
"""Predicted with the bandwidth limit and the write rate that were asked for."""
FROM_ACHIEVED = "Achieved"
"""Predicted with the bandwidth and the writes that the run reached."""
FROM_WORKLOAD = "Known workload"
"""Of a kept migration: predicted from what the cluster says that the guest writes."""
FROM_FITTED = "Fitted workload"
"""Of a kept migration: predicted from a workload fitted to its own passes."""
FROM_BANDWIDTH = "Achieved bandwidth"
"""The same with the bandwidth over time that the run reached, where a limit was asked for."""
LEGENDS = {
    FROM_CASE: "Predicted from the case alone",
    FROM_ACHIEVED: "Predicted with the achieved rates",
    FROM_WORKLOAD: "Predicted from the known workload",
    FROM_FITTED: "Fitted to its own passes",
    FROM_BANDWIDTH: "Predicted with the achieved bandwidth",
}
"""What the plot calls each prediction."""
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

    @property
    def word(self) -> str:
        """What its figures are: measured on hosts, or simulated by the engine itself."""
        kept = self.recording.facts
        return "Simulated" if kept is not None and kept.simulated else "Measured"


class RecordingError(Exception):
    """A file that is no recording; the message is a sentence for the user."""


def load(path: Path) -> Recorded:
    """Read a recording of this program or of the laboratory and predict it.

    Raises:
        RecordingError: the file is none, or cannot be read.
    """
    try:
        recording = read_recording(path, path.name)
    except (BadFileError, OSError) as error:
        raise RecordingError(
            f"{path.name} is not a recording that can be shown. {error}. Choose a file that fcm or its lab wrote, "
            "or QEMU's answers to query-migrate."
        ) from error
    if not len(recording):
        raise RecordingError(f"{path.name} has no rows: nothing was recorded. Choose another recording.")
    return shown(path.stem, recording)


def shown(name: str, recording: Recording) -> Recorded:
    """What is shown of a recording that has rows; its prediction may take some tenths of a second."""
    if recording.facts is not None:
        predictions, basis = _journal_predictions(recording)
        text = f"{_journal_sentence(recording, recording.facts)} {basis}"
        return Recorded(name, recording, predictions, text, _facts(recording))
    predictions = _predictions(recording)
    return Recorded(name, recording, predictions, _sentence(recording, predictions), _facts(recording))


def _journal_predictions(recording: Recording) -> tuple[tuple[tuple[str, Prediction], ...], str]:
    """Predictions by name, and what they rest on as a sentence, or why there is none."""
    try:
        how = comparable(recording)
        name = FROM_WORKLOAD if how.basis is Basis.WORKLOAD else FROM_FITTED
        found = [(name, predict_recorded(recording, how, curve=True))]
        if how.bandwidth_asked:
            found.append(
                (FROM_BANDWIDTH, predict_recorded(recording, comparable(recording, achieved=True), curve=True))
            )
    except NotComparableError as error:
        notes = recording.facts.notes if recording.facts is not None else ""
        return (), f"Nothing is predicted for it: {error}. {notes}".rstrip()
    return tuple(found), how.sentence


def _journal_sentence(recording: Recording, kept: MigrationFacts) -> str:
    who, final = recording.identity, recording.final
    over = f" over {who.network}" if who.network else ""
    way = f"{who.machine} from {who.source} to {who.destination}{over}"
    if not who.source:
        way = f"a migration of {size(recording.memory)}"
    begin = f"{'Simulated' if kept.simulated else 'Recorded'}{_when(kept)}: "
    if final is None:
        after = seconds(float(recording.time[-1]))
        why = f": {kept.reason.rstrip('.')}" if kept.reason else ""
        return f"{begin}{way} was {recording.outcome or 'last seen'} after {after} in pass {_passes(recording)}{why}."
    return (
        f"{begin}{way} in {seconds(final.total)} and {count(final.passes, 'pass', 'passes')}; "
        f"{size(final.bytes)} was sent; the blackout lasted {seconds(final.downtime)}."
    )


def _when(kept: MigrationFacts) -> str:
    return f" on {zoned(kept.requested)}" if kept.requested > 0 else ""


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
        text = f"{where}a migration of {memory} did not end; it was stopped after {after} in pass {_passes(recording)}."
    else:
        text = (
            f"{where}{memory} was migrated in {seconds(measured.total)} and "
            f"{count(measured.passes, 'pass', 'passes')}; {size(measured.bytes)} was sent; "
            f"the blackout lasted {seconds(measured.downtime)}."
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


def _rows_of(kept: MigrationFacts) -> list[tuple[str, str]]:
    """Options that were chosen; what was left to the hypervisor is said to be so."""
    facts = [
        ("Requested bandwidth", rate(kept.bandwidth) if kept.bandwidth is not None else "no limit"),
        ("Requested downtime limit", seconds(kept.downtime_limit) if kept.downtime_limit is not None else "default"),
        ("Capabilities", ", ".join(sorted(kept.capabilities)) or "none"),
    ]
    facts += [(name.replace("_", "-"), f"{value:g}") for name, value in kept.parameters]
    workload = kept.workload
    facts.append(("Workload", "unknown" if workload is None else workload.name))
    facts += [(f"{phase.value.capitalize()} entered at", seconds(time)) for phase, time in kept.phases]
    return facts


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
        if recording.facts is not None:
            facts += _rows_of(recording.facts)
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
