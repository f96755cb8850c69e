"""The verbs of the migration engine: predict, preflight, validate. Without Qt but for a png."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcm.migration.engine.policies import PRESETS
from fcm.migration.fields import BadFileError, Fields, read_json
from fcm.text.terminal import one_line
from fcm.text.words import counted, quoted

if TYPE_CHECKING:
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.judging.plan import Plan
    from fcm.migration.judging.prediction import Prediction
    from fcm.migration.judging.preflight import Estimate, Judgement
    from fcm.migration.recordings.case import Case
    from fcm.migration.recordings.recording import Recording

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE, FAILED, WRONG_USAGE = 0, 1, 2

_PREDICT_HELP = """\
Predicts a live migration from a case: memory, write pattern, bandwidth and downtime limit.

FILE is a recording, a file exported by `fcm history --export`, the output of QEMU's query-migrate (an array, JSON
Lines, a QMP log, or repeated output of virsh qemu-monitor-command; with total-time or time stamps), or a `case` object:
  mem MiB; pattern [[share of writes, first page, pages(, Zipf exponent)], ...] or sweep [first page, pages];
  rate writes/s; burst [writes, seconds of silence] or null; bw bytes/s; line bytes/s (for the last copy; default: bw);
  dl ms; shift; caps; params; memend bytes; maxt s (time limit, default: 3600).
For recordings, the prediction includes effects of the laboratory's guest and hosts; for a case alone, it does not.

With --json, prints one object:
  status     "completed"; "past-the-limit" if it finishes after maxt, "did-not-converge" if it never finishes
  would_end_s  if past the limit: seconds after which it would finish
  total_s    seconds from start to end
  downtime_s seconds of blackout, null if the guest was never suspended
  bytes      bytes sent for memory
  passes     number of passes; the last one is stop-and-copy
  rows       one per pass: pass, t (s), pages to send, sent (bytes before it), throttle (%)
  measured   the same keys, if FILE is a recording
  basis      what the prediction is based on, if FILE is an exported migration
"""
_PREFLIGHT_HELP = """\
Predicts from measured dirty rates alone whether a planned live migration converges.

Reads only these keys of FILE (at the top level or in its `case` object): mem MiB, bw bytes/s, dl ms (default: that of
the stopping rule), line bytes/s (speed of the last copy, default: bw), memend bytes (optional), and
dirty_rate_mib_s [[mode, seconds, MiB/s], ...] as returned by QEMU's calc-dirty-rate, best for 1, 2, 4, 8 and 16 s.

With --json, prints one object:
  verdict    "converges", "converges-with" (one of the remedies) or "does-not-converge"
  total_s, downtime_s, bytes, passes   each {value, low, high}, an 80 % interval; null if it does not converge
  remedies   [{kind, value, total_s, text}]; value in s or bytes/s
  sentence   the result as a sentence
  assumptions  what was given, measured and assumed
"""
_VALIDATE_HELP = """\
Predicts every recording (*.json, *.jsonl, *.qmp) of a folder and compares the results of the engine, its
ablations, a page-by-page simulation and the textbook formula.

With --json, prints one object: achieved, cases [{name, group, measured, predicted, errors, right_class}],
preflight_cases, and groups {all, steady, as asked, auto-converge, disturbed, undisturbed, pre-flight} of models of
  cases, right_class (share), total_pct, bytes_pct, downtime_ms, passes each {p50, p90, max, bias},
  passes_within (share within 1 pass; pre-flight 2);
forecast {recordings, instants, eta, blackout, by_run, before_first_reading, after_first_reading, cases}: every
  completed run is replayed row by row from the middle of its first pass; eta and blackout {held, below, above} are the
  shares of instants at which the true value was inside, below or above the 80 % interval; by_run is the mean over runs.
A run whose first pass reached less than 97 % of its bandwidth limit is "disturbed". "as asked" are steady runs
in which the guest also wrote at least 97 % of the rate in the case (as_asked).
Migrations exported by `fcm history --export` form separate groups ("kept, ..."): with the workload known to the
cluster, or with one fitted to the passes of the run; see `basis` of each case. Migrations that did not
complete or cannot be compared are listed in left_out [{name, reason}].

With --live, the folder is a set of migrations between real hosts (fcm history --export): each is fed to the running
forecast row by row. JSON: all, by_qemu, cases, each with migrations, instants, eta and blackout {held, below, above}
and width, the median of the interval of the end over the time that was left.

