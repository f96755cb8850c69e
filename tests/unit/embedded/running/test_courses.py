"""What happens in simulated clusters is what tests/data/courses says, event by event (see `courses`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.embedded import courses_of_work
from tests.unit.embedded.courses import COURSES, FOLDER, made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Goes = Callable[[str], None]


@pytest.fixture
def goes_as_written(tmp_path: Path) -> Goes:
    """A course goes today as it was written down."""

    def compared(name: str) -> None:
        kept = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        assert made(name, tmp_path).splitlines() == kept

    return compared


def test_each_course_is_written_down() -> None:
    """Each has a test of its own, so that a change is looked for where it may show."""
    assert courses_of_work.course, "its courses are among them"
    own = {name.removeprefix("test_the_course_of_") for name in globals() if name.startswith("test_the_course_of_")}
    assert own == set(COURSES) == {path.stem for path in FOLDER.glob("*.txt")}


def test_the_course_of_nodes_that_fail(goes_as_written: Goes) -> None:
    goes_as_written("nodes_that_fail")


def test_the_course_of_networks_that_fail(goes_as_written: Goes) -> None:
    goes_as_written("networks_that_fail")


def test_the_course_of_guests_that_fail(goes_as_written: Goes) -> None:
    goes_as_written("guests_that_fail")


def test_the_course_of_disks_that_fail(goes_as_written: Goes) -> None:
    goes_as_written("disks_that_fail")


def test_the_course_of_votes_that_are_lost(goes_as_written: Goes) -> None:
    goes_as_written("votes_that_are_lost")


def test_the_course_of_halves_and_isolation(goes_as_written: Goes) -> None:
    goes_as_written("halves_and_isolation")


def test_the_course_of_resources_that_fail_again(goes_as_written: Goes) -> None:
    goes_as_written("resources_that_fail_again")


def test_the_course_of_groups_that_come_back(goes_as_written: Goes) -> None:
    goes_as_written("groups_that_come_back")


def test_the_course_of_moves_that_are_cut(goes_as_written: Goes) -> None:
    goes_as_written("moves_that_are_cut")


def test_the_course_of_nodes_that_leave(goes_as_written: Goes) -> None:
    goes_as_written("nodes_that_leave")


def test_the_course_of_clusters_that_are_shut_down(goes_as_written: Goes) -> None:
    goes_as_written("clusters_that_are_shut_down")


def test_the_course_of_machines_that_change(goes_as_written: Goes) -> None:
    goes_as_written("machines_that_change")


def test_the_course_of_moves_without_end(goes_as_written: Goes) -> None:
    goes_as_written("moves_without_end")


def test_the_course_of_storage_that_is_set_up(goes_as_written: Goes) -> None:
    goes_as_written("storage_that_is_set_up")


def test_the_course_of_volumes_that_all_nodes_lose(goes_as_written: Goes) -> None:
    goes_as_written("volumes_that_all_nodes_lose")


def test_the_course_of_services_and_applications(goes_as_written: Goes) -> None:
    goes_as_written("services_and_applications")


def test_the_course_of_services_that_lose_something(goes_as_written: Goes) -> None:
    goes_as_written("services_that_lose_something")


def test_the_course_of_many_moves_at_once(goes_as_written: Goes) -> None:
    goes_as_written("many_moves_at_once")


def test_the_course_of_moves_that_are_held(goes_as_written: Goes) -> None:
    goes_as_written("moves_that_are_held")


def test_the_course_of_settings_that_change(goes_as_written: Goes) -> None:
    goes_as_written("settings_that_change")


def test_the_course_of_failures_again_and_again(goes_as_written: Goes) -> None:
    goes_as_written("failures_again_and_again")


def test_the_course_of_priorities_and_classes(goes_as_written: Goes) -> None:
    goes_as_written("priorities_and_classes")


def test_the_course_of_clusters_that_start(goes_as_written: Goes) -> None:
    goes_as_written("clusters_that_start")


def test_the_course_of_machines_that_start_together(goes_as_written: Goes) -> None:
    goes_as_written("machines_that_start_together")


def test_the_course_of_files_that_grow(goes_as_written: Goes) -> None:
    goes_as_written("files_that_grow")
