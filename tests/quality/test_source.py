"""Rules about the source that no other tool holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from fcm.ui.tour.patience import PROGRAM_PATIENCE, stretched
from tests.quality.source import TOP, calls, place, python_files, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PRODUCT = ("fcm",)
EVERYTHING = ("fcm", "tests", "packaging", "benchmarks", "mutation")
LONGEST = 500
"""Lines of a file that can be read in one sitting."""
MOST_FILES = 20
"""Files that lie flat in a folder of the program, or of its tests."""
REASON = re.compile(r"^# Longer than usual because .{20,}", re.MULTILINE)
EMPTY_NAMES = re.compile(r"(?<![a-z])(manager|helper|helpers|util|utils)(?![a-z])")
"""Parts of names that say nothing about the thing named."""


def test_imports_run_downwards_only() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=stretched(PROGRAM_PATIENCE),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_longer_than_one_sitting_without_a_reason_at_its_top() -> None:
    long = []
    for file in python_files(*(folder for folder in EVERYTHING if (TOP / folder).is_dir())):
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST and not REASON.search(text[:2000]):
            long.append(f"{place(file)}: {text.count(chr(10))} lines")
    assert not long, 'split, or begin the file with "# Longer than usual because ...": ' + ", ".join(long)


def _crowded(files: Iterable[Path]) -> dict[str, int]:
    """Folders with more files than a reader takes in at a glance, and how many; what makes a package is not counted."""
    flat = Counter(file.parent for file in files if file.name != "__init__.py")
    return {place(folder): number for folder, number in flat.items() if number > MOST_FILES}


def test_no_folder_has_more_files_than_can_be_taken_in_at_a_glance() -> None:
    """Tests lie in rooms as what they test does; fixtures stay in the conftest.py above."""
    present = [folder for folder in EVERYTHING if (TOP / folder).is_dir()]
    assert not _crowded(python_files(*present)), "move files into rooms by meaning"


def test_the_rule_about_folders_counts_what_lies_flat() -> None:
    room = TOP / "room"
    files = [room / f"part_{number}.py" for number in range(MOST_FILES)]
    assert _crowded([*files, room / "__init__.py", room / "inner" / "other.py"]) == {}
    assert _crowded([*files, room / "one_more.py"]) == {"room": MOST_FILES + 1}


def test_every_name_says_what_the_thing_is() -> None:
    empty = []
    for file in python_files(*PRODUCT, "tests"):
        if EMPTY_NAMES.search(_in_words(file.stem)):
            empty.append(place(file))
        empty += [
            f"{place(file, node)} {name}" for name, node in _own_names(file) if EMPTY_NAMES.search(_in_words(name))
        ]
    assert not empty, empty


def _in_words(name: str) -> str:
    """``ClusterManager`` and ``cluster_manager`` as ``cluster manager``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).lower()


