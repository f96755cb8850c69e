"""Logs of Pacemaker and Corosync become lines of a cluster log: GMT, levels, order, and no secret."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from fcm.backend.base import NodeLogError
from fcm.backend.pacemaker.remote.node_log import MOST, read_node_log
from fcm.backend.pacemaker.remote.shells import Answer
from fcm.logs.pacemaker_log import hide, lines_of, merged

PACEMAKER = """\
cut in the middle of a line
Nov 30 09:03:31.185 node1 pacemakerd          [433] (crm_log_init) \tinfo: Changed active directory
Nov 30 09:03:35.373 node1 pacemaker-controld  [443] (do_log) \twarning: Input I_DC_TIMEOUT received
and more of it
Nov 30 09:03:36.000 node1 pacemaker-fenced    [440] (log) \terror: Agent failed: passwd='abc' ip=10.0.0.1
"""
COROSYNC = "Nov 30 09:03:32.749 [247] node1 corosync notice  [MAIN  ] Corosync Cluster Engine exiting normally\n"
CLOCK = datetime(2026, 11, 30, 9, 4, tzinfo=UTC).timestamp()


class Shell:
    """A node with these logs."""

    node = "node1"

    def __init__(self, **logs: str) -> None:
        self.logs = logs

    def run(self, script: str, *, stdin: bytes = b"", limit: float = 10.0) -> Answer:
        assert f"tail -c {MOST}" in script
        told = [f"clock {CLOCK} +0100"]
        for name, text in self.logs.items():
            size = MOST + 5 if "cut in" in text else len(text)
            told.append(f"file /var/log/{name}.log {size} {base64.b64encode(text.encode()).decode()}")
        return Answer(0, "\n".join(told))

    def close(self) -> None:
        """Nothing is open."""


def test_lines_of_both_logs_are_in_their_order_in_gmt_with_level_process_and_component() -> None:
    lines = list(merged(lines_of(PACEMAKER, CLOCK, 3600.0), lines_of(COROSYNC, CLOCK, 3600.0)))
    assert lines == [
        "000001b1.000001b1::2026/11/30-08:03:31.185 INFO  [pacemakerd] Changed active directory",
        "000000f7.000000f7::2026/11/30-08:03:32.749 INFO  [MAIN] Corosync Cluster Engine exiting normally",
        "000001bb.000001bb::2026/11/30-08:03:35.373 WARN  [pacemaker-controld] Input I_DC_TIMEOUT received",
        "000001bb.000001bb::2026/11/30-08:03:35.373 WARN  [pacemaker-controld] and more of it",
        "000001b8.000001b8::2026/11/30-08:03:36.000 ERR   [pacemaker-fenced] Agent failed: passwd=(hidden) ip=10.0.0.1",
    ]


def test_only_the_time_span_that_is_asked_for_is_given() -> None:
    since = datetime(2026, 11, 30, 8, 3, 35, tzinfo=UTC).timestamp()
    found = [line[30:42] for line in lines_of(PACEMAKER, CLOCK, 3600.0, since)]
    assert found == ["08:03:35.373", "08:03:35.373", "08:03:36.000"]


def test_a_line_of_december_read_in_january_is_of_the_year_before() -> None:
    january = datetime(2027, 1, 1, 0, 5, tzinfo=UTC).timestamp()
    text = "Dec 31 23:59:59.000 [1] node1 corosync notice  [MAIN  ] end of year"
    assert next(lines_of(text, january, 0.0))[19:29] == "2026/12/31"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('<nvpair id="a" name="passwd" value="abc"/>', '<nvpair id="a" name="passwd" value="(hidden)"/>'),
        ("snmp_priv_passwd = 'a b'", "snmp_priv_passwd = (hidden)"),
        ("community: public, port=3", "community: (hidden), port=3"),
        ("passwd_script=/etc/fcm/fencing-1", "passwd_script=/etc/fcm/fencing-1"),
        ('name="passwd_script" value="/etc/x"', 'name="passwd_script" value="/etc/x"'),
        ("token: 3000", "token: 3000"),
        ("it was correct horse", "it was (hidden)"),
    ],
)
def test_secrets_are_replaced_and_nothing_else(text: str, hidden: str) -> None:
    assert hide(text, ["correct horse"]) == hidden


def test_the_logs_of_a_node_are_read_and_what_was_left_out_is_said() -> None:
    lines = read_node_log(Shell(pacemaker=PACEMAKER, corosync=COROSYNC), None, ["active directory"])  # type: ignore[arg-type]
    assert lines[0].endswith(f"[LOG] /var/log/pacemaker.log has {MOST + 5:,} bytes; this is its end of {MOST:,} bytes.")
    assert lines[1].endswith("[pacemakerd] Changed (hidden)")
    assert len(lines) == 6


def test_a_node_without_logs_says_so() -> None:
    with pytest.raises(NodeLogError, match=r"node1 has no log of Pacemaker or Corosync that can be read\."):
        read_node_log(Shell(), None)
