"""Command lines of Pacemaker as data: what a shell makes of them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from fcm.backend.pacemaker.remote import lines
from tests.unit.pacemaker.fake_node import FakeNode

if TYPE_CHECKING:
    from pathlib import Path

ODD = "a b'c\"$(reboot)`x`;"


@pytest.fixture
def programs(tmp_path: Path) -> FakeNode:
    node = FakeNode(tmp_path)
    node.program("cibadmin")
    node.program("crm_resource", '[ -n "$CIB_file" ]')
    node.program("crm_diff", "exit 1")
    return node


@pytest.mark.parametrize(("differ", "patched"), [(0, 0), (1, 1), (64, 0)])
def test_changes_that_belong_together_are_one_change_of_the_cluster(
    programs: FakeNode, differ: int, patched: int
) -> None:
    """Of two preferences that are taken away one by one, the first alone moves a machine (seen)."""
    programs.program("crm_diff", f"exit {differ}")
    answer = programs.run(lines.at_once([lines.clear("web"), lines.delete_meta("web", "priority")]))
    assert (answer.code == 0) is (differ < 2)
    assert len(programs.calls("cibadmin --patch")) == patched
    assert programs.calls("crm_resource") == [lines.clear("web"), lines.delete_meta("web", "priority")]


def test_of_changes_that_belong_together_none_is_made_if_one_fails(programs: FakeNode) -> None:
    programs.program("crm_resource", "echo 'no such resource' >&2; exit 105")
    answer = programs.run(lines.at_once([lines.clear("web")]))
    assert answer.code != 0
    assert "no such resource" in answer.errors
    assert programs.calls("cibadmin --patch") == []


def test_whatever_is_not_fixed_reaches_the_program_as_one_word() -> None:
    for line in (
        lines.set_meta(ODD, "fcm-name", ODD),
        lines.set_node(ODD, "fcm-addresses", ODD),
        lines.set_private(ODD, "fcm-cancel-x", ODD),
        lines.clear(ODD),
        lines.refresh(ODD),
        lines.standby(ODD),
        lines.set_default("fcm-options", ODD),
    ):
        assert ODD in shlex.split(line)


def test_a_move_ends_by_itself_after_some_time() -> None:
    assert shlex.split(lines.move("web", "node2")) == [
        "crm_resource", "-r", "web", "--move", "--node", "node2", "--lifetime=PT2H",
    ]  # fmt: skip


def test_a_failed_live_migration_leaves_the_machine_where_it_is() -> None:
    primitive = ElementTree.fromstring(lines.primitive("web", "u", "/s/web.xml", "web", 256))
    operation = primitive.find("operations/op[@name='migrate_to']")
    assert operation is not None
    assert operation.get("on-fail") == "block"
    assert operation.get("timeout") == "3600s"


def test_a_resource_has_the_sets_that_crm_resource_looks_for() -> None:
    primitive = ElementTree.fromstring(
        lines.primitive("web", "u", "/s/a&b.xml", "my <web>", 256, "--unsafe", {"is-managed": "false"})
    )
    assert primitive.attrib == {"id": "web", "class": "ocf", "provider": "fcm", "type": "VirtualMachine"}
    sets = {child.get("id"): {pair.get("name"): pair.get("value") for pair in child} for child in primitive}
    assert sets["web-instance_attributes"] == {
        "config": "/s/a&b.xml", "name": "my <web>", "migrate_options": "--unsafe",
    }  # fmt: skip
    assert sets["web-meta_attributes"] == {"allow-migrate": "true", "fcm-uuid": "u", "is-managed": "false"}
    assert sets["web-utilization"] == {"memory": "256"}


def test_a_script_ends_with_the_first_line_that_fails() -> None:
    assert lines.script(["false", "echo on"]).splitlines() == ["set -e", "false", "echo on"]


def test_names_in_xml_are_quoted() -> None:
    found = ElementTree.fromstring(lines.location('o"1', "a<b", "n&1", "50"))
    assert found.attrib == {"id": 'o"1', "rsc": "a<b", "node": "n&1", "score": "50"}
