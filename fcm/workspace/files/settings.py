"""What the user prefers, kept between starts: every setting with its type, default and meaning in one place.

The file is JSON in the configuration folder of the user (``FCM_DATA`` names another folder). It is read once, at the
start, and written by a short-lived thread: the new text goes to a file beside it, which then takes its place, so that
a crash leaves the old settings or the new ones and never half of them.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import platformdirs

from fcm.text.textfile import SETTINGS as SETTINGS_FILE
from fcm.text.textfile import TextFileError, parse_json, read_text
from fcm.text.words import quoted
from fcm.workspace.files.folders import own_or
from fcm.workspace.files.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

FILE_NAME = "settings.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One thing that can be set. The type of ``default`` is the type of the values."""

    key: str
    default: T
    meaning: str
    choices: tuple[T, ...] = ()
    """The only values that are possible; empty = all of the type."""
    each: Callable[[Any], bool] = lambda value: True
    """What each part of a list or table must be, or the value itself where it is one: files are edited and copied."""

    def accepts(self, value: object) -> bool:
        """Whether a value read from a file is one of this setting."""
        if isinstance(self.default, bool) or isinstance(value, bool):
            return isinstance(value, bool) and isinstance(self.default, bool)
        if isinstance(self.default, float):
            return isinstance(value, int | float)
        if not isinstance(value, type(self.default)) or (self.choices and value not in self.choices):
            return False
        parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else (value,)
        return all(self.each(part) for part in parts)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_base64(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9+/=]*", value) is not None


