"""A cluster for those who carry orders out: a fake node, and statuses that a test makes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from fcm.backend.pacemaker.status import ClusterStatus, NodeStatus, ResourceStatus
from fcm.model.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.pacemaker.context import Context
    from fcm.model import events as ev
    from tests.unit.pacemaker.fake_node import FakeNode

AGENT = "ocf:fcm:VirtualMachine"
UUID = "11111111-2222-3333-4444-555555555555"


def machine(**changes: Any) -> ResourceStatus:
    """web, which runs on node1."""
    known = ResourceStatus(
        "web", AGENT, "Started", ("node1",), active=True, meta={"fcm-uuid": UUID}, parameters={"name": "web"}
    )
    return replace(known, **changes)


def cluster(*resources: ResourceStatus, **changes: Any) -> ClusterStatus:
    nodes = tuple(NodeStatus(f"node{number}", str(number), online=True) for number in (1, 2, 3))
    known = ClusterStatus("node1", time.time(), have_quorum=True, nodes=nodes, resources=resources)
    return replace(known, **changes)


@dataclass
class FakeContext:
    """What ``Context`` is to those who carry out orders, without threads."""

    node: FakeNode
    answers: Callable[[], ClusterStatus]
    """The status whenever one is asked for."""
    running: tuple[str, ...] = ("node1",)
    """Nodes of which libvirt says that web runs there."""
    state: State = field(default_factory=State)
    told: list[ev.Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closing = threading.Event()
        self.pausing = threading.Lock()
        self.hosts = SimpleNamespace(lock=threading.RLock(), reports=Reports(self))

    @property
    def context(self) -> Context:
        return cast("Context", self)

    @property
    def status(self) -> ClusterStatus:
        return self.answers()

    def shell(self) -> FakeNode:
        return self.node

    def shell_of(self, node: str) -> FakeNode:
        return self.node

    def tell(self, *events: ev.Event) -> None:
        self.told += events

    def wait_for(self, reached: Callable[[ClusterStatus], bool], limit: float) -> bool:
        return reached(self.answers())


class Reports(dict[str, Any]):
    """Reports of libvirt that are always of now."""

    def __init__(self, context: FakeContext) -> None:
        found = SimpleNamespace(id=UUID, state=SimpleNamespace(holds_memory=True))
        shown = SimpleNamespace(machine=found, arriving=False)
        never = time.monotonic() + 3600
        super().__init__(
            {
                name: SimpleNamespace(began=never, machines=[shown] if name in context.running else [])
                for name in ("node1", "node2", "node3")
            }
        )
