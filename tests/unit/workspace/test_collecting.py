"""What is large and stays is not searched for garbage again and again."""

from __future__ import annotations

import ctypes
import gc
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fcm import resources
from fcm.backend.embedded import EmbeddedBackend
from fcm.backend.embedded.cluster_file.reading import load
from fcm.workspace import collecting, workspace
from fcm.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    was_on = gc.isenabled()  # tests of the window turn it off
    gc.enable()
    yield
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    if not was_on:
        gc.disable()


def test_no_search_takes_place_until_the_last_has_ended() -> None:
    with collecting.paused():
        with pytest.raises(ZeroDivisionError), collecting.paused():
            _ = 1 / 0
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_off_before_stays_off() -> None:
    gc.disable()
    try:
        with collecting.paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_kept_is_searched_again_once_all_have_gone() -> None:
    collecting.keep()
    collecting.keep()
    collecting.forget()
    assert gc.get_freeze_count() > 0
    collecting.forget()
    assert gc.get_freeze_count() == 0


def test_a_system_that_takes_no_memory_back_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Library:
        def __init__(self, _name: None) -> None:
            asked.append("opened")

        def __getattr__(self, name: str) -> object:
            asked.append(name)
            raise AttributeError(name)

    monkeypatch.setattr(ctypes, "CDLL", Library)
    monkeypatch.setattr(sys, "platform", "linux")
    collecting.give_back()
    assert asked == ["opened", "malloc_trim"]
    monkeypatch.setattr(sys, "platform", "win32")
    collecting.give_back()
    assert asked == ["opened", "malloc_trim"]


@pytest.mark.parametrize("least", [1, 10**6])
def test_a_large_cluster_is_kept_as_long_as_it_is_open(least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "LARGE", least)
    returned: list[bool] = []
    monkeypatch.setattr(collecting, "give_back", lambda: returned.append(True))
    formed = load(resources.path("clusters", "contoso.toml"))
    opened = Workspace(EmbeddedBackend(replace(formed), "embedded:contoso"))
    opened.open()
    assert (gc.get_freeze_count() > 0) == (least == 1)
    assert returned == ([True] if least == 1 else [])
    opened.close()
    opened.close()
    assert gc.get_freeze_count() == 0


def test_once_one_thread_searches_nobody_else_does_and_no_pause_turns_it_on_again() -> None:
    try:
        with collecting.paused():
            collecting.search_here_only()
        assert not gc.isenabled()
        made = [[] for _ in range(2 * gc.get_threshold()[0])]
        assert gc.get_count()[0] > gc.get_threshold()[0]
        with collecting.paused():
            collecting.search_due()
            assert gc.get_count()[0] > gc.get_threshold()[0]
        collecting.search_due()
        assert gc.get_count()[0] < len(made)
    finally:
        gc.enable()
