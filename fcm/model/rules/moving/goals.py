"""Goals of live migrations in words, and whether they were met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.model.quantities import seconds

if TYPE_CHECKING:
    from fcm.model.migrations import Migration, MigrationOptions


def goals_in_words(options: MigrationOptions) -> str:
    """The goals as a sentence."""
    parts = []
    if options.move_within is not None:
        parts.append(f"finish within {seconds(options.move_within)}")
    if options.pause_at_most is not None:
        parts.append(f"stand still for {seconds(options.pause_at_most)} at most")
    shadow = " (shadow mode: nothing is changed)" if options.goals_shadow else ""
    return f"Goals: {' and '.join(parts)}{shadow}."


def outcome_of(migration: Migration) -> tuple[bool, str] | None:
    """Whether the goals of a completed migration were met, and each in words; None where there is nothing to say."""
    options, figures = migration.wanted, migration.figures
    if figures is None or not options.has_goals:
        return None
    total = figures.total
    if migration.started is not None and migration.ended is not None:
        total = max(total, migration.ended - migration.started)
    found = []
    if options.move_within is not None:
        found.append(("It finished after", total, options.move_within))
    if options.pause_at_most is not None:
        found.append(("The virtual machine stood still for", figures.downtime, options.pause_at_most))
    texts = [
        f"{start} {seconds(value)}; the goal was {seconds(goal)}{'' if value <= goal else ', which is missed'}."
        for start, value, goal in found
    ]
    return all(value <= goal for _, value, goal in found), " ".join(texts)
