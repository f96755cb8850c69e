"""Reports of Validate a Configuration and of the High Availability wizard: one HTML page each, nothing beside it.

The same body serves two readers: a browser, with the page's own style sheet for light and dark, and the viewer of the
window, which knows little of CSS and gets its colours from there.
"""

from __future__ import annotations

import contextlib
import html
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fcm import __version__
from fcm.model.moments import day_in_words, in_utc
from fcm.model.rules.dependencies import expression
from fcm.model.rules.names import safe_file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from fcm.model.state import State
    from fcm.model.validation.report import CheckResult, ValidationReport

WORDS = {"pass": "Passed", "warn": "Warning", "fail": "Failed", "info": "Information"}
_ORDER = {"fail": 0, "warn": 1, "pass": 2, "info": 3}
_OUTCOMES = {
    "fail": "Failed: at least one test found a problem that you must correct before you rely on this cluster.",
    "warn": "Passed with warnings: the cluster can run. Review the warnings.",
    "pass": "Passed: the configuration is suitable for clustering.",
    "info": "No test that can pass or fail was run.",
}
_OUTCOMES_OF_SERVERS = {
    "fail": "Failed: at least one test found a problem that you must correct before the servers are a cluster.",
    "warn": "Passed with warnings: the servers can be a cluster. Review the warnings.",
    "pass": "Passed: the servers are suitable for clustering.",
    "info": _OUTCOMES["info"],
}

_STYLE = """
:root { color-scheme: light dark; --page: #f3f4f6; --sheet: #ffffff; --text: #1a1a1a; --quiet: #5d6470;
  --line: #d9dde3; --accent: #005a9e; --pass: #1e7a3c; --warn: #8a5a00; --fail: #b3261e; --info: #4b5563; }
@media (prefers-color-scheme: dark) { :root { --page: #17191c; --sheet: #1f2226; --text: #eceef0; --quiet: #a3abb5;
  --line: #363b42; --accent: #6cb4ff; --pass: #5fcf80; --warn: #e8b04a; --fail: #ff8f87; --info: #a3abb5; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 32px 16px; background: var(--page); color: var(--text);
  font: 15px/1.5 "Segoe UI", "Noto Sans", "DejaVu Sans", system-ui, sans-serif; }
.sheet { max-width: 960px; margin: 0 auto; padding: 32px 40px; background: var(--sheet); border-radius: 8px;
  border: 1px solid var(--line); }
h1 { margin: 0 0 4px; font-size: 26px; font-weight: 600; }
h2 { margin: 32px 0 8px; font-size: 18px; font-weight: 600; color: var(--accent); }
p { margin: 6px 0; } .quiet { color: var(--quiet); }
.outcome { font-weight: 600; font-size: 16px; margin: 16px 0; padding: 10px 14px; border: 1px solid var(--line);
  border-left: 4px solid currentColor; border-radius: 4px; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 13px; }
th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.level { white-space: nowrap; width: 8em; } td.name { width: 16em; font-weight: 600; overflow-wrap: anywhere; }
.pass { color: var(--pass); } .warn { color: var(--warn); } .fail { color: var(--fail); } .info { color: var(--info); }
.remedy { color: var(--quiet); } a { color: var(--accent); }
code { font-family: "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 13px; overflow-wrap: anywhere; }
@media print { body { background: none; padding: 0; } .sheet { border: 0; padding: 0; } }
"""
_WIDE_STYLE = """
.sheet { max-width: 1600px; } th { position: sticky; top: 0; background: var(--sheet); white-space: nowrap; }
td.time, td.level, td.node { white-space: nowrap; width: 1%; padding-right: 16px; } td.text { overflow-wrap: anywhere; }
td.source, td.task { white-space: nowrap; width: 1%; padding-right: 16px; }
td.number, th.number { padding-right: 16px; }
"""


PAGE_FOOT = "</main>\n</body>\n</html>\n"
"""What follows the body of a page."""


