"""fcm hosts cluster: what it prints, what it asks, how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.libvirt.configuration import check
from fcm.backend.pacemaker.forming.setup_state import WitnessLook, setup_state_of
from fcm.backend.pacemaker.remote import agent, shells
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from fcm.cli.hosts_cluster import table
from fcm.cli.main import DONE, FAILED, WRONG_USAGE, main
from tests.unit.pacemaker.forming.hosts_of_test import formed, formed_answer, hosts_text, looked, plan_of, told

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("node1", "node2", "node3")


class Node:
    """A node that answers as it is set up and keeps what it was told."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.look = told()
        self.away = False
        self.fails: str = ""
        """Begin of a script that ends with code 1."""
        self.scripts: list[str] = []
        self.is_closed = False

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        if self.away:
            raise NodeUnreachableError(f"{self.node} is off.")
        self.scripts.append(script)
        if "say clock" in script:
            return Answer(0, self.look)
        if script.startswith("mktemp"):
            return Answer(0, "/srv/vm/.fcm-check-1")
        if self.fails and self.fails in script:
            return Answer(1, "some words", "fcm: It did not work.")
        return Answer(0, "")

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> dict[str, Node]:
    found = {name: Node(name) for name in (*NAMES, "witness")}
    monkeypatch.setattr(shells, "shells_of", lambda _hosts: {name: found[name] for name in NAMES})
    monkeypatch.setattr(shells, "witness_shell", lambda hosts: found["witness"] if hosts.witness else None)
    return found


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))
    path = tmp_path / "hosts.toml"
    path.write_text(hosts_text(), encoding="utf-8")
    return path


def verb(file: Path, *words: str) -> int:
    return main(["hosts", "cluster", words[0], str(file), *words[1:]])


def test_a_dry_run_shows_the_commands_and_changes_nothing(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "create", "--dry-run") == DONE

    said = capsys.readouterr().out
    assert "# 1. Install the resource agent (node1)\n" in said
    assert "cluster_name: East-1" in said
    assert "(any node of the cluster)" in said
    assert all(len(node.scripts) == 1 for node in nodes.values())
    assert all(node.is_closed for node in nodes.values())


def test_without_a_terminal_nothing_is_created_unless_it_is_agreed(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "create") == FAILED

    assert "Cannot ask without a terminal" in capsys.readouterr().err
    assert not any("corosync.conf.new" in script for script in nodes["node1"].scripts)


def test_each_step_is_told_and_what_stands_at_the_end_decides(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "create", "--yes") == FAILED  # these nodes forget everything

    said = capsys.readouterr().out
    assert "[ 1/58] node1: Install the resource agent: already done\n" in said
    assert "There is no cluster 'East 1' on these hosts." in said