With --goals, every guest of the folder moves in the engine towards goals (deadlines of 1.5 to 5 times what an idle
guest takes, pauses of 0.3 and 1 s), steered by fcm and by KubeVirt's published rules. JSON: rules and guests, each
with runs, late, too_long (by more than 50 ms), missed (either), and pause_s {p50, p90, max} of runs that ended; and
left_out.
"""
_PRESET_HELP = "stopping rule (default: that of the QEMU version in FILE, qemu-7.2 if it contains none)"


def add_migration_verbs(verbs: Subparsers) -> None:
    """Adds predict, preflight and validate to the parser of ``fcm``."""
    raw = argparse.RawDescriptionHelpFormatter
    predict = verbs.add_parser("predict", description=_PREDICT_HELP, formatter_class=raw)
    predict.add_argument("file", type=Path, metavar="FILE.json")
    predict.add_argument(
        "--achieved",
        action="store_true",
        help="use the bandwidth and write rate achieved in the recording, which include any throttling",
    )
    predict.add_argument(
        "--bandwidth", type=_bandwidth, metavar="BYTES_PER_S", help="use this bandwidth instead of the limit in FILE"
    )
    predict.add_argument("--preset", choices=sorted(PRESETS), help=_PRESET_HELP)
    predict.add_argument(
        "--plot", type=_picture, metavar="OUT.svg|png", help="plot remaining memory over time to this file"
    )
    predict.add_argument("--json", action="store_true", help="print one JSON object")
    predict.set_defaults(handler=_predict)

    preflight = verbs.add_parser(
        "preflight",
        description=_PREFLIGHT_HELP,
        formatter_class=raw,
    )
    preflight.add_argument("file", type=Path, metavar="FILE.json")
    preflight.add_argument("--preset", choices=sorted(PRESETS), help=_PRESET_HELP)
    preflight.add_argument("--json", action="store_true", help="print one JSON object")
    preflight.set_defaults(handler=_preflight)

    validate = verbs.add_parser("validate", description=_VALIDATE_HELP, formatter_class=raw)
    validate.add_argument("folder", type=Path, metavar="DIR")
    validate.add_argument("--achieved", action="store_true", help="use what each run achieved instead of its case")
    validate.add_argument(
        "--live",
        action="store_true",
        help="only migrations between real hosts: how often the forecast that was shown while they ran held",
    )
    validate.add_argument(
        "--goals",
        action="store_true",
        help="move every guest towards goals in the engine: how often fcm and KubeVirt's rules miss them",
    )
    validate.add_argument("--json", action="store_true", help="print one JSON object")
    validate.set_defaults(handler=_validate)


def _bandwidth(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1 <= value <= 1e13:
        raise argparse.ArgumentTypeError(f"expected bytes/s from 1 to 1e13, found {quoted(text)}")
    return value


def _picture(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".svg", ".png"):
        raise argparse.ArgumentTypeError(f"expected a file name that ends in .svg or .png, found {quoted(text)}")
    return path


# predict -------------------------------------------------------------------------------------------------------------


def _read_case(path: Path) -> tuple[Case | None, Recording | None]:
    """The case of a file, and the recording where it is one; no case for a migration that a journal kept."""
    from fcm.migration.recordings.case import case_from_json
    from fcm.migration.recordings.laboratory_form import qemu_recording
    from fcm.migration.recordings.own_form import FORMAT
    from fcm.migration.recordings.reading import read_any, recording_from
    from fcm.migration.recordings.recording import Recording

    data = read_any(path)
    if isinstance(data, Recording):
        return None, data
    fields = Fields(data, str(path))
    if data.get("format") == FORMAT:
        return None, recording_from(data, str(path))
    if "case" not in data:
        if "mem" not in data:
            raise fields.bad("case", "a recording with a `case` object, or a case object with `mem`", "neither")
        return case_from_json(fields, host=None), None
    if data.get("passes") or data.get("status"):
        recording = qemu_recording(fields)
        assert recording.laboratory is not None
        return recording.laboratory.case, recording
    return case_from_json(fields.inner("case"), host=None), None


def _predict(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from fcm.migration.engine.policies import preset
    from fcm.migration.judging.prediction import from_case, whole_course
    from fcm.migration.validation.runs import measured_json, waited

    case, recording = _read_case(arguments.file)
    if case is None:
        assert recording is not None
        return _predict_recorded(arguments, recording)
    laboratory = recording.laboratory if recording is not None else None
    achieved = None
    if arguments.achieved:
        achieved = laboratory.achieved if laboratory is not None else None
        if achieved is None or not (len(achieved.writes) > 1 or achieved.pass1_bandwidth):
            raise BadFileError(str(arguments.file), "passes", "a recording that says what the run achieved")
    delay = waited(laboratory) if laboratory is not None else None
    rule = preset(arguments.preset) if arguments.preset else None
    spec = from_case(case, achieved, rule, arguments.bandwidth, delay)
    if arguments.bandwidth is not None:
        spec = replace(spec, bandwidth_series=())
    result = whole_course(spec, case.give_up, curve=arguments.plot is not None)
    measured = measured_json(recording) if laboratory is not None and laboratory.status and recording else None
    return _show(arguments, result, recording, measured, _case_basis(case, spec, arguments.bandwidth is not None))


def _case_basis(case: Case, spec: MigrationSpec, given: bool) -> str:
    """What a prediction from a case is based on, as a sentence."""
    from fcm.migration.judging.assumptions import of_case

    return f"Based on {'; '.join(of_case(case, spec, given))}."


def _predict_recorded(arguments: argparse.Namespace, recording: Recording) -> int:
    """A migration that a journal kept: from what is known of it, which is said."""
    from dataclasses import replace

    from fcm.migration.engine.policies import preset
    from fcm.migration.judging.recorded_prediction import NotComparableError, comparable, predict_recorded
    from fcm.migration.validation.runs import measured_json

    try:
        how = comparable(recording, arguments.achieved, preset(arguments.preset) if arguments.preset else None)
    except NotComparableError as error:
        if recording.facts is not None and recording.facts.notes and not arguments.json:
            print(f"{_measured_text(measured_json(recording), 'measured')}\n{recording.facts.notes}")
        print(f"{arguments.file}: cannot predict this migration: {error}.", file=sys.stderr)
        return FAILED
    basis = how.sentence
    if arguments.bandwidth is not None:
        line = max(how.spec.line, arguments.bandwidth)
        changed = replace(how.spec, bandwidth=arguments.bandwidth, line_rate=line, bandwidth_series=())
        how = replace(how, spec=changed)
        basis = f"{basis.partition(' and ')[0]} and the specified bandwidth. {how.notes}".strip()
    result = predict_recorded(recording, how, curve=arguments.plot is not None)
    return _show(arguments, result, recording, measured_json(recording), basis)


def _show(
    arguments: argparse.Namespace,
    result: Prediction,
    recording: Recording | None,
    measured: dict[str, Any] | None,
    basis: str = "",
) -> int:
    """Draw and print a prediction beside what was measured."""
    if arguments.plot is not None:
        code = _draw(result, one_line(arguments.file.stem), recording, arguments.plot)
        if code != DONE:
            return code
    if arguments.json:
        out = result.as_json()
        if measured is not None:
            out["measured"] = measured
        if basis:
            out["basis"] = basis
        print(json.dumps(out, indent=2))
        return DONE
    print(_predicted_text(result))
    if measured is not None:
        word = "simulated" if recording and recording.facts and recording.facts.simulated else "measured"
        print(_measured_text(measured, word))
    if basis:
        print(basis)
    for row in result.rows:
        print(f"  pass {row.number:3d} at {row.begin:8.2f} s: {counted(row.pages, 'page'):>16} to send")
    return DONE


def _predicted_text(result: Prediction) -> str:
    from fcm.migration.judging.plot import caption

    return f"forecast: {caption(result)}"


def _measured_text(measured: dict[str, Any], word: str) -> str:
    from fcm.migration.validation.runs import UNFINISHED
    from fcm.model.quantities import seconds, size

    if measured["downtime_s"] is None:
        return f"{word}: {'incomplete recording' if measured['status'] == UNFINISHED else measured['status']}"
    return (
        f"{word}: {seconds(measured['total_s'])}, blackout {seconds(measured['downtime_s'])}, "
        f"{size(measured['bytes'])} sent in {counted(measured['passes'], 'pass', 'passes')}"
    )


def _draw(result: Prediction, title: str, recording: Recording | None, path: Path) -> int:
    from fcm.migration.judging.plot import convergence_svg

    svg = convergence_svg(result, title, recording)
    try:
        if path.suffix.lower() == ".svg":
            path.write_text(svg, encoding="utf-8", newline="\n")
        elif trouble := _no_qt():
            print(f"{path}: {trouble} Write the plot as .svg instead.", file=sys.stderr)
            return FAILED
        elif not _draw_png(svg, path):
            print(f"{path}: cannot write the plot; check that the folder exists and is writable", file=sys.stderr)
            return FAILED
    except OSError as error:
        print(f"{path}: cannot write the plot: {error.strerror or error}", file=sys.stderr)
        return FAILED
    return DONE


def _no_qt() -> str:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from fcm.app import display_problem

    return display_problem()


def _draw_png(svg: str, path: Path) -> bool:
    """Draws an svg into a png with Qt, which needs no display for it."""
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    image = QImage(renderer.defaultSize() * 2, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    written: bool = image.save(str(path))
    del application
    return written


# preflight -----------------------------------------------------------------------------------------------------------


def _preflight(arguments: argparse.Namespace) -> int:
    from fcm.migration.judging.preflight import judge

    plan, samples = _read_plan(arguments.file, arguments.preset)
    judgement = judge(plan, samples=samples)
    if arguments.json:
        print(json.dumps(_judgement_json(judgement), indent=2))
    else:
        print(judgement.sentence)
        print(judgement.reckoned_with)
    return DONE


def _read_plan(path: Path, preset_name: str | None) -> tuple[Plan, list[Any]]:
    from dataclasses import replace

    from fcm.migration.engine.policies import preset, qemu_rule
    from fcm.migration.engine.specification import MigrationSpec
    from fcm.migration.engine.workload import IDLE
    from fcm.migration.judging.fitting import DirtySample
    from fcm.migration.judging.plan import Plan
    from fcm.migration.recordings.dirty_rates import read_dirty_rates
    from fcm.migration.recordings.laboratory import host_of

    data = read_json(path)
    fields = Fields(data, str(path))
    inner = fields.inner("case") if isinstance(data.get("case"), dict) else fields
    memory = int(inner.number("mem", 1, 1 << 26, unit="MiB") * (1 << 20))
    host = host_of(fields) if data.get("passes") else None
    version = fields.text("qemu", "", 100)
    spec = MigrationSpec(
        IDLE,
        memory,
        bandwidth=inner.number("bw", 1, 1e13, unit="bytes/s"),
        downtime_limit=inner.number("dl", 0, 2_000_000, unit="ms") / 1000.0 if inner.has("dl") else None,
        rule=preset(preset_name) if preset_name else qemu_rule(version),
        line_rate=inner.number("line", 1, 1e13, unit="bytes/s") if inner.has("line") else None,
    )
    plan = Plan(spec, filled_to=inner.whole("memend", 0, memory, default=0, unit="bytes"))
    if host is not None and spec.line_rate is None:
        words = "measured in the laboratory of this recording"
        plan = replace(plan.with_spec(line_rate=host.line, fixed_downtime=host.fixed_downtime), line_words=words)
    holder = fields if fields.has("dirty_rate_mib_s") else inner
    rates = read_dirty_rates(holder)
    samples = [DirtySample(time, found, exact=mode != "page-sampling") for mode, time, found in rates]
    if not samples:
        raise holder.bad("dirty_rate_mib_s", "a list of [mode, seconds, MiB/s] with at least one entry", "nothing")
    return plan, samples


def _judgement_json(judgement: Judgement) -> dict[str, Any]:
    def number(value: float | None) -> float | None:
        return value if value is not None and math.isfinite(value) else None

    def interval(e: Estimate) -> dict[str, float | None]:
        return {"value": number(e.value), "low": number(e.low), "high": number(e.high)}

    return {
        "verdict": judgement.verdict.value,
        "total_s": interval(judgement.total),
        "downtime_s": interval(judgement.downtime),
        "bytes": interval(judgement.bytes),
        "passes": interval(judgement.passes),
        "remedies": [
            {"kind": r.kind.value, "value": number(r.value), "total_s": number(r.total), "text": r.text}
            for r in judgement.remedies
        ],
        "sentence": judgement.sentence,
        "assumptions": list(judgement.assumptions),
    }


# validate ------------------------------------------------------------------------------------------------------------


def _validate(arguments: argparse.Namespace) -> int:
    from fcm.migration.validation.runs import validate
    from fcm.migration.validation.tables import validation_text

    folder: Path = arguments.folder
    if not os.path.isdir(folder):
        raise BadFileError(str(folder), "", "a folder with recordings (*.json, *.jsonl, *.qmp)", "not a folder")
    files = sorted(path for path in folder.iterdir() if path.suffix in (".json", ".jsonl", ".qmp") and path.is_file())
    if not files:
        raise BadFileError(str(folder), "", "a folder with recordings (*.json, *.jsonl, *.qmp)", "none")
    if arguments.goals:
        from fcm.migration.validation.goals import compare

        compared = compare(files, None if arguments.json else lambda name: print(f"{name}...", file=sys.stderr))
        print(json.dumps(compared.as_json(), indent=2) if arguments.json else compared.text())
        return DONE
    if arguments.live:
        from fcm.migration.validation.live import validate_live

        live = validate_live(files)
        print(json.dumps(live.as_json(), indent=2) if arguments.json else live.text())
        return DONE
    result = validate(files, arguments.achieved)
    if arguments.json:
        print(json.dumps(result.as_json(), indent=2))
    else:
        print(validation_text(result))
    return DONE
