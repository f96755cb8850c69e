"""Mutation testing of some rooms: changes are made one by one in a copy, and the tests of the room have to fail.

    python -m mutation [ROOM ...] [--sample 300] [--seed 1] [--most 15]

Prints a line a change, at the end for each room how many were noticed, and the survivors. The checkout stays as it
is: all happens in build/mutation. The report is build/mutation/ROOM.txt.
"""

from __future__ import annotations

import argparse
import math
import signal
import sys
import time
import tomllib
from typing import TYPE_CHECKING

from mutation.changes import places, sample
from mutation.report import HERE, Outcome, equivalents, told
from mutation.trial import UnusableError, prepared

if TYPE_CHECKING:
    from mutation.changes import Change

CHECKOUT = HERE.parent


def main(arguments: list[str]) -> int:
    configuration = tomllib.loads((HERE / "rooms.toml").read_text(encoding="utf-8"))
    rooms = configuration["room"]
    parser = argparse.ArgumentParser(prog="make mutate", description="Do the tests notice when a rule is changed?")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(rooms)}; all, where none is named")
    parser.add_argument("--sample", type=int, default=300, help="changes a room (300)")
    parser.add_argument("--seed", type=int, default=1, help="another one draws another sample (1)")
    parser.add_argument(
        "--most", type=float, default=math.inf, help="s of tests a change, the quick ones first; default: all of them"
    )
    given = parser.parse_args(arguments)
    # Ended early, also in the background, it reports what was tried.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if unknown := [name for name in given.rooms if name not in rooms]:
        parser.error(f"there is no room {', '.join(unknown)}; there are {', '.join(rooms)}")
    if given.sample < 1:
        parser.error("the sample needs at least one change")
    good = True
    for name in given.rooms or rooms:
        try:
            report = room(name, rooms[name], configuration["operators"], given.sample, given.seed, given.most)
        except UnusableError as reason:
            print(f"== {name}: {reason}")
            good = False
            continue
        print(report)
        (CHECKOUT / "build" / "mutation" / f"{name}.txt").write_text(report + "\n", encoding="utf-8")
    return 0 if good else 1


def room(name: str, described: dict[str, list[str]], operators: list[str], count: int, seed: int, most: float) -> str:
    """Try a sample of changes of a room; the report."""
    print(f"== {name}: the tests without a change", flush=True)
    trial = prepared(CHECKOUT, CHECKOUT / "build" / "mutation" / name, described)
    trial.most = most
    found = list(places(trial.top, trial.files(), operators))
    known = equivalents()
    outcomes: list[tuple[Change, Outcome]] = []
    try:
        for number, change in enumerate(sample(trial.top, found, count, seed), 1):
            began = time.monotonic()
            outcome = Outcome.EQUIVALENT if change.key in known else trial.judge(change)
            outcomes.append((change, outcome))
            place = f"{change.place.file}:{change.place.line}"
            took, said = time.monotonic() - began, f"{change.before} -> {change.after}"
            by = trial.noticed_by if outcome is Outcome.KILLED else said
            print(f"{number:4}/{count} {outcome:8} {took:4.1f} s  {place}  {by}", flush=True)
    except KeyboardInterrupt:
        print("Interrupted: the report is about those that were tried.")
    finally:
        trial.forks.close()
        trial.remember()
    return told(name, seed, len(found), outcomes, trial.failing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
