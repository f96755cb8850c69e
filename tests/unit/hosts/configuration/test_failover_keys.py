"""What a hosts file says for failover: logins, the fencing device, the witness; and what it may not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.libvirt.configuration.uris import SshLogin, UriError, parse_ssh_login
from fcm.backend.toml_table import ClusterFileError, UntrustedFileError
from fcm.lab.hosts_file import render_hosts_file
from fcm.lab.plan import LabFolders, make_plan
from tests.unit.hosts.lab_up import lab_is_up

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.libvirt.configuration.hosts_file import HostsFile

FILE = """\
[cluster]
name = "east"

[[network]]
name = "Cluster"
subnet = "10.1.0.0/24"

[[node]]
name = "alpha"
uri = "qemu+tls://alpha/system"
{node}
addresses = {{ Cluster = "10.1.0.1" }}

{more}
"""
FENCING = '[fencing]\nagent = "fence_ipmilan"\n'


def written(folder: Path, node: str = "", more: str = "") -> Path:
    path = folder / "hosts.toml"
    path.write_text(FILE.format(node=node, more=more), encoding="utf-8")
    return path


def read(folder: Path, node: str = "", more: str = "") -> HostsFile:
    return load(written(folder, node, more), lambda _path, _digest: True)


def refusal(folder: Path, node: str = "", more: str = "") -> ClusterFileError:
    with pytest.raises(ClusterFileError) as caught:
        load(written(folder, node, more))
    return caught.value


def test_a_file_without_these_keys_has_neither_login_nor_fencing_nor_witness(tmp_path: Path) -> None:
    hosts = read(tmp_path)

    assert (hosts.hosts[0].ssh, hosts.hosts[0].fencing, hosts.fencing, hosts.witness) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "login", "words"),
    [
        ("root@alpha", SshLogin("root", "alpha"), ("-l", "root", "--", "alpha")),
        ("alpha", SshLogin("root", "alpha"), ("-l", "root", "--", "alpha")),
        ("admin@10.1.0.1:2222", SshLogin("admin", "10.1.0.1", 2222), ("-l", "admin", "-p", "2222", "--", "10.1.0.1")),
        ("root@[fd00::1]", SshLogin("root", "fd00::1"), ("-l", "root", "--", "fd00::1")),
    ],
)
def test_a_login_names_user_host_and_port(tmp_path: Path, text: str, login: SshLogin, words: tuple[str, ...]) -> None:
    assert read(tmp_path, node=f'ssh = "{text}"').hosts[0].ssh == login
    assert login.words == words


@pytest.mark.parametrize(
    "text", ["", "-oProxyCommand=x", "root@-oProxyCommand=x", "root:secret@alpha", "root@", "root@alpha/system", "a b"]
)
def test_what_is_no_login_is_refused(text: str) -> None:
    with pytest.raises(UriError):
        parse_ssh_login(text)


def test_a_wrong_login_is_told_with_its_line(tmp_path: Path) -> None:
    wrong = refusal(tmp_path, node='ssh = "-oProxyCommand=x"')

    assert wrong.line == 11
    assert "is not a login for ssh, such as root@host" in wrong.reason


def test_options_of_a_node_complete_those_of_the_device(tmp_path: Path) -> None:
    hosts = read(
        tmp_path,
        node='fencing = { ip = "10.9.0.1", cipher = 17 }',
        more=FENCING + 'lanplus = true\ncipher = 3\npasswd_script = "/etc/fcm/bmc"',
    )

    assert hosts.fencing is not None
    assert hosts.fencing.agent == "fence_ipmilan"
    own = hosts.hosts[0].fencing
    assert own is not None
    together = own.over(hosts.fencing.general)
    assert together.options == {"lanplus": "1", "cipher": "17", "ip": "10.9.0.1"}
    assert together.passwd_script == "/etc/fcm/bmc"


def test_the_password_of_a_node_replaces_that_of_all(tmp_path: Path) -> None:
    hosts = read(
        tmp_path,
        node='fencing = { password_file = "/root/alpha" }',
        more=FENCING + 'passwd_script = "/etc/fcm/bmc"',
    )

    own = hosts.hosts[0].fencing
    assert own is not None
    assert hosts.fencing is not None
    together = own.over(hosts.fencing.general)
    assert (together.passwd_script, together.password_file) == (None, "/root/alpha")


@pytest.mark.parametrize(
    "agent", ["ipmilan", "fence_", "/usr/sbin/fence_ipmilan", "fence_x;reboot", "fence_x y", "fence_" + "a" * 60]
)
def test_a_fence_agent_is_a_plain_name(tmp_path: Path, agent: str) -> None:
    wrong = refusal(tmp_path, more=f'[fencing]\nagent = "{agent}"')

    assert wrong.line == 15
    assert "must be the name of a fence agent" in wrong.reason


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ('password = "x"', 16, "contains no secrets"),
        ('passwd = "x"', 16, "contains no secrets"),
        ('snmp_priv_passwd = "x"', 16, "contains no secrets"),
        ('secret_key = "x"', 16, "contains no secrets"),
        ('community = "x"', 16, "contains no secrets"),
        ('snmp_priv_passwd_script = "/x"', 16, "Only 'passwd_script' is supported"),
        ('"a b" = 1', 16, "not a valid name for an option"),
        ("ip = 1.5", 16, "must be a string"),
        ('ip = ""', 16, "must be a string"),
        ('ip = "a\\nb"', 16, "control characters"),
        (f'ip = "{"a" * 1001}"', 16, "longer than 1000"),
        ('passwd_script = "bmc"', 16, "must be an absolute path"),
        ('passwd_script = "/etc/../x"', 16, "must be an absolute path"),
        ('password_file = "/x$(reboot)"', 16, "must be an absolute path"),
        ('passwd_script = "/a"\npassword_file = "/b"', 17, "cannot be used together"),
        ("\n".join(f"option{number} = 1" for number in range(33)), 48, "more than 32 options"),
    ],
)
def test_what_an_option_may_not_be_is_told_with_its_line(tmp_path: Path, lines: str, line: int, words: str) -> None:
    wrong = refusal(tmp_path, more=FENCING + lines)

    assert words in wrong.reason
    assert wrong.line == line


def test_fencing_needs_an_agent(tmp_path: Path) -> None:
    assert "'agent' is missing" in refusal(tmp_path, more="[fencing]").reason.replace('"', "'")


def test_options_of_a_node_without_a_device_are_refused(tmp_path: Path) -> None:
    wrong = refusal(tmp_path, node='fencing = { ip = "10.9.0.1" }')

    assert wrong.line == 11
    assert "has no [fencing]" in wrong.reason


@pytest.mark.parametrize(
    ("node", "more", "words"),
    [
        ("", FENCING + 'passwd_script = "/etc/bmc"', "run the program /etc/bmc on the nodes, as root"),
        ("", FENCING + 'password_file = "/root/pw"', "read the password for fencing from /root/pw on this computer"),
        ('fencing = { password_file = "/root/pw" }', FENCING, "read the password for fencing from /root/pw"),
    ],
)
def test_reading_or_running_what_a_file_names_needs_the_permission_of_its_owner(
    tmp_path: Path, node: str, more: str, words: str
) -> None:
    with pytest.raises(UntrustedFileError) as asked:
        load(written(tmp_path, node, more))

    assert any(words in demand for demand in asked.value.demands)


def test_the_witness_is_a_host_with_a_login(tmp_path: Path) -> None:
    hosts = read(tmp_path, more='[witness]\nhost = "10.9.0.9"\nssh = "admin@w.example"')

    assert hosts.witness is not None
    assert hosts.witness.host == "10.9.0.9"
    assert hosts.witness.ssh == SshLogin("admin", "w.example")
    assert hosts.witness.namespace is None


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ('host = "a b"', 15, "not a valid host name"),
        ('host = "-x"', 15, "not a valid host name"),
        ('host = "w"\nssh = "root@"', 16, "not a login for ssh"),
        ('host = "w"\nprobe_namespace = "x"', 16, "allowed only in the lab"),
        ('host = "w"\nport = 1', 16, "Unknown key"),
    ],
)
def test_what_the_witness_may_not_be_is_told_with_its_line(tmp_path: Path, lines: str, line: int, words: str) -> None:
    wrong = refusal(tmp_path, more=f"[witness]\n{lines}")

    assert words in wrong.reason
    assert wrong.line == line


def lab_file(folder: Path, more: str) -> Path:
    path = folder / "lab.toml"
    path.write_text(render_hosts_file(make_plan(3, 200_000_000), LabFolders()) + more, encoding="utf-8")
    return path


def test_the_witness_of_a_lab_is_its_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab_is_up(tmp_path, monkeypatch)

    hosts = load(lab_file(tmp_path, '\n[witness]\nhost = "10.90.0.200"\nprobe_namespace = "fcm-client"\n'))

    assert hosts.witness is not None
    assert hosts.witness.namespace == "fcm-client"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[witness]\nhost = "10.90.0.200"\n', "No running lab"),
        ('[witness]\nhost = "10.90.0.200"\nprobe_namespace = "other"\n', "No running lab"),
        ('[witness]\nhost = "w"\nssh = "root@w"\nprobe_namespace = "fcm-client"\n', "not allowed in the lab"),
    ],
)
def test_a_file_that_says_it_is_the_lab_logs_in_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str, words: str
) -> None:
    lab_is_up(tmp_path, monkeypatch)

    with pytest.raises(ClusterFileError, match=words):
        load(lab_file(tmp_path, f"\n{more}"))


def test_a_node_of_a_lab_has_no_login_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab_is_up(tmp_path, monkeypatch)
    path = lab_file(tmp_path, "")
    path.write_text(path.read_text().replace('name = "node2"', 'name = "node2"\nssh = "root@evil"'))

    with pytest.raises(ClusterFileError, match="'ssh' is not allowed in the lab"):
        load(path)


@pytest.mark.parametrize("token", [1000, 60_000])
def test_the_time_after_which_a_node_is_lost_can_be_set(tmp_path: Path, token: int) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text().replace('name = "east"', f'name = "east"\ntoken = {token}'))

    assert load(path).token == token


@pytest.mark.parametrize("token", [999, 60_001])
def test_a_time_that_is_too_short_or_too_long_is_refused(tmp_path: Path, token: int) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text().replace('name = "east"', f'name = "east"\ntoken = {token}'))

    with pytest.raises(ClusterFileError, match="must be 1000 to 60000") as refused:
        load(path)
    assert refused.value.line == 3
