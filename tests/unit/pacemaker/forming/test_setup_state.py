"""What stands of a cluster is read from what the nodes say, and said in words; what is missing is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf
from fcm.backend.pacemaker.forming.looking import NodeLook, look, look_script, read_look
from fcm.backend.pacemaker.forming.setup_state import SetupState, Stage, WitnessLook, setup_state_of
from fcm.backend.pacemaker.remote import agent
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from tests.unit.pacemaker.forming.hosts_of_test import DATA, formed, hosts_text, looked, plan_of, told

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.forming.plan import ClusterPlan

WITNESS = WitnessLook(running=True, authority="ca", clusters=("East-1",))
NAMES = ("node1", "node2", "node3")


def stood(plan: ClusterPlan, witness: WitnessLook | None = WITNESS, **looks: NodeLook) -> SetupState:
    nodes = {name: looks.get(name) or formed(plan, name) for name in NAMES}
    return setup_state_of(plan, nodes, witness)


def test_a_complete_cluster_is_complete_and_lacks_nothing(tmp_path: Path) -> None:
    setup = stood(plan_of(tmp_path))

    assert list(setup.problems()) == []
    assert setup.stage is Stage.COMPLETE
    assert setup.members == {"node1", "node2", "node3"}
    assert setup.votes == {"Expected votes": 5, "Total votes": 5, "Quorum": 3}
    assert setup.sentence == (
        "The cluster 'East 1' is complete: 3 nodes, fencing works, 0 virtual machines are highly available."
    )


def test_hosts_without_anything_have_no_cluster(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    setup = setup_state_of(plan, {name: looked(name) for name in NAMES}, WitnessLook())

    assert setup.stage is Stage.NONE
    assert setup.sentence == "There is no cluster 'East 1' on these hosts."


def test_an_example_of_the_packages_is_no_cluster(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    example = told(conf=b"cluster_name: debian\nname: node1", conf_package="yes")
    setup = setup_state_of(plan, {name: looked(name, example) for name in NAMES}, None)

    assert setup.stage is Stage.NONE
    assert setup.stranger == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"running": "corosync"}, "Pacemaker does not run on node2."),
        ({"running": "pacemakerd"}, "The client of the witness (corosync-qdevice) does not run on node2."),
        ({"key": None}, "node2 has no Corosync key."),
        ({"conf": None}, "node2 has no corosync.conf of this cluster."),
        ({"conf": b"cluster_name: west"}, "node2 has a corosync.conf of another cluster, 'west'."),
        ({"enabled": None}, "node2 does not start the cluster when it boots."),
        ({"agent": None}, "node2 does not have the resource agent of fcm."),
        ({"agent": "0.1"}, f"node2 has version 0.1 of the resource agent; this fcm has version {agent.VERSION}."),
        (
            {"links": (DATA / "links.txt").read_bytes().replace(b" connected", b"", 1)},
            "1 link of node2 to other nodes is not connected.",
        ),
    ],
)
def test_what_a_node_lacks_is_said_by_its_name(tmp_path: Path, changes: dict[str, str | bytes], words: str) -> None:
    plan = plan_of(tmp_path)
    setup = stood(plan, node2=formed(plan, "node2", **changes))

    assert words in list(setup.problems())
    assert setup.stage is Stage.PARTIAL
    assert setup.sentence == "The cluster 'East 1' is not complete."


def test_a_changed_hosts_file_is_noticed(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    old = corosync_conf(plan).replace("token: 3000", "token: 9000").encode()
    setup = stood(plan, node2=formed(plan, "node2", conf=old))

    assert list(setup.problems()) == ["corosync.conf of node2 does not match the hosts file."]


def test_a_node_that_does_not_answer_is_said_with_the_reason(tmp_path: Path) -> None:
    setup = stood(plan_of(tmp_path), node3=NodeLook("node3", "node3 is off."))

    assert list(setup.problems()) == ["node3 does not respond: node3 is off."]


def monitored(plan: ClusterPlan, old: bytes, new: bytes, name: str = "crm_mon.xml") -> SetupState:
    """All nodes say the same, with one thing changed."""
    text = (DATA / name).read_bytes()
    assert old in text
    key = "monitor" if name == "crm_mon.xml" else "cib"
    return stood(plan, **{node: formed(plan, node, **{key: text.replace(old, new)}) for node in NAMES})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'with_quorum="true"', b'with_quorum="false"', "The cluster has no quorum."),
        (b'"node3" id="3" online="true"', b'"node3" id="3" online="false"', "node3 is not a member of the cluster."),
        (
            b'id="fence-node2" resource_agent="stonith:fence_fcm_lab" role="Started"',
            b'id="fence-node2" resource_agent="stonith:fence_fcm_lab" role="Stopped"',
            "The fencing device of node2 does not work.",
        ),
    ],
)
def test_what_pacemaker_says_is_said(tmp_path: Path, old: bytes, new: bytes, words: str) -> None:
    assert words in list(monitored(plan_of(tmp_path), old, new).problems())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            b'<primitive id="fence-node2"',
            b'<primitive id="other"',
            "Nothing can switch off node2: it has no fencing device.",
        ),
        (
            b'name="stop-orphan-resources" value="false"',
            b'name="stop-orphan-resources" value="true"',
            "The property stop-orphan-resources is true, not false.",
        ),
        (b'name="cluster-recheck-interval"', b'name="x"', "The property cluster-recheck-interval is not set to 60s."),
        (b'name="stonith-enabled"', b'name="x"', "The property stonith-enabled is not set to true."),
    ],
)
def test_what_the_configuration_lacks_is_said(tmp_path: Path, old: bytes, new: bytes, words: str) -> None:
    assert words in list(monitored(plan_of(tmp_path), old, new, "cib.xml").problems())


def test_machines_and_resources_of_others_are_told_apart(tmp_path: Path) -> None:
    more = (
        b'<resources><primitive id="web" class="ocf" provider="fcm" type="VirtualMachine"/>'
        b'<group id="g"><primitive id="ip" class="ocf" provider="heartbeat" type="IPaddr2"/></group>'
    )
    setup = monitored(plan_of(tmp_path), b"<resources>", more, "cib.xml")

    assert [machine.resource for machine in setup.machines] == ["web"]
    assert setup.others == ("ip",)


def test_machines_of_a_pacemaker_that_is_stopped_are_known_by_what_it_left(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    machine = b'<resources><primitive id="web" class="ocf" provider="fcm" type="VirtualMachine"/>'
    cib = (DATA / "cib.xml").read_bytes().replace(b"<resources>", machine)
    off = {name: formed(plan, name, monitor=None, running="corosync", cib=cib) for name in NAMES}

    assert [machine.resource for machine in stood(plan, **off).machines] == ["web"]


def test_a_node_with_quorum_is_believed_before_one_without(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    cut_off = (DATA / "crm_mon.xml").read_bytes().replace(b'with_quorum="true"', b'with_quorum="false"')
    setup = stood(plan, node1=formed(plan, "node1", monitor=cut_off))

    assert setup.quorate


@pytest.mark.parametrize(
    ("witness", "words"),
    [
        (WitnessLook("it is off."), "The witness 10.90.0.200 does not respond: it is off."),
        (WitnessLook(running=True), "The witness 10.90.0.200 has no connection with this cluster."),
    ],
)
def test_a_witness_that_is_away_is_said(tmp_path: Path, witness: WitnessLook, words: str) -> None:
    assert list(stood(plan_of(tmp_path), witness).problems()) == [words]


def test_without_a_witness_none_is_missed(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, hosts_text(witness=False))
    nodes = {name: formed(plan, name, running="x") for name in NAMES}

    assert not any("witness" in words for words in setup_state_of(plan, nodes, None).problems())


def test_a_node_of_another_cluster_is_a_stranger(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)

    assert stood(plan, node2=formed(plan, "node2", conf=b"cluster_name: west")).stranger == "node2"


def test_answers_that_are_no_xml_or_no_base64_are_no_answers(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    looks = {name: formed(plan, name, monitor=b"<crm_mon", cib=b"&") for name in NAMES}
    broken = looked("node1", told() + "\nconf @@@")

    assert not setup_state_of(plan, looks, WITNESS).quorate
    assert broken.conf == ""


def test_a_clock_is_known_as_far_as_the_question_took(tmp_path: Path) -> None:
    found = read_look("a", "uid 0\nclock 1005.0", 1000.0, 1000.25)

    assert found.ahead == (4.75, 5.0)
    assert read_look("a", "uid 0\nclock soon", 1000.0, 1001.0).ahead == (0.0, 0.0)


def test_an_answer_to_something_else_is_none() -> None:
    assert not read_look("a", "Welcome to alpha", 0.0, 1.0).answered


class Silent:
    node = "a"

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        raise NodeUnreachableError("It is off.")

    def close(self) -> None:
        """Nothing is open."""


class Telling(Silent):
    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        return Answer(0, told())


def test_all_nodes_are_looked_at_and_one_that_is_off_hides_no_other(tmp_path: Path) -> None:
    looks = look({"a": Silent(), "b": Telling()}, look_script(plan_of(tmp_path)))

    assert list(looks) == ["a", "b"]
    assert looks["a"].error == "It is off."
    assert looks["b"].answered
    assert looks["b"].memory == 4096


def test_a_machine_that_a_failed_migration_would_restart_is_said(tmp_path: Path) -> None:
    uuid = b'<meta_attributes id="m"><nvpair id="u" name="fcm-uuid" value="u-1"/></meta_attributes>'
    start = b'<resources><primitive id="web" class="ocf" provider="fcm" type="VirtualMachine">'
    safe = b'<operations><op id="o" name="migrate_to" interval="0" on-fail="block"/></operations>'
    end = b"</primitive>"
    plan = plan_of(tmp_path)

    setup = monitored(plan, b"<resources>", start + uuid + safe + end, "cib.xml")
    assert list(setup.problems()) == []
    assert "1 virtual machine is highly available" in setup.sentence
    assert list(monitored(plan, b"<resources>", start + uuid + end, "cib.xml").problems()) == [
        "A failed live migration would restart web: on-fail of migrate_to is not block."
    ]
    assert list(monitored(plan, b"<resources>", start + safe + end, "cib.xml").problems()) == [
        "web has no fcm-uuid, so its agent cannot distinguish it from other virtual machines."
    ]
