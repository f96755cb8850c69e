"""One live migration: networks tried in order, memory passes, blackout, storage, network, clean-up.

The order of the phases is that of Microsoft's live-migration white paper. Until ``MigrationHandedOver`` the source
owns the machine, from then on the destination; there is no time between.

A node that loses its power or is frozen stops the migration where it stands. It ends when the connection breaks, or
when the cluster notices the loss, whichever is first: see ``node_lost``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.convergence import ConvergenceWatch, past_limit
from fcm.backend.embedded.moves.endings import (
    ANOTHER_NODE,
    destination_lost,
    memory_lost,
    owner_lost,
    source_lost,
    when,
)
from fcm.backend.embedded.moves.memory import works
from fcm.backend.steering import BY_HAND, GoalSteering, opened
from fcm.migration.constants import GOODPUT
from fcm.model import events as ev
from fcm.model.entities import AdapterState
from fcm.model.migrations import NetworkAttempt
from fcm.model.rules.failing.faults import answers, has_link, is_cut, reaches_disk, service_runs
from fcm.model.rules.networks import migration_order
from fcm.model.telemetry import FinalFigures, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.backend.embedded.moves.memory import Memory, Transfer
    from fcm.backend.embedded.storage.disks import Storage
    from fcm.backend.orders import OrderBook
    from fcm.model.entities import Adapter
    from fcm.model.migrations import Migration
    from fcm.model.telemetry import TelemetryRow

# Durations in s; all are assumptions of a quiet gigabit network and a healthy SAN.
CONNECT_TIME = 0.02
CONNECT_LIMIT = 1.0
"""Without an answer for that long the next network is tried."""
LOCAL_FAILURE_TIME = 0.005
"""To find out that the own adapter has failed."""
SKELETON_TIME = 0.3
"""The destination makes an empty machine..."""
ALLOCATION_RATE = 8e9
"""... and allocates its memory (bytes/s)."""
SILENCE_LIMIT = 3.0
"""Without data for that long a connection counts as broken."""
STORAGE_TIME = 0.03
NETWORK_TIME = 0.15
CLEANUP_TIME = 0.3
RESET = "0x80072746"
"""WSAECONNRESET: the connection was closed by the remote host."""


class LiveMigration:
    """The course of one live migration, from SETUP to its end."""

    def __init__(
        self,
        core: Core,
        storage: Storage,
        memory: Memory,
        identity: str,
        over: Callable[[str], None],
        book: OrderBook,
        machines: Machines,
    ) -> None:
        """``over`` is called with the migration's id once it has completed, failed or come to its time limit."""
        self._book = book
        self._machines = machines
        self._watch: ConvergenceWatch | None = None
        self._steering: GoalSteering | None = None
        self._post_copy_now = False
        self._limit: Timer | None = None
        self._core = core
        self._storage = storage
        self._memory = memory
        self._id = identity
        self._tell_over = over
        machine = core.state.machines[core.state.migrations[identity].machine]
        self._networks = list(migration_order(core.cluster, core.state.networks, machine))
        self._network: str | None = None
        self._connected = 0.0
        self._timer: Timer | None = None
        self._silence: Timer | None = None
        self._transfer: Transfer | None = None
        self._sent_before = 0
        """bytes of attempts that broke."""
        self._last: TelemetryRow | None = None
        self._stopped_at = 0.0
        self._downtime = 0.0
        self._figures: FinalFigures | None = None
        self._resumed = False
        """True once the machine runs at the destination."""
        self._held: Callable[[], None] | None = None
        """What came due while a node or the connection stood still."""
        self._broken = ""
        """How the destination stopped responding, in words without an end; "" where it was not the destination."""

    @property
    def _migration(self) -> Migration:
        return self._core.state.migrations[self._id]

    def begin(self) -> None:
        """Enter the first network attempt. What has ended with its node, unnoticed, cannot be moved."""
        ended = self._core.state.machines[self._migration.machine].ended
        if ended and answers(self._core.state, self._migration.source):
            self.machine_stopped()
            return
        limit = self._migration.options.time_limit
        if limit is not None:
            self._limit = self._core.kernel.after(limit, partial(self._past_limit, limit))
        self._try_next()

    def _over(self, identity: str) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._tell_over(identity)

    def _past_limit(self, limit: float) -> None:
        """Cancel it as long as the machine runs at the source; afterwards it is at its end by itself."""
        migration = self._migration
        if self._resumed or migration.phase not in (Phase.SETUP, Phase.BROWNOUT):
            return
        self.stop()
        self._core.emit(ev.MigrationCanceled(self._id, past_limit(limit, migration.source)))
        self._over(self._id)

    def stop(self) -> None:
        """Canceled: nothing more happens."""
        if self._limit is not None:
            self._limit.cancel()
        self._drop_connection()

    def _drop_connection(self) -> None:
        self._held = None
        for timer in (self._timer, self._silence):
            if timer is not None:
                timer.cancel()
        if self._transfer is not None:
            self._memory.stop(self._transfer)
            self._transfer = None

    def tuned(self, post_copy: bool) -> None:
        """A person changed the options, or switched to post-copy."""
        self._post_copy_now = self._post_copy_now or post_copy
        if self._steering is not None:
            self._steering.changed(self._migration.options)
            self._core.emit(self._steering.stop(BY_HAND))
            self._steering = None
        self._apply()

    def _apply(self) -> None:
        """Carry the options out as they are now."""
        options = self._migration.options
        if self._transfer is None:
            return
        self._memory.set_bandwidth(self._transfer, options.bandwidth)
        if options.downtime_limit is not None:
            self._memory.set_downtime_limit(self._transfer, options.downtime_limit)
        if self._watch is not None:
            self._watch.tuned(options)

    # networks

    def _try_next(self) -> None:
        if not self._networks:
            self._exhausted()
            return
        network = self._networks.pop(0)
        source, destination = self._ends(network)
        if source is None or destination is None:
            node = self._migration.source if source is None else self._migration.destination
            self._attempted(network, "", 0.0, f"{node} has no adapter on this network.")
            self._try_next()
            return
        if source.state is not AdapterState.UP or not has_link(self._core.state, source):
            what = "without a link" if source.state is AdapterState.UP else source.state.lower()
            delay, result = LOCAL_FAILURE_TIME, f"The adapter of {source.node} is {what}."
        elif not self._reachable(network):
            delay, result = CONNECT_LIMIT, f"No response from {destination.address} within {CONNECT_LIMIT:g} s."
        else:
            delay, result = self._core.vary(CONNECT_TIME, f"connect {self._id}"), ""
        address = destination.address
        self._later(delay, partial(self._answered, network, address, delay, result))

    def _answered(self, network: str, address: str, duration: float, failure: str) -> None:
        if not failure and not self._reachable(network):
            failure = f"The connection to {address} was lost."
        self._attempted(network, address, duration, failure)
        if failure:
            self._try_next()
            return
        self._network = network
        self._connected = self._core.kernel.now
        memory = self._core.state.machines[self._migration.machine].memory
        self._later(self._core.vary(SKELETON_TIME, self._id) + memory / ALLOCATION_RATE, self._copy)

    def _attempted(self, network: str, address: str, duration: float, failure: str) -> None:
        begun = self._core.kernel.now - duration
        result = failure or f"Connected to {address}, port 6600."
        attempt = NetworkAttempt(network, address, begun, duration, not failure, result)
        self._core.emit(ev.MigrationNetworkTried(self._id, attempt))

    def _exhausted(self) -> None:
        migration, state = self._migration, self._core.state
        name = state.machines[migration.machine].name
        stays = f"{name} is still running on {migration.source}."
        if self._broken:
            self._fail(f"{self._broken}, and does not respond on any other network. {stays}", ANOTHER_NODE)
            return
        tried = [
            f"{state.networks[attempt.network].name}: {attempt.result}"
            if attempt.network in state.networks
            else attempt.result
            for attempt in migration.attempts
            if not attempt.connected
        ]
        self._fail(
            f"The migration failed on every network. {stays} {' '.join(tried)}",
            "Repair an adapter, or select another network on the Network for live migration tab.",
        )

    def _ends(self, network: str) -> tuple[Adapter | None, Adapter | None]:
        migration, state = self._migration, self._core.state
        return state.adapter(migration.source, network), state.adapter(migration.destination, network)

    def _reachable(self, network: str) -> bool:
        """Whether packets pass between the two nodes on a network, whatever the cluster has noticed."""
        state, migration = self._core.state, self._migration
        if is_cut(state, migration.source, migration.destination):
            return False
        return all(end is not None and works(state, end) for end in self._ends(network))

    # what fails meanwhile

    def look(self) -> None:
        """After something has failed, or works again: stand still, go on, or give the connection up in a while."""
        if not self._stands_still():
            self._cancel_silence()
            held, self._held = self._held, None
            if held is not None:
                held()
        elif not self._can_break():
            self._cancel_silence()
        elif self._silence is None:
            self._silence = self._core.kernel.after(self._patience(), self._broke)

    def _stands_still(self) -> bool:
        """Whether the node that has to act next cannot, or nothing passes between the two."""
        migration, state = self._migration, self._core.state
        if migration.handed_over:
            return not answers(state, migration.destination)
        if not self._runs_at_source():
            return True
        if self._resumed:
            return not answers(state, migration.destination)
        return self._network is not None and not self._reachable(self._network)

    def _can_break(self) -> bool:
        """In post-copy there is no way back: the rest of the memory waits. A source that is gone gives nothing up."""
        migration = self._migration
        waits = self._resumed or migration.handed_over or self._network is None
        return not waits and self._runs_at_source()

    def _runs_at_source(self) -> bool:
        state, migration = self._core.state, self._migration
        machine = state.machines.get(migration.machine)
        return answers(state, migration.source) and (machine is None or not machine.ended)

    def _patience(self) -> float:
        """Seconds without data until the connection is broken; a guest in its blackout waits for the other side."""
        migration, state = self._migration, self._core.state
        silent = not answers(state, migration.destination) or is_cut(state, migration.source, migration.destination)
        if silent and migration.phase in (Phase.BLACKOUT, Phase.STORAGE):
            return self._core.figure("blackout_wait")
        return SILENCE_LIMIT

    def _cancel_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _broke(self) -> None:
        """Give this connection up and copy the memory again over the next network."""
        assert self._network is not None
        migration, state = self._migration, self._core.state
        network, self._network = self._network, None
        patience = self._patience()
        self._drop_connection()
        self._silence = None
        self._figures = None
        ends = [end for end in self._ends(network) if end is not None]
        if is_cut(state, migration.source, migration.destination) or not answers(state, migration.destination):
            self._broken = f"{migration.destination} stopped responding {self._moment()}"
            why = f"no data arrived from {migration.destination} for {patience:g} s."
        else:
            self._broken = ""
            failed = [end.node for end in ends if not works(state, end)] or [migration.source]
            why = f"the adapter of {failed[0]} failed, and no data arrived for {patience:g} s."
        duration = self._core.kernel.now - self._connected
        self._attempted(network, ends[-1].address if ends else "", duration, f"The connection failed: {why}")
        if not self._goes_on_at_source():
            return
        if migration.phase is not Phase.SETUP:
            self._core.emit(ev.MigrationPhaseEntered(self._id, Phase.SETUP))
        if self._last is not None:
            self._sent_before = self._last.sent
        self._try_next()

    def _moment(self) -> str:
        migration = self._migration
        return when(migration.phase, self._last, self._core.state.machines[migration.machine].memory)

    def _goes_on_at_source(self) -> bool:
        """A guest in its blackout runs on at the source, if that still reaches its files (21131 if not)."""
        migration, state = self._migration, self._core.state
        machine = state.machines[migration.machine]
        if migration.phase not in (Phase.BLACKOUT, Phase.STORAGE) or machine.disk is None:
            return True
        volume = state.shared_volumes.get(machine.disk)
        if reaches_disk(state, migration.source, machine.disk) or (
            volume is not None and reaches_disk(state, volume.owner, machine.disk)
        ):
            return True
        self._core.log("21131", migration.source, resource=f"Virtual Machine {machine.name}")
        reason = f"The migration failed {self._moment()}, and {machine.name} could not continue: "
        reason += f"{migration.source} no longer reaches its files."
        self._fail(reason, "Repair the path to the disk.")
        self._machines.fails(machine.id, f"{migration.source} no longer reaches the files of {machine.name}.")
        return False

    def node_lost(self, node: str) -> None:
        """The cluster has noticed that a node is gone; called before the cluster gives away what it owned."""
        migration = self._migration
        name = self._core.state.machines[migration.machine].name
        needs_source = not migration.handed_over or (self._resumed and self._figures is None)
        if node == migration.destination and migration.handed_over:
            self._fail(owner_lost(migration, name))
        elif self._resumed and self._figures is None and node in (migration.source, migration.destination):
            owner = migration.destination if migration.handed_over else migration.source
            self._fail(memory_lost(name, node), "The policies of its resource restart it.")
            if node != owner:
                self._machines.fails(migration.machine, memory_lost(name, node))
        elif node == migration.source and needs_source:
            reason = source_lost(migration, name, self._moment())
            if answers(self._core.state, migration.destination) and self._network is not None:
                self._core.log("incoming-aborted", migration.destination, machine=name, code=RESET, text=reason)
            self._fail(reason)
        elif node == migration.destination:
            self.look()
            if self._silence is None or migration.phase not in (Phase.BLACKOUT, Phase.STORAGE):
                reason = destination_lost(migration, name, self._moment())
                if self._goes_on_at_source():
                    self._fail(reason, ANOTHER_NODE)

    def machine_stopped(self) -> None:
        """The machine itself is gone: turned off, shut down inside, or ended with the cluster service of its node."""
        migration = self._migration
        machine = self._core.state.machines.get(migration.machine)
        if machine is None:
            return
        how = f"ended with the cluster service of {machine.node}" if machine.ended else f"is {machine.state.lower()}"
        self._fail(f"{machine.name} stopped {self._moment()}. It {how}.", "Migrate it again once it is online.")

    def _fail(self, reason: str, remedy: str = "") -> None:
        migration = self._migration
        self.stop()
        if answers(self._core.state, migration.source):
            name = self._core.state.moved_name(migration)
            self._core.log("21111", migration.source, resource=f"Virtual Machine {name}")
        self._core.emit(ev.MigrationFailed(self._id, reason, remedy))
        self._over(self._id)

    # memory

    def _copy(self) -> None:
        assert self._network is not None
        self._core.emit(ev.MigrationPhaseEntered(self._id, Phase.BROWNOUT))
        memory = self._core.state.machines[self._migration.machine].memory
        self._begin_steering(memory)
        self._watch = ConvergenceWatch(memory, self._migration.options)
        self._transfer = self._memory.begin(self._migration, self._network, self._row, self._blackout, self._arrived)

    def _begin_steering(self, memory: int) -> None:
        """Where it has goals: choose its options, once, and begin to see what they bring on this network."""
        assert self._network is not None
        capacity = self._core.state.networks[self._network].bandwidth * GOODPUT
        begun = opened(self._migration, memory, "", capacity)
        if begun is not None:
            self._core.emit(begun)
        if begun is not None or self._steering is not None:  # a person may have ended it
            self._steering = GoalSteering(self._migration, memory, "", capacity)

    def _steer(self, row: TelemetryRow) -> None:
        """Carry out the next step towards the goals, if there is one."""
        found = None if self._steering is None else self._steering.read(row)
        if found is None:
            return
        step, event = found
        self._core.emit(event)
        if not event.shadow and step.changes:
            self._post_copy_now = self._post_copy_now or step.post_copy
            self._apply()

    def _row(self, row: TelemetryRow) -> None:
        migration = self._migration
        assert self._transfer is not None
        assert self._transfer.began is not None
        since = self._transfer.began - (migration.started or 0.0)
        row = replace(row, time=row.time + since, sent=row.sent + self._sent_before, phase=migration.phase)
        self._last = row
        self._core.emit(ev.MigrationProgressed(self._id, row))
        if self._watch is not None and (endless := self._watch.read(row)) is not None:
            self._book.found_endless(self._id, *endless)
        self._steer(row)
        wanted = self._post_copy_now if migration.wanted.steered else migration.options.post_copy
        switches = wanted and migration.phase is Phase.BROWNOUT and row.pass_number > 1
        if switches and not self._stands_still():
            self._memory.start_post_copy(self._transfer)
            self._resumed = True
            self._blackout()
            self._later(STORAGE_TIME, self._storage_moves)

    def _blackout(self) -> None:
        if self._stands_still():
            return
        self._stopped_at = self._core.kernel.now
        self._core.emit(ev.MigrationPhaseEntered(self._id, Phase.BLACKOUT))

    def _arrived(self, figures: FinalFigures) -> None:
        if not self._migration.handed_over and self._stands_still():
            self._held = partial(self._arrived, figures)  # it was computed before something failed
            self.look()
            return
        self._figures = figures
        self._transfer = None
        if self._silence is not None:
            self._silence.cancel()
        if not self._resumed:
            self._downtime = figures.downtime
            self._storage_moves()
        elif self._migration.phase is Phase.NETWORK:
            self._clean_up()

    # the other side

    def _storage_moves(self) -> None:
        self._core.emit(ev.MigrationPhaseEntered(self._id, Phase.STORAGE))
        self._later(STORAGE_TIME, self._hand_over)

    def _hand_over(self) -> None:
        migration = self._migration
        machine = self._core.state.machines[migration.machine]
        if not service_runs(self._core.state, migration.destination):
            self._fail(destination_lost(migration, machine.name, self._moment()), ANOTHER_NODE)
            return
        if machine.disk is not None:
            self._storage.own(machine.disk, migration.destination)
        self._core.emit(ev.MigrationHandedOver(self._id))
        self._downtime = self._core.kernel.now - self._stopped_at if self._resumed else self._downtime + STORAGE_TIME
        self._core.emit(ev.MigrationPhaseEntered(self._id, Phase.NETWORK))
        if not self._resumed or self._figures is not None:
            self._later(NETWORK_TIME, self._clean_up)

    def _clean_up(self) -> None:
        self._core.emit(ev.MigrationPhaseEntered(self._id, Phase.CLEANUP))
        self._later(CLEANUP_TIME, self._complete)

    def _complete(self) -> None:
        assert self._figures is not None
        total = self._core.kernel.now - (self._migration.started or 0.0)
        sent = self._figures.bytes + self._sent_before
        figures = FinalFigures(total, self._downtime, sent, self._figures.passes)
        self._core.emit(ev.MigrationCompleted(self._id, figures))
        self._over(self._id)

    def _later(self, delay: float, action: Callable[[], None]) -> None:
        self._timer = self._core.kernel.after(delay, partial(self._due, action))

    def _due(self, action: Callable[[], None]) -> None:
        self._timer = None
        if self._stands_still():
            self._held = action
            self.look()
        else:
            action()
