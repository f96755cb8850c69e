"""Drawings of reports."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from fcm.workspace.reporting.drawing import GOOD, Bar, bars

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Einwohnermeldeamt-Datenbank-Produktion-Nord"


def test_names_beside_bars_end_before_these_and_keep_their_ends() -> None:
    found = [Bar(f"{LONG}-{number:02}", ((1.0, GOOD),), "100 %") for number in (1, 2)]
    root = ElementTree.fromstring(bars(found, 1.0, "Bars"))
    names = [one.text or "" for one in root.iter(f"{SVG}text") if one.get("x") == "0.0"]
    assert names == [bar.name for bar in found]
    left = min(float(one.get("x") or 0) for one in root.iter(f"{SVG}rect"))
    assert left >= 7.5 * len(names[0])
    longer = [Bar(f"{LONG}-{LONG}-{number:02}", ((1.0, GOOD),), "100 %") for number in (1, 2)]
    root = ElementTree.fromstring(bars(longer, 1.0, "Bars"))
    cut = [one.text or "" for one in root.iter(f"{SVG}text") if one.get("x") == "0.0"]
    assert [name[-3:] for name in cut] == ["-01", "-02"]
    assert all("…" in name for name in cut)
