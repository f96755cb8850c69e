"""Priorities of 2012 and later: lower ones wait for higher ones (1640), and make way where memory is short (1251)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fcm.model.rules.failing.online import Obstacle
from fcm.model.rules.failing.placement import has_precedence, victims

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.failover.retries import Retries
    from fcm.backend.embedded.machines.machines import Machines
    from fcm.model.entities import Resource, VirtualMachine


class Priorities:
    """Decides whether a machine may start before others, and which others must make way."""

    def __init__(self, core: Core, machines: Machines, retries: Retries) -> None:
        self._core = core
        self._machines = machines
        self._retries = retries

    def weigh(self, resource: Resource, machine: VirtualMachine, found: Obstacle) -> Obstacle:
        """What stands against the start of a machine, with regard to the priorities of its group and of others.

        Args:
            resource: of the machine.
            machine: that is to start.
            found: what stands against it otherwise.
        """
        state = self._core.state
        group = state.groups[resource.group]
        first = has_precedence(state, group)
        if first:
            return Obstacle(f"{first} has a higher priority and starts first.", ("1640",), waits=True)
        if not found or state.free_memory(machine.node) >= machine.memory:
            return found
        chosen = victims(state, group, machine)
        if chosen is None:
            return found
        for one in chosen:
            name = state.groups[one.group or ""].name
            self._core.log("1251", machine.node, higher=group.name, group=name)
            self._machines.save(one.id, partial(self._made_way, one.id))
        return Obstacle(f"{machine.name} waits for memory that others release on {machine.node}.", waits=True)

    def _made_way(self, machine: str) -> None:
        """What made way is tried again later, where its memory is free then."""
        resource = self._core.state.machine_resource(machine)
        if resource is not None:
            self._retries.plan(resource.id, self._core.figure("made_way"))
