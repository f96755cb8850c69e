"""Engine prediction for a recorded migration, from the known workload or from a fitted one.

The engine moves memory; a cluster also connects, moves storage and cleans up. Those times are taken from the
recording, so that what is compared is the engine's part. A bandwidth that no one limited is the one that was reached.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from fcm.migration.engine.policies import QEMU_7_2, qemu_rule
from fcm.migration.engine.specification import (
    FIXED_DOWNTIME,
    ZERO_PAGE_COST,
    Capability,
    MigrationSpec,
    downtime_of,
)
from fcm.migration.engine.workload import PAGE, Scattered, Workload
from fcm.migration.judging.fitting import fit
from fcm.migration.judging.kept_readings import readings, samples
from fcm.migration.judging.prediction import COMPLETED, Prediction, predict
from fcm.migration.recordings.recording import Recording
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.engine.policies import StoppingRule
    from fcm.migration.judging.kept_readings import Reading
    from fcm.migration.recordings.facts import MigrationFacts

LARGEST = 1 << 46
"""bytes of memory that are predicted at most."""
SERIES_EVERY = 1.0
"""s over which the achieved bandwidth is averaged."""
PATIENCE = 4.0
"""A prediction is given up after so many times the length of the recording..."""
PATIENCE_LIMITS = (60.0, 14_400.0)
"""... but not before and not after so many seconds."""


class Basis(StrEnum):
    """Where the guest's writing is known from."""

    WORKLOAD = "known workload"
    """The cluster says what its guest writes: a forecast that owes nothing to the run."""
    FITTED = "fitted workload"
    """From the pages that the run's own passes found dirtied: shows whether the engine can retell it."""


class NotComparableError(Exception):
    """A recording that the engine cannot be held against; the message is a clause that says why."""


@dataclass(frozen=True)
class Comparable:
    """A migration as the engine wants it, and what its result is compared with, besides the recording."""

    spec: MigrationSpec
    basis: Basis
    bandwidth_asked: bool
    """True where the bandwidth is the limit asked for; False where it is the one that was reached."""
    before: float
    """s from the start to the first byte of memory, as recorded."""
    after: float
    """s from the last byte of memory to the end, as recorded."""
    standing: float
    """s that the guest is stopped after its memory has come, as recorded (control of the storage moves)."""
    simulated: bool = False
    """True where the recording comes from this very engine."""
    notes: str = ""
    """What the recording does not say, as sentences."""

    @property
    def sentence(self) -> str:
        """What the prediction rests on."""
        writes = (
            "the workload that the cluster runs in the guest"
            if self.basis is Basis.WORKLOAD
            else "a workload fitted to the pages dirtied in each pass of this run"
        )
        rate = "the requested bandwidth limit" if self.bandwidth_asked else "the bandwidth that this run achieved"
        own = (
            (" The run was simulated by the same engine, so the comparison says nothing about real hosts.")
            if self.simulated
            else ""
        )
        notes = f" {self.notes}" if self.notes else ""
        return f"Predicted from {writes} and {rate}.{own}{notes}"


def comparable(recording: Recording, achieved: bool = False, rule: StoppingRule | None = None) -> Comparable:
    """The engine's view of a kept migration.

    Args:
        recording: one with what the journal knew.
        achieved: take the bandwidth over time as the run reached it, even where a limit was asked for.
        rule: stopping rule; ``None`` for that of the QEMU that it was recorded with.

    Raises:
        NotComparableError: nothing can be said of it, and why.
    """
    kept = recording.facts
    if kept is None:
        raise NotComparableError("the file does not contain the requested options")
    memory = _memory_rows(recording)
    connections = sum(1 for a in kept.phases if a[0] is Phase.BROWNOUT)
    if not 0 < recording.memory <= LARGEST:
        raise NotComparableError("the machine's memory is not known")
    if len(memory) < 2:
        raise NotComparableError("the recording has no memory pass")
    if connections > 1:
        raise NotComparableError("its memory was sent more than once, because a connection failed")
    if kept.tuned:
        raise NotComparableError("its limits were changed while it ran")
    if Capability.POSTCOPY in kept.capabilities and kept.entered(Phase.NETWORK) is not None:
        raise NotComparableError("it switched to post-copy")
    before = (kept.entered(Phase.BROWNOUT) or 0.0) if kept.simulated else _began(memory)
    final = recording.final
    stopped = final.total - final.downtime if final is not None else float(memory.time[-1])
    seen = readings(memory, before, stopped)
    workload, basis = _workload(recording, memory, kept, seen, before)
    bandwidth = _bandwidth(memory, seen, before)
    if bandwidth <= 0:
        raise NotComparableError("its bandwidth could not be measured")
    asked = kept.bandwidth is not None and not achieved
    series = memory.bandwidth_samples(SERIES_EVERY)[:-1] if achieved else ()
    spec = _specification(recording, kept, workload, kept.bandwidth if asked and kept.bandwidth else bandwidth)
    spec = replace(spec, bandwidth_series=tuple((max(t - before, 0.0), b) for t, b in series if b > 0))
    spec = replace(spec, rule=rule if rule is not None else qemu_rule(kept.qemu))
    stored, networked = kept.entered(Phase.STORAGE), kept.entered(Phase.NETWORK)
    standing = max(networked - stored, 0.0) if stored is not None and networked is not None else 0.0
    total = final.total if final is not None else float(recording.time[-1])
    after = max(total - float(memory.time[-1]), 0.0) if kept.simulated else 0.0
    standing = standing if kept.simulated else 0.0
    return Comparable(spec, basis, asked, before, after, standing, kept.simulated, kept.notes)


