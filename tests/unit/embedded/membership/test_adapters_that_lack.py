"""A network on which one of two nodes has no adapter, and what a cluster has unless it is told otherwise."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded import open_embedded
from fcm.backend.embedded.cluster_file.groups import witness_policy
from fcm.model import commands as cmd
from fcm.model.entities import ClusterVersion, QuorumMode, RestartPolicy
from fcm.model.telemetry import Phase
from tests.unit.embedded.cluster_of import cluster_of, machine
from tests.unit.embedded.desk import Desk
from tests.unit.embedded.versions import desk_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("lacking", ["n1", "n2"])
def test_a_network_on_which_a_node_has_no_adapter_is_passed_over_at_once_and_said_so(
    tmp_path: Path, lacking: str
) -> None:
    path = cluster_of(tmp_path, [machine("VM1", "n1")], nodes=2)
    number = int(lacking.removeprefix("n"))
    text = path.read_text(encoding="utf-8")
    for entry in (f'{lacking} = "10.0.2.{10 + number}", ', f', {lacking} = "10.0.2.{10 + number}"'):
        text = text.replace(entry, "", 1)
    path.write_text(text, encoding="utf-8")
    with closing(Desk(path)) as desk:
        net2, net1 = desk.network("net2").id, desk.network("net1").id
        assert desk.state.adapter(lacking, net2) is None
        assert desk.do(cmd.SetMigrationNetworks((net2, net1), ()))
        assert desk.do(cmd.LiveMigrate(desk.machine("VM1").id, "n2"))
        desk.settle()
        first, second = desk.migration("VM1").attempts
        assert (first.network, first.connected, first.duration, first.address) == (net2, False, 0.0, "")
        assert first.result == f"{lacking} has no adapter on this network."
        assert (second.network, second.connected) == (net1, True)
        assert desk.migration("VM1").phase is Phase.COMPLETED


def test_virtual_time_runs_as_fast_as_real_time_unless_it_is_told_otherwise() -> None:
    with closing(open_embedded("contoso")) as backend:
        assert backend.clock.speed == 1.0
    with closing(open_embedded("contoso", speed=20.0)) as backend:
        assert backend.clock.speed == 20.0


@pytest.mark.parametrize("version", [ClusterVersion.V2008_R2, ClusterVersion.V2016])
def test_only_the_disk_that_votes_is_tried_again_as_a_witness(version: ClusterVersion) -> None:
    with closing(desk_of(version)) as desk:
        for name in ("Cluster Disk 2", "Cluster Disk 3"):
            assert desk.do(cmd.SetQuorum(QuorumMode.NODE_AND_DISK_MAJORITY, desk.disk(name).id))
        policies = {one.name: one.policy for one in desk.state.resources.values() if one.disk}
        assert policies["Cluster Disk 2"] == policies["Cluster Disk 4"] == RestartPolicy()
        assert policies["Cluster Disk 3"] == witness_policy(desk.state.cluster)
