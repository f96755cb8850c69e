"""One live migration between two libvirt hosts: networks in order, telemetry, cancel, and where it ended.

libvirt's peer-to-peer migration is one blocking call on the source; a second thread polls the job. Behaviour and
codes were measured with libvirt 9.0 and QEMU 7.2.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

from fcm.backend.libvirt.errors import OPERATION_ABORTED, sentence
from fcm.backend.libvirt.lane import load_libvirt
from fcm.backend.libvirt.probe import probe
from fcm.model import events as ev
from fcm.model.entities import NetworkAttempt
from fcm.model.telemetry import FinalFigures, Phase, TelemetryRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.backend.libvirt.connection import HostConnection
    from fcm.model.entities import Migration, MigrationOptions

POLL_EVERY = 0.1
"""s between two looks at the job; one look costs 1 to 4 ms."""
STALL_LIMIT = 3.0
"""s without progress in a memory pass after which the next network is taken."""
SETTLE_LIMIT = 10.0
"""s in which it must be clear on which host the machine runs."""

_JOB_NONE = 0
_PAUSED = 3


class Reporter(Protocol):
    """Where a run says what happened."""

    def post(self, *events: ev.Event) -> None:
        """Pass events on, in order."""


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
    ) -> None:
        """``networks``: id, name and address of the destination for each network, in order of preference."""
        self._libvirt = load_libvirt()
        self.migration = migration
        self._source = source
        self._destination = destination
        self._networks = networks
        self._reporter = reporter
        self._unsafe = unsafe
        self._canceled = threading.Event()
        self._left = threading.Event()
        self._stalled = threading.Event()
        self._call_over = threading.Event()
        self._domain: Any = None
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"migration-{migration.id}", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def leave(self) -> None:
        """Stop telling; the hosts go on by themselves (peer to peer)."""
        self._left.set()

    def cancel(self) -> None:
        """Ask for the end; the machine stays at the source. Returns at once."""
        self._canceled.set()
        threading.Thread(target=self._abort, name=f"cancel-{self.migration.id}", daemon=True).start()

    def tune(self, downtime_limit: float | None, bandwidth: int | None, post_copy: bool) -> None:
        """Change the running job; blocks.

        Raises:
            libvirt.libvirtError: the host refuses.
        """
        domain = self._domain
        if domain is None:
            return
        if downtime_limit is not None:
            domain.migrateSetMaxDowntime(max(1, round(downtime_limit * 1000)), 0)
        if bandwidth is not None:
            domain.migrateSetMaxSpeed(max(1, round(bandwidth / 2**20)), 0)
        if post_copy:
            domain.migrateStartPostCopy(0)

    def _abort(self) -> None:
        domain = self._domain
        if domain is None:
            return
        try:
            domain.abortJob()
        except self._libvirt.libvirtError as error:
            if not self._call_over.is_set():
                text = sentence(error.get_error_code(), str(error)).sentence()
                self._reporter.post(ev.BackendReported("warning", f"The migration cannot be stopped yet: {text}"))

    # The run

    def _run(self) -> None:
        try:
            self._try_networks()
        except self._libvirt.libvirtError as error:
            said = sentence(error.get_error_code() or 0, str(error), self.migration.destination)
            self._end(said.reason, said.remedy)
        except Exception as error:
            self._end(f"An internal error stopped the migration: {error!r}.", "Please report it with the log.")
            raise

    def _try_networks(self) -> None:
        self._domain = self._source.domain(self.migration.machine)
        if self._domain is None:
            self._end(f"The machine is not on {self.migration.source} any more.", "Refresh the view (F5).")
            return
        failures: list[str] = []
        remedy = ""
        for identity, name, address in self._networks:
            if self._canceled.is_set():
                break
            answer = probe(address, self._source.host.probe_namespace)
            if not answer.reached:
                self._tried(identity, address, answer.duration, False, f"{name}: {answer.text}")
                failures.append(f"{name} ({address}): {answer.text}")
                continue
            self._tried(identity, address, answer.duration, True, f"{name}: connected")
            failure = self._transfer(address)
            if failure is None or self._canceled.is_set():
                break
            reason, remedy, other_may_help = failure
            failures.append(f"{name} ({address}): {reason}")
            self._tried(identity, address, 0.0, False, f"{name}: {reason}")
            if not other_may_help:
                break
        else:
            listed = " ".join(f"{number}. {text}." for number, text in enumerate(failures, 1))
            reason = f"No network carried the migration to {self.migration.destination}. {listed}"
            self._end(reason, remedy or "Repair one of these networks or tick another one.")
            return
        self._end(failures[-1] if failures else "", remedy)

    def _tried(self, network: str, address: str, duration: float, connected: bool, text: str) -> None:
        attempt = NetworkAttempt(network, address, time.time(), round(duration, 3), connected, text)
        self._reporter.post(ev.MigrationNetworkTried(self.migration.id, attempt))

    def _transfer(self, address: str) -> tuple[str, str, bool] | None:
        """One call of migrateToURI3.

        Returns:
            None if it succeeded, else reason, remedy, and whether another network may help.
        """
        lv, options = self._libvirt, self.migration.options
        parameters: dict[str, Any] = {lv.VIR_MIGRATE_PARAM_URI: f"tcp://{address}"}
        if options.bandwidth is not None:
            parameters[lv.VIR_MIGRATE_PARAM_BANDWIDTH] = max(1, round(options.bandwidth / 2**20))
        self._set_downtime(options)
        self._stalled.clear()
        self._call_over.clear()
        poller = threading.Thread(target=self._poll, name=f"telemetry-{self.migration.id}", daemon=True)
        poller.start()
        try:
            self._domain.migrateToURI3(self._destination.host.peer_uri, parameters, self._flags(options))
        except lv.libvirtError as error:
            code = error.get_error_code() or 0
            if self._stalled.is_set():
                return (f"nothing moved for {STALL_LIMIT:g} s", "Check this network.", True)
            said = sentence(code, str(error), self.migration.destination)
            lost = "transfer broke off" in said.reason or "No connection" in said.reason
            return (said.reason.rstrip("."), said.remedy, lost and code != OPERATION_ABORTED)
        finally:
            self._call_over.set()
            poller.join()
        return None

    def _set_downtime(self, options: MigrationOptions) -> None:
        if options.downtime_limit is None:
            return
        try:
            self._domain.migrateSetMaxDowntime(max(1, round(options.downtime_limit * 1000)), 0)
        except self._libvirt.libvirtError as error:
            text = sentence(error.get_error_code(), str(error)).sentence()
            self._reporter.post(ev.BackendReported("warning", f"The downtime limit was not set: {text}"))

    def _flags(self, options: MigrationOptions) -> int:
        lv = self._libvirt
        flags: int = lv.VIR_MIGRATE_LIVE | lv.VIR_MIGRATE_PEER2PEER
        if self._domain.isPersistent():
            flags |= lv.VIR_MIGRATE_PERSIST_DEST | lv.VIR_MIGRATE_UNDEFINE_SOURCE
        if self._unsafe:
            flags |= lv.VIR_MIGRATE_UNSAFE
        if options.auto_converge:
            flags |= lv.VIR_MIGRATE_AUTO_CONVERGE
        if options.post_copy:
            flags |= lv.VIR_MIGRATE_POSTCOPY
        return flags

    # Telemetry

    def _poll(self) -> None:
        phase, moved, moved_at = Phase.SETUP, -1, time.monotonic()
        while not self._call_over.wait(POLL_EVERY) and not self._left.is_set():
            try:
                job = self._domain.jobStats()
                paused = self._domain.state()[0] == _PAUSED
            except self._libvirt.libvirtError:
                continue
            if job.get("type", _JOB_NONE) == _JOB_NONE or not job.get("memory_total"):
                continue
            now_phase = Phase.BLACKOUT if paused else Phase.BROWNOUT
            row = _row(job, now_phase)
            events: list[ev.Event] = []
            if now_phase is not phase:
                phase = now_phase
                events.append(ev.MigrationPhaseEntered(self.migration.id, phase))
            events.append(ev.MigrationProgressed(self.migration.id, row))
            self._reporter.post(*events)
            now = time.monotonic()
            if row.sent != moved:
                moved, moved_at = row.sent, now
            elif phase is Phase.BROWNOUT and now - moved_at > STALL_LIMIT and not self._stalled.is_set():
                self._stalled.set()
                threading.Thread(target=self._abort, name=f"stall-{self.migration.id}", daemon=True).start()

    # The end

    def _end(self, reason: str, remedy: str) -> None:
        """Decide by where the machine runs, whatever the call said; say it once."""
        place = self._place()
        identity = self.migration.id
        if place == self.migration.destination:
            figures = self._figures()
            events: list[ev.Event] = [
                ev.MigrationPhaseEntered(identity, Phase.STORAGE),
                ev.MigrationHandedOver(identity),
                ev.MigrationPhaseEntered(identity, Phase.CLEANUP),
                ev.MigrationCompleted(identity, figures),
            ]
            self._reporter.post(*events)
        elif self._canceled.is_set() and place == self.migration.source:
            self._reporter.post(ev.MigrationCanceled(identity))
        elif place == self.migration.source:
            kept = f"The machine runs on at {self.migration.source}."
            self._reporter.post(ev.MigrationFailed(identity, f"{reason.rstrip('.')}. {kept}", remedy))
        else:
            text = f"{reason.rstrip('.')}. The machine was found running on neither host.".lstrip(". ")
            self._reporter.post(ev.MigrationFailed(identity, text, "Look at both hosts before you start it anywhere."))

    def _place(self) -> str:
        """The node on which the machine is active and not merely arriving; "" if that cannot be told."""
        end = time.monotonic() + SETTLE_LIMIT
        while True:
            for connection in (self._destination, self._source):
                try:
                    domain = connection.domain(self.migration.machine)
                    if domain is not None and domain.isActive() and domain.state()[0] != _PAUSED:
                        return connection.host.name
                except self._libvirt.libvirtError:
                    continue
            if time.monotonic() > end:
                return ""
            threading.Event().wait(0.2)

    def _figures(self) -> FinalFigures | None:
        """Libvirt's completed statistics, kept by the destination."""
        lv = self._libvirt
        try:
            domain = self._destination.domain(self.migration.machine)
            job = domain.jobStats(lv.VIR_DOMAIN_JOB_STATS_COMPLETED | lv.VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED)
        except lv.libvirtError:
            return None
        if not job.get("memory_processed"):
            return None
        final = _row(job, Phase.COMPLETED)
        self._reporter.post(ev.MigrationProgressed(self.migration.id, final))
        return FinalFigures(
            total=job["time_elapsed"] / 1000,
            downtime=job.get("downtime", 0) / 1000,
            bytes=job["memory_processed"],
            passes=job.get("memory_iteration", 0),
        )


def _row(job: dict[str, Any], phase: Phase) -> TelemetryRow:
    return TelemetryRow(
        time=job.get("time_elapsed", 0) / 1000,
        pass_number=job.get("memory_iteration", 0),
        remaining=job.get("memory_remaining", 0),
        sent=job.get("memory_processed", 0),
        dirty_rate=float(job.get("memory_dirty_rate", 0)),
        rate=float(job.get("memory_bps", 0)),
        phase=phase,
        throttle=job.get("auto_converge_throttle", 0),
        page_size=job.get("memory_page_size", 4096),
    )
