"""Workloads of the machines of embedded clusters: who writes how much memory where.

Rates and sets are assumptions in the range of published measurements (Clark 2005: SPECweb 30 MB of hot pages, OLTP
tens of thousands of page writes a second); the names are those of machines as companies have them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.migration.workload import PAGE, Burst, Scattered, Sweep, Uniform, Workload, Zipf
from fcm.model.entities import MIB

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.model.entities import VirtualMachine


def _pages(size: float) -> int:
    return max(1, int(size * MIB) // PAGE)


def _idle(pages: int) -> Workload:
    hot = min(_pages(16), pages // 8)
    return Workload((Uniform(pages // 8, hot, 150.0), Scattered(hot, 20.0)), utilisation=0.05)


def _web_server(pages: int) -> Workload:
    hot = min(_pages(48), pages // 8)
    return Workload(
        (Zipf(pages // 8, hot, 2500.0, 0.9), Scattered(min(_pages(256), pages // 4), 500.0)), utilisation=0.4
    )


def _oltp_database(pages: int) -> Workload:
    hot = min(_pages(96), pages // 8)
    return Workload(
        (
            Uniform(pages // 16, hot, 9000.0),
            Zipf(pages // 4, pages // 4, 2500.0, 0.8),
            Sweep(pages // 16 + hot, min(_pages(64), pages // 16), 800.0),
        ),
        utilisation=0.7,
    )


def _in_memory_cache(pages: int) -> Workload:
    return Workload((Zipf(pages // 16, pages * 3 // 4, 9000.0, 0.99),), utilisation=0.5)


def _build_server(pages: int) -> Workload:
    return Workload(
        (Sweep(pages // 8, pages // 4, 20_000.0), Uniform(pages // 2, pages // 8, 12_000.0)),
        burst=Burst(writes=220_000, silence=9.0),
        utilisation=0.9,
    )


def _memory_hog(pages: int) -> Workload:
    return Workload((Sweep(pages // 16, pages * 3 // 4, 60_000.0),), utilisation=1.0)


_WORKLOADS: dict[str, Callable[[int], Workload]] = {
    "idle": _idle,
    "web-server": _web_server,
    "oltp-database": _oltp_database,
    "in-memory-cache": _in_memory_cache,
    "build-server": _build_server,
    "memory-hog": _memory_hog,
}


def workload_names() -> tuple[str, ...]:
    """Names of the workloads, sorted."""
    return tuple(sorted(_WORKLOADS))


def workload_of(machine: VirtualMachine) -> Workload:
    """What a machine's guest writes; an unknown workload counts as idle."""
    make = _WORKLOADS.get(machine.workload, _idle)
    return replace(make(machine.memory // PAGE), name=machine.workload, zero_share=machine.zero_share)