def page_head(title: str, wide: bool = False) -> str:
    """What comes before the body of a page for a browser; it loads nothing. ``wide``: for a table of many columns."""
    more = _WIDE_STYLE if wide else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}{more}</style>\n</head>\n"
        '<body>\n<main class="sheet">\n'
    )


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as ``#rrggbb`` for a reader without style sheets of its own."""

    text: str
    quiet: str
    line: str
    accent: str
    good: str
    warning: str
    bad: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its title and its body in HTML, which every reader styles."""

    title: str
    body: str

    def page(self) -> str:
        """A whole page for a browser; it loads nothing."""
        return f"{page_head(self.title)}{self.body}{PAGE_FOOT}"

    def for_viewer(self, colours: Colours) -> str:
        """The same for a reader that knows simple style sheets only, such as Qt's text documents."""
        style = (
            f"body {{ color: {colours.text}; }} h1 {{ font-size: 17pt; font-weight: normal; }}"
            f"h2 {{ font-size: 13pt; font-weight: normal; color: {colours.accent}; margin-top: 18px; }}"
            f".quiet, .remedy, th, .info {{ color: {colours.quiet}; }} .pass {{ color: {colours.good}; }}"
            f".warn {{ color: {colours.warning}; }} .fail {{ color: {colours.bad}; }} .outcome {{ font-weight: bold; }}"
            f"th, td {{ padding: 4px 10px 4px 0; border-bottom: 1px solid {colours.line}; }} th {{ text-align: left; }}"
            f"td.number, th.number {{ text-align: right; }} a {{ color: {colours.accent}; }}"
            "td.level { white-space: nowrap; }"
        )
        return f"<html><head><style>{style}</style></head><body>{self.body}</body></html>"


def validation_report(report: ValidationReport, state: State) -> Report:
    """What Validate a Configuration found, by category, the worst first within each."""
    cluster = state.cluster
    name = cluster.full_name if cluster else ""
    title = f"Validation Report of {name}" if name else "Validation Report"
    head = _head("Failover Cluster Validation Report", name, report.time)
    return _validation(report, title, head, _table(("Nodes",), [(", ".join(state.nodes) or "none",)]))


def servers_report(report: ValidationReport, about: str, servers: Sequence[str]) -> Report:
    """The same about servers that need be no cluster.

    Args:
        report: what was found, at a time of the clock of this computer.
        about: the cluster, if they are all nodes of one, else some of their names.
        servers: all their names.
    """
    when = in_utc(report.time)
    head = (
        "<h1>Failover Cluster Validation Report</h1>\n"
        f'<p class="quiet">{html.escape(about)}, {day_in_words(when)} {when:%H:%M:%S} UTC</p>'
    )
    table = _table(("Servers",), [(", ".join(servers),)])
    return _validation(report, f"Validation Report of {about}", head, table, _OUTCOMES_OF_SERVERS)


def _validation(
    report: ValidationReport, title: str, head: str, servers: str, outcomes: Mapping[str, str] = _OUTCOMES
) -> Report:
    categories = list(dict.fromkeys(result.category for result in report.results))
    parts = [
        head,
        f'<p class="outcome {report.level}">{html.escape(outcomes[report.level])}</p>',
        servers,
        "<h2>Results by category</h2>",
        _summary(report.results, categories),
    ]
    for number, category in enumerate(categories):
        parts.append(f'<h2><a name="c{number}"></a>{html.escape(category)}</h2>')
        found = [result for result in report.results if result.category == category]
        parts.append(_results(sorted(found, key=lambda result: _ORDER.get(result.level, 4))))
    return Report(title, "\n".join([*parts, foot()]))


def high_availability_report(state: State, machines: Sequence[str], outcome: str, time: float, command: str) -> Report:
    """What the High Availability wizard did: which machines, their groups and resources.

    Args:
        state: the cluster afterwards.
        machines: ids of the machines that were chosen.
        outcome: "" if they were clustered, otherwise why not.
        time: s since the epoch, clock of the cluster.
        command: the PowerShell that does the same.
    """
    name = state.cluster.full_name if state.cluster else ""
    names = [state.machines[identity].name for identity in machines if identity in state.machines]
    done = f"{', '.join(names)}: configured for high availability."
    level = "fail" if outcome else "pass"
    parts = [
        _head("High Availability Wizard Report", name, time),
        f'<p class="outcome {level}">{html.escape(outcome or done)}</p>',
        "<h2>Virtual machines</h2>",
    ]
    rows: list[tuple[str, ...]] = []
    for identity in machines:
        machine = state.machines.get(identity)
        group = state.groups.get(machine.group or "") if machine else None
        if machine is not None:
            action = str(machine.start_action)
            rows.append((machine.name, group.name if group else "not clustered", machine.node, machine.path, action))
    parts.append(_table(("Virtual machine", "Service or application", "Owner", "Location", "Start action"), rows))
    resources = [
        (resource.name, str(resource.type), str(resource.state), ", ".join(resource.possible_owners))
        for identity in machines
        if identity in state.machines
        for resource in state.group_resources(state.machines[identity].group or "")
    ]
    if resources:
        parts.append("<h2>Resources</h2>")
        parts.append(_table(("Resource", "Type", "State", "Possible owners"), resources))
    parts.append(f"<h2>PowerShell</h2><p><code>{html.escape(command)}</code></p>")
    return Report(f"High Availability Report of {name}", "\n".join([*parts, foot()]))


