"""How fast the guests of embedded clusters write memory: computed from their workloads, measured nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.base import MeasureError
from fcm.backend.embedded.machines.workloads import workload_of
from fcm.migration.engine.workload import PAGE
from fcm.model.entities import MIB
from fcm.model.rules.moving.measuring import measurable

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.judging.fitting import DirtySample
    from fcm.model.state import State

SECONDS = (1.0, 2.0, 4.0, 8.0)
"""s of the samples, as on real hosts."""


def workload_samples(
    state: State, machine: str, told: Callable[[DirtySample], None], wanted: Callable[[], bool]
) -> tuple[DirtySample, ...]:
    """See fcm.backend.base.Backend.measure_writes: the expected distinct pages of the machine's workload.

    Raises:
        MeasureError: the machine is being migrated or does not run.
    """
    from fcm.migration.judging.fitting import (
        DirtySample,  # numpy, which a cluster does without until something is computed
    )

    verdict = measurable(state, machine)
    if not verdict:
        raise MeasureError(verdict.sentence())
    found = state.machines[machine]
    workload = workload_of(found)
    samples: list[DirtySample] = []
    for seconds in SECONDS:
        if not wanted():
            break
        pages = workload.distinct(seconds, found.memory // PAGE)
        samples.append(DirtySample(seconds, pages * PAGE / MIB / seconds, rounded=False))
        told(samples[-1])
    return tuple(samples)
