"""What happens in simulated clusters is what tests/data/courses says, event by event (see `courses`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.embedded import courses_of_days, courses_of_losses, courses_of_other_days, courses_of_work
from tests.unit.embedded.courses import COURSES, FOLDER, course, made

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
    modules = (courses_of_work, courses_of_losses, courses_of_days, courses_of_other_days)
    assert all(module.course is course for module in modules), "their courses are among them"
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


def test_the_course_of_what_is_due_after_reopening(goes_as_written: Goes) -> None:
    goes_as_written("what_is_due_after_reopening")


def test_the_course_of_what_is_under_way_after_reopening(goes_as_written: Goes) -> None:
    goes_as_written("what_is_under_way_after_reopening")


def test_the_course_of_memory_that_is_short(goes_as_written: Goes) -> None:
    goes_as_written("memory_that_is_short")


def test_the_course_of_volumes_of_a_cluster_that_forms_again(goes_as_written: Goes) -> None:
    goes_as_written("volumes_of_a_cluster_that_forms_again")


def test_the_course_of_offline_actions_of_a_shutdown(goes_as_written: Goes) -> None:
    goes_as_written("offline_actions_of_a_shutdown")


def test_the_course_of_files_lost_in_a_move(goes_as_written: Goes) -> None:
    goes_as_written("files_lost_in_a_move")


def test_the_course_of_networks_of_little_use(goes_as_written: Goes) -> None:
    goes_as_written("networks_of_little_use")


def test_the_course_of_paused_and_quarantined(goes_as_written: Goes) -> None:
    goes_as_written("paused_and_quarantined")


def test_the_course_of_starts_of_nodes(goes_as_written: Goes) -> None:
    goes_as_written("starts_of_nodes")


def test_the_course_of_days_by_the_rules_of_2008_r2(goes_as_written: Goes) -> None:
    goes_as_written("days_by_the_rules_of_2008_r2")


def test_the_course_of_more_days_by_the_rules_of_2008_r2(goes_as_written: Goes) -> None:
    goes_as_written("more_days_by_the_rules_of_2008_r2")


def test_the_course_of_days_by_the_rules_of_2012(goes_as_written: Goes) -> None:
    goes_as_written("days_by_the_rules_of_2012")


def test_the_course_of_days_by_the_rules_of_2012_r2(goes_as_written: Goes) -> None:
    goes_as_written("days_by_the_rules_of_2012_r2")


def test_the_course_of_days_by_the_rules_of_2016(goes_as_written: Goes) -> None:
    goes_as_written("days_by_the_rules_of_2016")


def test_the_course_of_days_by_the_rules_of_2019(goes_as_written: Goes) -> None:
    goes_as_written("days_by_the_rules_of_2019")


def test_the_course_of_days_of_services(goes_as_written: Goes) -> None:
    goes_as_written("days_of_services")


def test_the_course_of_days_of_moves(goes_as_written: Goes) -> None:
    goes_as_written("days_of_moves")


def test_the_course_of_days_of_witnesses(goes_as_written: Goes) -> None:
    goes_as_written("days_of_witnesses")


def test_the_course_of_days_of_networks(goes_as_written: Goes) -> None:
    goes_as_written("days_of_networks")


def test_the_course_of_days_on_which_the_program_is_closed(goes_as_written: Goes) -> None:
    goes_as_written("days_on_which_the_program_is_closed")
