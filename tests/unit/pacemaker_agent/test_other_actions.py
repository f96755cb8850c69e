"""The arrival of a live migration, reload, validation, and what is no action."""

from __future__ import annotations

import pytest

from tests.unit.pacemaker_agent.bench import HANGS, NOT_FOUND, UUID, Bench, definition

DONE, FAILED, UNKNOWN, NOT_HERE, NOWHERE = 0, 1, 3, 5, 6


def test_a_machine_has_arrived_when_it_runs(bench: Bench) -> None:
    bench.state("running")
    assert bench.run("migrate_from").code == DONE
    assert (bench.folder / "temp" / "fcm-web.uuid").read_text(encoding="utf-8").strip() == UUID


def test_an_arrival_is_waited_for(bench: Bench) -> None:
    bench.answer("domstate", f'if [ -e "$FAKE/asked" ]; then echo running; else : >"$FAKE/asked"; {NOT_FOUND}; fi')
    assert bench.run("migrate_from").code == DONE


def test_a_half_copy_has_not_arrived(bench: Bench) -> None:
    bench.state("paused")
    bench.answer("domjobinfo", 'echo "Job type: 2"; echo "operation: 4"')
    bench.meta(timeout="600")
    ended = bench.run("migrate_from")
    assert ended.code == FAILED
    assert "did not arrive" in ended.reason


def test_what_does_not_arrive_within_the_time_limit_has_failed(bench: Bench) -> None:
    bench.answer("domstate", NOT_FOUND)
    bench.meta(timeout="600")
    assert bench.run("migrate_from").code == FAILED


def test_a_machine_whose_qemu_runs_here_has_arrived_even_if_libvirtd_hangs_then(bench: Bench) -> None:
    bench.answer("domstate", HANGS)
    bench.emulator()
    bench.meta(timeout="600")
    assert bench.run("migrate_from").code == DONE


def test_a_reload_changes_nothing(bench: Bench) -> None:
    assert bench.run("reload-agent").code == DONE
    assert bench.calls() == []


def test_parameters_that_make_sense_are_valid(bench: Bench) -> None:
    assert bench.run("validate-all").code == DONE
    assert bench.run("validate-all", {"OCF_CHECK_LEVEL": "10"}).code == DONE


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("config", "", "config is missing"),
        ("config", "web.xml", "full path"),
        ("hypervisor", "xen:///system", "URI of QEMU"),
        ("CRM_meta_fcm_uuid", "web", "no uuid"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_everywhere(bench: Bench, name: str, value: str, said: str) -> None:
    bench.set(**{name: value})
    ended = bench.run("validate-all")
    assert ended.code == NOWHERE
    assert said in ended.reason


def test_a_thorough_validation_reads_the_definition(bench: Bench) -> None:
    level = {"OCF_CHECK_LEVEL": "10"}
    bench.config.write_text(definition(uuid=""), encoding="utf-8")
    assert bench.run("validate-all", level).code == NOWHERE
    assert bench.run("validate-all").code == DONE
    bench.config.unlink()
    assert bench.run("validate-all", level).code == NOT_HERE


def test_a_node_without_virsh_cannot_run_machines(bench: Bench) -> None:
    (bench.folder / "bin" / "virsh").unlink()
    lean = bench.folder / "lean"
    lean.mkdir()
    for program in ("sh", "awk", "tr", "date", "timeout"):
        (lean / program).symlink_to(f"/usr/bin/{program}")
    ended = bench.run("validate-all", {"PATH": f"{lean}:{bench.folder / 'bin'}"})
    assert ended.code == NOT_HERE
    assert "virsh is not installed" in ended.reason


def test_what_happened_goes_to_the_log_that_pacemaker_names(bench: Bench) -> None:
    log = bench.folder / "pacemaker.log"
    log.touch()
    bench.set(config="")
    bench.run("validate-all", {"HA_LOGFILE": str(log)})
    assert "VirtualMachine(web)[" in log.read_text(encoding="utf-8")
    assert "config is missing" in log.read_text(encoding="utf-8")


def test_an_unknown_action_is_refused(bench: Bench) -> None:
    ended = bench.run("promote")
    assert ended.code == UNKNOWN
    assert ended.reason == "promote is no action of this agent"
