"""The vote of the witness follows its resource: of a disk, or of a file share.

A file share witness that failed is tried again as its policies say, or when the user brings it online; until
then it does not vote, whether or not the share is there again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fcm.backend.embedded.cluster_file.groups import share_resource
from fcm.backend.embedded.membership.votes.weights import weigh
from fcm.model import events as ev
from fcm.model.entities import GroupType, QuorumMode, ResourceState, ResourceType

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.model.entities import Resource


class WitnessResource:
    """Hears of every change of a resource."""

    def __init__(self, core: Core) -> None:
        self._core = core
        core.watchers.append(self._changed)

    def settle(self) -> None:
        """Clusters of earlier versions of this program had no resource for a file share witness."""
        cluster = self._core.state.cluster
        if cluster is None or cluster.quorum_mode is not QuorumMode.NODE_AND_FILE_SHARE_MAJORITY:
            return
        resources = self._core.state.resources.values()
        if cluster.witness and not any(one.type is ResourceType.FILE_SHARE_WITNESS for one in resources):
            group = self._core.group_of_type(GroupType.CLUSTER)
            made = share_resource(cluster, group.id, tuple(self._core.state.nodes))
            self._core.emit(ev.ResourceChanged(made))
            self._core.refresh_group(group.id)

    def _changed(self, before: Resource, after: Resource) -> None:
        cluster = self._core.cluster
        if cluster.stopped:
            return
        if after.type is ResourceType.FILE_SHARE_WITNESS:
            online = after.state is ResourceState.ONLINE
            what = f"The file share witness is {'online' if online else 'lost'}"
            self._core.configure(replace(cluster, witness_online=online), what)
        elif after.disk is None or after.disk != cluster.witness:
            return
        weigh(self._core)
