"""A stop of the agent: the guest shuts down; then libvirt turns it off; then its QEMU is ended without libvirt."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.unit.pacemaker_agent.bench import FREE, GONE, HANGS, NOT_FOUND, UUID, Bench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DONE, FAILED = 0, 1
GRACE = {"FCM_GRACE": "0.3"}
Emulator = subprocess.Popen[bytes]


@pytest.fixture
def real(bench: Bench) -> Iterator[Callable[..., Emulator]]:
    """Starts a process that looks as a QEMU does and is found in the real /proc."""
    started = []
    bench.environment["FCM_PROC"] = "/proc"

    def start(how: str = "", uuid: str = UUID) -> Emulator:
        script = f"{how} echo up; read -r line"
        process = subprocess.Popen(
            ["qemu-system-x86_64", "-c", script, "x", "-name", "guest=web,debug-threads=on", "-uuid", uuid],
            executable="/bin/sh",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def steps(bench: Bench) -> list[str]:
    """What virsh was asked to change, in order."""
    words = [call.split()[3] for call in bench.calls("--connect")]
    return [word for word in words if word not in ("domstate", "domjobinfo")]


@pytest.mark.parametrize("answer", [NOT_FOUND, "echo 'shut off'", "echo crashed"])
def test_what_does_not_run_is_stopped(bench: Bench, answer: str) -> None:
    bench.answer("domstate", answer)
    assert bench.run("stop").code == DONE
    assert steps(bench) == []


@pytest.mark.parametrize("answer", [GONE, HANGS])
def test_without_libvirtd_what_has_no_qemu_is_stopped_at_once(bench: Bench, answer: str) -> None:
    bench.answer("domstate", answer)
    assert bench.run("stop").code == DONE
    assert len(bench.calls("domstate")) == 1


def test_the_guest_is_asked_to_shut_down_and_waited_for(bench: Bench) -> None:
    bench.answer("domstate", f'if [ -e "$FAKE/asked" ]; then {NOT_FOUND}; else echo running; fi')
    bench.answer("shutdown", ': >"$FAKE/asked"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["shutdown"]


def test_a_guest_that_ignores_it_is_turned_off_before_the_time_limit(bench: Bench) -> None:
    bench.answer("domstate", f'if [ -e "$FAKE/off" ]; then {NOT_FOUND}; else echo running; fi')
    bench.answer("shutdown", ":")
    bench.answer("destroy", ': >"$FAKE/off"')
    bench.meta(timeout="3000")
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["shutdown", "destroy"]


def test_turning_off_does_not_ask_the_guest(bench: Bench) -> None:
    bench.set(force_stop="true")
    bench.answer("domstate", f'if [ -e "$FAKE/off" ]; then {NOT_FOUND}; else echo running; fi')
    bench.answer("destroy", ': >"$FAKE/off"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["destroy"]


def test_a_paused_guest_is_resumed_so_that_it_can_shut_down(bench: Bench) -> None:
    bench.answer("domstate", f'if [ -e "$FAKE/asked" ]; then {NOT_FOUND}; else echo paused; fi')
    bench.answer("domjobinfo", "echo 'Job type: 0'")
    bench.answer("resume", ":")
    bench.answer("shutdown", ': >"$FAKE/asked"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["resume", "shutdown"]


def test_the_half_copy_of_a_live_migration_is_ended_not_shut_down(bench: Bench) -> None:
    bench.answer("domstate", f'if [ -e "$FAKE/off" ]; then {NOT_FOUND}; else echo paused; fi')
    bench.answer("domjobinfo", 'echo "Job type: 2"; echo "operation: 4"')
    bench.answer("destroy", ': >"$FAKE/off"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["destroy"]


def test_a_live_migration_that_was_left_is_broken_off_before_the_guest_shuts_down(bench: Bench) -> None:
    bench.answer("domstate", f'if [ -e "$FAKE/asked" ]; then {NOT_FOUND}; else echo running; fi')
    bench.answer("domjobinfo", 'echo "Job type: 2"; echo "operation: 5"')
    bench.answer("domjobabort", ":")
    bench.answer("shutdown", ': >"$FAKE/asked"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["domjobabort", "shutdown"]


def test_a_crashed_guest_that_is_kept_is_removed(bench: Bench) -> None:
    bench.emulator()
    bench.answer("domstate", f'if [ -e "$FAKE/off" ]; then {NOT_FOUND}; else echo crashed; fi')
    bench.answer("destroy", f': >"$FAKE/off"; rm -rf "$FCM_PROC/{FREE + 41}"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["destroy"]


def test_a_stop_does_not_need_the_definition(bench: Bench) -> None:
    bench.config.unlink()
    bench.answer("domstate", f'if [ -e "$FAKE/asked" ]; then {NOT_FOUND}; else echo running; fi')
    bench.answer("shutdown", ': >"$FAKE/asked"')
    assert bench.run("stop").code == DONE


@pytest.mark.parametrize("answer", [HANGS, GONE, NOT_FOUND])
def test_without_libvirt_the_qemu_gets_term(bench: Bench, real: Callable[..., Emulator], answer: str) -> None:
    emulator = real()
    bench.answer("domstate", answer)
    bench.meta(timeout="400")
    assert bench.run("stop", {"FCM_GRACE": "30"}).code == DONE
    assert emulator.wait() == -signal.SIGTERM


def test_a_qemu_that_ignores_term_is_killed(bench: Bench, real: Callable[..., Emulator]) -> None:
    emulator = real("trap '' TERM;")
    bench.answer("domstate", HANGS)
    bench.meta(timeout="400")
    assert bench.run("stop", {"FCM_GRACE": "2"}).code == DONE
    assert emulator.wait() == -signal.SIGKILL


def test_a_machine_that_libvirt_cannot_turn_off_is_ended_without_it(
    bench: Bench, real: Callable[..., Emulator]
) -> None:
    emulator = real()
    bench.set(force_stop="1")
    bench.state("running")
    bench.answer("destroy", HANGS)
    assert bench.run("stop").code == DONE
    assert emulator.wait() == -signal.SIGTERM


def test_a_libvirtd_that_answers_again_stops_the_machine_in_order(bench: Bench) -> None:
    bench.emulator()
    bench.answer(
        "domstate",
        f'if [ -e "$FAKE/off" ]; then {NOT_FOUND}; elif [ -e "$FAKE/asked" ]; then echo running; '
        f'else : >"$FAKE/asked"; {GONE}; fi',
    )
    bench.answer("shutdown", f': >"$FAKE/off"; rm -rf "$FCM_PROC/{FREE + 41}"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["shutdown"]


def test_another_machine_is_never_ended(bench: Bench, real: Callable[..., Emulator]) -> None:
    other = real(uuid="11111111-2222-4333-8444-555555555555")
    bench.answer("domstate", HANGS)
    bench.meta(timeout="400")
    assert bench.run("stop", GRACE).code == DONE
    assert other.poll() is None


def test_a_qemu_that_outlives_kill_fails_the_stop_so_that_the_node_is_fenced(bench: Bench) -> None:
    bench.emulator()  # not a real one: nothing ends it
    bench.answer("domstate", HANGS)
    bench.meta(timeout="400")
    begun = time.monotonic()
    ended = bench.run("stop", GRACE)
    assert time.monotonic() - begun > 2 * 0.3
    assert ended.code == FAILED
    assert "outlived KILL" in ended.reason


def test_a_hung_libvirtd_that_was_asked_to_start_it_fails_the_stop(bench: Bench) -> None:
    (bench.folder / "temp" / "fcm-web.creating").touch()
    bench.answer("domstate", HANGS)
    bench.meta(timeout="400")
    ended = bench.run("stop", GRACE)
    assert ended.code == FAILED
    assert "may still do it" in ended.reason


def test_a_start_that_was_killed_with_its_libvirtd_can_no_longer_happen(bench: Bench) -> None:
    mark = bench.folder / "temp" / "fcm-web.creating"
    mark.touch()
    bench.answer("domstate", GONE)
    bench.meta(timeout="400")
    assert bench.run("stop", GRACE).code == DONE
    assert not mark.exists()


def test_a_start_that_was_killed_and_goes_on_in_libvirtd_is_stopped_too(bench: Bench) -> None:
    (bench.folder / "temp" / "fcm-web.creating").touch()
    bench.answer(
        "domstate",
        f'if [ -e "$FAKE/off" ] || [ ! -e "$FAKE/asked" ]; then : >"$FAKE/asked"; {NOT_FOUND}; else echo running; fi',
    )
    bench.answer("shutdown", ': >"$FAKE/off"')
    assert bench.run("stop").code == DONE
    assert steps(bench) == ["shutdown"]


def test_a_libvirtd_that_hung_for_a_moment_only_has_answered_for_the_start_that_was_killed(bench: Bench) -> None:
    mark = bench.folder / "temp" / "fcm-web.creating"
    mark.touch()
    bench.answer("domstate", f'if [ -e "$FAKE/asked" ]; then {NOT_FOUND}; fi; : >"$FAKE/asked"; {HANGS}')
    assert bench.run("stop").code == DONE
    assert not mark.exists()


def test_a_qemu_that_needs_a_moment_to_end_is_not_killed(bench: Bench, real: Callable[..., Emulator]) -> None:
    emulator = real("trap 'sleep 0.5; exit 3' TERM;")
    bench.answer("domstate", HANGS)
    bench.meta(timeout="400")
    assert bench.run("stop", {"FCM_GRACE": "30"}).code == DONE
    assert emulator.wait() == 3
