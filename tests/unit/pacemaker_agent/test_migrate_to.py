"""A live migration by the agent: networks in order, with a look at each first, and one after the other."""

from __future__ import annotations

import pytest

from tests.unit.pacemaker_agent.bench import GONE, HANGS, NOT_FOUND, UUID, Bench

DONE, FAILED = 0, 1
LM, CSV, MGMT = "10.92.0.2", "10.91.0.2", "10.90.0.2"
BROKEN = 'echo "error: Unable to write to socket: Broken pipe" >&2; exit 1'
ABORTED = 'echo "error: operation aborted: migration out job: canceled by client" >&2; exit 1'
MOVES = 'n=$(cat "$FAKE/n" 2>/dev/null || echo 0); echo $((n + 1)) >"$FAKE/n"; '
"""Each look finds more of it sent."""


@pytest.fixture
def source(bench: Bench) -> Bench:
    """The machine runs here, and can be moved to node2 over three networks."""
    bench.meta(migrate_target="node2", timeout="60000")
    bench.attribute("node2", "fcm-addresses", f"network-3={LM} network-2={CSV} network-1={MGMT}")
    bench.attribute("node2", "fcm-peer-uri", "qemu+tcp://node2/system")
    bench.state("running")
    bench.answer("domstate", NOT_FOUND, "peer")
    bench.answer("uri", "echo qemu:///system", "peer")
    bench.answer("domjobinfo", "echo 'Job type: 0'")
    bench.answer("migrate", ":")
    bench.answer("domjobabort", ': >"$FAKE/aborted"')
    return bench


def transfer(first: str, then: str = "exit 0") -> str:
    """What virsh migrate does, the first time and after that."""
    return f'if [ ! -e "$FAKE/tried" ]; then : >"$FAKE/tried"; {first}; else {then}; fi'


def used(bench: Bench) -> list[str]:
    """The addresses to which memory was sent, in order."""
    return [call.rpartition("--migrateuri tcp://")[2] for call in bench.calls(" migrate ")]


def without_times(bench: Bench) -> list[str]:
    """The attempts told, figures replaced."""
    told = []
    for line in bench.told():
        words = line.split()
        if len(words) > 3:
            assert int(words[3]) >= 0
            assert words[4] == "ms"
            words[3] = "N"
        told.append(" ".join(words))
    return told


def test_the_first_network_of_the_destination_is_taken(source: Bench) -> None:
    assert source.run("migrate_to").code == DONE
    assert source.calls(" migrate ") == [
        "--quiet --connect qemu:///system migrate --live --p2p --undefinesource "
        f"--domain {UUID} --desturi qemu+tcp://node2/system --migrateuri tcp://{LM}"
    ]
    assert without_times(source) == [f"network-3 {LM} begins", f"network-3 {LM} done N ms"]


def test_the_machines_own_order_counts_and_what_it_leaves_out_is_not_used(source: Bench) -> None:
    source.settings(fcm_networks="network-1 network-9 network-2")
    source.network(MGMT, "silent")
    assert source.run("migrate_to").code == DONE
    assert without_times(source) == [
        f"network-1 {MGMT} no-answer",
        f"network-2 {CSV} begins",
        f"network-2 {CSV} done N ms",
    ]


@pytest.mark.parametrize("how", ["silent", "unreachable"])
def test_a_network_that_does_not_answer_is_skipped(source: Bench, how: str) -> None:
    source.network(LM, how)
    assert source.run("migrate_to").code == DONE
    assert used(source) == [CSV]
    assert without_times(source)[0] == f"network-3 {LM} no-answer"


@pytest.mark.parametrize("how", ["refused", "open"])
def test_a_refusal_is_an_answer_since_nothing_listens_before_a_transfer(source: Bench, how: str) -> None:
    source.network(LM, how)
    assert source.run("migrate_to").code == DONE
    assert used(source) == [LM]
    assert source.calls("probe") == [f"probe {LM} 49152"]


