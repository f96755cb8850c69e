"""``fcm drill``: show the task of a drill, run a solution, grade it."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.mistakes import WrongInputError
from fcm.text.words import counted

if TYPE_CHECKING:
    import argparse

    from fcm.shell.language.tree import Source
    from fcm.workspace.learning.drill import Drill
    from fcm.workspace.learning.grading import Grade

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED = 0, 1
_WIDTH = 100
_EPILOG = """\
Without --diagnosis, the task is shown; with --solution alone, the script only looks around. With --diagnosis, the
cluster of the drill is opened anew, the solution runs in the built-in shell, and the result is graded. Exit code 0:
solved.
"""


def add_drill_verb(verbs: Subparsers) -> None:
    """Add ``drill``."""
    verb = verbs.add_parser("drill", epilog=_EPILOG)
    verb.add_argument("name", metavar="NAME", nargs="?", help="a shipped drill, or the path of a drill file")
    verb.add_argument("--list", action="store_true", dest="listed", help="list the drills and exit")
    verb.add_argument("--seed", type=int, metavar="N", help="which names the cluster gets (0 to 7999); default: 0")
    verb.add_argument("--class", dest="school_class", metavar="FILE.toml", help="take the seed from a class file")
    verb.add_argument("--student", metavar="NAME", help="whose seed to take, and whose name the report has")
    verb.add_argument("--hints", type=int, metavar="N", default=0, help="take the first N hints, which cost points")
    verb.add_argument("--diagnosis", type=int, metavar="N", help="the number of the diagnosis that you choose")
    verb.add_argument("--solution", metavar="FILE.ps1", help="PowerShell that mends the cluster")
    verb.add_argument("--report", metavar="FILE.html", help="save the result as a report")
    verb.set_defaults(handler=_drill)


def _drill(arguments: argparse.Namespace) -> int:
    from fcm.workspace.learning.drill import find_drill, load_drill, shipped_drills, titles

    if arguments.listed:
        for name, title in titles(shipped_drills().values()):
            print(f"{name:<24} {title}")
        return DONE
    if arguments.name is None:
        raise WrongInputError("Enter the name of a drill. To list the drills, run fcm drill --list.")
    drill = load_drill(find_drill(arguments.name), _seed(arguments))
    _refuse(arguments, drill)
    source = _script(arguments.solution) if arguments.solution else None
    if arguments.diagnosis is None and source is None:
        print(_task(drill, arguments.hints))
        return DONE
    grade = _run(drill, arguments, source)
    if grade is None:
        return DONE
    print(_result(grade))
    if arguments.report:
        from fcm.workspace.files.whole_file import write_whole
        from fcm.workspace.learning.drill_report import drill_report

        report = drill_report(grade, arguments.student or "", source.text if source else "")
        write_whole(Path(arguments.report), report.page())
    return DONE if grade.is_passed else FAILED


def _seed(arguments: argparse.Namespace) -> int:
    from fcm.workspace.learning.class_file import seed_of
    from fcm.workspace.learning.variation import SEEDS

    if arguments.school_class:
        if arguments.seed is not None:
            raise WrongInputError("Use either --seed or --class, not both.")
        if not arguments.student:
            raise WrongInputError("--class requires --student NAME, whose seed is to be taken.")
        return seed_of(Path(arguments.school_class), arguments.student)
    seed: int = arguments.seed or 0
    if not 0 <= seed < SEEDS:
        raise WrongInputError(f"--seed is {seed}; it must be 0 to {SEEDS - 1}.")
    return seed


def _refuse(arguments: argparse.Namespace, drill: Drill) -> None:
    if not 0 <= arguments.hints <= len(drill.hints):
        raise WrongInputError(f"--hints is {arguments.hints}; this drill has {counted(len(drill.hints), 'hint')}.")
    if arguments.diagnosis is None:
        if arguments.report:
            raise WrongInputError("--report requires --diagnosis N. To see the diagnoses, leave out both.")
    elif not 1 <= arguments.diagnosis <= len(drill.diagnoses):
        raise WrongInputError(f"--diagnosis is {arguments.diagnosis}; it must be 1 to {len(drill.diagnoses)}.")


def _script(name: str) -> Source:
    from fcm.shell.language.errors import ShellError
    from fcm.shell.runtime.execution.scripts import parsed, read_script

    try:
        source = read_script(Path(name))
    except ShellError as error:
        raise WrongInputError(f"{name} cannot be read: {error.message} {error.remedy}") from error
    try:
        parsed(source)
    except ShellError as error:
        raise WrongInputError(error.show(source.text)) from error
    return source


def _run(drill: Drill, arguments: argparse.Namespace, source: Source | None) -> Grade | None:
    """The grade; None if no diagnosis was chosen, so that the script only looked around."""
    from fcm.shell.drilling import Solution, set_up
    from fcm.workspace.learning.grading import graded
    from fcm.workspace.learning.running import RunningDrill

    running = RunningDrill(drill)
    try:
        running.open(set_up)
        errors = 0
        if source is not None:
            solution = Solution(running)
            solution.on_output = lambda text: print(text, flush=True)
            solution.on_error = lambda text: print(text, file=sys.stderr, flush=True)
            errors = solution.run(source)
        if arguments.diagnosis is None:
            return None
        time = running.settle()
        return graded(running, arguments.diagnosis, arguments.hints, time, errors)
    finally:
        running.close()


def _task(drill: Drill, hints: int) -> str:
    state = drill.cluster
    services = [group.name for group in state.groups if not group.is_core]
    lines = [drill.title, "", *_wrapped(drill.story), ""]
    lines += _wrapped(f"Cluster {state.cluster.name}, nodes {', '.join(node.name for node in state.nodes)}; "
                      f"services and applications {', '.join(services) or 'none'}.")  # fmt: skip
    lines += ["", "Diagnoses:"]
    for number, one in enumerate(drill.diagnoses, 1):
        lines += textwrap.wrap(
            one.text, _WIDTH, initial_indent=f"  {number}. ", subsequent_indent="     ", break_on_hyphens=False
        )
    for number, hint in enumerate(drill.hints[:hints], 1):
        lines += ["", *_wrapped(f"Hint {number} ({hint.cost} points): {hint.text}")]
    left = drill.hints[hints:]
    if left:
        lines += ["", f"The next hint costs {left[0].cost} points: --hints {hints + 1}."]
    return "\n".join(lines)


def _result(grade: Grade) -> str:
    lines = [grade.in_words]
    lines += [f"  {'right' if one.holds else 'wrong'}: {one.wanted} {one.found}" for one in grade.findings]
    lines += [f"  wrong: {one.wanted} After {time:.0f} s: {one.found}" for time, one in grade.broken]
    if grade.earned:
        lines.append(f"  Time {grade.time:.0f} s of {grade.drill.time:.0f} s: -{grade.lost_for_time} points. "
                     f"Hints: -{grade.lost_for_hints} points.")  # fmt: skip
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    lines: list[str] = []
    for block in text.split("\n\n"):
        lines += [*([""] if lines else []), *textwrap.wrap(" ".join(block.split()), _WIDTH, break_on_hyphens=False)]
    return lines
