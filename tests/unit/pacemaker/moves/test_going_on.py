"""An adoption or a release that an earlier session began is brought to its end by what libvirt says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.adoption import adopting
from fcm.backend.pacemaker.steps import Outcome
from fcm.mistakes import SentenceError
from tests.unit.pacemaker.fake_context import FakeContext, cluster, machine
from tests.unit.pacemaker.fake_node import FakeNode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fcm.backend.pacemaker.steps import Step

HALF = machine(
    role="Stopped",
    nodes=(),
    active=False,
    managed=False,
    meta=machine().meta | {"fcm-adopting": "1"},
    parameters={"name": "web", "config": "/storage/fcm-machines/web.xml"},
)
"""In the cluster, but Pacemaker has not looked for it yet."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """What is to be carried out."""
    found: list[Step] = []

    class Noting:
        def __init__(self, *_: object) -> None:
            """Carries nothing out."""

        def carry_out(self, wanted: Iterable[Step]) -> Outcome:
            found.extend(wanted)
            return Outcome(())

    monkeypatch.setattr(adopting, "Runner", Noting)
    return found


def opened(tmp_path: Path, *running: str) -> FakeContext:
    """A cluster of three nodes; libvirt says on which of them web runs."""
    fake = FakeContext(FakeNode(tmp_path), lambda: cluster(HALF), running=running)
    names = ("node1", "node2", "node3")
    hosts = tuple(SimpleNamespace(name=name, peer_uri=f"qemu+tls://{name}/system") for name in names)
    fake.file = SimpleNamespace(hosts=hosts)  # type: ignore[attr-defined]
    return fake


def test_a_machine_that_pacemaker_has_not_looked_for_yet_is_taken_in_where_libvirt_runs_it(
    tmp_path: Path, steps: list[Step]
) -> None:
    adopting.go_on(opened(tmp_path, "node2").context, HALF)
    answers = {step.node: step.title[-2] for step in steps if step.title.startswith("Run the agent by hand")}
    assert answers == {"node1": "7", "node2": "0", "node3": "7"}


def test_a_release_that_was_begun_ends_where_the_machine_runs(tmp_path: Path, steps: list[Step]) -> None:
    half = machine(nodes=(), meta=machine().meta | {"fcm-releasing": "1"}, parameters=HALF.parameters)
    adopting.go_on(opened(tmp_path, "node3").context, half)
    assert {step.node for step in steps if step.title.startswith("Define it in libvirt again")} == {"node3"}


def test_a_machine_that_runs_twice_is_neither_taken_in_nor_released(tmp_path: Path, steps: list[Step]) -> None:
    with pytest.raises(SentenceError, match=r"web is running on node1 and node2 at the same time"):
        adopting.go_on(opened(tmp_path, "node1", "node2").context, HALF)
    assert steps == []