@pytest.mark.parametrize(
    "said",
    [
        BROKEN,
        "echo \"error: unable to connect to server at '10.92.0.2:49152': Connection timed out\" >&2; exit 1",
        'echo "error: operation failed: migration out job: unexpectedly failed" >&2; exit 1',
        f'echo "error: internal error: something about {LM} only" >&2; exit 1',
    ],
)
def test_a_network_that_breaks_is_followed_by_the_next(source: Bench, said: str) -> None:
    source.answer("migrate", transfer(said))
    assert source.run("migrate_to").code == DONE
    assert used(source) == [LM, CSV]
    told = without_times(source)
    assert told[1].startswith(f"network-3 {LM} failed N ms ")
    assert told[2:] == [f"network-2 {CSV} begins", f"network-2 {CSV} done N ms"]


@pytest.mark.parametrize(
    "said",
    [
        "the CPU is incompatible with host CPU",
        "Cannot access storage file",
        f"Certificate does not match the hostname {LM}",
        "Unsafe migration: Migration may lead to data corruption",
        "cannot set up guest memory: Cannot allocate memory",
    ],
)
def test_what_another_network_does_not_help_against_ends_it(source: Bench, said: str) -> None:
    source.answer("migrate", f'echo "error: {said}" >&2; exit 1')
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert used(source) == [LM]
    assert said in ended.reason
    assert "still runs on node1" in ended.reason


def test_a_transfer_in_which_nothing_moves_is_broken_off_and_the_next_network_taken(source: Bench) -> None:
    source.answer("migrate", transfer('while [ ! -e "$FAKE/aborted" ]; do sleep 0.05; done; ' + ABORTED))
    source.answer(
        "domjobinfo",
        'if [ -e "$FAKE/tried" ]; then echo "Job type: 2"; echo "operation: 5"; echo "memory_total: 9"; '
        'echo "memory_processed: 4"; else echo "Job type: 0"; fi',
    )
    assert source.run("migrate_to").code == DONE
    assert used(source) == [LM, CSV]
    assert without_times(source)[1] == f"network-3 {LM} failed N ms nothing moved for 0.1 s"


@pytest.mark.parametrize(
    "job",
    [
        MOVES + 'echo "memory_total: 9"; echo "memory_processed: $n"',
        MOVES + 'echo "memory_total: 9"; echo "memory_processed: 4"; echo "disk_processed: $n"',
        'echo "memory_total: 0"; echo "memory_processed: 0"',
        'echo "error: Domain not found" >&2; exit 1',
        HANGS,
    ],
)
def test_a_transfer_that_moves_or_tells_nothing_is_left_alone(source: Bench, job: str) -> None:
    source.answer("domjobinfo", job)
    source.answer("migrate", "sleep 0.7")
    assert source.run("migrate_to").code == DONE
    assert not source.calls("domjobabort")


def test_a_blackout_is_not_broken_off(source: Bench) -> None:
    source.answer("migrate", 'until [ "$(grep -c domstate "$FAKE/calls")" -gt 4 ]; do sleep 0.05; done')
    source.answer("domstate", 'if grep -q " migrate " "$FAKE/calls"; then echo paused; else echo running; fi')
    source.answer(
        "domjobinfo",
        'echo "Job type: 2"; if grep -q " migrate " "$FAKE/calls"; then echo "memory_total: 9"; '
        'echo "memory_processed: 4"; fi',
    )
    assert source.run("migrate_to").code == DONE
    assert not source.calls("domjobabort")


def test_a_cancellation_by_the_flag_breaks_it_off_and_tries_no_other_network(source: Bench) -> None:
    source.answer(
        "migrate",
        'printf 1 >"$FAKE/private/fcm-cancel-web"; while [ ! -e "$FAKE/aborted" ]; do sleep 0.05; done; ' + BROKEN,
    )
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert used(source) == [LM]
    assert without_times(source)[-1] == f"network-3 {LM} failed N ms canceled"
    assert ended.reason.endswith("canceled")


def test_a_cancellation_that_libvirt_refuses_as_its_job_has_not_begun_is_asked_again(source: Bench) -> None:
    source.answer("domjobabort", 'if [ -e "$FAKE/asked" ]; then : >"$FAKE/aborted"; else : >"$FAKE/asked"; exit 1; fi')
    source.answer(
        "migrate",
        'printf 1 >"$FAKE/private/fcm-cancel-web"; while [ ! -e "$FAKE/aborted" ]; do sleep 0.05; done; ' + BROKEN,
    )
    assert source.run("migrate_to").code == FAILED
    assert used(source) == [LM]
    assert without_times(source)[-1] == f"network-3 {LM} failed N ms canceled"


