"""Words between fcm and the agent: attempts of a live migration, and its options."""

from __future__ import annotations

import shlex

from fcm.backend.pacemaker.moves.attempts import Attempt, attempts_of
from fcm.backend.pacemaker.moves.options import begin_lines, end_lines, values_of, words_of
from fcm.model.migrations import MigrationOptions


def test_attempts_are_read_as_the_agent_writes_them() -> None:
    told = (
        "network-3 10.92.0.1 no-answer; network-2 10.91.0.1 begins; network-2 10.91.0.1 failed 6841 ms nothing moved "
        "for 3 s; network-1 fd00::1 begins; network-1 fd00::1 done 1584 ms"
    )
    assert attempts_of(told) == (
        Attempt("network-3", "10.92.0.1", "no-answer"),
        Attempt("network-2", "10.91.0.1", "begins"),
        Attempt("network-2", "10.91.0.1", "failed", 6.841, "nothing moved for 3 s"),
        Attempt("network-1", "fd00::1", "begins"),
        Attempt("network-1", "fd00::1", "done", 1.584),
    )


def test_what_is_no_attempt_is_left_out() -> None:
    assert attempts_of("") == ()
    assert attempts_of("hello; - - failed 0 ms libvirtd of node2 does not answer") == (
        Attempt("-", "-", "failed", 0.0, "libvirtd of node2 does not answer"),
    )


def test_options_are_words_of_virsh_without_spaces() -> None:
    options = MigrationOptions(
        auto_converge=True, auto_converge_initial=20, auto_converge_increment=15, post_copy=True, xbzrle=True,
        parallel_connections=4, tls=True,
    )  # fmt: skip
    assert words_of(options, "node2.example").split(" ") == [
        "--auto-converge", "--auto-converge-initial=20", "--auto-converge-increment=15", "--postcopy",
        "--compressed", "--comp-methods=xbzrle", "--parallel", "--parallel-connections=4", "--tls",
        "--tls-destination=node2.example",
    ]  # fmt: skip
    assert words_of(MigrationOptions()) == ""


def test_a_migration_without_options_does_not_take_the_defaults_of_the_cluster() -> None:
    assert values_of(MigrationOptions(), None) == {
        "fcm-options": " ",
        "fcm-bandwidth": "none",
        "fcm-downtime": "none",
    }
    assert values_of(MigrationOptions(downtime_limit=0.25, bandwidth=1), 20) == {
        "fcm-options": " ",
        "fcm-bandwidth": "20",
        "fcm-downtime": "250",
    }


def test_all_that_a_move_sets_is_taken_back_and_the_preference_first() -> None:
    begin = [shlex.split(line) for line in begin_lines("web", "node2", values_of(MigrationOptions(), None))]
    end = [shlex.split(line) for line in end_lines("web")]
    assert begin[-1] == ["crm_resource", "-r", "web", "--move", "--node", "node2", "--lifetime=PT2H"]
    assert end[0] == ["crm_resource", "-r", "web", "--clear"]
    set_ = {line[line.index("-p") + 1] for line in begin if "-p" in line}
    assert set_ == {line[-1] for line in end[1:]}
