"""The past migrations of one cluster: a list, each as a recording, and as files. Everything here may block.

Kept is every migration with every row of its telemetry, from the first opening of the cluster on, for as long as the
journal's file is there: nothing is thinned out or dropped. What a killed program had not yet written (rows of the
last half second) is missing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fcm.migration.constants import GOODPUT
from fcm.migration.engine.specification import capabilities_of, parameters_of
from fcm.mistakes import SentenceError
from fcm.model import events as ev
from fcm.model.migrations import MigrationKind
from fcm.model.moments import in_utc
from fcm.model.rules.names import safe_file_name
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from fcm.migration.recordings.recording import Recording
    from fcm.model.entities import Network, VirtualMachine
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.state import State
    from fcm.model.telemetry import Phase, TelemetryRow
    from fcm.workspace.files.journal import Journal


@dataclass(frozen=True, slots=True)
class PastMigration:
    """A migration that is over, with the names that things had when it was asked for."""

    migration: Migration
    machine: VirtualMachine | None
    """As it was then; None where the journal does not tell."""
    network: Network | None
    """The one that carried the memory, as it was then."""
    networks: Mapping[str, str] = field(default_factory=dict)
    """Names of all networks by id, as they were then."""
    phases: tuple[tuple[Phase, float], ...] = ()
    """Phases entered, s since the start."""
    tuned: bool = False
    """True if its limits were changed while it ran."""
    qemu: str = ""
    """Version of the source's QEMU when it was asked for; "" where there is none or it is not known."""
    has_rows: bool = False

    @property
    def id(self) -> str:
        """Id of the migration."""
        return self.migration.id

    @property
    def machine_name(self) -> str:
        """Name of the machine, else its id."""
        return self.machine.name if self.machine is not None else self.migration.machine

    @property
    def kind_word(self) -> str:
        """Kind of a migration that is not live: quick migration or move; else empty."""
        return "" if self.migration.kind is MigrationKind.LIVE else self.migration.kind.value.lower()

    @property
    def network_name(self) -> str:
        """Name of the network, "" if none carried it."""
        return self.network.name if self.network is not None else ""

    @property
    def duration(self) -> float | None:
        """Seconds from start to end; None if it never started."""
        one = self.migration
        if one.figures is not None:
            return one.figures.total
        return one.ended - one.started if one.ended is not None and one.started is not None else None

    def as_json(self) -> dict[str, object]:
        """The entry of ``fcm history --json``; what is not known is null."""
        one, figures = self.migration, self.migration.figures
        return {
            "id": one.id,
            "kind": one.kind.value,
            "machine": self.machine_name,
            "from": one.source,
            "to": one.destination,
            "network": self.network_name or None,
            "requested": _utc(one.requested),
            "ended": _utc(one.ended) if one.ended is not None else None,
            "total_s": None if self.duration is None else round(self.duration, 4),
            "downtime_s": figures.downtime if figures else None,
            "bytes": figures.bytes if figures else None,
            "passes": figures.passes if figures else None,
            "status": one.phase.value,
            "reason": one.reason or None,
            "rows_kept": self.has_rows,
        }


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    files: tuple[Path, ...]
    without_rows: tuple[PastMigration, ...]
    """Of these there is no telemetry, so there is nothing to write: moves, quick migrations, early failures."""


class HistoryError(SentenceError):
    """A file could not be written; the message is a sentence with the remedy."""