def test_an_abort_by_hand_is_a_cancellation(source: Bench) -> None:
    source.answer("migrate", ABORTED)
    assert source.run("migrate_to").code == FAILED
    assert used(source) == [LM]
    assert without_times(source)[-1] == f"network-3 {LM} failed N ms canceled"


def test_a_cancellation_between_two_networks_is_heard(source: Bench) -> None:
    source.network(LM, "silent")
    bash = source.folder / "bin" / "bash"
    text = bash.read_text(encoding="utf-8")
    bash.write_text(text.replace("silent)", 'silent) printf 1 >"$FAKE/private/fcm-cancel-web";'), encoding="utf-8")
    assert source.run("migrate_to").code == FAILED
    assert used(source) == []
    assert without_times(source)[-1] == f"network-2 {CSV} failed N ms canceled"


def test_a_flag_that_an_earlier_cancellation_left_counts_no_longer(source: Bench) -> None:
    (source.folder / "private" / "fcm-cancel-web").write_text("1", encoding="utf-8")
    assert source.run("migrate_to").code == DONE


def test_when_all_networks_fail_the_machine_still_runs_here_and_the_last_reason_is_said(source: Bench) -> None:
    source.network(CSV, "silent")
    source.answer("migrate", BROKEN)
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert used(source) == [LM, MGMT]
    assert ended.reason.startswith("web still runs on node1. Live migration to node2: network-1 10.90.0.2 failed ")
    assert "Broken pipe" in ended.reason


def test_what_libvirt_said_cannot_break_the_list_of_attempts(source: Bench) -> None:
    source.answer("migrate", 'echo "error: first; second\nerror: third" >&2; exit 1')
    source.run("migrate_to")
    assert without_times(source)[-1] == f"network-3 {LM} failed N ms first, second third"


def test_where_the_machine_runs_counts_not_what_virsh_said(source: Bench) -> None:
    source.answer("migrate", ': >"$FAKE/over"; echo "error: Cannot recv data: Broken pipe" >&2; exit 1')
    source.answer("domstate", f'if [ -e "$FAKE/over" ]; then {NOT_FOUND}; else echo running; fi')
    source.answer("domstate", f'if [ -e "$FAKE/over" ]; then echo running; else {NOT_FOUND}; fi', "peer")
    assert source.run("migrate_to").code == DONE
    assert without_times(source)[-1] == f"network-3 {LM} done N ms"


def test_what_is_running_nowhere_was_not_moved(source: Bench) -> None:
    source.answer("migrate", ': >"$FAKE/over"; echo "error: Broken pipe" >&2; exit 1')
    source.answer("domstate", f'if [ -e "$FAKE/over" ]; then {NOT_FOUND}; else echo running; fi')
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert "still runs" not in ended.reason


def test_a_move_that_has_happened_already_is_done(source: Bench) -> None:
    source.answer("domstate", NOT_FOUND)
    source.state("running", "peer")
    assert source.run("migrate_to").code == DONE
    assert used(source) == []


def test_a_machine_that_does_not_run_here_cannot_be_moved(source: Bench) -> None:
    source.answer("domstate", NOT_FOUND)
    assert source.run("migrate_to").code == FAILED
    assert used(source) == []


def test_a_libvirtd_here_that_hangs_moves_nothing(source: Bench) -> None:
    source.answer("domstate", HANGS)
    source.emulator()
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert "libvirtd on this node does not respond" in ended.reason
    assert used(source) == []


@pytest.mark.parametrize("answer", [GONE, HANGS])
def test_a_destination_whose_libvirtd_does_not_answer_is_not_tried(source: Bench, answer: str) -> None:
    source.answer("domstate", answer, "peer")
    source.answer("uri", answer, "peer")
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert "libvirtd of node2 does not respond at qemu+tcp://node2/system" in ended.reason
    assert used(source) == []


@pytest.mark.parametrize("known", ["", "(null)"])
def test_a_destination_without_addresses_is_refused(source: Bench, known: str) -> None:
    source.attribute("node2", "fcm-addresses", known)
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert "fcm-addresses is: not set" in ended.reason
    assert used(source) == []


