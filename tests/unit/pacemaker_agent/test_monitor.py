"""What the agent says of a machine: never that a running one is stopped, never that a half copy runs."""

from __future__ import annotations

import pytest

from tests.unit.pacemaker_agent.bench import FREE, GONE, HANGS, NOT_FOUND, NOT_FOUND_LONG, OTHER, UUID, Bench

RUNS, STOPPED, FAILED, DEGRADED = 0, 7, 1, 190

LOST = 'echo "error: failed to get domain\nerror: Cannot recv data: Connection reset by peer" >&2; exit 1'


@pytest.mark.parametrize("word", ["running", "idle", "blocked", "in shutdown", "pmsuspended", "paused"])
def test_what_libvirt_calls_active_runs(bench: Bench, word: str) -> None:
    bench.state(word)
    bench.answer("domjobinfo", "echo 'Job type: 0'")
    assert bench.monitor().code == RUNS
    assert bench.probe().code == RUNS


@pytest.mark.parametrize("word", ["shut off", "crashed"])
def test_what_libvirt_calls_off_is_stopped_if_no_qemu_of_it_is_left(bench: Bench, word: str) -> None:
    bench.state(word)
    assert bench.monitor().code == STOPPED
    assert bench.probe().code == STOPPED


@pytest.mark.parametrize("answer", [NOT_FOUND, NOT_FOUND_LONG, GONE, HANGS, LOST])
def test_without_a_domain_and_without_a_qemu_it_is_stopped(bench: Bench, answer: str) -> None:
    bench.answer("domstate", answer)
    assert bench.monitor().code == STOPPED
    assert bench.probe().code == STOPPED


@pytest.mark.parametrize("answer", [GONE, HANGS, LOST, "echo 'no state'"])
def test_a_libvirtd_that_does_not_answer_leaves_the_machine_running_degraded(bench: Bench, answer: str) -> None:
    bench.answer("domstate", answer)
    bench.emulator()
    seen = bench.monitor()
    assert seen.code == DEGRADED
    assert "does not respond" in seen.reason
    assert bench.probe().code == RUNS


@pytest.mark.parametrize("answer", [NOT_FOUND, NOT_FOUND_LONG, "echo 'shut off'"])
def test_a_qemu_that_libvirt_has_lost_still_runs(bench: Bench, answer: str) -> None:
    bench.answer("domstate", answer)
    bench.emulator()
    seen = bench.monitor()
    assert seen.code == DEGRADED
    assert "does not know it" in seen.reason
    assert bench.probe().code == RUNS


def test_a_qemu_that_is_just_ending_is_no_lost_machine(bench: Bench) -> None:
    bench.emulator()
    bench.answer("domstate", f'[ -e "$FAKE/asked" ] && rm -rf "$FCM_PROC/{FREE + 41}"; : >"$FAKE/asked"; {NOT_FOUND}')
    assert bench.monitor().code == STOPPED


def test_the_half_copy_at_the_destination_of_a_live_migration_does_not_run(bench: Bench) -> None:
    bench.state("paused")
    bench.answer(
        "domjobinfo",
        'echo "error: Requested operation is not valid: migration statistics are available only on the source host" '
        ">&2; exit 1",
    )
    bench.emulator()
    assert bench.probe().code == STOPPED
    assert bench.monitor().code == STOPPED


def test_the_blackout_at_the_source_of_a_live_migration_is_no_stop(bench: Bench) -> None:
    bench.state("paused")
    bench.answer("domjobinfo", 'echo "Job type: 2"; echo "operation: 5"')
    assert bench.monitor().code == RUNS


def test_a_crashed_guest_whose_qemu_is_kept_has_failed(bench: Bench) -> None:
    bench.state("crashed")
    bench.emulator()
    seen = bench.monitor()
    assert seen.code == FAILED
    assert "crashed" in seen.reason


def test_lost_storage_degrades_a_running_machine_and_does_not_stop_it(bench: Bench) -> None:
    bench.state("running")
    bench.config.unlink()
    seen = bench.monitor()
    assert seen.code == DEGRADED
    assert str(bench.config) in seen.reason
    assert bench.probe().code == RUNS


