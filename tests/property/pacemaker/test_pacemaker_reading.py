"""Whatever a node prints: it is a status, or a sentence says why it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as some

from fcm.backend.pacemaker.reading import read
from fcm.mistakes import SentenceError
from tests.unit.pacemaker_reading.recorded import ASKED, ended, names, text, without

if TYPE_CHECKING:
    from fcm.backend.pacemaker.status import ClusterStatus

RECORDINGS = [text(name) for name in names()]
SECTIONS = ("clock", "crm_mon", "cib", "quorum", "links")


def _status_or_sentence(printed: str) -> ClusterStatus | None:
    try:
        return read(printed, "node1", ASKED)
    except SentenceError as error:
        said = str(error)
        assert said.endswith(".")
        assert "\n" not in said
        assert "Traceback" not in said
        return None


@given(some.sampled_from(RECORDINGS), some.sets(some.sampled_from(SECTIONS)))
def test_any_sections_may_be_missing(printed: str, missing: set[str]) -> None:
    for section in missing:
        printed = without(printed, section)
    found = _status_or_sentence(printed)
    assert (found is None) is bool(missing & {"crm_mon", "cib"})


@given(some.sampled_from(RECORDINGS), some.data())
def test_an_answer_may_break_off_anywhere(printed: str, data: some.DataObject) -> None:
    _status_or_sentence(printed[: data.draw(some.integers(0, len(printed)))])


@given(some.sampled_from(RECORDINGS), some.sampled_from(SECTIONS), some.integers(0, 255), some.text(max_size=200))
def test_a_section_may_be_anything(printed: str, section: str, code: int, output: str) -> None:
    _status_or_sentence(ended(printed, section, code, output, output))


@given(some.sampled_from(RECORDINGS), some.data(), some.text("0123456789-:abA<>&\"' \x7f,", max_size=12))
def test_a_part_of_an_answer_may_be_replaced_by_anything(printed: str, data: some.DataObject, put: str) -> None:
    first = data.draw(some.integers(0, len(printed)))
    last = data.draw(some.integers(first, min(len(printed), first + 60)))
    _status_or_sentence(printed[:first] + put + printed[last:])


@given(some.sampled_from(RECORDINGS), some.data(), some.text(max_size=12))
def test_attributes_may_have_any_value(printed: str, data: some.DataObject, value: str) -> None:
    parts = printed.split('"')
    place = data.draw(some.integers(0, max(0, len(parts) // 2 - 1))) * 2 + 1
    parts[place] = value.replace('"', "")
    _status_or_sentence('"'.join(parts))