class History:
    """Reads the past of a cluster from its journal, or from what is in memory where none is kept."""

    def __init__(
        self,
        state: State,
        journal: Journal | None,
        entries: Sequence[ev.Entry] = (),
        rows: Mapping[str, Sequence[TelemetryRow]] | None = None,
        simulated: bool = False,
    ) -> None:
        """``entries`` and ``rows`` stand for the journal where there is none."""
        self._state = state
        self._journal = journal
        self._entries = entries
        self._rows = rows if rows is not None else {}
        self._simulated = simulated

    @property
    def kept_in(self) -> Path | None:
        """The file of the journal; None if nothing outlives the program."""
        return self._journal.path if self._journal is not None else None

    def gap(self, shown_time: Callable[[float], str]) -> str:
        """From when on there is history, as a sentence, if an older part of the journal is gone; else "".

        Args:
            shown_time: a time (s since the epoch, clock of the cluster) in words.

        Raises:
            JournalError: the journal cannot be read.
        """
        gone = None if self._journal is None else self._journal.missing_part()
        if gone is None:
            return ""
        return (
            f"There is history from {shown_time(gone.until)} on. What was before is in the file {gone.name}, which is "
            "missing or damaged: migrations of that time have no curve. Put the file back beside the journal."
        )

    def migrations(self) -> tuple[PastMigration, ...]:
        """All that are over, newest first.

        Raises:
            JournalError: the journal cannot be read.
        """
        entries: Iterable[ev.Entry] = self._entries
        with_rows = frozenset(identity for identity, rows in self._rows.items() if rows)
        if self._journal is not None:
            entries = self._journal.entries_of(ev.AROUND_MIGRATIONS)
            with_rows = self._journal.migrations_with_rows()
        found = _Then(self._state.migrations)
        if self._journal is not None:
            found.begin(self._journal.state_before_history())
        for entry in entries:
            found.take(entry)
        past = (found.past(one, one.id in with_rows) for one in self._state.migrations.values() if one.phase.is_over)
        return tuple(sorted(past, key=lambda one: one.migration.requested, reverse=True))

    def recordings(self, chosen: Sequence[PastMigration]) -> dict[str, Recording]:
        """Recordings by the id of the migration; those without rows are left out.

        Raises:
            JournalError: the journal cannot be read.
        """
        if self._journal is not None:
            rows: Mapping[str, Sequence[TelemetryRow]] = self._journal.telemetry([one.id for one in chosen])
        else:
            rows = {one.id: tuple(self._rows.get(one.id, ())) for one in chosen}
        return {one.id: _recording(one, rows[one.id], self._simulated) for one in chosen if rows.get(one.id)}

    def export(self, chosen: Sequence[PastMigration], folder: Path, with_csv: bool = False) -> Exported:
        """Write each as recording JSON, and its rows as CSV, into a folder; no half file is left.

        Raises:
            JournalError: the journal cannot be read.
            HistoryError: a file cannot be written.
        """
        from fcm.migration.recordings.own_form import to_json
        from fcm.migration.recordings.rows_csv import rows_as_csv

        files: list[Path] = []
        without: list[PastMigration] = []
        names: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for one in chosen:
                recording = self.recordings([one]).get(one.id)
                if recording is None:
                    without.append(one)
                    continue
                name = _file_name(one, names)
                files.append(_write(folder / f"{name}.json", to_json(recording)))
                if with_csv:
                    files.append(_write(folder / f"{name}.csv", rows_as_csv(recording)))
        except OSError as error:
            raise HistoryError(
                f"The recordings cannot be written to {folder}: {error.strerror or error}. Choose another folder or "
                f"make room; {counted(len(files), 'file was', 'files were')} written."
            ) from error
        return Exported(tuple(files), tuple(without))


