"""The steps of Create a Cluster: their order, what they show, where secrets go, and what is taken back."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from fcm.backend.pacemaker.forming import fencing, services, witness
from fcm.backend.pacemaker.forming.agent_steps import install_steps
from fcm.backend.pacemaker.forming.corosync_conf import corosync_conf
from fcm.backend.pacemaker.forming.create import create_steps, destroy_steps
from fcm.backend.pacemaker.forming.looking import NodeLook, look_script
from fcm.backend.pacemaker.forming.setup_state import WitnessLook, setup_state_of
from fcm.backend.pacemaker.forming.site import Site, SiteError
from fcm.backend.pacemaker.remote.shells import Answer, NodeUnreachableError
from tests.unit.pacemaker.forming.hosts_of_test import formed, hosts_text, looked, plan_of, read_hosts, told

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.forming.plan import ClusterPlan
    from fcm.backend.pacemaker.steps import Step

NAMES = ("node1", "node2", "node3")
PASSWORD = 'agent = "fence_x"\nip = "10.9.0.1"\npassword_file = "/root/bmc"'


def fresh(plan: ClusterPlan, **looks: NodeLook) -> list[Step]:
    """The steps for hosts without a cluster."""
    found = {name: looks.get(name) or looked(name) for name in plan.names}
    return create_steps(plan, found, {"/root/bmc": "hunter2"}, install_steps(plan))


def titles(steps: list[Step]) -> list[str]:
    return list(dict.fromkeys(step.title for step in steps))


def test_what_is_done_comes_in_an_order_in_which_no_node_can_be_fenced_too_early(tmp_path: Path) -> None:
    order = titles(fresh(plan_of(tmp_path)))

    assert order.index("Ask the fencing device for the power state of the other nodes") < order.index("Start Corosync")
    assert order.index("Store the key of Corosync") < order.index("Write corosync.conf") < order.index("Start Corosync")
    assert order.index("Wait for the links to the other nodes") < order.index("Start Pacemaker")
    assert order.index("Wait for the vote of the witness") < order.index("Start Pacemaker")
    members = order.index("Wait until all nodes are members")
    assert order.index("Start Pacemaker") < members < order.index("Configure fencing of node1")
    assert members < order.index("Set dc-deadtime back to its default") < order.index("Configure fencing of node1")
    assert order[-1] == "Start the cluster when the node boots"


def scripts(steps: list[Step]) -> list[str]:
    return [text for step in steps for text in (step.script, step.check, step.undo) if text]


@pytest.mark.parametrize("text", [hosts_text(), hosts_text(2), hosts_text(witness=False), hosts_text(fencing=PASSWORD)])
def test_every_script_is_one_that_a_plain_shell_can_read(tmp_path: Path, text: str) -> None:
    plan = plan_of(tmp_path, text)
    every = [*scripts(fresh(plan)), look_script(plan, "echo 1"), witness.look_script(), services.start_all()]

    for script in every:
        done = subprocess.run(["sh", "-n"], input=script.encode(), capture_output=True, check=False)
        assert done.returncode == 0, f"{done.stderr.decode()}\n{script}"


def test_the_password_is_in_no_script_and_nothing_that_is_shown(tmp_path: Path) -> None:
    steps = fresh(plan_of(tmp_path, hosts_text(fencing=PASSWORD)))
    coded = base64.b64encode(b"hunter2").decode()

    for step in steps:
        for text in (*scripts([step]), step.text, repr(step), step.remedy):
            assert "hunter2" not in text
            assert coded not in text
    storing = [step for step in steps if step.title == "Store the password for fencing"]
    assert [step.stdin for step in storing] == [f"fencing-1 {coded}\n".encode()] * 3
    assert "chmod 600" in storing[0].script


def test_the_fence_agent_reads_the_password_by_a_program_on_the_node(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, hosts_text(fencing=PASSWORD))

    assert fencing.options_of(plan, plan.nodes[0]) == {"ip": "10.9.0.1", "passwd_script": "/etc/fcm/fencing-1"}


def test_a_new_key_is_another_one_each_time_and_sent_by_standard_input(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    keys = set()
    for _ in range(2):
        stored = [step for step in fresh(plan) if step.title == "Store the key of Corosync"]
        assert len({step.stdin for step in stored}) == 1
        keys.add(base64.b64decode(stored[0].stdin))
        assert stored[0].stdin.decode().splitlines()[0] not in "".join(scripts(stored))

    assert len(keys) == 2
    assert all(len(key) == 256 for key in keys)


def test_a_key_that_a_node_of_this_cluster_has_goes_from_there_to_the_others(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    conf = corosync_conf(plan).encode()
    waiting = looked("node1", told(conf=conf, key="aa"))
    running = looked("node2", told(conf=conf, key="bb", running="corosync"))
    stored = [step for step in fresh(plan, node1=waiting, node2=running) if step.title == "Store the key of Corosync"]

    assert {step.source.node for step in stored if step.source} == {"node2"}
    assert all("= bb ]" in step.check and step.stdin == b"" for step in stored)


def test_a_key_of_another_cluster_is_replaced(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    other = looked("node1", told(conf=b"cluster_name: x", conf_package="yes", key="aa"))
    stored = [step for step in fresh(plan, node1=other) if step.title == "Store the key of Corosync"]

    assert all(step.source is None and step.stdin for step in stored)


def test_corosync_reads_its_configuration_again_only_where_it_runs_with_another_one(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    conf = corosync_conf(plan)
    same = looked("node1", told(conf=conf.encode(), key="aa", running="corosync"))
    old = looked("node1", told(conf=conf.replace("3000", "9000").encode(), key="aa", running="corosync"))
    again = "Reload the configuration of Corosync"

    assert again not in titles(fresh(plan))
    assert again not in titles(fresh(plan, node1=same))
    assert again in titles(fresh(plan, node1=old))


def test_a_client_of_the_witness_that_runs_ends_before_it_gets_another_certificate(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    step = next(one for one in fresh(plan) if one.title == "Create a key and ask the witness to sign it")
    assert step.script.index(services.STOP_DEVICE) < step.script.index("rm -rf")


def test_a_node_whose_certificate_is_of_this_witness_gets_no_other_one(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    looks = {name: looked(name, told(certificate="ca" if name == "node2" else "old")) for name in NAMES}
    steps = create_steps(plan, looks, {}, [], authority="ca")

    signed = [step.title for step in steps if step.title.startswith("Sign the key")]
    assert signed == ["Sign the key of node1", "Sign the key of node3"]


def test_each_node_is_fenced_by_a_device_that_runs_elsewhere_with_all_its_options(tmp_path: Path) -> None:
    text = hosts_text(fencing='agent = "fence_x"\nlanplus = true\nlogin = "a<b>&\\"c\'"')
    plan = plan_of(tmp_path, text)

    device = ElementTree.fromstring(fencing.device_xml(plan, plan.nodes[1]))
    options = {pair.get("name"): pair.get("value") for pair in device.iter("nvpair")}
    assert (device.get("id"), device.get("class"), device.get("type")) == ("fence-node2", "stonith", "fence_x")
    assert options == {
        "pcmk_host_list": "node2",
        "pcmk_host_check": "static-list",
        "lanplus": "1",
        "login": "a<b>&\"c'",
    }
    script = next(step.script for step in fencing.device_steps(plan) if step.title == "Configure fencing of node2")
    assert '<rsc_location id="fence-node2-elsewhere" rsc="fence-node2" node="node2" score="-INFINITY"/>' in script


def ask_program(folder: Path, code: int) -> Path:
    """A fence agent that writes down what it is told."""
    program = folder / "bin" / "fence_x"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncat >>"{folder}/asked"\necho --- >>"{folder}/asked"\nexit {code}\n')
    program.chmod(0o755)
    return program.parent


@pytest.mark.parametrize(
    ("fence", "plug"),
    [
        ('agent = "fence_x"\nip = "1 2"\npcmk_reboot_action = "off"', ["port=node2"]),
        ('agent = "fence_x"\nplug = 7', ["plug=7"]),
    ],
)
def test_the_device_is_asked_by_hand_as_pacemaker_would_ask_it(tmp_path: Path, fence: str, plug: list[str]) -> None:
    plan = plan_of(tmp_path, hosts_text(2, fencing=fence))
    path = f"{ask_program(tmp_path, 0)}:{os.environ['PATH']}"
    step = fencing.ask_steps(plan)[0]

    done = subprocess.run(["sh", "-c", step.script], env={**os.environ, "PATH": path}, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "asked").read_text().splitlines()
    assert step.node == "node1"
    assert asked[:2] == ["action=status", "nodename=node2"]
    assert [line for line in asked if line.startswith(("port=", "plug="))] == plug
    assert not any(line.startswith("pcmk_") for line in asked)
    assert asked[-1] == "---"
    assert asked.count("---") == 1


def test_a_device_that_does_not_know_is_told_with_node_and_code(tmp_path: Path) -> None:
    step = fencing.ask_steps(plan_of(tmp_path, hosts_text(2)))[0]
    path = f"{ask_program(tmp_path, 1)}:{os.environ['PATH']}"

    done = subprocess.run(["sh", "-c", step.script], env={**os.environ, "PATH": path}, capture_output=True, check=False)

    assert done.returncode == 1
    assert done.stderr.decode().strip() == "fcm: fence_x does not report whether node2 is on (code 1)."


def test_destroy_takes_back_everything_that_create_leaves(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, hosts_text(fencing=PASSWORD))
    undone = {(step.title, step.node) for step in destroy_steps(plan, install_steps(plan)) if step.undo}

    for node in NAMES:
        for title in (
            "Install the resource agent", "Store the password for fencing", "Stop the example cluster of the packages",
            "Store the key of Corosync", "Write corosync.conf", "Start Corosync", "Start corosync-qdevice",
            "Start Pacemaker", "Start the cluster when the node boots", "Create a key and ask the witness to sign it",
        ):  # fmt: skip
            assert (title, node) in undone
    assert ("Start corosync-qnetd", witness.WITNESS) in undone


def test_daemons_are_ended_only_on_nodes_of_fcm_and_never_with_machines(tmp_path: Path) -> None:
    steps = destroy_steps(plan_of(tmp_path), [])
    ending = [step.undo for step in steps if step.title in ("Start Pacemaker", "Start Corosync")]

    assert len(ending) == 6
    assert all("# Written by fcm" in undo.split("exit 0")[0] for undo in ending)
    pacemaker = [step.undo for step in steps if step.title == "Start Pacemaker"]
    assert all(undo.index("still managed by Pacemaker") < undo.index("kill -TERM") for undo in pacemaker)


class Nobody:
    """A way to no one."""

    node = "node1"

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        raise NodeUnreachableError(f"{self.node} is off.")

    def close(self) -> None:
        """Nothing is open."""


def site_of(tmp_path: Path) -> Site:
    hosts = read_hosts(tmp_path, hosts_text())
    return Site(hosts, {name: Nobody() for name in NAMES}, Nobody())


def refusal(site: Site, **looks: NodeLook) -> str:
    found = {name: looks.get(name) or formed(site.plan, name) for name in NAMES}
    with pytest.raises(SiteError) as refused:
        site.refuse_destroy(setup_state_of(site.plan, found, WitnessLook()))
    return str(refused.value)


def test_a_cluster_of_someone_else_is_not_destroyed(tmp_path: Path) -> None:
    site = site_of(tmp_path)

    said = refusal(site, node2=formed(site.plan, "node2", conf=b"cluster_name: west"))
    assert said.startswith("node2 belongs to another cluster")


def test_a_cluster_with_a_node_that_is_silent_is_not_destroyed(tmp_path: Path) -> None:
    assert "node3 does not respond" in refusal(site_of(tmp_path), node3=NodeLook("node3", "It is off."))


@pytest.mark.parametrize(
    ("primitive", "words"),
    [
        ('<primitive id="web" class="ocf" provider="fcm" type="VirtualMachine"/>', "still highly available: web."),
        ('<primitive id="ip" class="ocf" provider="heartbeat" type="IPaddr2"/>', "did not create: ip."),
    ],
)
def test_a_cluster_with_machines_or_resources_of_others_is_not_destroyed(
    tmp_path: Path, primitive: str, words: str
) -> None:
    site = site_of(tmp_path)
    cib = f"<cib><configuration><resources>{primitive}</resources></configuration></cib>".encode()
    looks = {name: formed(site.plan, name, cib=cib) for name in NAMES}

    assert words in refusal(site, **looks)


def test_an_unreachable_site_is_not_changed(tmp_path: Path) -> None:
    site = site_of(tmp_path)

    with pytest.raises(SiteError, match="node1 is off"):
        site.create()
    with pytest.raises(SiteError, match="does not respond"):
        site.destroy()


def test_a_password_is_one_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "bmc"
    file.write_text("s3cret word\n")

    assert fencing.read_password(str(file)) == "s3cret word"


@pytest.mark.parametrize("content", [b"", b"\n", b"a\nb\n", b"\xff", b"a" * 5000])
def test_what_is_no_password_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bmc"
    file.write_bytes(content)

    with pytest.raises(fencing.PasswordError, match="contains no password"):
        fencing.read_password(str(file))


def test_a_password_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(fencing.PasswordError, match="No such file"):
        fencing.read_password(str(tmp_path / "none"))
