"""What a kept migration would have been otherwise: with another bandwidth, other writes, limit or hypervisor.

What was is measured (or was simulated); what would have been is predicted by the engine from the same guest: its known
workload, or the one fitted to the pages that the run's own passes found dirtied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fcm.migration.engine.policies import PRESETS
from fcm.migration.judging.prediction import COMPLETED, predict
from fcm.migration.judging.recorded_prediction import Basis, comparable, give_up, with_times
from fcm.model.quantities import seconds
from fcm.text.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.judging.prediction import Prediction
    from fcm.migration.judging.recorded_prediction import Comparable
    from fcm.migration.recordings.recording import Recording

AS_IT_WAS = ""
"""The stopping rule of the hypervisor that it ran on."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """How it should have been otherwise."""

    bandwidth: float
    """bytes/s."""
    writes: float
    """Of the guest, as a multiple of what it wrote."""
    downtime_limit: float
    """s."""
    preset: str = AS_IT_WAS
    """A key of ``fcm.migration.engine.policies.PRESETS``; AS_IT_WAS: as it was."""


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What it would have been."""

    wish: WhatIf
    prediction: Prediction
    sentence: str


def basis_of(recording: Recording) -> Comparable:
    """What a kept migration is predicted from. Raises NotComparableError: nothing can be said of it, and why."""
    return comparable(recording)


def as_it_was(how: Comparable) -> WhatIf:
    """The figures with which it ran."""
    limit = how.spec.downtime_limit
    return WhatIf(how.spec.bandwidth, 1.0, how.spec.rule.downtime_limit if limit is None else limit)


def would_be(recording: Recording, how: Comparable, wish: WhatIf, wanted: Callable[[], bool]) -> WouldBe:
    """The prediction for a wish, with its curve; blocks, for tenths of a second.

    Raises:
        Abandoned: ``wanted``, asked now and then, said no.
    """
    was = as_it_was(how)
    spec = how.spec
    patterns = tuple(replace(one, rate=one.rate * wish.writes) for one in spec.workload.patterns)
    workload = spec.workload if wish.writes == 1.0 else replace(spec.workload, patterns=patterns, achieved=())
    spec = replace(spec, workload=workload, downtime_limit=wish.downtime_limit)
    if wish.bandwidth != was.bandwidth:
        line = spec.line_rate
        # A network as fast as the limit was carries more when more is asked for; a faster one carries what it did.
        spec = replace(
            spec,
            bandwidth=wish.bandwidth,
            bandwidth_series=(),
            line_rate=None if line is None else max(line, wish.bandwidth),
        )
    if wish.preset != AS_IT_WAS:
        spec = replace(spec, rule=PRESETS[wish.preset])
    made = with_times(predict(spec, give_up(recording), curve=True, wanted=wanted), how)
    return WouldBe(wish, made, _sentence(recording, how, made))


def _sentence(recording: Recording, how: Comparable, made: Prediction) -> str:
    word = "Simulated" if how.simulated else "Measured"
    final, was = recording.final, f"{word}: it did not complete."
    if final is not None:
        passes = counted(final.passes, "pass", "passes")
        was = f"{word}: {seconds(final.total)}, blackout {seconds(final.downtime)}, {passes}."
    source = "the known workload" if how.basis is Basis.WORKLOAD else "a workload fitted to this run"
    if made.status == COMPLETED and made.downtime is not None:
        passes = counted(made.passes, "pass", "passes")
        would = f"{seconds(made.total)}, blackout {seconds(made.downtime)}, {passes}"
    else:
        would = f"it would not have ended within {seconds(made.total)}"
    return f"Predicted from {source}: {would}. {was}"