def predict_recorded(recording: Recording, how: Comparable, curve: bool = False) -> Prediction:
    """The prediction, with the recording's own times before and after the memory."""
    return with_times(predict(how.spec, give_up(recording), curve=curve), how)


def give_up(recording: Recording) -> float:
    """Seconds after which a prediction of it is given up."""
    length = recording.final.total if recording.final is not None else float(recording.time[-1])
    low, high = PATIENCE_LIMITS
    return min(max(PATIENCE * length, low), high)


def with_times(made: Prediction, how: Comparable) -> Prediction:
    """A prediction of the engine's part with what came before and after it."""
    ended = made.status == COMPLETED
    return replace(
        made,
        total=made.total + how.before + (how.after if ended else 0.0),
        downtime=None if made.downtime is None else made.downtime + how.standing,
        rows=tuple(replace(row, begin=row.begin + how.before) for row in made.rows),
        curve=tuple(replace(row, time=row.time + how.before) for row in made.curve),
    )


def _memory_rows(recording: Recording) -> Recording:
    """The rows in which memory moved."""
    out = Recording(
        recording.identity,
        recording.memory,
        downtime_limit=recording.downtime_limit or QEMU_7_2.downtime_limit,
        page_size=recording.page_size,
    )
    moving = (Phase.BROWNOUT, Phase.BLACKOUT, Phase.COMPLETED)
    for k in range(len(recording)):
        row = recording.row(k)
        if row.pass_number > 0 and row.phase in moving:
            out.append(row)
    return out


def _workload(
    recording: Recording, memory: Recording, kept: MigrationFacts, seen: Sequence[Reading], begin: float
) -> tuple[Workload, Basis]:
    if kept.workload is not None:
        pages = recording.memory // PAGE
        if any(getattr(p, "first", 0) + p.pages > pages for p in kept.workload.patterns):
            raise NotComparableError("its workload exceeds the memory of the virtual machine")
        return kept.workload, Basis.WORKLOAD
    taken = samples(seen, begin)
    if not taken:
        raise NotComparableError("no pass was recorded completely, so the dirty rate is unknown")
    # Pages that went as nothing in the first pass were zero: the guest has not written to them.
    filled = min(seen[0].before, float(recording.memory))
    found = fit(sorted(taken, key=lambda s: s.seconds), int(filled)).workload
    patterns = found.patterns or (Scattered(1, 0.0),)
    zero = 1.0 - filled / recording.memory
    return replace(found, patterns=patterns, zero_share=zero), Basis.FITTED


def _began(memory: Recording) -> float:
    """Seconds from the start to the first transfer of memory. A host counts from the start of its job."""
    first = np.flatnonzero(memory.pass_number == memory.pass_number[0])[-1]
    moved, length = float(memory.sent[first] - memory.sent[0]), float(memory.time[first] - memory.time[0])
    if moved <= 0 or length <= 0:
        return float(memory.time[0])
    return max(float(memory.time[0]) - float(memory.sent[0]) * length / moved, 0.0)


def _bandwidth(memory: Recording, seen: Sequence[Reading], begin: float) -> float:
    """bytes/s reached in the first pass, the time for zero pages left out; over the whole run without a reading."""
    end = seen[0].time if seen else float(memory.time[-1])
    sent = float(np.interp(end, memory.time, memory.sent))
    handled = memory.memory if seen else memory.memory - float(memory.remaining[-1])
    zero = max(handled - sent, 0.0) / PAGE * ZERO_PAGE_COST
    length = end - begin - zero
    return sent / length if length > 0 and sent > 0 else 0.0


def _specification(recording: Recording, kept: MigrationFacts, workload: Workload, bandwidth: float) -> MigrationSpec:
    limited = kept.bandwidth is not None
    # QEMU lifts its own limit for the last copy (migration.c, migration_completion); a full line stays full, and
    # where no one knows what the line carries, the last copy is as fast as the rest.
    line = (kept.line_rate or bandwidth) if limited else bandwidth
    several = dict(kept.parameters).get("multifd_channels", 2.0) if Capability.MULTIFD in kept.capabilities else 1.0
    held = not limited or (kept.line_rate is not None and kept.line_rate <= bandwidth)
    real = downtime_of(f"QEMU {kept.qemu}", kept.line_rate or bandwidth, held, round(several))
    return MigrationSpec(
        workload=workload,
        memory=recording.memory,
        bandwidth=bandwidth,
        downtime_limit=kept.downtime_limit,
        capabilities=kept.capabilities - {Capability.POSTCOPY},
        line_rate=max(line, 1.0),
        fixed_downtime=FIXED_DOWNTIME if kept.simulated or kept.notes else real,
    ).with_parameters(kept.parameters)