def test_options_bandwidth_and_downtime_are_given_to_libvirt(source: Bench) -> None:
    source.set(migrate_options="--unsafe")
    source.settings(fcm_options="--auto-converge  --comp-methods *", fcm_bandwidth="40", fcm_downtime="250")
    source.answer("migrate-setmaxdowntime", ":")
    source.answer("migrate-getspeed", "echo 8796093022207")
    source.answer("migrate-setspeed", ":")
    assert source.run("migrate_to").code == DONE
    assert "--undefinesource --bandwidth 40 --unsafe --auto-converge --comp-methods * --domain" in " ".join(
        source.calls(" migrate ")
    )
    assert source.calls("migrate-setmaxdowntime")[0].endswith(f"--domain {UUID} 250")
    assert not source.calls("migrate-setspeed")


def test_a_bandwidth_is_taken_back_when_the_machine_stays(source: Bench) -> None:
    source.settings(fcm_bandwidth="40")
    source.answer("migrate", ABORTED)
    source.answer("migrate-getspeed", "echo 8796093022207")
    source.answer("migrate-setspeed", ":")
    assert source.run("migrate_to").code == FAILED
    assert source.calls("migrate-setspeed")[0].endswith(f"--domain {UUID} 8796093022207")


@pytest.mark.parametrize("value", ["", "fast", "4;reboot"])
def test_what_is_no_number_limits_nothing(source: Bench, value: str) -> None:
    source.settings(fcm_bandwidth=value, fcm_downtime=value)
    assert source.run("migrate_to").code == DONE
    assert "--bandwidth" not in source.calls(" migrate ")[0]
    assert not source.calls("setmaxdowntime")


def test_an_ipv6_address_is_put_in_brackets(source: Bench) -> None:
    source.attribute("node2", "fcm-addresses", "network-3=fd00::2")
    assert source.run("migrate_to").code == DONE
    assert used(source) == ["[fd00::2]"]
    assert source.calls("probe") == ["probe fd00::2 49152"]


def test_the_uri_of_the_node_attribute_comes_before_the_parameter(source: Bench) -> None:
    source.set(remoteuri="qemu+tls://%n/system")
    source.run("migrate_to")
    assert "--desturi qemu+tcp://node2/system" in source.calls(" migrate ")[-1]
    source.attribute("node2", "fcm-peer-uri", "(null)")
    source.run("migrate_to")
    assert "--desturi qemu+tls://node2/system" in source.calls(" migrate ")[-1]
    source.environment.pop("OCF_RESKEY_remoteuri")
    source.run("migrate_to")
    assert "--desturi qemu+ssh://root@node2/system" in source.calls(" migrate ")[-1]


def test_a_transfer_does_not_outlive_the_operation(source: Bench) -> None:
    source.meta(timeout="1500")
    source.answer("migrate", 'while [ ! -e "$FAKE/aborted" ]; do sleep 0.05; done; ' + BROKEN)
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert used(source) == [LM]
    assert "not finished within the time limit" in ended.reason


def test_a_job_that_a_killed_action_left_is_broken_off_first(source: Bench) -> None:
    source.answer(
        "domjobinfo",
        'if [ -e "$FAKE/aborted" ]; then echo "Job type: 0"; else echo "Job type: 2"; echo "operation: 5"; fi',
    )
    assert source.run("migrate_to").code == DONE
    kinds = [call.split()[3] for call in source.calls("--connect qemu:///system")]
    assert kinds.index("domjobabort") < kinds.index("migrate")


def test_an_agent_that_is_told_to_end_breaks_the_transfer_off(source: Bench) -> None:
    source.answer("migrate", 'kill -TERM $PPID; while [ ! -e "$FAKE/aborted" ]; do sleep 0.05; done; ' + ABORTED)
    ended = source.run("migrate_to")
    assert ended.code == FAILED
    assert without_times(source)[-1] == f"network-3 {LM} failed N ms the agent was ended"


def test_attempts_of_an_earlier_move_are_forgotten(source: Bench) -> None:
    (source.folder / "private" / "fcm-move-web").write_text("network-3 10.92.0.3 done 5 ms", encoding="utf-8")
    source.answer("domstate", NOT_FOUND)
    source.run("migrate_to")
    assert source.told() == []


def test_without_a_destination_nothing_is_done(source: Bench) -> None:
    source.meta(migrate_target="")
    assert source.run("migrate_to").code == 6
    assert used(source) == []
