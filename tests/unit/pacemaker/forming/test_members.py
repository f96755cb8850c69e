"""Nodes that are added to a cluster, and evicted from it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.forming import members
from fcm.backend.pacemaker.forming.agent_steps import install_steps
from fcm.backend.pacemaker.forming.checks import judge
from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf, is_of_plan, node_ids
from fcm.backend.pacemaker.forming.create import create_steps
from fcm.backend.pacemaker.forming.plan import PlanError, plan_cluster
from fcm.backend.pacemaker.forming.setup_state import ManagedMachine, WitnessLook, setup_state_of
from fcm.backend.pacemaker.forming.site import Site, SiteError
from fcm.backend.pacemaker.remote import shells
from fcm.backend.pacemaker.remote.evicting import evict_node
from fcm.backend.pacemaker.remote.recent_commands import RecentCommands
from fcm.backend.pacemaker.remote.shells import Answer
from fcm.model import commands as cmd
from fcm.model import events as ev
from tests.unit.pacemaker.fake_context import FakeContext, cluster
from tests.unit.pacemaker.fake_node import FakeNode
from tests.unit.pacemaker.forming.hosts_of_test import (
    formed,
    formed_answer,
    hosts_text,
    looked,
    plan_of,
    read_hosts,
)

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.forming.looking import NodeLook
    from fcm.backend.pacemaker.forming.plan import ClusterPlan
    from fcm.backend.pacemaker.forming.setup_state import SetupState
    from fcm.backend.pacemaker.steps import Step


def titles(steps: list[Step]) -> list[str]:
    return list(dict.fromkeys(step.title for step in steps))


def growing(folder: Path, before: int, after: int, witness: bool = True) -> tuple[ClusterPlan, dict[str, NodeLook]]:
    """A cluster that runs, and the plan with more nodes."""
    old = plan_of(folder, hosts_text(before, witness))
    plan = plan_of(folder, hosts_text(after, witness))
    looks = {name: formed(old, name) if name in old.names else looked(name) for name in plan.names}
    return plan, looks


def test_a_node_that_is_new_in_the_hosts_file_is_added_and_the_others_keep_running(tmp_path: Path) -> None:
    plan, looks = growing(tmp_path, 3, 4)
    assert [result for result in judge(plan, looks) if result.level == "fail"] == []

    steps = create_steps(plan, looks, {}, install_steps(plan), "ca")
    order = titles(steps)

    kept = order.index("Keep virtual machines running if the cluster has no quorum for a moment")
    assert kept < order.index("Write corosync.conf") < order.index("Reload the configuration of Corosync")
    assert order.index("Set the properties of the cluster") > order.index("Wait until all nodes are members")
    again = "Start corosync-qdevice with the algorithm for this number of nodes"
    assert order.index("Wait for the links to the other nodes") < order.index(again), "the nodes alone have a majority"
    assert [step.node for step in steps if step.title == again] == ["node1", "node2", "node3"]
    assert [step.node for step in steps if step.title == "Create a key and ask the witness to sign it"] == ["node4"]


def test_a_new_cluster_and_one_that_is_only_looked_at_again_change_no_votes(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    for looks in ({name: looked(name) for name in plan.names}, {name: formed(plan, name) for name in plan.names}):
        order = titles(create_steps(plan, looks, {}, install_steps(plan), "ca"))
        assert not any(title.startswith("Keep virtual machines running") for title in order)
        assert "Start corosync-qdevice with the algorithm for this number of nodes" not in order


def test_the_nodes_keep_their_numbers_while_others_come_and_go(tmp_path: Path) -> None:
    text = corosync_conf(plan_of(tmp_path))
    known = members.known_numbers("East-1", [looked("node1"), replace(looked("node2"), conf=text)])
    assert known == {"node1": 1, "node2": 2, "node3": 3}
    hosts = read_hosts(tmp_path, hosts_text(4))
    without = replace(hosts, hosts=(*hosts.hosts[2:], hosts.hosts[0]))
    assert {node.name: node.id for node in plan_cluster(without, known).nodes} == {"node3": 3, "node4": 4, "node1": 1}


def test_a_file_with_fewer_nodes_is_of_the_cluster_and_one_with_more_or_other_numbers_is_not(tmp_path: Path) -> None:
    three, four = plan_of(tmp_path), plan_of(tmp_path, hosts_text(4))
    assert is_of_plan(corosync_conf(three), four)
    assert not is_of_plan(corosync_conf(four), three)
    assert not is_of_plan(corosync_conf(three).replace("nodeid: 3", "nodeid: 7"), four)
    [found] = [one for one in judge(three, {"node1": formed(four, "node1")}) if "corosync.conf" in one.text]
    assert "with more nodes: node4" in found.text
    assert "fcm hosts cluster evict" in found.remedy


def test_so_many_nodes_at_once_that_the_running_ones_lose_their_majority_are_refused(tmp_path: Path) -> None:
    for before, after, witness, well in ((3, 5, False, True), (3, 6, False, False), (2, 3, True, True)):
        plan, looks = growing(tmp_path, before, after, witness)
        refused = [one for one in judge(plan, looks) if "would not have a majority" in one.text]
        assert bool(refused) is not well, (before, after)


class Shell:
    """A node that answers as it was looked at."""

    def __init__(self, node: str) -> None:
        self.node = node

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        raise AssertionError(script)

    def close(self) -> None:
        """Nothing is open."""


def site_of(folder: Path, text: str) -> Site:
    hosts = read_hosts(folder, text)
    return Site(hosts, {host.name: Shell(host.name) for host in hosts.hosts}, Shell("witness"))


def setup_of(plan: ClusterPlan, **changes: NodeLook) -> SetupState:
    looks = {name: changes.get(name) or formed(plan, name) for name in plan.names}
    return setup_state_of(plan, looks, WitnessLook("", True, "ca", ("East-1",)))


def test_an_evicted_node_leaves_in_order_before_the_others_count_without_it(tmp_path: Path) -> None:
    site = site_of(tmp_path, hosts_text())
    steps = site.evict_steps(setup_of(site.plan), "node3")
    order = titles(steps)

    assert order[:3] == [
        "Let nothing start on node3",
        "Keep virtual machines running if the cluster has no quorum for a moment",
        "Stop Pacemaker",
    ]
    assert order.index("Undo: Start Corosync") < order.index("Undo: Write corosync.conf")
    assert order.index("Undo: Install the resource agent") < order.index("Write corosync.conf")
    assert order.index("Reload the configuration of Corosync") < order.index(
        "Start corosync-qdevice with the algorithm for this number of nodes"
    )
    assert order.index("Remove fencing of node3") < order.index("Remove node3 from the configuration")
    assert order[-1] == "Set the properties of the cluster"
    written = [step for step in steps if step.title == "Write corosync.conf"]
    assert [step.node for step in written] == ["node1", "node2"]
    assert "algorithm: ffsplit" in written[0].script
    assert node_ids(written[0].script) == {"node1": 1, "node2": 2}
    assert {step.node for step in steps if step.title.startswith("Undo: ")} == {"node3", "(witness)"}
    assert not any("Virtual machines or other resources are still managed" in step.script for step in steps)
    for step in steps:
        for script in filter(None, (step.script, step.check)):
            assert subprocess.run(["sh", "-n"], input=script.encode(), check=False).returncode == 0, script


def test_a_node_is_not_evicted_while_it_runs_machines_or_another_one_is_away(tmp_path: Path) -> None:
    site = site_of(tmp_path, hosts_text())
    setup = setup_of(site.plan)
    web = ManagedMachine("web", "uuid", "web", "/srv/vm/web.xml", 192, "node3")
    for changed, said in (
        (
            replace(setup, looks={**setup.looks, "node3": replace(looked("node3"), error="It is off.")}),
            "node3 does not",
        ),
        (replace(setup, members=frozenset({"node1", "node3"})), "node2 is not a member of the cluster"),
        (replace(setup, machines=(web,)), "node3 runs web. Drain the node first."),
        (replace(setup, quorate=False), "the cluster has no quorum"),
        (replace(setup, stranger="node2"), "node2 belongs to another cluster"),
    ):
        with pytest.raises(SiteError, match=said):
            site.evict_steps(changed, "node3")
    with pytest.raises(SiteError, match="no node 'node9'"):
        site.evict_steps(setup, "node9")
    for text, said in ((hosts_text(2), "at least two nodes"), (hosts_text(witness=False), "Two nodes need a witness")):
        small = site_of(tmp_path, text)
        whole = replace(setup_of(small.plan), quorate=True, members=frozenset(small.plan.names))
        with pytest.raises(PlanError, match=said):
            small.evict_steps(whole, "node2")


def test_a_node_that_was_evicted_already_is_none_and_one_that_is_half_gone_is_evicted_to_the_end(
    tmp_path: Path,
) -> None:
    site = site_of(tmp_path, hosts_text())
    left = plan_of(tmp_path, hosts_text(2))
    looks = {"node1": formed(left, "node1"), "node2": formed(left, "node2"), "node3": looked("node3")}
    setup = setup_state_of(site.plan, looks, WitnessLook("", True, "ca", ("East-1",)))
    assert "node3" in setup.known
    assert site.evict_steps(setup, "node3")
    with pytest.raises(SiteError, match="node3 is not a node of the cluster"):
        site.evict_steps(replace(setup, known=frozenset({"node1", "node2"})), "node3")


class Member(Shell):
    """A node of a cluster that carries out what it is told."""

    def __init__(self, node: str, look: str) -> None:
        super().__init__(node)
        self.look = look
        self.scripts: list[str] = []

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        self.scripts.append(script)
        if self.node == "witness" and "corosync-qnetd-tool -l" in script:
            return Answer(0, "running yes\nca ca\ncluster East-1\n")
        return Answer(0, self.look if "say clock" in script else "")


def test_the_window_evicts_a_node_and_says_what_is_left_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = read_hosts(tmp_path, hosts_text())
    look = formed_answer(plan_of(tmp_path))
    found = {name: Member(name, look) for name in ("node1", "node2", "node3")}
    monkeypatch.setattr(shells, "shells_of", lambda _hosts: found)
    monkeypatch.setattr(shells, "witness_shell", lambda _hosts: Member("witness", ""))
    context = FakeContext(FakeNode(tmp_path), cluster)
    monkeypatch.setattr(FakeContext, "file", hosts, raising=False)
    commands = RecentCommands()
    monkeypatch.setattr(FakeContext, "recent_commands", commands, raising=False)

    assert evict_node(context.context, cmd.EvictNode("node3"))

    assert "corosync-cfgtool -R" in "".join(found["node1"].scripts)
    assert any("corosync-cfgtool -R" in one.script for one in commands.all())
    told = [one for one in context.told if isinstance(one, ev.BackendReported)]
    assert told[-1].text == "node3 is no longer a node of the cluster."
    assert "Remove its [[node]]" in told[-1].remedy
    with pytest.raises(SiteError, match="no node 'node7'"):
        evict_node(context.context, cmd.EvictNode("node7"))
