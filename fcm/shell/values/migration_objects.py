"""Moves of machines and their defaults as objects."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fcm.model.rules.networks import migration_order
from fcm.shell.values.objects import when
from fcm.shell.values.values import ShellObject

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine
    from fcm.model.migrations import Migration, MigrationOptions
    from fcm.model.state import State
    from fcm.workspace.workspace import Workspace


def migration_object(migration: Migration, workspace: Workspace) -> ShellObject:
    """A move of a machine: measured figures, and of one that runs its course and the forecast of its end."""
    state = workspace.state
    network = state.networks.get(migration.network or "")
    figures = migration.figures
    rows = workspace.rows(migration.id)
    row = rows[-1] if rows else None
    runs = None if row is None or migration.phase.is_over else row
    sent, passes = (row.sent, row.pass_number) if row is not None else (None, None)
    return ShellObject(
        "Migration",
        {
            "VirtualMachine": state.moved_name(migration),
            "Kind": str(migration.kind),
            "Source": migration.source,
            "Destination": migration.destination,
            "State": str(migration.phase),
            "Reason": migration.reason,
            "Network": network.name if network else "",
            "Requested": when(migration.requested),
            "Ended": None if migration.ended is None else when(migration.ended),
            "TotalSeconds": figures.total if figures else None,
            "BlackoutSeconds": figures.downtime if figures else None,
            "Passes": figures.passes if figures else passes,
            "BytesSent": figures.bytes if figures else sent,
            "BytesRemaining": None if runs is None else runs.remaining,
            "BytesPerSecond": None if runs is None else round(runs.rate),
            **(_NO_FORECAST if runs is None else _forecast(migration, workspace)),
            "Goals": _goals(migration.wanted),
            "Steps": [step.text for step in migration.steps],
            "Id": migration.id,
        },
        migration.id,
    )


def _goals(options: MigrationOptions) -> str:
    """The goals of a live migration in words; "" where it has none."""
    within, pause = options.move_within, options.pause_at_most
    parts = [
        *([] if within is None else [f"within {within:g} s"]),
        *([] if pause is None else [f"pause at most {pause:g} s"]),
        *(["shadow"] if options.goals_shadow else []),
    ]
    return ", ".join(parts)


_NO_FORECAST: dict[str, Any] = dict.fromkeys(("ExpectedEnd", "ExpectedEndFrom", "ExpectedEndTo", "Forecast"))
_BASIS = {True: "assumed: no measurements of the guest yet", False: "80 % interval"}
"""On what a forecast rests."""


def _forecast(migration: Migration, workspace: Workspace) -> dict[str, Any]:
    """When a running migration will end, with its interval; what is not known or will not come is said."""
    outlook = workspace.outlook(migration.id)
    if outlook is None:
        return _NO_FORECAST
    now = workspace.now()
    ends = [
        when(now + eta) if math.isfinite(eta) else None for eta in (outlook.eta.mid, outlook.eta.low, outlook.eta.high)
    ]
    if ends[0] is None:
        said = f"{outlook.verdict.value}" + (f", {outlook.reason}" if outlook.reason else "")
    else:
        latest = "no end" if ends[2] is None else f"{outlook.eta.high:.0f} s"
        said = f"in {outlook.eta.low:.0f} s to {latest}, {_BASIS[outlook.assumed]}"
    return dict(zip(_NO_FORECAST, (*ends, said), strict=True))


def migration_default_object(options: MigrationOptions) -> ShellObject:
    """Options of live migrations that name none of their own."""
    return ShellObject(
        "MigrationDefault",
        {
            "DowntimeLimit": options.downtime_limit,
            "Bandwidth": options.bandwidth,
            "AutoConverge": options.auto_converge,
            "AutoConvergeInitial": options.auto_converge_initial,
            "AutoConvergeIncrement": options.auto_converge_increment,
            "PostCopy": options.post_copy,
            "Xbzrle": options.xbzrle,
            "ParallelConnections": options.parallel_connections,
            "Tls": options.tls,
            "TimeLimit": options.time_limit,
            "Compression": options.compression.value or "None",
            "ZeroCopy": options.zero_copy,
            "XbzrleCache": options.xbzrle_cache,
            "SwitchoverBandwidth": options.switchover_bandwidth,
            "PostCopyBandwidth": options.post_copy_bandwidth,
            "MoveWithin": options.move_within,
            "PauseAtMost": options.pause_at_most,
            "Shadow": options.goals_shadow,
        },
    )


def network_order_object(machine: VirtualMachine, state: State) -> ShellObject:
    """The networks that live migrations of a machine try, and whether the order is its own."""
    assert state.cluster is not None
    order = migration_order(state.cluster, state.networks, machine)
    return ShellObject(
        "MigrationNetworkOrder",
        {
            "VMName": machine.name,
            "Order": [state.networks[identity].name for identity in order],
            "From": "Cluster" if machine.migration_networks is None else "Machine",
        },
    )
