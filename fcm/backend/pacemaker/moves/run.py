"""One live migration by Pacemaker: ordered as a preference for its destination, followed by libvirt's job.

Pacemaker's agent carries it out on the source, also when fcm is closed. Curve, tuning and time limit are those of
``fcm.backend.libvirt.moves.migration``; how it ended is decided by where the machine runs. Whatever comes of it, the
preference is taken back, and a failure is forgotten once the machine is known to run at its source alone: a machine
that stays blocked is not restarted when its QEMU ends (measured).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from fcm.backend.libvirt.moves.migration import MigrationRun
from fcm.backend.libvirt.moves.outcome import Whereabouts, final_figures, is_migrating, whereabouts
from fcm.backend.libvirt.moves.runs import capacity_of, networks_of
from fcm.backend.pacemaker.mapping import MOVING, resource_of
from fcm.backend.pacemaker.moves.attempts import CANCELED, attempts_of, cancel_attribute, move_attribute
from fcm.backend.pacemaker.moves.forgetting import forget
from fcm.backend.pacemaker.moves.options import begin_lines, end_lines, values_of
from fcm.backend.pacemaker.rehearsal.changes import Lines
from fcm.backend.pacemaker.rehearsal.scheduler import ActionKind, ask_scheduler, restarted_by, stopped_by
from fcm.backend.pacemaker.remote import lines
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.mistakes import SentenceError
from fcm.model import events as ev
from fcm.model.rules.verdict import OK, Verdict, no, some

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.moves.attempts import Attempt
    from fcm.backend.pacemaker.rehearsal.scheduler import Plan
    from fcm.backend.pacemaker.status import ClusterStatus, OperationStatus, ResourceStatus
    from fcm.model.migrations import Migration

BEGIN_LIMIT = 60.0
"""s in which Pacemaker must have begun what was ordered; under load it does one thing after the other."""
LOOK_EVERY = 0.5
"""s between two looks at the cluster while it moves a machine."""
STATUS_LIMIT = 20.0
"""s that one status may take, with a node that is replaced by another."""
SETTLE_LIMIT = 60.0
"""s that the cluster may take to see where the machine is, once its transfer is over."""
ORDER_LIMIT = 30.0
"""s that commands of Pacemaker may take."""


class PacemakerRun(MigrationRun):
    """A live migration by Pacemaker; see ``fcm.backend.libvirt.moves.runs.Run``."""

    def __init__(self, context: Context, migration: Migration) -> None:
        """Nothing begins before ``start`` or ``follow``; under the lock of the hosts."""
        hosts = context.hosts
        machine = hosts.state.machines.get(migration.machine)
        super().__init__(
            migration,
            hosts.connections[migration.source],
            hosts.connections[migration.destination],
            networks_of(hosts.state, migration),
            context.runs,
            unsafe=hosts.file.same_file_system,
            qemu=hosts.state.nodes[migration.source].version,
            memory=machine.memory if machine else 0,
            capacity=capacity_of(hosts.state, migration),
        )
        self._context = context
        self._names = {network.id: network.name for network in hosts.state.networks.values()}
        self._machine = machine.name if machine else migration.name or migration.machine
        self._resource = ""
        """Id of its resource, once it is known."""
        self._ours = False
        """Whether fcm has ordered it: what was set for it bears a mark. All else is not taken back here."""
        self._begun = False
        """Whether Pacemaker was seen at work on it."""
        self._lost = False
        """Whether the source was lost on the way: what runs then was started anew."""
        self._failed = False
        self._reason = ""
        self._attempts: tuple[Attempt, ...] = ()
        self._poller: threading.Thread | None = None
        self._late: tuple[float | None, int | None] = (None, None)
        """Downtime limit and bandwidth that were asked for before the agent had begun, which begins with its own."""

    # Begin

    def _try_networks(self) -> None:
        """Order it, then follow it."""
        self._domain = self._source.domain(self.migration.machine)
        obstacle = self._obstacle()
        if obstacle:
            self.migration = self._steering.open(self.migration)
            obstacle = self._said(self._order)
        if not obstacle:
            if self._resource:
                self._said(self._tidy)
            self._end_at(whereabouts(self._source, self._destination, self.migration.machine), obstacle)
            return
        self._carry()

    def _follow(self) -> None:
        """One that Pacemaker began by itself, or that an earlier session of fcm ordered."""
        with_domain = self._said(self._find)
        if not with_domain:
            self._end_at(whereabouts(self._source, self._destination, self.migration.machine), with_domain)
            return
        self._begun = True
        self._carry()

    def _find(self) -> Verdict:
        status = self._status()
        resource = resource_of(status, self.migration.machine)
        if resource is None:
            return no(f"Pacemaker does not manage {self._machine}.", "Refresh the view (F5).")
        self._resource, self._ours = resource.id, MOVING in resource.meta
        try:
            self._domain = self._source.domain(self.migration.machine)
        except self._libvirt.libvirtError:
            self._domain = None  # a source that does not respond has no job to watch
        return OK

    def _order(self) -> Verdict:
        status = self._status()
        resource = resource_of(status, self.migration.machine)
        if resource is None:
            return no(f"Pacemaker does not manage {self._machine}.", "Make it highly available first.")
        if resource.blocked or resource.failed:
            return no(f"{self._machine} is blocked after a failure.", "Use Clear and keep running first.")
        if not resource.managed:
            return no(f"Pacemaker takes no action on {self._machine}: it is not managed, or its node is paused.")
        if resource.role != "Started" or resource.nodes != (self.migration.source,) or resource.pending:
            text = (
                f"According to Pacemaker, {self._machine} is {resource.role.lower()}, not running on "
                f"{self.migration.source}."
            )
            return no(text, "Wait until it is running there.")
        options = self.migration.options
        speed = None if options.bandwidth is None else self._speed(options.bandwidth)
        values = values_of(options, speed, self._destination.host.tls_name)
        ordered = begin_lines(resource.id, self.migration.destination, values)
        shell = self._context.shell()
        verdict = self._judge(resource, ask_scheduler(shell, (Lines(lines.script(ordered)),)))
        if not verdict or self._canceled.is_set():
            return verdict
        source = self.migration.source
        fresh = [
            lines.set_private(source, move_attribute(resource.id), ""),
            lines.set_private(source, cancel_attribute(resource.id), "0"),
        ]
        self._resource, self._ours = resource.id, True
        self._source.forget_completed(self.migration.machine)
        try:
            answer = shell.run(lines.script([*fresh, lines.at_once(ordered)]), limit=ORDER_LIMIT)
        except NodeUnreachableError:
            return OK  # it may have got there all the same: what comes of it is looked at
        if answer.code:
            said = (answer.errors.strip().splitlines() or ["no reason was given"])[-1].rstrip(".")
            return no(f"Pacemaker rejected the request: {said}.")
        return OK

    def _judge(self, resource: ResourceStatus, plan: Plan) -> Verdict:
        """Whether Pacemaker would do just this: live migrate this machine there, and harm no other."""
        destination, action = self.migration.destination, plan.action_of(resource.id)
        if action is None:
            return no(
                f"Pacemaker would leave {self._machine} where it is.",
                f"Check that {destination} has room for it, is not paused, and is a possible owner.",
            )
        if action.kind is not ActionKind.MIGRATE or action.destination != destination:
            where = f" and start it on {action.destination}" if action.destination else ""
            return no(f"Pacemaker would not live migrate {self._machine}, but stop it{where}.", "Check its resource.")
        harmed = [one.resource for one in stopped_by(plan)] + [one.resource for one in restarted_by(plan)]
        harmed = [one for one in harmed if one != resource.id]
        if harmed:
            return no(
                f"Pacemaker would stop {some(tuple(dict.fromkeys(harmed)), 12)} to make room for {self._machine} on "
                f"{destination}.",
                "Choose another node.",
            )
        return OK

    # On the way

    def _carry(self) -> None:
        """Until Pacemaker has done with it."""
        limit = time.monotonic() + BEGIN_LIMIT
        self._watch_job()
        try:
            while not self._left.wait(LOOK_EVERY):
                try:
                    status = self._status()
                except SentenceError as error:
                    if not self._context.closing.is_set() and time.monotonic() > limit:
                        self._reason = str(error)
                        break
                    continue
                self._tell_attempts(status)
                self._tune_late()
                if self._is_over(status):
                    break
                if self._begun:
                    limit = time.monotonic() + SETTLE_LIMIT
                    if self._canceled.is_set():
                        self._said(self._flag)  # the agent takes an older flag away when it begins
                elif time.monotonic() > limit:
                    self._failed, self._reason = True, f"Pacemaker did not start the migration within {BEGIN_LIMIT:g} s"
                    break
        finally:
            self._end_watching()
        if not self._left.is_set():
            self._finish()

    def _is_over(self, status: ClusterStatus) -> bool:
        source, destination = self.migration.source, self.migration.destination
        node = status.node(source)
        if node is None or not node.online:
            self._lost = not any(one.what == "done" for one in self._attempts)
            return True
        resource = status.resource(self._resource)
        if resource is None:
            self._reason = f"Pacemaker no longer manages {self._machine}"
            return True
        failure = self._failed_operation(status)
        if resource.blocked or (resource.failed and failure is not None):
            self._failed = True
            last = next((one.why for one in reversed(self._attempts) if one.what == "failed"), "")
            self._reason = last or (failure.reason if failure else "") or "the agent of Pacemaker gave no reason"
            return True
        if self._is_moving(status, resource):
            self._begun = True
            return False
        if resource.role != "Started" or len(resource.nodes) != 1:
            return False
        if resource.nodes == (destination,):
            return True
        if self._begun:  # back at the source, without a failure that is kept
            self._failed = True
            return True
        return False

    def _is_moving(self, status: ClusterStatus, resource: ResourceStatus) -> bool:
        pending = (op for op in status.operations if op.resource == resource.id and op.pending)
        return bool(resource.pending) or any(op.name in ("migrate_to", "migrate_from", "stop") for op in pending)

    def _failed_operation(self, status: ClusterStatus) -> OperationStatus | None:
        return next(
            (
                op
                for op in status.operations
                if op.resource == self._resource
                and op.name in ("migrate_to", "migrate_from")
                and not op.pending
                and op.code != 0
            ),
            None,
        )

    def _tell_attempts(self, status: ClusterStatus) -> None:
        text = status.moves.get(move_attribute(self._resource), {}).get(self.migration.source, "")
        attempts = attempts_of(text)
        if len(attempts) < len(self._attempts):
            return  # the source is gone, or the agent begins anew
        for one in attempts[len(self._attempts) :]:
            self._tell_attempt(one)
        self._attempts = attempts

    def _tell_attempt(self, one: Attempt) -> None:
        name = self._names.get(one.network, one.network)
        self._begun = True
        match one.what:
            case "begins":
                if any(earlier.what == "failed" for earlier in self._attempts):
                    self._end_watching()
                    self._watch_job()
                self._tried(one.network, one.address, 0.0, True, f"{name}: connected")
            case "no-answer":
                self._tried(one.network, one.address, 0.0, False, f"{name}: no answer")
            case "failed" if one.why != CANCELED:
                self._tried(one.network, one.address, one.seconds, False, f"{name}: {one.why}")

    def _watch_job(self) -> None:
        if self._domain is None:
            return
        self._call_over = threading.Event()
        self._poller = threading.Thread(target=self._poll, name=f"telemetry-{self.migration.id}", daemon=True)
        self._poller.start()

    def _end_watching(self) -> None:
        self._call_over.set()
        if self._poller is not None:
            self._poller.join()
            self._poller = None

    def _give_network_up(self) -> None:
        """The agent does, and takes the next network."""

    # Tune

    def tune(self, downtime_limit: float | None, bandwidth: int | None, post_copy: bool) -> None:
        """See fcm.backend.libvirt.runs.Run; what comes before the agent has begun is done again once it has."""
        domain = self._domain
        if domain is not None and not is_migrating(domain):
            earlier = self._late
            self._late = (
                earlier[0] if downtime_limit is None else downtime_limit,
                earlier[1] if bandwidth is None else bandwidth,
            )
        super().tune(downtime_limit, bandwidth, post_copy)

    def _tune_late(self) -> None:
        if self._late == (None, None) or self._domain is None:
            return
        try:
            if is_migrating(self._domain):
                (downtime, bandwidth), self._late = self._late, (None, None)
                self._change(downtime, bandwidth, post_copy=False)
        except self._libvirt.libvirtError as error:
            text = f"The options of the migration of {self._machine} were not changed: {error}."
            self._reporter.post(ev.BackendReported("warning", text, "Change them again."))

    # Cancel

    def cancel(self) -> None:
        """Ask for the end; the machine stays at the source. Returns at once."""
        self._canceled.set()
        threading.Thread(target=self._cancel, name=f"cancel-{self.migration.id}", daemon=True).start()

    def _cancel(self) -> None:
        """The flag first: a job that is broken off without it makes the agent take the next network (measured)."""
        flagged = self._said(self._flag)
        if not flagged:
            text = f"The migration cannot be canceled yet: {flagged.sentence()}"
            self._reporter.post(ev.BackendReported("warning", text))
            return
        try:
            moves = self._domain is not None and is_migrating(self._domain)
        except self._libvirt.libvirtError:
            return
        if moves:
            self._abort()

    def _flag(self) -> Verdict:
        if not self._resource:
            return OK  # nothing was ordered yet, and nothing will be
        # What was ordered is not taken back, although nothing may have begun: Pacemaker restarts a machine whose
        # preference goes while it is on its way (seen). It begins, and is broken off by this flag.
        words = lines.set_private(self.migration.source, cancel_attribute(self._resource), "1")
        self._context.shell().run(words, limit=ORDER_LIMIT)
        return OK

    # End

    def _finish(self) -> None:
        """Take the preference back first, else what failed begins again at once; then see where the machine is."""
        tidied = self._said(self._withdraw) if self._ours else OK
        seen = whereabouts(self._source, self._destination, self.migration.machine)
        if self._ours and tidied and not self._failed:
            tidied = self._said(self._tidy)
        elif self._ours and tidied and seen.node == self.migration.source and not self._lost:
            tidied = self._said(self._forget)
        elif self._failed and not self._ours:  # it would begin again at once, and fail again
            tidied = no("Pacemaker started this live migration by itself")
        if not tidied:
            text = f"{self._machine} may still be blocked: {tidied.reason.rstrip('.')}."
            self._reporter.post(ev.BackendReported("warning", text, "Use Clear and keep running."))
        self._end_at(seen, no(self._reason) if self._reason else OK)

    def _withdraw(self) -> Verdict:
        if not self._lost:
            status = self._status()
            resource = status.resource(self._resource)
            if resource is not None and self._is_moving(status, resource):
                return no("Pacemaker is still moving it, and would restart it without what was set for this move")
        answer = self._context.shell().run(lines.clear(self._resource), limit=ORDER_LIMIT)
        return OK if answer.code == 0 else no(answer.errors.strip() or "its preference could not be removed")

    def _tidy(self) -> Verdict:
        """Take back everything that was set for this move."""
        each = "\n".join(f"{one} || failed=1" for one in end_lines(self._resource))
        answer = self._context.shell().run(f'failed=\n{each}\n[ -z "$failed" ]', limit=ORDER_LIMIT)
        return OK if answer.code == 0 else no(answer.errors.strip() or "what was set for the move is still set")

    def _forget(self) -> Verdict:
        """Forget the failure of a machine that is known to run at its source alone."""
        source, resource = self.migration.source, self._resource
        self._context.shell().run(lines.set_private(source, cancel_attribute(resource), "0"), limit=ORDER_LIMIT)
        forget(self._context, resource, source)
        return OK

    def _end_at(self, seen: Whereabouts, said: Verdict) -> None:
        if self._left.is_set():
            return
        if self._lost:
            source = self.migration.source
            reason = f"{source} was lost during the migration."
            remedy = f"Pacemaker starts {self._machine} elsewhere as soon as {source} is known to be off."
            self._reporter.post(ev.MigrationFailed(self.migration.id, reason, remedy))
            return
        if seen.node == self.migration.destination and not self._arrived_live():
            reason = f"{self._machine} was restarted on {seen.node} instead of being live migrated."
            remedy = "See pacemaker.log on both nodes."
            self._reporter.post(ev.MigrationFailed(self.migration.id, reason, remedy))
            return
        reason = said.reason
        if reason == CANCELED and not self._canceled.is_set():
            reason = "It was canceled by another program"
        self._reporter.post(*self._ending(seen, reason.rstrip("."), said.remedy))

    def _arrived_live(self) -> bool:
        """Whether the agent or libvirt says that it came by live migration."""
        if any(one.what == "done" for one in self._attempts):
            return True
        return final_figures(self._source, self._destination, self.migration.machine)[1] is not None

    # The cluster

    def _status(self) -> ClusterStatus:
        """The cluster as it is from now on; blocks. Raises StatusError."""
        found: list[ClusterStatus] = []

        def keep(status: ClusterStatus) -> bool:
            found.append(status)
            return True

        if not self._context.wait_for(keep, STATUS_LIMIT):
            raise StatusError(f"No node has answered for the cluster for {STATUS_LIMIT:g} s.")
        return found[-1]

    def _said(self, call: Callable[[], Verdict]) -> Verdict:
        try:
            return call()
        except (NodeUnreachableError, SentenceError) as error:
            return no(str(error))


class StatusError(SentenceError):
    """The cluster does not say how it is."""
