"""Command lines of Pacemaker as data: what a shell makes of them."""

from __future__ import annotations

import shlex
from xml.etree import ElementTree

from fcm.backend.pacemaker.remote import lines

ODD = "a b'c\"$(reboot)`x`;"


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
