"""A sentence instead of an abort where no window can be shown."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import qDebug, qWarning

from fcm.ui.look import display

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.logging import _QtMessageCapture


def problem(environment: dict[str, str]) -> str:
    """Why Linux with these variables can show no window."""
    return display.choose(environment, "linux").problem


@pytest.fixture
def x_display(request: pytest.FixtureRequest) -> Iterator[str]:
    """An X display of this machine, as far as listening goes: an abstract socket."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X7177")
        server.listen()
        yield ":7177"


def test_no_display_at_all_is_said_with_what_to_do() -> None:
    said = problem({})
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in said
    assert "fcm tour" in said


def test_a_display_that_does_not_answer_is_named() -> None:
    assert problem({"DISPLAY": ":7178"}).startswith("The display :7178 does not respond.")


@pytest.mark.parametrize("name", ["127.0.0.1:59177.0", "no-such-display"])
def test_displays_elsewhere_are_asked_too(name: str) -> None:
    assert f"The display {name} does not respond." in problem({"DISPLAY": name})


@pytest.mark.parametrize("screen", ["", ".0"])
def test_a_display_that_answers_is_no_problem(x_display: str, screen: str) -> None:
    assert problem({"DISPLAY": x_display + screen}) == ""


@pytest.fixture
def wayland_display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables of a Wayland display, as far as listening goes."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-5"))
        server.listen()
        yield {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-5"}


@pytest.fixture
def whole_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine lacks: every library of Qt's platforms loads."""
    monkeypatch.setattr(display.ctypes, "CDLL", lambda _: None)


def test_a_platform_without_a_display_is_left_to_qt() -> None:
    assert display.choose({"QT_QPA_PLATFORM": "offscreen"}, "linux") == display.Choice()
    assert display.choose({"QT_QPA_PLATFORM": "vnc:port=5901"}, "linux") == display.Choice()


@pytest.mark.usefixtures("whole_qt")
def test_a_wayland_display_that_answers_is_no_problem(wayland_display: dict[str, str]) -> None:
    assert display.choose(wayland_display, "linux") == display.Choice()
    path = f"{wayland_display['XDG_RUNTIME_DIR']}/{wayland_display['WAYLAND_DISPLAY']}"
    assert display.choose({"WAYLAND_DISPLAY": path}, "linux") == display.Choice()


@pytest.mark.usefixtures("whole_qt")
def test_a_wayland_display_that_nobody_listens_at_is_named(tmp_path: Path) -> None:
    told = problem({"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-9"})
    assert told.startswith("The display wayland-9 does not respond. Check the variable WAYLAND_DISPLAY.")


@pytest.mark.usefixtures("whole_qt")
def test_x_is_taken_where_wayland_does_not_answer(tmp_path: Path, x_display: str) -> None:
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-9", "DISPLAY": x_display}
    assert display.choose(environment, "linux") == display.Choice(platform="xcb")


@pytest.mark.usefixtures("whole_qt")
def test_both_displays_are_named_where_neither_answers(tmp_path: Path) -> None:
    said = problem({"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-9", "DISPLAY": ":7178"})
    assert "wayland-9 does not respond" in said
    assert ":7178 does not respond" in said


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("xcb", "There is no X display (the variable DISPLAY is not set)."),
        ("wayland", "There is no Wayland display (the variable WAYLAND_DISPLAY is not set)."),
        ("magic", "Qt has no platform magic, which the variable QT_QPA_PLATFORM asks for. It has "),
    ],
)
def test_a_platform_that_was_asked_for_and_cannot_be_is_a_sentence(platform: str, words: str) -> None:
    assert problem({"QT_QPA_PLATFORM": platform}).startswith(words)


def test_windows_and_macos_always_have_a_display() -> None:
    assert display.choose({}, "win32") == display.choose({}, "darwin") == display.Choice()


def without(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> None:
    """This machine, but some libraries are not there; the loader tells of the first that it misses."""

    def load(library: str) -> None:
        if library in libraries or library.endswith(".so"):  # plugins end like this, libraries in a number
            raise OSError(f"{libraries[0]}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.ctypes, "CDLL", load)


@pytest.mark.parametrize(("library", "package"), [("libEGL.so.1", "libegl1"), ("libGL.so.1", "libgl1")])
def test_a_missing_library_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    def fail(_: str) -> None:
        raise ImportError(f"{library}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.importlib, "import_module", fail)
    without(monkeypatch, library)
    said = problem({"QT_QPA_PLATFORM": "offscreen"})
    assert f"the library {library} is missing" in said
    assert said.endswith(f"apt-get install -y --no-install-recommends {package}")


def test_all_missing_libraries_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = [*display.LIBRARIES, *display.LIBRARIES_OF_PLATFORM["xcb"]]

    def fail(_: str) -> None:
        raise ImportError(f"{lacking[0]}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display.importlib, "import_module", fail)
    without(monkeypatch, *lacking)
    said = problem({"DISPLAY": ":7178"})
    assert all(library in said for library in lacking)
    assert said.endswith(
        "sudo apt-get install -y --no-install-recommends libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 "
        "libglib2.0-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 "
        "libxcb-xkb1 libxkbcommon-x11-0"
    )


def test_a_library_that_nobody_thought_of_is_named_too(monkeypatch: pytest.MonkeyPatch, x_display: str) -> None:
    without(monkeypatch, "libxcb-strange.so.3", "libxcb-icccm.so.4")
    said = problem({"DISPLAY": x_display})
    assert "the libraries libxcb-icccm.so.4 and libxcb-strange.so.3 are missing" in said
    assert "libxcb-icccm4. Install the package that holds libxcb-strange.so.3." in said


def test_a_library_of_the_x11_plugin_is_missed_before_qt_aborts(
    monkeypatch: pytest.MonkeyPatch, x_display: str
) -> None:
    without(monkeypatch, "libxcb-icccm.so.4")
    assert "libxcb-icccm4" in problem({"DISPLAY": x_display})


def test_any_other_trouble_with_qt_is_passed_on_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise ImportError("No module named 'PySide6'")

    monkeypatch.setattr(display.importlib, "import_module", fail)
    assert problem({}).startswith("Qt cannot be loaded: No module named 'PySide6'.")


def test_only_what_the_offscreen_platform_cannot_do_is_left_out(qtlog: _QtMessageCapture) -> None:
    with display.quiet_offscreen():
        qWarning("This plugin does not support propagateSizeHints()")
        qWarning("This plugin does not support raise()")
        qDebug("another word")
    assert [record.message for record in qtlog.records] == ["another word"]
    qDebug("afterwards as before")
    assert qtlog.records[-1].message == "afterwards as before"


def test_every_package_named_is_one_that_the_set_up_installs_or_pulls_in() -> None:
    from tests.quality.source import TOP

    listed = (TOP / "packaging" / "apt-run.txt").read_text(encoding="utf-8").replace("|", "\n").split()
    pulled_in = {"libxcb-image0", "libxcb-render-util0", "libwayland-client0"}  # by libxcb-cursor0 and libegl1
    named = {
        *display.LIBRARIES.values(),
        *(p for known in display.LIBRARIES_OF_PLATFORM.values() for p in known.values()),
    }
    assert {package for package in named if package not in listed} == pulled_in