def _is_width(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 100_000


def _is_moment(value: Any) -> bool:
    """A time of this or the next centuries."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1e10


def _are_steps(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) is int for number in value)


SCHEME = Setting("window.scheme", "system", "Color scheme of the window.", ("system", "light", "dark"))
GEOMETRY = Setting("window.geometry", "", "Place and size of the window, as Qt writes it (base64).", each=_is_base64)
LAYOUT = Setting("window.layout", "", "Docks and toolbar of the window, as Qt writes it (base64).", each=_is_base64)
LAYOUT_VERSION = Setting("window.layout-version", 0, "Arrangement of the window that the layout was saved for.")
PANES = Setting[list[int]](
    "window.panes", [], "Widths of the console tree, the center pane and the Actions pane in pixels.", each=_is_width
)
TREE_SHOWN = Setting("window.tree", True, "Whether the console tree is shown.")
ACTIONS_SHOWN = Setting("window.actions", True, "Whether the Actions pane is shown.")
FOLDED = Setting[list[str]]("window.folded", [], "Sections of the Actions pane that are folded.", each=_is_text)
COLUMNS = Setting[dict[str, str]](
    "window.columns", {}, "Columns of each table, as Qt writes them (base64).", each=_is_base64
)
RECENT = Setting[dict[str, float]](
    "clusters.recent", {}, "Clusters by URI, and when each was last opened (s, epoch).", each=_is_moment
)
PRESENT = Setting[dict[str, str]](
    "clusters.present", {}, "Clusters by URI, and how each was when it was last open, in words.", each=_is_text
)
EVENT_QUERIES = Setting[dict[str, str]](
    "events.queries", {}, "Queries over events that were saved, by name.", each=_is_text
)
EVENT_DESCRIPTIONS = Setting[dict[str, str]](
    "events.descriptions", {}, "Descriptions of saved queries, by name.", each=_is_text
)
CONSOLE_HISTORY = Setting[list[str]](
    "console.history", [], "Lines typed into the Console, oldest first; no secrets.", each=_is_text
)
CONSOLE_ZOOM = Setting("console.zoom", 0, "Points by which the font of the Console is larger than the system font.")
JOINABLE = Setting(
    "console.joinable",
    True,
    "Whether PowerShell sessions of this user may use the clusters that are open in the window.",
)
ENGINE = Setting(
    "console.engine",
    "auto",
    "What runs the lines of the Console; auto: PowerShell if it is installed, else the built-in shell.",
    ("auto", "powershell", "built-in"),
)
PLOT_LOG = Setting("plot.logarithmic", False, "Whether the convergence plot has a logarithmic scale.")
LAST = Setting("clusters.last", "", "The cluster that was in front when the program last closed; empty = none was.")
OPEN = Setting[list[str]](
    "clusters.open", [], "The clusters that were open when the program last closed, as they stood.", each=_is_text
)
COURSES = Setting[dict[str, list[int]]](
    "courses.progress",
    {},
    "Guided courses by name, or by the path of their file: the open step, then those that are done (from 0).",
    each=_are_steps,
)

SETTINGS: tuple[Setting[Any], ...] = (
    SCHEME,
    GEOMETRY,
    LAYOUT,
    LAYOUT_VERSION,
    PANES,
    TREE_SHOWN,
    ACTIONS_SHOWN,
    FOLDED,
    COLUMNS,
    RECENT,
    PRESENT,
    EVENT_QUERIES,
    EVENT_DESCRIPTIONS,
    LAST,
    OPEN,
    CONSOLE_HISTORY,
    CONSOLE_ZOOM,
    JOINABLE,
    ENGINE,
    PLOT_LOG,
    COURSES,
)


def settings_folder() -> Path:
    """Where settings are kept: ``FCM_DATA`` or the configuration folder of the user."""
    return own_or(platformdirs.user_config_dir)


class Settings:
    """The values of all settings. ``get`` and ``set`` belong to one thread; the file is another thread's work."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the file of ``folder`` (default: ``settings_folder()``); a broken one is put aside, never fatal."""
        self.path = (folder or settings_folder()) / FILE_NAME
        self.problem = ""
        """Why the file could not be read or written, as a sentence; "" if it could."""
        self._values: dict[str, Any] = {}
        self._mine = True
        """Whether the file may be replaced."""
        self._lock = threading.Lock()
        self._base: dict[str, Any] = {}
        """What the file held when it was last read or written here; it may be another program's since."""
        self._wanted: dict[str, Any] | None = None
        self._writer: threading.Thread | None = None
        self._read()

    def get(self, setting: Setting[T]) -> T:
        """The value of a setting, or its default."""
        return cast("T", self._values.get(setting.key, setting.default))

    def set(self, setting: Setting[T], value: T) -> None:
        """Change a setting; returns at once, the file follows.

        Raises:
            ValueError: the value is not one of this setting.
        """
        if not setting.accepts(value):
            raise ValueError(f"{quoted(value)} is not a valid value for the setting {setting.key}.")
        if self.get(setting) == value:
            return
        self._values[setting.key] = value
        self._write_later()

    def change(self, setting: Setting[T], function: Callable[[T], T]) -> None:
        """Set what ``function`` makes of the present value; it must not change the value in place."""
        self.set(setting, function(self.get(setting)))

    def flush(self) -> None:
        """Wait until everything is in the file. Not for the thread of the window while it is shown."""
        writer = self._writer
        if writer is not None:
            writer.join()

    def _read(self) -> None:
        try:
            found = parse_json(read_text(self.path, SETTINGS_FILE), self.path)
        except TextFileError as error:
            if error.missing:
                return
            if _is_closed_to_us(self.path):
                self._leave_alone()
            else:
                self._put_aside(error.reason)
            return
        if not isinstance(found, dict):
            self._put_aside("It is not a table of settings.")
            return
        known = {setting.key: setting for setting in SETTINGS}
        # Unknown keys come from a newer version and are kept.
        self._values = {key: value for key, value in found.items() if key not in known or known[key].accepts(value)}
        self._base = dict(self._values)

    def _leave_alone(self) -> None:
        """What this user may not read may be in the best order: it must not be replaced by defaults."""
        self._mine = False
        self.problem = (
            f"The settings in {self.path} cannot be read by this user. The program starts with its defaults and saves "
            "nothing. Ask the owner of the file for access, or choose another folder with the environment variable "
            "FCM_DATA."
        )
        _log.warning("%s", self.problem)

    def _put_aside(self, reason: str) -> None:
        self.problem = f"The settings in {self.path} cannot be used. {reason} The program starts with its defaults."
        _log.warning("%s", self.problem)
        try:
            os.replace(self.path, self.path.with_suffix(".broken"))
        except OSError as second:
            _log.info("The invalid settings were not moved: %s", second)

    def _write_later(self) -> None:
        if not self._mine:
            return
        with self._lock:
            self._wanted = dict(self._values)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="settings")
                self._writer.start()

    def _write(self) -> None:
        while True:
            with self._lock:
                wanted, self._wanted = self._wanted, None
                if wanted is None:
                    self._writer = None
                    return
            try:
                self._put(wanted)
                self.problem = ""
            except OSError as error:
                self.problem = f"The settings cannot be written to {self.path} ({error.strerror or error})."
                _log.warning("%s", self.problem)

    def _put(self, wanted: dict[str, Any]) -> None:
        """Write what was changed here into what the file holds now: another window may have written it meanwhile."""
        values = _joined(self._base, wanted, self._of_others())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(self.path) as file:
            file.write(json.dumps(values, indent=1, ensure_ascii=False, sort_keys=True).encode())
        self._base = wanted

    def _of_others(self) -> dict[str, Any]:
        """What the file holds now; what was read of it where it is gone or broken since."""
        try:
            found = parse_json(read_text(self.path, SETTINGS_FILE), self.path)
        except TextFileError:
            return self._base
        return found if isinstance(found, dict) else self._base


def _joined(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """The values of a table in ``theirs``, with what ``mine`` changed of ``base``; tables in it entry by entry."""
    joined = dict(theirs)
    for key, value in mine.items():
        before, now = base.get(key), theirs.get(key)
        if isinstance(value, dict) and isinstance(now, dict):
            joined[key] = _joined(before if isinstance(before, dict) else {}, value, now)
        elif key not in base or value != before:
            joined[key] = value
    for key in base.keys() - mine.keys():
        joined.pop(key, None)
    return joined


def _is_closed_to_us(path: Path) -> bool:
    try:
        path.open("rb").close()
    except PermissionError:
        return True
    except OSError:
        return False
    return False
