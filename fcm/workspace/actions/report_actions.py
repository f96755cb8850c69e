"""Actions that make reports to send on: of a month, a migration, a drain, a failover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.rules.verdict import OK, Verdict, no
from fcm.workspace.actions.action import Action
from fcm.workspace.selection import Place

if TYPE_CHECKING:
    from fcm.model.state import State
    from fcm.workspace.selection import Selection

_GROUPS = frozenset({Place.MACHINE, Place.GROUP})


def _moved(state: State, selection: Selection) -> Verdict:
    if any(one.phase.is_over for one in state.migrations.values() if one.machine == selection.id):
        return OK
    name = state.machines[selection.id].name
    return no(f"{name} has not been moved yet.", "Live migrate it, then its report can be made.")


def _drained(state: State, selection: Selection) -> Verdict:
    if any(one.node == selection.id for one in state.drains.values()):
        return OK
    return no(f"{selection.id} has not been drained yet.", "Drain it, then its report can be made.")


def group_of(state: State, selection: Selection) -> str:
    """The id of the group of what is selected; "" if it is in none."""
    machine = state.machines.get(selection.id)
    return (machine.group or "") if machine is not None else selection.id


def _failed_over(state: State, selection: Selection) -> Verdict:
    group = group_of(state, selection)
    if any(one.group == group for one in state.failovers.values()):
        return OK
    return no("It has not failed over yet.", "Simulate a failure of its node in a simulated cluster.")


AVAILABILITY_REPORT = Action("availability-report", "Availability Report...", "report", frozenset({Place.CLUSTER}),
                             dialog="availability-report")  # fmt: skip
REPORT_ACTIONS: tuple[Action, ...] = (
    Action("migration-report", "Report of the last move...", "report", frozenset({Place.MACHINE}),
           dialog="migration-report", may=_moved),
    Action("drain-report", "Report of the last drain...", "report", frozenset({Place.NODE}), dialog="drain-report",
           may=_drained),
    Action("failover-report", "Report of the last failover...", "report", _GROUPS, dialog="failover-report",
           may=_failed_over),
)  # fmt: skip
