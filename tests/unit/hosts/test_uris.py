"""Hosts of URIs: their case, their brackets, their scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.libvirt.uris import HostUri, UriError, migration_uri, parse_uri, uri_host

if TYPE_CHECKING:
    import ipaddress

_SCOPES = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=15)


def test_a_host_name_keeps_its_case_because_an_alias_of_ssh_is_compared_with_it() -> None:
    assert parse_uri("qemu+ssh://Root@KVM2:2222/system?keyfile=/k&keyfile=/l") == HostUri(
        "qemu+ssh", "Root", "KVM2", 2222, "/system", {"keyfile": "/l"}
    )


@pytest.mark.parametrize(
    ("uri", "user", "host", "port"),
    [
        ("qemu:///system", "", "", None),
        ("qemu+ssh://alpha/system", "", "alpha", None),
        ("qemu+ssh://a%40b@alpha/system", "a@b", "alpha", None),
        ("qemu+ssh://root@[fd00:92::2]:22/system", "root", "fd00:92::2", 22),
        ("qemu+tls://[fe80::1%25eth0]/system", "", "fe80::1%eth0", None),
    ],
)
def test_user_host_and_port_are_told_apart(uri: str, user: str, host: str, port: int | None) -> None:
    parsed = parse_uri(uri)

    assert (parsed.user, parsed.host, parsed.port) == (user, host, port)


@pytest.mark.parametrize("uri", ["qemu+ssh://[/system", "qemu+ssh://host]/system", "qemu+ssh://host:port/system"])
def test_what_is_no_uri_is_said_so(uri: str) -> None:
    with pytest.raises(UriError):
        parse_uri(uri)


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("10.92.0.2", "tcp://10.92.0.2"),
        ("node2.example", "tcp://node2.example"),
        ("fd00:92::2", "tcp://[fd00:92::2]"),
        ("fe80::2%eth0", "tcp://[fe80::2%25eth0]"),
        ("fe80::2%br 0", "tcp://[fe80::2%25br%200]"),
    ],
)
def test_an_address_goes_into_a_uri_as_libvirt_reads_it(address: str, uri: str) -> None:
    assert migration_uri(address) == uri


@given(st.ip_addresses(), st.one_of(st.none(), _SCOPES))
def test_whatever_address_goes_into_a_uri_comes_out_of_it_again(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, scope: str | None
) -> None:
    text = f"{address}%{scope}" if scope and address.version == 6 else str(address)

    assert parse_uri(f"qemu+tcp://{uri_host(text)}:16509/system").host == text
    assert parse_uri(migration_uri(text)).host == text
