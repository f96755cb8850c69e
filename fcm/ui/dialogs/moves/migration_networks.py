"""Network for live migration: which networks are used, and in which order they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from fcm.model.commands import Command, SetMachineNetworks, SetMigrationNetworks
from fcm.model.entities import NetworkRole
from fcm.model.migrations import NetworkPreference
from fcm.model.rules.networks import default_migration_order, migration_order, rank_reason
from fcm.ui.dialogs.frame import CommandDialog
from fcm.ui.look import format as words
from fcm.ui.look.appearance import network_icon
from fcm.ui.widgets.dialog_parts import OrderedTickList, named, wrapped

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.state import State
    from fcm.ui.desk import Desk

INTRO = (
    "Select the networks to use for live migration and move the most preferred one to the top. Each migration tries "
    "them from top to bottom until one connects."
)
FOR_ALL = "In Windows Server 2008 R2, this choice applies to all virtual machines of the cluster."
FOR_ONE = "This choice applies only to {name}. In Windows Server 2008 R2, one choice applies to all virtual machines."


class MigrationNetworksPanel(QWidget):
    """Tick boxes, Up and Down; beside each network its subnet, metric, rate and why it ranks so.

    On the tab of a virtual machine a box gives it an order of its own.
    """

    changed = Signal()

    def __init__(self, state: State, machine: str | None = None) -> None:
        super().__init__()
        self._state = state
        self._machine = machine
        self.ordered = OrderedTickList(
            "Networks for live migration", ["Network", "Subnet", "Metric", "Rate", "Default rank and reason"]
        )
        self.default = named(QPushButton("De&fault order"), "Default order")
        self.default.setAutoDefault(False)
        self.default.setToolTip(
            "Networks without a default gateway first, the network of Cluster Shared Volumes and cluster traffic last"
        )
        self.default.clicked.connect(self._restore)
        self.own = named(
            QCheckBox("Use a separate &order for this virtual machine"),
            "Use a separate order for this virtual machine",
        )
        self.own.setVisible(machine is not None)
        self.own.setChecked(self._is_own(state))
        self.own.toggled.connect(self._choose_whose)
        self._whose = wrapped("", "quiet")
        self.ordered.changed.connect(self.changed)
        foot = QHBoxLayout()
        foot.addWidget(self._whose, 1)
        foot.addWidget(self.default)
        column = QVBoxLayout(self)
        if machine is None:
            column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(wrapped(INTRO))
        column.addWidget(self.own)
        column.addWidget(self.ordered, 1)
        column.addLayout(foot)
        self._say_whose()
        self._show(*_current(state, self._moved(state)))

    def _moved(self, state: State) -> VirtualMachine | None:
        return state.machines.get(self._machine) if self._machine is not None else None

    def _is_own(self, state: State) -> bool:
        machine = self._moved(state)
        return machine is not None and machine.migration_networks is not None

    def _say_whose(self) -> None:
        machine = self._moved(self._state)
        own = machine is not None and self.own.isChecked()
        self._whose.setText(FOR_ONE.format(name=machine.name) if machine is not None and own else FOR_ALL)

    def _choose_whose(self, own: bool) -> None:
        """An order of its own begins as the one that is shown; without it that of the cluster is shown again."""
        self._say_whose()
        if not own:
            self._show(*_current(self._state, None))
        self.changed.emit()

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
        excluded = tuple(identity for identity in usable if identity not in order)
        machine, own = self._moved(state), self.own.isChecked()
        if machine is not None and own:
            unchanged = self._is_own(state) and (order, excluded) == _current(state, machine)
            return () if unchanged else (SetMachineNetworks(machine.id, NetworkPreference(order, excluded)),)
        back = (SetMachineNetworks(machine.id, None),) if machine is not None and self._is_own(state) else ()
        if (order, excluded) == _current(state, None):
            return back
        return (*back, SetMigrationNetworks(() if order == usable else order, excluded))


def _current(state: State, machine: VirtualMachine | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The networks in use in their order, and the usable ones that are excluded."""
    if state.cluster is None:
        return (), ()
    order = migration_order(state.cluster, state.networks, machine)
    usable = default_migration_order(state.networks.values())
    return order, tuple(identity for identity in usable if identity not in order)


class MigrationNetworksDialog(CommandDialog):
    """The same choice reached from the networks of the cluster."""

    def __init__(self, window: Desk) -> None:
        super().__init__(window, "Networks for live migration", "network-order", QSize(980, 460), with_apply=True)
        self.panel = MigrationNetworksPanel(self.state)
        self.panel.changed.connect(self.refresh)
        self.body.addWidget(self.panel, 1)
        self.finish_layout(self.panel.ordered.list)

    def commands(self) -> tuple[Command, ...]:
        """The new order, if it is new."""
        return self.panel.commands(self.state)
