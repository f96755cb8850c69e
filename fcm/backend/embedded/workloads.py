"""Workloads of the machines of embedded clusters, by name (resources/workloads/*.toml)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from fcm import resources
from fcm.migration.workload import Uniform, Workload

if TYPE_CHECKING:
    from fcm.model.entities import VirtualMachine


@functools.cache
def workload_names() -> tuple[str, ...]:
    """Names of the shipped workloads, sorted."""
    return tuple(sorted(path.stem for path in resources.path("workloads").glob("*.toml"))) or (
        "idle",
        "web-server",
        "oltp-database",
        "in-memory-cache",
        "build-server",
        "memory-hog",
    )


def workload_of(machine: VirtualMachine) -> Workload:
    """What a machine's guest writes."""
    return Workload((Uniform(0, 10000, 1000.0),))
