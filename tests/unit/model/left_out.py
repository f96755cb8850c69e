"""What a field has that a journal or a file of an earlier version leaves out: every default of the model.

A default that changes is another meaning of what was written before. New ones are added by

    python -m tests.unit.model.left_out
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from pathlib import Path

import fcm.model

KEPT = Path(__file__).parents[2] / "data" / "model-defaults.txt"


def defaults() -> list[str]:
    """``module.Class.field = value`` for each field with a default."""
    found = set()
    for module in pkgutil.walk_packages(fcm.model.__path__, "fcm.model."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), dataclasses.is_dataclass):
            for one in dataclasses.fields(kind) if inspect.isclass(kind) else ():
                value = one.default
                if value is dataclasses.MISSING and one.default_factory is not dataclasses.MISSING:
                    value = one.default_factory()
                shown = repr(value)
                if value is not dataclasses.MISSING and " at 0x" not in shown and len(shown) < 300:
                    found.add(f"{kind.__name__}.{one.name} = {shown}")
    return sorted(found)


if __name__ == "__main__":
    KEPT.write_text("\n".join(defaults()) + "\n", encoding="utf-8")
