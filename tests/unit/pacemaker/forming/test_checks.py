"""What is in the way of a cluster, and what to do about it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.forming.checks import judge, try_ways, validate_machines
from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf
from fcm.backend.pacemaker.forming.looking import NodeLook, read_look
from fcm.backend.pacemaker.forming.setup_state import ManagedMachine, SetupState
from fcm.backend.pacemaker.remote import agent
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from tests.unit.pacemaker.forming.hosts_of_test import formed, hosts_text, looked, plan_of, told

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.forming.plan import ClusterPlan
    from fcm.model.validation.report import CheckResult

NAMES = ("node1", "node2", "node3")


def judged(plan: ClusterPlan, **looks: NodeLook) -> list[CheckResult]:
    return judge(plan, {name: looks.get(name) or looked(name) for name in NAMES})


def one(results: list[CheckResult]) -> tuple[str, str, str]:
    assert len(results) == 1, results
    return results[0].level, results[0].text, results[0].remedy


def test_hosts_that_have_all_they_need_pass(tmp_path: Path) -> None:
    assert judged(plan_of(tmp_path)) == []


def test_a_node_of_this_cluster_passes_so_that_create_can_go_on(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    ours = told(conf=corosync_conf(plan).encode(), cib=b'<primitive id="web" class="ocf"/>')

    assert judged(plan, node1=looked("node1", ours)) == []


def test_the_example_of_the_packages_passes(tmp_path: Path) -> None:
    example = told(conf=b"cluster_name: debian", conf_package="yes")

    assert judged(plan_of(tmp_path), node1=looked("node1", example)) == []


@pytest.mark.parametrize(
    ("answer", "text", "remedy"),
    [
        (told(uid="1000"), "node2: the login is not root.", 'Use the login of root: ssh = "root@host".'),
        (
            told(missing="pacemakerd\nmissing corosync-qdevice\nmissing certutil"),
            "node2 lacks pacemakerd, corosync-qdevice, certutil.",
            "Install on this node: corosync-qdevice libnss3-tools pacemaker. Their services need not be started.",
        ),
        (
            told(missing="fence_x"),
            "node2 lacks the fence agent fence_x.",
            "Install the fence agents (fence-agents), or correct [fencing].",
        ),
        (
            told(conf=b"cluster_name: west\n"),
            "node2 has a corosync.conf of the cluster 'west'.",
            "Remove the node from that cluster first. If it is left over, delete /etc/corosync/corosync.conf.",
        ),
        (
            told(conf=b"cluster_name: East-1\n"),
            "node2 has a corosync.conf of the cluster 'East-1' with other nodes, or one that fcm did not create.",
            "Remove the node from that cluster first. If it is left over, delete /etc/corosync/corosync.conf.",
        ),
        (
            told(cib=b'<primitive id="ip" class="ocf" provider="heartbeat" type="IPaddr2"/>'),
            "node2 has a configuration of Pacemaker with resources in it, of another cluster.",
            "Remove these resources first (crm_mon shows them).",
        ),
    ],
)
def test_what_a_node_lacks_fails_with_its_remedy(tmp_path: Path, answer: str, text: str, remedy: str) -> None:
    assert one(judged(plan_of(tmp_path), node2=looked("node2", answer))) == ("fail", text, remedy)


def test_fencing_devices_alone_are_no_resources_of_another_cluster(tmp_path: Path) -> None:
    left = told(cib=b'<primitive id="fence-node1" class="stonith" type="fence_x"/>')

    assert judged(plan_of(tmp_path), node2=looked("node2", left)) == []


def test_a_node_that_is_not_reached_fails_in_its_words(tmp_path: Path) -> None:
    level, text, _ = one(judged(plan_of(tmp_path), node2=NodeLook("node2", "node2 is off.")))

    assert (level, text) == ("fail", "node2: node2 is off.")


@pytest.mark.parametrize(
    ("key", "version", "name"), [("pacemaker", "2.0.5", "Pacemaker"), ("corosync", "2.4", "Corosync")]
)
def test_old_versions_fail_and_different_ones_are_warned_of(tmp_path: Path, key: str, version: str, name: str) -> None:
    results = judged(plan_of(tmp_path), node2=looked("node2", told(**{key: version})))

    assert [result.level for result in results] == ["fail", "warn"]
    assert results[0].text == f"node2 has {name} {version}."
    assert f"The versions of {name} differ: node1" in results[1].text


def test_different_versions_of_libvirt_are_warned_of(tmp_path: Path) -> None:
    level, text, _ = one(judged(plan_of(tmp_path), node3=looked("node3", told(libvirt="10.0.0 qemu 8.2"))))

    assert level == "warn"
    assert text == (
        "The versions of libvirt and QEMU differ: node1 9.0.0 qemu 7.2, node2 9.0.0 qemu 7.2, node3 10.0.0 qemu 8.2."
    )


def test_clocks_that_differ_by_more_than_a_second_are_warned_of(tmp_path: Path) -> None:
    late = read_look("node3", told(clock="1002.0"), 1000.4, 1000.6)
    level, text, _ = one(
        [result for result in judged(plan_of(tmp_path), node3=late) if "node1 and node3" in result.text]
    )

    assert level == "warn"
    assert text == "The clocks of node1 and node3 differ by at least 1.3 s."


def test_a_clock_that_may_be_right_is_not_blamed(tmp_path: Path) -> None:
    slow = read_look("node3", told(clock="1002.0"), 1000.4, 1002.4)

    assert judged(plan_of(tmp_path), node3=slow) == []


def test_an_option_that_the_fence_agent_does_not_have_fails_with_those_it_has(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, hosts_text(fencing='agent = "fence_x"\nipp = "10.9.0.1"\npcmk_delay_max = "5"'))
    metadata = b'<parameter name="ip" unique="0"/><parameter unique="0" name="lanplus"/>'
    answer = told(metadata=metadata)

    level, text, remedy = one(judged(plan, **{name: looked(name, answer) for name in NAMES}))

    assert (level, text) == ("fail", "The fence agent fence_x has no option 'ipp'.")
    assert remedy == "Its options are: ip, lanplus."


class Ways:
    """A node that answers what it is asked about the ways to others."""

    def __init__(self, node: str, ways: str = "", sees: bool = True, writes: bool = True, away: bool = False) -> None:
        self.node = node
        self.ways, self.sees, self.writes, self.away = ways, sees, writes, away
        self.scripts: list[str] = []

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        self.scripts.append(script)
        if self.away:
            raise NodeUnreachableError(f"{self.node} is off.")
        if script.startswith("mktemp"):
            return Answer(0, "/srv/vm/.fcm-check-1\n") if self.writes else Answer(1, "", "mktemp: read-only\n")
        if script.startswith("ls "):
            return Answer(0 if self.sees else 1, "")
        return Answer(0, self.ways)

    def close(self) -> None:
        """Nothing is open."""


def tried(plan: ClusterPlan, *shells: Ways) -> list[CheckResult]:
    return try_ways(plan, {shell.node: shell for shell in shells})


def test_open_ways_and_one_storage_pass_and_leave_no_file(tmp_path: Path) -> None:
    shells = [Ways(name) for name in NAMES]

    assert tried(plan_of(tmp_path), *shells) == []
    assert shells[0].scripts[-1] == "rm -f /srv/vm/.fcm-check-1"


def test_each_node_tries_libvirt_and_every_link_of_each_other_one(tmp_path: Path) -> None:
    shells = [Ways(name) for name in NAMES]
    tried(plan_of(tmp_path), *shells)

    script = shells[0].scripts[0]
    assert "virsh -q -c qemu+ssh://node2/system hostname" in script
    assert "qemu+ssh://node1/system" not in script
    for target in ("10.91.0.2/5405", "10.90.0.2/5406", "10.91.0.3/5405", "10.90.0.3/5406"):
        assert f"/dev/udp/{target}" in script


def test_links_to_nodes_that_run_corosync_are_not_tried_since_it_does_not_respond_to_strangers(tmp_path: Path) -> None:
    shells = {name: Ways(name) for name in NAMES}
    try_ways(plan_of(tmp_path), shells, ["node2"])

    assert "10.91.0.3/5405" in shells["node1"].scripts[0]
    assert "10.91.0.2/5405" not in shells["node1"].scripts[0]


def test_a_node_whose_libvirt_is_not_reached_fails_with_the_reason(tmp_path: Path) -> None:
    shells = (Ways("node1", "libvirt node2 error: Host key verification failed.\n"), Ways("node2"), Ways("node3"))
    level, text, remedy = one(tried(plan_of(tmp_path), *shells))

    assert level == "fail"
    assert text == "node1 cannot reach libvirt on node2: Host key verification failed."
    assert "peer_uri" in remedy


def test_links_without_an_answer_are_warned_of_by_their_networks(tmp_path: Path) -> None:
    shells = (Ways("node1"), Ways("node2", "link node1 0\nlink node1 1\n"), Ways("node3"))
    level, text, remedy = one(tried(plan_of(tmp_path), *shells))

    assert level == "warn"
    assert text == "node2 gets no response from node1 on UDP port 5405 and above (Cluster, Management)."
    assert "firewall" in remedy


def test_a_storage_that_another_node_does_not_see_fails(tmp_path: Path) -> None:
    shells = (Ways("node1"), Ways("node2", sees=False), Ways("node3"))

    assert one(tried(plan_of(tmp_path), *shells))[1] == ("node2 does not see in /srv/vm what node1 writes to /srv/vm.")
    assert shells[0].scripts[-1].startswith("rm -f")


def test_a_storage_that_cannot_be_written_fails(tmp_path: Path) -> None:
    shells = (Ways("node1", writes=False), Ways("node2"), Ways("node3"))

    assert one(tried(plan_of(tmp_path), *shells))[1] == (
        "node1 cannot write to the shared storage /srv/vm: mktemp: read-only."
    )


@pytest.mark.parametrize(
    ("remove", "words"), [(3, "No node has shared storage."), (1, "names no shared storage for node1.")]
)
def test_nodes_without_a_storage_fail(tmp_path: Path, remove: int, words: str) -> None:
    plan = plan_of(tmp_path, hosts_text().replace('storage = "/srv/vm"\n', "", remove))

    assert words in one(tried(plan, *(Ways(name) for name in NAMES)))[1]


def test_a_node_that_goes_away_meanwhile_fails_in_its_words(tmp_path: Path) -> None:
    results = tried(plan_of(tmp_path), Ways("node1"), Ways("node2"), Ways("node3", away=True))

    assert [result.text for result in results] == [
        "node3: node3 is off.",
        "The shared storage cannot be tested: node3 is off.",
    ]


class AgentOnNode:
    """A node whose resource agent is a small script."""

    def __init__(self, folder: Path, node: str, body: str) -> None:
        self.node = node
        self.path = folder / node
        self.path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        self.path.chmod(0o755)

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        done = subprocess.run(
            ["sh", "-c", script.replace(agent.PATH, str(self.path))], capture_output=True, text=True, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def close(self) -> None:
        """There is nothing to end."""


def test_the_agent_of_each_node_is_asked_whether_each_machine_could_start_there(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    says = """[ "$1 $OCF_CHECK_LEVEL $OCF_RESKEY_config" = "validate-all 10 /srv/it's/web.xml" ] || exit 0
echo "starting" >&2
echo "the definition cannot be read on this node." >&2
exit 5"""
    bodies = {"node1": "exit 0", "node2": says, "node3": "echo must not be asked; exit 1"}
    shells = {name: AgentOnNode(tmp_path, name, body) for name, body in bodies.items()}
    looks = {name: formed(plan, name, **({"agent": None} if name == "node3" else {})) for name in bodies}
    machines = (
        ManagedMachine("web", "u1", "web", "/srv/it's/web.xml", 64, "node1"),
        ManagedMachine("db", "", "db", "/srv/db.xml", 64, ""),
    )
    setup = SetupState(plan, looks, None)
    results = validate_machines(setup, machines, shells)
    assert [(one.level, one.text) for one in results] == [
        ("fail", "web cannot start on node2: the definition cannot be read on this node.")
    ]
    assert validate_machines(setup, (), shells) == []
