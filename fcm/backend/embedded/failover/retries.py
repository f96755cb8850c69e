"""Attempts to bring resources online that are due later: in the state, so that closing the program loses none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.kernel import Timer


class Retries:
    """The times of ``Resource.retry_at``."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._timers: dict[str, Timer] = {}
        self.on_due: Callable[[str], None] = _nothing
        """Told the resource whose time has come, if nothing came in between."""

    def plan(self, identity: str, delay: float, **changes: Any) -> None:
        """Try a resource after so many s; with other changes of it."""
        due = self._core.kernel.now + delay
        self._core.change_resource(self._core.state.resources[identity], retry_at=due, **changes)
        self._arm(identity, due)

    def settle(self) -> None:
        """Whatever was due when the program ended is due again; what is past is due now."""
        for resource in tuple(self._core.state.resources.values()):
            if resource.retry_at is not None:
                self._arm(resource.id, resource.retry_at)

    def _arm(self, identity: str, due: float) -> None:
        timer = self._timers.pop(identity, None)
        if timer is not None:
            timer.cancel()
        self._timers[identity] = self._core.kernel.at(due, partial(self._due, identity, due))

    def _due(self, identity: str, due: float) -> None:
        self._timers.pop(identity, None)
        resource = self._core.state.resources.get(identity)
        if resource is not None and resource.retry_at == due:
            self._core.change_resource(resource, retry_at=None)
            self.on_due(identity)


def _nothing(identity: str) -> None:
    """Nobody tries anything yet."""
