"""The twenty commonest one-line idioms: right in the built-in shell, and as the requests that a real PowerShell makes.

What PowerShell does by itself between the requests (Where-Object, Sort-Object, Select-Object) is left to it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.shell import cmdlets
from tests.unit.serving.pages.playing import play
from tests.unit.serving.talk import DirectTalk
from tests.unit.shell.desk import ShellDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

cmdlets.load()
SET_UP = "(Get-Cluster).EnableSharedVolumes = 'Enabled'; Add-ClusterSharedVolume 'Cluster Disk 2' | Out-Null"
VMS = "$_.GroupType -eq 'VirtualMachine'"
EXCLUDED = (
    "Get-ClusterResourceType 'Virtual Machine' | Set-ClusterParameter -Name MigrationExcludeNetworks -Value "
    "([String]::Join(';', (Get-ClusterNetwork | Where-Object { $_.Name -ne 'Cluster Network 3' }).ID))"
)
IDIOMS: dict[str, tuple[str, list[str]]] = {
    "balance": (
        f"Get-ClusterGroup | Where-Object {{ {VMS} }} | Group-Object OwnerNode | Sort-Object Name | "
        'ForEach-Object { "$($_.Name)=$($_.Count)" }',
        ["node1=4", "node2=3", "node3=3"],
    ),
    "machines of each node": (
        'Get-ClusterNode | ForEach-Object { "$($_.Name) $(@(Get-VM -ComputerName $_.Name).Count)" }',
        ["node1 5", "node2 4", "node3 3"],
    ),
    "free space of shared volumes": (
        'Get-ClusterSharedVolume | ForEach-Object { "{0} {1:N0}" -f $_.Name, '
        "($_.SharedVolumeInfo.Partition.FreeSpace / 1GB) }",
        ["Cluster Disk 2 500"],
    ),
    "owners of shared volumes": (
        'Get-ClusterSharedVolume | ForEach-Object { "$($_.Name) $($_.OwnerNode.Name) $($_.State)" }',
        ["Cluster Disk 2 node1 Online"],
    ),
    "network of live migration": (f"{EXCLUDED}; (Get-ClusterResourceType 'Virtual Machine' | Get-ClusterParameter "
                                  "MigrationExcludeNetworks).Value.Split(';').Count", ["3"]),
    "drain": ("Suspend-ClusterNode node3 -Drain -WhatIf",
              ['What if: Performing operation "Suspend-ClusterNode" on Target "node3".']),
    "groups that are not online": ("@(Get-ClusterGroup | Where-Object { $_.State -ne 'Online' }).Count", ["0"]),
    "nodes that are up": ("(Get-ClusterNode | Where-Object State -eq 'Up' | Measure-Object).Count", ["3"]),
    "preferred owners": ("(Get-ClusterGroup SQL01 | Get-ClusterOwnerNode).OwnerNodes | ForEach-Object { $_.Name }",
                         ["node1", "node2"]),
    "available disks": (
        "Get-ClusterResource | Where-Object { $_.ResourceType -eq 'Physical Disk' -and $_.OwnerGroup -eq "
        "'Available Storage' } | ForEach-Object { $_.Name }",
        ["Cluster Disk 3", "Cluster Disk 4"],
    ),
    "largest machines": ("(Get-VM | Sort-Object MemoryAssigned -Descending | Select-Object -First 1).Name", ["SQL01"]),
    "memory of all machines": ("(Get-VM | Measure-Object MemoryAssigned -Sum).Sum / 1GB", ["27"]),
    "resources that are not online": (
        "@(Get-ClusterNode | Get-ClusterResource | Where-Object State -ne Online).Count", ["0"]
    ),
    "metrics of networks": ("(Get-ClusterNetwork | Sort-Object Metric | Select-Object -First 1).Name",
                            ["Cluster Network 2"]),
    "what a node owns": ("(Get-ClusterGroup | Where-Object { $_.OwnerNode.Name -eq 'node3' }).Name",
                         ["FILE01", "PRINT01", "SETUP01"]),
    "evacuate": (
        "Get-ClusterGroup | Where-Object { $_.OwnerNode -eq 'node2' } | Move-ClusterVirtualMachineRole -Node node1 "
        "-WhatIf | Measure-Object | ForEach-Object { $_.Count }",
        ["3"],
    ),
    "heartbeats": ("(Get-Cluster).SameSubnetDelay", ["1000"]),
    "quorum": ('Get-ClusterQuorum | ForEach-Object { "$($_.QuorumResource) $($_.QuorumType)" }',
               ["Cluster Disk 1 NodeAndDiskMajority"]),
    "failover history": (
        "Invoke-ClusterFault node2 PowerOff | Out-Null; Start-Sleep 60; @(Get-WinEvent -FilterHashtable "
        "@{LogName='System'; Id=1135} | Where-Object { $_.Message -like '*node2*' }).Count -gt 0",
        ["True"],
    ),
    "as CSV": ("Get-ClusterGroup SQL01 | Select-Object Name, OwnerNode, State | ConvertTo-Csv -NoTypeInformation",
               ['"Name","OwnerNode","State"', '"SQL01","node1","Online"']),
}  # fmt: skip
"""What one wants to know or do: a line, and what it gives as text."""
REQUESTS: dict[str, tuple[str, list[str] | int]] = {
    "balance": ("Get-ClusterGroup | where GroupType VirtualMachine", 10),
    "machines of each node": ("Get-ClusterNode | Get-VM", 12),
    "free space of shared volumes": ("Get-ClusterSharedVolume", ["Cluster Disk 2"]),
    "network of live migration": (
        "Get-ClusterResourceType 'Virtual Machine' | Set-ClusterParameter -Name MigrationExcludeNetworks "
        "-Value NETWORK",
        0,
    ),
    "drain": ("Suspend-ClusterNode node3 -Drain -WhatIf",
              ['What if: Performing operation "Suspend-ClusterNode" on Target "node3".']),
    "nodes that are up": ("Get-ClusterNode | where State Up", 3),
    "preferred owners": ("Get-ClusterGroup SQL01 | Get-ClusterOwnerNode", 1),
    "available disks": (
        "Get-ClusterResource | where ResourceType 'Physical Disk' | where OwnerGroup 'Available Storage'",
        ["Cluster Disk 3", "Cluster Disk 4"],
    ),
    "resources that are not online": ("Get-ClusterNode | Get-ClusterResource | where State Offline", 0),
    "what a node owns": ("Get-ClusterGroup | where OwnerNode node3", ["FILE01", "PRINT01", "SETUP01"]),
    "evacuate": ("Get-ClusterGroup | where OwnerNode node2 | Move-ClusterVirtualMachineRole -Node node1 -WhatIf", 3),
    "quorum": ("Get-ClusterQuorum", 1),
}  # fmt: skip
"""The same as requests, where they are others than those of a single cmdlet: names, or how many there are."""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShellDesk]:
    made = ShellDesk(tmp_path_factory.mktemp("desk"))
    made.must(SET_UP)
    yield made
    made.close()


@pytest.fixture(scope="module")
def talk() -> Iterator[DirectTalk]:
    opened = DirectTalk()
    assert play(opened, "Get-Cluster | .EnableSharedVolumes = Enabled").errors == []
    assert play(opened, "Add-ClusterSharedVolume 'Cluster Disk 2'").errors == []
    yield opened
    opened.close()


@pytest.mark.parametrize("name", IDIOMS)
def test_the_built_in_shell_does_it(desk: ShellDesk, name: str) -> None:
    line, wanted = IDIOMS[name]
    results = desk.run(line)
    assert results.ok, results.text()
    assert [desk.session.format([one]).strip() for one in results.objects] == wanted


@pytest.mark.parametrize("name", REQUESTS)
def test_its_requests_give_it(talk: DirectTalk, name: str) -> None:
    line, wanted = REQUESTS[name]
    (network,) = play(talk, "Get-ClusterNetwork 'Cluster Network 2'").outputs
    played = play(talk, line.replace("NETWORK", network["id"]))
    assert played.errors == []
    assert played.texts == wanted if isinstance(wanted, list) else len(played.texts) == wanted


def test_there_are_twenty() -> None:
    assert len(IDIOMS) == 20
    assert set(REQUESTS) <= set(IDIOMS)
