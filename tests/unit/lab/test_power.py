"""The power switch of the lab and its fence agent."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from fcm import resources
from fcm.lab import power
from fcm.lab.plan import LabError, LabFolders, make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fcm.lab.plan import LabNode

_AGENT = resources.path("lab", "fence_fcm_lab")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabFolders:
    monkeypatch.setattr(LabFolders, "state", property(lambda _: tmp_path))
    (tmp_path / "power").mkdir()
    return LabFolders()


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the nodes that have power, in place of processes."""
    running = {"node1", "node2"}

    def cut(node: LabNode, _: LabFolders) -> bool:
        was = node.name in running
        running.discard(node.name)
        return was

    monkeypatch.setattr(power, "cut_power", cut)
    monkeypatch.setattr(power, "is_running", lambda node, _: node.name in running)
    monkeypatch.setattr(power, "start_node", lambda node, _plan, _folders: running.add(node.name))
    return running


@pytest.fixture
def switch(folders: LabFolders, on: set[str]) -> power.PowerSwitch:
    return power.PowerSwitch(make_plan(2, failover=True), folders)


def test_the_switch_turns_nodes_off_and_on_and_tells_their_state(switch: power.PowerSwitch, on: set[str]) -> None:
    assert switch.answer("list") == "ok node1 node2"
    assert switch.answer("off node2") == "ok"
    assert on == {"node1"}
    assert (switch.answer("status node1"), switch.answer("status node2")) == ("ok on", "ok off")
    assert switch.answer("on node2") == "ok"
    assert on == {"node1", "node2"}


def test_turning_off_what_is_off_succeeds_since_a_fencing_wants_it_off(
    switch: power.PowerSwitch, folders: LabFolders
) -> None:
    assert switch.answer("off node2", "10.90.0.1") == "ok"
    assert switch.answer("off node2", "10.90.0.1") == "ok"
    told = [line.partition(" ")[2] for line in folders.power_log.read_text().splitlines()]
    assert told == ["node2 off, asked by 10.90.0.1", "node2 was already off, asked by 10.90.0.1"]


def test_a_switch_that_does_not_answer_for_a_node_answers_this_program_and_about_other_nodes(
    switch: power.PowerSwitch, folders: LabFolders, on: set[str]
) -> None:
    folders.no_answer(make_plan(2).node("node2")).touch()

    assert switch.answer("off node2", "10.90.0.1") is None
    assert switch.answer("status node2", "10.90.0.1") is None
    assert on == {"node1", "node2"}
    assert switch.answer("status node1", "10.90.0.1") == "ok on"
    assert switch.answer("off node2") == "ok"
    assert on == {"node1"}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "error There is no question ''."),
        ("explode node1", "error There is no question 'explode'."),
        ("off", "error There is no node ''."),
        ("off node9", "error There is no node 'node9'."),
    ],
)
def test_a_wrong_question_is_refused_with_the_reason(switch: power.PowerSwitch, question: str, said: str) -> None:
    assert switch.answer(question) == said


def test_a_node_whose_processes_do_not_end_is_not_told_as_off(
    switch: power.PowerSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(_node: LabNode, _folders: LabFolders) -> bool:
        raise LabError("Processes 7 of fcm-node1 could not be stopped.")

    monkeypatch.setattr(power, "cut_power", stuck)

    assert switch.answer("off node1") == "error Processes 7 of fcm-node1 could not be stopped."


def test_without_a_switch_the_question_says_how_to_repair_it(folders: LabFolders) -> None:
    with pytest.raises(LabError, match=r"does not respond: No such file or directory\. Repair it: fcm lab up"):
        power.ask_switch("list", folders)


# the fence agent


@contextmanager
def _listening(answers: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    """A switch on a port of this computer that knows *answers*; what it was asked."""
    asked: list[str] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            while True:
                line, _ = listener.accept()
                with line, line.makefile("r") as questions:
                    question = questions.readline().strip()
                    if question == "end":
                        return
                    asked.append(question)
                    if question in answers:
                        line.sendall(f"{answers[question]}\n".encode())
                    else:
                        line.recv(1)  # until the agent gives up

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield port, asked
        finally:
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(b"end\n")
            thread.join()


def _fence(options: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", str(_AGENT), *words], input=options, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("options", "question", "answer", "code"),
    [
        ("action=off\nplug=node2\n", "off node2", "ok", 0),
        ("action=off\nnodename=node2\n", "off node2", "ok", 0),
        ("plug=node2\n", "reboot node2", "ok", 0),
        ("action=on\nport=node2\nunknown=1\n", "on node2", "ok", 0),
        ("action=status\nplug=node2\n", "status node2", "ok on", 0),
        ("action=status\nplug=node2\n", "status node2", "ok off", 2),
        ("action=off\nplug=node2\n", "off node2", "error no", 1),
        ("action=monitor\n", "list", "ok node1 node2", 0),
    ],
)
def test_the_fence_agent_asks_the_switch_and_ends_with_the_code_that_fencing_expects(
    options: str, question: str, answer: str, code: int
) -> None:
    with _listening({question: answer}) as (port, asked):
        done = _fence(f"{options}ip=127.0.0.1\nipport={port}\n")

    assert (done.returncode, asked) == (code, [question])


def test_the_fence_agent_lists_the_nodes_as_fencing_reads_them() -> None:
    with _listening({"list": "ok node1 node2", "status node1": "ok on", "status node2": "ok off"}) as (port, _):
        names = _fence("", "-o", "list", "-a", "127.0.0.1", "-u", str(port))
        states = _fence("", "--action=list-status", "--ip=127.0.0.1", f"--ipport={port}")

    assert names.stdout.splitlines() == ["node1,", "node2,"]
    assert states.stdout.splitlines() == ["node1,,on", "node2,,off"]


def test_a_switch_that_keeps_silent_is_a_failed_fencing_with_the_reason() -> None:
    with _listening({}) as (port, _):
        done = _fence(f"action=off\nplug=node2\nip=127.0.0.1\nipport={port}\npower_timeout=1s\n")

    assert done.returncode == 1
    assert "the power switch did not answer 'off node2' within 1 s" in done.stderr


def test_a_switch_that_is_not_there_is_a_failed_fencing_with_the_reason() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        done = _fence(f"action=monitor\nip=127.0.0.1\nipport={taken.getsockname()[1]}\n")

    assert done.returncode == 1
    assert "does not accept connections" in done.stderr


def test_the_metadata_of_the_fence_agent_names_its_options_and_actions() -> None:
    top = ElementTree.fromstring(_fence("action=metadata\n").stdout)

    assert {one.get("name") for one in top.iter("parameter")} >= {"action", "ip", "ipport", "plug", "power_timeout"}
    assert {one.get("name") for one in top.iter("action")} >= {"on", "off", "reboot", "status", "list", "monitor"}
    assert _fence("", "-o", "metadata").stdout.startswith("<?xml")
