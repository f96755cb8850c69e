"""Heartbeats between the members, and when one finds that another has fallen silent.

Every node sends heartbeats to every other on all networks with role 1 or 3. After ``SameSubnetThreshold`` missed ones,
``SameSubnetDelay`` apart, a route is down; once all routes between two nodes are, the members regroup (askcore
2012/02/08). A cluster service that ends closes its connections, which the others notice at once (assumption).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.alarms import Alarms
from fcm.backend.embedded.membership.hooks import nothing
from fcm.model.entities import ClusterVersion, NetworkRole
from fcm.model.rules.failing import faults
from fcm.model.rules.failing.assumed import heartbeat_delay, heartbeat_threshold

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core

Pair = tuple[str, str]
EARLY = 0.4
"""Share of the heartbeats that may be missed after which event 1650 warns (2012 and later)."""


class Heartbeats:
    """Who is silent for whom, since when, and when that is noticed."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._alarms = Alarms(core.kernel)
        self._silent: dict[Pair, float] = {}
        """Members that do not hear each other -> since when. A node that does not run is silent for itself too: so it
        is seen from outside where no other member is left."""
        self._down: dict[Pair, float] = {}
        """Those of which the last route is down -> since when."""
        self._emergency: set[Pair] = set()
        """Members between which only a network with role 0 is left."""
        self.on_down: Callable[[], None] = nothing
        """Told when the last route between two members is down."""

    def look(self) -> None:
        """Members fell silent, or are heard again."""
        members = [node.name for node in self._core.members()]
        silent = self._silent_now(members)
        for pair in [pair for pair in self._silent if pair not in silent]:
            self._heard(pair)
        for pair in silent:
            if pair not in self._silent:
                self._silent[pair] = self._core.kernel.now
                patience = self._patience(pair)
                self._alarms.after(_name(pair), patience, partial(self._route_down, pair))
                self._alarms.after(f"early {_name(pair)}", EARLY * patience, partial(self._tell_early, pair))
        self._look_at_last_resorts(members)

    def forget(self, node: str) -> None:
        """A node was frozen until now: what it and the others missed is counted anew."""
        for pair in [pair for pair in self._silent if node in pair]:
            self._drop(pair)

    def silent_since(self, node: str) -> float:
        """When a node fell silent for the first of the others, s since the epoch."""
        return min((since for pair, since in self._silent.items() if node in pair), default=self._core.kernel.now)

    def noticed(self, node: str) -> float:
        """When the first other found its routes down, s since the epoch."""
        return min((since for pair, since in self._down.items() if node in pair), default=self._core.kernel.now)

    def _silent_now(self, members: list[str]) -> list[Pair]:
        state = self._core.state
        if not state.faults and not any(state.nodes[name].process.gone for name in members):
            return []
        reach = faults.reach(state)
        found: list[Pair] = []
        for index, one in enumerate(members):
            if one not in reach.links:
                found.append((one, one))
            found += [(one, other) for other in members[index + 1 :] if not reach.hears(one, other)]
        return found

    def _patience(self, pair: Pair) -> float:
        """Seconds until one of a pair finds that it no longer hears the other."""
        state, (one, other) = self._core.state, pair
        runs = [name for name in pair if faults.service_runs(state, name)]
        if one != other and len(runs) == 1 and faults.touches(state, one, other):
            return self._core.figure("crash_notice")
        delay = heartbeat_delay(self._core.cluster)
        phase = self._core.between(0.0, delay, f"heartbeat {one} {other}")
        return delay * heartbeat_threshold(self._core.cluster, len(state.machines)) + phase

    def _tell_early(self, pair: Pair) -> None:
        self._log_routes("1650", pair)

    def _log_routes(self, key: str, pair: Pair) -> None:
        """The heartbeat driver of 2012 and later logs each route, known by its addresses."""
        state = self._core.state
        if pair[0] == pair[1] or not self._core.cluster.version.at_least(ClusterVersion.V2012):
            return
        for one, other in (pair, pair[::-1]):
            if not faults.service_runs(state, one):
                continue
            for network in state.networks.values():
                ends = (state.adapter(one, network.id), state.adapter(other, network.id))
                if network.role is not NetworkRole.NONE and ends[0] is not None and ends[1] is not None:
                    self._core.log(key, one, local=ends[0].address, other=ends[1].address)

    def _route_down(self, pair: Pair) -> None:
        self._down[pair] = self._core.kernel.now
        self._log_routes("1650-lost", pair)
        for one, other in (pair, pair[::-1]):
            if one != other and faults.service_runs(self._core.state, one):
                self._core.log("route-down", one, other=other)
        self.on_down()

    def _heard(self, pair: Pair) -> None:
        """They hear each other again, or are no longer both members."""
        self._drop(pair)
        state = self._core.state
        if pair[0] != pair[1] and all(name in state.nodes and state.nodes[name].state.is_member for name in pair):
            for one, other in (pair, pair[::-1]):
                self._core.log("1592", one, node=one, other=other)
            self._log_routes("1650-up", pair)

    def _drop(self, pair: Pair) -> None:
        self._silent.pop(pair, None)
        self._down.pop(pair, None)
        self._alarms.cancel(_name(pair))
        self._alarms.cancel(f"early {_name(pair)}")

    def _look_at_last_resorts(self, members: list[str]) -> None:
        state = self._core.state
        found: set[Pair] = set()
        if state.faults:
            reach = faults.reach(state)
            found = {
                (one, other)
                for index, one in enumerate(members)
                for other in members[index + 1 :]
                if reach.last_resort(one, other) is not None
            }
        for pair in sorted(found - self._emergency):
            self._emerged(pair)
        self._emergency = found

    def _emerged(self, pair: Pair) -> None:
        state = self._core.state
        network = faults.reach(state).last_resort(*pair)
        if network is not None:
            for one, other in (pair, pair[::-1]):
                self._core.log("1569", one, network=state.networks[network].name, node=other)


def _name(pair: Pair) -> str:
    return f"{pair[0]} {pair[1]}"
