"""Guests whose writing the planner can reckon with: virtual machines of the open cluster, measured or known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm.workspace.planning.preflight import known_workload, measured_samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fcm.migration.engine.workload import Workload
    from fcm.migration.judging.fitting import DirtySample
    from fcm.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Guest:
    """One virtual machine."""

    name: str
    memory: int
    """bytes."""
    known: Workload | None
    """What it writes, where the cluster knows; None: it was measured."""
    samples: tuple[DirtySample, ...] = ()

    @property
    def label(self) -> str:
        """As it stands among the choices."""
        return f"{self.name} ({'known workload' if self.known is not None else 'measured writes'})"

    def workload(self) -> Workload:
        """What it writes; blocks for tenths of a second where it is fitted to what was measured."""
        if self.known is not None:
            return self.known
        from fcm.migration.judging.fitting import fit

        return fit(self.samples, self.memory).workload


def guests_of(workspace: Workspace | None) -> Sequence[Guest]:
    """Virtual machines whose writing was measured, or is known because it is simulated; measured ones first."""
    if workspace is None:
        return ()
    found: list[Guest] = []
    for machine in workspace.state.machines.values():
        samples, _ = measured_samples(workspace, machine.id)
        known = None if samples and not workspace.simulated else known_workload(machine)
        if known is not None or samples:
            found.append(Guest(machine.name, machine.memory, known, samples))
    return sorted(found, key=lambda one: (one.known is not None, one.name.casefold()))
