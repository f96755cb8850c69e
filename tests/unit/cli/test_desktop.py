"""fcm desktop: a link, an entry and an icon; never over what belongs to somebody else, gone without a trace."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fcm import desktop
from fcm.cli.main import DONE, FAILED, WRONG_USAGE, main
from fcm.desktop import DesktopError, install, remove

needs_linux = pytest.mark.usefixtures("linux")


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop.sys, "platform", "linux")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program fcm of an environment."""
    made = tmp_path / "checkout" / ".venv" / "bin" / "fcm"
    made.parent.mkdir(parents=True)
    made.write_text("#!/bin/sh\necho started with $*\n", encoding="utf-8")
    made.chmod(0o755)
    return made


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@needs_linux
def test_the_installed_command_starts_the_program(program: Path, tmp_path: Path) -> None:
    there = install(tmp_path / "usr", program)
    done = subprocess.run([there.link, "show", "it"], capture_output=True, text=True, check=True)
    assert done.stdout == "started with show it\n"
    assert files(tmp_path / "usr") == [
        "bin/fcm",
        "share/applications/fcm.desktop",
        "share/icons/hicolor/scalable/apps/fcm.svg",
    ]


@needs_linux
def test_the_entry_starts_the_installed_command_by_its_whole_path(program: Path, tmp_path: Path) -> None:
    there = install(tmp_path / "usr", program)
    lines = there.entry.read_text(encoding="utf-8").splitlines()
    assert f"Exec={there.link}" in lines
    assert "Icon=fcm" in lines
    assert "Terminal=false" in lines


@needs_linux
def test_the_entry_is_what_desktops_expect(program: Path, tmp_path: Path) -> None:
    """Where desktop-file-validate is installed it judges, elsewhere the keys that the specification requires."""
    there = install(tmp_path / 'a "b" $c', program)
    text = there.entry.read_text(encoding="utf-8")
    assert text.startswith("[Desktop Entry]\nType=Application\nName=")
    judge = shutil.which("desktop-file-validate")
    told = subprocess.run([judge, there.entry], capture_output=True, text=True, check=False).stdout if judge else ""
    assert told == ""


@needs_linux
def test_a_path_with_blanks_is_quoted_as_the_specification_wants(program: Path, tmp_path: Path) -> None:
    there = install(tmp_path / "my programs", program)
    assert f'Exec="{tmp_path}/my programs/bin/fcm"' in there.entry.read_text(encoding="utf-8")


@needs_linux
def test_to_install_twice_and_from_another_place_is_to_install(program: Path, tmp_path: Path) -> None:
    install(tmp_path / "usr", program)
    install(tmp_path / "usr", program)
    other = tmp_path / "newer" / "fcm"
    other.parent.mkdir()
    shutil.copy(program, other)
    there = install(tmp_path / "usr", other)
    assert there.link.resolve() == other


@needs_linux
def test_what_was_installed_is_removed_even_when_the_program_is_gone(program: Path, tmp_path: Path) -> None:
    there = install(tmp_path / "usr", program)
    shutil.rmtree(tmp_path / "checkout")
    assert remove(tmp_path / "usr") == (there.link, there.entry, there.icon)
    assert files(tmp_path / "usr") == []
    assert remove(tmp_path / "usr") == ()


@needs_linux
@pytest.mark.parametrize("what", ["bin/fcm", "share/applications/fcm.desktop"])
def test_what_belongs_to_another_program_stays(program: Path, tmp_path: Path, what: str) -> None:
    other = tmp_path / "usr" / what
    other.parent.mkdir(parents=True)
    other.write_text("another program", encoding="utf-8")
    with pytest.raises(DesktopError, match="another program"):
        install(tmp_path / "usr", program)
    assert remove(tmp_path / "usr") == ()
    assert files(tmp_path / "usr") == [what]
    assert other.read_text(encoding="utf-8") == "another program"


@needs_linux
def test_a_program_that_pip_put_there_itself_stays(program: Path, tmp_path: Path) -> None:
    own = tmp_path / "usr" / "bin" / "fcm"
    own.parent.mkdir(parents=True)
    shutil.copy(program, own)
    install(tmp_path / "usr", own)
    remove(tmp_path / "usr")
    assert files(tmp_path / "usr") == ["bin/fcm"]


@needs_linux
def test_a_folder_that_cannot_be_written_is_a_sentence(program: Path, tmp_path: Path) -> None:
    (tmp_path / "usr").write_text("a file", encoding="utf-8")
    with pytest.raises(DesktopError, match=r"fcm was not installed: .*--prefix"):
        install(tmp_path / "usr", program)


@needs_linux
def test_users_install_for_themselves_and_root_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert desktop.places().all() == (
        Path.home() / ".local/bin/fcm",
        Path.home() / ".local/share/applications/fcm.desktop",
        Path.home() / ".local/share/icons/hicolor/scalable/apps/fcm.svg",
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert desktop.places().link == Path("/usr/local/bin/fcm")


@needs_linux
def test_the_verbs_tell_what_they_did(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [str(program)])
    prefix = ["--prefix", str(tmp_path / "usr")]
    assert main(["desktop", "install", *prefix]) == DONE
    said = capsys.readouterr().out
    assert f"Installed {tmp_path}/usr/bin/fcm" in said
    assert "is not in the PATH of this shell" in said
    assert main(["desktop", "remove", *prefix]) == DONE
    assert capsys.readouterr().out.count("Removed: ") == 3
    assert main(["desktop", "remove", *prefix]) == DONE
    assert "was not installed" in capsys.readouterr().out
    (tmp_path / "file").touch()
    assert main(["desktop", "install", "--prefix", str(tmp_path / "file")]) == FAILED


def test_other_systems_are_told_what_they_have_instead(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desktop.sys, "platform", "win32")
    assert main(["desktop", "install"]) == WRONG_USAGE
    assert "fcmw.exe" in capsys.readouterr().err