def test_storage_that_does_not_answer_is_waited_for_within_a_limit_and_by_one_reader_only(bench: Bench) -> None:
    bench.state("running")
    bench.config.unlink()
    cat = bench.folder / "bin" / "cat"
    cat.write_text(
        '#!/bin/sh\nif [ "$2" = "$OCF_RESKEY_config" ]; then echo read >>"$FAKE/calls"; exec sleep 600; fi\n'
        'exec /bin/cat "$@"\n',
        encoding="utf-8",
    )
    cat.chmod(0o755)
    seen = bench.run("monitor", {"OCF_RESKEY_CRM_meta_interval": "10000", "FCM_READ": "0.2"})
    assert seen.code == DEGRADED
    (bench.folder / "temp" / "fcm-web.reader").write_text(f"{FREE + 77}\n", encoding="utf-8")
    bench.process(77, "cat")
    (bench.proc / str(FREE + 77) / "comm").write_text("cat\n", encoding="utf-8")
    assert bench.run("monitor", {"OCF_RESKEY_CRM_meta_interval": "10000", "FCM_READ": "0.2"}).code == DEGRADED
    assert len(bench.calls("read")) == 1


def test_a_libvirtd_that_hangs_is_given_up_after_the_limit(bench: Bench) -> None:
    bench.answer("domstate", "exec sleep 600")
    bench.emulator()
    assert bench.run("monitor", {"FCM_ANSWER": "0.3", "OCF_RESKEY_CRM_meta_interval": "10000"}).code == DEGRADED


@pytest.mark.parametrize(
    ("machine", "other"),
    [
        ("vm1", "vm10"),
        ("vm1", "vm1,x"),
        ("vm1", "my vm1"),
        ("a.b", "axb"),
        ("my machine", "my"),
        ("größe", "größer"),
        ("w*b", "web"),
        ("[ab]", "a"),
        ("a,b", "a"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_qemu_is_found_by_its_exact_name_or_uuid(bench: Bench, machine: str, other: str, known: bool) -> None:
    bench.answer("domstate", HANGS)
    bench.set(name=machine)
    bench.config.unlink()
    if not known:
        bench.meta(fcm_uuid="")
    bench.emulator(other, OTHER, pid=51)
    assert bench.monitor().code == STOPPED
    bench.emulator(machine, UUID, pid=52)
    assert bench.monitor().code == DEGRADED


def test_a_machine_of_the_same_name_with_another_uuid_is_another_one(bench: Bench) -> None:
    bench.answer("domstate", HANGS)
    bench.emulator("web", OTHER)
    assert bench.monitor().code == STOPPED


def test_a_renamed_machine_is_known_by_its_uuid(bench: Bench) -> None:
    bench.answer("domstate", HANGS)
    bench.emulator("web-before", UUID)
    assert bench.monitor().code == DEGRADED


def test_a_qemu_of_a_node_inside_this_one_is_not_counted(bench: Bench) -> None:
    bench.answer("domstate", HANGS)
    bench.emulator(namespace="pid:[2]")
    assert bench.monitor().code == STOPPED


def test_a_program_that_only_mentions_the_machine_is_not_its_qemu(bench: Bench) -> None:
    bench.answer("domstate", HANGS)
    bench.process(60, "grep", "-name", "guest=web,debug-threads=on", "-uuid", UUID)
    bench.process(61, "/usr/bin/qemu-system-x86_64", "-name", "guest=db", "-append", "guest=web", "-uuid", OTHER)
    assert bench.monitor().code == STOPPED


def test_libvirt_is_asked_by_the_uuid_so_that_a_name_like_a_number_is_no_id(bench: Bench) -> None:
    bench.set(name="7")
    bench.state("running")
    bench.monitor()
    assert bench.calls("domstate") == [f"--quiet --connect qemu:///system domstate --domain {UUID}"]


def test_the_uuid_of_the_definition_is_remembered_for_when_the_storage_is_lost(bench: Bench) -> None:
    bench.meta(fcm_uuid="")
    bench.state("running")
    assert bench.monitor().code == RUNS
    bench.config.unlink()
    assert bench.monitor().code == DEGRADED
    assert bench.calls("domstate")[-1].endswith(f"--domain {UUID}")