class _Then:
    """How things were when each migration was asked for."""

    def __init__(self, migrations: Mapping[str, Migration]) -> None:
        self._migrations = migrations
        self._machines: dict[str, VirtualMachine] = {}
        self._networks: dict[str, Network] = {}
        self._machine_of: dict[str, VirtualMachine] = {}
        self._network_of: dict[str, Network] = {}
        self._names_of: dict[str, dict[str, str]] = {}
        self._phases: dict[str, list[tuple[Phase, float]]] = {}
        self._tuned: set[str] = set()
        self._steered: dict[str, MigrationOptions] = {}
        """The options with which a migration with goals began."""
        self._versions: dict[str, str] = {}
        self._version_of: dict[str, str] = {}

    def begin(self, state: State) -> None:
        """How things were before the first entry that is taken."""
        self._machines.update(state.machines)
        self._networks.update(state.networks)
        self._versions.update({name: node.version for name, node in state.nodes.items()})

    def take(self, entry: ev.Entry) -> None:
        event = entry.event
        match event:
            case ev.ClusterFormed():
                self._machines = {machine.id: machine for machine in event.machines}
                self._networks = {network.id: network for network in event.networks}
                self._versions = {node.name: node.version for node in event.nodes}
            case ev.NodeChanged(node=node):
                self._versions[node.name] = node.version
            case ev.MachineCreated(machine=machine) | ev.MachineChanged(machine=machine):
                self._machines[machine.id] = machine
            case ev.NetworkChanged(network=network):
                self._networks[network.id] = network
            case ev.MigrationRequested(migration=migration):
                if migration.machine in self._machines:
                    self._machine_of[migration.id] = self._machines[migration.machine]
                self._version_of[migration.id] = self._versions.get(migration.source, "")
                self._names_of[migration.id] = {key: network.name for key, network in self._networks.items()}
            case ev.MigrationNetworkTried(migration=identity, attempt=attempt):
                if attempt.connected and attempt.network in self._networks:
                    self._network_of[identity] = self._networks[attempt.network]
            case ev.MigrationPhaseEntered(migration=identity, phase=phase):
                one = self._migrations.get(identity)
                started = one.started if one is not None and one.started is not None else entry.time
                self._phases.setdefault(identity, []).append((phase, round(max(entry.time - started, 0.0), 4)))
            case ev.MigrationOptionsChanged(migration=identity):
                self._tuned.add(identity)
            case ev.MigrationSteered(migration=identity, options=options):
                if self._steered.setdefault(identity, options) != options:  # the first step is before the memory moves
                    self._tuned.add(identity)
            case _:
                pass

    def past(self, one: Migration, has_rows: bool) -> PastMigration:
        network = self._network_of.get(one.id)
        if network is None and one.network is not None:
            network = self._networks.get(one.network)
        return PastMigration(
            one,
            self._machine_of.get(one.id, self._machines.get(one.machine)),
            network,
            self._names_of.get(one.id, {}),
            tuple(self._phases.get(one.id, ())),
            one.id in self._tuned,
            _qemu(self._version_of.get(one.id, "")),
            has_rows,
        )


def _qemu(version: str) -> str:
    """The version of QEMU that a node's version names; "" for other systems."""
    return version.removeprefix("QEMU ") if version.startswith("QEMU ") else ""


def _recording(past: PastMigration, rows: Sequence[TelemetryRow], simulated: bool) -> Recording:
    # numpy comes with a recording; to list migrations needs none
    from fcm.migration.recordings.facts import MigrationFacts
    from fcm.migration.recordings.recording import Attempt, Identity, Recording
    from fcm.workspace.forecasts import downtime_limit
    from fcm.workspace.planning.preflight import known_workload

    one, machine, network = past.migration, past.machine, past.network
    recording = Recording(
        Identity(past.machine_name, one.source, one.destination, past.network_name),
        memory=machine.memory if machine is not None else 0,
        bandwidth=float(one.options.bandwidth or (network.bandwidth if network is not None else 0)),
        downtime_limit=downtime_limit(one),
        page_size=rows[0].page_size,
    )
    for row in rows:
        recording.append(row)
    recording.attempts = [
        Attempt(past.networks.get(a.network, a.network), max(a.time - one.requested, 0.0), a.result)
        for a in one.attempts
    ]
    recording.final = one.figures
    recording.outcome = one.phase.value
    recording.facts = MigrationFacts(
        simulated=simulated,
        requested=one.requested,
        bandwidth=float(one.options.bandwidth) if one.options.bandwidth else None,
        downtime_limit=one.options.downtime_limit,
        line_rate=network.bandwidth * GOODPUT if network is not None and network.bandwidth else None,
        capabilities=capabilities_of(one.options),
        parameters=parameters_of(one.options),
        workload=known_workload(machine) if machine is not None else None,
        phases=past.phases,
        reason=one.reason,
        tuned=past.tuned,
        qemu=past.qemu,
        emulator=one.emulator,
    )
    return recording


def _utc(time: float) -> str:
    return in_utc(time).isoformat(timespec="milliseconds")


def _file_name(past: PastMigration, taken: set[str]) -> str:
    """Machine, way and time (UTC), free of what file systems do not take."""
    one = past.migration
    when = in_utc(one.requested).strftime("%Y%m%d-%H%M%S")
    plain = safe_file_name(f"{past.machine_name}-{one.source}-{one.destination}")
    name, number = f"{plain}-{when}", 2
    while name.casefold() in taken:
        name, number = f"{plain}-{when}-{number}", number + 1
    taken.add(name.casefold())
    return name


def _write(path: Path, text: str) -> Path:
    """Write a file as a whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
