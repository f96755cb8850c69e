from __future__ import annotations

from typing import TYPE_CHECKING

from fcm import resources
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from pathlib import Path

VOLUME = "(Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Out-Null"


def test_the_state_of_a_volume_is_given_for_each_node_from_2012_r2_on(tmp_path: Path) -> None:
    shipped = resources.path("clusters", "contoso.toml").read_text(encoding="utf-8")
    file = tmp_path / "later.toml"
    file.write_text(shipped.replace('name = "contoso"', 'name = "later"\nversion = "2012 R2"', 1), encoding="utf-8")
    desk = ShellDesk(tmp_path, str(file))
    desk.must(VOLUME)
    desk.must("Invoke-ClusterFault -Name 'Cluster Disk 2' -Fault LosePath -Node node3; Start-Sleep 30")
    found = desk.must("Get-ClusterSharedVolume | Get-ClusterSharedVolumeState")
    assert {one.get("Node"): one.get("StateInfo") for one in found} == {
        "node1": "Direct",
        "node2": "Direct",
        "node3": "BlockRedirected",
    }
    (lost,) = desk.must("Get-ClusterSharedVolumeState -Node node3")
    assert (lost.get("BlockRedirectedIOReason"), lost.get("FileSystemRedirectedIOReason")) == (
        "NoDiskConnectivity",
        "NotFileSystemRedirected",
    )
    (info,) = desk.must("(Get-ClusterSharedVolume).SharedVolumeInfo")
    assert (info["RedirectedAccess"], info["FaultState"]) == (True, "Redirected Access on node3")
    desk.close()


def test_an_older_cluster_says_where_else_to_look(desk: ShellDesk) -> None:
    desk.must(VOLUME)
    assert "requires Windows Server 2012 R2" in desk.run("Get-ClusterSharedVolumeState").text()
