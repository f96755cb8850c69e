"""Run the checks of the project in groups and end with a total.

    python packaging/run_tests.py [lint] [rules] [window] [x11] [bundle] [live]

A group in which pytest finds no test fails, so that nothing is left out silently. In CI (CI set) a skipped
test fails the run too. The live group needs root and a kernel that lets it make namespaces; outside CI it is
left out with a sentence that says why, in CI that is a failure. Its parts run side by side, each with a lab of its
own: real nodes mostly wait.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
REPORTS = TOP / "build" / "reports"
BIN = Path(sys.executable).parent
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

CLEARING_UP = 60.0
"""s that tests may take to clear up after Ctrl+C; a second Ctrl+C does not wait."""

LINT = (
    ("ruff check", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
    # What follows a refusal on another system is no dead code.
    ("mypy for Windows", ["mypy", "--platform=win32", "--no-warn-unreachable", "--cache-dir=.mypy_cache/win32"]),
    ("mypy for macOS", ["mypy", "--platform=darwin", "--no-warn-unreachable", "--cache-dir=.mypy_cache/darwin"]),
    ("import contracts", ["lint-imports"]),
)
FAULTS = [f"tests/live/pacemaker/test_{name}.py" for name in ("faults", "create", "lab_failover")]
# name: (pytest arguments of each part, seconds after which the group is given up on a machine without other work)
GROUPS = {
    "rules": (
        {
            "": [
                "tests",
                "--ignore=tests/ui",
                "--ignore=tests/x11",
                "--ignore=tests/live",
                "-m",
                "not live and not bundle",
            ]
        },
        1100,
    ),
    "window": ({"": ["tests/ui", "-m", "not live and not bundle"]}, 600),
    "x11": ({"": ["tests/x11"]}, 400),
    "bundle": ({"": ["tests/bundle", "-m", "bundle"]}, 300),
    "live": (
        {
            "hosts": ["tests/live", "--ignore=tests/live/pacemaker", "-m", "live", "-s"],
            "cluster": ["tests/live/pacemaker", *(f"--ignore={file}" for file in FAULTS), "-m", "live", "-s"],
            "faults": [*FAULTS, "-s"],
        },
        1800,
    ),
}


@dataclass
class Outcome:
    """What came out of one group; ``said`` is its line in the total."""

    name: str
    good: bool
    said: str
    counts: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    """A line for each test that failed."""


def lint() -> Outcome:
    failed = []
    for name, command in LINT:
        print(f"\n== {name}", flush=True)
        if subprocess.run([BIN / command[0], *command[1:]], cwd=TOP, check=False).returncode:
            failed.append(name)
    return Outcome("lint", not failed, "clean" if not failed else "FAILED: " + ", ".join(failed))


def why_not_live() -> str:
    """The reason why the live tests cannot run on this machine, or an empty text."""
    from fcm.lab.requirements import missing

    if reason := missing(building=True):
        return reason
    probe = ["unshare", "--net", "--mount", "--pid", "--fork", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        return "This computer does not allow new network, mount and process namespaces."
    return ""


def pytest(name: str) -> Outcome:
    parts, limit = GROUPS[name]
    print(f"\n== tests: {name}", flush=True)
    reports = {part: REPORTS / f"{name}{part and '-'}{part}.xml" for part in parts}
    for report in reports.values():
        report.unlink(missing_ok=True)
    # Folders of this run alone: pytest's own, /tmp/pytest-of-USER, may be left from another user of that name.
    folders = tempfile.mkdtemp(prefix="fcm-")
    commands = {
        part: [
            BIN / "python",
            "-m",
            "pytest",
            "-v" if len(parts) > 1 else "-q",  # lines of several parts come in turn
            "--home-stays",
            f"--basetemp={folders}/t{part}",
            "--hypothesis-profile=steady",
            f"--junitxml={reports[part]}",
            "-o",
            "junit_family=xunit1",  # the only one in which a test may record what it measured
            *arguments,
        ]
        for part, arguments in parts.items()
    }
    try:
        codes = _codes(commands, limit)
    finally:
        if name == "live":
            clear_labs()
        shutil.rmtree(folders, ignore_errors=True)
    counts: dict[str, int] = {}
    failures = [line for report in reports.values() for line in failed(report)]
    for report in reports.values():
        for word, number in count(report).items():
            counts[word] = counts.get(word, 0) + number
    said = ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no report"
    bad = [_why(part, code, limit) for part, code in codes.items() if code != 0]
    if not bad and not (IN_CI and counts.get("skipped")):
        return Outcome(name, True, said, counts)
    return Outcome(name, False, f"FAILED: {'; '.join([said, *filter(None, bad)])}", counts, failures)


def _why(part: str, code: int | None, limit: float) -> str:
    """Why a part is not good, where it is not that tests failed."""
    start = f"{part} " if part else ""
    if code is None:
        return f"{start}timed out after {limit} s"
    if code == 5:
        return f"{start}no test found"
    return f"{start}ended with {code}" if code not in (0, 1) or part else ""


def _codes(commands: dict[str, list], limit: float) -> dict[str, int | None]:
    """How programs that run side by side ended; None: not within ``limit`` s, or what these are on a busy machine."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    apart = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    more = apart if len(commands) > 1 else {}
    programs = {part: subprocess.Popen(command, cwd=TOP, env=environment, **more) for part, command in commands.items()}
    readers = [
        threading.Thread(target=_pass_on, args=(part, program.stdout), daemon=True)
        for part, program in programs.items()
        if more
    ]
    for reader in readers:
        reader.start()
    begin = time.monotonic()
    try:
        return {part: _code(program, begin, limit) for part, program in programs.items()}
    except KeyboardInterrupt:  # the programs got it as well
        for program in programs.values():
            with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
                program.wait(CLEARING_UP)
        raise
    finally:
        for program in programs.values():
            if program.poll() is None:
                program.kill()
                program.wait()
        for reader in readers:
            reader.join(CLEARING_UP)


