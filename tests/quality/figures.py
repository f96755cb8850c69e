"""docs/figures.md: the figures by which clusters and migrations are simulated, forecast and waited for.

A row is a constant of the code with the sentence that stands beside it there. After a change that is meant:

    python -m tests.quality.figures
"""

from __future__ import annotations

import ast
import importlib
from typing import TYPE_CHECKING

from tests.quality.source import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = TOP / "docs" / "figures.md"
ROOMS = {
    "Simulated clusters": ("fcm/backend/embedded", "fcm/backend/orders.py", "fcm/backend/convergence.py"),
    "Real hosts": ("fcm/backend/libvirt",),
    "Migrations": ("fcm/migration",),
    "Rules of clusters": ("fcm/model",),
}
HEAD = """# Figures

The figures by which fcm simulates clusters, computes and forecasts migrations, and waits for hosts. Each is a constant
of the code; its sentence is the one that stands there, with unit and source. Where it says *assumption*, nothing was
measured or documented.

This page is made by `python -m tests.quality.figures`; a test compares it with the code.
"""


def page() -> str:
    """The page as the code has it today."""
    parts = [HEAD]
    for room, places in ROOMS.items():
        parts.append(
            f"## {room}\n\n| where | figure | value | meaning |\n|---|---|---|---|\n" + "\n".join(_rows(places))
        )
    return "\n".join(parts) + "\n"


def _rows(places: tuple[str, ...]) -> Iterator[str]:
    for place in places:
        path = TOP / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            module = file.relative_to(TOP).with_suffix("").as_posix()
            body = ast.parse(file.read_text(encoding="utf-8")).body
            for one, following in zip(body, [*body[1:], None], strict=True):
                for name in _names(one):
                    value = getattr(importlib.import_module(module.replace("/", ".")), name)
                    if _is_figure(value):
                        where = module.removeprefix("fcm/").removesuffix("/__init__")
                        yield f"| {where} | {name} | {_shown(value)} | {_sentence(following)} |"


def _names(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    found = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    return [name for name in found if name.isupper() and not name.startswith("_")]


def _is_figure(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(_is_figure, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, int) and value >= 1024 and value & (value - 1) == 0:
        return f"2^{value.bit_length() - 1}"
    return f"{value:,}" if isinstance(value, int) else repr(value)


def _sentence(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return " ".join(str(statement.value.value).split()).replace("|", "\\|")
    return ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
