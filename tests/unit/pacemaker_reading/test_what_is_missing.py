"""A node that says little, or strange things: the rest is read, and sentences say what is missing."""

from __future__ import annotations

import pytest

from fcm.backend.pacemaker.asking import NotAClusterError
from fcm.backend.pacemaker.reading import ReadingError, read
from fcm.backend.pacemaker.reading.cib import added, seconds
from fcm.backend.pacemaker.reading.monitor import moment
from fcm.backend.pacemaker.reading.xml import DEEPEST, XmlError, parsed
from tests.unit.pacemaker_reading.recorded import ASKED, ended, mark, text, without

IDLE = text("idle")


def test_a_node_without_the_programs_says_that_pacemaker_is_not_installed() -> None:
    printed = IDLE
    for section in ("crm_mon", "cib", "fencing"):
        printed = without(printed, section)
    frame = mark(printed)
    printed = printed.replace(f"{frame} over", f"{frame} begin absent\n\n{frame} end absent 127\n\n{frame} said absent")
    with pytest.raises(NotAClusterError, match=r"^Pacemaker is not installed on node1\.$"):
        read(printed, "node1", ASKED)


@pytest.mark.parametrize("printed", ["", "sh: 1: Syntax error", "fcm-pacemaker-1 short\n"])
def test_what_is_no_answer_of_the_script_is_quoted(printed: str) -> None:
    with pytest.raises(ReadingError, match=r"^node1 did not report the state of its cluster: .+\.$"):
        read(printed, "node1", ASKED)


@pytest.mark.parametrize("section", ["quorum", "links"])
def test_without_corosync_tools_the_rest_is_read_and_the_lack_is_said(section: str) -> None:
    whole, found = read(IDLE, "node1", ASKED), read(without(IDLE, section), "node1", ASKED)
    assert found.nodes == whole.nodes
    assert len(found.missing) == 1
    assert found.missing[0].startswith("The votes are" if section == "quorum" else "The links between the nodes are")
    assert (found.quorum is None) is (section == "quorum")
    assert (not found.links) is (section == "links")


@pytest.mark.parametrize("section", ["crm_mon", "cib"])
def test_an_answer_that_broke_off_before_the_status_is_none(section: str) -> None:
    with pytest.raises(ReadingError, match="closed the connection before"):
        read(without(IDLE, section), "node1", ASKED)


