"""Whole migrations on the engine, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.migration.engine.engine import WINDOW, Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.migration.engine.specification import MigrationSpec
    from fcm.model.telemetry import FinalFigures


def run_to_end(
    specs: Iterable[MigrationSpec], most: float = 3600.0, engine: Engine | None = None
) -> list[FinalFigures | None]:
    """Runs migrations together until all are over or `most` seconds passed; ``None`` for those that are not."""
    engine = engine if engine is not None else Engine()
    handles = [engine.add(spec) for spec in specs]
    ended: dict[int, FinalFigures] = {}
    left = round(most / WINDOW)
    while left > 0 and len(ended) < len(handles):
        step, count = engine.leap(left)
        ended.update(step.finished)
        left -= count
    return [ended.get(h) for h in handles]
