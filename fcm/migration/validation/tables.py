"""The report of `fcm validate` as Markdown tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.text.words import counted

if TYPE_CHECKING:
    from fcm.migration.validation.runs import Validation

RECORDINGS, TARGETS, FORECAST = "recordings", "targets", "running forecast"
_KNOWN = (("total_pct", 2.0), ("bytes_pct", 1.5), ("downtime_ms", 20.0), ("passes_within", 0.9), ("right_class", 0.98))
_PREFLIGHT = (
    ("total_pct", 8.0),
    ("bytes_pct", 6.0),
    ("downtime_ms", 60.0),
    ("passes_within", 0.8),
    ("right_class", 0.95),
)
_HEAD = 2
"""Lines of a table's head."""
_CALIBRATED = (0.70, 0.90)
_WORDS = {
    "total_pct": "total time error, 90th percentile",
    "bytes_pct": "bytes error, 90th percentile",
    "downtime_ms": "blackout error, 90th percentile",
    "passes_within": "passes within 1 (pre-flight 2)",
    "right_class": "convergence predicted correctly",
}


def validation_text(result: Validation) -> str:
    """All tables, each under its heading."""
    fed = "achieved bandwidth and writes" if result.achieved else "the case alone"
    parts = [f"{counted(len(result.cases), 'recording')}, input: {fed}.", table(result, RECORDINGS)]
    shown = [name for name, models in result.groups.items() if models]
    shown += [FORECAST] if result.forecast["recordings"] else []
    for name in (*shown, *([TARGETS] if len(_targets(result)) > _HEAD else [])):
        parts += [f"### {name}", table(result, name)]
    bases = {case.basis for case in result.cases if case.basis}
    if bases:
        parts += ["### exported migrations", "\n".join(f"- {basis}" for basis in sorted(bases))]
    if result.left_out:
        lines = [f"- {one.name}: {one.reason.rstrip('.')}." for one in result.left_out]
        parts += ["### not compared", "\n".join(lines)]
    return "\n\n".join(parts)


def table(result: Validation, name: str) -> str:
    """One table: RECORDINGS, TARGETS, FORECAST or the name of a group. Raises KeyError for any other."""
    if name == RECORDINGS:
        return "\n".join(_recordings(result))
    if name == TARGETS:
        return "\n".join(_targets(result))
    if name == FORECAST:
        return "\n".join(_forecast(result.forecast))
    return "\n".join(_group(result.groups[name]))


def forecast_table(forecast: dict[str, Any]) -> str:
    """The table FORECAST from a calibration alone."""
    return "\n".join(_forecast(forecast))


def _recordings(result: Validation) -> list[str]:
    head = (
        "| recording | group | total s | forecast | bytes MB | forecast | blackout ms | forecast | passes | forecast |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|---|---|"]
    for case in result.cases:
        m, p = case.measured, case.predicted["engine"]
        lines.append(
            f"| {case.name} | {case.group} | {_cell(m['total_s'], 2)} | {_cell(p['total_s'], 2)} "
            f"| {_cell(m['bytes'], 1, 1e-6)} | {_cell(p['bytes'], 1, 1e-6)} | {_cell(m['downtime_s'], 0, 1e3)} "
            f"| {_cell(p['downtime_s'], 0, 1e3)} | {m['passes']} | {p['passes']} |"
        )
    return lines


def _group(models: dict[str, dict[str, Any]]) -> list[str]:
    lines = ["| model | cases | total % p50 / p90 / max (bias) | bytes % | blackout ms | passes | right class |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for model, f in models.items():
        cells = [_four(f.get(metric)) for metric in ("total_pct", "bytes_pct", "downtime_ms", "passes")]
        lines.append(f"| {model} | {f['cases']} | {' | '.join(cells)} | {100 * f['right_class']:.0f} % |")
    return lines


def _forecast(forecast: dict[str, Any]) -> list[str]:
    """How often the 80 % intervals held."""
    lines = [
        "| instants of | number | end within interval | below | above | blackout within interval | below | above |"
    ]
    lines += ["|---|---|---|---|---|---|---|---|"]
    parts = [(f"all {counted(forecast['recordings'], 'completed run')}, from the middle of pass 1", forecast)]
    parts += [("the same, each run weighted equally", forecast["by_run"])]
    parts += [("the same, before the first dirty log sync", forecast["before_first_reading"])]
    parts += [("the same, after the first dirty log sync", forecast["after_first_reading"])]
    parts += [(case["name"], case) for case in forecast["cases"]]
    for name, part in parts:
        shares = [part[kind][key] for kind in ("eta", "blackout") for key in ("held", "below", "above")]
        lines.append(f"| {name} | {part['instants']} | {' | '.join(_share(share) for share in shares)} |")
    return lines


def _targets(result: Validation) -> list[str]:
    """What is aimed at, what was reached, and whether that meets it."""
    lines = ["| group | metric | target | result | |", "|---|---|---|---|---|"]
    known = ("all", "engine") if result.achieved else ("steady", "engine")
    groups: list[tuple[str, str, tuple[tuple[str, float], ...]]]
    groups = [(*known, _KNOWN), ("pre-flight", "pre-flight", _PREFLIGHT)]
    if not result.achieved:
        groups.insert(1, ("auto-converge", "engine", (("total_pct", 15.0),)))
    for group, model, aims in groups:
        figures = result.groups.get(group, {}).get(model, {})
        for metric, aim in aims:
            found = figures.get(metric)
            if found is None:
                continue
            if isinstance(found, dict):
                unit = "ms" if metric == "downtime_ms" else "%"
                wanted, here, met = f"at most {aim:g} {unit}", f"{found['p90']:.2f} {unit}", found["p90"] <= aim
            else:
                wanted, here, met = f"at least {100 * aim:.0f} %", _share(found), found >= aim
            lines.append(f"| {group} | {_WORDS[metric]} | {wanted} | {here} | {'met' if met else 'missed'} |")
    low, high = _CALIBRATED
    for kind, words in (
        ("eta", "remaining time within the 80 % interval"),
        ("blackout", "blackout within the 80 % interval"),
    ):
        held = result.forecast[kind]["held"]
        if held is not None:
            met = "met" if low <= held <= high else "missed"
            lines.append(f"| {FORECAST} | {words} | {100 * low:.0f} to {100 * high:.0f} % | {_share(held)} | {met} |")
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _cell(value: float | None, digits: int, factor: float = 1.0) -> str:
    return "-" if value is None else f"{value * factor:.{digits}f}"


def _four(figures: dict[str, float] | None) -> str:
    if figures is None:
        return "-"
    return f"{figures['p50']:.2f} / {figures['p90']:.2f} / {figures['max']:.2f} ({figures['bias']:+.2f})"
