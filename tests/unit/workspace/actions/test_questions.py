"""What is asked before an action is done on several things at once."""

from __future__ import annotations

from fcm.workspace.actions.catalog import ACTIONS, NAMES, QUESTIONS, question_of
from fcm.workspace.selection import Place, Selection
from tests.ui.by_hand import formed, machine, opened

DELETE = next(action for action in ACTIONS if action.id == "delete-machine")


def asked(count: int) -> list[str]:
    machines = [machine(f"VM{number}") for number in range(count)]
    workspace, _ = opened(formed(machines))
    state = workspace.state
    workspace.close()
    selections = [Selection(Place.MACHINE, one.id) for one in machines]
    return question_of(DELETE, state, selections).splitlines()


def test_each_of_a_few_is_asked_about_by_itself() -> None:
    assert len(asked(3)) == 3
    assert all(f"VM{number}" in line for number, line in enumerate(asked(3)))


def test_of_many_every_one_is_named() -> None:
    lines = asked(QUESTIONS + 3)
    assert len(lines) == QUESTIONS + 1
    assert lines[-1] == "The same for 3 more: VM5, VM6, VM7."


def test_of_thousands_the_question_still_fits_on_a_screen() -> None:
    last = asked(1000)[-1]
    assert last.startswith("The same for 995 more: VM5, VM6, ")
    assert last.endswith(f", VM{QUESTIONS + NAMES - 1} and {995 - NAMES} more.")
