"""Steps: what is done to the nodes, one script at a time, so that it can be shown before, while and after it is done.

A step is plain data. The command line and the window show ``Step.shown`` for it; the runner asks ``check`` whether it
is already done, runs ``script``, asks ``check`` again, and says what it saw. Nothing is written down about what was
done: who wants to know what stands looks at the nodes. So a run that was killed goes on with the same steps.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from fcm.backend.pacemaker.remote.shells import NodeUnreachableError
from fcm.mistakes import SentenceError
from fcm.text.terminal import plain
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fcm.backend.pacemaker.remote.shells import Answer, NodeShell

HIDDEN = "(hidden)"
"""What stands for a secret."""
EXCERPT = 2000
"""Characters of what a script said that are kept, its end."""
SAYS = "fcm: "
"""A line of a script's standard error that begins so is a sentence for the user; the last one is the reason."""


class StepError(SentenceError):
    """A step cannot be carried out; the message says which, where and why."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a step reads from another node: it goes from node to node through this program, and is kept nowhere."""

    node: str
    script: str
    """What it prints is what the step reads."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done to one node, or to the cluster through any of its nodes."""

    title: str
    """What it does, in the imperative: "Start Corosync"."""
    node: str | None
    """Name of the node; None: whichever node of the cluster answers."""
    script: str
    """Of POSIX sh, run as root. It holds no secret, may be run again, and its code is 0 only if it succeeded."""
    shown: str = ""
    """What a person reads in its place; "": the script."""
    check: str = ""
    """Script that ends with 0 if the step is already done, and changes nothing; "": it is carried out each time."""
    undo: str = ""
    """Script that takes it back, also where it was never carried out; "": nothing has to be taken back."""
    stdin: bytes = field(default=b"", repr=False)
    """What the script reads: the way for secrets, which no list of processes and no log shows."""
    source: Source | None = None
    """Where what it reads comes from, in place of ``stdin``."""
    limit: float = 30.0
    """s that the script may take."""
    remedy: str = ""
    """What to do if it fails."""

    @property
    def text(self) -> str:
        """The commands as they are shown."""
        return (self.shown or self.script).strip("\n")


class StepState(StrEnum):
    """How a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    ALREADY = "already done"
    UNDONE = "undone"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class StepReport:
    """What came of a step."""

    step: Step
    state: StepState
    seconds: float = 0.0
    reason: str = ""
    """Why it failed: a sentence."""
    said: str = ""
    """The end of what its script printed, secrets replaced."""

    def sentence(self) -> str:
        """Title, node, reason and remedy of a step that failed."""
        where = "" if self.step.node is None else f" on {self.step.node}"
        return f"{quoted(self.step.title)}{where} failed: {self.reason} {self.step.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run of steps."""

    reports: tuple[StepReport, ...]

    @property
    def failed(self) -> tuple[StepReport, ...]:
        """The steps that failed; with ``carry_out`` one at most, after which no other was begun."""
        return tuple(report for report in self.reports if report.state is StepState.FAILED)

    @property
    def canceled(self) -> bool:
        """Whether the user ended the run."""
        return any(report.state is StepState.CANCELED for report in self.reports)

    @property
    def ok(self) -> bool:
        """Whether all that was to be done is done."""
        return not self.failed and not self.canceled

    def require(self) -> None:
        """Raise what went wrong.

        Raises:
            StepError: a step failed, or the user canceled.
        """
        if self.failed:
            raise StepError(" ".join(report.sentence() for report in self.failed))
        if self.canceled:
            raise StepError("Canceled. Completed steps were not undone.")


