"""The tabs Policies and Advanced Policies of a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGroupBox,
    QHBoxLayout,
    QRadioButton,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from fcm.model.entities import RestartPolicy
from fcm.ui.look.appearance import node_icon
from fcm.ui.widgets.dialog_parts import TickList, form, named, wrapped

if TYPE_CHECKING:
    from fcm.model.entities import Resource
    from fcm.model.state import State

_HOUR = 3600


class _Duration(QTimeEdit):
    """A duration of less than a day; ``whole`` names the largest unit shown."""

    def __init__(self, name: str, value: int, hours: bool) -> None:
        super().__init__()
        named(self, name)
        long = value >= _HOUR and not hours
        self.setDisplayFormat("HH:mm" if hours and not value % 60 else "HH:mm:ss" if hours or long else "mm:ss")
        self.setTimeRange(QTime(0, 0), QTime(23, 59, 59) if hours or long else QTime(0, 59, 59))
        self.setTime(QTime(0, 0).addSecs(min(value, 24 * _HOUR - 1)))

    def value(self) -> int:
        """Seconds."""
        return QTime(0, 0).secsTo(self.time())


class PoliciesPanel(QWidget):
    """What happens when the resource fails."""

    changed = Signal()

    def __init__(self, policy: RestartPolicy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = policy
        self.never = named(QRadioButton("If resource fails, do &not restart"), "If resource fails, do not restart")
        self.restart = named(
            QRadioButton("If resource fails, attempt &restart on current node"),
            "If resource fails, attempt restart on current node",
        )
        self.never.setChecked(not policy.restart)
        self.restart.setChecked(policy.restart)
        self.period = _Duration("Period for restarts (mm:ss)", policy.period, hours=False)
        self.maximum = named(QSpinBox(), "Maximum restarts in the specified period")
        self.maximum.setRange(0, 999)
        self.maximum.setValue(policy.maximum_restarts)
        self.failover = named(
            QCheckBox("If restart is unsuccessful, &fail over all resources in this service or application"),
            "If restart is unsuccessful, fail over all resources in this service or application",
        )
        self.failover.setChecked(policy.failover)
        self.again = named(
            QCheckBox("If all the restart attempts fail, begin restarting &again after the specified period (hh:mm):"),
            "If all the restart attempts fail, begin restarting again after the specified period (hh:mm)",
        )
        self.again.setChecked(bool(policy.retry_after))
        self.retry = _Duration("Period before restarting again (hh:mm)", policy.retry_after or _HOUR, hours=True)
        self.pending = _Duration("Pending timeout (mm:ss)", policy.pending_timeout, hours=False)

        self._inner = QWidget()
        inside = QVBoxLayout(self._inner)
        inside.setContentsMargins(24, 0, 0, 0)
        times = form()
        times.addRow("&Period for restarts (mm:ss):", self.period)
        times.addRow("&Maximum restarts in the specified period:", self.maximum)
        inside.addLayout(times)
        inside.addWidget(self.failover)
        inside.addWidget(self.again)
        retry = form()
        retry.setContentsMargins(24, 0, 0, 0)
        retry.addRow("Period (hh:mm):", self.retry)
        inside.addLayout(retry)
        pending = form()
        pending.addRow("P&ending timeout (mm:ss):", self.pending)
        column = QVBoxLayout(self)
        column.addWidget(self.never)
        column.addWidget(self.restart)
        column.addWidget(self._inner)
        column.addSpacing(8)
        column.addLayout(pending)
        column.addWidget(
            wrapped("How long the resource may take to go online or offline before it counts as failed.", "quiet")
        )
        column.addStretch(1)
        for button in (self.never, self.restart, self.failover, self.again):
            button.toggled.connect(lambda _: self._tell())
        for duration in (self.period, self.retry, self.pending):
            duration.timeChanged.connect(lambda _: self._tell())
        self.maximum.valueChanged.connect(lambda _: self._tell())
        self._enable()

    def _enable(self) -> None:
        self._inner.setEnabled(self.restart.isChecked())
        self.retry.setEnabled(self.restart.isChecked() and self.again.isChecked())

    def _tell(self) -> None:
        self._enable()
        self.changed.emit()

    def policy(self) -> RestartPolicy:
        """What is set now."""
        return RestartPolicy(
            restart=self.restart.isChecked(),
            period=self.period.value(),
            maximum_restarts=self.maximum.value(),
            failover=self.failover.isChecked(),
            retry_after=self.retry.value() if self.again.isChecked() else 0,
            pending_timeout=self.pending.value(),
            looks_alive=self._before.looks_alive,
            is_alive=self._before.is_alive,
        )


class _Interval(QGroupBox):
    """How often the health is checked: as usual for the type, or otherwise."""

    changed = Signal()

    def __init__(self, name: str, seconds: int, standard: int) -> None:
        super().__init__(name)
        named(self, name)
        self._standard = standard
        key = name.partition(" ")[0].lower()
        usual = f"Use standard time period for the resource type ({standard // 60:02}:{standard % 60:02})"
        self.usual = named(QRadioButton(usual), f"{name}: use standard time period for the resource type")
        self.own = named(QRadioButton("Use this time period (mm:ss):"), f"{name}: use this time period")
        self.time = _Duration(f"Time period of the {key} health check (mm:ss)", seconds, hours=False)
        self.usual.setChecked(seconds == standard)
        self.own.setChecked(seconds != standard)
        self.time.setEnabled(seconds != standard)
        row = QHBoxLayout()
        row.addWidget(self.own)
        row.addWidget(self.time)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 4)
        column.setSpacing(2)
        column.addWidget(self.usual)
        column.addLayout(row)
        self.own.toggled.connect(self.time.setEnabled)
        self.own.toggled.connect(lambda _: self.changed.emit())
        self.time.timeChanged.connect(lambda _: self.changed.emit())

    def value(self) -> int:
        """Seconds."""
        return self._standard if self.usual.isChecked() else self.time.value()


class PossibleOwnersPanel(QWidget):
    """On which nodes the resource may be online, how often its health is checked, and by which monitor."""

    changed = Signal()

    def __init__(self, resource: Resource, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = TickList("Possible owners", ["Node", "Status"])
        for node in state.nodes.values():
            ticked = node.name in resource.possible_owners
            self.list.add(node.name, [node.name, str(node.state)], node_icon(node), ticked=ticked)
        self.list.fit()
        self.list.ticked_changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.addWidget(
            wrapped(
                "Clear the check box of a node if the resource must never run there. A live migration to such a node "
                "is refused before it starts."
            )
        )
        column.addWidget(self.list, 1)
        standard = RestartPolicy()
        self.basic = _Interval("Basic resource health check interval", resource.policy.looks_alive,
                               standard.looks_alive)  # fmt: skip
        self.thorough = _Interval("Thorough resource health check interval", resource.policy.is_alive,
                                  standard.is_alive)  # fmt: skip
        self.monitor = named(
            QCheckBox("Run this resource in a separate Resource &Monitor"),
            "Run this resource in a separate Resource Monitor",
        )
        self.monitor.setChecked(resource.separate_monitor)
        self.monitor.setToolTip("If its resource DLL hangs, no other resource is affected")
        for box in (self.basic, self.thorough):
            column.addWidget(box)
            box.changed.connect(self.changed)
        column.addWidget(self.monitor)
        self.monitor.toggled.connect(lambda _: self.changed.emit())

    def owners(self, state: State) -> tuple[str, ...]:
        """The ticked nodes."""
        return tuple(node for node in self.list.ticked() if node in state.nodes)
