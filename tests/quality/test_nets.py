"""The nets of tests/conftest.py catch what they are there for, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched

NETS = Path(__file__).resolve().parents[1] / "conftest.py"

THREADS = """
    import threading
    import pytest

    stop = threading.Event()

    @pytest.mark.parametrize("daemon", [True, False])
    def test_left(daemon):
        stop.clear()
        threading.Thread(target=stop.wait, args=(20,), name=f"lane-{daemon}", daemon=daemon).start()

    def test_about_to_end():
        stop.set()
        threading.Thread(target=lambda: None).start()

    @pytest.fixture(scope="module")
    def lane():
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        yield thread
        stop.set()
        thread.join()

    def test_of_a_wider_fixture(lane):
        assert lane.is_alive()
"""

TIMERS_AND_WINDOWS = """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    kept = []

    def test_timer(qapp):
        timer = QTimer()
        timer.start(50)
        kept.append(timer)

    def test_window(qapp):
        window = QWidget(objectName="stray")
        kept.append(window)

    def test_tidy(qapp, qtbot):
        timer = QTimer()
        timer.start(50)
        timer.stop()
        kept.append(timer)
        window = QWidget()
        qtbot.addWidget(window)
        kept.append(window)
        child = QTimer(window)
        child.start(10)
        kept.append(child)

    def test_only_in_a_cycle(qapp):
        window = QWidget()
        window.me = window
"""

LOG = """
    import logging

    log = logging.getLogger("fcm.something")

    def test_unexpected():
        log.warning("the disk is %s", "full")

    def test_information():
        log.info("all is well")

    def test_expected(expected_log):
        expected_log("disk is full")
        log.warning("the disk is %s", "full")

    def test_expected_but_missing(expected_log):
        expected_log("disk is full")

    def test_caplog_at_level(caplog):
        with caplog.at_level(logging.WARNING):
            log.warning("the disk is full")
        assert "full" in caplog.text
"""

QT_WARNINGS = """
    import pytest
    from PySide6.QtCore import qWarning

    @pytest.fixture
    def late():
        yield
        qWarning("late words")

    def test_in_the_call():
        qWarning("early words")

    def test_in_the_teardown(late):
        assert True

    @pytest.mark.qt_log_ignore("words")
    def test_announced(late):
        qWarning("early words")
"""

HOME = """
    from pathlib import Path
    import platformdirs
    import pytest
    from PySide6.QtCore import QSettings

    homes = set()

    @pytest.mark.parametrize("turn", [1, 2])
    def test_home(turn):
        data = Path(platformdirs.user_data_dir("fcm"))
        assert Path.home() in data.parents
        assert not data.exists()
        settings = QSettings("fcm", "window")
        assert settings.value("turn") is None
        settings.setValue("turn", turn)
        settings.sync()
        assert str(Path.home()) in settings.fileName()
        homes.add(Path.home())

    def test_they_differ():
        assert len(homes) == 2
"""

TRESPASS = """
    import os
    import sqlite3
    import subprocess
    import sys
    from pathlib import Path

    REAL = Path(__file__).parent / "real"

    def attempt(deed):
        try:
            deed()
        except PermissionError:
            pass

    def test_write():
        attempt(lambda: (REAL / ".config" / "fcm" / "settings.json").write_text("{}"))

    def test_replace():
        (REAL / "ours").write_text("")
        attempt(lambda: os.replace(REAL / "ours", REAL / ".config" / "fcm" / "settings.json"))

    def test_database():
        attempt(lambda: sqlite3.connect(REAL / ".local" / "share" / "fcm" / "one.journal"))

    def test_bare_child():
        subprocess.run([sys.executable, "-c", ""], env={}, check=True)

    def test_read():
        assert (REAL / ".config" / "fcm" / "settings.json").read_text() == "mine"
        (Path.home() / ".config").mkdir()
        subprocess.run([sys.executable, "-c", ""], check=True)

    def test_where_nobody_hears():
        path = REAL / ".config" / "fcm" / "new.json"
        subprocess.run([sys.executable, "-c", f"open({str(path)!r}, 'w')"], check=True)
