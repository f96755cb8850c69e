"""The migration view and its plot (issue 14, part 2), tried with a real mouse and keyboard."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QImage

from tests.x11 import drawn, looking, plots, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.x11.program import Program

OFFICE = Path(__file__).parent / "office.toml"
CLUSTER = "office.office.example"
SERVICES = "Services and applications"
LIVE = "Live migrate virtual machine to another node"
BUTTONS = ("Logarithmic scale", "Dirty rate", "Transfer rate", "Overlay other migrations", "Export")
"""Of the plot."""
SLOW = {"MAIL01": 8, "DB01": 8}
"""Machines whose memory takes seconds."""


def migrate(program: Program, machine: str, number: int = 1) -> None:
    """Live migrate by the context menu of the machine's row."""
    program.right_click(program.row(SERVICES, machine))
    program.choose(LIVE)
    labels = program.ask(looking.entries)
    program.choose(next(label for label in labels if label.startswith(f"{number} - Live migrate")))


def page_of(program: Program, machine: str) -> None:
    program.go(CLUSTER, SERVICES, machine)
    program.wait(plots.is_loaded, what="the plot")


def finished(program: Program, machine: str) -> Program:
    """A machine's page after a live migration."""
    program.go(CLUSTER, SERVICES)
    migrate(program, machine)
    page_of(program, machine)
    program.press("Clock 60x")
    program.wait(plots.state, until=lambda text: text.startswith("State of the migration: Completed"))
    return program


def test_nothing_moves_when_a_migration_ends(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE, size=(1024, 640))
    program.go(CLUSTER, SERVICES)
    program.press("Clock Pause")
    migrate(program, "MAIL01")
    page_of(program, "MAIL01")
    program.prepare(plots.watch_layout)
    program.press("Clock 1x")
    program.wait(plots.layouts, until=lambda found: any("Copying memory, pass" in text for text in found))
    program.press("Clock 60x")
    program.wait(plots.layouts, until=lambda found: any("Completed" in text for text in found))
    program.settle()
    said = program.ask(plots.layouts)
    assert len({lines for lines, _ in said.values()}) > 1, "sentences of one line and of more"
    places = {(name, *place) for _, layout in said.values() for name, place in layout.items()}
    assert len(places) == len({name for name, *_ in places}) > 8, sorted(places)


def test_the_time_axis_changes_seldom_and_fits_the_run_at_its_end(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.prepare(plots.count_axis_changes)
    finished(program, "MAIL01")
    assert program.ask(plots.axis_changes) <= 6
    run, axis = program.ask(plots.run_and_axis)
    assert run <= axis <= 1.3 * run


def test_the_texts_of_a_migration_are_its_accessible_names(begin: Callable[..., Program]) -> None:
    program = finished(begin(OFFICE), "WEB01")
    names = program.ask(plots.names)
    for name in ("Elapsed", "Blackout", "Sent"):
        assert any(told.startswith(f"{name}: ") and any(map(str.isdigit, told)) for told in names), name
    assert "Remaining: –" in names
    assert any(told.startswith("State of the migration: Completed: WEB01 moved") for told in names)
    area = program.wait(looking.place, "Convergence plot")
    program.point(area)
    program.wait(plots.names, until=lambda found: any("Readout: " in one and " left" in one for one in found))


def test_the_list_of_migrations_is_whole(begin: Callable[..., Program]) -> None:
    for size in ((1280, 800), (1024, 640)):
        program = finished(begin(OFFICE, size=size), "WEB01")
        has, needs = program.ask(plots.combo)
        assert has >= needs, size


def test_the_plot_keeps_200_pixels_below_failures(begin: Callable[..., Program]) -> None:
    program = finished(begin(OFFICE, size=(1024, 640)), "WEB01")
    program.prepare(plots.tell_failures, 3)
    program.wait(looking.strips, until=lambda strips: any("3 migrations failed" in one for one in strips))
    program.click(program.wait(looking.place, "Status: Online"), button=5, times=30)
    assert program.wait(plots.height, until=lambda pixels: pixels >= 200)
    program.press("Show")
    program.wait(looking.titles, until=lambda found: any("history" in one.casefold() for one in found))
    program.key("Escape")
    program.press("Dismiss")
    program.wait(looking.strips, until=lambda strips: not strips)


def test_overlays_are_chosen_in_a_menu_that_stays_with_legends_that_are_whole(
    begin: Callable[..., Program], tmp_path: Path
) -> None:
    program = begin(OFFICE)
    program.press("Clock 60x")
    program.go(CLUSTER, SERVICES)
    for machine in ("WEB01", "WEB02", "FILE01"):
        migrate(program, machine)
        program.wait(plots.finished, machine)
    page_of(program, "FILE01")
    program.press("Overlay other migrations")
    labels = [one for one in program.wait(looking.entries) if "WEB0" in one]
    assert len(labels) == 2
    for label in labels:
        program.click(program.entry(label))
        program.wait(looking.popups)
    program.key("Escape")
    program.wait(looking.popups, until=lambda names: not names)
    program.press("Dirty rate")
    program.press("Transfer rate")
    legend = program.wait(plots.legend, until=lambda found: len(found["colours"]) >= 6)
    assert len(set(legend["colours"])) == len(legend["colours"])
    assert legend["height"] >= legend["needs"]
    assert {"WEB01", "WEB02", "FILE01"} <= {name.partition(",")[0] for name in legend["names"]}
    export(program, "Plot as PNG...", tmp_path / "plot.png")
    picture = QImage(str(tmp_path / "plot.png"))
    drawn = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 2) for y in range(picture.height())}
    rates = [colour for colour, name in zip(legend["colours"], legend["names"], strict=True) if name.endswith("rate")]
    assert set(rates) <= drawn
    export(program, "Rows as CSV...", tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["migration"].partition(",")[0] for row in rows} == {"WEB01", "WEB02", "FILE01"}


