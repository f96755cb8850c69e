"""Examples of Microsoft's pages of the FailoverClusters and Hyper-V cmdlets, as the requests that the modules send.

Of the 210 examples on the 100 pages of FailoverClusters for Windows Server 2016 (MicrosoftDocs/windows-powershell-docs,
f113d6bd), the pages of affinity rules for 2025 and those of Hyper-V for 2016 whose cmdlets fcm has, those were chosen
whose cmdlet and objects the model has; ``LEFT_OUT`` says why the others of such pages are not here. Each is
written anew with the names of the shipped cluster: tests/data/powershell/pages.json has page, number, what stands
before it, the line, and what it gives out as it was read and found right. Formatting is PowerShell's own and left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from fcm.shell import cmdlets
from fcm.shell.runtime.registry import REGISTRY
from tests.quality.source import TOP
from tests.unit.serving.pages.playing import play
from tests.unit.serving.talk import DirectTalk

if TYPE_CHECKING:
    from pathlib import Path

cmdlets.load()
EXAMPLES: list[dict[str, Any]] = json.loads(
    (TOP / "tests" / "data" / "powershell" / "pages.json").read_text(encoding="utf-8")
)
LEFT_OUT = {
    "Add-ClusterDisk": "2 and 3 choose disks by SCSI address and by Get-Disk.",
    "Add-ClusterFileServerRole": "1 has no name and takes an address by DHCP, which the model does not have.",
    "Add-ClusterGenericApplicationRole": "1 the same.",
    "Add-ClusterGenericServiceRole": "1 the same.",
    "Add-VMMigrationNetwork": "1 is one address, 3 and 4 are IPv6; here 4 with the subnet of a network.",
    "Add-ClusterVirtualMachineRole": "2 names the group otherwise than its virtual machine: refused with the reason.",
    "Disconnect-VMNetworkAdapter": "1 gives an adapter by its machine's name.",
    "Get-Cluster": "3 lists the clusters of a domain; 4 to 6 set properties of later versions or of several subnets.",
    "Get-ClusterLog": "Files of this computer, which tests/unit/shell/logs has.",
    "Get-VHD": "1, 2, 4 and 5 name files and disks, which the model does not know.",
    "Get-VMDvdDrive": "2 to 4 name controllers and a snapshot.",
    "Get-VMHardDiskDrive": "2 to 4 name controllers and a snapshot.",
    "Get-VMNetworkAdapter": "2 and 3 are about adapters of the nodes.",
    "Get-VMSnapshot": "2 to 4 are about types and trees of snapshots.",
    "Get-VMSwitch": "2 is about the type of a switch.",
    "Get-ClusterResource": "6 is about a storage pool.",
    "Move-ClusterVirtualMachineRole": "4 has script blocks; here its requests.",
    "Move-VM": "2 and 3 move storage.",
    "New-ClusterAffinityRule": "1 is of the type SameFaultDomain: refused; here DifferentNode.",
    "New-VM": "2 to 6 choose files, generations and boot devices.",
    "Remove-VM": "1 asks, which tests/unit/serving/test_server.py has.",
    "Remove-VMSnapshot": "2 has a script block.",
    "Restore-VMSnapshot": "2 has a script block.",
    "Set-VM": "1 and 2 set what the model does not have.",
    "Set-VMDvdDrive": "2 and 3 name controllers.",
    "Set-VMHost": "1 limits storage migrations as well, 2 and 4 to 8 set what the model does not have.",
    "Set-VMMemory": "1 is about Dynamic Memory.",
    "Set-VMMigrationNetwork": "1 and 2 change the subnet.",
    "Set-VMProcessor": "1 and 3 to 5 set what the model does not have.",
    "New-Cluster": "4 to 6 have several networks for clients, or leave one out.",
    "Set-ClusterParameter": "2 and 3 change addresses of resources, which the model cannot.",
    "Set-ClusterQuorum": "4 has a witness in the cloud.",
    "Start-ClusterNode": "3 forces quorum, which tests/unit/shell/cmdlets/test_stopped_cluster.py has.",
    "Test-Cluster": "6 and 7 name tests of drivers and of disks of other servers.",
}
"""Page: which of its examples are not here, and why."""
READING = ("Get-",)


def by_page() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in EXAMPLES:
        found[one["page"]].append(one)
    return found


@pytest.mark.parametrize("page", by_page())
def test_the_examples_of_a_page_give_what_they_should(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = []
    for one in by_page()[page]:
        monkeypatch.setenv("FCM_DATA", str(tmp_path / str(one["number"])))
        talk = DirectTalk()
        try:
            for line in one["before"]:
                assert play(talk, line).errors == []
            played = play(talk, one["line"])
        finally:
            talk.close()
        whole = one["count"] == len(played.texts) and one["given"] == played.texts[: len(one["given"])]
        if played.errors or not whole:
            wrong.append((one["number"], played.errors, played.texts))
    assert wrong == []


def test_what_was_chosen_is_told() -> None:
    assert len(EXAMPLES) == 169
    assert all(REGISTRY.get(one["page"]) is not None for one in EXAMPLES)
    assert all(REGISTRY.get(page) is not None for page in LEFT_OUT)