def role_report(state: State, group: str, time: float, command: str) -> Report:
    """What the High Availability wizard did for a service or application that is not a virtual machine.

    Args:
        state: the cluster afterwards.
        group: id of what was configured; "" if it is not there.
        time: s since the epoch, clock of the cluster.
        command: the PowerShell that does the same.
    """
    name = state.cluster.full_name if state.cluster else ""
    found = state.groups.get(group)
    done = f"{found.name} ({found.type}): configured for high availability." if found else "It is not there."
    rows = [
        (one.name, str(one.type), str(one.state), one.detail, expression(state, one.depends_on, one.alternatives))
        for one in state.group_resources(group)
    ]
    parts = [
        _head("High Availability Wizard Report", name, time),
        f'<p class="outcome {"pass" if found else "fail"}">{html.escape(done)}</p>',
        "<h2>Resources</h2>",
        _table(("Resource", "Type", "State", "Details", "Depends on"), rows),
        f"<h2>PowerShell</h2><p><code>{html.escape(command)}</code></p>",
    ]
    return Report(f"High Availability Report of {name}", "\n".join([*parts, foot()]))


def save(report: Report, folder: Path, name: str) -> Path:
    """Write a report whole or not at all; blocks. No other report is replaced; the same one is not written twice.

    Raises:
        OSError: the folder or file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = safe_file_name(name, "report")
    text = report.page()
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".report-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        for number in range(1, 10_000):
            path = folder / (f"{stem}.html" if number == 1 else f"{stem}-{number}.html")
            try:
                _claim(temporary, path)
            except FileExistsError:
                if path.read_text(encoding="utf-8", errors="replace") == text:
                    return path
                continue
            return path
        raise FileExistsError(f"There are too many reports named {stem} in {folder}.")
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def _claim(temporary: str, path: Path) -> None:
    """Give a whole file its name unless another file has it. Raises FileExistsError."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a stick or a share without hard links (FAT, exFAT, SMB)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        os.replace(temporary, path)


def file_name(title: str, time: float) -> str:
    """A file name for a report made at ``time`` (s since the epoch, UTC)."""
    return f"{title} {in_utc(time):%Y-%m-%d %H.%M.%S}"


def _head(title: str, cluster: str, time: float) -> str:
    when = in_utc(time)
    return (
        f"<h1>{html.escape(title)}</h1>\n"
        f'<p class="quiet">Cluster {html.escape(cluster)}, {day_in_words(when)} {when:%H:%M:%S} UTC '
        "(clock of the cluster)</p>"
    )


def foot() -> str:
    """Who wrote a page."""
    return f'<p class="quiet">Written by fcm {html.escape(__version__)}.</p>\n'


def _summary(results: Sequence[CheckResult], categories: Sequence[str]) -> str:
    rows = []
    for number, category in enumerate(categories):
        levels = [result.level for result in results if result.category == category]
        worst = min(levels, key=lambda level: _ORDER.get(level, 4))
        cells = "".join(f'<td class="number">{levels.count(level) or "–"}</td>' for level in WORDS)
        rows.append(
            f'<tr><td class="name"><a href="#c{number}">{html.escape(category)}</a></td>'
            f'<td class="{worst}">{WORDS.get(worst, worst)}</td>{cells}</tr>'
        )
    heads = "".join(f'<th class="number">{word}</th>' for word in WORDS.values())
    return (
        f'<table width="100%" cellspacing="0"><tr><th>Category</th><th>Result</th>{heads}</tr>{"".join(rows)}</table>'
    )


def _results(results: Iterable[CheckResult]) -> str:
    rows = []
    for result in results:
        remedy = f'<p class="remedy">{html.escape(result.remedy)}</p>' if result.remedy else ""
        text = "<br>".join(html.escape(line) for line in result.text.splitlines())
        rows.append(
            f'<tr><td class="level {result.level}">{html.escape(WORDS.get(result.level, result.level))}</td>'
            f'<td class="name">{html.escape(result.name)}</td><td>{text}{remedy}</td></tr>'
        )
    head = '<tr><th width="90">Result</th><th width="220">Test</th><th>What was found</th></tr>'
    return f'<table width="100%" cellspacing="0">{head}{"".join(rows)}</table>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table width="100%" cellspacing="0"><tr>{head}</tr>{body}</table>'
