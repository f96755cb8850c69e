"""Network for live migration: which networks are used, and in which order they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fcm.model.commands import Command, SetMigrationNetworks
from fcm.model.entities import NetworkRole
from fcm.model.networks import default_migration_order, migration_order, rank_reason
from fcm.ui import format as words
from fcm.ui.appearance import network_icon
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.dialogs.parts import OrderedTickList, named, wrapped

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.ui.main_window import MainWindow

INTRO = (
    "Select the networks to use for live migration and put the most preferred one on top. Each migration tries them "
    "from top to bottom until one connects."
)
FOR_ALL = "In Windows Server 2008 R2 this choice acts for all virtual machines of the cluster."


class MigrationNetworksPanel(QWidget):
    """Tick boxes, Up and Down; beside each network its subnet, metric, rate and why it ranks so."""

    changed = Signal()

    def __init__(self, state: State, *, on_tab: bool) -> None:
        super().__init__()
        self._state = state
        self.ordered = OrderedTickList(
            "Networks for live migration", ["Network", "Subnet", "Metric", "Rate", "Default rank, and why"]
        )
        self.default = named(QPushButton("De&fault order"), "Default order")
        self.default.setAutoDefault(False)
        self.default.setToolTip(
            "Networks without a default gateway first, the network of Cluster Shared Volumes and cluster traffic last"
        )
        self.default.clicked.connect(self._restore)
        self.ordered.changed.connect(self.changed)
        foot = QHBoxLayout()
        foot.addWidget(wrapped(FOR_ALL, "quiet"), 1)
        foot.addWidget(self.default)
        column = QVBoxLayout(self)
        if not on_tab:
            column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(wrapped(INTRO))
        column.addWidget(self.ordered, 1)
        column.addLayout(foot)
        self._show(*_current(state))

    def _show(self, ticked: tuple[str, ...], others: tuple[str, ...]) -> None:
        """Fill the list: ticked networks in order, then those that are not ticked, then those never used."""
        networks = self._state.networks
        ranks = default_migration_order(networks.values())
        listing = self.ordered.list
        listing.clear()
        for identity in (*ticked, *others):
            network = networks[identity]
            rank = f"{ranks.index(identity) + 1}. {rank_reason(network, networks.values())}"
            texts = (network.name, network.subnet, str(network.metric), words.rate(network.bandwidth), rank)
            listing.add(identity, texts, network_icon(network), ticked=identity in ticked)
        for network in networks.values():
            if network.role is NetworkRole.NONE:
                reason = rank_reason(network, networks.values())
                texts = (network.name, network.subnet, str(network.metric), words.rate(network.bandwidth), reason)
                listing.add(network.id, texts, network_icon(network), reason=reason)
        for column in (2, 3):
            listing.align_right(column)
        listing.fit()
        listing.select_first()
        self.changed.emit()

    def _restore(self) -> None:
        self._show(default_migration_order(self._state.networks.values()), ())

    def commands(self, state: State) -> tuple[Command, ...]:
        """The change, if there is one; the default order is kept as "no choice" so that it follows the networks."""
        self._state = state
        usable = default_migration_order(state.networks.values())
        order = tuple(identity for identity in self.ordered.list.ticked() if identity in usable)
        if (order, tuple(identity for identity in usable if identity not in order)) == _current(state):
            return ()
        excluded = tuple(identity for identity in usable if identity not in order)
        return (SetMigrationNetworks(() if order == usable else order, excluded),)


def _current(state: State) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The networks in use in their order, and the usable ones that are excluded."""
    if state.cluster is None:
        return (), ()
    order = migration_order(state.cluster, state.networks)
    usable = default_migration_order(state.networks.values())
    return order, tuple(identity for identity in usable if identity not in order)


class MigrationNetworksDialog(CommandDialog):
    """The same choice reached from the networks of the cluster."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Networks for live migration", "network-order", QSize(820, 460), with_apply=True)
        self.panel = MigrationNetworksPanel(self.state, on_tab=False)
        self.panel.changed.connect(self.refresh)
        self.body.addWidget(self.panel, 1)
        self.finish_layout(self.panel.ordered.list)

    def commands(self) -> tuple[Command, ...]:
        """The new order, if it is new."""
        return self.panel.commands(self.state)
