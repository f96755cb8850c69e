"""Reports to send on: one page without anything beside it, its drawings in it, and the same figures as CSV."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from fcm.app import open_workspace
from fcm.cli.main import main
from fcm.model import commands as cmd
from fcm.model.failures import FaultKind
from fcm.workspace.reporting import making
from fcm.workspace.reports import Colours
from tests.unit.replay.lived import URI, advance, lived

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = Colours("#111111", "#222222", "#333333", "#444444", "#555555", "#666666", "#777777")


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path / "data"))


class Checked(HTMLParser):
    """Every tag that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        linked = [str(value) for name, value in attrs if name in ("src", "href")]
        self.loads += [one for one in linked if not one.startswith("#")]
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: str) -> list[str]:
    """The drawings of a page that is whole and loads nothing."""
    checked = Checked()
    checked.feed(page)
    assert checked.open == []
    assert checked.loads == []
    drawings = re.findall(r"<svg .*?</svg>", page, re.DOTALL)
    for one in drawings:
        ElementTree.fromstring(one)
    return drawings


def drained() -> None:
    workspace = lived()
    workspace.submit(cmd.DrainNode("node1"))
    advance(workspace, 3000.0)
    workspace.close()


def test_the_report_of_a_time_names_every_machine_and_its_figures_are_those_of_the_csv() -> None:
    lived().close()
    opened = open_workspace(f"replay:{URI}")
    names = {one.name for one in opened.state.machines.values()}
    end = opened.state.time
    opened.close()
    report = making.report_of_time(URI, end - 3600.0, end)
    assert check(report.page())
    rows = list(csv.DictReader(report.csv.splitlines()))
    assert {row["machine"] for row in rows} == names
    for name in names:
        assert f">{name}<" in report.page()
    lost = [row for row in rows if float(row["unavailable_s"]) > 0]
    assert "Near misses" in report.page()
    assert ("There was none." in report.page()) or lost


def test_the_reports_of_a_migration_a_drain_and_a_failover_have_their_drawings() -> None:
    drained()
    opened = open_workspace(f"replay:{URI}")
    state = opened.state
    opened.close()
    move = next(one for one in state.migrations.values() if one.figures is not None)
    report = making.report_of_migration(URI, move.id)
    assert len(check(report.page())) == 1
    assert len(report.csv.splitlines()) > 10
    assert "Passes" in report.page()
    drain = making.report_of_drain(URI, "node1")
    assert check(drain.page())
    moves = [one for one in state.migrations.values() if one.drain]
    assert len(drain.csv.splitlines()) == len(moves) + 1


def test_the_report_of_a_failover_has_its_steps_and_the_nodes_that_were_considered() -> None:
    workspace = lived()
    workspace.submit(cmd.InjectFault(FaultKind.POWER_OFF, "node1"))
    advance(workspace, 600.0)
    failover = next(one for one in workspace.state.failovers.values() if one.online is not None)
    workspace.close()
    report = making.report_of_failover(URI, failover.group)
    assert len(check(report.page())) == 1
    assert "Nodes that were considered" in report.page()
    steps = list(csv.DictReader(report.csv.splitlines()))
    end = failover.booted or failover.online or 0.0
    assert sum(float(one["seconds"]) for one in steps) == pytest.approx(end - failover.failed, abs=0.01)


def test_the_viewer_gets_pictures_in_its_own_colors() -> None:
    lived().close()
    opened = open_workspace(f"replay:{URI}")
    move = next(iter(opened.state.migrations))
    opened.close()
    shown = making.report_of_migration(URI, move).for_viewer(COLOURS)
    assert "<svg" not in shown
    assert "data:image/svg+xml;base64," in shown
    assert "var(--" not in shown


def test_names_are_texts_in_a_page_and_never_markup(tmp_path: Path) -> None:
    workspace = open_workspace(URI, paced=False)
    workspace.submit(cmd.CreateVirtualMachine("a&b 'c'", "node1", 1 << 30, None, start=True))
    advance(workspace, 100.0)
    end = workspace.state.time
    workspace.close()
    report = making.report_of_time(URI, end - 3600.0, end)
    check(report.page())
    assert "a&amp;b" in report.page()
    assert "a&b" not in report.page()


def test_the_command_line_writes_page_and_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drained()
    for number, kind in enumerate((["month"], ["migration", "--machine", "sql01"], ["drain", "--node", "NODE1"])):
        file = tmp_path / f"{number}.html"
        assert main(["report", kind[0], str(file), "--cluster", "contoso", *kind[1:]]) == 0
        check(file.read_text(encoding="utf-8"))
        assert file.with_suffix(".csv").read_text(encoding="utf-8").count("\n") > 1
    assert "were written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["month", "x.txt"], "ends in .html", 2),
        (["month", "x.html", "--month", "November"], "not a month", 2),
        (["month", "x.html", "--month", "1999-01"], "nothing of that time", 1),
        (["migration", "x.html"], "requires --machine", 2),
        (["migration", "x.html", "--machine", "nobody"], "no virtual machine", 2),
        (["drain", "x.html", "--node", "node2"], "never drained", 2),
        (["failover", "x.html", "--machine", "nobody"], "never failed over", 2),
        (["month", "none/x.html"], "cannot be written", 1),
    ],
)
def test_what_cannot_be_reported_is_said(
    words: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    open_workspace(URI, paced=False).close()
    assert main(["report", *words, "--cluster", "contoso"]) == code
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_months_end_where_the_next_one_begins() -> None:
    assert making.month("2026-12")[1] == making.month("2027-01")[0]
    assert making.month("2024-02")[1] - making.month("2024-02")[0] == 29 * making.DAY
