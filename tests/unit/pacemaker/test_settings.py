"""Properties of groups and resources as command lines of Pacemaker, and what is refused."""

from __future__ import annotations

import shlex
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from fcm.backend.pacemaker.impact import OrderError
from fcm.backend.pacemaker.settings.corosync import with_token, with_votes
from fcm.backend.pacemaker.settings.groups import configure_group, group_lines, hours_of
from fcm.backend.pacemaker.settings.groups import unsupported as group_refused
from fcm.backend.pacemaker.settings.resources import configure_resource, resource_lines
from fcm.backend.pacemaker.settings.resources import unsupported as resource_refused
from fcm.backend.pacemaker.status import (
    ClusterStatus,
    ColocationStatus,
    LocationStatus,
    NodeStatus,
    OperationStatus,
    ResourceStatus,
)
from fcm.model import commands as cmd
from fcm.model.entities import (
    AUTOMATIC,
    Group,
    GroupType,
    OfflineAction,
    Resource,
    ResourceState,
    ResourceType,
    RestartPolicy,
)

AGENT = "ocf:fcm:VirtualMachine"
WEB = ResourceStatus("web", AGENT, meta={"fcm-uuid": "u-web"})
DB = ResourceStatus("db", AGENT, meta={"fcm-uuid": "u-db", "fcm-classes": "'domain controllers' sql"})
MAIL = ResourceStatus("mail", AGENT, meta={"fcm-uuid": "u-mail", "fcm-classes": "other"})
GROUP = Group("group-u-web", "web", GroupType.VIRTUAL_MACHINE, "node1", ResourceState.ONLINE)
RESOURCE = Resource(
    "resource-u-web", "Virtual Machine web", ResourceType.VIRTUAL_MACHINE, "group-u-web", ResourceState.ONLINE,
    ("node1", "node2", "node3"), machine="u-web",
)  # fmt: skip


def cluster(
    locations: tuple[LocationStatus, ...] = (), colocations: tuple[ColocationStatus, ...] = ()
) -> ClusterStatus:
    nodes = tuple(NodeStatus(f"node{number}", str(number), online=True) for number in (1, 2, 3))
    return ClusterStatus(
        "node1", 0.0, have_quorum=True, nodes=nodes, resources=(WEB, DB, MAIL), locations=locations,
        colocations=colocations,
    )  # fmt: skip


def words(lines: list[str]) -> list[list[str]]:
    return [shlex.split(line) for line in lines]


def xml(lines: list[str], verb: str) -> list[ElementTree.Element]:
    """What is given to cibadmin with -X by lines with that option."""
    return [ElementTree.fromstring(line[-1]) for line in words(lines) if line[0] == "cibadmin" and verb in line]


def scores(lines: list[str]) -> dict[str, str]:
    return {one.get("node", ""): one.get("score", "") for one in xml(lines, "-M") if one.tag == "rsc_location"}


def configured(status: ClusterStatus | None = None, **changes: object) -> list[str]:
    command = replace(cmd.ConfigureGroup("group-u-web"), **changes)  # type: ignore[arg-type]
    return group_lines(command, status or cluster(), WEB)


def test_preferred_owners_decide_where_a_machine_starts_but_do_not_move_one_that_runs() -> None:
    found = scores(configured(preferred_owners=("node3", "node1")))
    assert found == {"node3": "50", "node1": "49"}, "below the stickiness of 100"


def test_failback_at_once_brings_a_machine_back() -> None:
    status = cluster((LocationStatus("fcm-owner-web-node3", "web", "node3", "50"),))
    lines = configured(status, failback=True, failback_window=(AUTOMATIC, AUTOMATIC))
    assert scores(lines) == {"node3": "200"}, "above the stickiness of 100"
    assert ["crm_resource", "-r", "web", "--meta", "-p", "fcm-failback", "-v", "now"] in words(lines)


def test_a_failback_window_is_a_rule_of_this_machine_alone() -> None:
    lines = configured(preferred_owners=("node3",), failback=True, failback_window=(22, 4))
    assert scores(lines) == {"node3": "50"}
    rules = next(one for one in xml(lines, "-M") if one.tag == "primitive")
    assert rules.get("id") == "web"
    assert [one.get("hours") for one in rules.iter("date_spec")] == ["22-23", "0-3"]
    pair = rules.find("meta_attributes/nvpair")
    assert pair is not None
    assert (pair.get("name"), pair.get("value")) == ("resource-stickiness", "1")
    assert ["crm_resource", "-r", "web", "--meta", "-p", "fcm-failback", "-v", "22-4"] in words(lines)


