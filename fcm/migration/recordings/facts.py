"""What a journal knows of a migration next to its rows, and how a file says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.migration.engine.catalogue import workload_from
from fcm.migration.fields import Fields
from fcm.migration.recordings.case import capabilities_from, parameters_from
from fcm.model.migrations import Emulator
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.migration.engine.specification import Capability
    from fcm.migration.engine.workload import Workload

MAX_PHASES = 1000


@dataclass(frozen=True, slots=True)
class MigrationFacts:
    """What a journal knows of a migration next to its rows."""

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
    qemu: str = ""
    """Version of the source's QEMU ("10.0.13"); "" where it is not known."""
    emulator: Emulator | None = None
    """As memory began to move; None where it is not known."""
    notes: str = ""
    """Of a recording that others made: what it is, what it does not say and what is assumed instead, as sentences."""

    def entered(self, phase: Phase) -> float | None:
        """Seconds since the start at which a phase was entered last."""
        return next((time for found, time in reversed(self.phases) if found is phase), None)


def read_facts(f: Fields) -> MigrationFacts:
    """What a file says next to its rows. Raises BadFileError."""
    case = f.inner("case") if f.has("case") else Fields({}, f.file, "case.")
    inner = f.inner("kept")
    known = {phase.value: phase for phase in Phase}
    phases = []
    for k, entry in enumerate(inner.items("phases", MAX_PHASES)):
        good = isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and entry[0] in known
        if not good or isinstance(entry[1], bool) or not isinstance(entry[1], int | float) or not 0 <= entry[1] < 1e9:
            raise inner.bad(f"phases[{k}]", f"[phase, s] with a phase among {', '.join(known)}", entry)
        phases.append((known[entry[0]], float(entry[1])))
    return MigrationFacts(
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
        qemu=f.text("qemu", "", 100),
        emulator=_read_emulator(inner.inner("emulator")) if inner.has("emulator") else None,
    )


def _read_emulator(f: Fields) -> Emulator:
    return Emulator(f.whole("resident", 0, 1 << 60), *(f.data.get(name) is True for name in ("emulated", "arrived")))
