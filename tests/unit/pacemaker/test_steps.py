"""Steps: asked before and after, shown without secrets, ended by the first failure, taken back from the last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from fcm.backend.pacemaker.steps import Outcome, Runner, Step, StepError, StepReport, StepState, hide


class ScriptedShell:
    """A node that keeps what it was told and answers as it is set up."""

    def __init__(self, node: str, log: list[tuple[str, str]]) -> None:
        self.node = node
        self.done: set[str] = set()
        self.answers: dict[str, Answer] = {}
        self.away = False
        self.read: list[bytes] = []
        self._log = log

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        if self.away:
            raise NodeUnreachableError(f"{self.node} does not respond.")
        self._log.append((self.node, script))
        self.read.append(stdin)
        if script in self.answers:
            return self.answers[script]
        if script.startswith("check "):
            return Answer(0 if script.removeprefix("check ") in self.done else 1, "")
        self.done ^= {script.removeprefix("undo ")}
        return Answer(0, f"did {script}")

    def close(self) -> None:
        """Nothing is open."""


class Site:
    """Two nodes and a runner."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self.log: list[tuple[str, str]] = []
        self.shells = {name: ScriptedShell(name, self.log) for name in ("node1", "node2")}
        self.told: list[tuple[int, StepState]] = []
        self.runner = Runner(lambda name: self.shells[name or "node1"], self._tell, secrets)

    def _tell(self, number: int, report: StepReport) -> None:
        self.told.append((number, report.state))


def step(name: str, node: str | None = "node1") -> Step:
    return Step(f"Do {name}", node, name, check=f"check {name}", undo=f"undo {name}")


def states(outcome: Outcome) -> list[StepState]:
    return [report.state for report in outcome.reports]


def test_a_step_is_asked_for_before_and_after_it_is_carried_out() -> None:
    site = Site()

    outcome = site.runner.carry_out([step("a"), step("b", "node2")])

    assert outcome.ok
    assert site.log == [
        ("node1", "check a"), ("node1", "a"), ("node1", "check a"),
        ("node2", "check b"), ("node2", "b"), ("node2", "check b"),
    ]  # fmt: skip
    assert site.told == [
        (0, StepState.RUNNING), (0, StepState.DONE), (1, StepState.RUNNING), (1, StepState.DONE),
    ]  # fmt: skip


def test_what_is_already_done_is_not_done_again() -> None:
    site = Site()
    site.shells["node1"].done.add("a")

    assert states(site.runner.carry_out([step("a")])) == [StepState.ALREADY]
    assert site.log == [("node1", "check a")]


def test_after_a_failure_no_other_step_begins_and_the_reason_is_the_sentence_of_the_script() -> None:
    site = Site()
    site.shells["node1"].answers["a"] = Answer(1, "", "noise\nfcm: The disk is full.\n+ exit 1")

    outcome = site.runner.carry_out([replace(step("a"), remedy="Make room."), step("b")])

    assert states(outcome) == [StepState.FAILED]
    with pytest.raises(StepError) as failed:
        outcome.require()
    assert str(failed.value) == "'Do a' on node1 failed: The disk is full. Make room."


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(1, "", "first\nlast words\n"), "last words."),
        (Answer(1, "said here\n", ""), "said here."),
        (Answer(7, ""), "its commands ended with code 7."),
    ],
)
def test_without_a_sentence_the_last_words_are_the_reason(answer: Answer, reason: str) -> None:
    site = Site()
    site.shells["node1"].answers["a"] = answer

    assert site.runner.carry_out([step("a")]).failed[0].reason == reason


def test_a_step_that_ends_well_but_did_nothing_has_failed() -> None:
    site = Site()
    site.shells["node1"].answers["a"] = Answer(0, "")

    outcome = site.runner.carry_out([step("a")])

    assert states(outcome) == [StepState.FAILED]
    assert "ended without an error, but" in outcome.failed[0].reason


def test_a_node_that_does_not_answer_is_a_failure_in_its_words() -> None:
    site = Site()
    site.shells["node2"].away = True

    assert site.runner.carry_out([step("b", "node2")]).failed[0].reason == "node2 does not respond."
    assert site.runner.stands(step("b", "node2")) is None


def test_a_secret_is_in_no_report_and_reaches_the_node_by_its_input() -> None:
    site = Site(secrets=("hunter2", "hunter2-long"))
    site.shells["node1"].answers["a"] = Answer(1, "key hunter2-long", "fcm: hunter2 was refused.")
    secret = replace(step("a"), stdin=b"hunter2")

    report = site.runner.carry_out([secret]).failed[0]

    assert report.reason == "(hidden) was refused."
    assert "hunter2" not in report.said
    assert "hunter2" not in repr(secret)
    assert site.shells["node1"].read == [b"", b"hunter2"]


def test_hiding_takes_the_longest_secret_first() -> None:
    assert hide("abcdef abc", ["abc", "abcdef", ""]) == "(hidden) (hidden)"


def test_what_a_node_says_cannot_move_the_cursor() -> None:
    site = Site()
    site.shells["node1"].answers["a"] = Answer(1, "", "\x1b[2Jgone")

    assert "\x1b" not in site.runner.carry_out([step("a")]).failed[0].reason


def test_canceling_begins_no_further_step() -> None:
    site = Site()
    runner = Runner(lambda name: site.shells[name or "node1"], lambda _number, _report: runner.cancel())

    outcome = runner.carry_out([step("a"), step("b")])

    assert states(outcome) == [StepState.DONE, StepState.CANCELED]
    assert outcome.canceled
    assert not outcome.ok
    assert "b" not in site.shells["node1"].done
    with pytest.raises(StepError, match="Completed steps were not undone"):
        outcome.require()


def test_steps_are_taken_back_from_the_last_to_the_first_past_those_that_fail() -> None:
    site = Site()
    site.shells["node2"].answers["undo b"] = Answer(1, "", "fcm: It is busy.")
    steps = [step("a"), Step("Look", "node1", "look"), step("b", "node2"), step("c")]

    outcome = site.runner.undo(steps)

    assert states(outcome) == [StepState.UNDONE, StepState.FAILED, StepState.UNDONE]
    assert site.log == [("node1", "undo c"), ("node2", "undo b"), ("node1", "undo a")]


def test_whether_a_step_stands_is_asked_of_its_node() -> None:
    site = Site()
    site.shells["node1"].done.add("a")

    assert site.runner.stands(step("a")) is True
    assert site.runner.stands(step("b")) is False
    assert site.runner.stands(Step("Look", "node1", "look")) is None


def test_a_step_shows_its_script_or_what_stands_for_it() -> None:
    assert Step("A", None, "\nls\n").text == "ls"
    assert Step("A", None, "cat >/etc/key", shown="(key) > /etc/key").text == "(key) > /etc/key"
