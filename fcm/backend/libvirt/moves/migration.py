"""One live migration between two libvirt hosts: networks in order, telemetry, cancel, and where it ended.

libvirt's peer-to-peer migration is one blocking call on the source; a second thread polls the job. A migration that
an earlier run of this program began is followed by its job alone. Behaviour and codes were measured with libvirt 9.0
and QEMU 7.2.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fcm.backend.convergence import ConvergenceWatch, past_limit
from fcm.backend.libvirt.configuration.uris import migration_uri
from fcm.backend.libvirt.errors import CANNOT_CONNECT, OPERATION_ABORTED, error_sentence, names_address
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.moves.breaking_off import break_off
from fcm.backend.libvirt.moves.options import flags_of, hosts_have, parameters_of, speed_of
from fcm.backend.libvirt.moves.outcome import (
    Whereabouts,
    emulator_of,
    final_figures,
    is_alive,
    is_migrating,
    phase_of,
    telemetry_row,
    whereabouts,
)
from fcm.backend.libvirt.moves.post_copy import GivingUp, Rest, is_broken, rest_at, resume, stalled
from fcm.backend.libvirt.moves.preflight import processor_verdict
from fcm.backend.libvirt.moves.steering import RunSteering
from fcm.backend.libvirt.paths.hanging import watch_connect
from fcm.backend.libvirt.paths.ssh_probe import probe_from
from fcm.model import events as ev
from fcm.model.migrations import NetworkAttempt
from fcm.model.rules.verdict import OK, Verdict, no
from fcm.model.telemetry import Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.backend.libvirt.connection import HostConnection
    from fcm.backend.libvirt.moves.reporter import Reporter
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.telemetry import TelemetryRow

POLL_EVERY = 0.1
"""s between two looks at the job; one look costs 1 to 4 ms."""
STALL_LIMIT = 3.0
"""s without progress in a memory pass after which the next network is taken."""
ANSWER_LIMIT = 3.0
"""s that a host may take to answer after a transfer failed; it says whose fault it was."""


class MigrationRun:
    """A live migration under way, in threads of its own."""

    def __init__(
        self,
        migration: Migration,
        source: HostConnection,
        destination: HostConnection,
        networks: Sequence[tuple[str, str, str]],
        reporter: Reporter,
        unsafe: bool,
        qemu: str = "",
        memory: int = 0,
        permitted: Callable[[], Verdict] = lambda: OK,
        capacity: float | None = None,
    ) -> None:
        """Nothing begins before ``start`` or ``follow``.

        Args:
            migration: what is asked for.
            source: host on which the machine runs.
            destination: host to which it goes.
            networks: id, name and address of the destination for each network, in order of preference.
            reporter: is told what happens.
            unsafe: whether the disks are shared although libvirt cannot know it.
            qemu: version of the source's QEMU, on which it depends how a bandwidth limit is kept.
            memory: bytes of the machine.
            permitted: asked right before the first network, in the run's thread; it may block.
            capacity: bytes/s of memory that its first network carries; None: not known.
        """
        self._libvirt = load_libvirt()
        self.migration = migration
        self._source = source
        self._destination = destination
        self._networks = networks
        self._reporter = reporter
        self._unsafe = unsafe
        self._permitted = permitted
        self._qemu = qemu
        self._canceled = threading.Event()
        self._left = threading.Event()
        self._stalled = threading.Event()
        self._call_over = threading.Event()
        self._call_over.set()  # one each call, and set before the first
        self._moving = threading.Event()
        """Set once memory moves or the call is over: the connection stands, or is given up."""
        self._domain: Any = None
        self._speed_before: int | None = None
        """MiB/s that the host kept for this machine before; None: not known."""
        self._watch: ConvergenceWatch | None = None
        self._memory = memory
        self._past_limit = threading.Event()
        self._began = time.monotonic() - max(time.time() - (migration.started or time.time()), 0.0)
        self._followed, self._last_time = False, 0.0
        self._steering = RunSteering(memory, qemu, capacity, self._began, reporter.post)

    def start(self) -> None:
        """Begin; returns at once."""
        self._in_thread(self._try_networks)

    def follow(self) -> None:
        """Watch a migration that runs on the hosts already, and say how it ends or ended; returns at once."""
        self._in_thread(self._follow)

    def _in_thread(self, work: Callable[[], None]) -> None:
        threading.Thread(target=self._guarded, args=(work,), name=f"migration-{self.migration.id}", daemon=True).start()

    def leave(self) -> None:
        """Stop telling; the hosts go on by themselves (peer to peer)."""
        self._left.set()

    def cancel(self) -> None:
        """Ask for the end; the machine stays at the source. Returns at once."""
        self._canceled.set()
        self._break_off("cancel")

    def tune(self, downtime_limit: float | None, bandwidth: int | None, post_copy: bool) -> None:
        """Change the running job for a person, who then has the limits; blocks. Raises libvirt.libvirtError."""
        self._change(downtime_limit, bandwidth, post_copy)
        self._steering.end(self.migration)

    def _change(self, downtime_limit: float | None, bandwidth: int | None, post_copy: bool) -> MigrationOptions:
        domain = self._domain
        if domain is None:
            return self.migration.options
        if downtime_limit is not None:
            domain.migrateSetMaxDowntime(max(1, round(downtime_limit * 1000)), 0)
        if bandwidth is not None:
            domain.migrateSetMaxSpeed(self._speed(bandwidth), 0)
        if post_copy:
            domain.migrateStartPostCopy(0)
        options = self.migration.options.tuned(downtime_limit, bandwidth, post_copy)
        self.migration = replace(self.migration, options=options)  # the next network, if it comes to that
        if self._watch is not None:
            self._watch.tuned(options)
        return options

    def _break_off(self, why: str) -> None:
        """End the call that runs now; the next one may go on. Returns at once."""
        work = (self._abort, self._call_over, self._left)
        threading.Thread(target=break_off, args=work, name=f"{why}-{self.migration.id}", daemon=True).start()

    def _abort(self, tell: bool = True) -> bool:
        """Whether the host has taken it."""
        try:
            self._domain.abortJob()
        except self._libvirt.libvirtError as error:
            if tell and not self._call_over.is_set():
                text = error_sentence(error).sentence()
                self._reporter.post(ev.BackendReported("warning", f"The migration cannot be canceled yet: {text}"))
            return False
        return True

    # The run

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except self._libvirt.libvirtError as error:
            said = error_sentence(error, self.migration.destination)
            self._end(said.reason, said.remedy)
        except Exception as error:
            self._end(
                f"The migration stopped because of an internal error: {error}.",
                "Report this problem and include the log.",
            )
            raise
        finally:
            self._call_over.set()

    def _follow(self) -> None:
        """The job of the source, as long as there is one; then where the machine runs."""
        self._followed = True
        with contextlib.suppress(self._libvirt.libvirtError):  # a source that does not respond has no job to watch
            self._domain = self._source.domain(self.migration.machine)
        if self._domain is not None and is_migrating(self._domain):
            self._call_over = threading.Event()
            if self._canceled.is_set():  # one that comes from now on ends this call
                self._break_off("cancel")
            self._poll()
            self._call_over.set()
        said = self._resume() if rest_at(self._source, self.migration.machine) is Rest.WAITS else ""
        if not self._left.is_set():
            self._end(said, "")

    def _try_networks(self) -> None:
        self._domain = self._source.domain(self.migration.machine)
        obstacle = self._obstacle()
        if not obstacle:
            self._end(obstacle.reason, obstacle.remedy)
            return
        with contextlib.suppress(self._libvirt.libvirtError):
            self._speed_before = self._domain.migrateGetMaxSpeed(0)
        self.migration = self._steering.open(self.migration)
        failures: list[str] = []
        remedy = ""
        for identity, name, address in self._networks:
            if self._canceled.is_set():
                break
            answer, where = probe_from(self._source.host, address)
            if not answer.reached:
                self._tried(identity, address, answer.duration, False, f"{name}: {answer.text} ({where})")
                failures.append(f"{name} ({address}): {answer.text}")
                continue
            self._tried(identity, address, answer.duration, True, f"{name}: connected")
            failure = self._transfer(name, address)
            if failure is None or self._canceled.is_set():
                break
            reason, remedy, other_may_help = failure
            failures.append(f"{name} ({address}): {reason}")
            self._tried(identity, address, 0.0, False, f"{name}: {reason}")
            if not other_may_help:
                break
        else:
            listed = " ".join(f"{number}. {text}." for number, text in enumerate(failures, 1))
            reason = f"The migration to {self.migration.destination} failed on every network. {listed}"
            self._end(reason, remedy or "Repair one of these networks, or select another one.")
            return
        self._end(failures[-1] if failures else "", remedy)

    def _obstacle(self) -> Verdict:
        """What would make libvirt refuse, or wait half a minute for nothing."""
        if self._domain is None:
            return no(f"The virtual machine is no longer on {self.migration.source}.", "Refresh the view (F5).")
        if is_migrating(self._domain):
            return no(
                f"Another program is already migrating {self._domain.name()}.",
                "Wait until that migration has finished.",
            )
        able = hosts_have(self.migration.options, (self._source, self._destination))
        return able and processor_verdict(self._domain, self._destination) and self._permitted()

    def _tried(self, network: str, address: str, duration: float, connected: bool, text: str) -> None:
        attempt = NetworkAttempt(network, address, time.time(), round(duration, 3), connected, text)
        self._reporter.post(ev.MigrationNetworkTried(self.migration.id, attempt))

    def _transfer(self, network: str, address: str) -> tuple[str, str, bool] | None:
        """One call of migrateToURI3.

        Returns:
            None if it succeeded, else reason, remedy, and whether another network may help.
        """
        lv, options = self._libvirt, self.migration.options
        parameters: dict[str, Any] = {lv.VIR_MIGRATE_PARAM_URI: migration_uri(address)}
        parameters |= self._parameters(options)
        self._set_downtime(options)
        self._stalled.clear()
        self._call_over = threading.Event()
        if self._canceled.is_set():  # one that comes from now on ends this call
            return None
        self._source.forget_completed(self.migration.machine)
        self._watch_connect(network, address)
        poller = threading.Thread(target=self._poll, name=f"telemetry-{self.migration.id}", daemon=True)
        poller.start()
        try:
            self._domain.migrateToURI3(self._destination.host.peer_uri, parameters, self._flags(options))
        except lv.libvirtError as error:
            if rest_at(self._source, self.migration.machine) is not Rest.WAITS:
                return self._failure(error, address)
        else:
            return None
        finally:
            self._call_over.set()
            self._moving.set()
            poller.join()
        said = self._resume()
        return (said.rstrip("."), "", False) if said else None

    def _resume(self) -> str:
        """Post-copy broke: get the rest of the memory over a new connection. Returns why that was given up, or ""."""
        source, destination = self.migration.source, self.migration.destination
        text = (
            f"The connection broke in post-copy. The virtual machine is on {destination} and waits for memory that is "
            f"still on {source}. fcm resumes the migration over the next network that responds. Do not turn off the "
            "virtual machine on either host."
        )
        self._tell_waiting(text)
        ends = self._source, self._destination, self.migration.machine
        return resume(*ends, self._networks, self._tried, self._carry_rest, self._left)

    def _tell_waiting(self, text: str) -> None:
        if not self._left.is_set():
            self._reporter.post(ev.BackendReported("warning", text))

    def _carry_rest(self, address: str) -> None:
        """One call that resumes; its rows are told as ever. Raises libvirt.libvirtError."""
        lv = self._libvirt
        self._domain = self._source.domain(self.migration.machine)
        flags = self._flags(self.migration.options) | lv.VIR_MIGRATE_POSTCOPY | lv.VIR_MIGRATE_POSTCOPY_RESUME
        self._call_over = threading.Event()
        poller = threading.Thread(
            target=self._poll, args=(Phase.NETWORK,), name=f"telemetry-{self.migration.id}", daemon=True
        )
        poller.start()
        try:
            uri = migration_uri(address)
            self._domain.migrateToURI3(self._destination.host.peer_uri, {lv.VIR_MIGRATE_PARAM_URI: uri}, flags)
        finally:
            self._call_over.set()
            poller.join()

    def _watch_connect(self, network: str, address: str) -> None:
        """Say it when the connection of this transfer hangs; nothing else can be done about it."""

        def hangs(text: str) -> None:
            if not self._left.is_set():
                self._reporter.post(ev.BackendReported("warning", text))

        moving = self._moving = threading.Event()  # one each transfer: the watcher of the one before may still ask
        work = (self._source, self._destination, self.migration.machine, network, address, moving, hangs)
        threading.Thread(target=watch_connect, args=work, name=f"connect-{self.migration.id}", daemon=True).start()

    def _failure(self, error: Any, address: str) -> tuple[str, str, bool]:
        """Reason, remedy, and whether another network may help: only where it was the network."""
        source, destination = self._source.host.name, self._destination.host.name
        if self._stalled.is_set():
            return (f"no data was transferred for {STALL_LIMIT:g} s", "Check this network.", True)
        if not is_alive(self._domain.connect()):
            text = f"libvirtd on {source} stopped or was restarted during the migration"
            return (text, "Start the migration again when the host responds.", False)
        if not self._destination.answers(ANSWER_LIMIT):
            text = f"{destination} no longer responds and may have lost power"
            return (text, f"Check {destination}, then start the migration again.", False)
        code = error.get_error_code() or 0
        said = error_sentence(error, destination)
        lost = code != OPERATION_ABORTED and (
            said.reason.startswith(CANNOT_CONNECT) or names_address(str(error), address)
        )
        remedy = said.remedy
        if ":" in address and "Connection refused" in str(error):
            remedy = (
                f"Configure QEMU on {destination} to listen on IPv6: set migration_address in qemu.conf, for "
                "example to “::”."
            )
        return (said.reason.rstrip("."), remedy, lost)

    def _set_downtime(self, options: MigrationOptions) -> None:
        if options.downtime_limit is None:
            return
        try:
            self._domain.migrateSetMaxDowntime(max(1, round(options.downtime_limit * 1000)), 0)
        except self._libvirt.libvirtError as error:
            text = error_sentence(error).sentence()
            self._reporter.post(ev.BackendReported("warning", f"The downtime limit was not set: {text}"))

    def _flags(self, options: MigrationOptions) -> int:
        lv = self._libvirt
        flags: int = lv.VIR_MIGRATE_LIVE | lv.VIR_MIGRATE_PEER2PEER
        if self._domain.isPersistent():
            flags |= lv.VIR_MIGRATE_PERSIST_DEST | lv.VIR_MIGRATE_UNDEFINE_SOURCE
        if self._unsafe:
            flags |= lv.VIR_MIGRATE_UNSAFE
        return flags | flags_of(lv, options)

    def _parameters(self, options: MigrationOptions) -> dict[str, Any]:
        speed = None if options.bandwidth is None else self._speed(options.bandwidth)
        return parameters_of(self._libvirt, options, speed, self._destination.host.tls_name)

    def _speed(self, bandwidth: int) -> int:
        return speed_of(bandwidth, self._qemu, self.migration.options.parallel_connections)

    # Telemetry

    def _poll(self, phase: Phase = Phase.SETUP) -> None:
        moved, moved_at, waits = -1, time.monotonic(), False
        self._steering.begin_again()
        giving_up = GivingUp(self.migration.source, self.migration.destination, self._tell_waiting)
        alone = self._followed and phase is Phase.SETUP  # the call is an earlier session's
        while not self._call_over.wait(POLL_EVERY) and not self._left.is_set():
            if phase is Phase.SETUP:
                self._look_at_limit(phase)
            try:
                state, why = self._domain.state()  # first: a row is of a blackout only if the guest stood before it
                job = self._domain.jobStats()
            except self._libvirt.libvirtError:
                if alone:
                    return  # gone from the source, or the source does not respond
                continue
            if not job.get("type") or is_broken(state, why):
                if alone:
                    return
                if is_broken(state, why):
                    giving_up.look()
                continue
            if not job.get("memory_total"):
                continue
            now_phase = phase_of(state, why, phase)
            self._moving.set()
            self._look_at_limit(now_phase)
            row = telemetry_row(job, now_phase)
            events: list[ev.Event] = [ev.MigrationProgressed(self.migration.id, row)]
            if now_phase is not phase:
                emulator = emulator_of(self._domain, (state, why)) if phase is Phase.SETUP else None
                phase = now_phase
                events.insert(0, ev.MigrationPhaseEntered(self.migration.id, phase, emulator))
            self._reporter.post(*events)
            self._last_time = row.time
            self._look_at_convergence(row)
            self._steering.read(self.migration, row, self._change)
            now = time.monotonic()
            if row.sent != moved:
                moved, moved_at = row.sent, now
            elif phase is Phase.BROWNOUT and now - moved_at > STALL_LIMIT and not self._stalled.is_set():
                self._give_network_up()
            elif phase is Phase.NETWORK and now - moved_at > STALL_LIMIT and not waits:
                waits = True
                self._tell_waiting(stalled(self.migration.source, self.migration.destination, STALL_LIMIT))

    def _give_network_up(self) -> None:
        """Nothing moves any more: break the job off, so that the next network is taken."""
        self._stalled.set()
        self._break_off("stall")

    def _look_at_convergence(self, row: TelemetryRow) -> None:
        if self.migration.endless or self._past_limit.is_set() or self._canceled.is_set():
            return
        if self._watch is None:
            self._watch = ConvergenceWatch(self._memory or row.remaining + row.sent, self.migration.options, self._qemu)
        endless = self._watch.read(row)
        if endless is not None:
            self._reporter.found_endless(self.migration.id, *endless)

    def _look_at_limit(self, phase: Phase) -> None:
        """Cancel what has not ended in its time, as long as the guest runs at the source."""
        limit = self.migration.options.time_limit
        if limit is None or self._past_limit.is_set() or phase not in (Phase.SETUP, Phase.BROWNOUT):
            return
        if time.monotonic() - self._began < limit:
            return
        self._past_limit.set()
        self.cancel()

    # The end

    def _end(self, reason: str, remedy: str) -> None:
        """Decide by where the machine runs, whatever the call said; say it once."""
        seen = whereabouts(self._source, self._destination, self.migration.machine)
        if seen.node == self.migration.source:
            self._restore_speed()
        if not self._left.is_set():
            self._reporter.post(*self._ending(seen, reason.rstrip("."), remedy))

    def _restore_speed(self) -> None:
        """Take a limit of this run back: libvirt keeps it for all later migrations of the machine (seen with 9.0)."""
        if self._speed_before is not None:
            with contextlib.suppress(self._libvirt.libvirtError):
                self._domain.migrateSetMaxSpeed(self._speed_before, 0)

    def _ending(self, seen: Whereabouts, reason: str, remedy: str) -> list[ev.Event]:
        identity, source = self.migration.id, self.migration.source
        if seen.node == self.migration.destination:
            final, figures = final_figures(self._source, self._destination, self.migration.machine)
            if final is not None:  # the source stops its clock a little before it last answered
                final = replace(final, time=max(final.time, self._last_time))
            return [
                *([ev.MigrationProgressed(identity, final)] if final else []),
                ev.MigrationPhaseEntered(identity, Phase.STORAGE),
                ev.MigrationHandedOver(identity),
                ev.MigrationPhaseEntered(identity, Phase.CLEANUP),
                ev.MigrationCompleted(identity, figures),
            ]
        if self._stalled.is_set() and not reason:
            reason = f"No data was transferred for {STALL_LIMIT:g} s"
        if seen.node == source and self._canceled.is_set():
            limit = self.migration.options.time_limit
            why = past_limit(limit, source) if limit is not None and self._past_limit.is_set() else ""
            return [ev.MigrationCanceled(identity, why)]
        if seen.node == source and self._followed and not reason:
            text = (
                "fcm was closed during this migration, and the hosts did not complete it. The virtual machine is "
                f"still running on {source}."
            )
            return [ev.MigrationInterrupted(identity, text)]
        start = f"{reason}. " if reason else ""
        if seen.node == source:
            return [ev.MigrationFailed(identity, f"{start}The virtual machine is still running on {source}.", remedy)]
        if seen.off:
            return [
                ev.MigrationFailed(identity, f"The virtual machine {seen.off} during the migration.", "Start it again.")
            ]
        return [ev.MigrationFailed(identity, f"{start}{seen.unknown}", seen.remedy)]
