"""The columns of lists of virtual machines, the same on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.ui.look import appearance, format
from fcm.ui.tables.table_model import Column, TableModel

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.ui.desk import Desk


FROM_TELEMETRY = ("Status", "Dirty rate")
"""Columns that change with the telemetry of a running migration; the others change with events."""


def machine_model(window: Desk, clustered: bool = True, with_owner: bool = True) -> TableModel:
    """A model of virtual machines by id; ``clustered`` ones have a service or application."""

    def machine(identity: str) -> VirtualMachine:
        return window.state.machines[identity]

    def icon(identity: str) -> str:
        found = machine(identity)
        group = window.state.groups.get(found.group or "")
        moving = window.figures.active(window.state, identity) is not None
        return appearance.machine_icon(
            found, group.state if group else None, moving, appearance.trouble(found, window.state)
        )

    def auto_start(identity: str) -> str:
        group = window.state.groups.get(machine(identity).group or "")
        return format.NONE if group is None else "Yes" if group.auto_start else "No"

    def dirty(identity: str) -> float:
        return window.figures.dirty_rate(window.state, identity) or 0.0

    def blackout(identity: str) -> float:
        found = window.figures.last_blackout(window.state, identity)
        return -1.0 if found is None else found

    def dirty_words(identity: str) -> str:
        value = dirty(identity)
        return format.page_rate(value) if value else format.NONE

    def blackout_words(identity: str) -> str:
        value = blackout(identity)
        return format.NONE if value < 0 else format.milliseconds(value)

    def progress(identity: str) -> float:
        migration = window.figures.active(window.state, identity)
        return window.figures.progress(migration) if migration else -1.0

    def status(identity: str) -> str:
        return window.figures.status(window.state, machine(identity))

    def reason(identity: str) -> str:
        migration = window.figures.active(window.state, identity)
        return f"{status(identity)}\n{migration.reason}" if migration and migration.reason else ""

    name = Column("Name", lambda i: machine(i).name, 170, icon=icon)
    state = Column(
        "Status", status, 202, sort=lambda i: (status(i).split(",")[0], progress(i)), tooltip=reason, keeps=True
    )
    owner = Column("Current Owner" if clustered else "Node", lambda i: machine(i).node, 110)
    memory = Column(
        "Memory", lambda i: format.size(machine(i).memory), 80, sort=lambda i: machine(i).memory, numeric=True
    )
    path = Column("Path", lambda i: machine(i).path, 300, folds=1)
    if not clustered:
        return TableModel((name, state, owner, memory, path), first_sort=0)
    columns = (
        name,
        state,
        Column("Type", lambda i: "Virtual Machine", 100, folds=4),
        *((owner,) if with_owner else ()),
        Column("Auto Start", auto_start, 80, folds=3),
        memory,
        Column(
            "Dirty rate",
            dirty_words,
            95,
            sort=dirty,
            numeric=True,
            hint="Memory that the guest rewrites each second, as measured by its latest migration",
            folds=1,
        ),
        Column(
            "Blackout",
            blackout_words,
            100,
            sort=blackout,
            numeric=True,
            hint="How long the guest was stopped in its latest completed live migration",
            folds=2,
        ),
    )
    return TableModel(columns, first_sort=0)
