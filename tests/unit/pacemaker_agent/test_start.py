"""A start of the agent: one copy at most, from the definition on the shared storage and no other."""

from __future__ import annotations

import pytest

from tests.unit.pacemaker_agent.bench import GONE, HANGS, NOT_FOUND, OTHER, UUID, Bench, definition

DONE, FAILED, NOT_HERE, NOWHERE = 0, 1, 5, 6
"""Success; an error; an error of this node; an error everywhere."""


@pytest.fixture
def ready(bench: Bench) -> Bench:
    """A node on which the machine can be started; it does not run anywhere."""
    bench.answer("domstate", f'if [ -e "$FAKE/created" ]; then echo running; else {NOT_FOUND}; fi')
    bench.answer("create", 'cp "$2" "$FAKE/created"')
    bench.answer("list", ":")
    bench.answer("undefine", ":")
    bench.answer("domstate", NOT_FOUND, "peer")
    return bench


def created(bench: Bench) -> bool:
    """Whether libvirt was asked to make it."""
    return bool(bench.calls(" create "))


def test_a_start_makes_the_machine_of_the_stored_definition(ready: Bench) -> None:
    assert ready.run("start").code == DONE
    assert (ready.folder / "created").read_text(encoding="utf-8") == definition()
    assert not list((ready.folder / "temp").glob("*.creating"))


@pytest.mark.parametrize("word", ["running", "paused"])
def test_a_machine_that_already_runs_here_is_not_started_again(ready: Bench, word: str) -> None:
    ready.state(word)
    ready.answer("domjobinfo", "echo 'Job type: 0'")
    assert ready.run("start").code == DONE
    assert not created(ready)


@pytest.mark.parametrize("answer", [NOT_FOUND, GONE, HANGS])
def test_a_machine_whose_qemu_runs_here_unknown_to_libvirt_is_not_started_again(ready: Bench, answer: str) -> None:
    ready.answer("domstate", answer)
    ready.meta(timeout="600")
    ready.emulator()
    assert ready.run("start").code == DONE
    assert not created(ready)


def test_a_machine_that_is_arriving_is_not_started(ready: Bench) -> None:
    ready.state("paused")
    ready.answer("domjobinfo", 'echo "Job type: 2"; echo "operation: 4"')
    ended = ready.run("start")
    assert ended.code == FAILED
    assert "arriving" in ended.reason
    assert not created(ready)


def test_a_crashed_machine_is_not_started_beside_its_own_rest(ready: Bench) -> None:
    ready.state("crashed")
    ready.emulator()
    assert ready.run("start").code == FAILED
    assert not created(ready)


@pytest.mark.parametrize("word", ["running", "paused", "in shutdown"])
def test_a_machine_that_runs_on_another_node_is_not_started(ready: Bench, word: str) -> None:
    ready.attribute("node3", "fcm-peer-uri", "qemu+tcp://node3/system")
    ready.answer("domstate", f'case $uri in *node3*) echo "{word}" ;; *) {NOT_FOUND} ;; esac', "peer")
    virsh = ready.folder / "bin" / "virsh"
    virsh.write_text(virsh.read_text(encoding="utf-8").replace("case $2 in", "uri=$2; case $2 in"), encoding="utf-8")
    ended = ready.run("start")
    assert ended.code == FAILED
    assert "running on node3" in ended.reason
    assert not created(ready)


@pytest.mark.parametrize("answer", ["echo 'shut off'", "echo crashed", HANGS, GONE])
def test_other_nodes_where_it_is_off_or_that_do_not_answer_do_not_stop_a_start(ready: Bench, answer: str) -> None:
    ready.answer("domstate", answer, "peer")
    assert ready.run("start").code == DONE
    assert created(ready)


def test_only_the_other_members_of_the_cluster_are_asked(ready: Bench) -> None:
    ready.attribute("node2", "fcm-peer-uri", "qemu+tcp://node2/system")
    ready.set(remoteuri="qemu+ssh://admin@%n/system?a=%n")
    ready.run("start")
    asked = {call.split()[2] for call in ready.calls("domstate") if "qemu:///system" not in call}
    assert asked == {"qemu+tcp://node2/system", "qemu+ssh://admin@node3/system?a=node3"}


@pytest.mark.parametrize("answer", [GONE, HANGS])
def test_a_libvirtd_that_does_not_answer_is_waited_for_and_then_the_start_fails(ready: Bench, answer: str) -> None:
    ready.answer("domstate", answer)
    ready.meta(timeout="6000")
    ended = ready.run("start")
    assert ended.code == FAILED
    assert "does not respond" in ended.reason
    assert len(ready.calls("domstate")) >= 2
    assert not created(ready)


def test_a_libvirtd_that_comes_up_late_starts_the_machine(ready: Bench) -> None:
    ready.answer(
        "domstate",
        f'if [ -e "$FAKE/created" ]; then echo running; elif [ -e "$FAKE/asked" ]; then {NOT_FOUND}; '
        f'else : >"$FAKE/asked"; {GONE}; fi',
    )
    assert ready.run("start").code == DONE
    assert created(ready)


