"""Failures that a user simulates, and their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.failures import Fault

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

    def inject(self, command: cmd.InjectFault) -> None:
        """It fails, whether or not the cluster notices."""
        name = identity(self._core.cluster.name, "fault", f"{command.kind}/{command.target}", self._core.state.sequence)
        fault = Fault(name, command.kind, command.target, self._core.kernel.now, command.node, command.together)
        self._core.emit(ev.FaultInjected(fault))
        self._tell(fault, began=True)

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