def test_an_owner_that_is_no_longer_preferred_loses_its_score_after_the_others_have_theirs() -> None:
    status = cluster((LocationStatus("fcm-owner-web-node2", "web", "node2", "50"),))
    lines = configured(status, preferred_owners=("node1",))
    assert [one.get("id") for one in xml(lines, "-D") if one.tag == "rsc_location"] == ["fcm-owner-web-node2"]
    assert "fcm-owner-web-node2" in lines[-1]


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [(22, 4, ("22-23", "0-3")), (1, 5, ("1-4",)), (3, 4, ("3",)), (22, 0, ("22-23",)), (5, 5, ("0-23",))],
)
def test_hours_of_a_window_do_not_cross_midnight(begin: int, end: int, expected: tuple[str, ...]) -> None:
    assert hours_of(begin, end) == expected


def test_machines_of_a_class_are_kept_apart_softly_in_pairs() -> None:
    lines = configured(anti_affinity=("sql", "big ones"))
    (pair,) = xml(lines, "-M")
    assert pair.attrib == {"id": "fcm-apart-db-web", "rsc": "web", "with-rsc": "db", "score": "-1000"}
    assert words(lines)[0][-1] == "sql 'big ones'"


def test_pairs_of_a_class_that_a_machine_has_left_are_taken_away() -> None:
    known = (
        ColocationStatus("fcm-apart-db-web", "web", "db", "-1000"),
        ColocationStatus("by-hand", "web", "db", "-1"),
        ColocationStatus("fcm-apart-db-mail", "mail", "db", "-1000"),
    )
    lines = configured(cluster(colocations=known), anti_affinity=())
    assert [one.get("id") for one in xml(lines, "-D")] == ["fcm-apart-db-web"]
    assert ["crm_resource", "-r", "web", "--meta", "-d", "fcm-classes"] in words(lines)


def test_what_is_not_asked_for_is_not_touched() -> None:
    assert configured() == []
    assert words(configured(priority=3000)) == [["crm_resource", "-r", "web", "--meta", "-p", "priority", "-v", "3000"]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"auto_start": False}, "Pacemaker has no Auto Start"),
        ({"priority": 0}, "Pacemaker has no Auto Start"),
        ({"persistent": True}, "Pacemaker does not remember"),
        ({"maximum_failures": 3}, "Pacemaker does not count failovers"),
        ({"failover_period": 12}, "Pacemaker does not count failovers"),
    ],
)
def test_properties_without_a_counterpart_are_refused_with_the_reason(changes: dict[str, object], reason: str) -> None:
    command = replace(cmd.ConfigureGroup(GROUP.id), **changes)  # type: ignore[arg-type]
    verdict = group_refused(command, GROUP)
    assert not verdict
    assert verdict.reason.startswith(reason)


def test_a_dialog_that_sends_everything_unchanged_is_not_refused() -> None:
    command = cmd.ConfigureGroup(
        GROUP.id, auto_start=True, persistent=False, maximum_failures=AUTOMATIC, failover_period=6, priority=2000
    )
    assert group_refused(command, GROUP)


@pytest.mark.parametrize(
    "command",
    [
        cmd.ConfigureGroup("group-u-web", preferred_owners=("node2",)),
        cmd.ConfigureGroup("group-u-web", priority=3000),
        cmd.ConfigureResource("resource-u-web", possible_owners=("node1", "node2")),
    ],
)
def test_where_a_machine_may_run_is_not_changed_while_it_is_on_its_way(command: Any) -> None:
    """Pacemaker restarts a machine whose destination changes meanwhile (seen)."""
    pending = OperationStatus("web", "node1", "migrate_to", 0, -1, True, 193, 0.0)
    state = SimpleNamespace(
        groups={"group-u-web": GROUP}, resources={"resource-u-web": RESOURCE}, active_migration=lambda _: None
    )
    context: Any = SimpleNamespace(state=state, status=replace(cluster(), operations=(pending,)))
    configure: Any = configure_group if isinstance(command, cmd.ConfigureGroup) else configure_resource
    verdict = configure(context, command)
    assert "is being moved" in verdict.reason
    assert verdict.remedy == "Wait until that has finished."


def test_a_node_that_is_no_possible_owner_is_banned_and_one_that_is_again_is_not() -> None:
    status = cluster((LocationStatus("fcm-never-web-node1", "web", "node1", "-INFINITY"),))
    lines = resource_lines(cmd.ConfigureResource(RESOURCE.id, possible_owners=("node1", "node2")), status, WEB)
    assert [one.get("id") for one in xml(lines, "-D")] == ["fcm-never-web-node1"]
    assert scores(lines) == {"node3": "-INFINITY"}


