"""A copy of the checkout in which a change is made and the tests that reach it are run."""

from __future__ import annotations

import itertools
import json
import math
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any

from cosmic_ray.util import restore_contents

from mutation import forking
from mutation.patience import Patience
from mutation.report import Outcome
from mutation.statements import statement_in_function

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mutation.changes import Change

GRACE = 20.0
"""s that a test may take beyond what it took without a change."""
SLOWER = 10.0
"""Times as long as without a change may a test take; then it hangs."""
START = 120.0
"""s for the start of Python and the collecting of the tests."""


class UnusableError(Exception):
    """The tests cannot tell anything; the message says why and what to do."""


class HungError(UnusableError):
    """The tests could not be collected in the time that is given to them."""


@dataclass
class Trial:
    """One room's copy; ``reached`` has the tests by file and line, ``everywhere`` those of a file's functions."""

    top: Path
    tests: Sequence[str]
    sources: Sequence[str]
    without: Sequence[str] = ()
    """Files of the sources that are not changed."""
    constants: Sequence[str] = ()
    """Files of tests that are asked about every constant and default, whatever ``most`` says: many reach none."""
    first: Sequence[str] = ()
    """Files of tests that look at all that happens: they are asked before others."""
    seconds: dict[str, float] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)
    reached: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    most: float = math.inf
    """s of processor time, without a change, of the tests that are run for a change. What they do not notice counts as
    not noticed, so that a figure made this way is never too good."""
    noticed_by: str = ""
    """The test that noticed the last change, where that is known."""
    breadth: Counter[str] = field(default_factory=Counter)
    """How many lines of the room each test reaches."""
    noticed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many changes of a file a test has noticed so far: it is asked first about further ones."""

    _passing: set[tuple[Path, str]] = field(default_factory=set)
    """Files and tests that were seen to pass with the code given anew."""

    def files(self) -> list[str]:
        """The Python files of the room."""
        found: list[Path] = []
        for source in self.sources:
            place = self.top / source
            found += sorted(place.rglob("*.py")) if place.is_dir() else [place]
        names = (file.relative_to(self.top).as_posix() for file in found)
        return [name for name in names if name not in self.without]

    def observe(self) -> None:
        """Run the tests without a change: which lines each reaches, how long it takes, which fail as they are.

        What was observed is kept beside the copy: as long as the room's sources stay as they are, only files of tests
        that are new or changed run again.

        Raises:
            UnusableError: if no test passes.
        """
        kept = self.top.with_suffix(".observed.json")
        sources = _digest(self.top / name for name in self.files())
        before: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
        if before.get("sources") != sources:
            before = {"sources": sources, "files": {}}
        now = {name: _digest([self.top / name]) for name in self._test_files()}
        files = {name: told for name, told in before["files"].items() if told["digest"] == now.get(name)}
        if missing := [name for name in now if name not in files]:
            seen = self._observed(missing)
            files |= {name: {"digest": now[name], "seconds": {}, "failed": [], "reached": {}} for name in missing}
            for test, seconds in seen["seconds"].items():
                files[test.split("::")[0]]["seconds"][test] = seconds
            for test in seen["failed"]:
                files[test.split("::")[0]]["failed"].append(test)
            for source, tests in seen["reached"].items():
                for test, lines in tests.items():
                    files[test.split("::")[0]]["reached"].setdefault(source, {})[test] = lines
            kept.write_text(json.dumps({"sources": sources, "files": files}), encoding="utf-8")
        self.reached = {name: {} for name in self.files()}
        for told in files.values():
            self.seconds |= told["seconds"]
            self.failing += told["failed"]
            for source, tests in told["reached"].items():
                for test in set(tests) - set(told["failed"]):
                    self.breadth[test] += len(tests[test])
                    for line in tests[test]:
                        self.reached[source].setdefault(line, set()).add(test)
        if not any(tests for lines in self.reached.values() for tests in lines.values()):
            raise UnusableError("No test that passes reaches a line of this room.")

    def recall(self) -> None:
        """Which tests noticed changes in earlier runs."""
        kept = self.top.with_suffix(".noticed.json")
        if kept.is_file():
            self.noticed.update({(file, test): count for file, test, count in json.loads(kept.read_text("utf-8"))})

    def remember(self) -> None:
        """Keep which tests noticed changes, for later runs."""
        noticed = [[file, test, count] for (file, test), count in self.noticed.items()]
        self.top.with_suffix(".noticed.json").write_text(json.dumps(noticed), encoding="utf-8")

    def _test_files(self) -> list[str]:
        found = [
            file
            for name in self.tests
            for file in (
                sorted((self.top / name).rglob("test_*.py")) if (self.top / name).is_dir() else [self.top / name]
            )
        ]
        return [file.relative_to(self.top).as_posix() for file in found]

    def _observed(self, tests: Sequence[str]) -> dict[str, Any]:
        """Run files of tests: seconds by test, those that fail, and for each source the lines by test."""
        observed, place = self.top / "observed.json", f"{self.top}/"
        done = subprocess.run(
            [sys.executable, "-m", *self._pytest(), "-p", "mutation.observing", *tests],
            cwd=self.top,
            env=os.environ
            | {
                "FCM_MUTATION_OBSERVED": str(observed),
                "FCM_MUTATION_SOURCES": json.dumps([place + name for name in self.files()]),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if not observed.is_file() or done.returncode not in (0, 1):
            raise UnusableError(
                f"The tests do not run, even without a change:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
        told: dict[str, Any] = json.loads(observed.read_text(encoding="utf-8"))
        told["reached"] = {file.removeprefix(place): tests for file, tests in told["reached"].items()}
        return told

    def _pytest(self) -> list[str]:
        until = "-x" if self.seconds else "--maxfail=1000"
        return ["pytest", "-q", until, "-p", "no:cacheprovider", "--tb=no", "--hypothesis-profile=steady"]

    def tests_for(self, change: Change) -> list[str]:
        """The tests that reach the change: those first that noticed others of its file, then the quick ones.

        What runs while its module is imported (a constant, a default) is reached by no test of its own: then all of
        the room, at first those that reach anything in the file.
        """
        lines = self.reached[change.place.file]
        within = statement_in_function((self.top / change.place.file).read_text(encoding="utf-8"), change.place.line)
        if within is None:
            near = set().union(*lines.values()) - set(self.failing)
            others = set(self.seconds) - near - set(self.failing)
            ordered = self._in_order(near, change.place.file) + self._quick_first(others)
            if math.isfinite(self.most):
                own = self._quick_first({name for name in near | others if name.split("::")[0] in self.constants})
                return list(dict.fromkeys(own + self._affordable(ordered)))
            return ordered
        reaching: set[str] = set().union(*(lines.get(line, set()) for line in within)) - set(self.failing)
        return self._affordable(self._in_order(reaching, change.place.file))

    def _affordable(self, tests: list[str]) -> list[str]:
        """The first of them, as many as ``most`` allows; one at least."""
        spent = itertools.accumulate(self.seconds.get(name, 0.0) for name in tests)
        return [
            name
            for number, (name, sum_) in enumerate(zip(tests, spent, strict=True))
            if not number or sum_ <= self.most
        ]

    def _in_order(self, tests: set[str], file: str) -> list[str]:
        """Those first that noticed most for the time that they take, in this file above all.

        Then those of ``first``; then the quick ones and those that reach little else, in turn: one is cheap, the other
        may be about this line.
        """
        anywhere: Counter[str] = Counter()
        for (where, name), count in self.noticed.items():
            anywhere[name] += count * (10 if where == file else 1)

        def worth(name: str) -> float:
            return anywhere[name] / (self.seconds.get(name, 0.0) + 0.1)

        narrow = sorted(tests, key=lambda name: (self.breadth[name], name))
        wide = self._quick_first({name for name in tests if name.split("::")[0] in self.first})
        either = dict.fromkeys(itertools.chain(wide, *zip(self._quick_first(tests), narrow, strict=True)))
        return sorted(either, key=worth, reverse=True)

    def _quick_first(self, tests: set[str]) -> list[str]:
        return sorted(tests, key=lambda name: (self.seconds.get(name, 0.0), name))

    def run(self, tests: Sequence[str]) -> Outcome:
        """Run some tests in a process of their own, on the copy as it is now."""
        chosen = self.top / "chosen.txt"
        chosen.write_text("\n".join(tests), encoding="utf-8")
        try:
            forks = Forks(self.top, [*self._pytest(), f"@{chosen}"])
        except HungError:
            return Outcome.TIMEOUT
        except UnusableError:  # what cannot even be imported is noticed
            return Outcome.KILLED
        try:
            return self._outcome(*forks.judge(None, None, tests, {name: self.limit(name) for name in tests}))
        finally:
            forks.close()

    def _outcome(self, status: int, by: str) -> Outcome:
        self.noticed_by = by
        return {forking.SURVIVED: Outcome.SURVIVED, forking.HUNG: Outcome.TIMEOUT}.get(status, Outcome.KILLED)

    @cached_property
    def forks(self) -> Forks:
        """The process that has collected all tests of the room."""
        return Forks(self.top, [*self._pytest(), *self._test_files()])

    def limit(self, name: str) -> float:
        """S after which a test hangs."""
        return GRACE + SLOWER * self.seconds.get(name, 0.0)

    def judge(self, change: Change) -> Outcome:
        """Make a change, run what reaches it and take the change back."""
        tests = self.tests_for(change)
        within = statement_in_function((self.top / change.place.file).read_text(encoding="utf-8"), change.place.line)
        file = self.top / change.place.file
        if not tests:
            return Outcome.UNREACHED
        with restore_contents(file):
            _write(file, change.code)
            line = change.place.line if within is None else 0
            status, noticed_by = self.forks.judge(file, line, tests, {name: self.limit(name) for name in tests})
        by = noticed_by.split("[", 1)[0]
        believed = status == forking.NOTICED and self._passes_as_it_was(file, line, by)
        if line and not believed:
            with restore_contents(file):
                _write(file, change.code)
                return self.run(tests)
        if status == forking.NOTICED:
            if not believed:
                self.failing.append(by)
                return self.judge(change)
            self.noticed[change.place.file, by] += 1
        return self._outcome(status, noticed_by)

    def _passes_as_it_was(self, file: Path, line: int, test: str) -> bool:
        """Whether a test that noticed passes where functions get the code, a constant the value that they have.

        Else every change would seem to be noticed. Looked at once for each file and test, for a constant each time.
        """
        if line or (file, test) not in self._passing:
            status, _ = self.forks.judge(file, line, [test], {test: self.limit(test)})
            if status != forking.SURVIVED:
                return False
            self._passing.add((file, test))
        return True


class Forks:
    """A pytest that has collected the tests and waits for orders (forking.py)."""

    def __init__(self, top: Path, arguments: Sequence[str]) -> None:
        orders, self._orders = os.pipe()
        answers_end, answers = os.pipe()
        environment = os.environ | {
            "FCM_MUTATION_ORDERS": str(orders),
            "FCM_MUTATION_ANSWERS": str(answers),
            "OPENBLAS_NUM_THREADS": "1",
        }
        # What a fork leaves there, the next one removes.
        self._folder = tempfile.mkdtemp(prefix="fcm-mutation-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments, "-p", "mutation.forking", f"--basetemp={self._folder}/t"],
            cwd=top,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(orders, answers),
        )
        os.close(orders)
        os.close(answers)
        self._answers: IO[str] = os.fdopen(answers_end, encoding="utf-8")
        patience = Patience(self._process.pid)
        while not select.select([self._answers], [], [], forking.LOOK)[0]:
            if patience.spent() > START:
                self._process.kill()
                self.close()
                raise HungError("The tests are collected without end.")
        try:
            self._answer()
        except UnusableError:
            self.close()
            raise

    def judge(
        self, file: Path | None, line: int | None, tests: Sequence[str], limits: dict[str, float]
    ) -> tuple[int, str]:
        """How the fork ended that ran the tests on a changed file, and which test noticed.

        Args:
            file: the changed file.
            line: of the constant or default that was changed; 0 for a change within a function; None: the modules
                were imported with the change.
            tests: their names, in order.
            limits: s that each may take.
        """
        order = {"file": str(file), "line": line, "tests": list(tests), "limits": limits}
        os.write(self._orders, (json.dumps(order) + "\n").encode())
        status, by = self._answer()
        return int(status), str(by)

    def _answer(self) -> tuple[Any, Any]:
        line = self._answers.readline()
        if not line:
            raise UnusableError("The tests could not be collected; run them with pytest to see why.")
        status, by = json.loads(line)
        return status, by

    def close(self) -> None:
        """No more orders."""
        os.close(self._orders)
        self._process.wait()
        self._answers.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _write(file: Path, code: str) -> None:
    """Of two versions written within a second and equally long Python takes the compiled older one: remove that."""
    file.write_text(code, encoding="utf-8")
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def _digest(files: Iterable[Path]) -> str:
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def copied(checkout: Path, place: Path) -> None:
    """Lay a copy of what git knows and does not ignore."""
    shutil.rmtree(place, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source, target = checkout / name, place / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def prepared(checkout: Path, place: Path, room: dict[str, list[str]]) -> Trial:
    """A trial on a fresh copy; from here on the programs it starts find fcm there and nowhere else.

    Args:
        checkout: what is copied.
        place: where to.
        room: its ``sources`` and ``tests``, what is ``without`` changes, whose tests hold ``constants`` and are asked
            ``first`` (rooms.toml).
    """
    copied(checkout, place)
    os.environ["PYTHONPATH"] = str(place)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    trial = Trial(place, room["tests"], room["sources"], room.get("without", ()), room.get("constants", ()))
    trial.first = room.get("first", ())
    began = time.monotonic()
    trial.observe()
    trial.recall()
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    print(f"    {len(trial.seconds)} tests observed in {time.monotonic() - began:.0f} s", flush=True)
    return trial
