from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fcm.model import events as ev
from fcm.model.entities import Cluster, Disk, Network, RestartPolicy
from fcm.model.structures import codec
from fcm.model.structures.codec import DecodeError, decode, decode_text, encode

if TYPE_CHECKING:
    from fcm.model.state import State


def test_a_whole_cluster_survives_json(state: State) -> None:
    event = formation(state)
    assert decode(ev.ClusterFormed, json.loads(json.dumps(encode(event)))) == event


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (RestartPolicy, {"period": "long"}, "RestartPolicy.period: expected a whole number, found 'long'"),
        (RestartPolicy, {"restart": 1}, "RestartPolicy.restart: expected true or false, found 1"),
        (RestartPolicy, {"period": True}, "expected a whole number, found true"),
        (RestartPolicy, {"colour": 1}, "unknown field 'colour'; known are restart"),
        (Disk, {"use": "Spare"}, "'Spare' is not one of 'Unassigned'"),
        (Disk, {"visible_to": "node1"}, "expected a list, found 'node1'"),
        (Disk, {"visible_to": ["node1", 5]}, r"Disk.visible_to\[1\]: expected a string, found 5"),
        (Network, {"role": 2}, "2 is not one of 0, 1, 3"),
    ],
)
def test_a_value_of_another_form_is_refused_by_name(
    state: State, kind: type, change: dict[str, Any], message: str
) -> None:
    samples: dict[type, object] = {
        RestartPolicy: RestartPolicy(),
        Disk: next(iter(state.disks.values())),
        Network: next(iter(state.networks.values())),
    }
    with pytest.raises(DecodeError, match=message):
        decode(kind, encode(samples[kind]) | change)


def test_missing_fields_are_named_and_those_with_defaults_may_be_missing(state: State) -> None:
    assert state.cluster is not None
    plain = encode(state.cluster)
    del plain["concurrent_migrations"]
    assert decode(Cluster, plain).concurrent_migrations == 1
    del plain["host"]
    with pytest.raises(DecodeError, match="field 'host' is missing"):
        decode(Cluster, plain)


def test_a_disk_written_before_there_was_maintenance_mode_is_not_in_it(state: State) -> None:
    disk = next(iter(state.disks.values()))
    plain = encode(disk)
    del plain["maintenance"]
    assert decode(Disk, plain) == disk


def test_sets_are_written_in_order_so_that_the_same_state_has_the_same_text(state: State) -> None:
    features = encode(state.nodes["node1"].processor)["features"]
    assert features == sorted(features)


def test_what_is_no_plain_data_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        encode(object())


def test_every_event_has_a_name_of_its_own() -> None:
    assert all(ev.EVENT_TYPES[name].__name__ == name for name in ev.EVENT_TYPES)
    assert len(ev.EVENT_TYPES) > 25


def formation(state: State) -> ev.ClusterFormed:
    assert state.cluster is not None
    return ev.ClusterFormed(
        state.cluster,
        *(tuple(getattr(state, name).values()) for name in ("nodes", "networks", "adapters", "disks")),
        *(tuple(getattr(state, name).values()) for name in ("shared_volumes", "groups", "resources", "machines")),
    )


def outcome(text: str) -> object:
    """What decoding a text gives, or how it is refused."""
    try:
        return decode_text(ev.ClusterFormed, text)
    except ValueError as error:
        return type(error), str(error)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_large_text_is_decoded_piece_by_piece_to_the_same(
    state: State, monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    whole = formation(state)
    text = json.dumps(encode(whole), indent=indent)
    monkeypatch.setattr(codec, "LARGE", 0)
    monkeypatch.setattr(json, "loads", None)  # which would make all of it at once
    assert decode_text(ev.ClusterFormed, f" {text}\n") == whole


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ('"machines":[{', '"machines":[{"colour":1,'),
        ('"nodes":[', '"nodes":[5,'),
        ('"nodes":[', '"nodes":[,'),
        ('"nodes":[', '"nodes":7,"adapters":['),
        ('"nodes":', '"machines":[],"nodes":'),
        ('"nodes":', '"colour":[],"nodes":'),
        ('{"cluster"', '["cluster"'),
        ('{"cluster":', '{"cluster"'),
        ('"memory":', '"memory":"all","x":'),
    ],
)
def test_a_large_text_that_is_wrong_is_refused_as_a_small_one_is(
    state: State, monkeypatch: pytest.MonkeyPatch, find: str, put: str
) -> None:
    text = json.dumps(encode(formation(state)), separators=(",", ":"))
    assert find in text
    for wrong in (text.replace(find, put, 1), text.replace(find, put, 1)[:-9], f"{text} 1", text[:-1]):
        monkeypatch.setattr(codec, "LARGE", 10**9)
        at_once = outcome(wrong)
        monkeypatch.setattr(codec, "LARGE", 0)
        assert outcome(wrong) == at_once


def test_equal_lists_of_names_are_one_object_in_memory(state: State) -> None:
    one, other = (decode(Disk, encode(disk) | {"visible_to": ["a", "b"]}) for disk in list(state.disks.values())[:2])
    assert one.visible_to == ("a", "b")
    assert one.visible_to is other.visible_to


def test_equal_ids_of_a_large_text_are_one_object_in_memory(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps(encode(formation(state)))
    monkeypatch.setattr(codec, "LARGE", 0)
    found = decode_text(ev.ClusterFormed, text)
    groups = {group.id: group for group in found.groups}
    pairs = [(one.group, groups[one.group].id) for one in found.machines if one.group]
    assert pairs
    assert all(one is other for one, other in pairs)
