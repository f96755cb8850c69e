"""A hosts file gets another fencing device or witness, and nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from fcm.backend.libvirt.configuration.failover_keys import Fencing, FencingOptions, Witness
from fcm.backend.libvirt.configuration.hosts_file import read_hosts_text
from fcm.backend.libvirt.configuration.uris import parse_ssh_login
from fcm.backend.pacemaker.forming.hosts_text import Failover, HostsTextError, failover_of, with_failover
from fcm.backend.toml_table import ClusterFileError
from tests.unit.pacemaker.forming.hosts_of_test import hosts_text

PATH = Path("hosts.toml")
IPMI = Fencing("fence_ipmilan", FencingOptions({"username": 'the "one"', "lanplus": "1"}, None, "/etc/fcm/secret"))
WANTED = Failover(
    IPMI,
    {"node2": FencingOptions({"ip": "10.0.0.12"}), "node3": FencingOptions({"ip": "10.0.0.13"})},
    Witness("10.90.0.200", parse_ssh_login("admin@[fd00::1]:2222")),
)


def test_a_file_without_failover_gets_it_and_keeps_every_other_line() -> None:
    before = "# first\n" + hosts_text(witness=False, fencing="")
    after = with_failover(PATH, before, WANTED)
    assert failover_of(read_hosts_text(PATH, after)[0]) == WANTED
    kept = [line for line in after.splitlines() if line in before.splitlines()]
    assert kept == before.splitlines()


def test_what_is_there_is_replaced_wherever_it_stands() -> None:
    before = (
        hosts_text().replace('[[node]]\nname = "node2"', '[[node]]\nfencing.port = "2"\nname = "node2"')
        + '\n# about the future\n[[network]]\nname = "More"\nsubnet = "10.99.0.0/24"\n'
        + '[[node]]\nname = "node9"\nuri = "qemu+ssh://node9/system"\naddresses = { More = "10.99.0.9" }\n'
        + '[node.fencing]\nport = "9"\n'
    )
    after = with_failover(PATH, before, WANTED)
    assert failover_of(read_hosts_text(PATH, after)[0]) == WANTED
    assert "# about the future\n" in after
    assert with_failover(PATH, after, WANTED) == after, "the same again changes nothing"


def test_failover_can_be_taken_out_again() -> None:
    bare = hosts_text(witness=False, fencing="")
    assert with_failover(PATH, with_failover(PATH, bare, WANTED), Failover()).rstrip() == bare.rstrip()


def test_a_file_without_a_line_end_at_its_end_is_changed_all_the_same() -> None:
    after = with_failover(PATH, hosts_text(witness=False, fencing="").rstrip("\n"), WANTED)
    assert failover_of(read_hosts_text(PATH, after)[0]) == WANTED


def test_a_file_that_is_written_in_an_unusual_way_is_refused_with_what_to_add() -> None:
    text = hosts_text(witness=False).replace("[fencing]", '["fencing"]')
    with pytest.raises(HostsTextError, match=r"Add this yourself:\n\[fencing\]\nagent = \"fence_ipmilan\"") as refused:
        with_failover(PATH, text, WANTED)
    assert "hosts.toml is written in a way that fcm cannot change" in str(refused.value)


def test_a_secret_among_the_options_is_refused() -> None:
    with pytest.raises(ClusterFileError, match="A hosts file contains no secrets"):
        with_failover(PATH, hosts_text(), Failover(Fencing("fence_x", FencingOptions({"passwd": "1"}))))


@pytest.mark.parametrize("text", ["root@host", "admin@10.0.0.1:2222", "root@[fd00::1]", "a@[fd00::1]:22"])
def test_a_login_is_written_as_it_is_read(text: str) -> None:
    assert parse_ssh_login(text).text == text
