"""Groups that return to their preferred owner, at once or in their hours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model.entities import NodeState
from fcm.model.moments import in_utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer
    from fcm.model.entities import Group

FAILBACK_DELAY = 1.0
"""s between the return of a preferred owner and an immediate failback. An assumption."""


class Failback:
    """The times of ``Group.failback_at``."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._timers: dict[str, Timer] = {}
        self.on_failback: Callable[[str, str], None] = _stay
        """Who moves a machine back to its preferred owner."""
        self.on_group_failback: Callable[[str, str], None] = _stay
        """Who moves a group without a machine back to its preferred owner, if that is up."""

    def node_joined(self, name: str) -> None:
        """Plan the return of what prefers a node to all others."""
        for group in tuple(self._core.state.groups.values()):
            if group.preferred_owners[:1] == (name,):
                self._plan(group.id)

    def replan(self, identity: str) -> None:
        """The properties of a group changed; what they say holds from the next time its preferred owner joins."""
        if self._core.state.groups[identity].failback_at is not None:
            self._plan(identity)

    def settle(self) -> None:
        """What waited for its hours when the program ended waits again."""
        for group in tuple(self._core.state.groups.values()):
            if group.failback_at is not None:
                self._arm(group.id, group.failback_at)

    def _plan(self, identity: str) -> None:
        """Move a group back to its first preferred owner, at once or when its window of hours begins."""
        group = self._core.state.groups[identity]
        due = self._due_time(group)
        self._core.change_group(group, failback_at=due)
        timer = self._timers.pop(identity, None)
        if timer is not None:
            timer.cancel()
        if due is not None:
            self._arm(identity, due)

    def _due_time(self, group: Group) -> float | None:
        if not group.failback or not group.preferred_owners or group.owner == group.preferred_owners[0]:
            return None
        node = self._core.state.nodes.get(group.preferred_owners[0])
        if node is None or node.state is not NodeState.UP:
            return None
        delay = FAILBACK_DELAY if group.failback_window is None else self._until(group.failback_window)
        return self._core.kernel.now + delay

    def _arm(self, identity: str, due: float) -> None:
        self._timers[identity] = self._core.kernel.at(due, partial(self._fail_back, identity, due))

    def _fail_back(self, identity: str, due: float) -> None:
        self._timers.pop(identity, None)
        group = self._core.state.groups.get(identity)
        if group is None or group.failback_at != due:
            return
        self._core.change_group(group, failback_at=None)
        if group.failback and group.preferred_owners:
            names = {"from": group.owner, "to": group.preferred_owners[0]}
            self._core.log("1154", group.owner, group=group.name, **names)
            for machine in self._core.state.group_machines(identity):
                self.on_failback(machine.id, group.preferred_owners[0])
            node = self._core.state.nodes.get(group.preferred_owners[0])
            if group.is_role and node is not None and node.state is NodeState.UP and node.name != group.owner:
                self.on_group_failback(identity, node.name)

    def _until(self, window: tuple[int, int]) -> float:
        """Seconds until the window of hours (UTC) is open."""
        first, last = window
        now = in_utc(self._core.kernel.now)
        inside = first <= now.hour < last if first < last else now.hour >= first or now.hour < last
        if inside:
            return FAILBACK_DELAY
        hours = (first - now.hour) % 24
        return hours * 3600.0 - now.minute * 60 - now.second - now.microsecond / 1e6


def _stay(machine: str, node: str) -> None:
    """Nobody moves anything back yet."""
