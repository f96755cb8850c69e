"""What things may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.model.rules.names import (
    FOLDER_LIMIT,
    domain_name,
    file_name,
    is_taken,
    object_name,
    safe_file_name,
    same,
    server_name,
)

DEVICES = ["CON", "PRN", "AUX", "NUL", *(f"{port}{digit}" for port in ("COM", "LPT") for digit in "123456789¹²³")]
_endings = st.sampled_from(["", " ", ".txt", ".tar.gz", ". .", " .x"])


@given(st.sampled_from(DEVICES), _endings, st.booleans())
def test_the_name_of_a_device_names_no_file_in_any_case_and_with_any_extension(
    device: str, ending: str, lower: bool
) -> None:
    verdict = file_name((device.lower() if lower else device) + ending, "folder")
    assert not verdict
    assert f"Windows reserves the name {device}" in verdict.reason
    assert verdict.remedy


@pytest.mark.parametrize("name", ["CONTOSO", "COM10", "COM", "LPT0", "NULL", "xCON", "Con sole", "my.con"])
def test_a_name_that_only_resembles_a_device_is_allowed(name: str) -> None:
    assert file_name(name, "folder")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Data.", "ends with a period"),
        ("Data. ", "ends with a period"),
        ("Data ", "ends with a space"),
        ("a/b", "has a character that file names cannot have"),
        ("a\tb", "has a character that file names cannot have"),
        ("", "needs a name"),
        ("  ", "needs a name"),
        ("x" * (FOLDER_LIMIT + 1), "has 256 characters"),
        ("\N{ROCKET}" * 128, "has 256 characters"),
    ],
)
def test_what_windows_drops_or_refuses_in_a_name_is_refused(name: str, words: str) -> None:
    verdict = file_name(name, "folder", FOLDER_LIMIT)
    assert words in verdict.reason
    assert verdict.remedy


def test_a_folder_may_be_as_long_as_ntfs_allows() -> None:
    assert file_name("x" * FOLDER_LIMIT, "folder", FOLDER_LIMIT)


def test_everything_wrong_with_a_name_is_told() -> None:
    verdict = file_name("a:b.", "machine")
    assert "a character that file names cannot have" in verdict.reason
    assert "ends with a period" in verdict.reason


def test_what_is_no_file_may_be_called_like_a_device_or_end_with_a_period() -> None:
    assert object_name("CON", "network")
    assert object_name("Storage Inc.", "network")
    assert not object_name("Storage ", "network")


@pytest.mark.parametrize("name", ["node1", "a", "HV-01", "9lives", "x" * 15])
def test_a_server_is_called_as_netbios_and_dns_allow(name: str) -> None:
    assert server_name(name, "server")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x" * 16, "has 16 characters"),
        ("two words", "a character that DNS computer names cannot have"),
        ("under_score", "a character that DNS computer names cannot have"),
        ("b\N{LATIN SMALL LETTER U WITH DIAERESIS}ro", "a character that DNS computer names cannot have"),
        ("a.b", "a character that DNS computer names cannot have"),
        ("-a", "begins or ends with a hyphen"),
        ("a-", "begins or ends with a hyphen"),
        ("2008", "has only digits"),
        ("", "needs a name"),
        ("nul", "reserves the name NUL"),
    ],
)
def test_a_server_is_not_called_otherwise(name: str, words: str) -> None:
    verdict = server_name(name, "server")
    assert words in verdict.reason
    assert verdict.remedy


@given(st.text(max_size=8))
def test_case_and_what_windows_drops_at_the_end_make_no_other_name(name: str) -> None:
    assert same(f"{name} . ") == same(name)
    assert is_taken(name.upper() if len(name.upper()) == len(name) else name, [name])


def test_letters_that_windows_tells_apart_are_two_names() -> None:
    assert not is_taken("stra\N{LATIN SMALL LETTER SHARP S}e", ["strasse"])


@given(st.text(max_size=300))
def test_any_text_becomes_a_name_that_every_file_system_takes(text: str) -> None:
    name = safe_file_name(text)
    assert file_name(f"{name}.csv", "file", FOLDER_LIMIT)
    assert file_name(name, "file", FOLDER_LIMIT)
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize("name", ["", "example", "contoso.com", "a-b.c1.example", "x" * 63])
def test_a_domain_is_called_as_dns_allows(name: str) -> None:
    assert domain_name(name)


@pytest.mark.parametrize("name", ["a..b", ".com", "com.", "-a.com", "a_b.com", "two words", "x" * 64, "a." * 150 + "b"])
def test_a_domain_is_not_called_otherwise(name: str) -> None:
    assert domain_name(name).remedy
