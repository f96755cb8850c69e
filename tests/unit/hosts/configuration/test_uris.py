"""URIs of hosts: which are taken, which are refused in words, and what only the owner of a file may allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.libvirt.configuration.uris import (
    HostUri,
    UriError,
    address_of,
    migration_uri,
    parse_host_uri,
    uri_host,
)

if TYPE_CHECKING:
    import ipaddress

_SCOPES = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=15)


@pytest.mark.parametrize(
    ("text", "transport", "user", "host", "port"),
    [
        ("qemu:///system", "unix", None, None, None),
        ("qemu+libssh://root@[fd00:90::1]:2222/system?sshauth=agent,privkey", "libssh", "root", "fd00:90::1", 2222),
        ("qemu+libssh2://KVM2/system?known_hosts_verify=normal&keyfile=/k", "libssh2", None, "KVM2", None),
        ("qemu+unix:///system", "unix", None, None, None),
        ("qemu://alpha/system", "tls", None, "alpha", None),
        ("qemu+tls://alpha.example.org./system", "tls", None, "alpha.example.org.", None),
        ("qemu+ssh://root@[fd00:90::1]:2222/system", "ssh", "root", "fd00:90::1", 2222),
        ("qemu+ssh://[fe80::1%25eth0]/system", "ssh", None, "fe80::1%eth0", None),
        ("qemu+ssh://Root@KVM2:2222/system", "ssh", "Root", "KVM2", 2222),
        ("qemu+ssh://a%40b@alpha/system", "ssh", "a@b", "alpha", None),
        ("QEMU+SSH://kvm_2/system", "ssh", None, "kvm_2", None),
        ("qemu+ssh://EAST%5Cadmin@10.0.0.1/system?mode=auto;proxy=native", "ssh", "EAST\\admin", "10.0.0.1", None),
        ("qemu+ssh://h/system?no_verify=0&no_tty=1", "ssh", None, "h", None),
        ("qemu+ssh://root@h/system?keyfile=/root/my%20keys/id", "ssh", "root", "h", None),
    ],
)
def test_a_uri_of_a_host_is_taken_apart_and_asks_for_nothing(
    text: str, transport: str, user: str | None, host: str | None, port: int | None
) -> None:
    uri = parse_host_uri(text)
    assert (uri.transport, uri.user, uri.host, uri.port) == (transport, user, host, port)
    assert uri.text == text
    assert uri.demands() == uri.demands(here=False) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("qemu+ssh://root@[fd00:90::1/system", "A closing bracket is missing"),
        ("qemu+ssh://fd00:90::1/system", "Write an IPv6 address in brackets"),
        ("qemu+ssh://[alpha]/system", "Only IPv6 addresses are written in brackets"),
        ("qemu+ssh://[fe80::1%25$(id)]/system", "not a valid host name or address"),
        ("qemu+ssh://[fd00::1]2222/system", "A closing bracket is missing"),
        ("qemu+ssh://-oProxyCommand=touch%20x/system", "not a valid host name or address"),
        ("qemu+ssh://-oProxyCommand=x@h/system", "not a valid user name"),
        ("qemu+ssh://%2DoX@h/system", "not a valid user name"),
        ("qemu+ssh://root:secret@h/system", "contains a password"),
        ("qemu+ssh://a b/system", "is not the URI of a libvirt host"),
        ("qemu+ssh://a\n/system", "is not the URI of a libvirt host"),
        ("qemu+ssh://a%0Ab/system", "not a valid host name or address"),
        ("qemu+ssh://a;touch x/system", "is not the URI of a libvirt host"),
        ("qemu+ssh://a;id/system", "not a valid host name or address"),
        ("qemu+ssh://a'b/system", "not a valid host name or address"),
        ("qemu+ssh://a/system#x", "is not the URI of a libvirt host"),
        ("qemu+ssh://a:0/system", "is not a valid port"),
        ("qemu+ssh://a:65536/system", "is not a valid port"),
        ("qemu+ssh://a:22;id/system", "is not a valid port"),
        ("qemu+ssh://a:١٢/system", "is not the URI of a libvirt host"),
        ("qemu+ssh:///system", "has no host name"),
        ("qemu+unix://a/system", "but a local socket has none"),
        ("qemu+ssh://a/", "has no libvirt path"),
        ("qemu:///embed?root=/tmp/x", "has no libvirt path"),
        ("qemu+ssh://a/system/../x", "has no libvirt path"),
        ("qemu+ext://a/system?command=/bin/sh", "qemu+ext runs a program"),
        ("qemu:///session", "the libvirt of a single user"),
        ("qemu+ssh://root@a/session", "cannot be live migrated. Use /system."),
        ("qemu+libssh://a/system?command=/bin/sh", '"command" of the URI is not allowed'),
        ("qemu+libssh://a/system?no_verify=1", '"no_verify" of the URI is not allowed'),
        ("qemu+libssh2://a/system?known_hosts_verify=never", "must be normal or auto or ignore"),
        ("qemu+libssh2://a/system?known_hosts=hosts", "must be an absolute path"),
        ("qemu+libssh://a/system?sshauth=none", "must be a list of agent, privkey"),
        ("qemu+libssh://root:secret@a/system", "contains a password"),
        ("qemu+carrier://a/system", "nknown transport carrier"),
        ("test:///default", "is not the URI of a libvirt host"),
        ("test:///tmp/evil.xml", "is not the URI of a libvirt host"),
        ("lxc:///system", "is not the URI of a libvirt host"),
        ("http://a/system", "is not the URI of a libvirt host"),
        ("qemu+ssh://a/system?command=./x.sh", "must be an absolute path"),
        ("qemu+ssh://a/system?command=ssh", "must be an absolute path"),
        ("qemu+ssh://a/system?netcat=/bin/nc%20%60id%60", "must be an absolute path"),
        ("qemu+ssh://a/system?socket=/run/x%27%3Bid", "must be an absolute path"),
        ("qemu+ssh://a/system?keyfile=/a%0Ab", "must be an absolute path"),
        ("qemu+ssh://a/system?name=test:///default", '"name" of the URI is not allowed'),
        ("qemu+ssh://a/system?no_sanity=1", '"no_sanity" of the URI is not allowed'),
        ("qemu+ssh://a/system?known_hosts=/tmp/x", '"known_hosts" of the URI is not allowed'),
        ("qemu+ssh://a/system?sshauth=none", '"sshauth" of the URI is not allowed'),
        ("qemu+tls://a/system?command=/bin/sh", '"command" of the URI is not allowed'),
        ("qemu+ssh://a/system?authfile=/tmp/x", '"authfile" of the URI is not allowed'),
        ("qemu+ssh://a/system?proxy=evil", "must be auto or native or netcat"),
        ("qemu+ssh://a/system?no_verify=2", "must be 0 or 1"),
        ("qemu+ssh://a/system?no_verify=0&no_verify=1", "occurs twice"),
        ("qemu+ssh://a/system?no_verify=0;NO_VERIFY=1", "occurs twice"),
        ("qemu+ssh://a/system?%FF=1", "not valid UTF-8"),
        ("", "is not the URI of a libvirt host"),
    ],
)
def test_a_uri_that_hosts_are_not_reached_by_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UriError) as caught:
        parse_host_uri(text)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("query", "demand"),
    [
        ("command=/opt/x.sh", "run the program /opt/x.sh on this computer instead of ssh"),
        ("COMMAND=/opt/x.sh", "run the program /opt/x.sh on this computer"),
        ("mode=auto;command=/opt/x.sh", "run the program /opt/x.sh on this computer"),
        ("comm%61nd=/opt/x.sh", "run the program /opt/x.sh on this computer"),
        ("netcat=/usr/bin/nc", "run the program /usr/bin/nc on a"),
        ("socket=/run/other", "connect to the socket /run/other on a"),
        ("no_verify=1", "not verify the identity of a"),
    ],
)
def test_what_a_parameter_does_is_told_and_asked_for(query: str, demand: str) -> None:
    demands = parse_host_uri(f"qemu+ssh://a/system?{query}").demands()
    assert len(demands) == 1
    assert demands[0].startswith(demand)


@pytest.mark.parametrize("transport", ["libssh", "libssh2"])
@pytest.mark.parametrize(
    ("query", "demand"),
    [
        ("known_hosts_verify=ignore", "not verify the identity of a"),
        ("known_hosts_verify=auto", "not verify the identity of a"),
        ("known_hosts=/opt/keys", "trust the host keys in /opt/keys"),
        ("netcat=/usr/bin/nc", "run the program /usr/bin/nc on a"),
    ],
)
def test_the_ssh_libraries_of_libvirt_check_host_keys_unless_the_owner_allows_otherwise(
    transport: str, query: str, demand: str
) -> None:
    assert parse_host_uri(f"qemu+{transport}://a/system").is_verified
    (said,) = parse_host_uri(f"qemu+{transport}://a/system?{query}").demands()
    assert said.startswith(demand)


def test_a_key_file_may_stand_in_any_file_because_ssh_gives_no_key_away() -> None:
    uri = parse_host_uri("qemu+ssh://KVM2/system?keyfile=/root/my%20keys/id")
    assert uri.parameters["keyfile"] == "/root/my keys/id"
    assert not uri.demands()


def test_certificates_and_encryption_of_ones_own_are_asked_for() -> None:
    uri = parse_host_uri("qemu+tls://a/system?pkipath=/tmp/pki&tls_priority=NORMAL&no_verify=1")
    assert [words.split()[0] for words in uri.demands()] == ["use", "use", "not"]


def test_a_program_that_the_other_hosts_would_run_is_told_as_such() -> None:
    uri = parse_host_uri("qemu+ssh://a/system?command=/opt/x.sh")
    assert uri.demands(here=False) == ("run the program /opt/x.sh on the other hosts, as root instead of ssh",)


def _known(text: str) -> HostUri | None:
    try:
        return parse_host_uri(text)
    except UriError:
        return None


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=60))
def test_whatever_stands_in_a_uri_no_part_of_it_is_an_option_or_a_line_of_a_shell(
    authority: str, path: str, query: str
) -> None:
    for text in (f"qemu+ssh://{authority}/{path}?{query}", f"qemu+ssh://{authority}/system?{query}", authority):
        uri = _known(text)
        if uri is None:
            continue
        for part in (uri.user or "u", uri.host or "h", *uri.parameters.values()):
            assert not part.startswith("-")
            assert not set(part) & set("\n\r\0'\"`$;|&<>(){}*?")


@given(
    st.sampled_from(["command", "netcat", "socket", "no_verify"]),
    st.from_regex(r"/[a-z/]{1,20}", fullmatch=True),
)
def test_every_parameter_that_is_not_free_is_a_demand_in_any_spelling(name: str, value: str) -> None:
    wanted = "1" if name == "no_verify" else value
    quoted = "".join(f"%{ord(letter):02X}" if number % 2 else letter for number, letter in enumerate(name.upper()))
    for separator in ("?", "?mode=auto&", "?mode=auto;", "?&;"):
        assert parse_host_uri(f"qemu+ssh://a/system{separator}{quoted}={wanted}").demands()


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
    assert address_of(uri) == address


@given(st.ip_addresses(), st.one_of(st.none(), _SCOPES))
def test_whatever_address_goes_into_a_uri_comes_out_of_it_again(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, scope: str | None
) -> None:
    text = f"{address}%{scope}" if scope and address.version == 6 else str(address)

    assert parse_host_uri(f"qemu+tcp://{uri_host(text)}:16509/system").host == text
    assert parse_host_uri(f"qemu+{migration_uri(text)}/system").host == text
