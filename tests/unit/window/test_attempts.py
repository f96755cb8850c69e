from __future__ import annotations

from fcm.model.telemetry import Phase
from fcm.ui.migration.attempts import attempt_lines
from tests.unit.window.course_by_hand import attempt, migration, state


def test_networks_come_in_the_order_tried_with_result_and_why_the_next() -> None:
    one = migration(
        attempts=(attempt("n1", False, "no answer within 2 s"), attempt("n3", True, "connected", time=1002.0))
    )
    first, second = attempt_lines(state(one), one)
    assert (first.order, first.network, first.icon) == ("1", "Cluster Network 1", "fail")
    assert first.result == "no answer within 2 s. The next network was tried."
    assert (second.order, second.network, second.result) == ("2", "Cluster Network 3", "connected.")


def test_a_network_that_was_not_needed_is_listed_with_the_reason() -> None:
    one = migration(attempts=(attempt("n1", True, "connected"),))
    assert attempt_lines(state(one), one)[1].result == "Not needed: an earlier network connected."


def test_the_last_network_that_failed_says_that_none_was_left() -> None:
    one = migration(Phase.FAILED, attempts=(attempt("n1", False, "refused"), attempt("n3", False, "refused")))
    assert [line.result for line in attempt_lines(state(one), one)] == [
        "refused. The next network was tried.",
        "refused. No network was left.",
    ]
