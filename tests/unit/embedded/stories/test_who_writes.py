"""Whatever fails: only nodes that run write, what they write is known, and their cluster logs can be made."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from fcm.logs.node_events import UNKNOWN, node_events
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.failures import FaultKind
from fcm.model.rules.failing.faults import answers
from fcm.model.state import State, apply
from tests.unit.embedded.stories.story import Story, version

if TYPE_CHECKING:
    from collections.abc import Callable

OF_NODES = (FaultKind.POWER_OFF, FaultKind.HANG, FaultKind.BUGCHECK, FaultKind.SERVICE_CRASH, FaultKind.ISOLATE)
STEPS = 14


def fail_at_random(story: Story, draw: random.Random) -> None:
    """Something fails or is repaired; what the rules refuse does not happen."""
    state = story.desk.state
    if state.faults and draw.random() < 0.45:
        story.desk.do(cmd.RepairFault(draw.choice(sorted(state.faults))))
        return
    kind = draw.choice(tuple(FaultKind))
    targets: list[str] = []
    if kind in OF_NODES:
        targets = list(state.nodes)
    elif kind is FaultKind.UNPLUG_CABLE:
        targets = list(state.adapters)
    elif kind is FaultKind.SWITCH_DOWN:
        targets = list(state.networks)
    elif kind in (FaultKind.LOSE_PATH, FaultKind.LOSE_LUN, FaultKind.LOSE_RESERVATION):
        targets = list(state.disks)
    elif kind in (FaultKind.GUEST_HANG, FaultKind.GUEST_BUGCHECK, FaultKind.GUEST_SHUTDOWN):
        targets = list(state.machines)
    if targets:
        node = draw.choice(list(state.nodes)) if kind is FaultKind.LOSE_PATH else ""
        story.desk.do(cmd.InjectFault(kind, draw.choice(targets), node))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cluster", ["contoso", "2008 R2", "2019"])
def test_only_nodes_that_run_write_and_what_they_write_has_words(
    cluster: str, seed: int, contoso: Story, four: Callable[..., Story]
) -> None:
    story = contoso if cluster == "contoso" else four(version(cluster))
    draw = random.Random(f"{cluster} {seed}")
    for _ in range(STEPS):
        fail_at_random(story, draw)
        story.run(draw.choice((1.0, 7.0, 30.0, 120.0)))
    known, state, wrong = node_events().entries, State(), []
    for entry in story.desk.entries:
        event = entry.event
        if isinstance(event, ev.NodeLogged):
            if event.key not in known:
                wrong.append(f"{event.key} is unknown")
            if not answers(state, event.node):
                wrong.append(f"{entry.time - story.began:.1f} {event.node} wrote {event.key} {event.values}")
        if not event.transient:
            state, _ = apply(state, entry)
    assert not wrong, "\n".join(wrong)
    assert all(UNKNOWN not in one.record.text for one in story.written())
    assert all(story.log(name) for name in state.nodes)