def test_restarts_of_a_resource_are_failures_before_it_leaves_its_node() -> None:
    policy = RestartPolicy(maximum_restarts=2, period=3600, looks_alive=20, pending_timeout=240)
    lines = resource_lines(cmd.ConfigureResource(RESOURCE.id, policy=policy), cluster(), WEB)
    assert ["crm_resource", "-r", "web", "--meta", "-p", "migration-threshold", "-v", "3"] in words(lines)
    assert ["crm_resource", "-r", "web", "--meta", "-p", "failure-timeout", "-v", "3600s"] in words(lines)
    (primitive,) = xml(lines, "-M")
    assert {one.get("id"): (one.get("interval"), one.get("timeout")) for one in primitive.iter("op")} == {
        "web-monitor": ("20s", "30s"),
        "web-start": ("0", "240s"),
    }


def test_the_offline_action_is_the_one_parameter_that_restarts_nothing() -> None:
    for action, expected in (
        (OfflineAction.TURN_OFF, ["crm_resource", "-r", "web", "-p", "force_stop", "-v", "true"]),
        (OfflineAction.SHUT_DOWN, ["crm_resource", "-r", "web", "-d", "force_stop"]),
    ):
        lines = resource_lines(cmd.ConfigureResource(RESOURCE.id, offline_action=action), cluster(), WEB)
        assert words(lines) == [expected]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "other"}, "The name of a resource"),
        ({"depends_on": ("x",)}, "Pacemaker manages each virtual machine as one resource"),
        ({"heartbeat": False}, "Pacemaker does not monitor the heartbeat"),
        ({"policy": RestartPolicy(restart=False)}, "Pacemaker always restarts"),
        ({"policy": RestartPolicy(failover=False)}, "Pacemaker always restarts"),
    ],
)
def test_properties_of_a_resource_without_a_counterpart_are_refused(changes: dict[str, object], reason: str) -> None:
    command = replace(cmd.ConfigureResource(RESOURCE.id), **changes)  # type: ignore[arg-type]
    verdict = resource_refused(command, RESOURCE)
    assert not verdict
    assert verdict.reason.startswith(reason)


def test_to_save_is_no_offline_action_of_pacemaker() -> None:
    shuts_down = replace(RESOURCE, offline_action=OfflineAction.SHUT_DOWN)
    assert not resource_refused(cmd.ConfigureResource(RESOURCE.id, offline_action=OfflineAction.SAVE), shuts_down)


CONF = """\
totem {
    version: 2
    token: 3000
}
nodelist {
    node {
        name: node1
        nodeid: 1
        ring0_addr: 10.91.0.1
    }
    node {
        name: node10
        nodeid: 10
        ring0_addr: 10.91.0.10
    }
}
quorum {
    provider: corosync_votequorum
}
"""


def test_a_node_without_a_vote_has_none_in_corosync_conf_and_gets_it_back() -> None:
    without = with_votes(CONF, "node1", 0)
    assert without == CONF.replace("        name: node1\n", "        name: node1\n        quorum_votes: 0\n")
    assert with_votes(without, "node1", 0) == without
    assert with_votes(without, "node1", 1) == CONF


WITH_WITNESS = CONF.replace(
    """\
    node {
        name: node10
        nodeid: 10
""",
    """\
    node {
        name: node2
        nodeid: 2
    }
    node {
        name: node10
        nodeid: 10
""",
).replace(
    "    provider: corosync_votequorum\n",
    """\
    provider: corosync_votequorum
    device {
        model: net
        net {
            host: 10.90.0.200
            algorithm: lms
        }
    }
""",
)


def test_the_votes_of_the_witness_are_given_where_not_every_node_has_one() -> None:
    without = with_votes(WITH_WITNESS, "node1", 0)
    assert "    device {\n        votes: 1\n        model: net\n" in without
    assert with_votes(without, "node1", 1) == WITH_WITNESS
    with pytest.raises(OrderError, match="at least two nodes must have a vote"):
        with_votes(without, "node2", 0)


def test_with_a_witness_for_half_of_the_nodes_each_node_keeps_its_vote() -> None:
    half = WITH_WITNESS.replace("algorithm: lms", "algorithm: ffsplit").replace("model: net", "votes: 1\n  model: net")
    assert with_votes(half, "node1", 1) == half
    with pytest.raises(OrderError, match="each node must have one vote"):
        with_votes(half, "node1", 0)


def test_a_node_that_corosync_does_not_know_is_not_given_votes() -> None:
    with pytest.raises(OrderError, match="no node that is named node2"):
        with_votes(CONF, "node2", 0)


def test_heartbeats_are_corosyncs_token() -> None:
    assert "    token: 5000\n" in with_token(CONF, 5000)
    assert with_token(CONF.replace("    token: 3000\n", ""), 5000).startswith("totem {\n    token: 5000\n")
