"""The words with which fcm itself logs in to a host by ssh, from its URI."""

from __future__ import annotations

import pytest

from fcm.backend.libvirt.paths.ssh_login import uri_login

BATCH = ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"]


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("qemu+ssh://KVM2/system", ["--", "KVM2"]),
        ("qemu+ssh://root@[fd00:90::1]:2222/system", ["-l", "root", "-p", "2222", "--", "fd00:90::1"]),
        ("qemu+ssh://h/system?no_verify=1", ["-o", "StrictHostKeyChecking=no", "--", "h"]),
        ("qemu+libssh://root@h:2222/system", ["-F", "none", "-l", "root", "-p", "2222", "--", "h"]),
        ("qemu+libssh2://h/system?keyfile=/k", ["-F", "none", "-i", "/k", "--", "h"]),
        (
            "qemu+libssh://h/system?known_hosts=/a%20b/keys&known_hosts_verify=auto",
            ["-F", "none", "-o", "StrictHostKeyChecking=accept-new", "-o", 'UserKnownHostsFile="/a b/keys"', "--", "h"],
        ),
        (
            "qemu+libssh2://h/system?known_hosts_verify=ignore",
            ["-F", "none", "-o", "StrictHostKeyChecking=no", "--", "h"],
        ),
    ],
)
def test_ssh_comes_to_the_host_that_libvirt_comes_to(uri: str, words: list[str]) -> None:
    assert uri_login(uri) == BATCH + words


@pytest.mark.parametrize("uri", ["qemu+tls://h/system", "qemu:///system", "qemu+ssh://h/system?command=/x", "nonsense"])
def test_hosts_that_are_not_reached_by_ssh_have_no_login(uri: str) -> None:
    assert uri_login(uri) == []
