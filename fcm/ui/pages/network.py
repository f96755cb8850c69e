"""The page of a network: its facts and its adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.rules.networks import shared_volume_network
from fcm.model.state import Change, Kind
from fcm.ui.look import appearance, format
from fcm.ui.pages.networks import migration_rank
from fcm.ui.pages.page import Page
from fcm.ui.pages.simulated_failures import with_failures
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState, Facts, heading
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.entities import Adapter
    from fcm.ui.desk import Desk

_FACTS = ("Status", "Cluster Use", "Subnet", "Gateway", "Metric", "Bandwidth", "Live migration", "Current traffic")
_ORDINALS = {1: "first", 2: "second", 3: "third"}


class NetworkPage(Page):
    """Facts on top, adapters below."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Network", "network")
        self._facts = Facts(_FACTS, columns=2)
        self.column.addWidget(self._facts)
        self.column.addWidget(heading("Adapters"))
        self.adapters = TableView("Adapters", self._model(), window.context.settings)
        self.watch(self.adapters, Place.ADAPTER, opens=False)
        self.column.addWidget(self.adapters, 1)
        self._none = EmptyState("No node has an adapter on this network.")
        self.column.addWidget(self._none)

    def refresh(self, change: Change) -> None:
        """Facts and adapters."""
        kinds = {Kind.NETWORK, Kind.ADAPTER, Kind.CLUSTER, Kind.MIGRATION, Kind.NODE}
        network = self.state.networks.get(self.selection.id)
        if network is None or (not change.structural and not change.kinds() & kinds):
            return
        state, say = self.state, self._facts.say
        self.title.say(network.name, appearance.network_icon(network), network.description)
        say("Status", str(network.state))
        say("Cluster Use", appearance.cluster_use(network))
        say("Subnet", network.subnet)
        say("Gateway", network.gateway or "None (private network)")
        say("Metric", f"{network.metric:,} ({'automatic' if network.auto_metric else 'set manually'})")
        say("Bandwidth", f"{format.rate(network.bandwidth)} each way")
        rank = migration_rank(state, network.id)
        say("Live migration", f"Tried {_ORDINALS.get(rank, f'as number {rank}')}" if rank else "Not used")
        say("Current traffic", self._load(network.id))
        self.adapters.table.set_ids(a.id for a in state.adapters.values() if a.network == network.id)
        self._none.setVisible(not self.adapters.table.total)
        self.adapters.setVisible(bool(self.adapters.table.total))

    def _load(self, network: str) -> str:
        state, words = self.state, []
        for migration in state.running_migrations():
            if migration.network == network:
                name = state.moved_name(migration)
                words.append(f"{name} ({migration.source} to {migration.destination})")
        shared = shared_volume_network(state.networks.values())
        if shared is not None and shared.id == network:
            words.append("Cluster Shared Volumes and cluster traffic")
        return "; ".join(words) or "None"

    def _model(self) -> TableModel:
        def adapter(identity: str) -> Adapter:
            return self.state.adapters[identity]

        return TableModel(
            (
                Column("Name", lambda i: adapter(i).name, 260, icon=lambda i: appearance.adapter_icon(adapter(i))),
                Column("Node", lambda i: adapter(i).node, 120),
                Column("Status", lambda i: with_failures(str(adapter(i).state), self.state, i), 110),
                Column("Address", lambda i: adapter(i).address, 140, whole=True),
            )
        )
