"""With what chance a planned live migration meets its goals, or that nobody can tell: a check before it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.migration.goals.decisions import percent
from fcm.migration.goals.expectation import expect
from fcm.model.quantities import seconds
from fcm.model.rules.moving.goals import goals_in_words
from fcm.model.rules.moving.preflight_checks import CATEGORY
from fcm.model.validation.report import CheckResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.migration.goals.expectation import Expectation
    from fcm.model.migrations import MigrationOptions
    from fcm.workspace.planning.preflight import Question

NAME = "Goals"
LIKELY = 0.8
"""Chance from which the check passes."""


def goals_check(
    question: Question, options: MigrationOptions, wanted: Callable[[], bool] | None = None
) -> CheckResult | None:
    """The check of the goals; None where there are none. May take some seconds: call it in a worker thread.

    Args:
        question: of the same plan (``preflight.question``).
        options: those that are in force.
        wanted: asked now and then; once it says no, the work is dropped.

    Raises:
        Abandoned: ``wanted`` said no.
    """
    if not options.has_goals:
        return None
    words = goals_in_words(options)
    if question.plan is None or question.unknown:
        return CheckResult(NAME, CATEGORY, "info", f"{words} fcm cannot tell with what chance: {question.unknown}")
    found = expect(question.plan, options, question.workload, question.samples, wanted=wanted)
    text = f"{words} {_chances(found, options)} {_basis(question)}"
    if found.met >= LIKELY:
        return CheckResult(NAME, CATEGORY, "pass", text)
    return CheckResult(NAME, CATEGORY, "warn", text, _remedy(found, options))


def _chances(found: Expectation, options: MigrationOptions) -> str:
    if options.move_within is None:
        return f"The chance that the pause is kept is {_percent(found.kept)}."
    if options.pause_at_most is None:
        return f"The chance to finish in time is {_percent(found.in_time)}."
    return (
        f"The chance that both are met is {_percent(found.met)}: {_percent(found.in_time)} to finish in time, and "
        f"{_percent(found.kept)} for the pause if it finishes."
    )


def _percent(share: float) -> str:
    return "over 90 %" if share > 0.95 else percent(share)


def _basis(question: Question) -> str:
    drawn = "This is the share of ten simulated migrations that differ in what is not known."
    return f"{drawn} {question.basis}".strip()


def _remedy(found: Expectation, options: MigrationOptions) -> str:
    ways = []
    if found.in_time < LIKELY:
        if options.move_within is not None:
            ways.append(f"allow more than {seconds(options.move_within)}")
        if options.pause_at_most is not None:
            ways.append("a longer pause")
        if not options.auto_converge:
            ways.append("auto-converge")
        if not options.post_copy:
            ways.append("post-copy")
    elif options.pause_at_most is not None:
        ways.append("allow a longer pause: the hosts alone need some of it")
    text = ", ".join(ways[:-1]) + f" or {ways[-1]}" if len(ways) > 1 else "".join(ways)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