def _own_names(file: Path) -> Iterator[tuple[str, ast.AST]]:
    """The names that a file gives: classes, functions, arguments, variables."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node


@pytest.mark.parametrize(
    ("name", "is_empty"),
    [
        ("ClusterManager", True),
        ("path_utils", True),
        ("test_helpers", True),
        ("manage_cluster", False),
        ("ManageClusterDialog", False),
        ("utility_bill", False),
    ],
)
def test_the_rule_about_names_knows_words_from_parts_of_words(name: str, is_empty: bool) -> None:
    assert bool(EMPTY_NAMES.search(_in_words(name))) is is_empty


def test_nobody_pumps_the_event_loop_from_inside() -> None:
    found = [
        place(file, call) for file in python_files(*PRODUCT) for name, call in calls(file) if name == "processEvents"
    ]
    assert not found, found


def test_the_only_style_sheet_is_in_the_theme() -> None:
    found = {place(file) for file in python_files(*PRODUCT) for name, _ in calls(file) if name == "setStyleSheet"}
    assert found == {"fcm/ui/look/theme.py"}


def test_submenus_are_made_where_they_are_forgotten_again() -> None:
    """``addMenu`` with a text gathers in Python (see ``qactions.submenu``); the menu bar is made once."""
    found = {place(file) for file in python_files(*PRODUCT) for name, _ in calls(file) if name == "addMenu"}
    assert found == {"fcm/ui/window/menus.py", "fcm/ui/window/qactions.py"}


def test_no_test_sleeps_skips_or_pumps_the_event_loop() -> None:
    found = []
    for file in python_files("tests"):
        for name, call in calls(file):
            written = ast.unparse(call.func)
            if (
                written in ("time.sleep", "sleep", "pytest.skip", "skip", "pytest.importorskip")
                or name == "processEvents"
            ):
                found.append(f"{place(file, call)} {written}")
        found += [
            f"{place(file, node)} {ast.unparse(node)}"
            for node in ast.walk(tree(file))
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("pytest.mark.skip", "pytest.mark.skipif")
        ]
    assert not found, found


WAITS = ("waitUntil", "wait_until", "wait")


def test_nobody_waits_for_a_window_to_vanish_by_asking_it() -> None:
    """A window that closes may be deleted before the next look: whoever waits asks ``driver.is_closed`` or by name."""
    found = []
    for file in python_files("fcm/ui", "tests", "benchmarks"):
        functions = {node.name: node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef)}
        for name, call in calls(file):
            if name in WAITS and call.args:
                condition = call.args[0]
                looked_at = functions.get(condition.id, condition) if isinstance(condition, ast.Name) else condition
                found += [f"{place(file, call)} {asked}" for asked in _visibility_of_what_is_held(looked_at)]
    assert not found, found


def _visibility_of_what_is_held(condition: ast.AST) -> list[str]:
    """Where a condition asks something that it did not look for itself whether it is shown."""
    own = {node.id for node in ast.walk(condition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return [
        ast.unparse(node)
        for node in ast.walk(condition)
        if isinstance(node, ast.Attribute)
        and node.attr in ("isVisible", "isHidden")
        and isinstance(node.value, ast.Name | ast.Attribute)
        and ast.unparse(node.value).partition(".")[0] not in own
    ]


@pytest.mark.parametrize(
    ("condition", "is_held"),
    [
        ("lambda: not dialog.isVisible()", True),
        ("dialog.isVisible", True),
        ("lambda: self.box.isHidden()", True),
        ("lambda: named(view, 'Progress').isVisible()", False),
        ("lambda: not any(grid.isVisible() for grid in view.findChildren(Grid))", False),
        ("lambda: is_closed(dialog)", False),
    ],
)
def test_the_rule_about_waits_knows_what_is_held_from_what_is_looked_for(condition: str, is_held: bool) -> None:
    assert bool(_visibility_of_what_is_held(ast.parse(condition, mode="eval"))) is is_held


def test_no_test_waits_for_a_fixed_time() -> None:
    """Limits come from fcm/ui/tour/patience.py, which knows how busy the machine is. Less than a second is a rhythm."""

    def is_fixed(value: ast.expr) -> bool:
        return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value >= 1

    found = []
    for file in python_files("tests"):
        for name, call in calls(file):
            limits = [keyword.value for keyword in call.keywords if keyword.arg == "timeout"]
            if name in ("wait", "wait_for", "communicate") and call.args:
                limits.append(call.args[-1])
            found += [f"{place(file, call)} {ast.unparse(limit)}" for limit in limits if is_fixed(limit)]
    assert not found, found


def test_every_test_can_fail() -> None:
    """Each test asserts, expects an error, or calls something of the tests that does."""
    hollow = []
    for file in python_files("tests"):
        checkers = {
            node.name
            for node in ast.walk(tree(file))
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_") and _checks(node, set())
        }
        hollow += [
            f"{place(file, node)} {node.name}"
            for node in ast.walk(tree(file))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _checks(node, checkers)
        ]
    assert not hollow, hollow


CHECKING_CALLS = re.compile(
    r"raises|fail|assert_\w+|expected_log|wait_?(until|signals?|exposed|active)|\w*\.check\w*", re.I
)


def _checks(function: ast.FunctionDef, checkers: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            last = ast.unparse(node.func).rsplit(".", 1)[-1]
            if last in checkers or CHECKING_CALLS.fullmatch(last) or last.startswith(("expect", "check", "must_")):
                return True
    return False


def test_everything_in_tests_live_is_marked_live_and_the_bundle_only_in_tests_bundle() -> None:
    """`make test` runs tests/live by that mark alone; a test without it would be left out in silence."""
    for file in python_files("tests/live"):
        if file.name.startswith("test_"):
            text = file.read_text(encoding="utf-8")
            assert re.search(r"^pytestmark = (pytest\.mark\.live$|\[.*pytest\.mark\.live\b)", text, re.MULTILINE), (
                place(file)
            )
    marked = {
        place(file) for file in python_files("tests") if "@pytest.mark.bundle" in file.read_text(encoding="utf-8")
    }
    assert marked <= {"tests/bundle/test_bundle.py", "tests/quality/test_source.py"}


def test_the_names_of_tests_say_a_behaviour() -> None:
    weak = re.compile(r"_(works|correctly|properly|as_expected)$")
    found = [
        f"{place(file, node)} {node.name}"
        for file in python_files("tests")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and weak.search(node.name)
    ]
    assert not found, found


def test_nothing_is_left_to_be_done_later() -> None:
    marks = re.compile(r"#\s*(TODO|FIXME|XXX)\b")
    found = [
        f"{place(file)}:{number}"
        for file in python_files(*PRODUCT)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not found, found


def test_what_a_class_leaves_open_its_subclasses_fill() -> None:
    """Qt classes cannot be abstract in Python's sense; NotImplementedError marks what a subclass must say."""
    methods = [
        (file, node)
        for file in python_files(*PRODUCT)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef)
    ]
    filled = {node.name for _, node in methods if "NotImplementedError" not in ast.unparse(node)}
    open_ones = [
        f"{place(file, node)} {node.name}"
        for file, node in methods
        if "NotImplementedError" in ast.unparse(node) and not (_is_left_open(node) and node.name in filled)
    ]
    assert not open_ones, open_ones