def _pass_on(part: str, lines) -> None:
    for line in lines:
        print(f"{part:8}{line}", end="", flush=True)


def _code(program, begin: float, limit: float) -> int | None:
    """How one ended."""
    from fcm.ui.tour.patience import stretched

    allowed = limit
    while True:
        try:
            return program.wait(timeout=max(begin + allowed - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            before, allowed = allowed, max(allowed, stretched(limit))
            if allowed == before:
                program.kill()
                program.wait()
                return None


def clear_labs() -> None:
    """Take down the labs of test runs that were killed."""
    from fcm.lab.existing import remove_abandoned
    from fcm.lab.plan import LabError

    try:
        for lab in remove_abandoned():
            print(f"The lab {lab.name} was left over from process {lab.process} and has been removed.")
    except LabError as error:
        print(error)


def count(report: Path) -> dict[str, int]:
    """Tests by outcome in a junit report; a test that failed twice (call and teardown) counts once."""
    if not report.is_file():
        return {}
    worst: dict[tuple[str, str], str] = {}
    order = ("passed", "skipped", "failed")
    for case in ElementTree.parse(report).iter("testcase"):
        tags = {child.tag for child in case}
        outcome = "failed" if tags & {"failure", "error"} else "skipped" if "skipped" in tags else "passed"
        key = (case.get("classname", ""), case.get("name", ""))
        worst[key] = max(worst.get(key, "passed"), outcome, key=order.index)
    return {word: sum(1 for outcome in worst.values() if outcome == word) for word in order}


def failed(report: Path) -> list[str]:
    """A line for each failure in a junit report: the test and the first line of what it said, cut at 100 characters."""
    if not report.is_file():
        return []
    return [
        f"{case.get('classname', '')}::{case.get('name', '')}: {_first_line(child)}"
        for case in ElementTree.parse(report).iter("testcase")
        for child in case
        if child.tag in ("failure", "error")
    ]


def _first_line(failure: ElementTree.Element) -> str:
    line = next(iter(failure.get("message", "").strip().splitlines()), "")
    return line if len(line) <= 100 else line[:99] + "\N{HORIZONTAL ELLIPSIS}"


def run(name: str) -> Outcome:
    if name == "lint":
        return lint()
    if name == "live" and (reason := why_not_live()):
        return Outcome(name, not IN_CI, f"skipped{', which is not allowed in CI' if IN_CI else ''}. {reason}")
    return pytest(name)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ("lint", *GROUPS)]
    if unknown or not names:
        print(f"Unknown groups: {', '.join(unknown)}." if unknown else "Specify at least one group.")
        print(f"Groups: lint, {', '.join(GROUPS)}.")
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    try:
        outcomes = [run(name) for name in names]
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 1
    print("\n== total")
    for outcome in outcomes:
        print(f"{outcome.name:8} {outcome.said}")
    # Last, so that who sees only the end of a long log knows what failed.
    for line in (line for outcome in outcomes for line in outcome.failures):
        print(f"failed: {line}")
    total = ", ".join(
        f"{sum(outcome.counts.get(word, 0) for outcome in outcomes)} {word}" for word in ("passed", "failed", "skipped")
    )
    good = all(outcome.good for outcome in outcomes)
    print(f"{total} in {time.monotonic() - begin:.0f} s: {'all passed' if good else 'FAILED'}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
