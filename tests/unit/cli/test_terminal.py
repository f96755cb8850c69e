"""What the command line prints: nothing that a stranger wrote is acted on by a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fcm.cli.main import main
from fcm.text.terminal import PlainStream, control, one_line, plain, plain_output
from fcm.ui.tour.patience import PATIENCE, stretched

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31mweb\rok\u202ecba\u2066\x08"


@given(st.text())
def test_no_control_character_but_tab_and_line_feed_is_left(text: str) -> None:
    for letter in plain(text):
        assert letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Zl", "Zp", "Cs")
    assert plain(plain(text)) == plain(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize("text", ["Grün 東京 🙂 a\u00a0b\u3000c", "name\tvalue\nnext", "\u05d0\u05d1", "👩\u200d💻"])
def test_letters_of_every_language_stay(text: str) -> None:
    assert plain(text) == text


def test_a_stream_is_plain_in_what_it_writes_and_itself_in_the_rest() -> None:
    real = io.StringIO()
    stream = PlainStream(real)
    print(EVIL, file=stream)
    stream.writelines(["a\x1b", "b"])
    assert not set("\x1b\x07\x08\r\x9b\u202e\u2066") & set(real.getvalue())
    assert not stream.isatty()
    control(stream, "\r\x1b[K")
    control(real, "\x1b[m")
    assert real.getvalue().endswith("\r\x1b[K\x1b[m")


def test_standard_output_is_the_same_again_afterwards() -> None:
    before = (sys.stdout, sys.stderr)
    with plain_output():
        assert isinstance(sys.stdout, PlainStream)
        with plain_output():
            assert isinstance(sys.stderr, PlainStream)
        assert isinstance(sys.stdout, PlainStream)
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize("verb", [["hosts", "check"], ["predict"], ["run"], ["lab", "vm", "add"]])
def test_an_error_about_a_file_with_such_a_name_is_plain(
    tmp_path: Path, verb: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    assert main([*verb, f"/nowhere/{EVIL}"]) in (1, 2)
    said = capsys.readouterr()
    assert "\x1b" not in said.err + said.out
    assert "\x9b" not in said.err + said.out


def test_what_a_script_prints_and_a_file_names_is_plain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FCM_DATA", str(tmp_path))
    script = tmp_path / "s.ps1"
    script.write_text("Write-Output 'a\x1b[2Jb'\nGet-VM 'x\x1by'\n")
    main(["run", "--engine=built-in", str(script), "--fresh", "--speed", "max"])
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "a\N{REPLACEMENT CHARACTER}[2Jb" in said.out


@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", 'says "now" ... ->  0.5 us ?'), ("latin-1", 'says "now" ... ->  0.5 µs ?')]
)
def test_a_terminal_without_a_sign_gets_another_and_the_program_goes_on(encoding: str, shown: str) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding) as real:
        PlainStream(real).write("says “now” … →  0.5 µs 東")
        real.flush()
        assert raw.getvalue().decode(encoding) == shown


@pytest.mark.parametrize(
    "words", [["run", "--engine=built-in", "--fresh", "-"], ["shell", "--fresh"], ["show", "nonsense"]], ids=" ".join
)
def test_a_program_without_standard_streams_goes_on(words: list[str], tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "for number in (0, 1, 2): os.close(number)\n"
        "sys.stdin = sys.stdout = sys.stderr = None\n"
        "from fcm.cli.main import main\n"
        "os._exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, "FCM_DATA": str(tmp_path)},
        timeout=stretched(PATIENCE),
        check=False,
    )
    assert done.returncode == (2 if "nonsense" in words else 0)
