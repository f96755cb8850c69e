"""A sentence instead of an abort where no window can be shown."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import qDebug, qWarning

from fcm.ui import display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.logging import _QtMessageCapture


@pytest.fixture
def x_display(request: pytest.FixtureRequest) -> Iterator[str]:
    """An X display of this machine, as far as listening goes: an abstract socket."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X7177")
        server.listen()
        yield ":7177"


def test_no_display_at_all_is_said_with_what_to_do() -> None:
    said = display.problem({}, "linux")
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in said
    assert "fcm tour" in said


def test_a_display_that_does_not_answer_is_named() -> None:
    assert display.problem({"DISPLAY": ":7178"}, "linux").startswith("The display :7178 does not answer.")


@pytest.mark.parametrize("name", ["127.0.0.1:59177.0", "no-such-display"])
def test_displays_elsewhere_are_asked_too(name: str) -> None:
    assert f"The display {name} does not answer." in display.problem({"DISPLAY": name}, "linux")


@pytest.mark.parametrize("screen", ["", ".0"])
def test_a_display_that_answers_is_no_problem(x_display: str, screen: str) -> None:
    assert display.problem({"DISPLAY": x_display + screen}, "linux") == ""


@pytest.mark.parametrize(
    "environment", [{"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}], ids=["offscreen", "wayland"]
)
def test_a_chosen_platform_and_wayland_are_left_to_qt(environment: dict[str, str]) -> None:
    assert display.problem(environment, "linux") == ""


def test_windows_and_macos_always_have_a_display() -> None:
    assert display.problem({}, "win32") == display.problem({}, "darwin") == ""


@pytest.mark.parametrize(("library", "package"), [("libEGL.so.1", "libegl1"), ("libxcb-cursor.so.0", "libxcb-cursor0")])
def test_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    def fail(_: str) -> None:
        raise ImportError(f"{library}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.importlib, "import_module", fail)
    said = display.problem({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert f"the library {library} is missing" in said
    assert said.endswith(f"apt-get install {package}")


def test_a_library_of_the_x11_plugin_is_missed_before_qt_aborts(
    monkeypatch: pytest.MonkeyPatch, x_display: str
) -> None:
    def fail(_: str) -> None:
        raise OSError("libxcb-icccm.so.4: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.ctypes, "CDLL", fail)
    assert "libxcb-icccm4" in display.problem({"DISPLAY": x_display}, "linux")


def test_any_other_trouble_with_qt_is_passed_on_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise ImportError("No module named 'PySide6'")

    monkeypatch.setattr(display.importlib, "import_module", fail)
    assert display.problem({}, "linux").startswith("Qt cannot be loaded: No module named 'PySide6'.")


def test_only_the_remark_about_size_hints_is_left_out(qtlog: _QtMessageCapture) -> None:
    with display.quiet_offscreen():
        qWarning("This plugin does not support propagateSizeHints()")
        qDebug("another word")
    assert [record.message for record in qtlog.records] == ["another word"]
    qDebug("afterwards as before")
    assert qtlog.records[-1].message == "afterwards as before"


def test_every_package_named_is_one_that_the_set_up_installs_or_pulls_in() -> None:
    from tests.quality.source import TOP

    listed = (TOP / "packaging" / "apt-run.txt").read_text(encoding="utf-8")
    pulled_in_by_xcb_cursor = {"libxcb-image0", "libxcb-render-util0"}
    assert {package for package in display._PACKAGES.values() if package not in listed} == pulled_in_by_xcb_cursor
