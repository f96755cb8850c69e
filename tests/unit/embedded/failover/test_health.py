"""When a resource is checked next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.embedded.failover.health import next_check
from fcm.model.entities import Resource, ResourceState, ResourceType, RestartPolicy

if TYPE_CHECKING:
    from tests.unit.embedded.desk import Desk

ANY = Resource("id", "Name", ResourceType.VIRTUAL_MACHINE, "group", ResourceState.ONLINE, ())


@pytest.mark.parametrize("thorough", [False, True])
@given(
    now=st.floats(0.0, 4e9), looks=st.integers(1, 100_000), alive=st.integers(1, 100_000), identity=st.text(max_size=5)
)
def test_the_next_check_comes_within_one_interval_and_each_further_one_an_interval_later(
    now: float, looks: int, alive: int, identity: str, thorough: bool
) -> None:
    policy = RestartPolicy(looks_alive=looks, is_alive=alive)
    resource = replace(ANY, id=identity, policy=policy)
    interval = alive if thorough else looks
    due = next_check(now, resource, thorough=thorough)
    assert now - 1e-5 <= due <= now + interval + 1e-5
    assert next_check(due + interval / 2, resource, thorough=thorough) == pytest.approx(due + interval, abs=1e-4)


def test_without_an_interval_a_resource_is_checked_at_once() -> None:
    assert next_check(7.0, replace(ANY, policy=RestartPolicy(looks_alive=0, is_alive=60))) == 7.0


def test_resources_are_not_all_checked_in_the_same_moment(desk: Desk) -> None:
    resources = [one for one in desk.state.resources.values() if one.type is ResourceType.VIRTUAL_MACHINE]
    due = {next_check(1000.0, one, thorough=True) for one in resources}
    assert len(due) == len(resources) > 1
