"""Addresses that belong to a whole subnet, logins, and texts of strangers, at their bounds."""

from __future__ import annotations

import ipaddress

import pytest

from fcm.backend.libvirt.configuration import check, uris
from fcm.backend.libvirt.configuration.uris import SshLogin, parse_ssh_login


@pytest.mark.parametrize(
    ("address", "subnet", "of_all"),
    [
        ("10.0.0.0", "10.0.0.0/30", True),
        ("10.0.0.3", "10.0.0.0/30", True),
        ("10.0.0.1", "10.0.0.0/30", False),
        ("10.0.0.0", "10.0.0.0/31", False),
        ("10.0.0.1", "10.0.0.0/31", False),
        ("10.0.0.0", "10.0.0.0/32", False),
        ("10.0.0.255", "10.0.0.0/24", True),
        ("fd00::", "fd00::/64", False),
    ],
)
def test_the_first_and_the_last_address_belong_to_all_of_a_subnet_with_more_than_two(
    address: str, subnet: str, of_all: bool
) -> None:
    assert check._is_of_all(ipaddress.ip_address(address), ipaddress.ip_network(subnet)) is of_all


@pytest.mark.parametrize(
    ("login", "text"),
    [
        (SshLogin("root", "node1"), "root@node1"),
        (SshLogin("root", "node1", 2222), "root@node1:2222"),
        (SshLogin("fcm", "fd00::1"), "fcm@[fd00::1]"),
        (SshLogin("fcm", "fd00::1", 22), "fcm@[fd00::1]:22"),
    ],
)
def test_a_login_is_written_as_it_is_read(login: SshLogin, text: str) -> None:
    assert login.text == text
    assert parse_ssh_login(text) == login
    assert login.words == ("-l", login.user, *(("-p", str(login.port)) if login.port else ()), "--", login.host)


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 117 + "...")])
def test_of_a_text_of_a_stranger_120_characters_are_shown(length: int, shown: str) -> None:
    assert uris._shown("x" * length) == f'"{shown}"'
