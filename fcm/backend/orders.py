"""The order book: which live migrations may start now, which wait and why, and the drains made of them.

Every backend whose engine does not queue by itself keeps one, so that a request waits for the same reasons everywhere.
The rule: a node takes part in at most so many live migrations at once (Windows Server 2008 R2: one, Hyper-V Live
Migration FAQ). A request whose nodes are free starts at once, also past older ones that wait for other nodes. No one
waits forever: once a request was passed MOST_PASSED times by younger ones on its nodes, they are kept free for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import NodeState
from fcm.model.migrations import Migration, MigrationKind
from fcm.model.rules.allowed import allowed
from fcm.model.rules.machines import cancellable
from fcm.model.rules.moving.drains import drain_of, drains_held_up, drains_to_end, moves_back
from fcm.model.rules.moving.preflight_checks import migration_checks, queue_reason
from fcm.model.rules.verdict import no, together
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from fcm.model.state import State

MOST_PASSED = 3
"""Younger requests that may start on the nodes of one that waits, before these nodes are kept free for it."""

_REQUEST_AGAIN = "Request the migration again."


class Carrier(Protocol):
    """The backend that carries out what the book starts. All calls come in the turn of the backend itself."""

    @property
    def state(self) -> State:
        """How the cluster is now; ``tell`` changes it before it returns."""

    @property
    def facts_are_final(self) -> bool:
        """Whether a machine that is gone and a node that is down are so for good.

        If not (hosts answer late and come back), what waits is judged when its turn comes.
        """

    def now(self) -> float:
        """Seconds since the epoch on the cluster's clock."""

    def tell(self, *events: ev.Event) -> None:
        """Facts: written down and applied."""

    def begin(self, migration: str) -> None:
        """Start a live migration that may go; it may be over before this returns."""

    def stop(self, migration: str) -> None:
        """Cancel a live migration that runs, and tell of it; its time limit is the run's own affair."""

    def pause(self, node: str) -> None:
        """Mark the node as paused, and tell of it if it was not."""

    def resume(self, command: cmd.ResumeNode) -> None:
        """End the pause of the node, and tell of it."""


def new_identity(state: State) -> str:
    """A name for the next migration that no other has in this history."""
    number = len(state.migrations) + 1
    while (identity := f"migration-{number}") in state.migrations:
        number += 1  # there are journals in which these numbers were counted otherwise
    return identity


