"""The verb tour: pictures of every page and dialog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)


def add_tour_verb(verbs: Subparsers) -> None:
    """Add ``tour``; the parsed namespace carries ``handler``, which returns the exit code."""
    tour = verbs.add_parser("tour")
    tour.add_argument("--out", type=Path, default=Path("tour"), help="folder for the screenshots (default: tour)")
    tour.set_defaults(handler=_tour)


def _tour(arguments: argparse.Namespace) -> int:
    from fcm.app import run_tour

    return run_tour(arguments.out)
