"""What came of a run of steps and what stands, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.text.words import counted
from fcm.workspace.hosts.site import Stage, StepState

if TYPE_CHECKING:
    from fcm.workspace.hosts.site import SetupState, StepOutcome

_OVER = (StepState.DONE, StepState.ALREADY, StepState.UNDONE)


def outcome_of(outcome: StepOutcome, setup: SetupState) -> tuple[str, str]:
    """The level and the sentence of a run of *create*."""
    done = sum(report.state in _OVER for report in outcome.reports)
    if outcome.failed:
        return "fail", outcome.failed[0].sentence()
    if outcome.canceled:
        return "warn", f"Canceled after {counted(done, 'step')}. Completed steps were not undone."
    if setup.stage is Stage.COMPLETE:
        return "pass", setup.sentence
    return "warn", f"All steps were carried out, but something is missing. {next(setup.problems(), '')}".rstrip()


def facts_of(outcome: StepOutcome, setup: SetupState) -> list[tuple[str, str]]:
    """What stands, a line each."""
    facts = []
    if outcome.failed and (said := outcome.failed[0].said.strip()):
        facts.append(("The step said", " ".join(said.splitlines()[-3:])))
    devices = {device.node: device for device in setup.devices}
    for name, look in setup.looks.items():
        if not look.answered:
            facts.append((name, f"does not respond: {look.error}"))
            continue
        device = devices.get(name)
        fencing = "no fencing" if device is None else "fencing works" if device.running and not device.failed else ""
        facts.append(
            (name, f"{'a member' if name in setup.members else 'not a member'}, {fencing or 'fencing failed'}")
        )
    if setup.votes:
        total, expected = setup.votes.get("Total votes", 0), setup.votes.get("Expected votes", 0)
        quorum = "with quorum" if setup.quorate else "without quorum"
        facts.append(("Votes", f"{total} of {expected}, {quorum}"))
    if setup.plan.witness is not None:
        connected = setup.witness is not None and setup.plan.corosync_name in setup.witness.clusters
        facts.append(("Witness", f"{setup.plan.witness.host}, {'connected' if connected else 'not connected'}"))
    if setup.stage is Stage.PARTIAL:
        facts += [("Missing", sentence) for sentence in setup.problems()]
    return facts
