"""The page Networks: use, metric, and the order in which live migration prefers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from fcm.model.entities import AdapterState, Network
from fcm.model.rules.networks import migration_order, shared_volume_network
from fcm.model.state import Change, Kind
from fcm.ui.look import appearance, format
from fcm.ui.look.plain import Label
from fcm.ui.pages.page import Page
from fcm.ui.pages.simulated_failures import with_failures
from fcm.ui.tables.table_model import Column, TableModel
from fcm.ui.tables.table_view import TableView
from fcm.ui.widgets.page_parts import EmptyState
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.desk import Desk


def migration_rank(state: State, network: str) -> int | None:
    """Place of a network in the order that live migration tries, 1 first; None = not used."""
    if state.cluster is None:
        return None
    order = migration_order(state.cluster, state.networks)
    return order.index(network) + 1 if network in order else None


class NetworksPage(Page):
    """One list and a sentence on live migration."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Networks", "networks")
        self._sentence = Label()
        self._sentence.setObjectName("summary")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.column.addWidget(self._sentence)
        self.networks = TableView("Networks", self._model(), window.context.settings)
        self.watch(self.networks, Place.NETWORK)
        self.column.addWidget(self.networks, 1)
        self._none = EmptyState("The nodes of this cluster share no network.")
        self.column.addWidget(self._none)

    def refresh(self, change: Change) -> None:
        """Networks in the order of their metric."""
        if not change.structural and not change.kinds() & {Kind.NETWORK, Kind.ADAPTER, Kind.CLUSTER, Kind.MACHINE}:
            return
        state, cluster = self.state, self.state.cluster
        networks = sorted(state.networks.values(), key=lambda network: (network.metric, network.name))
        self.networks.table.set_ids(network.id for network in networks)
        self._none.setVisible(not networks)
        self.title.say("Networks", "networks", format.count(len(networks), "network"))
        if cluster is None:
            return
        order = [state.networks[identity].name for identity in migration_order(cluster, state.networks)]
        whose = "set manually" if cluster.migration_order else "the default order"
        shared = shared_volume_network(networks)
        words = (
            f"Live migration tries {', then '.join(order)} ({whose})." if order else "Live migration has no network."
        )
        if shared is not None:
            words += f" Cluster Shared Volumes use {shared.name}, which has the lowest metric."
        own = sorted(one.name for one in state.machines.values() if one.migration_networks is not None)
        if own:
            words += f" With a separate order: {format.listed(own)}."
        self._sentence.setText(words)

    def _model(self) -> TableModel:
        def network(identity: str) -> Network:
            return self.state.networks[identity]

        def rank(identity: str) -> int:
            return migration_rank(self.state, identity) or 999

        def metric(identity: str) -> str:
            found = network(identity)
            return f"{found.metric:,} {'(automatic)' if found.auto_metric else '(set)'}"

        def adapters(identity: str) -> str:
            found = [a for a in self.state.adapters.values() if a.network == identity]
            up = sum(a.state is AdapterState.UP for a in found)
            return f"{up} of {len(found)} up"

        def order(identity: str) -> str:
            found = migration_rank(self.state, identity)
            return str(found) if found else "Not used"

        return TableModel(
            (
                Column("Name", lambda i: network(i).name, 180, icon=lambda i: appearance.network_icon(network(i))),
                Column("Status", lambda i: with_failures(str(network(i).state), self.state, i), 90),
                Column("Cluster Use", lambda i: appearance.cluster_use(network(i)), 90),
                Column("Live migration", order, 100, sort=rank, numeric=True, hint="Order in which networks are tried"),
                Column("Metric", metric, 120, sort=lambda i: network(i).metric, numeric=True, folds=2),
                Column("Subnet", lambda i: network(i).subnet, 120, whole=True),
                Column("Gateway", lambda i: network(i).gateway or format.NONE, 100, folds=3, whole=True),
                Column(
                    "Bandwidth",
                    lambda i: format.rate(network(i).bandwidth),
                    90,
                    sort=lambda i: network(i).bandwidth,
                    numeric=True,
                    folds=1,
                ),
                Column("Adapters", adapters, 90, folds=4),
            )
        )
