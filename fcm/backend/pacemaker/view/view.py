"""The view of a Pacemaker cluster: everything that changed, and what nodes have to tell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.view.board import cluster_events, network_events
from fcm.backend.pacemaker.view.failovers import failover_events
from fcm.backend.pacemaker.view.node_logs import logged_events
from fcm.backend.pacemaker.view.nodes import node_events
from fcm.backend.pacemaker.view.services import service_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.backend.pacemaker.parts import Facts
    from fcm.backend.pacemaker.status import ClusterStatus
    from fcm.model import events as ev
    from fcm.model.state import State


class PacemakerView:
    """What is shown of a cluster, and what is remembered for it; see ``parts.ClusterView``."""

    def __init__(self) -> None:
        self._before: ClusterStatus | None = None
        """The last status that was seen."""
        self._silent: dict[str, float] = {}
        """Hosts of which libvirt does not respond -> since when, s since the epoch."""
        self._lost: dict[str, float] = {}
        """Nodes that are unclean -> since when, clock of the cluster; 0 = they were so when the cluster was opened."""

    def events(self, state: State, facts: Facts) -> Sequence[ev.Event]:
        """What has changed of nodes, services, networks and quorum, and what nodes logged."""
        status = facts.status
        now = time.time()
        self._silent = {name: self._silent.get(name, now) for name in facts.silent}
        if status is not None:
            self._remember(status)
        found: list[ev.Event] = [
            *cluster_events(state, facts),
            *node_events(state, facts, self._lost),
            *network_events(state, facts),
            *service_events(state, facts),
        ]
        if status is not None and status is not self._before:
            if self._before is not None:
                found += logged_events(self._before, status)
                found += failover_events(state, self._before, status, self._silent)
            self._before = status
        return found

    def _remember(self, status: ClusterStatus) -> None:
        """Keep since when nodes are unclean."""
        first = self._before is None
        now = status.clock or status.at
        unclean = {node.name for node in status.nodes if node.unclean}
        self._lost = {name: self._lost.get(name, 0.0 if first else now) for name in unclean}
