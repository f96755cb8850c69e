"""What everything that acts on a Pacemaker cluster is given: hosts, migrations, shells, the newest status, lanes."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.lanes import KeyedLanes
from fcm.backend.pacemaker.remote.pool import PooledShell
from fcm.backend.pacemaker.remote.recent_commands import RecentCommands, RecordingShell
from fcm.backend.pacemaker.remote.shells import NodeUnreachableError, shell_of
from fcm.mistakes import SentenceError
from fcm.model.rules.verdict import Verdict, no

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.hosts import Hosts
    from fcm.backend.libvirt.moves.runs import Runs
    from fcm.backend.pacemaker.remote.shells import NodeShell
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model import events as ev
    from fcm.model.state import State

LANES = 4
"""Commands that are carried out at once; those on the same object keep their order."""

_log = logging.getLogger(__name__)


class Context:
    """One open Pacemaker cluster, for those who carry out what is asked of it.

    Everything here may be called from any thread. What blocks (shells, ``wait_for``) must not be called under the
    lock of the hosts.
    """

    def __init__(self, hosts: Hosts, runs: Runs, shells: Mapping[str, NodeShell] | None = None) -> None:
        """``shells``: others than those of the hosts file (tests)."""
        self.hosts = hosts
        self.runs = runs
        self.recent_commands = RecentCommands()
        """What was run on the nodes for commands."""
        self._quiet: Mapping[str, NodeShell] = shells or {
            host.name: PooledShell(host.name, lambda host=host: shell_of(host))  # type: ignore[misc]
            for host in hosts.file.hosts
        }
        self._shells: Mapping[str, NodeShell] = {
            name: RecordingShell(shell, self.recent_commands) for name, shell in self._quiet.items()
        }
        self._status: ClusterStatus | None = None
        self._reasons: Mapping[str, str] = {}
        self._told = threading.Condition()
        self._closing = threading.Event()
        self.pausing = threading.Lock()
        """Held while a node is put in standby or taken out of it."""
        self._lanes = KeyedLanes("pacemaker-orders", LANES)
        self.ask_now: Callable[[], None] = lambda: None
        """Ask for the status as soon as can be; returns at once."""

    @property
    def file(self) -> HostsFile:
        """The hosts file."""
        return self.hosts.file

    @property
    def state(self) -> State:
        """How the cluster is shown now."""
        return self.hosts.state

    @property
    def closing(self) -> threading.Event:
        """Set once the cluster is being closed: whoever waits for something else than a status looks at it."""
        return self._closing

    def tell(self, *events: ev.Event) -> None:
        """Facts: written down and applied."""
        self.hosts.tell_all(events)

    # What the cluster says

    @property
    def status(self) -> ClusterStatus | None:
        """The newest; None before the first answer, and while nobody answers for the cluster."""
        return self._status

    def status_told(self, status: ClusterStatus | None, reasons: Mapping[str, str] | None = None) -> None:
        """A node has answered, or nobody does (None, with the reason of each node)."""
        with self._told:
            self._status = status
            self._reasons = reasons or {}
            self._told.notify_all()

    def wait_for(self, reached: Callable[[ClusterStatus], bool], limit: float) -> bool:
        """Block until a status that was asked for after this call fulfils ``reached``.

        Args:
            reached: whether it is so; called often.
            limit: s.

        Returns:
            False if it did not come about in time, or the cluster is being closed.
        """
        since, end = time.time(), time.monotonic() + limit
        self.ask_now()
        with self._told:
            while not self._closing.is_set():
                status = self._status
                if status is not None and status.at >= since and reached(status):
                    return True
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._told.wait(left)
        return False

    # Shells

    def shell(self) -> NodeShell:
        """A shell on the node that answers for the cluster: what changes the CIB goes there.

        Raises:
            NodeUnreachableError: nobody answers for the cluster.
        """
        status = self._status
        if status is None:
            said = " ".join(self._reasons.values())
            raise NodeUnreachableError(f"No node of the cluster responds. {said}".rstrip())
        return self._shells[status.asked]

    def quiet_shell_of(self, node: str) -> NodeShell:
        """The same, for what is no command of a person and so is not kept in ``recent_commands``."""
        return self._quiet[node]

    def shell_of(self, node: str) -> NodeShell:
        """A shell on that node, for what concerns it alone; as many scripts at once as lanes."""
        return self._shells[node]

    # Lanes

    def later(self, key: str, call: Callable[[], None]) -> None:
        """Do something that may block in a worker thread; calls of the same key keep their order. Returns at once."""
        self._lanes.submit(key, lambda: self._guarded(call))

    def _guarded(self, call: Callable[[], None]) -> None:
        if self._closing.is_set():
            return
        try:
            call()
        except (NodeUnreachableError, SentenceError):
            _log.debug("something that was to be done later was not", exc_info=True)

    def close(self) -> None:
        """End shells and lanes; what runs on the nodes goes on there."""
        self._closing.set()
        with self._told:
            self._told.notify_all()
        for shell in self._shells.values():
            shell.close()
        self._lanes.close()


def verdict_of(call: Callable[[], Verdict]) -> Verdict:
    """How a command went; what its nodes or steps refused with a sentence is the reason."""
    try:
        return call()
    except NodeUnreachableError as error:
        return no(str(error), "Try again when the node responds.")
    except SentenceError as error:
        return no(str(error))
