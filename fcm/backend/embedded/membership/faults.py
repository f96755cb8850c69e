"""Failures that a user simulates, and their end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.failures import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.model import commands as cmd


class Faults:
    """Lets things fail and repairs them; the parts that are concerned see to what follows."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.on_changed: list[Callable[[Fault, bool], None]] = []
        """Called after a failure began (True) or ended (False), in this order."""

    def inject(self, command: cmd.InjectFault, until: float | None = None) -> None:
        """It fails, whether or not the cluster notices.

        Args:
            command: what fails; the rules allow it.
            until: s since the epoch: when it ends by itself.
        """
        self._begin(Fault("", command.kind, command.target, 0.0, command.node, command.together, until))

    def turn_off(self, node: str, restart: bool) -> None:
        """A node whose operating system has ended in order is off, or on again after a moment."""
        until = self._core.kernel.now + self._core.figure("reset") if restart else None
        self._begin(Fault("", FaultKind.POWER_OFF, node, 0.0, until=until, ordered=True))

    def settle(self) -> None:
        """After a start of the program: what ends by itself still does."""
        for fault in self._core.state.faults.values():
            self._arm(fault)

    def _begin(self, fault: Fault) -> None:
        what = f"{fault.kind}/{fault.target}/{fault.node}"
        name = identity(self._core.cluster.name, "fault", what, self._core.state.sequence)
        fault = replace(fault, id=name, since=self._core.kernel.now)
        self._core.emit(ev.FaultInjected(fault))
        self._arm(fault)
        self._tell(fault, began=True)

    def _arm(self, fault: Fault) -> None:
        if fault.until is not None:
            self._core.kernel.at(fault.until, partial(self.end, fault.id))

    def repair(self, command: cmd.RepairFault) -> None:
        """It works again."""
        self.end(command.fault)

    def end(self, fault: str) -> None:
        """A failure is over: repaired, or over by itself. No effect on one that is over already."""
        found = self._core.state.faults.get(fault)
        if found is not None:
            self._core.emit(ev.FaultRepaired(fault))
            self._tell(found, began=False)

    def _tell(self, fault: Fault, *, began: bool) -> None:
        for told in self.on_changed:
            told(fault, began)
