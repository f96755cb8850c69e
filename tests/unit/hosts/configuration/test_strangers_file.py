"""A hosts file from a stranger: it runs nothing and weakens nothing before its owner has allowed it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration import check, lab_record
from fcm.backend.libvirt.configuration.hosts_file import load
from fcm.backend.toml_table import ClusterFileError, UntrustedFileError
from fcm.cli.main import DONE, FAILED, WRONG_USAGE, main
from fcm.lab.hosts_file import render_hosts_file
from fcm.lab.plan import LabFolders, make_plan
from fcm.workspace.files.trusted_files import FILE_NAME, TrustedFiles
from tests.unit.hosts.lab_up import lab_is_up

if TYPE_CHECKING:
    from fcm.backend.libvirt.configuration.hosts_file import HostsFile

FILE = """\
[cluster]
name = "east"
{more}
[[network]]
name = "Migration"
subnet = "10.1.0.0/24"

[[node]]
name = "alpha"
uri = "{uri}"
{node}
addresses = {{ Migration = "{address}" }}
"""


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def written(
    folder: Path,
    uri: str = "qemu+ssh://alpha/system",
    more: str = "",
    node: str = "",
    address: str = "10.1.0.1",
) -> Path:
    path = folder / "hosts.toml"
    path.write_text(FILE.format(uri=uri, more=more, node=node, address=address), encoding="utf-8")
    return path


def refusal(path: Path) -> ClusterFileError:
    with pytest.raises(ClusterFileError) as caught:
        load(path)
    return caught.value


@pytest.mark.parametrize("key", ["uri", "peer_uri"])
@pytest.mark.parametrize("query", ["command={program}", "mode=auto;COMMAND={program}", "netcat={program}"])
def test_checking_a_file_runs_no_program_that_it_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, query: str
) -> None:
    program, mark = tmp_path / "x.sh", tmp_path / "ran"
    program.write_text(f"#!/bin/sh\ntouch {mark}\n")
    program.chmod(0o755)
    evil = f"qemu+ssh://alpha/system?{query.format(program=program)}"
    path = written(tmp_path, evil) if key == "uri" else written(tmp_path, node=f'peer_uri = "{evil}"')

    assert main(["hosts", "check", str(path)]) == WRONG_USAGE
    said = capsys.readouterr().err
    assert f"{path}, line 8: Opening this file would run the program {program}" in said
    assert f"fcm hosts trust {path}" in said
    assert main(["show", f"libvirt:{path}"]) == WRONG_USAGE
    assert main(["hosts", "drain", str(path), "alpha"]) == WRONG_USAGE
    assert main(["hosts", "measure", str(path), "web"]) == WRONG_USAGE
    assert not mark.exists()


def test_a_wrong_uri_is_told_with_file_and_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "qemu+ssh://root@[fd00:90::1/system")
    assert main(["hosts", "check", str(path)]) == WRONG_USAGE
    assert f"{path}, line 10: A closing bracket is missing" in capsys.readouterr().err


def test_what_a_file_asks_for_is_shown_and_without_a_terminal_not_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "qemu+ssh://alpha/system?socket=/run/other&no_verify=1")
    with Path("/dev/null").open(encoding="utf-8") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        assert main(["hosts", "trust", str(path)]) == FAILED
    said = capsys.readouterr()
    assert "  - connect to the socket /run/other on alpha" in said.out
    assert "  - not verify the identity of alpha" in said.out
    assert "add --yes" in said.err
    assert isinstance(refusal(path), UntrustedFileError)


def test_what_the_owner_allowed_holds_for_that_content_of_that_file_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[HostsFile] = []
    monkeypatch.setattr(check, "ask_hosts", lambda hosts: asked.append(hosts) or ())
    uri = "qemu+ssh://alpha/system?socket=/run/other"
    path = written(tmp_path, uri)
    assert main(["hosts", "trust", str(path), "--yes"]) == DONE
    assert main(["hosts", "check", str(path)]) == DONE
    assert [host.uri for hosts in asked for host in hosts.hosts] == [uri]

    elsewhere = tmp_path / "copy.toml"
    elsewhere.write_bytes(path.read_bytes())
    assert main(["hosts", "check", str(elsewhere)]) == WRONG_USAGE
    path.write_text(path.read_text().replace("/run/other", "/run/third"))
    assert main(["hosts", "check", str(path)]) == WRONG_USAGE
    assert len(asked) == 1
    capsys.readouterr()


def test_a_list_that_others_could_have_written_allows_nothing(tmp_path: Path, data: Path) -> None:
    trusted = TrustedFiles()
    path = written(tmp_path)
    trusted.allow(path, "digest")
    assert trusted.allows(path, "digest")
    assert not trusted.allows(path, "other")
    (data / FILE_NAME).chmod(0o666)
    assert not trusted.allows(path, "digest")
    (data / FILE_NAME).chmod(0o600)
    for damaged in ("[]", "{", '{"a": 1}', "\0"):
        (data / FILE_NAME).write_text(damaged)
        assert not trusted.allows(path, "digest")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('name = "east"', 'name = "../../x"', 2, "a character that file names cannot have"),
        ('name = "alpha"', 'name = "../../x"', 9, "a character that file names cannot have"),
        ('name = "Migration"', 'name = "a\\u001b[2J"', 5, "a character that file names cannot have"),
        ('"10.1.0.1"', "\"fe80::1%';touch x;'\"", 12, "is not an address"),
        ('subnet = "10.1.0.0/24"', 'subnet = "10.1.0.0/24"\ngateway = "evil"', 7, "is not an address"),
        ("qemu+ssh://alpha/system", "qemu+tcp://10.90.0.1/system", 10, "neither encrypted nor authenticated"),
    ],
)
def test_names_and_addresses_are_what_they_say(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    error = refusal(path)
    assert words in str(error)
    assert error.line == line


# The lab


def test_the_files_of_a_lab_that_is_up_are_taken_and_so_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(3, 200_000_000)
    lab_is_up(tmp_path, monkeypatch, plan)
    for over_ssh in (False, True):
        path = tmp_path / "copy.toml"
        path.write_text(render_hosts_file(plan, LabFolders(), over_ssh))
        assert load(path).is_lab


LAB = "[lab]\ntcp = true\nsame_file_system = true"


@pytest.mark.parametrize(
    ("uri", "node"),
    [
        ("qemu+tcp://192.0.2.9/system", ""),
        ("qemu+ssh://alpha/system?command=/tmp/x.sh", ""),
        ("qemu+unix:///system?socket=/tmp/evil", ""),
        (LabFolders().uri(make_plan().nodes[0]), 'peer_uri = "qemu+tcp://192.0.2.9/system"'),
        (LabFolders().uri(make_plan().nodes[0]), 'probe_namespace = "../../proc/1/ns"'),
        ("qemu+ssh://alpha/system", ""),
    ],
)
def test_a_file_that_says_it_is_the_lab_gets_nothing_but_the_nodes_of_the_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str, node: str
) -> None:
    lab_is_up(tmp_path, monkeypatch)
    assert "No running lab on this computer has the node" in str(refusal(written(tmp_path, uri, LAB, node)))


@pytest.mark.parametrize(
    "fault", ["none", "down", "half up", "of another user", "open to others", "damaged", "link", "pipe"]
)
def test_a_record_that_root_did_not_write_or_of_a_lab_that_is_down_permits_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    plan = make_plan(3, 200_000_000)
    path = tmp_path / "hosts.toml"
    path.write_text(render_hosts_file(plan, LabFolders()))
    record = lab_is_up(tmp_path, monkeypatch, plan)
    match fault:
        case "none":
            record.unlink()
        case "down":
            (tmp_path / "netns" / "fcm-client").unlink()
        case "half up":
            record.write_text(json.dumps({**json.loads(record.read_text()), "complete": False}))
        case "of another user":
            monkeypatch.setattr(lab_record, "OWNER", 4242)
        case "open to others":
            record.chmod(0o666)
        case "damaged":
            record.write_text("[" * 100_000)
        case "link":
            record.rename(tmp_path / "lab.json")
            record.symlink_to(tmp_path / "lab.json")
        case "pipe":  # nobody waits for what comes out of it
            record.unlink()
            os.mkfifo(record)
    assert "No running lab on this computer" in str(refusal(path))
