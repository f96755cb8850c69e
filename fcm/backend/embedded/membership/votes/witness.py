"""The witness while the cluster runs: without it the votes may no longer suffice.

The owner renews its hold about every 3 s (assumption), so a loss is noticed a little later. What becomes of the
witness's resource is the matter of the failover policies, and its vote follows (``witness_resource``); here it only
matters whether there is quorum without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fcm.backend.embedded.membership.alarms import Alarms
from fcm.model.rules.failing.faults import answers
from fcm.model.rules.quorum import has_witness, reaches_witness, tally

if TYPE_CHECKING:
    from fcm.backend.embedded.core import Core
    from fcm.backend.embedded.membership.regroup import Regroup


class Witness:
    """Whether the members reach their witness."""

    def __init__(self, core: Core, regroup: Regroup) -> None:
        self._core = core
        self._regroup = regroup
        self._alarms = Alarms(core.kernel)
        self._lost = False

    def look(self) -> None:
        """The members may have lost the witness, or reach it again."""
        if self._core.cluster.stopped:
            self._alarms.cancel("lost")
        elif self._reached():
            self._alarms.cancel("lost")
            self._lost = False
        elif not self._lost and "lost" not in self._alarms:
            self._alarms.after("lost", self._core.figure("reservation"), self._notice)

    def _reached(self) -> bool:
        """Whether a member reaches it; True too where there is none, no cluster that runs, or nobody to notice."""
        cluster = self._core.cluster
        if cluster.stopped or not has_witness(cluster):
            return True
        able = [node.name for node in self._core.members() if answers(self._core.state, node.name)]
        return not able or any(reaches_witness(self._core.state, name) for name in able)

    def _notice(self) -> None:
        if self._reached():
            return
        self._lost = True
        members = [node.name for node in self._core.members()]
        count = tally(self._core.state, members, False)
        if not count.has_quorum and not self._core.cluster.forced:
            self._regroup.stop(f"The witness was lost: only {count.present} of {count.needed} needed votes are left.")
