"""Whether it can be measured now how a machine writes its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.entities import MachineState
from fcm.model.rules.verdict import OK, Verdict, no

if TYPE_CHECKING:
    from fcm.model.state import State


def measurable(state: State, machine: str) -> Verdict:
    """It must run, and no migration may touch it: QEMU logs its writes for one of the two only."""
    found = state.machines.get(machine)
    if found is None:
        return no("The virtual machine no longer exists.", "Refresh the view (F5).")
    if found.state is not MachineState.RUNNING:
        return no(f"{found.name} is not running, so it writes nothing.", "Start the virtual machine first.")
    if state.active_migration(machine) is not None:
        return no(
            f"{found.name} is being migrated; the migration itself shows how fast it writes memory.",
            "Measure before a migration, or see the migration view.",
        )
    return OK