def _is_left_open(method: ast.FunctionDef) -> bool:
    """A docstring that says what is asked for, and nothing but the error."""
    return bool(ast.get_docstring(method)) and len(method.body) == 2 and isinstance(method.body[1], ast.Raise)


def test_the_modules_below_the_window_load_without_qt() -> None:
    below = ("backend", "lab", "logs", "migration", "model", "shell", "workspace")
    modules = [
        ".".join(file.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")
        for folder in below
        for file in python_files(f"fcm/{folder}")
        if "libvirt" not in file.parts
    ]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print(sorted(name for name in sys.modules if name.split('.')[0] in ('PySide6', 'pyqtgraph')))"
    done = subprocess.run([sys.executable, "-c", code, *modules], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_no_label_and_no_tooltip_of_the_window_can_be_taken_for_html() -> None:
    """Names come from files of strangers; see fcm/ui/look/plain.py."""
    raw = []
    for file in python_files("fcm/ui"):
        if file.name == "plain.py":
            continue
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called == "QLabel":
                raw.append(f"{place(file, node)} is no fcm.ui.look.plain.Label")
            shown: ast.expr | None = None
            if called.endswith(".setToolTip"):
                shown = node.args[-1]
            elif called == "QToolTip.showText":
                shown = node.args[1]
            elif called.endswith(".setItemData") and "ToolTipRole" in ast.unparse(node.args[-1]):
                shown = node.args[-2]
            if shown is not None and not _is_ours(shown):
                raw.append(f"{place(file, node)} shows {ast.unparse(shown)} without fcm.ui.look.plain.literal")
    assert not raw, "\n".join(raw)


def _is_ours(shown: ast.expr) -> bool:
    """Whether a text is written in the source, or made literal."""
    match shown:
        case ast.Constant() | ast.Name(id=_):
            return isinstance(shown, ast.Constant) or shown.id.isupper()
        case ast.IfExp():
            return _is_ours(shown.body) and _is_ours(shown.orelse)
        case ast.Call():
            return ast.unparse(shown.func) == "literal"
    return False


READERS = {
    "fcm/text/textfile.py": "is the reader",
    "fcm/ui/look/icons.py": "travels with the program",
    "fcm/ui/dialogs/help.py": "travels with the program",
    "fcm/logs/records.py": "travels with the program",
    "fcm/logs/node_events.py": "travels with the program",
    "fcm/shell/completion/reference.py": "is run by those who build the program",
    "fcm/desktop.py": "writes into the menu of the user",
    "fcm/workspace/reports.py": "compares with what it wrote",
    "fcm/backend/libvirt/paths/probe.py": "asks the kernel",
    "fcm/backend/namespaces.py": "asks the kernel",
    "fcm/backend/pacemaker/remote/agent.py": "travels with the program",
}
"""Files that read others by themselves, and why nobody exchanges those."""


def test_files_that_people_exchange_are_read_in_one_place() -> None:
    """See fcm/text/textfile.py: marks, encodings, limits, pipes."""
    raw = []
    for file in python_files("fcm"):
        if place(file) in READERS or "lab" in file.parts:
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                if node.func.attr in ("read_text", "read_bytes") or called in (
                    "tomllib.load",
                    "tomllib.loads",
                    "json.load",
                ):
                    raw.append(f"{place(file, node)} {called}")
    assert not raw, "read them by fcm.text.textfile: " + ", ".join(raw)