def test_a_created_cluster_ends_with_0(
    file: Path, nodes: dict[str, Node], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(tmp_path)
    for name in NAMES:
        nodes[name].look = formed_answer(plan)
    nodes["witness"].run = lambda script, **_: Answer(0, "running yes\nca ca\ncluster East-1\n")  # type: ignore[method-assign]

    assert verb(file, "create", "--yes") == DONE
    assert verb(file, "status") == DONE
    assert "The cluster 'East 1' is complete: 3 nodes" in capsys.readouterr().out


def test_a_step_that_fails_ends_with_its_reason_an_excerpt_and_the_way_to_see_what_stands(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    nodes["node2"].fails = "timeout 60 fence_x"
    assert verb(file, "create", "--yes") == FAILED

    said = capsys.readouterr()
    assert (
        "[ 5/58] node2: Ask the fencing device for the power state of the other nodes: failed. It did not work."
        in said.err
    )
    assert "    some words\n" in said.err
    assert f"To see it: fcm hosts cluster status {file}" in said.out
    assert not any("corosync.conf.new" in script for script in nodes["node1"].scripts)


def test_what_is_in_the_way_is_told_and_nothing_is_changed(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    nodes["node2"].look = told(missing="pacemakerd")

    assert verb(file, "create", "--yes") == FAILED

    said = capsys.readouterr()
    assert "FAIL  node2 lacks pacemakerd. Install on this node: pacemaker." in said.out
    assert "Nothing was changed." in said.err


def test_hosts_that_can_be_no_cluster_are_refused_with_the_reason(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(hosts_text(2, witness=False), encoding="utf-8")

    assert verb(file, "create", "--yes") == FAILED
    assert "Two nodes need a witness" in capsys.readouterr().err


def test_a_file_that_is_missing_is_wrong_usage(file: Path, nodes: dict[str, Node]) -> None:
    file.unlink()

    assert verb(file, "status") == WRONG_USAGE


def test_the_status_of_hosts_without_a_cluster_is_one_sentence_and_1(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "status") == FAILED

    said = capsys.readouterr().out
    assert "There is no cluster 'East 1' on these hosts." in said
    assert "WARN" not in said


def test_an_interrupted_run_says_how_to_see_what_stands(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(script: str, **_: object) -> Answer:
        if "timeout 60 fence_x" in script:
            raise KeyboardInterrupt
        return Node.run(nodes["node2"], script)

    monkeypatch.setattr(nodes["node2"], "run", interrupted)

    assert verb(file, "create", "--yes") == FAILED
    said = capsys.readouterr()
    assert "Canceled." in said.err
    assert "fcm hosts cluster status" in said.out


def test_destroying_takes_everything_back_and_ends_with_0_if_nothing_is_left(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "destroy", "--yes") == DONE

    said = capsys.readouterr().out
    assert "node1: Install the resource agent: undone" in said
    assert said.index("node3: Start Pacemaker") < said.index("node3: Start Corosync:")
    assert said.rstrip().endswith("There is no cluster 'East 1' on these hosts.")


def test_what_would_be_taken_back_can_be_seen_before(
    file: Path, nodes: dict[str, Node], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "destroy", "--dry-run") == DONE

    said = capsys.readouterr().out
    assert "# 1. Undo: Start the cluster when the node boots (node3)\n" in said
    assert all(len(node.scripts) <= 1 for node in nodes.values())


def with_machine(plan_folder: Path) -> str:
    """What a node of a complete cluster with one machine answers."""
    plan = plan_of(plan_folder)
    machine = (
        '<primitive id="web" class="ocf" provider="fcm" type="VirtualMachine">'
        '<instance_attributes id="a"><nvpair id="b" name="config" value="/srv/vm/fcm-machines/web.xml"/>'
        '</instance_attributes><meta_attributes id="c"><nvpair id="d" name="fcm-uuid" value="u-1"/>'
        "</meta_attributes></primitive>"
    )
    cib = f"<cib><configuration><resources>{machine}</resources></configuration></cib>"
    return formed_answer(plan, cib=cib.encode())


def test_a_cluster_with_machines_is_destroyed_only_if_they_are_released(
    file: Path, nodes: dict[str, Node], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        nodes[name].look = with_machine(tmp_path)

    assert verb(file, "destroy", "--yes") == FAILED
    assert "Virtual machines are still highly available: web." in capsys.readouterr().err
    assert verb(file, "destroy", "--yes", "--release", "--dry-run") == DONE
    said = capsys.readouterr().out
    assert "is-managed" in said
    assert said.index("is-managed") < said.index("Undo: Start Pacemaker")


def test_machines_of_a_pacemaker_that_is_stopped_cannot_be_released(
    file: Path, nodes: dict[str, Node], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        lines = with_machine(tmp_path).splitlines()
        nodes[name].look = "\n".join(line for line in lines if not line.startswith(("monitor", "running")))

    assert verb(file, "destroy", "--yes", "--release") == FAILED
    assert "Pacemaker does not run" in capsys.readouterr().err


def test_fencing_is_tested_by_a_node_of_the_file_in_a_complete_cluster(
    file: Path, nodes: dict[str, Node], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(file, "test-fencing", "node9", "--yes") == WRONG_USAGE
    assert verb(file, "test-fencing", "node2", "--yes") == FAILED
    assert "only in a complete cluster" in capsys.readouterr().err

    plan = plan_of(tmp_path)
    for name in NAMES:
        nodes[name].look = formed_answer(plan)
    nodes["witness"].run = lambda script, **_: Answer(0, "running yes\ncluster East-1\n")  # type: ignore[method-assign]
    nodes["node2"].fails = "list --name"
    assert verb(file, "test-fencing", "node2", "--yes") == FAILED
    assert not any("stonith_admin --reboot" in script for script in nodes["node1"].scripts)

    nodes["node2"].fails = ""
    assert verb(file, "test-fencing", "node2", "--yes") == DONE
    assert any("stonith_admin --reboot node2" in script for script in nodes["node1"].scripts)


def test_the_table_has_a_line_for_each_node(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    looks = {"node1": formed(plan, "node1"), "node2": looked("node2"), "node3": looked("node3", "")}

    lines = table(setup_state_of(plan, looks, WitnessLook(clusters=("East-1",))))

    assert lines[1].split() == [
        "node1",
        "root",
        "this",
        "cluster",
        "runs",
        "6",
        "of",
        "6",
        "runs",
        "yes",
        "works",
        agent.VERSION,
        "starts",
    ]
    assert lines[2].split() == ["node2", "root", "none", "off", "-", "off", "yes", "works", "none", "-"]
    assert lines[3].split() == ["node3", "none", *"--------"]
    assert lines[4:] == ["Votes: 5 of 5 votes, with quorum.", "Witness: 10.90.0.200, connected."]


def test_checking_hosts_with_a_fencing_device_checks_their_cluster_too(
    file: Path,
    nodes: dict[str, Node],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check, "ask_hosts", lambda _hosts: ())
    plan = plan_of(tmp_path)
    for name in NAMES:
        nodes[name].look = formed_answer(plan, **({"enabled": None} if name == "node2" else {}))
    nodes["witness"].run = lambda script, **_: Answer(0, "running yes\ncluster East-1\n")  # type: ignore[method-assign]

    assert main(["hosts", "check", str(file)]) == DONE
    assert "WARN  node2 does not start the cluster when it boots." in capsys.readouterr().out

    nodes["node3"].look = told(missing="pacemakerd")
    assert main(["hosts", "check", str(file)]) == FAILED
    assert "FAIL  node3 lacks pacemakerd." in capsys.readouterr().out


def test_an_evicted_node_is_told_to_be_removed_from_the_file_and_one_that_does_not_respond_is_refused(
    file: Path, nodes: dict[str, Node], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(tmp_path)
    for name in NAMES:
        nodes[name].look = formed_answer(plan)
    nodes["witness"].run = lambda script, **_: Answer(0, "running yes\nca ca\ncluster East-1\n")  # type: ignore[method-assign]
    assert verb(file, "evict", "node3", "--dry-run") == DONE
    assert "crm_node --force -R node3" in capsys.readouterr().out
    assert not any("crm_node" in script for script in nodes["node1"].scripts)

    assert verb(file, "evict", "node3", "--yes") == DONE
    said = capsys.readouterr().out
    assert f"node3 is no longer a node of the cluster. Remove its [[node]] from {file}" in said

    nodes["node3"].away = True
    assert verb(file, "evict", "node3", "--yes") == FAILED
    assert "node3 does not respond." in capsys.readouterr().err
