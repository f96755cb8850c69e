"""The tables of cmdlets in docs/powershell.md, made from the registry.

``python -m fcm.shell.completion.reference docs/powershell.md`` writes them again between the two marks of the page.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fcm.shell import cmdlets
from fcm.shell.runtime.absent import ABSENT
from fcm.shell.runtime.registry import REGISTRY

if TYPE_CHECKING:
    from fcm.shell.runtime.call import Cmdlet

BEGIN = "<!-- made by python -m fcm.shell.completion.reference docs/powershell.md -->"
END = "<!-- end of what is made -->"
TITLES = {
    "FailoverClusters": "FailoverClusters (Windows Server 2008 R2)",
    "Hyper-V": "Hyper-V (the module came with Windows Server 2012)",
    "ServerManager": "ServerManager",
    "NetAdapter": "NetAdapter (Windows Server 2012)",
    "Programs": "Programs",
    "Core": "Core",
}
"""Modules in the order of the page."""


def tables() -> str:
    """All tables, each under its heading."""
    cmdlets.load()
    known = sorted(REGISTRY.cmdlets.values(), key=lambda one: one.name)
    modules = [*TITLES, *sorted({one.module for one in known} - set(TITLES))]
    parts = []
    for module in modules:
        rows = [_row(one) for one in known if one.module == module]
        if rows:
            head = "| cmdlet | description | parameters | not supported |\n|---|---|---|---|"
            parts.append(f"### {TITLES.get(module, module)}\n\n{head}\n" + "\n".join(rows))
    absent = "\n".join(f"| `{name}` | {why} |" for name, why in sorted(ABSENT.items()) if not REGISTRY.get(name))
    parts.append(
        f"### Windows cmdlets that are not supported\n\n| cmdlet | reason and alternative |\n|---|---|\n{absent}"
    )
    return "\n\n".join(parts)


def page(text: str) -> str:
    """A page with its tables created again.

    Raises:
        ValueError: the page lacks the marks.
    """
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"The page does not contain the marks {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def _row(one: Cmdlet) -> str:
    names = f" ({', '.join(f'`{alias}`' for alias in one.aliases)})" if one.aliases else ""
    origin = "" if not one.since or one.module == "Hyper-V" else f" *Since {one.since}.*"
    origin = " *fcm only.*" if one.since == "fcm" else origin
    given = " ".join(
        f"`-{param.name}`"
        for param in one.parameters
        if not param.absent and param.name != "Cluster" and (param.name != "InputObject" or param.rest)
    )
    absent = " ".join(f"`-{param.name}`: {param.absent}" for param in one.parameters if param.absent)
    cells = (f"`{one.name}`{names}", one.synopsis + origin, "" if one.raw else given, absent)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Write the page; exit code."""
    if len(arguments) != 1:
        print("Usage: python -m fcm.shell.completion.reference PAGE.md", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    try:
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        print(f"Cannot write {path}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
