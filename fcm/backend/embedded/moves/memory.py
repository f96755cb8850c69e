"""Memory of machines on its way from node to node: the migration engine, driven by the cluster's virtual time.

The engine advances all migrations by windows of 100 ms. A window is computed at its beginning; what it brings is
told at the virtual times at which it happens, so that blackouts shorter than a window keep their length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.machines.workloads import workload_of
from fcm.migration.constants import GOODPUT
from fcm.migration.engine.specification import Capability, specification_of
from fcm.model.entities import AdapterState
from fcm.model.rules.failing.access import redirected_load
from fcm.model.rules.failing.faults import answers, has_link, is_cut
from fcm.model.rules.moving.transfer_options import no_simulation
from fcm.model.rules.verdict import Verdict, no
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.migration.engine.engine import Engine
    from fcm.model.entities import Adapter
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.state import State
    from fcm.model.telemetry import FinalFigures, TelemetryRow


NOTHING = 0.5
"""bytes/s: what a connection carries that carries nothing."""
_LINKED = (AdapterState.UP, AdapterState.UNREACHABLE)


def works(state: State, adapter: Adapter) -> bool:
    """Whether an adapter carries anything now, whatever the cluster has noticed of it."""
    return adapter.state in _LINKED and has_link(state, adapter) and answers(state, adapter.node)


def options_verdict(options: MigrationOptions) -> Verdict:
    """Whether the migration engine can do what the options ask for: not encryption, nor what it has no model of.

    Auto-converge, post-copy, XBZRLE and parallel connections have models in fcm/migration; that each connection has a
    sending thread of its own, as QEMU's multifd, is assumed to multiply what the source can send.
    """
    if options.tls:
        return no(
            "An embedded cluster has no certificates and does not simulate encryption, so TLS has no effect.",
            "Turn TLS off. Between real hosts, it encrypts the transfer.",
        )
    return no_simulation(options)


@dataclass
class Transfer:
    """The memory of one machine under way."""

    migration: str
    handle: int
    on_row: Callable[[TelemetryRow], None]
    """At the end of every window; times since the transfer began."""
    on_blackout: Callable[[], None]
    on_arrived: Callable[[FinalFigures], None]
    began: float | None = None
    """Virtual time (s since the epoch) of its first window."""
    black: bool = False
    ends: tuple[str, str] = ("", "")
    """Source and destination."""
    limit: float = math.inf
    """bytes/s at most."""
    cut: bool = False
    """True while a simulated isolation lies between the two."""
    ending: list[Timer] = field(default_factory=list)


class Memory:
    """All transfers of the cluster."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._transfers: dict[int, Transfer] = {}
        self._window: Timer | None = None
        self._links: dict[tuple[str, str], tuple[float, float]] = {}
        """(Node, network) -> bytes/s that it carries each way, and those that redirected I/O wants of them."""

    @cached_property
    def _engine(self) -> Engine:
        """Made for the first transfer: it needs numpy, and a cluster that is only looked at does without."""
        from fcm.migration.engine.engine import Engine

        return Engine(self._core.seed)

    def begin(
        self,
        migration: Migration,
        network: str,
        on_row: Callable[[TelemetryRow], None],
        on_blackout: Callable[[], None],
        on_arrived: Callable[[FinalFigures], None],
    ) -> Transfer:
        """Start to copy a machine's memory over a network."""
        machine = self._core.state.machines[migration.machine]
        spec = specification_of(migration.options, machine.memory, workload_of(machine))
        # Post-copy can be started at any time.
        able = spec.capabilities | {Capability.POSTCOPY}
        handle = self._engine.add(replace(spec, capabilities=able, links=self._path(migration, network)))
        ends = (migration.source, migration.destination)
        limit = float(migration.options.bandwidth or math.inf)
        transfer = Transfer(migration.id, handle, on_row, on_blackout, on_arrived, ends=ends, limit=limit)
        self._transfers[handle] = transfer
        self._look_at_cut(transfer)
        if self._window is None:
            self._step()
        return transfer

    def stop(self, transfer: Transfer) -> None:
        """Remove a transfer; no more events of it are posted. No effect after it has completed."""
        if self._transfers.pop(transfer.handle, None) is None:
            return
        if transfer.handle in self._engine:
            self._engine.cancel(transfer.handle)
        for timer in transfer.ending:
            timer.cancel()
        if not self._transfers and self._window is not None:
            self._window.cancel()
            self._window = None

    def look_at_links(self) -> None:
        """Links carry nothing while an adapter at their end has no link, or while a node at their end stands still.

        Redirected I/O of volumes shares them.
        """
        load = redirected_load(self._core.state) if self._links else {}
        for (node, network), known in self._links.items():
            wanted = (self._capacity_of(node, network), load.get((node, network), 0.0))
            if wanted != known:
                self._set_link(node, network, *wanted)
        for transfer in self._transfers.values():
            self._look_at_cut(transfer)

    def _look_at_cut(self, transfer: Transfer) -> None:
        cut = is_cut(self._core.state, *transfer.ends)
        if cut is not transfer.cut and transfer.handle in self._engine:
            transfer.cut = cut
            self._engine.set_bandwidth(transfer.handle, NOTHING if cut else transfer.limit)

    def set_bandwidth(self, transfer: Transfer, limit: int | None) -> None:
        """Maximum bytes/s; None: no limit."""
        transfer.limit = float(limit or math.inf)
        if transfer.handle in self._engine and not transfer.cut:
            self._engine.set_bandwidth(transfer.handle, transfer.limit)

    def set_downtime_limit(self, transfer: Transfer, seconds: float) -> None:
        """Maximum blackout, in seconds."""
        if transfer.handle in self._engine:
            self._engine.set_downtime_limit(transfer.handle, seconds)

    def start_post_copy(self, transfer: Transfer) -> None:
        """The guest goes on at the destination; the rest of its memory follows."""
        self._engine.start_postcopy(transfer.handle)
        transfer.black = True

    def _path(self, migration: Migration, network: str) -> tuple[str, ...]:
        load = redirected_load(self._core.state)
        for node in (migration.source, migration.destination):
            self._set_link(node, network, self._capacity_of(node, network), load.get((node, network), 0.0))
        return (f"{migration.source}/{network}/out", f"{migration.destination}/{network}/in")

    def _capacity_of(self, node: str, network: str) -> float:
        adapter = self._core.state.adapter(node, network)
        if adapter is None or not works(self._core.state, adapter):
            return 0.0
        return self._core.state.networks[network].bandwidth * GOODPUT

    def _set_link(self, node: str, network: str, capacity: float, other: float) -> None:
        self._links[node, network] = (capacity, other)
        for way in ("out", "in"):
            self._engine.set_link(f"{node}/{network}/{way}", capacity, min(other, capacity))

    def _step(self) -> None:
        from fcm.migration.engine.engine import WINDOW

        begin = self._core.kernel.now
        for transfer in self._transfers.values():
            if transfer.began is None:
                transfer.began = begin
        step = self._engine.step()
        for handle, figures in step.finished.items():
            self._end(self._transfers[handle], figures, step.rows[handle])
        rows = {handle: row for handle, row in step.rows.items() if handle not in step.finished}
        self._window = self._core.kernel.at(begin + WINDOW, partial(self._tell, rows))

    def _tell(self, rows: dict[int, TelemetryRow]) -> None:
        self._window = None
        for handle, row in rows.items():
            transfer = self._transfers.get(handle)
            if transfer is None:
                continue
            if row.phase is Phase.BLACKOUT and not transfer.black:
                transfer.black = True
                transfer.on_blackout()
            transfer.on_row(replace(row, rate=row.rate if row.rate >= 1.0 else 0.0))
        if any(handle in self._engine for handle in self._transfers) and self._window is None:
            self._step()

    def _end(self, transfer: Transfer, figures: FinalFigures, row: TelemetryRow) -> None:
        """Plan the end of a transfer, which is within the window that begins now."""
        assert transfer.began is not None
        end = transfer.began + figures.total
        if not transfer.black:
            transfer.black = True
            transfer.ending.append(self._core.kernel.at(end - figures.downtime, transfer.on_blackout))
        arrived = partial(self._arrived, transfer, figures, row)
        transfer.ending.append(self._core.kernel.at(end, arrived))

    def _arrived(self, transfer: Transfer, figures: FinalFigures, row: TelemetryRow) -> None:
        transfer.on_row(replace(row, time=figures.total, phase=Phase.BLACKOUT, remaining=0))
        self._transfers.pop(transfer.handle, None)
        transfer.on_arrived(figures)
