"""What a Pacemaker backend is put together from: who reads the cluster, who shows it, who carries commands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fcm.backend.base import RehearsalEnd, Rehearsed
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile
    from fcm.backend.libvirt.inventory import HostReport
    from fcm.backend.libvirt.moves.runs import Run
    from fcm.backend.pacemaker.context import Context
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model import commands as cmd
    from fcm.model import events as ev
    from fcm.model.commands import Command
    from fcm.model.migrations import Migration
    from fcm.model.rules.verdict import Verdict
    from fcm.model.state import State


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known of a cluster at one moment."""

    file: HostsFile
    status: ClusterStatus | None
    """What a node said of all; None while nobody answers for the cluster, and before the first answer."""
    reports: Mapping[str, HostReport]
    """What libvirt of each host said last; hosts that do not respond are missing."""
    silent: Mapping[str, str]
    """Hosts of which libvirt does not respond: the sentence why."""
    reasons: Mapping[str, str]
    """Where ``status`` is None: why each node does not respond for the cluster; {} before the first round."""
    is_cluster: bool = True
    """False if all nodes that answer say that no Pacemaker runs there."""


class ClusterView(Protocol):
    """What is shown of a cluster; it remembers what it has logged. Called under the lock of the hosts."""

    def events(self, state: State, facts: Facts) -> Sequence[ev.Event]:
        """What has changed of nodes, groups, resources, networks and quorum since ``state``, and what nodes logged.

        Machines are in ``state`` already as libvirt reports them.
        """


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a Pacemaker backend."""

    script: str
    """Asks one node for everything."""
    read: Callable[[str, str, float], ClusterStatus]
    """What the script printed, the node, s since the epoch -> the status. Raises SentenceError, NotAClusterError."""
    view: Callable[[], ClusterView]
    handlers: Mapping[type[Command], Callable[[Context, Command], Verdict]]
    """Commands that Pacemaker carries out; they block, in a lane, without the lock of the hosts."""
    make_run: Callable[[Context, Migration], Run]
    """See ``libvirt.runs.Engine``."""
    found: Callable[[Context, ClusterStatus], Sequence[Migration]]
    """Migrations that Pacemaker has begun by itself and the state does not know yet; under the lock."""
    put_right: Callable[[Context, ClusterStatus, frozenset[str] | None], frozenset[str]]
    """Undo what an earlier session left of these resources (None: of all); blocks, in a lane, after the first status
    with quorum, and again until it returns no resource that must be looked at again."""
    pause: Callable[[Context, str], None]
    """See ``orders.Carrier.pause``; under the lock."""
    resume: Callable[[Context, cmd.ResumeNode], None]
    """See ``orders.Carrier.resume``; under the lock."""
    rehearse: (
        Callable[[Context, Sequence[Command], Callable[[Rehearsed], None], Callable[[], bool]], RehearsalEnd] | None
    ) = None
    """See ``Backend.rehearse``."""
