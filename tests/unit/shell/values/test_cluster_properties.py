"""Properties of Microsoft's objects that the model can tell, and $null for what it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.shell.desk import ShellDesk


@pytest.mark.parametrize(
    ("script", "output"),
    [
        ("(Get-ClusterNetwork 'Cluster Network 1').Ipv4Addresses", ["10.0.1.0"]),
        ("(Get-ClusterNetwork 'Cluster Network 1').Ipv4PrefixLengths", [24]),
        ("(Get-ClusterNetwork 'Cluster Network 1').Ipv6Addresses.Count", [0]),
        ("(Get-ClusterNetworkInterface -Node node1 | Select-Object -First 1).Ipv4Addresses.Count", [1]),
        ("(Get-ClusterResource 'Virtual Machine SQL01').PersistentState", [1]),
        ("(Get-ClusterResource | Where-Object IsStorageClassResource | Select-Object -First 1).ResourceType.Name",
         ["Physical Disk"]),
        ("$null -eq (Get-Cluster).Id", [True]),
        ("$null -eq (Get-VM SQL01).Uptime", [True]),
        ("$null -eq (Get-ClusterNode node1).NodeInstanceID", [True]),
    ],
)  # fmt: skip
def test_what_the_model_can_tell_is_there_and_all_else_is_null(
    desk: ShellDesk, script: str, output: list[object]
) -> None:
    assert desk.must(script) == output
