"""The cmdlets, one module a noun; ``load`` registers them all."""

from __future__ import annotations

import functools
import importlib

MODULES = (
    "core.selecting",
    "core.choosing",
    "core.layouts",
    "core.converting",
    "core.ordering",
    "core.files",
    "core.path_parts",
    "core.times",
    "core.streams",
    "core.variables",
    "core.chance",
    "core.searching",
    "rehearsal",
    "core.information",
    "cluster",
    "nodes",
    "faults",
    "windows.computers",
    "windows.services",
    "windows.cim",
    "windows.remote",
    "fencing",
    "groups",
    "roles",
    "resources",
    "dependencies",
    "networks",
    "storage",
    "moves",
    "machines",
    "hardware",
    "devices",
    "migration_settings",
    "affinity",
    "measuring",
    "snapshots",
    "logs.events",
    "logs.wevtutil",
    "logs.win_events",
    "core.old_tools",
)


@functools.cache
def load() -> None:
    """Register every cmdlet; once is enough."""
    for name in MODULES:
        importlib.import_module(f"fcm.shell.cmdlets.{name}")
