"""A migration written down by hand: states, rows and outlooks without a backend."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from fcm.migration.forecast.outlook import Interval, Outlook, Verdict
from fcm.model.entities import GIB, Cluster, MachineState, Network, NetworkRole, QuorumMode, VirtualMachine
from fcm.model.migrations import Migration, MigrationKind, MigrationOptions, NetworkAttempt
from fcm.model.state import State
from fcm.model.telemetry import Phase, TelemetryRow

MIB = 2**20
RATE = 117_625_000.0
"""bytes/s: 941 Mbit/s."""


def machine(**other: Any) -> VirtualMachine:
    made: dict[str, Any] = {
        "id": "vm1",
        "name": "SQL1",
        "node": "node1",
        "state": MachineState.RUNNING,
        "memory": 4 * GIB,
        "processors": 2,
        "workload": "",
        "path": "C:\\ClusterStorage\\Volume1\\SQL1",
        "disk": None,
        "switch": None,
        "group": "g1",
    }
    return VirtualMachine(**{**made, **other})


def migration(phase: Phase = Phase.BROWNOUT, **other: Any) -> Migration:
    made: dict[str, Any] = {"network": "n3", "requested": 1000.0, "started": 1000.0, "options": MigrationOptions()}
    made |= other
    return Migration("m1", made.pop("kind", MigrationKind.LIVE), "vm1", "node1", "node2", phase=phase, **made)


def state(*migrations: Migration) -> State:
    networks = {
        "n1": Network("n1", "Cluster Network 1", "10.0.1.0/24", NetworkRole.INTERNAL, 1000),
        "n3": Network("n3", "Cluster Network 3", "10.0.3.0/24", NetworkRole.INTERNAL, 1100),
    }
    return State(
        cluster=Cluster(
            "contoso", "contoso.com", "10.0.0.50", "node1", QuorumMode.NODE_MAJORITY, None, migration_order=("n1", "n3")
        ),
        networks=MappingProxyType(networks),
        machines=MappingProxyType({"vm1": machine()}),
        migrations=MappingProxyType({one.id: one for one in migrations}),
    )


def row(time: float = 60.0, number: int = 4, remaining: int = 112 * MIB, **other: Any) -> TelemetryRow:
    made = TelemetryRow(time, number, remaining, 5 * GIB, 8000.0, RATE, Phase.BROWNOUT)
    return replace(made, **other)


def outlook(
    eta: tuple[float, float, float] = (6.2, 7.0, 8.8),
    blackout: tuple[float, float, float] = (0.183, 0.2, 0.257),
    verdict: Verdict = Verdict.CONVERGING,
    **other: Any,
) -> Outlook:
    made: dict[str, Any] = {"reason": "", "remedies": (), "progress": 0.8, "assumed": False}
    made |= other
    ahead = np.linspace(60.0, 70.0, 11)
    values = np.linspace(112.0 * MIB, 0.0, 11)
    return Outlook(ahead, values * 0.9, values, values * 1.1, Interval(*eta), Interval(*blackout), verdict, **made)


def attempt(network: str, connected: bool, result: str, time: float = 1000.0) -> NetworkAttempt:
    return NetworkAttempt(network, "10.0.3.12", time, 0.5, connected, result)


def sawtooth(
    memory: int = 64 * MIB, rate: float = 8.0 * MIB, share: float = 0.25, passes: int = 4
) -> list[TelemetryRow]:
    """Rows of a migration whose every pass leaves ``share`` of what it sent for the next; ends completed."""
    rows, now, sent, left = [], 0.0, 0, float(memory)
    for number in range(1, passes + 1):
        steps = max(math.ceil(left / rate / 0.1), 1)
        for step in range(steps):
            gone = left * step / steps
            rows.append(
                TelemetryRow(
                    now + step * 0.1, number, round(left - gone), sent + round(gone), 500.0, rate, Phase.BROWNOUT
                )
            )
        now += steps * 0.1
        sent += round(left)
        left *= share
    rows.append(TelemetryRow(now, passes, 0, sent, 500.0, rate, Phase.COMPLETED))
    return rows