def export(program: Program, what: str, path: Path) -> None:
    """By the menu and the dialog of files."""
    program.press("Export")
    program.choose(what)
    program.wait(looking.dialog, until=bool)
    program.key("ctrl+a")
    program.type(str(path))
    program.key("Return")
    program.wait(plots.is_saved, str(path), until=bool)


def test_the_logarithmic_scale_is_remembered_and_a_double_click_shows_everything(begin: Callable[..., Program]) -> None:
    program = finished(begin(OFFICE), "WEB01")
    program.press("Logarithmic scale")
    program.wait(looking.checked, "Logarithmic scale")
    whole = program.ask(plots.run_and_axis)[1]
    area = program.wait(looking.place, "Convergence plot")
    program.click(area, button=4, times=5)
    program.wait(plots.run_and_axis, until=lambda found: found[1] < 0.9 * whole)
    program.click(area, times=2)
    program.wait(plots.run_and_axis, until=lambda found: found[1] == pytest.approx(whole))
    program = begin(OFFICE, again=True)
    page_of(program, "WEB01")
    assert program.wait(looking.checked, "Logarithmic scale")


def test_everything_on_the_screen_about_a_migration_says_the_same_percent(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    program.key("ctrl+2")
    migrate(program, "MAIL01")
    page_of(program, "MAIL01")
    seen: set[str] = set()
    for _ in range(400):
        told: list[Any] = program.ask(plots.percents, after=40)
        assert len(set(told)) <= 1, told
        seen |= set(told)
        if len(seen) > 4:
            break
    assert len(seen) > 1


def test_the_readout_goes_with_its_machine(begin: Callable[..., Program]) -> None:
    program = finished(begin(OFFICE), "WEB01")
    area = program.wait(looking.place, "Convergence plot")
    program.point(area)
    program.wait(plots.names, until=lambda found: any("Readout: " in one and " left" in one for one in found))
    program.go(CLUSTER, SERVICES)
    migrate(program, "WEB02")
    program.wait(plots.finished, "WEB02")
    page_of(program, "WEB01")
    program.point(program.wait(looking.place, "Convergence plot"))
    program.wait(plots.readout, until=lambda text: " left" in text)
    program.key("Down")  # the tree has the keyboard
    program.wait(plots.state, until=lambda text: "WEB02 moved" in text)
    assert program.wait(plots.readout, until=lambda text: " left" not in text)


def test_recordings_are_chosen_by_their_titles_and_plots_of_them_have_one(begin: Callable[..., Program]) -> None:
    program = begin()
    program.key("ctrl+r")
    rows = program.wait(looking.rows, "Recordings")
    assert all(row[0].startswith("1 GiB, ") for row in rows)
    program.press("Open")
    program.wait(looking.titles, until=lambda found: any(one.startswith("1 GiB, ") for one in found))
    program.key("Escape")


def test_the_icon_of_the_transfer_rate_is_its_own(begin: Callable[..., Program]) -> None:
    program = finished(begin(OFFICE), "WEB01")
    button = program.wait(looking.button, "Transfer rate")
    program.click(button)
    program.wait(looking.checked, "Transfer rate")
    assert len(program.ask(drawn.colours, button)) > 3
    program.click(button)
    program.point(program.wait(looking.place, "Convergence plot"))
    faces = {name: program.ask(drawn.pixels, program.wait(looking.button, name)) for name in BUTTONS}
    assert [name for name in BUTTONS if faces[name] == faces["Transfer rate"]] == ["Transfer rate"]


def test_what_is_read_of_a_running_migration_is_its_accessible_name_or_value(begin: Callable[..., Program]) -> None:
    program = begin(OFFICE)
    program.go(CLUSTER, SERVICES)
    migrate(program, "MAIL01")
    page_of(program, "MAIL01")
    program.wait(plots.state, until=lambda text: "Copying memory, pass" in text)
    program.press("Clock Pause")
    program.point(program.wait(looking.place, "Convergence plot"))
    program.wait(plots.readout, until=lambda text: " left" in text)
    heard = program.ask(reading.heard)
    for begins, has in (
        ("State of the migration: Copying memory, pass", " left of "),
        ("Elapsed: ", "s"),
        ("Remaining: ", " to "),
        ("Blackout: ", " to "),
        ("Sent: ", " of 8"),
        ("Readout: ", " left"),
    ):
        assert [
            name for name, _ in heard if name.startswith(begins) and has in name.replace("\N{NO-BREAK SPACE}", " ")
        ], begins
    (percent,) = set(program.ask(plots.percents))
    assert percent in {value.replace("\N{NO-BREAK SPACE}", " ") for name, value in heard if name.startswith("Progress")}


def test_the_legend_names_the_rates_in_a_small_window(begin: Callable[..., Program]) -> None:
    program = finished(begin(OFFICE, size=(1024, 640)), "WEB01")
    program.press("Dirty rate")
    program.press("Transfer rate")
    legend = program.wait(plots.legend, until=lambda found: len(found["colours"]) >= 4)
    assert {"Dirty rate", "Transfer rate"} <= set(legend["names"])
    assert legend["height"] >= legend["needs"]
    assert legend["width"] >= legend["widest"]
