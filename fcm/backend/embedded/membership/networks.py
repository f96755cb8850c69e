"""Networks and adapters of the embedded cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.links import adapter_states, network_state
from fcm.model import events as ev
from fcm.model.entities import AdapterState, ClusterVersion, NetworkRole, NetworkState
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.networks import automatic_metrics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.backend.embedded.core import Core
    from fcm.model import commands as cmd

_ADAPTER_EVENTS = {AdapterState.UP: "1125", AdapterState.UNREACHABLE: "1126", AdapterState.FAILED: "1127"}
_NETWORK_EVENTS = {NetworkState.UP: "1128", NetworkState.PARTITIONED: "1129", NetworkState.DOWN: "1130"}


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

    def refresh(self, networks: Iterable[str] | None = None) -> None:
        """Bring the states of adapters and networks in line with what the members reach now.

        Every member logs what changed (assumption: in 2008 R2 the leader alone might).

        Args:
            networks: ids of those to look at; None: all.
        """
        for identity in tuple(self._core.state.networks if networks is None else networks):
            found = adapter_states(self._core.state, identity)
            for key, after in found.items():
                self._set(key, after)
            network = self._core.state.networks[identity]
            state = network_state(self._core.state, identity, found)
            if state is not network.state:
                self._core.emit(ev.NetworkChanged(replace(network, state=state)))
                self._log(_NETWORK_EVENTS.get(state), network.role, network=network.name)

    def node_changed(self, node: str) -> None:
        """The adapters of a node follow its state."""
        self.refresh()

    def _set(self, identity: str, state: AdapterState) -> None:
        adapter = self._core.state.adapters[identity]
        if adapter.state is state:
            return
        self._core.emit(ev.AdapterChanged(replace(adapter, state=state)))
        network = self._core.state.networks[adapter.network]
        values = {"interface": adapter.name, "node": adapter.node, "network": network.name}
        self._log(_ADAPTER_EVENTS.get(state), network.role, **values)

    def _log(self, key: str | None, role: NetworkRole, **values: str) -> None:
        """Every member writes it, in 2008 R2 the first one alone (assumption).

        Networks that the cluster may not use have no events of their own in this table.
        """
        if key is None or role is NetworkRole.NONE:
            return
        writers = [member.name for member in self._core.members() if answers(self._core.state, member.name)]
        for name in writers if self._core.cluster.version.at_least(ClusterVersion.V2012) else writers[:1]:
            self._core.log(key, name, **values)
