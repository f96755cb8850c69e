"""What the guests of embedded clusters write: the named workloads, fitted to the size of each machine."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.migration.engine.catalogue import named_workload
from fcm.migration.engine.catalogue import workload_names as _shipped
from fcm.migration.engine.workload import PAGE, Pattern, Scattered, Workload

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine

IDLE = "idle"


@functools.cache
def workload_names() -> tuple[str, ...]:
    """Names of the shipped workloads, sorted."""
    return _shipped()


def workload_of(machine: VirtualMachine) -> Workload:
    """What a machine's guest writes; an unknown workload counts as idle."""
    workload = _fitted(machine.workload if machine.workload in workload_names() else IDLE, machine.memory // PAGE)
    return replace(workload, zero_share=machine.zero_share or workload.zero_share)


@functools.lru_cache(maxsize=256)
def _fitted(name: str, memory_pages: int) -> Workload:
    """A workload whose ranges are within so many pages: shrunk in proportion where the machine is too small."""
    workload = named_workload(name)
    extent = max(getattr(pattern, "first", 0) + pattern.pages for pattern in workload.patterns)
    share = min(1.0, memory_pages / extent)
    return replace(workload, patterns=tuple(_shrunk(pattern, share, memory_pages) for pattern in workload.patterns))


def _shrunk(pattern: Pattern, share: float, memory_pages: int) -> Pattern:
    pages = max(1, int(pattern.pages * share))
    if isinstance(pattern, Scattered):
        return replace(pattern, pages=pages)
    return replace(pattern, pages=pages, first=min(int(pattern.first * share), memory_pages - pages))
