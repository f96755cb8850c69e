"""The bundle for Windows and macOS, as far as Linux can look at it: icons, versions and the programs of the spec."""

from __future__ import annotations

import re
import struct
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QImage, qAlpha

from fcm import __version__
from tests.quality.source import TOP, script

if TYPE_CHECKING:
    from pathlib import Path

for_systems = script("for_systems")


def ico_entries(data: bytes) -> list[tuple[int, bytes]]:
    """Sizes and pictures of an .ico, by its directory."""
    zero, kind, count = struct.unpack_from("<HHH", data)
    assert (zero, kind) == (0, 1)
    found = []
    for number in range(count):
        wide, high, _, _, planes, bits, length, at = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert (wide, planes, bits) == (high, 1, 32)
        found.append((wide or 256, data[at : at + length]))
    return found


def test_the_icon_of_windows_has_every_size_from_16_to_256_pixels() -> None:
    data = for_systems.ico()
    entries = ico_entries(data)
    assert [size for size, _ in entries] == [16, 20, 24, 32, 40, 48, 64, 128, 256]
    assert len(data) == 6 + 16 * len(entries) + sum(len(picture) for _, picture in entries)
    for size, picture in entries:
        if picture.startswith(b"\x89PNG"):
            assert size == 256
        else:
            assert struct.unpack_from("<Iii", picture) == (40, size, 2 * size)


@pytest.mark.parametrize("size", [16, 48, 256])
def test_a_picture_of_the_icon_is_the_drawing_of_the_program(size: int) -> None:
    data = for_systems.ico()
    alone = next(picture for wide, picture in ico_entries(data) if wide == size)
    entry = struct.pack("<HHHBBBBHHII", 0, 1, 1, size % 256, size % 256, 0, 0, 1, 32, len(alone), 22)
    read, drawn = QImage.fromData(entry + alone, "ICO"), for_systems.picture(size)
    assert (read.width(), read.height()) == (size, size)
    points = [(x, y) for x in range(0, size, 5) for y in range(0, size, 5) if qAlpha(drawn.pixel(x, y)) == 255]
    assert len(points) > 3
    assert all(read.pixel(*point) == drawn.pixel(*point) for point in points)


def test_the_icon_of_macos_has_pictures_up_to_1024_pixels() -> None:
    data = for_systems.icns()
    assert data[:4] == b"icns"
    assert struct.unpack(">I", data[4:8]) == (len(data),)
    at, sizes = 8, []
    while at < len(data):
        (length,) = struct.unpack(">I", data[at + 4 : at + 8])
        sizes.append(QImage.fromData(data[at + 8 : at + length], "PNG").width())
        at += length
    assert sizes == [16, 32, 64, 128, 256, 512, 1024]


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.9.1", (0, 9, 1, 0)), ("1.2", (1, 2, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4)), ("1.2.3+g1a2b", (1, 2, 3, 0))],
)
def test_a_version_is_four_numbers_on_windows(version: str, numbers: tuple[int, ...]) -> None:
    assert for_systems.numbers(version) == numbers


@pytest.mark.parametrize("program", ["fcm", "fcmw"])
def test_the_version_resource_says_what_program_it_is(program: str) -> None:
    def kept(*values: Any, **named: Any) -> SimpleNamespace:
        return SimpleNamespace(values=values, **named)

    words = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct", "VarFileInfo")
    known = dict.fromkeys((*words, "VarStruct"), kept)
    text = for_systems.version_resource(program, __version__)
    info = eval(text, {"__builtins__": {}}, known)  # as PyInstaller reads it
    strings = {one.values[0]: one.values[1] for one in info.kids[0].values[0][0].values[1]}
    assert strings["FileVersion"] == strings["ProductVersion"] == __version__
    assert strings["OriginalFilename"] == f"{program}.exe"
    assert strings["FileDescription"] == "Failover Cluster Manager"
    assert info.ffi.filevers == info.ffi.prodvers == for_systems.numbers(__version__)


def programs(system: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What the spec would build on a system: the programs by name, and what they are collected into."""
    built: dict[str, dict[str, Any]] = {}
    collected: list[str] = []

    def exe(*_: Any, **named: Any) -> str:
        built[named["name"]] = named
        return str(named["name"])

    analysis = SimpleNamespace(pure=[], scripts=[], binaries=[], datas=[])
    known = {
        "SPECPATH": str(TOP / "packaging"),
        "workpath": str(folder),
        "Analysis": lambda *_, **__: analysis,
        "PYZ": lambda pure: pure,
        "EXE": exe,
        "COLLECT": lambda *_, **named: collected.append(f"folder {named['name']}"),
        "BUNDLE": lambda *_, **named: collected.append(named["name"]),
    }
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("PyInstaller.utils.hooks.collect_submodules", lambda name: [name])
    monkeypatch.syspath_prepend(str(TOP / "packaging"))
    source = (TOP / "packaging" / "fcm.spec").read_text(encoding="utf-8")
    exec(compile(source, "fcm.spec", "exec"), known)
    monkeypatch.undo()
    return built, collected


def test_windows_gets_a_program_with_and_one_without_a_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import PyInstaller.utils.hooks  # noqa: F401 (before the system is another one)

    built, collected = programs("win32", tmp_path, monkeypatch)
    assert {name: one["console"] for name, one in built.items()} == {"fcm": True, "fcmw": False}
    assert collected == ["folder fcm"]
    for name, one in built.items():
        assert re.search(r"fcm\.ico$", one["icon"])
        assert f"{name}.exe" in (tmp_path / "for_systems" / f"{name}.version").read_text(encoding="utf-8")
        assert one["version"].endswith(f"{name}.version")


def test_linux_gets_one_program_and_macos_an_app_around_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import PyInstaller.utils.hooks  # noqa: F401 (before the system is another one)

    built, collected = programs("linux", tmp_path, monkeypatch)
    assert (list(built), collected) == (["fcm"], ["folder fcm"])
    built, collected = programs("darwin", tmp_path, monkeypatch)
    assert (list(built), collected) == (["fcm"], ["folder fcm", "fcm.app"])
    assert built["fcm"]["icon"].endswith("fcm.icns")