def test_a_definition_that_cannot_be_read_sends_the_machine_to_another_node(ready: Bench) -> None:
    ready.config.unlink()
    ended = ready.run("start")
    assert ended.code == NOT_HERE
    assert str(ready.config) in ended.reason
    assert not created(ready)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (definition(uuid=""), "has no uuid"),
        (definition(uuid=OTHER), OTHER),
        (definition(name="db"), "named db instead of web"),
    ],
)
def test_a_definition_of_another_machine_is_not_started_anywhere(ready: Bench, text: str, said: str) -> None:
    ready.config.write_text(text, encoding="utf-8")
    ended = ready.run("start")
    assert ended.code == NOWHERE
    assert said in ended.reason
    assert not created(ready)


def test_a_definition_without_a_uuid_is_refused_even_if_none_is_expected(ready: Bench) -> None:
    ready.meta(fcm_uuid="")
    ready.config.write_text(definition(uuid=""), encoding="utf-8")
    assert ready.run("start").code == NOWHERE
    assert not created(ready)


@pytest.mark.parametrize("name", ["my machine", "R&D <1>", 'say "hi"', "größe", "it's", "-x"])
def test_strange_names_are_read_from_the_definition(ready: Bench, name: str) -> None:
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    ready.config.write_text(definition(name=escaped), encoding="utf-8")
    ready.set(name=name)
    assert ready.run("start").code == DONE


def test_a_left_over_definition_with_another_uuid_is_neither_started_nor_removed(ready: Bench) -> None:
    ready.answer("list", f"echo '{OTHER} web'; echo '22222222-2222-4333-8444-555555555555 web2'")
    ended = ready.run("start")
    assert ended.code == NOT_HERE
    assert OTHER in ended.reason
    assert not created(ready)
    assert not ready.calls("undefine")


def test_a_left_over_definition_of_the_machine_itself_is_removed_first(ready: Bench) -> None:
    ready.answer("list", f"echo '{OTHER} web2'; echo '{UUID}   web'")
    assert ready.run("start").code == DONE
    assert [call.split()[3:] for call in ready.calls("undefine")] == [["undefine", "--domain", UUID, "--keep-nvram"]]


def test_a_definition_that_cannot_be_removed_does_not_stop_the_start(ready: Bench) -> None:
    ready.answer("list", f"echo '{UUID} web'")
    ready.answer("undefine", 'echo "error: snapshots exist" >&2; exit 1')
    assert ready.run("start").code == DONE
    assert created(ready)


def test_what_libvirt_refuses_is_said(ready: Bench) -> None:
    ready.answer("create", 'echo "error: Failed to create domain from web.xml\nerror: no memory; none" >&2; exit 1')
    ended = ready.run("start")
    assert ended.code == FAILED
    assert ended.reason == "web could not be started: Failed to create domain from web.xml no memory, none"
    assert not list((ready.folder / "temp").glob("*.creating"))


def test_a_machine_that_ends_at_once_was_not_started(ready: Bench) -> None:
    ready.answer("domstate", NOT_FOUND)
    ended = ready.run("start")
    assert ended.code == FAILED
    assert "ended at once" in ended.reason


def test_a_start_that_is_killed_leaves_a_mark_for_the_stop(ready: Bench) -> None:
    ready.answer("create", "kill -9 $PPID")
    assert ready.run("start").code == -9
    assert (ready.folder / "temp" / "fcm-web.creating").exists()


def test_under_systemd_the_machines_are_stopped_before_libvirtd_at_the_shutdown_of_the_node(ready: Bench) -> None:
    (ready.proc / "1").mkdir()
    (ready.proc / "1" / "comm").write_text("systemd\n", encoding="utf-8")
    ready.environment["FCM_UNITS"] = str(ready.folder / "units")
    assert ready.run("start").code == DONE
    text = (ready.folder / "units" / "99-fcm-libvirt.conf").read_text(encoding="utf-8")
    assert "After=libvirtd.service virtqemud.service" in text
    assert ready.calls("systemctl daemon-reload")
    assert ready.run("start").code == DONE
    assert len(ready.calls("systemctl daemon-reload")) == 1


def test_without_systemd_no_unit_is_written(ready: Bench) -> None:
    ready.environment["FCM_UNITS"] = str(ready.folder / "units")
    assert ready.run("start").code == DONE
    assert not (ready.folder / "units").exists()


def test_a_start_without_a_definition_is_a_mistake_of_the_configuration(ready: Bench) -> None:
    ready.set(config="")
    assert ready.run("start").code == NOWHERE


def test_the_uuid_of_a_started_machine_is_remembered(ready: Bench) -> None:
    ready.meta(fcm_uuid="")
    ready.run("start")
    assert (ready.folder / "temp" / "fcm-web.uuid").read_text(encoding="utf-8").strip() == UUID


def test_the_definition_counts_more_than_what_was_remembered(ready: Bench) -> None:
    ready.meta(fcm_uuid="")
    (ready.folder / "temp" / "fcm-web.uuid").write_text(OTHER + "\n", encoding="utf-8")
    assert ready.run("start").code == DONE
    assert (ready.folder / "temp" / "fcm-web.uuid").read_text(encoding="utf-8").strip() == UUID


def test_the_node_itself_is_not_asked_as_if_it_were_another(ready: Bench) -> None:
    ready.meta(on_node="")
    ready.run("start")
    assert not [call for call in ready.calls("domstate") if "root@node1/" in call]