def hide(text: str, secrets: Iterable[str]) -> str:
    """A text with each secret replaced, the longest first."""
    for secret in sorted({one for one in secrets if one}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def reason_of(answer: Answer) -> str:
    """Why a script failed: the last sentence that it has for the user, else the last thing it said."""
    lines = [line.strip() for line in answer.errors.splitlines() if line.strip()]
    for line in reversed(lines):
        if line.startswith(SAYS):
            return line.removeprefix(SAYS)
    last = lines[-1] if lines else next((line for line in reversed(answer.output.splitlines()) if line.strip()), "")
    return f"{last.strip().rstrip('.')}." if last else f"its commands ended with code {answer.code}."


class Runner:
    """Carries steps out, one after the other; blocks, so it belongs into a thread of its own.

    Args:
        shell_of: the way to a node by its name; None: any node of the cluster that answers.
        told: called with the number of a step (from 0) and its report, when it begins and when it is over.
        secrets: texts that no report may show.
    """

    def __init__(
        self,
        shell_of: Callable[[str | None], NodeShell],
        told: Callable[[int, StepReport], None] = lambda _number, _report: None,
        secrets: Iterable[str] = (),
    ) -> None:
        self._shell_of = shell_of
        self._told = told
        self._secrets = tuple(secrets)
        self._canceled = threading.Event()

    def cancel(self) -> None:
        """Begin no further step; the one that runs comes to its end. From any thread."""
        self._canceled.set()

    def carry_out(self, steps: Iterable[Step]) -> Outcome:
        """Carry steps out until one fails or the user cancels."""
        reports: list[StepReport] = []
        for number, step in enumerate(steps):
            report = self._report(number, step, self._do)
            reports.append(report)
            if report.state in (StepState.FAILED, StepState.CANCELED):
                break
        return Outcome(tuple(reports))

    def undo(self, steps: Sequence[Step]) -> Outcome:
        """Take steps back, the last one first. What fails is reported, and the others are taken back all the same."""
        reports = []
        for number, step in enumerate(step for step in reversed(steps) if step.undo):
            report = self._report(number, step, self._undo)
            reports.append(report)
            if report.state is StepState.CANCELED:
                break
        return Outcome(tuple(reports))

    def stands(self, step: Step) -> bool | None:
        """Whether a step is done already; None: it cannot be told (no check, or the node does not respond)."""
        if not step.check:
            return None
        try:
            return self._shell_of(step.node).run(step.check, limit=step.limit).code == 0
        except NodeUnreachableError:
            return None

    def _report(self, number: int, step: Step, act: Callable[[Step], StepReport]) -> StepReport:
        if self._canceled.is_set():
            report = StepReport(step, StepState.CANCELED)
        else:
            self._told(number, StepReport(step, StepState.RUNNING))
            begun = time.monotonic()
            try:
                report = act(step)
            except NodeUnreachableError as error:
                report = StepReport(step, StepState.FAILED, reason=self._clean(str(error)))
            report = StepReport(step, report.state, time.monotonic() - begun, report.reason, report.said)
        self._told(number, report)
        return report

    def _do(self, step: Step) -> StepReport:
        shell = self._shell_of(step.node)
        if step.check and shell.run(step.check, limit=step.limit).code == 0:
            return StepReport(step, StepState.ALREADY)
        given = step.stdin
        if step.source is not None:
            source = self._shell_of(step.source.node).run(step.source.script, limit=step.limit)
            if source.code:
                return self._failed(step, source, f"{step.source.node} did not give what it needs: {reason_of(source)}")
            given = source.output.encode()
        answer = shell.run(step.script, stdin=given, limit=step.limit)
        if answer.code:
            return self._failed(step, answer, reason_of(answer))
        if step.check and (after := shell.run(step.check, limit=step.limit)).code:
            said = after.errors.strip() or after.output.strip()
            why = f"its commands ended without an error, but {said or 'what they should have done is not there'}."
            return self._failed(step, answer, why)
        return StepReport(step, StepState.DONE, said=self._excerpt(answer))

    def _undo(self, step: Step) -> StepReport:
        answer = self._shell_of(step.node).run(step.undo, limit=step.limit)
        if answer.code:
            return self._failed(step, answer, reason_of(answer))
        return StepReport(step, StepState.UNDONE, said=self._excerpt(answer))

    def _failed(self, step: Step, answer: Answer, reason: str) -> StepReport:
        return StepReport(step, StepState.FAILED, reason=self._clean(reason), said=self._excerpt(answer))

    def _excerpt(self, answer: Answer) -> str:
        return self._clean("\n".join(filter(None, (answer.output.strip(), answer.errors.strip()))))[-EXCERPT:]

    def _clean(self, text: str) -> str:
        return plain(hide(text, self._secrets))
