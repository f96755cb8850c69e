from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fcm.logs.queries.query import parse_query
from fcm.logs.queries.xml import custom_view
from fcm.workspace.events.saved_queries import GUIDE, RECENT, SHIPPED, SavedQueries, read_query
from fcm.workspace.files.settings import Settings
from tests.unit.logs.test_query import GUIDE as PRINTED

if TYPE_CHECKING:
    from pathlib import Path


def test_the_query_that_the_guide_prints_comes_along() -> None:
    assert parse_query(SHIPPED[GUIDE]).selects == parse_query(PRINTED).selects


def test_a_saved_query_is_there_at_the_next_start_and_can_be_renamed_and_deleted(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    SavedQueries(settings).save("  My   failures ", "<x/>")
    settings.flush()
    again = SavedQueries(Settings(tmp_path))
    assert list(again.all()) == [*SHIPPED, "My failures"]
    again.rename("My failures", "Failures")
    assert again.all()["Failures"] == "<x/>"
    again.delete("Failures")
    assert not again.is_own("Failures")
    again._settings.flush()


@pytest.mark.parametrize(("name", "words"), [("", "Enter a name"), ("x" * 81, "more than 80"), (RECENT, "comes with")])
def test_a_name_that_cannot_be_used_is_refused_in_words(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        SavedQueries(Settings(tmp_path)).save(name, "<x/>")


def test_a_query_is_not_renamed_over_another(tmp_path: Path) -> None:
    queries = SavedQueries(Settings(tmp_path))
    queries.save("one", "<x/>")
    queries.save("two", "<y/>")
    with pytest.raises(ValueError, match="already"):
        queries.rename("one", "two")
    assert queries.all()["two"] == "<y/>"
    queries._settings.flush()


VIEW = custom_view(
    '<QueryList><Query Path="System"><Select>*[System[Level=2]]</Select></Query></QueryList>', "Errors", "Why?"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_custom_view_is_imported_with_its_name_and_description(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "view.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?>{VIEW}'.encode(encoding))
    found = read_query(path)
    assert (found.name, found.description) == ("Errors", "Why?")
    assert parse_query(found.xml).channels == ("System",)


def test_an_import_leaves_another_query_of_the_same_name_as_it_is(tmp_path: Path) -> None:
    queries = SavedQueries(Settings(tmp_path))
    assert queries.save_beside("Errors", "<x/>", "First") == "Errors"
    assert queries.save_beside(" Errors ", "<y/>", "Second") == "Errors (2)"
    assert queries.save_beside("Errors", "<x/>", "First") == "Errors"
    assert queries.save_beside(RECENT, "<x/>") == f"{RECENT} (2)"
    assert (queries.all()["Errors"], queries.all()["Errors (2)"]) == ("<x/>", "<y/>")
    queries.rename("Errors (2)", "Mistakes")
    assert queries.description("Mistakes") == "Second"
    queries.delete("Mistakes")
    assert queries.description("Mistakes") == ""
    queries._settings.flush()
