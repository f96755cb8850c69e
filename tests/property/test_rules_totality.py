"""Rules and reducer answer everything: no command of any content raises, and what is allowed can be carried out."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from typing import Any, get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from fcm import resources
from fcm.backend.base import Operation
from fcm.backend.embedded import open_embedded
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model import commands as cmd
from fcm.model import events as ev
from fcm.model.entities import Cluster, Network, NetworkRole, QuorumMode
from fcm.model.rules.allowed import allowed
from fcm.model.rules.networks import default_migration_order, migration_order, shared_volume_network
from fcm.model.state import State, apply
from fcm.model.structures.codec import decode, encode
from fcm.model.validation.validate import validate


@functools.cache
def contoso() -> State:
    formed = load(resources.path("clusters", "contoso.toml"))
    return apply(State(), ev.Entry(1, 0.0, formed))[0]


def _identities(state: State) -> list[str]:
    mappings = ("nodes", "networks", "adapters", "disks", "groups", "resources", "machines")
    return [key for name in mappings for key in getattr(state, name)]


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation: real ids and nonsense alike."""
    if kind is str:
        return st.sampled_from(["", "x", "VM Network", *_identities(contoso())]) | st.text(max_size=5)
    if kind is int:
        return st.integers(-(2**40), 2**40)
    if kind is float:
        return st.floats(-1.7e308, 1.7e308)  # what a journal takes, see fcm.model.structures.codec
    if kind is bool:
        return st.booleans()
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _objects(kind)
    if isinstance(kind, type):
        return st.sampled_from(list(kind))
    parts = get_args(kind)
    if type(None) in parts:
        (one,) = (part for part in parts if part is not type(None))
        return st.none() | _values(one)
    if Ellipsis in parts:
        return st.lists(_values(parts[0]), max_size=3).map(tuple)
    return st.tuples(*map(_values, parts))


def _objects(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: _values(hints[field.name]) for field in dataclasses.fields(kind)})


COMMANDS: st.SearchStrategy[cmd.Command] = st.one_of(*(_objects(kind) for kind in cmd.COMMAND_TYPES))


@settings(max_examples=300)
@given(COMMANDS)
def test_a_rule_answers_every_command_with_a_verdict(command: cmd.Command) -> None:
    verdict = allowed(command, contoso())
    assert verdict.ok or verdict.reason


@settings(max_examples=100)
@given(st.lists(COMMANDS, min_size=1, max_size=4))
def test_no_command_breaks_the_embedded_cluster(commands: list[cmd.Command]) -> None:
    class Nowhere:
        def post(self, entries: object) -> None: ...

        def finished(self, operation: Operation) -> None: ...

    backend = open_embedded("contoso", start_time=1000.0)
    backend.start(Nowhere(), contoso())
    for command in commands:
        operation = Operation(command)
        backend.submit(operation)
        assert operation.verdict is not None
    backend.advance(20.0)
    assert len(validate(backend.state).results) > 25
    backend.close()


@settings(max_examples=100)
@given(COMMANDS)
def test_every_command_survives_json(command: cmd.Command) -> None:
    assert decode(type(command), encode(command)) == command


_NETWORKS = st.lists(
    st.builds(
        Network,
        id=st.uuids().map(str),
        name=st.just("n"),
        subnet=st.just("10.0.0.0/24"),
        role=st.sampled_from(list(NetworkRole)),
        metric=st.integers(1, 20_000),
        gateway=st.none() | st.just("10.0.0.1"),
    ),
    max_size=6,
    unique_by=lambda network: network.id,
)


@given(_NETWORKS)
def test_the_default_order_has_every_usable_network_once_and_that_of_shared_volumes_last(
    networks: list[Network],
) -> None:
    order = default_migration_order(networks)
    usable = {network.id: network for network in networks if network.role is not NetworkRole.NONE}
    assert sorted(order) == sorted(usable)
    shared = shared_volume_network(networks)
    if shared is not None:
        assert order[-1] == shared.id
        assert all(shared.metric <= network.metric for network in usable.values())
    rest = [usable[identity] for identity in order[:-1]]
    classes = [network.gateway is not None for network in rest]
    assert classes == sorted(classes), "private networks first"
    for one, other in itertools.pairwise(rest):
        assert (one.gateway is None) != (other.gateway is None) or one.metric <= other.metric


@given(_NETWORKS, st.data())
def test_the_order_of_the_user_is_kept_and_nothing_unusable_or_excluded_comes_in(
    networks: list[Network], data: st.DataObject
) -> None:
    ids = [network.id for network in networks]
    chosen = tuple(data.draw(st.permutations(ids)))[: len(ids) // 2]
    excluded = tuple(data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=2))) if ids else ()
    cluster = Cluster(
        "c", "", "", "n", QuorumMode.NODE_MAJORITY, None, migration_order=chosen, migration_excluded=excluded
    )
    order = migration_order(cluster, {network.id: network for network in networks})
    usable = {network.id for network in networks if network.role is not NetworkRole.NONE} - set(excluded)
    assert set(order) == usable
    assert len(order) == len(usable)
    wanted = [identity for identity in chosen if identity in usable]
    assert list(order[: len(wanted)]) == wanted
