"""What the cluster as a whole refuses, and in which words; one entry a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.model import commands as cmd
from fcm.model.entities import (
    NodeState,
    QuorumMode,
)
from fcm.model.migrations import NetworkPreference
from tests.unit.model.changed import (
    disk,
    network,
    with_node,
)
from tests.unit.model.refused.case import (
    assert_refused,
    enabled,
    on,
    plain,
)

if TYPE_CHECKING:
    from fcm.model.state import State
    from tests.unit.model.refused.case import Case


REFUSED: dict[str, tuple[Case, str]] = {
    "enable twice": (on(plain(cmd.EnableSharedVolumes(True)), enabled), "are already enabled"),
    "enable unread": (on(plain(cmd.EnableSharedVolumes())), "notice on Cluster Shared Volumes was not accepted"),
    "enable with other drives": (
        on(plain(cmd.EnableSharedVolumes(True)), lambda s: with_node(s, "node2", system_drive="D:")),
        "different system drives (C:, D:)",
    ),
    "quorum without witness": (on(plain(cmd.SetQuorum(QuorumMode.DISK_ONLY))), "No disk witness was chosen"),
    "quorum with a used disk": (
        on(lambda s: cmd.SetQuorum(QuorumMode.DISK_ONLY, disk(s, "Cluster Disk 5").id)),
        "Cluster Disk 5 is in use: Service or application",
    ),
    "share without path": (
        on(plain(cmd.SetQuorum(QuorumMode.NODE_AND_FILE_SHARE_MAJORITY, "server"))),
        "needs a UNC path",
    ),
    "quorum that is lost": (
        on(
            plain(cmd.SetQuorum(QuorumMode.NODE_MAJORITY)),
            lambda s: with_node(with_node(s, "node2", state=NodeState.DOWN), "node3", state=NodeState.DOWN),
        ),
        "Only 1 of 2 needed votes would be present",
    ),
    "order with a stranger": (on(plain(cmd.SetMigrationNetworks(("x",)))), "no cluster network 'x'"),
    "order with a repetition": (
        on(lambda s: cmd.SetMigrationNetworks((network(s, "Cluster Network 3").id,) * 2)),
        "listed twice",
    ),
    "order of nothing": (
        on(lambda s: cmd.SetMigrationNetworks((), tuple(s.networks))),
        "No network would be left for live migration",
    ),
    "an order of its own of nothing": (
        on(lambda s: cmd.SetMachineNetworks(next(iter(s.machines)), NetworkPreference((), tuple(s.networks)))),
        "No network would be left for live migration",
    ),
    "an order of no machine": (on(plain(cmd.SetMachineNetworks("x", None))), "no virtual machine 'x'"),
    "no migration at all": (on(plain(cmd.SetConcurrentMigrations(0))), "0 live migrations at once"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_these_words(state: State, name: str) -> None:
    case, words = REFUSED[name]
    assert_refused(case, state, words)
