"""Networks and adapters of the embedded cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.model import events as ev
from fcm.model.entities import AdapterState, NetworkRole, NetworkState, NodeState
from fcm.model.failures import FaultKind
from fcm.model.rules.networks import automatic_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.backend.embedded.core import Core
    from fcm.model import commands as cmd
    from fcm.model.failures import Fault

_TAKES_PART = (NodeState.UP, NodeState.PAUSED)


class Networks:
    """What happens with networks and adapters."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def configure(self, command: cmd.ConfigureNetwork) -> None:
        """Name, use and metric of a network."""
        network = self._core.state.networks[command.network]
        automatic = network.auto_metric if command.auto_metric is None else command.auto_metric
        if command.metric is not None:
            automatic = False
        changed = replace(
            network,
            name=network.name if command.name is None else command.name,
            role=network.role if command.role is None else NetworkRole(command.role),
            metric=network.metric if command.metric is None else command.metric,
            auto_metric=automatic,
        )
        networks = {**self._core.state.networks, network.id: changed}
        metrics = automatic_metrics(networks.values())
        for identity, item in networks.items():
            item = replace(item, metric=metrics.get(identity, item.metric))
            if item != self._core.state.networks[identity]:
                self._core.emit(ev.NetworkChanged(item))

    def fault_changed(self, fault: Fault, began: bool) -> None:
        """A cable was unplugged or plugged in."""
        if fault.kind is not FaultKind.UNPLUG_CABLE or fault.target not in self._core.state.adapters:
            return
        takes_part = self._core.state.nodes[self._core.state.adapters[fault.target].node].state in _TAKES_PART
        here = AdapterState.UP if takes_part else AdapterState.UNAVAILABLE
        self._set(fault.target, AdapterState.FAILED if began else here)

    def node_changed(self, node: str) -> None:
        """The adapters of a node follow its state."""
        takes_part = self._core.state.nodes[node].state in _TAKES_PART
        state = AdapterState.UP if takes_part else AdapterState.UNAVAILABLE
        for adapter in tuple(self._core.state.adapters.values()):
            if adapter.node == node and adapter.state not in (AdapterState.FAILED, state):
                self._core.emit(ev.AdapterChanged(replace(adapter, state=state)))
        self.refresh(self._core.state.networks)

    def refresh(self, networks: Iterable[str]) -> None:
        """Bring the states of networks in line with their adapters."""
        for identity in tuple(networks):
            network = self._core.state.networks[identity]
            state = self._state_of(identity)
            if state is not network.state:
                self._core.emit(ev.NetworkChanged(replace(network, state=state)))

    def _set(self, identity: str, state: AdapterState) -> None:
        adapter = self._core.state.adapters[identity]
        self._core.emit(ev.AdapterChanged(replace(adapter, state=state)))
        self.refresh([adapter.network])

    def _state_of(self, network: str) -> NetworkState:
        """Up: all nodes can talk; partitioned: some; down: none (CLUSTER_NETWORK_STATE)."""
        nodes = self._core.state.nodes
        found = [
            adapter.state
            for adapter in self._core.state.adapters.values()
            if adapter.network == network and nodes[adapter.node].state in _TAKES_PART
        ]
        up = found.count(AdapterState.UP)
        if not found:
            return NetworkState.UNAVAILABLE
        if up == len(found):
            return NetworkState.UP
        return NetworkState.PARTITIONED if up > 1 else NetworkState.DOWN
