"""Moments in words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from fcm.model.moments import date_time, in_utc, iso_time, zone, zoned

if TYPE_CHECKING:
    from collections.abc import Iterator

WINTER, SUMMER = 1_700_000_000.0, 1_720_000_000.0


@pytest.fixture(params=["Europe/Berlin", "UTC", "America/St_Johns"])
def somewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_local_time_says_how_far_it_is_from_utc_at_that_moment(somewhere: str) -> None:
    zones = {
        "Europe/Berlin": ("UTC+01:00", "UTC+02:00"),
        "UTC": ("UTC", "UTC"),
        "America/St_Johns": ("UTC-03:30", "UTC-02:30"),
    }
    assert (zone(WINTER), zone(SUMMER)) == zones[somewhere]
    assert zoned(WINTER) == f"{date_time(WINTER)} ({zones[somewhere][0]})"


@pytest.mark.usefixtures("somewhere")
def test_files_have_utc_wherever_they_are_written() -> None:
    assert iso_time(WINTER) == "2023-11-14T22:13:20.000Z"


@pytest.mark.parametrize("moment", [-1e300, -1.0, 1e12, 1e300])
def test_a_moment_beyond_the_calendar_is_its_end(moment: float) -> None:
    assert in_utc(moment).year in (1970, 2999)
    assert date_time(moment)[:4] in ("1969", "1970", "2999")  # local time
    assert zone(moment).startswith("UTC")
