"""The cmdlets, one module a noun; ``load`` registers them all."""

from __future__ import annotations

import importlib

MODULES = (
    "language",
    "selecting",
    "output",
    "rehearsal",
    "information",
    "scripting",
    "cluster",
    "nodes",
    "faults",
    "computers",
    "groups",
    "resources",
    "dependencies",
    "networks",
    "storage",
    "moves",
    "machines",
    "measuring",
    "snapshots",
    "events",
    "wevtutil",
    "win_events",
    "old_tools",
)


def load() -> None:
    """Register every cmdlet; idempotent."""
    for name in MODULES:
        importlib.import_module(f"fcm.shell.cmdlets.{name}")
