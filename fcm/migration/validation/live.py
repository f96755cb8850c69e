"""How well the running forecast holds on migrations between real hosts, as the product itself kept them.

Each migration that ``fcm history --export`` wrote is fed to the forecast row by row from the middle of its first pass
on, and each outlook is compared with how it ended.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fcm.migration.engine.policies import qemu_rule
from fcm.migration.forecast.first_pass import earlier_of
from fcm.migration.recordings.reading import read_recording
from fcm.migration.validation.calibration import Held, limit_of, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from fcm.migration.forecast.first_pass import Earlier
    from fcm.migration.recordings.recording import Recording
    from fcm.migration.validation.calibration import ReplayedCase

HELD = (0.75, 0.90)
"""Share of instants in which an 80 % interval should hold."""
WIDTH = 0.35
"""Median width of the interval of the end over the time that is left, which should not be exceeded."""


@dataclass(frozen=True)
class LiveValidation:
    """What became of the outlooks of a folder."""

    cases: tuple[ReplayedCase, ...]
    left_out: tuple[tuple[str, str], ...]
    """Names of files that were not compared, and why."""

    def as_json(self) -> dict[str, Any]:
        """The keys of ``fcm validate --live --json``."""
        return {
            "all": figures(self.cases),
            "by_qemu": {version: figures(some) for version, some in self._by_version().items()},
            "cases": [{"name": case.name, "qemu": case.version or None, **figures([case])} for case in self.cases],
            "left_out": [{"name": name, "reason": reason} for name, reason in self.left_out],
        }

    def text(self) -> str:
        """The same as a table for people."""
        rows = [("all", figures(self.cases))]
        rows += [(f"QEMU {version or 'unknown'}", figures(some)) for version, some in self._by_version().items()]
        rows += [(case.name, figures([case])) for case in self.cases]
        lines = [
            "| migrations | instants | end held | too early | too late | blackout held | shorter | longer | width |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for name, found in rows:
            eta, blackout, width = found["eta"], found["blackout"], found["width"]
            shares = [eta["held"], eta["above"], eta["below"], blackout["held"], blackout["below"], blackout["above"]]
            cells = [name, str(found["instants"]), *(_percent(share) for share in shares), _percent(width)]
            lines.append(f"| {' | '.join(cells)} |")
        lines += [f"{name}: left out, because {reason}." for name, reason in self.left_out]
        return "\n".join(lines)

    def _by_version(self) -> dict[str, list[ReplayedCase]]:
        found: dict[str, list[ReplayedCase]] = {}
        for case in self.cases:
            found.setdefault(case.version, []).append(case)
        return dict(sorted(found.items()))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.0f} %"


def figures(cases: Sequence[ReplayedCase]) -> dict[str, Any]:
    """Shares of instants at which the intervals held, and the median width of that of the end over the rest."""
    eta = sum((held for case in cases for held in case.eta), Held())
    blackout = sum((held for case in cases for held in case.blackout), Held())
    widths = [width for case in cases for width in case.widths]
    width = float(np.median(widths)) if widths else math.inf
    return {
        "migrations": len(cases),
        "instants": eta.instants,
        "eta": eta.as_json(),
        "blackout": blackout.as_json(),
        "width": round(width, 4) if math.isfinite(width) else None,
    }


def validate_live(files: Iterable[Path]) -> LiveValidation:
    """Feeds every migration between real hosts to the forecast.

    Args:
        files: exported migrations and other recordings; those that are of no real host are left out.

    Raises:
        BadFileError: naming the file and the field.
    """
    cases: list[ReplayedCase] = []
    left_out: list[tuple[str, str]] = []
    read = [(path, read_recording(path)) for path in files]
    before = migrations_before([recording for _, recording in read])
    for path, recording in read:
        if recording.laboratory is not None or recording.facts is None:
            left_out.append((path.stem, "it is a recording of the laboratory"))
        elif recording.facts.simulated:
            left_out.append((path.stem, "it was simulated"))
        elif recording.facts.tuned:
            left_out.append((path.stem, "its limits were changed while it ran"))
        elif (found := replay(path.stem, recording, earlier=before.get(id(recording)))) is None:
            left_out.append((path.stem, f"it did not complete ({recording.outcome or 'unknown result'})"))
        else:
            cases.append(found)
    return LiveValidation(tuple(cases), tuple(left_out))


def migrations_before(recordings: Sequence[Recording]) -> dict[int, Earlier]:
    """What the migration before of the same machine showed, by the identity of the recording's object.

    Of a folder, a recording is that of the migration before if it is the newest older one of a machine of that name,
    and it brought the machine to where this one finds it. In an open cluster, the journal knows the machine.
    """
    found: dict[int, Earlier] = {}
    last: dict[str, Recording] = {}
    for recording in sorted(recordings, key=lambda one: one.facts.requested if one.facts is not None else 0.0):
        who = recording.identity
        before = last.get(who.machine)
        if before is not None and before.final is not None and before.identity.destination == who.source:
            known = recorded_earlier(before)
            if known is not None:
                found[id(recording)] = known
        last[who.machine] = recording
    return found


def recorded_earlier(recording: Recording) -> Earlier | None:
    """What a recorded migration shows for the next one of its machine."""
    version = recording.facts.qemu if recording.facts is not None else ""
    rows = [recording.row(k) for k in range(len(recording))]
    return earlier_of(rows, recording.memory, qemu_rule(version), recording.downtime_limit, limit_of(recording))