"""


class Results(NamedTuple):
    """What a run of the modules above said."""

    words: dict[str, set[str]]
    """Per test: PASSED, FAILED, ERROR (in the teardown)."""
    text: str
    code: int


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All modules under the nets, in a process of their own."""
    folder = tmp_path_factory.mktemp("nets")
    (folder / "pytest.ini").write_text(
        "[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING\nfilterwarnings = error\n", encoding="utf-8"
    )
    nets = NETS.read_text(encoding="utf-8")
    impatient = re.sub(r"^THREAD_GRACE = .*$", "THREAD_GRACE = 0.5", nets, flags=re.MULTILINE)
    assert impatient != nets
    (folder / "conftest.py").write_text(impatient, encoding="utf-8")
    modules = {"threads": THREADS, "timers": TIMERS_AND_WINDOWS, "log": LOG, "qt": QT_WARNINGS, "home": HOME}
    modules["trespass"] = TRESPASS
    real = folder / "real"
    for part in (".config/fcm", ".local/share/fcm"):
        (real / part).mkdir(parents=True)
    (real / ".config" / "fcm" / "settings.json").write_text("mine", encoding="utf-8")
    for name, source in modules.items():
        (folder / f"test_{name}.py").write_text(dedent(source), encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-rA",
            "--home-stays",
            "-p",
            "no:cacheprovider",
            f"--basetemp={folder / 'tmp'}",
        ],
        cwd=folder,
        # The places to guard follow from HOME; what is temporary must not lie in them.
        env={**os.environ, "COLUMNS": "1000", "HOME": str(real), "TMPDIR": str(_made(folder / "short"))},
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    words: dict[str, set[str]] = {}
    for word, test in re.findall(r"^(PASSED|FAILED|ERROR) test_(\S+)", done.stdout, re.MULTILINE):
        words.setdefault(test.replace(".py::test_", "."), set()).add(word)
    return Results(words, done.stdout + done.stderr, done.returncode)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_thread_left_running_fails_the_test_daemon_or_not(results: Results) -> None:
    assert results.words["threads.left[True]"] == {"PASSED", "ERROR"}
    assert results.words["threads.left[False]"] == {"PASSED", "ERROR"}
    assert "The test left threads running: lane-True" in results.text


def test_a_thread_about_to_end_is_waited_for(results: Results) -> None:
    assert results.words["threads.about_to_end"] == {"PASSED"}


def test_a_thread_of_a_wider_fixture_may_live_until_that_ends(results: Results) -> None:
    assert results.words["threads.of_a_wider_fixture"] == {"PASSED"}


def test_a_running_timer_fails_the_test(results: Results) -> None:
    assert results.words["timers.timer"] == {"PASSED", "ERROR"}
    assert "The test left behind a running timer of 50 ms, without a parent" in results.text


def test_a_window_left_behind_fails_the_test(results: Results) -> None:
    assert results.words["timers.window"] == {"PASSED", "ERROR"}
    assert 'The test left behind a window: QWidget "stray"' in results.text


def test_closed_windows_and_those_only_a_cycle_holds_are_no_leak(results: Results) -> None:
    assert results.words["timers.tidy"] == {"PASSED"}
    assert results.words["timers.only_in_a_cycle"] == {"PASSED"}


def test_an_unexpected_log_record_fails_the_test(results: Results) -> None:
    assert results.words["log.unexpected"] == {"PASSED", "ERROR"}
    assert "fcm.something WARNING: the disk is full" in results.text
    assert results.words["log.information"] == {"PASSED"}


def test_an_expected_log_record_must_come(results: Results) -> None:
    assert results.words["log.expected"] == {"PASSED"}
    assert results.words["log.caplog_at_level"] == {"PASSED"}
    assert results.words["log.expected_but_missing"] == {"PASSED", "ERROR"}
    assert "No log record matched 'disk is full'" in results.text


def test_a_qt_warning_fails_the_test_in_its_call_and_in_its_teardown(results: Results) -> None:
    assert results.words["qt.in_the_call"] == {"FAILED"}
    assert results.words["qt.in_the_teardown"] == {"PASSED", "ERROR"}
    assert "Qt warned while the test was torn down" in results.text
    assert results.words["qt.announced"] == {"PASSED"}


def test_every_test_has_an_empty_home_of_its_own(results: Results) -> None:
    assert results.words["home.home[1]"] == {"PASSED"}
    assert results.words["home.home[2]"] == {"PASSED"}
    assert results.words["home.they_differ"] == {"PASSED"}


@pytest.mark.parametrize("deed", ["write", "replace", "database"])
def test_a_test_that_would_write_to_the_real_home_fails_and_does_not_write(results: Results, deed: str) -> None:
    assert results.words[f"trespass.{deed}"] == {"PASSED", "ERROR"}
    assert "The test would have touched the real home:" in results.text


def test_a_program_without_a_home_of_its_own_fails_the_test(results: Results) -> None:
    assert results.words["trespass.bare_child"] == {"PASSED", "ERROR"}
    assert f"{sys.executable} was started without a HOME of its own" in results.text


def test_the_real_home_may_be_read_and_the_own_one_written(results: Results) -> None:
    assert results.words["trespass.read"] == {"PASSED"}


def test_what_changed_in_the_real_home_while_the_tests_ran_is_named_at_their_end(results: Results) -> None:
    assert results.words["trespass.where_nobody_hears"] == {"PASSED"}
    last = results.text.partition("the real home changed")[2].partition("short test summary")[0]
    assert "/real/.config/fcm/new.json" in last
    assert "/real/.config/fcm/settings.json" not in last
    assert results.code == 1
