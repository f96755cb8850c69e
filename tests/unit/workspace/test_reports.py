"""Reports as HTML pages: whole, escaped, without anything from outside, saved or not at all."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model.state import State, apply
from fcm.model.validation.report import CheckResult, ValidationReport
from fcm.model.validation.validate import validate
from fcm.workspace import reports
from fcm.workspace.reports import Colours, high_availability_report, save, validation_report
from tests.ui.by_hand import formed, machine

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = Colours("#111111", "#222222", "#333333", "#444444", "#555555", "#666666", "#777777")


def state_of(*names: str) -> State:
    from fcm.model.events import Entry

    return apply(State(), Entry(1, 0.0, formed([machine(name) for name in names])))[0]


class _Texts(HTMLParser):
    """Texts and tags of a page, as a browser reads it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_a_report_has_every_finding_with_its_remedy() -> None:
    state = state_of("web", "db")
    report = validate(state)
    read = "".join(_Texts(validation_report(report, state).page()).texts)
    for result in report.results:
        assert result.name in read
        assert result.remedy in read


@given(st.text(max_size=60))
def test_no_text_of_a_finding_becomes_markup(text: str) -> None:
    report = ValidationReport(0.0, (CheckResult(f"<script>{text}", "Net<b>work", "fail", text, text),))
    read = _Texts(validation_report(report, State()).page())
    assert not read.tags & {"script", "b"}


def test_a_report_loads_nothing_and_knows_light_and_dark() -> None:
    state = state_of("web")
    page = validation_report(validate(state), state).page()
    assert all(link.startswith("#") for link in _Texts(page).links)
    assert "url(" not in page
    assert "prefers-color-scheme: dark" in page


def test_the_worst_findings_of_a_category_come_first() -> None:
    results = tuple(
        CheckResult(f"test {level}", "Network", level, "text") for level in ("info", "pass", "fail", "warn")
    )
    body = validation_report(ValidationReport(0.0, results), State()).body
    found = re.findall(r"test (fail|warn|pass|info)", body)
    assert found == ["fail", "warn", "pass", "info"]


def test_the_viewer_gets_its_own_colours() -> None:
    state = state_of("web")
    text = validation_report(validate(state), state).for_viewer(COLOURS)
    assert "#777777" in text
    assert "var(" not in text


def test_the_high_availability_report_names_machines_and_resources() -> None:
    state = state_of("web")
    text = "".join(_Texts(high_availability_report(state, ["vm-web"], "", 0.0, "Add-Something 'web'").page()).texts)
    for wanted in (
        "web: configured",
        "Virtual Machine web",
        "Virtual Machine Configuration web",
        "Add-Something 'web'",
    ):
        assert wanted in text


def test_another_report_of_the_same_name_is_not_replaced(tmp_path: Path) -> None:
    first = save(reports.Report("Title", "one"), tmp_path, "A report")
    second = save(reports.Report("Title", "two"), tmp_path, "A report")
    assert (first.name, second.name) == ("A-report.html", "A-report-2.html")
    assert "one" in first.read_text(encoding="utf-8")


def test_the_same_report_is_written_once(tmp_path: Path) -> None:
    report = reports.Report("Title", "one")
    assert save(report, tmp_path, "name") == save(report, tmp_path, "name")
    assert [path.name for path in tmp_path.iterdir()] == ["name.html"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "C:\\x", "..."])
def test_a_report_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    assert save(reports.Report("Title", "text"), tmp_path / "reports", name).parent == tmp_path / "reports"


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OSError, match="file"):
        save(reports.Report("Title", "text"), blocked, "name")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
