"""Nets under every test.

A test fails when it leaves a thread, a running QTimer or a top-level window behind, when the program logs a record
at WARNING or above that the test did not expect, or when Qt warns while the test is torn down (pytest-qt sees to the
rest). Every test has a home folder of its own, so that settings and journals of the developer are safe: what writes to
the real one fails, in this process at the attempt, in a child by what it would have inherited, and for all else by a
comparison of before and after (`--home-stays`, which `make test` gives, makes that fail the run).

A log record is expected inside ``with caplog.at_level(logging.WARNING):`` (or a higher level), or when the test says
so with the fixture ``expected_log``::

    def test_a_torn_journal_is_cut_and_said(expected_log):
        expected_log(r"cut after event 41")
        ...

An expectation that no record meets fails the test as well.
"""

from __future__ import annotations

import gc
import importlib.util
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A desktop's own theme would change sizes and colours, its input method would add threads.
os.environ.setdefault("QT_QPA_PLATFORMTHEME", "")
os.environ.setdefault("QT_IM_MODULE", "simple")

try:
    from hypothesis import HealthCheck
    from hypothesis import settings as hypothesis_settings
except ImportError:  # the live tests run without it
    pass
else:
    # How long a busy machine takes for an example says nothing about the rule.
    hypothesis_settings.register_profile("fcm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    # What `make test` says of a commit is the same each time; new examples are looked for with plain pytest.
    hypothesis_settings.register_profile("steady", hypothesis_settings.get_profile("fcm"), derandomize=True)
    hypothesis_settings.load_profile("steady" if os.environ.get("CI") else "fcm")

collect_ignore = [] if importlib.util.find_spec("libvirt") else ["live"]
"""The live tests cannot even be read without libvirt; `make test` says when it leaves them out."""

THREAD_GRACE = 20.0
"""Seconds that a thread which was told to stop may take; on an idle machine it takes none."""
LIBRARY_THREADS = ("pytest_timeout", "pydevd", "ptvsd")
"""Starts of the names of threads that belong to the test tools."""
LIBRARY_WIDGETS = ("QTipLabel", "QComboBoxPrivateContainer", "QDesktopWidget", "QWidgetWindow")
"""Qt's own windows, which live on behind the scenes."""


# a home of its own


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """HOME and the XDG folders point into an empty folder of this test."""
    folders = _home_in(tmp_path_factory.mktemp("home", numbered=True))
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in folders.items():
            patch.setenv(name, str(folder))
        patch.delenv("FCM_DATA", raising=False)
        _point_qt_settings_to(folders["XDG_CONFIG_HOME"])
        _real_home.attempts.clear()
        yield
    if _real_home.attempts:
        pytest.fail("The test would have touched the real home: " + "; ".join(_real_home.attempts), pytrace=False)


def _home_in(home: Path) -> dict[str, Path]:
    """The folders of an empty home, by the variable that names each."""
    folders = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    folders["XDG_RUNTIME_DIR"].chmod(0o700)
    return folders


def _point_qt_settings_to(folder: Path) -> None:
    """QSettings remembers the folder of its first use; tell it anew."""
    if core := sys.modules.get("PySide6.QtCore"):
        for form in (core.QSettings.Format.NativeFormat, core.QSettings.Format.IniFormat):
            core.QSettings.setPath(form, core.QSettings.Scope.UserScope, str(folder))


class _RealHome:
    """The home of whoever runs the tests, and what was about to touch it."""

    DATA = (".config", ".local", ".cache", ".ssh", "Library", "AppData")
    """Folders of a home in which programs keep things of their own."""
    OURS = ("fcm", "QtProject", "Qt", "qt", "pyqtgraph", "pytest")
    """How the names begin of what this program, Qt under it and its tests could leave there."""
    CHANGES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.symlink", "sqlite3.connect")
    """Audit events whose first arguments name a file that is to change."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # One may be root with the HOME of another user, or have no HOME at all.
        homes = {environment.get("HOME", ""), os.path.expanduser(f"~{_login()}"), os.path.expanduser("~")}
        self.homes = tuple(sorted(Path(home) for home in homes if os.path.isabs(home) and Path(home) != Path("/")))
        named = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        self.data = [Path(environment[name]) for name in named if environment.get(name)]
        self.data += [home / name for home in self.homes for name in self.DATA]
        self.own = environment.get("FCM_DATA")
        self.guarded = tuple(f"{folder}{os.sep}" for folder in (*self.data, *([self.own] if self.own else [])))
        free = (Path(__file__).resolve().parents[1], sys.prefix, tempfile.gettempdir())
        self.free = tuple(f"{folder}{os.sep}" for folder in free if f"{folder}{os.sep}".startswith(self.guarded))
        self.attempts: list[str] = []
        """What this test tried to change in it."""
        self.left: list[str] = []
        """What was changed while the tests ran, found at their end."""
        self.before = self.traces()

    def traces(self) -> dict[str, tuple[int, int]]:
        """Time (ns) and size of each file that tests might have written."""
        folders = [*self.data, *(home / ".local" / name for home in self.homes for name in ("share", "state"))]
        roots = [Path(self.own)] if self.own else []
        roots += [path for folder in folders for start in self.OURS for path in folder.glob(f"{start}*")]
        roots += [home / ".ssh" / "known_hosts" for home in self.homes]
        found = {}
        for root in roots:
            for path in (root, *root.rglob("*")):
                try:
                    status = path.stat()
                except OSError:
                    continue
                if not path.is_dir():
                    found[str(path)] = (status.st_mtime_ns, status.st_size)
        return found

    def changes(self) -> list[str]:
        """Files that are new, changed or gone since the tests began."""
        now = self.traces()
        return sorted(name for name in {*now, *self.before} if now.get(name) != self.before.get(name))

    def listen(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: refuses whatever would change it."""
        if event == "open":
            if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self._refuse(arguments[0])
        elif event in self.CHANGES:
            for path in arguments[:2]:
                self._refuse(path)
        elif event == "subprocess.Popen":
            environment = os.environ if arguments[3] is None else arguments[3]
            if not environment.get("HOME") or Path(environment["HOME"]) in self.homes:
                self.attempts.append(f"{arguments[0]} was started without a HOME of its own")

    def _refuse(self, path: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        name = os.path.abspath(os.fsdecode(path))
        if name.startswith(self.guarded) and not name.startswith(self.free) and "__pycache__" not in name:
            self.attempts.append(name)
            raise PermissionError(f"A test must not touch {name}.")


def _login() -> str:
    """Name of the user who runs this, "" where the system knows none."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return ""


_real_home = _RealHome(os.environ)
sys.addaudithook(_real_home.listen)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--home-stays", action="store_true", help="fail the run if a file of the real home changed meanwhile"
    )


def pytest_configure(config: pytest.Config) -> None:
    """What no test owns, fixtures of the session and their programs, has a home too."""
    home = Path(tempfile.mkdtemp(prefix="fcm-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    os.environ.update({name: str(folder) for name, folder in _home_in(home).items()})
    os.environ.pop("FCM_DATA", None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    _real_home.left = _real_home.changes()
    if _real_home.left and session.config.getoption("--home-stays"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _real_home.left:
        terminalreporter.section("the real home changed", red=True)
        terminalreporter.line("A test wrote there, or you used fcm while the tests ran. Then run them again.")
        for name in _real_home.left:
            terminalreporter.line(name)


# threads


@pytest.fixture(autouse=True)
def _no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    before = set(threading.enumerate())
    marker = request.node.get_closest_marker("keeps_threads")
    kept = LIBRARY_THREADS + (marker.args if marker is not None else ())
    yield
    end = time.monotonic() + THREAD_GRACE
    left = [thread for thread in threading.enumerate() if thread not in before and _is_ours(thread, kept)]
    for thread in left:
        thread.join(max(0.0, end - time.monotonic()))
    if names := sorted(thread.name for thread in left if thread.is_alive()):
        pytest.fail(f"The test left threads running: {', '.join(names)}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_large_cluster_left() -> Iterator[None]:
    """What is kept away from Python's search for garbage goes with the cluster (fcm.workspace.collecting)."""
    before = gc.get_freeze_count()
    yield
    if gc.get_freeze_count() > 0 and before == 0:
        gc.unfreeze()
        pytest.fail("The test left a large cluster open", pytrace=False)


def _is_ours(thread: threading.Thread, kept: tuple[str, ...] = LIBRARY_THREADS) -> bool:
    # A dummy stands for a thread of C code that once called Python; nobody could join it.
    return not (thread.name.startswith(kept) or type(thread).__name__ == "_DummyThread")


# timers and windows

_started_timers: weakref.WeakSet[Any] = weakref.WeakSet()


def _watch_timers() -> None:
    """Remember every QTimer that Python code starts from now on; Qt itself keeps no list of them."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None or hasattr(core.QTimer.start, "watched"):
        return
    start = core.QTimer.start

    def watched_start(timer: Any, *arguments: Any) -> None:
        _started_timers.add(timer)
        start(timer, *arguments)

    watched_start.watched = True  # type: ignore[attr-defined]
    core.QTimer.start = watched_start


def _running_timers() -> list[Any]:
    from shiboken6 import isValid

    return [timer for timer in list(_started_timers) if isValid(timer) and timer.isActive()]


def _windows() -> dict[int, Any]:
    """The top-level widgets that exist, by the address of the C++ object."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    from shiboken6 import getCppPointer, isValid

    return {
        getCppPointer(widget)[0]: widget
        for widget in widgets.QApplication.topLevelWidgets()
        if isValid(widget) and widget.parent() is None and widget.metaObject().className() not in LIBRARY_WIDGETS
    }


def _delete_what_was_given_up() -> None:
    core = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _no_timer_or_window_left() -> Iterator[None]:
    _watch_timers()
    _started_timers.clear()
    windows_before = set(_windows())
    yield
    if "PySide6.QtCore" not in sys.modules:
        return
    _delete_what_was_given_up()
    timers, windows = _running_timers(), _new_windows(windows_before)
    if timers or windows:
        # Only in a reference cycle, perhaps: then nobody can reach it and it is no leak.
        del timers, windows
        gc.collect()
        _delete_what_was_given_up()
        timers, windows = _running_timers(), _new_windows(windows_before)
    complaints = [f"a running timer of {timer.interval()} ms, {_told(timer.parent())}" for timer in timers]
    complaints += [f"a window: {_told(window)}" for window in windows]
    for timer in timers:
        timer.stop()
    for window in windows:
        window.close()
        window.deleteLater()
    if complaints:
        pytest.fail("The test left behind " + "; ".join(complaints), pytrace=False)


def _new_windows(before: set[int]) -> list[Any]:
    return [window for address, window in _windows().items() if address not in before]


def _told(thing: Any) -> str:
    if thing is None:
        return "without a parent"
    return f'{type(thing).__name__} "{thing.objectName()}"'


# log records


class _LogNet(logging.Handler):
    """Keeps the records at WARNING and above that nobody announced."""

    def __init__(self, announced_level: Callable[[], int]) -> None:
        super().__init__(logging.WARNING)
        self.announced_level = announced_level
        self.patterns: dict[str, bool] = {}
        self.unexpected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        matching = [pattern for pattern in self.patterns if re.search(pattern, message)]
        for pattern in matching:
            self.patterns[pattern] = True
        if not matching and not logging.WARNING <= self.announced_level() <= record.levelno:
            self.unexpected.append(f"{record.name} {record.levelname}: {message}")


@pytest.fixture(autouse=True)
def _log_net(caplog: pytest.LogCaptureFixture) -> Iterator[_LogNet]:
    net = _LogNet(lambda: caplog.handler.level)
    root = logging.getLogger()
    root.addHandler(net)
    yield net
    root.removeHandler(net)
    if net.unexpected:
        pytest.fail(
            "Unexpected log records (expected ones: fixture expected_log, or caplog.at_level):\n  "
            + "\n  ".join(net.unexpected),
            pytrace=False,
        )
    if unseen := [pattern for pattern, seen in net.patterns.items() if not seen]:
        pytest.fail(f"No log record matched {', '.join(map(repr, unseen))}", pytrace=False)


@pytest.fixture
def expected_log(_log_net: _LogNet) -> Callable[[str], None]:
    """Announce a record at WARNING or above whose message matches a regular expression."""

    def announce(pattern: str) -> None:
        _log_net.patterns[pattern] = False

    return announce


# warnings of Qt while a test is torn down


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Pytest-qt stops listening when the test function returns; windows and threads die after that."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None or item.get_closest_marker("no_qt_log"):
        return (yield)
    serious = (core.QtMsgType.QtWarningMsg, core.QtMsgType.QtCriticalMsg, core.QtMsgType.QtFatalMsg)
    ignored = list(item.config.getini("qt_log_ignore"))
    for mark in item.iter_markers("qt_log_ignore"):
        ignored += mark.args
    said: list[str] = []

    def listen(kind: Any, _context: Any, message: str) -> None:
        if kind in serious and not any(re.search(pattern, message) for pattern in ignored):
            said.append(message)

    previous = core.qInstallMessageHandler(listen)
    try:
        result = yield
    finally:
        core.qInstallMessageHandler(previous)
    if said:
        pytest.fail("Qt warned while the test was torn down:\n  " + "\n  ".join(said), pytrace=False)
    return result
