"""The server: a real PowerShell asks, fcm's cmdlets answer; nothing is acted on but what was given."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fcm.shell.serving import server, wire

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.serving.talk import Talk


def machine(name: str, **properties: Any) -> dict[str, Any]:
    return {"$": "object", "type": "Selected", "p": {"Name": name, **properties}}


def test_who_speaks_the_same_protocol_is_told_the_cluster(talk: Talk) -> None:
    (told,) = talk.answers(talk.send(do="hello", protocol=wire.PROTOCOL))
    assert told["hello"]["protocol"] == wire.PROTOCOL
    assert told["hello"]["cluster"] == "contoso"
    assert told["hello"]["simulated"] is True


def test_the_greeting_does_not_wait_for_the_cmdlets(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    answer = wire.answer

    def told(*values: Any, **what: Any) -> bytes:
        order.append("answer")
        return answer(*values, **what)

    monkeypatch.setattr(server.cmdlets, "load", lambda: order.append("load"))
    monkeypatch.setattr(wire, "answer", told)
    talk.answers(talk.send(do="hello", protocol=wire.PROTOCOL))
    talk.answers(talk.invoke("Get-ClusterNode", Name=["node1"]))
    assert " ".join(order).removeprefix("load ").startswith("answer answer load ")


def test_a_table_needs_a_window(talk: Talk) -> None:
    (told,) = talk.answers(talk.send(do="grid", title="Nodes", input=["node1"], pick=True))
    assert told["error"]["message"] == "Out-GridView requires a window that shows this cluster."
    assert told["error"]["category"] == "NotImplemented"


def test_modules_of_another_version_are_refused_with_the_remedy(talk: Talk) -> None:
    (told,) = talk.answers(talk.send(do="hello", protocol=99))
    assert "version 99" in told["error"]["message"]
    assert "came with this fcm" in told["error"]["remedy"]


def test_a_cmdlet_gives_objects_and_then_the_end(talk: Talk) -> None:
    (told,) = talk.answers(talk.invoke("Get-ClusterNode", Name=["node1"]))
    (node,) = told["outputs"]
    assert (node["$"], node["type"], node["text"]) == ("object", "ClusterNode", "node1")
    assert node["p"]["State"]["text"] == "Up"
    assert "NodeWeight" in node["settable"]


def test_an_object_that_was_given_out_stands_for_itself_when_it_is_piped_back(talk: Talk) -> None:
    (found,) = talk.run("Get-ClusterNetwork", Name="Cluster Network 1")
    talk.answers(talk.send(do="set", object=found, property="Name", value="Storage"))
    assert talk.names("Get-ClusterNetwork", found) == ["Storage"]


def test_names_are_taken_from_texts_and_from_properties_of_that_name(talk: Talk) -> None:
    assert talk.names("Get-VM", "DC01", machine("WEB01"), machine("SQL01", Other=1)) == ["DC01", "WEB01", "SQL01"]
    aliased = {"$": "object", "type": "Selected", "p": {"VMName": "DC01"}}
    assert talk.names("Get-VM", aliased) == ["DC01"]


@pytest.mark.parametrize(
    "input",
    [
        None,
        {"$": "object", "type": "Selected", "p": {}},
        {"$": "object", "type": "Selected", "p": {"Name": None}},
        {"$": "object", "type": "Selected", "p": {"Name": ""}},
        {"$": "object", "type": "Selected", "p": {"Name": 5}},
        {"$": "object", "type": "ClusterMigration", "id": "x", "p": {"Name": "DC01"}},
        {"$": "table", "p": {"Name": "DC01"}},
        ["DC01"],
        True,
    ],
)
def test_an_input_that_names_nothing_is_an_error_and_never_all(talk: Talk, input: Any) -> None:
    number = talk.invoke("Get-VM", input)
    lines = talk.answers(number)
    named = [one["text"] for line in lines for one in line.get("outputs", ())]
    assert [line for line in lines if "error" in line]
    assert named == []


def test_an_empty_pipeline_does_nothing(talk: Talk) -> None:
    assert talk.answers(talk.send(do="invoke", cmdlet="Stop-VM", parameters={}, input=[], has_input=True)) == []
    assert all(one["p"]["State"]["text"] != "Off" for one in talk.run("Get-VM", Name="DC01"))


def test_an_error_of_one_input_leaves_the_others(talk: Talk) -> None:
    lines = talk.answers(talk.invoke("Get-VM", Name=["DC01", "NOSUCH", "WEB01"]))
    assert [kind for line in lines for kind in line if kind != "id"] == ["outputs", "error", "outputs"]
    error = lines[1]["error"]
    assert error["category"] == "ObjectNotFound"
    assert error["target"] == "NOSUCH"
    assert error["message"] == "There is no virtual machine 'NOSUCH' in this cluster."
    assert error["remedy"].startswith("Available: ")
    assert error["ends"] is False


def test_a_cmdlet_that_is_unknown_or_lacks_a_parameter_says_so(talk: Talk) -> None:
    assert "not the name of a cmdlet" in talk.errors("Get-Nothing")[0]["message"]
    assert "no parameter -Colour" in talk.errors("Get-VM", Colour="red")[0]["message"]
    assert "requires -" in talk.errors("New-Cluster")[0]["message"]


def test_what_if_and_refusals_change_nothing(talk: Talk) -> None:
    assert talk.run("Stop-VM", Name="DC01", WhatIf=True) == [
        'What if: Performing operation "Stop-VM" on Target "DC01".'
    ]
    (error,) = talk.errors("Start-VM", Name="DC01")
    assert error["category"] == "InvalidOperation"
    assert talk.run("Get-VM", Name="DC01")[0]["p"]["State"]["text"] == "Running"


def test_a_live_migration_tells_how_far_it_is_and_that_it_is_over(talk: Talk) -> None:
    lines = talk.answers(talk.invoke("Move-ClusterVirtualMachineRole", Name="DC01", Node="node2"))
    told = [line["progress"] for line in lines if "progress" in line]
    assert told[-1][2] == -1
    assert all(before != after for before, after in pairwise(told))
    (moved,) = [one for line in lines for one in line.get("outputs", ())]
    assert moved["p"]["OwnerNode"] == {"$": "name", "v": "node2", "type": "ClusterNode", "id": "node2"}


def test_a_stop_ends_what_is_carried_out_and_the_next_request_is_answered(talk: Talk) -> None:
    talk.session.waiting.run_at(0.01)
    number = talk.invoke("Move-ClusterVirtualMachineRole", Name="DC01", Node="node2")
    talk.until(lambda line: "progress" in line)
    talk.send(id=number, do="stop")
    lines = talk.answers(number)
    (error,) = [line["error"] for line in lines if "error" in line]
    assert error["category"] == "OperationStopped"
    assert error["ends"] is True
    talk.session.waiting.run_at(float("inf"))
    assert talk.run("Get-VM", Name="DC01")[0]["p"]["ComputerName"] == "node1"


def test_a_request_that_was_stopped_while_it_waited_is_not_carried_out(talk: Talk) -> None:
    talk.session.waiting.run_at(0.01)
    first = talk.invoke("Move-ClusterVirtualMachineRole", Name="DC01", Node="node2")
    second = talk.invoke("Stop-VM", Name="WEB01", TurnOff=True)
    talk.send(id=second, do="stop")
    talk.send(id=first, do="stop")
    lines = talk.until(lambda line: line == {"id": second, "end": True})
    assert [line["error"]["category"] for line in lines if "error" in line] == ["OperationStopped"] * 2
    assert talk.run("Get-VM", Name="WEB01")[0]["p"]["State"]["text"] == "Running"


def test_a_stop_of_a_request_that_is_over_or_was_never_made_is_nothing(talk: Talk) -> None:
    number = talk.invoke("Get-VM", Name="DC01")
    talk.answers(number)
    talk.send(id=number, do="stop")
    talk.send(id=4711, do="stop")
    assert talk.names("Get-VM", Name="DC01") == ["DC01"]


@pytest.mark.parametrize(("yes", "state"), [(True, "Off"), (False, "Running")])
def test_a_question_is_put_and_its_answer_decides(talk: Talk, yes: bool, state: str) -> None:
    number = talk.invoke("Stop-VM", Name="DC01", TurnOff=True, Confirm=True)
    asked = talk.until(lambda line: "ask" in line)[-1]
    assert asked["id"] == number
    assert '"Stop-VM" on Target "DC01"' in asked["ask"]
    talk.send(id=number, yes=yes)
    talk.until(lambda line: line == {"id": number, "end": True})
    assert talk.run("Get-VM", Name="DC01")[0]["p"]["State"]["text"] == state


def test_a_question_that_is_stopped_is_answered_no(talk: Talk) -> None:
    number = talk.invoke("Stop-VM", Name="DC01", TurnOff=True, Confirm=True)
    talk.until(lambda line: "ask" in line)
    talk.send(id=number, do="stop")
    assert talk.answers(number)[-1]["error"]["category"] == "OperationStopped"
    assert talk.run("Get-VM", Name="DC01")[0]["p"]["State"]["text"] == "Running"


def test_an_answer_to_another_question_is_none(talk: Talk) -> None:
    number = talk.invoke("Stop-VM", Name="DC01", TurnOff=True, Confirm=True)
    talk.until(lambda line: "ask" in line)
    talk.send(id=number + 1, yes=True)
    talk.send(id=number, yes=False)
    talk.until(lambda line: line == {"id": number, "end": True})
    assert talk.run("Get-VM", Name="DC01")[0]["p"]["State"]["text"] == "Running"


def test_a_property_is_set_on_the_object_as_it_is_now(talk: Talk) -> None:
    (network,) = talk.run("Get-ClusterNetwork", Name="Cluster Network 1")
    assert talk.answers(talk.send(do="set", object=network, property="name", value="Storage")) == []
    (group,) = talk.run("Get-ClusterGroup", Name="DC01")
    talk.answers(talk.send(do="set", object=group, property="FailoverThreshold", value=5))
    assert "Storage" in talk.names("Get-ClusterNetwork")
    assert talk.run("Get-ClusterGroup", Name="DC01")[0]["p"]["FailoverThreshold"] == 5


@pytest.mark.parametrize(
    ("object", "property", "said"),
    [
        ({"type": "ClusterGroup", "id": "GROUP"}, "OwnerNode", "OwnerNode of a ClusterGroup cannot be set"),
        ({"type": "ClusterGroup", "id": "GROUP"}, "Colour", "is not one of its properties"),
        ({"type": "ClusterGroup", "id": "gone"}, "Name", "The ClusterGroup DC01 no longer exists."),
        ({"type": "Migration", "id": "m1"}, "Name", "The Migration DC01 no longer exists."),
    ],
)
def test_what_cannot_be_set_says_why(talk: Talk, object: dict[str, str], property: str, said: str) -> None:
    identity = talk.run("Get-ClusterGroup", Name="DC01")[0]["id"] if object["id"] == "GROUP" else object["id"]
    given = {"$": "object", "p": {"Name": "DC01"}, **object, "id": identity}
    (told,) = talk.answers(talk.send(do="set", object=given, property=property, value="x"))
    assert said in told["error"]["message"]


def test_only_an_object_has_properties_to_set(talk: Talk) -> None:
    (told,) = talk.answers(talk.send(do="set", object="DC01", property="Name", value="x"))
    assert told["error"]["message"] == "Only properties of objects can be set."


def test_warnings_and_what_is_written_to_the_host_are_streams_of_their_own(talk: Talk) -> None:
    lines = talk.answers(talk.invoke("Write-Warning", Message="late"))
    assert lines == [{"id": lines[0]["id"], "warning": "late"}]
    lines = talk.answers(talk.invoke("Write-Host", Object=["a", "b"]))
    assert lines == [{"id": lines[0]["id"], "host": "a b"}]
    lines = talk.answers(talk.invoke("Write-Verbose", Message="more", Verbose=True))
    assert lines == [{"id": lines[0]["id"], "verbose": "more"}]


def test_relative_paths_are_meant_from_the_folder_of_the_caller(talk: Talk, tmp_path: Path) -> None:
    number = talk.send(
        do="invoke", cmdlet="Get-ClusterLog", parameters={"Destination": "."}, folder=str(tmp_path), input=[]
    )
    assert not [line for line in talk.answers(number) if "error" in line]
    assert list(tmp_path.glob("*.log"))


def test_words_of_a_program_are_given_as_they_are(talk: Talk) -> None:
    lines = talk.answers(talk.invoke("wevtutil", Arguments=["gl", "System"]))
    said = [one for line in lines for one in line.get("outputs", ())]
    assert any("System" in str(line) for line in said)


def test_many_objects_come_in_several_lines(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BATCH", 5)
    lines = talk.answers(talk.invoke("Get-VM"))
    assert [len(line["outputs"]) for line in lines][:-1] == [5] * (len(lines) - 1)
    assert len(lines) > 1


def test_a_line_that_is_no_request_is_an_error_and_ends_nothing(talk: Talk) -> None:
    talk.raw(b"nonsense\n")
    talk.raw(b'{"id":9,"do":"dance"}\n')
    assert talk.next()["id"] is None
    assert talk.next()["error"]["id"] == "FcmProtocol"
    assert talk.next() == {"id": 9, "end": True}
    assert talk.names("Get-VM", Name="DC01") == ["DC01"]


def test_a_value_that_cannot_be_read_is_an_error_of_its_request(talk: Talk) -> None:
    (told,) = talk.answers(talk.invoke("Get-VM", Name={"$": "dance"}))
    assert told["error"]["message"] == "Values of the kind dance are unknown."


def test_a_line_that_is_too_long_is_skipped_whole(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LONGEST", 100)
    good = b'{"id":5,"do":"hello","protocol":1}\n'
    talk.raw(b"x" * 350 + b"\n" + b"y" * 100 + b"\n" + good)
    said = [talk.next() for _ in range(2)]
    assert ["at most" in line["error"]["message"] for line in said] == [True, False]


def test_when_nobody_asks_any_more_a_move_ends_as_with_ctrl_c_and_what_waits_is_not_done(talk: Talk) -> None:
    talk.session.waiting.run_at(0.01)
    number = talk.invoke("Move-ClusterVirtualMachineRole", Name="DC01", Node="node2")
    talk.invoke("Stop-VM", Name="WEB01", TurnOff=True)
    talk.until(lambda line: "progress" in line)
    talk.hang_up()
    lines = talk.answers(number)
    assert lines[-1]["error"]["category"] == "OperationStopped"
    talk.close()
    state = talk.session.workspace.state
    web = state.machine_named("WEB01")
    dc = state.machine_named("DC01")
    assert web is not None
    assert dc is not None
    assert web.state.value == "Running"
    assert dc.node == "node1" or state.nodes[dc.node].name == "node1"


def test_when_nobody_reads_any_more_the_server_ends(talk: Talk) -> None:
    talk.stop_reading()
    talk.invoke("Get-VM")
    assert talk.is_over()


def test_more_requests_than_a_module_ever_makes_are_refused(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "WAITING", 3)
    talk.session.waiting.run_at(0.01)
    first = talk.invoke("Move-ClusterVirtualMachineRole", Name="DC01", Node="node2")
    talk.until(lambda line: "progress" in line)
    for _ in range(3):
        talk.invoke("Get-VM", Name="DC01")
    refused = talk.invoke("Get-VM", Name="DC01")
    lines = talk.until(lambda line: line == {"id": refused, "end": True})
    (error,) = [line["error"] for line in lines if line["id"] == refused and "error" in line]
    assert "More than 3 requests wait" in error["message"]
    talk.send(id=first, do="stop")
    talk.until(lambda line: line["id"] == first and "end" in line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([b'{"id":1,"do":"stop"}', b'{"id":1,"yes":true}']), max_size=6)
)
def test_whatever_is_sent_the_next_request_is_answered(talk: Talk, lines: list[bytes]) -> None:
    for line in lines:
        talk.raw(line.replace(b"\n", b" ") + b"\n")
    assert talk.names("Get-ClusterNode", Name="node1") == ["node1"]


def test_answers_are_json_without_anything_that_json_does_not_have(talk: Talk) -> None:
    for cmdlet in ("Get-VM", "Get-Cluster", "Get-ClusterResource", "Get-ClusterNetwork", "Get-ClusterGroup"):
        assert json.loads(json.dumps(talk.run(cmdlet), allow_nan=False))


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "ends"),
    [
        ("Get-VM", {"Nme": "DC01"}, True),
        ("Get-VM", {"Name": None}, True),
        ("Get-VM", {"Name": "NOSUCH"}, False),
        ("Move-VM", {"Name": "SQL01", "DestinationHost": "node1"}, False),
        ("Stop-VM", {"Name": ["NOSUCH", "NONE"]}, False),
    ],
)
def test_only_errors_of_arguments_end_the_statement(
    talk: Talk, cmdlet: str, parameters: dict[str, object], ends: bool
) -> None:
    errors = [line["error"] for line in talk.answers(talk.invoke(cmdlet, **parameters)) if "error" in line]
    assert errors
    assert {error["ends"] for error in errors} == {ends}
