"""How text files that people exchange are read: encodings, sizes, what is no file, values that nothing needs."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.backend.embedded.cluster_file.reading import load as load_cluster
from fcm.backend.libvirt.configuration.hosts_file import load as load_hosts
from fcm.migration.engine.catalogue import load_workload
from fcm.migration.fields import read_json
from fcm.shell.runtime.execution.scripts import read_script
from fcm.shell.values.files import text_of
from fcm.text.textfile import (
    HOSTS,
    QUERY,
    TEXT,
    Kind,
    TextFileError,
    decoded,
    parse_json,
    parse_toml,
    read_text,
    typed_path,
    whole_path,
)
from fcm.workspace.events.saved_queries import read_query
from fcm.workspace.files.settings import FILE_NAME, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path("file.txt")
MARKED = {
    "UTF-8": codecs.BOM_UTF8,
    "UTF-16-LE": codecs.BOM_UTF16_LE,
    "UTF-16-BE": codecs.BOM_UTF16_BE,
    "UTF-32-LE": codecs.BOM_UTF32_LE,
    "UTF-32-BE": codecs.BOM_UTF32_BE,
}
TEXTS = st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)))
READERS: dict[str, Callable[[Path], object]] = {
    "hosts": load_hosts,
    "cluster": load_cluster,
    "workload": load_workload,
    "recording": read_json,
    "script": read_script,
    "query": read_query,
    "Get-Content": text_of,
}
"""Every reader of a file that people exchange."""


@given(TEXTS, st.sampled_from(sorted(MARKED)), st.booleans())
def test_a_text_is_the_same_in_each_encoding_that_has_a_mark_and_with_both_line_ends(
    text: str, encoding: str, windows: bool
) -> None:
    written = text.replace("\n", "\r\n") if windows else text
    assert decoded(MARKED[encoding] + written.encode(encoding), FILE) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "utf-8"])
def test_an_xml_declaration_is_believed_without_a_mark(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<a name="Grün"/>'
    assert decoded(text.encode(encoding), FILE) == text


def test_a_declared_utf_16_of_bytes_that_are_utf_8_is_utf_8() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><a name="Grün"/>'
    assert decoded(text.encode(), FILE) == text


@pytest.mark.parametrize(
    ("raw", "line", "words"),
    [
        ("ä\nGrün".encode("latin-1"), 1, "it is not UTF-8"),
        (b"one\ntwo\xff", 2, "it is not UTF-8"),
        (codecs.BOM_UTF16_LE + "a\nb\n".encode("utf-16-le") + b"\x00\xd8", 3, "its mark says that it is UTF-16"),
        (b"one\n\0two", 2, "null characters"),
        ("unmarked".encode("utf-16-le"), 1, "null characters"),
        (codecs.BOM_UTF32_LE + b"\xff\xff\xff\xff", 1, "its mark says that it is UTF-32"),
    ],
)
def test_what_is_no_text_is_told_with_its_line(raw: bytes, line: int, words: str) -> None:
    with pytest.raises(TextFileError) as caught:
        decoded(raw, FILE)
    assert caught.value.line == line
    assert words in str(caught.value)
    assert "Save it as UTF-8." in str(caught.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_text_or_told_in_a_sentence(raw: bytes) -> None:
    try:
        found = decoded(raw, FILE)
    except TextFileError as error:
        found = str(error)
    assert "\0" not in found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("what", ["nothing", "folder", "pipe", "device", "too large", "latin-1", "zeros"])
def test_every_reader_refuses_what_is_no_text_file_in_words_and_does_not_hang(
    tmp_path: Path, reader: str, what: str
) -> None:
    path = tmp_path / "file.ps1"
    match what:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path = Path("/dev/zero")
        case "too large":
            with path.open("wb") as file:
                file.truncate(100 << 20)
        case "latin-1":
            path.write_bytes("# Grün".encode("latin-1"))
        case "zeros":
            path.write_bytes(b"#\0")
    with pytest.raises(Exception) as caught:  # noqa: PT011 (each reader has an error of its own)
        READERS[reader](path)
    assert isinstance(caught.value, OSError) or str(path) in str(caught.value)
    assert not isinstance(caught.value, UnicodeError | MemoryError | TypeError | RecursionError)


@pytest.mark.parametrize(
    "raw", [b'{"a":' * 5000, b"a = " + b"[" * 5000, b"[" * 200_000, b'{"n": ' + b"9" * 5000 + b"}"]
)
@pytest.mark.parametrize("reader", ["hosts", "cluster", "workload", "recording"])
def test_nesting_and_digits_without_end_are_refused_with_the_name_of_the_file(
    tmp_path: Path, reader: str, raw: bytes
) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(raw)
    with pytest.raises(Exception, match="bomb") as caught:
        READERS[reader](path)
    assert "Traceback" not in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (parse_toml, "a = " + "9" * 5000, "too many digits"),
        (parse_toml, "a = 0x" + "f" * 5000, "larger than 64 bits"),
        (parse_toml, "a = " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        (parse_toml, ".".join("a" * 2000) + " = 1", "nested too deeply"),
        (parse_toml, "x = 1\n" + ".".join("a" * 60_000) + " = 1", "line 2: The values are nested too deeply"),
        (parse_toml, "x = { " + " . ".join(["'a'"] * 60_000) + " = 1 }", "line 1: The values are nested too deeply"),
        (parse_toml, "[" + ".".join(["a-b"] * 60_000) + "]", "nested too deeply"),
        (parse_toml, "a = 1\nb = ?", "line 2: The file is not valid TOML"),
        (parse_json, '{"a": ' + "9" * 5000 + "}", "too many digits"),
        (parse_json, '{"a": 99999999999999999999999}', "larger than 64 bits"),
        (parse_json, "[" * 150 + "]" * 150, "nested too deeply"),
        (parse_json, "[" * 100_000, "nested too deeply"),
        (parse_json, '{\n"a": }', "line 2: The file is not valid JSON: a value is missing"),
        (parse_json, " \n", "The file is empty."),
        (parse_toml, "[a]\n[a]", "line 2: The file is not valid TOML: Cannot declare a twice"),
        (parse_toml, "a = 1\na = 2", "line 2: The file is not valid TOML: duplicate key"),
        (parse_json, '[1,\n"\\ud83d"]', "line 2: A string contains half of a surrogate pair"),
        (parse_json, '{"\\uDE00": 1}', "half of a surrogate pair"),
    ],
)
def test_values_that_no_file_needs_are_refused(parse: Callable[[str, Path], object], text: str, words: str) -> None:
    with pytest.raises(TextFileError, match=words):
        parse(text, FILE)


def test_texts_and_comments_may_have_as_many_dots_as_they_like() -> None:
    text = f'# {"." * 500}\na = "{"." * 500}"\nb = "one.two, three. {"Four five. " * 90}"\n'
    assert set(parse_toml(text, FILE)) == {"a", "b"}


def test_a_file_may_have_as_many_bytes_as_its_kind_and_not_one_more(tmp_path: Path) -> None:
    kind = Kind("A note", 2048)
    path = tmp_path / "note"
    path.write_bytes(b"x" * 2048)
    assert len(read_text(path, kind)) == 2048
    path.write_bytes(b"x" * 2049)
    with pytest.raises(TextFileError, match=r"too large\. A note can have at most 2 KiB") as caught:
        read_text(path, kind)
    assert caught.value.too_large


def test_a_refused_file_is_closed_again(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * 300_000)
    before = os.open(tmp_path / "large", os.O_RDONLY)
    os.close(before)
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "large", Path("/dev/zero")):
        with pytest.raises(TextFileError):
            read_text(path, HOSTS)
    after = os.open(tmp_path / "large", os.O_RDONLY)
    os.close(after)
    assert after == before


def test_a_name_that_no_file_has_is_told(tmp_path: Path) -> None:
    for kind in (HOSTS, QUERY, TEXT):
        with pytest.raises(TextFileError, match=r"not a valid file name|does not exist"):
            read_text(tmp_path / "a\0b", kind)


@pytest.mark.parametrize("mark", ["UTF-16-LE", "UTF-16-BE", "UTF-8"])
def test_a_query_is_read_in_the_encoding_of_its_file_whatever_its_declaration_says(tmp_path: Path, mark: str) -> None:
    declared = '<?xml version="1.0" encoding="utf-16"?>\r\n'
    text = f'{declared}<QueryList><Query><Select Path="System">*</Select></Query></QueryList>'
    (tmp_path / "q.xml").write_bytes(MARKED[mark] + text.encode(mark))
    assert "<QueryList>" in read_query(tmp_path / "q.xml").xml


def test_settings_with_a_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(codecs.BOM_UTF8 + b'{"clusters.last": "embedded:contoso"}')
    found = Settings(tmp_path)
    assert not found.problem


def test_both_halves_of_a_character_in_escapes_are_one_and_a_backslash_is_a_backslash() -> None:
    assert parse_json(r'["\ud83d\ude00", "\\ud83d"]', FILE) == ["\N{GRINNING FACE}", r"\ud83d"]


def test_a_path_is_what_was_typed_where_the_home_folder_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert typed_path("~/hosts.toml") == tmp_path / "hosts.toml"
    assert typed_path("~nobody-of-this-name/hosts.toml") == Path("~nobody-of-this-name/hosts.toml")


def test_a_link_that_leads_to_itself_has_a_path_and_opening_it_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert whole_path(tmp_path / "a").parent == tmp_path
    with pytest.raises(TextFileError, match="symbolic links"):
        read_text(tmp_path / "a", TEXT)
