"""Run the checks of the project in groups and end with a total.

    python packaging/run_tests.py [lint] [rules] [window] [x11] [bundle] [live] [failover]

A group in which pytest finds no test fails, so that nothing is left out silently. In CI (CI set) a skipped
test fails the run too. The live group needs root and a kernel that lets it make namespaces; outside CI it is
left out with a sentence that says why, in CI that is a failure.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
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
# name: (pytest arguments, seconds after which the group is given up on a machine without other work)
GROUPS = {
    "rules": (
        ["tests", "--ignore=tests/ui", "--ignore=tests/x11", "--ignore=tests/live", "-m", "not live and not bundle"],
        1100,
    ),
    "window": (["tests/ui", "-m", "not live and not bundle"], 600),
    "x11": (["tests/x11"], 400),
    "bundle": (["tests/bundle", "-m", "bundle"], 300),
    "live": (["tests", "-m", "live and not failover", "-s"], 1800),
    "failover": (["tests/live/pacemaker", "-m", "failover", "-s"], 2400),
}
LIVE = ("live", "failover")
"""Groups that make labs on this machine."""


@dataclass
class Outcome:
    """What came out of one group; ``said`` is its line in the total."""

    name: str
    good: bool
    said: str
    counts: dict[str, int] = field(default_factory=dict)


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
    arguments, limit = GROUPS[name]
    print(f"\n== tests: {name}", flush=True)
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    # A folder of this run alone: pytest's own, /tmp/pytest-of-USER, may be left from another user of that name.
    folders = tempfile.mkdtemp(prefix="fcm-")
    command = [
        BIN / "python",
        "-m",
        "pytest",
        "-q",
        "--home-stays",
        f"--basetemp={folders}/t",
        "--hypothesis-profile=steady",
        f"--junitxml={report}",
        "-o",
        "junit_family=xunit1",  # the only one in which a test may record what it measured
        *arguments,
    ]
    try:
        code = _code(command, environment, limit)
    finally:
        if name in LIVE:
            clear_labs()
        shutil.rmtree(folders, ignore_errors=True)
    if code is None:
        return Outcome(name, False, f"FAILED: timed out after {limit} s")
    if code == 5:
        return Outcome(name, False, "FAILED: no test found")
    counts = count(report)
    said = ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no report"
    good = code == 0 and not (IN_CI and counts.get("skipped"))
    return Outcome(name, good, said if good else f"FAILED: {said}", counts)


def _code(command: list, environment: dict[str, str], limit: float):
    """How a program ended; None where it did not within ``limit`` s, or what these are on a busy machine."""
    from fcm.ui.tour.patience import stretched

    program, begin, allowed = subprocess.Popen(command, cwd=TOP, env=environment), time.monotonic(), limit
    try:
        while True:
            try:
                return program.wait(timeout=max(begin + allowed - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                before, allowed = allowed, max(allowed, stretched(limit))
                if allowed == before:
                    program.kill()
                    program.wait()
                    return None
    except KeyboardInterrupt:  # the program got it as well
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            program.wait(CLEARING_UP)
        raise
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()


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


def run(name: str) -> Outcome:
    if name == "lint":
        return lint()
    if name in LIVE and (reason := why_not_live()):
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
    total = ", ".join(
        f"{sum(outcome.counts.get(word, 0) for outcome in outcomes)} {word}" for word in ("passed", "failed", "skipped")
    )
    good = all(outcome.good for outcome in outcomes)
    print(f"{total} in {time.monotonic() - begin:.0f} s: {'all passed' if good else 'FAILED'}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