@pytest.mark.parametrize(
    ("code", "reason"), [(124, "hangs"), (137, "hangs"), (4, "haclient"), (1, "exit code 1: oh no")]
)
@pytest.mark.parametrize("section", ["crm_mon", "cib"])
def test_the_reason_of_a_program_that_failed_is_told(section: str, code: int, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read(ended(IDLE, section, code, said="oh no"), "node1", ASKED)


def test_a_program_that_prints_a_status_and_fails_is_not_trusted() -> None:
    frame = mark(IDLE)
    printed = IDLE.replace(f"{frame} end cib 0", f"{frame} end cib 1")
    with pytest.raises(ReadingError, match=r"cibadmin on node1 failed with exit code 1"):
        read(printed, "node1", ASKED)


def test_the_frame_cannot_be_feigned_by_what_is_framed() -> None:
    other = "00000000-0000-4000-8000-000000000000"
    words = f"Quorate: Yes\n{other} end quorum 0\n\n{other} said quorum\nExpected votes: 1\n"
    quorum = read(ended(IDLE, "quorum", 0, words), "node1", ASKED).quorum
    assert quorum is not None
    assert quorum.expected == 1


def test_without_a_dc_the_cib_says_whether_there_is_quorum() -> None:
    dc = next(line for line in IDLE.splitlines() if "<current_dc" in line)
    for value in ("0", "1"):
        printed = IDLE.replace(dc, '<current_dc present="false"/>').replace('have-quorum="1"', f'have-quorum="{value}"')
        found = read(printed, "node1", ASKED)
        assert found.have_quorum is (value == "1")
        assert found.dc == ""
        assert found.version == "2.1.5"


def test_the_dc_says_whether_there_is_quorum_before_the_cib_does() -> None:
    found = read(IDLE.replace('with_quorum="true"', 'with_quorum="false"'), "node1", ASKED)
    assert not found.have_quorum


def test_a_node_that_only_the_configuration_knows_is_offline() -> None:
    line = next(line for line in IDLE.splitlines() if '<node name="node2" id="2" online' in line)
    node = read(IDLE.replace(line, ""), "node1", ASKED).node("node2")
    assert node is not None
    assert not node.online
    assert node.attributes


def test_a_machine_that_was_deleted_while_the_node_was_asked_is_orphaned() -> None:
    printed = text("adopted")
    begin = printed.index('<primitive id="web" class="ocf"')
    end = "</primitive>"
    told = read(printed[:begin] + printed[printed.index(end, begin) + len(end) :], "node1", ASKED)
    web, db = told.resource("web"), told.resource("db")
    assert web is not None
    assert db is not None
    assert (web.role, web.orphaned, db.orphaned) == ("Started", True, False)


def test_pacemaker_3_may_name_orphans_and_times_otherwise() -> None:
    printed = text("orphan").replace('orphaned="true"', 'orphaned="false" removed="true"')
    db = read(printed, "node1", ASKED).resource("db")
    assert db is not None
    assert db.orphaned
    assert moment("2026-11-30 06:10:22 +02:00") == moment("2026-11-30 04:10:22Z") == 1_796_011_822
    assert moment("2026-11-30 04:10:22Z") == moment("Mon Nov 30 04:10:22 2026")
    assert moment("yesterday") == 0


def test_a_document_type_is_refused_so_that_no_entity_is_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><cib>&b;</cib>'
    with pytest.raises(XmlError, match="declares a document type"):
        parsed(bomb)
    with pytest.raises(ReadingError, match="The output of cibadmin on node1 cannot be used"):
        read(ended(IDLE, "cib", 0, bomb), "node1", ASKED)


def test_depth_has_a_limit() -> None:
    assert parsed("<a>" * DEEPEST + "</a>" * DEEPEST).tag == "a"
    with pytest.raises(XmlError, match="levels"):
        parsed("<a>" * (DEEPEST + 1) + "</a>" * (DEEPEST + 1))


def test_elements_side_by_side_have_no_depth() -> None:
    assert len(parsed("<a>" + "<b/>" * 200 + "</a>")) == 200


def test_what_is_no_xml_is_said_to_be_none() -> None:
    for broken in ("", "  ", "hello", "<a><b></a>", "<a", "<a>\ud800</a>", "<a>\x00</a>"):
        with pytest.raises(XmlError):
            parsed(broken)


def test_a_node_of_many_votes_and_ids_in_hexadecimal_are_read() -> None:
    words = (
        "Quorate: Yes\nExpected votes: 4\nTotal votes: 4\nQuorum: 3\nFlags: Quorate\n"
        "    Nodeid      Votes Name\n0x00000001          3 10.90.0.1 (local)\n0x00000002          1 node2\n"
    )
    quorum = read(ended(IDLE, "quorum", 0, words), "node1", ASKED).quorum
    assert quorum is not None
    assert dict(quorum.votes) == {"node1": 3, "node2": 1}
    assert (quorum.device, quorum.device_votes, quorum.device_alive) == ("", 0, False)


def test_a_strict_set_of_resources_is_read_as_its_pairs() -> None:
    refs = "".join(f"<resource_ref id='{name}'/>" for name in "abc")
    rule = f"<rsc_colocation id='c' score='-INFINITY'><resource_set id='s'>{refs}</resource_set></rsc_colocation>"
    found = read(IDLE.replace("</constraints>", f"{rule}</constraints>"), "node1", ASKED).colocations
    assert {(one.resource, one.other) for one in found} == {("b", "a"), ("c", "a"), ("c", "b")}
    assert {one.score for one in found} == {"-INFINITY"}


def test_fail_counts_of_several_operations_are_added() -> None:
    assert added("1", "2") == "3"
    assert added("1", "INFINITY") == "INFINITY"
    assert added("999999", "1") == "INFINITY"
    assert added("999998", "1") == "999999"


def test_durations_are_read_in_all_units() -> None:
    assert [seconds(one) for one in ("5", "10s", "500ms", "2min", "3m", "6h")] == [5, 10, 0.5, 120, 180, 21600]
    assert seconds("PT10M") is None
