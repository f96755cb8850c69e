"""What is told of the last failover of each group, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.identity import identity
from fcm.model import events as ev
from fcm.model.entities import ResourceState
from fcm.model.failures import Failover

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.model.entities import Group, Resource
    from fcm.model.failures import Candidate


class Records:
    """Keeps ``State.failovers``."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def begin(
        self,
        group: Group,
        cause: str,
        times: tuple[float, float, float],
        candidates: tuple[Candidate, ...],
    ) -> None:
        """A group goes to another node. If it was not online since the last time, that failover goes on.

        Args:
            group: as it is before it goes.
            cause: what failed, in words.
            times: s since the epoch of the failure, of its discovery, of the decision.
            candidates: all nodes, with the reasons.
        """
        destination = next((one.node for one in candidates if one.chosen), None)
        outcome = "" if destination is not None else "No other node can own it."
        before = self._core.state.failovers.get(group.id)
        if before is not None and self.is_open(group.id) and before.destination == group.owner:
            cause = f"{before.cause} Then: {cause}"
            record = replace(before, cause=cause, destination=destination, candidates=candidates, outcome=outcome)
        else:
            name = identity(self._core.cluster.name, "failover", group.id, self._core.state.sequence)
            failed, noticed, decided = times
            record = Failover(
                name,
                group.id,
                cause,
                group.owner,
                destination,
                failed,
                noticed,
                decided,
                None,
                None,
                candidates,
                outcome,
            )
        self._core.emit(ev.FailoverRecorded(record))

    def end(self, group: str, outcome: str) -> None:
        """A failover ended without the group online."""
        record = self._core.state.failovers.get(group)
        if record is not None and self.is_open(group):
            self._core.emit(ev.FailoverRecorded(replace(record, outcome=outcome)))

    def is_open(self, group: str) -> bool:
        """Whether a group is on its way: it was moved, and is not online yet."""
        record = self._core.state.failovers.get(group)
        return record is not None and record.online is None and not record.outcome

    def resource_changed(self, after: Resource) -> None:
        """The group of a failover may be online now that a resource of it has another state."""
        group = self._core.state.groups[after.group]
        if after.state is ResourceState.ONLINE and group.state is ResourceState.ONLINE and self.is_open(group.id):
            record = self._core.state.failovers[group.id]
            now = self._core.kernel.now
            booted = now if group.is_role else record.booted  # without a guest, nothing boots
            self._core.emit(ev.FailoverRecorded(replace(record, online=now, booted=booted)))
