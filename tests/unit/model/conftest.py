from __future__ import annotations

import functools

import pytest

from fcm import resources
from fcm.backend.embedded.cluster_file.reading import load
from fcm.model.events import Entry
from fcm.model.state import State, apply


@functools.cache
def formed(name: str) -> State:
    state, _ = apply(State(), Entry(1, 0.0, load(resources.path("clusters", f"{name}.toml"))))
    return state


@pytest.fixture
def state() -> State:
    """The shipped cluster contoso as it is at first."""
    return formed("contoso")


@pytest.fixture
def eight() -> State:
    """The shipped cluster fabrikam: eight nodes, Cluster Shared Volumes enabled."""
    return formed("fabrikam")
