"""The figures of simulated clusters, migrations and hosts are those of their page."""

from __future__ import annotations

from tests.quality.figures import PAGE, page


def test_the_page_of_figures_has_those_of_the_code() -> None:
    assert page().splitlines() == PAGE.read_text(encoding="utf-8").splitlines()
