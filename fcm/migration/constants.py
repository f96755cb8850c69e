"""Figures that everything about live migrations is based on, each with its source."""

from __future__ import annotations

GOODPUT = 0.94
"""Share of a line's rate that carries memory: TCP over Ethernet with frames of 1500 bytes."""
DOWNTIME_LIMIT = 0.3
"""s that a guest may stand still at the end where nothing is set (QEMU migration/options.c,
DEFAULT_MIGRATE_SET_DOWNTIME; libvirt leaves it)."""
THROTTLE_INITIAL = 20
"""%: first step of auto-converge (QEMU migration/options.c, cpu-throttle-initial)."""
THROTTLE_INCREMENT = 10
"""%: each further step (cpu-throttle-increment)."""
THROTTLE_MAX = 99
"""%: the most that it slows a guest (max-cpu-throttle)."""
THROTTLE_TRIGGER = 0.5
"""Dirtied over sent bytes of a period from which the guest is slowed (throttle-trigger-threshold, 50 %)."""
