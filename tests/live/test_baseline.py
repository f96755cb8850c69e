"""``fcm hosts baseline``: with the common processor a machine of the newest host moves to the oldest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.cli.main import main
from fcm.lab.machines import remove_machine
from fcm.lab.node import virsh
from tests.live.live_lab import wait_until

if TYPE_CHECKING:
    from tests.live.live_lab import LiveLab

pytestmark = pytest.mark.live


def test_the_common_processor_is_set_for_a_machine_that_is_off_and_lets_it_move_to_the_older_node(
    lab: LiveLab, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["hosts", "baseline", str(lab.hosts_file), "newest"]
    newest = lab.add_machine("newest", fill=8, processor="Nehalem+aes+xsave+avx")
    try:
        assert main([*words, "--set"]) == 1
        assert "newest is running, so its processor cannot be changed." in capsys.readouterr().err

        virsh(lab.node("node1"), lab.folders, "destroy", "newest")
        assert main([*words, "--set"]) == 0
        told = capsys.readouterr().out
        virsh(lab.node("node1"), lab.folders, "start", "newest")
        lab.move(newest, "node1", "node3")
        wait_until(lambda: lab.running(newest) == ["node3"], "it runs on the older node")
    finally:
        remove_machine("newest", lab.plan, lab.folders)

    assert "cannot use aes, avx, avx2 of node1." in told
    assert "has all features of node3." in told


def test_a_machine_that_no_host_knows_is_told_so(lab: LiveLab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hosts", "baseline", str(lab.hosts_file), "ghost"]) == 2
    assert "No host has a virtual machine named 'ghost'." in capsys.readouterr().err
