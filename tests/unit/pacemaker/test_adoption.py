"""Adoption without a restart and release without a stop: the order of the steps, and what their scripts refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.backend.pacemaker.adoption.adoption_steps import Adoption, adoption_steps, release_of, release_steps
from fcm.backend.pacemaker.steps import Runner, StepState
from tests.unit.pacemaker.fake_node import FakeNode

if TYPE_CHECKING:
    from pathlib import Path

    from fcm.backend.pacemaker.steps import Step

UUID = "11111111-2222-3333-4444-555555555555"
MONITOR = """cat <<X
<resource id="web" resource_agent="ocf:fcm:VirtualMachine" role="{role}" active="true" orphaned="false" \
blocked="false" managed="{managed}" failed="{failed}" failure_ignored="false" nodes_running_on="{number}">
  <node name="{node}" id="1" cached="true"/>
</resource>
X
"""


def machine(tmp_path: Path, *, running: bool = True) -> Adoption:
    peers = {"node1": "qemu+tls://10.0.0.1/system", "node2": "qemu+tls://10.0.0.2/system"}
    return Adoption("web", UUID, "web", "node1", running, str(tmp_path / "storage"), 256, peers)


def step(steps: list[Step], title: str, node: str | None = None) -> Step:
    return next(one for one in steps if one.title.startswith(title) and (node is None or one.node == node))


@pytest.fixture
def node(tmp_path: Path) -> FakeNode:
    fake = FakeNode(tmp_path)
    fake.program("sleep", "exit 0")
    for name in ("cibadmin", "crm_mon", "crm_resource", "crm_attribute", "crm_simulate", "virsh"):
        fake.program(name)
    return fake


def monitor(role: str = "Started", failed: str = "false", number: int = 1, node: str = "node1") -> str:
    return MONITOR.format(role=role, managed="false", failed=failed, number=number, node=node)


def test_a_machine_is_managed_only_after_it_was_found_and_the_scheduler_was_asked(tmp_path: Path) -> None:
    titles = [one.title for one in adoption_steps(machine(tmp_path))]
    order = [
        "Run the agent by hand (must return 0)",
        "Add it to the cluster, unmanaged",
        "Let Pacemaker check all nodes for it",
        "Ask the scheduler what it would do",
        "Remove the definition from libvirt",
        "Let Pacemaker manage it",
    ]
    assert [titles.index(title) for title in order] == sorted(titles.index(title) for title in order)
    assert 'name="is-managed" value="false"' in step(adoption_steps(machine(tmp_path)), "Add it").script


def test_the_definition_is_given_back_before_the_resource_is_deleted(tmp_path: Path) -> None:
    titles = [one.title for one in release_steps(machine(tmp_path))]
    order = [
        "Keep removed machines running",
        "Make it unmanaged",
        "Define it in libvirt again",
        "Delete it from the cluster",
        "Remove its definition from the shared storage",
    ]
    assert [titles.index(title) for title in order] == sorted(titles.index(title) for title in order)


def test_the_agent_is_run_by_hand_on_every_node_with_the_answer_that_is_right_there(tmp_path: Path) -> None:
    steps = adoption_steps(machine(tmp_path))
    assert step(steps, "Run the agent", "node1").title.endswith("(must return 0)")
    assert step(steps, "Run the agent", "node2").title.endswith("(must return 7)")
    off = adoption_steps(machine(tmp_path, running=False))
    assert step(off, "Run the agent", "node1").title.endswith("(must return 7)")


def test_what_the_agent_kept_of_an_earlier_machine_of_the_name_goes_first(tmp_path: Path) -> None:
    script = step(adoption_steps(machine(tmp_path)), "Run the agent", "node2").script
    assert script.startswith('rm -f "${HA_RSCTMP:-/run/resource-agents}"/fcm-web.uuid\n')


def test_a_machine_that_is_off_comes_in_as_one_that_is_meant_to_be_off(tmp_path: Path) -> None:
    script = step(adoption_steps(machine(tmp_path, running=False)), "Add it").script
    assert 'name="target-role" value="Stopped"' in script
    assert "target-role" not in step(adoption_steps(machine(tmp_path)), "Add it").script


@pytest.mark.parametrize(
    "found",
    [
        monitor(number=2),
        monitor(failed="true"),
        monitor(role="Stopped", number=0),
        monitor(node="node2"),
        "true",
    ],
)
def test_a_machine_that_pacemaker_finds_otherwise_is_not_taken(node: FakeNode, tmp_path: Path, found: str) -> None:
    node.program("crm_mon", found)
    answer = node.run(step(adoption_steps(machine(tmp_path)), "Let Pacemaker check").script)
    assert answer.code == 1
    assert answer.errors.startswith("fcm: Pacemaker did not find web running on node1 alone: ")


def test_a_machine_that_pacemaker_finds_where_it_runs_is_taken(node: FakeNode, tmp_path: Path) -> None:
    node.program("crm_mon", monitor())
    assert node.run(step(adoption_steps(machine(tmp_path)), "Let Pacemaker check").script).code == 0


def test_a_machine_is_out_of_pacemakers_hands_while_it_is_looked_for_again(node: FakeNode, tmp_path: Path) -> None:
    node.program("crm_mon", monitor())
    node.run(step(adoption_steps(machine(tmp_path)), "Let Pacemaker check").script)
    assert node.calls("crm_resource")[:2] == [
        "crm_resource -r web --meta -p is-managed -v false",
        "crm_resource --refresh -r web --force",
    ]


def test_a_machine_that_the_scheduler_would_stop_is_not_taken(node: FakeNode, tmp_path: Path) -> None:
    asked = step(adoption_steps(machine(tmp_path)), "Ask the scheduler")
    device = '<rsc_action action="move" resource="fence-node1" source="node1" dest="node2"/>'
    node.program("crm_simulate", f"echo '  {device}'")
    assert node.run(asked.script).code == 0
    node.program("crm_simulate", """echo '  <rsc_action action="stop" resource="web" node="node1" reason="x"/>'""")
    answer = node.run(asked.script)
    assert answer.code == 1
    assert answer.errors == ("fcm: Pacemaker would change the state of machines if it managed web: stop web.\n")


def test_a_saved_machine_is_refused_since_its_saved_state_would_be_lost(node: FakeNode, tmp_path: Path) -> None:
    node.program("virsh", 'case "$*" in *dominfo*) echo "Persistent:     yes"; echo "Managed save:   yes" ;; esac')
    answer = node.run(step(adoption_steps(machine(tmp_path)), "Store its definition").script)
    assert answer.code == 1
    assert answer.errors == "fcm: web is saved, and its saved state would be lost.\n"


def test_the_definition_is_stored_only_with_its_uuid(node: FakeNode, tmp_path: Path) -> None:
    stored = tmp_path / "storage" / "fcm-machines" / "web.xml"
    script = step(adoption_steps(machine(tmp_path)), "Store its definition").script
    node.program("virsh", 'case "$*" in *dominfo*) echo "Persistent:     yes" ;; *dumpxml*) echo "<domain/>" ;; esac')
    assert node.run(script).code != 0
    assert not stored.exists()
    text = f"<uuid>{UUID}</uuid>"
    node.program("virsh", f'case "$*" in *dominfo*) echo "Persistent:     yes" ;; *dumpxml*) echo "{text}" ;; esac')
    assert node.run(script).code == 0
    assert stored.read_text() == f"{text}\n"
    assert stored.stat().st_mode & 0o077 == 0, "it may hold the password of a console"


def test_the_stored_definition_of_a_machine_that_libvirt_no_longer_keeps_is_not_replaced(
    node: FakeNode, tmp_path: Path
) -> None:
    stored = tmp_path / "storage" / "fcm-machines" / "web.xml"
    stored.parent.mkdir(parents=True)
    stored.write_text(f"<uuid>{UUID}</uuid> as stored\n")
    node.program("virsh", 'case "$*" in *dominfo*) echo "Persistent:     no" ;; *dumpxml*) echo "<live/>" ;; esac')
    assert node.run(step(adoption_steps(machine(tmp_path)), "Store its definition").script).code == 0
    assert stored.read_text().endswith("as stored\n")


def test_taking_an_adoption_back_gives_libvirt_the_definition_first_and_stops_nothing(
    node: FakeNode, tmp_path: Path
) -> None:
    node.program("cibadmin", f'case "$*" in *-Q*) echo "{UUID}" ;; esac')
    outcome = Runner(lambda _: node).undo(adoption_steps(machine(tmp_path)))
    assert all(report.state is StepState.UNDONE for report in outcome.reports)
    calls = node.calls()
    deleted = calls.index('cibadmin -D -X <primitive id="web"/>')
    unmanaged = calls.index("crm_resource -r web --meta -p is-managed -v false")
    orphans = calls.index("crm_attribute -n stop-orphan-resources -v false")
    defined = next(number for number, call in enumerate(calls) if " define " in call)
    assert max(unmanaged, orphans, defined) < deleted


def test_a_definition_stays_with_libvirt_as_long_as_it_does_not_answer(node: FakeNode, tmp_path: Path) -> None:
    node.program("virsh", "exit 1")
    undefine = step(adoption_steps(machine(tmp_path)), "Remove the definition from libvirt", "node2")
    assert node.run(undefine.check).code != 0, "a libvirtd that does not respond has not said that nothing is left"


def test_a_node_that_cannot_reach_another_one_is_named_with_the_reason(node: FakeNode, tmp_path: Path) -> None:
    node.program("virsh", 'echo "error: Cannot read CA certificate" >&2; exit 1')
    way = step(adoption_steps(machine(tmp_path)), "Check the connections", "node1")
    answer = node.run(way.script)
    assert answer.code == 1
    assert answer.errors == (
        "fcm: node1 cannot reach libvirtd of node2 at qemu+tls://10.0.0.2/system: Cannot read CA certificate\n"
    )


def test_constraints_of_a_machine_go_with_it(node: FakeNode, tmp_path: Path) -> None:
    assert node.run(step(release_steps(machine(tmp_path)), "Delete it").script).code == 0
    removed = [call for call in node.calls("cibadmin") if "--delete-all" in call]
    assert [call.rpartition("//constraints/")[2] for call in removed] == [
        "rsc_location[@rsc='web']",
        "rsc_colocation[@rsc='web']",
        "rsc_colocation[@with-rsc='web']",
    ]


def test_a_machine_can_be_released_by_what_the_cluster_says_of_it(tmp_path: Path) -> None:
    known = machine(tmp_path)
    assert release_of("web", "node1", UUID, known.config) == release_steps(known)
