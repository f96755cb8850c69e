"""What a cluster file says of disks, quorum and owners fits together, or it is refused at its line with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.embedded.cluster_file.reading import load
from tests.unit.embedded.cluster_file.test_cluster_file import SMALL, line_of, refused, written

if TYPE_CHECKING:
    from pathlib import Path

FILE = (
    SMALL.replace(
        'address = "10.0.0.10"\n', 'address = "10.0.0.10"\nquorum = "NodeAndDiskMajority"\nshared_volumes = true\n'
    )
    + """
[[disks]]
name = "Witness"
use = "Disk Witness in Quorum"
size = "1 GiB"

[[disks]]
name = "Volume A"
use = "Cluster Shared Volume"
size = "10 GiB"
folder = "A"

[[disks]]
name = "Volume B"
use = "Cluster Shared Volume"
size = "10 GiB"
folder = "B"
"""
)
WITNESS, SECOND = 'size = "1 GiB"\n', 'folder = "B"\n'
ALONE = 'switch = "LAN"\n\n[[disks]]'
"""The end of the machine."""


def of_machine(lines: str) -> str:
    return f'switch = "LAN"\n{lines}\n\n[[disks]]'


BROKEN = [
    (
        "two witnesses",
        SECOND,
        'folder = "B"\n\n[[disks]]\nname = "W2"\nuse = "Disk Witness in Quorum"\nsize = "1 GiB"\n',
        "[cluster]",
        "Witness and W2 are both the witness; there can be only one",
    ),
    (
        "a quorum without its witness",
        'use = "Disk Witness in Quorum"',
        'use = "Available Storage"',
        "quorum",
        "requires a disk with the use 'Disk Witness in Quorum'",
    ),
    ("a witness without its quorum", "NodeAndDiskMajority", "NodeMajority", "quorum", "does not use a disk witness"),
    ("a folder twice", SECOND, 'folder = "a"\n', 'folder = "a"', "Two volumes have the folder 'a'"),
    (
        "a folder that cannot be",
        SECOND,
        'folder = "a/b"\n',
        'folder = "a/b"',
        "a character that file names cannot have",
    ),
    (
        "a folder of what is no volume",
        WITNESS,
        'size = "1 GiB"\nfolder = "W"\n',
        'folder = "W"',
        "Only a Cluster Shared Volume",
    ),
    ("a number twice", WITNESS, 'size = "1 GiB"\nnumber = 1\n', "number = 1", "Two disks have the number 1"),
    (
        "an owner without access",
        WITNESS,
        'size = "1 GiB"\nowner = "a"\nvisible_to = ["b"]\n',
        'owner = "a"',
        "a owns 'Witness' but cannot access it",
    ),
    (
        "a use that a machine gives",
        '"Available Storage"',
        '"Service or application"',
        "use =",
        "set the use to Available Storage",
    ),
    (
        "a domain that cannot be",
        'address = "10.0.0.10"\n',
        'address = "10.0.0.10"\ndomain = "a b"\n',
        "domain",
        "domain",
    ),
    (
        "a disk that is not there",
        ALONE,
        of_machine('disk = "D9"'),
        'disk = "D9"',
        "There is no disk 'D9'; the disks are: Disk 1",
    ),
    (
        "files on the witness",
        ALONE,
        of_machine('disk = "Witness"'),
        'disk = "Witness"',
        "cannot store virtual machines",
    ),
    (
        "a disk of a machine that does not move",
        ALONE,
        of_machine('disk = "Disk 1"'),
        'disk = "Disk 1"',
        "must be highly available",
    ),
    (
        "owners of what does not move",
        ALONE,
        of_machine('preferred_owners = ["b"]'),
        "[[machines]]",
        "Only a highly available virtual machine can have owners",
    ),
    (
        "an owner that is not possible",
        ALONE,
        of_machine('disk = "Volume A"\nhighly_available = true\npossible_owners = ["b"]'),
        "possible_owners",
        "a owns 'vm1' but is not a possible owner",
    ),
]


@pytest.mark.parametrize(("what", "old", "new", "where", "reason"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_file_whose_disks_do_not_fit_is_refused_with_line_and_reason(
    tmp_path: Path, what: str, old: str, new: str, where: str, reason: str
) -> None:
    assert old in FILE, what
    text = FILE.replace(old, new, 1)
    error = refused(tmp_path, text)
    assert reason in error.reason
    assert error.line == line_of(text, where)


def test_a_machine_s_disk_is_one_that_its_node_can_access(tmp_path: Path) -> None:
    text = FILE.replace(SECOND, 'folder = "B"\nvisible_to = ["b"]\nowner = "b"\n', 1)
    text = text.replace(ALONE, of_machine('disk = "Volume B"\nhighly_available = true'), 1)
    assert refused(tmp_path, text).reason.startswith("a cannot access 'Volume B'.")


@pytest.mark.parametrize("share", ["", 'file_share_witness = "files"\n', 'file_share_witness = "//files/witness"\n'])
def test_a_file_share_witness_is_a_unc_path(tmp_path: Path, share: str) -> None:
    text = SMALL.replace(
        'address = "10.0.0.10"\n', f'address = "10.0.0.10"\nquorum = "NodeAndFileShareMajority"\n{share}'
    )
    assert "must be a UNC path" in refused(tmp_path, text).reason


def test_the_share_of_a_cluster_has_one_witness_and_a_failure_of_it_names_none(tmp_path: Path) -> None:
    share = (
        'address = "10.0.0.10"\nquorum = "NodeAndFileShareMajority"\nfile_share_witness = "\\\\\\\\files\\\\witness"\n'
    )
    text = SMALL.replace('address = "10.0.0.10"\n', share)
    failure = '\n[[faults]]\nkind = "LoseShare"\nat = 60\n'
    (planned,) = load(written(tmp_path, text + failure)).planned
    assert planned.target == "\\\\files\\witness"
    named = text + failure + 'target = "files"\n'
    assert "LoseShare has no target" in refused(tmp_path, named).reason
    assert "has no file share witness" in refused(tmp_path, SMALL + failure).reason


def test_a_disk_of_available_storage_is_where_its_group_is(tmp_path: Path) -> None:
    """Whoever the file names as owner: one group holds them all."""
    disks = 'owner = "b"\n\n[[disks]]\nname = "Disk 2"\nuse = "Available Storage"\nowner = "a"\nsize = "10 GiB"\n'
    formed = load(written(tmp_path, SMALL.replace('size = "10 GiB"\n', f'size = "10 GiB"\n{disks}', 1)))
    owners = {disk.owner for disk in formed.disks}
    assert len(owners) == 1
    assert owners == {group.owner for group in formed.groups if group.name == "Available Storage"}