class OrderBook:
    """Requests for live migrations in their order."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._passed: Counter[str] = Counter()
        """Waiting migration -> younger ones that have started on one of its nodes."""

    # Requests

    def request(self, command: cmd.LiveMigrate, drain: str | None = None) -> None:
        """Start a live migration that the rules allow, or let it wait with its reason.

        Args:
            command: the request.
            drain: the drain to which it belongs.
        """
        state = self._carrier.state
        machine = state.machines[command.machine]
        migration = Migration(
            id=new_identity(state),
            kind=MigrationKind.LIVE,
            machine=machine.id,
            source=machine.node,
            destination=command.destination,
            options=state.migration_options(command.options),
            phase=Phase.SETUP,
            requested=self._carrier.now(),
            drain=drain,
        )
        taken = self._taken()
        for older in self._waiting():
            self._reserve(older, taken)
        if self._must_wait(migration, taken):
            reason = queue_reason(state, migration.source, migration.destination)
            self._carrier.tell(ev.MigrationRequested(replace(migration, phase=Phase.WAITING, reason=reason)))
            return
        self._carrier.tell(ev.MigrationRequested(replace(migration, started=migration.requested)))
        self._begin(migration)

    def cancel(self, migration: str) -> None:
        """End a live migration that waits or runs; the machine stays where it is."""
        if self._carrier.state.migrations[migration].phase is Phase.WAITING:
            self._passed.pop(migration, None)
            self._carrier.tell(ev.MigrationCanceled(migration))
        else:
            self._carrier.stop(migration)

    def cancel_all(self, node: str | None) -> None:
        """Those of a node (None: all) that can be canceled; those that wait first, so that none of them starts."""
        found = cancellable(self._carrier.state, node)
        for migration in sorted(found, key=lambda one: one.phase is not Phase.WAITING):
            self.cancel(migration.id)

    def look(self) -> None:
        """Start what can start, tell others why they wait, end what cannot come about any more.

        To be called after everything that may change that: the end of a migration, another limit, a node that left.
        """
        taken = self._taken()
        for identity in [one.id for one in self._waiting()]:
            migration = self._carrier.state.migrations[identity]
            if migration.phase is not Phase.WAITING:
                continue  # the end of one that began here has changed it
            lost, waits = self._lost(migration), self._must_wait(migration, taken)
            if lost is not None and (self._carrier.facts_are_final or not waits):
                self._fail(identity, *lost)
            elif waits:
                self._reserve(migration, taken)
                reason = queue_reason(self._carrier.state, migration.source, migration.destination)
                if reason != migration.reason:
                    self._carrier.tell(ev.MigrationWaited(identity, reason))
            else:
                self._start(migration)
                taken = self._taken()
                for older in self._waiting(before=identity):
                    self._reserve(older, taken)
        self.tell_ended_drains()

    # Drains

    def drain(self, command: cmd.DrainNode) -> None:
        """Pause the node and request all moves, in their order."""
        drain = drain_of(command, self._carrier.state, self._carrier.now())
        self._carrier.tell(ev.NodeDrainBegun(drain))
        self._carrier.pause(command.node)
        for move in drain.moves:
            self.request(cmd.LiveMigrate(move.machine, move.destination, command.options), drain.id)
        self._carrier.tell(*drains_held_up(self._carrier.state))
        self.tell_ended_drains()

    def resume(self, command: cmd.ResumeNode) -> None:
        """End the pause; with failback, request the way back of what the last drain took away."""
        back = moves_back(self._carrier.state, command.node) if command.failback else ()
        self._carrier.resume(command)
        for move in back:
            verdict = allowed(move, self._carrier.state)
            if verdict:
                self.request(move)
            else:
                self._carrier.tell(ev.BackendReported("warning", verdict.reason, verdict.remedy))

    def tell_ended_drains(self) -> None:
        """Say which drains are over."""
        self._carrier.tell(*drains_to_end(self._carrier.state))

    def found_endless(self, migration: str, reason: str, remedy: str) -> None:
        """Say once that a running migration does not end by itself, and which drains that holds up."""
        known = self._carrier.state.migrations.get(migration)
        if known is None or known.endless or known.phase.is_over:
            return
        self._carrier.tell(ev.MigrationFoundEndless(migration, reason, remedy))
        self._carrier.tell(*drains_held_up(self._carrier.state))

    # Who may go

    def _waiting(self, before: str | None = None) -> list[Migration]:
        """Oldest first; only those that are older than ``before``."""
        found = []
        for one in self._carrier.state.active_migrations():
            if one.id == before:
                break
            if one.phase is Phase.WAITING:
                found.append(one)
        return found

    def _taken(self) -> Counter[str]:
        """Node -> live migrations in which it takes part."""
        taken: Counter[str] = Counter()
        for one in self._carrier.state.running_migrations():
            if one.kind is MigrationKind.LIVE:
                taken.update((one.source, one.destination))
        return taken

    def _reserve(self, older: Migration, taken: Counter[str]) -> None:
        """Keep the nodes of a request free that was passed often enough."""
        if self._passed[older.id] >= MOST_PASSED:
            taken.update((older.source, older.destination))

    def _must_wait(self, migration: Migration, taken: Counter[str]) -> bool:
        cluster = self._carrier.state.cluster
        assert cluster is not None
        limit = cluster.concurrent_migrations
        return taken[migration.source] >= limit or taken[migration.destination] >= limit

    def _start(self, migration: Migration) -> None:
        """Of one that waited: what is asked of every migration is asked again."""
        machine = self._carrier.state.machines[migration.machine]
        checks = migration_checks(self._carrier.state, machine, migration.destination)
        verdict = together(no(check.text, check.remedy) for check in checks if check.level == "fail")
        if not verdict:
            self._fail(migration.id, verdict.reason, verdict.remedy)
            return
        self._carrier.tell(ev.MigrationPhaseEntered(migration.id, Phase.SETUP))
        self._begin(migration)

    def _begin(self, migration: Migration) -> None:
        self._passed.pop(migration.id, None)
        ends = {migration.source, migration.destination}
        for older in self._waiting(before=migration.id):
            if ends & {older.source, older.destination}:
                self._passed[older.id] += 1
        self._carrier.begin(migration.id)

    def _fail(self, migration: str, reason: str, remedy: str) -> None:
        self._passed.pop(migration, None)
        self._carrier.tell(ev.MigrationFailed(migration, reason, remedy))

    def _lost(self, migration: Migration) -> tuple[str, str] | None:
        """Why a waiting migration cannot come about any more, with the remedy."""
        state = self._carrier.state
        machine = state.machines.get(migration.machine)
        if machine is None or not machine.is_highly_available:
            return "The virtual machine was removed from the cluster while the migration was waiting.", _REQUEST_AGAIN
        if machine.node != migration.source:
            return f"{machine.name} moved to {machine.node} while the migration was waiting.", _REQUEST_AGAIN
        node = state.nodes.get(migration.destination)
        if node is None or node.state is NodeState.DOWN:
            what = "was removed from the cluster" if node is None else "went down"
            return f"{migration.destination} {what} while the migration was waiting.", "Choose another node."
        return None
