"""The verbs of ``fcm desktop``: fcm as a command everywhere and in the menu of the desktop."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 (it has no public name)

DONE = 0


def add_desktop_verbs(verbs: Subparsers) -> None:
    """Add ``desktop`` with its verbs; each parsed namespace carries ``handler``, which returns the exit code."""
    desktop = verbs.add_parser(
        "desktop",
        description="Makes fcm available in the shell and the desktop menu: in /usr/local for root (also found by "
        "sudo), in ~/.local for other users.",
    )
    inner = desktop.add_subparsers(title="verbs", required=True, metavar="VERB")
    install = inner.add_parser("install", help="install a link in bin, a menu entry and an icon")
    install.set_defaults(handler=_install)
    remove = inner.add_parser("remove", help="remove them")
    remove.set_defaults(handler=_remove)
    for verb in (install, remove):
        verb.add_argument(
            "--prefix", type=Path, metavar="DIR", help="install to this folder instead of /usr/local or ~/.local"
        )


def _prefix(arguments: argparse.Namespace) -> Path | None:
    from fcm.text.textfile import typed_path

    given: Path | None = arguments.prefix
    return None if given is None else Path(os.path.abspath(typed_path(str(given))))


def _install(arguments: argparse.Namespace) -> int:
    from fcm.desktop import install

    there = install(_prefix(arguments))
    print(f"Installed {there.link}, a menu entry and an icon.")
    folders = os.environ.get("PATH", "").split(os.pathsep)
    if str(there.link.parent) not in folders:
        print(
            f"{there.link.parent} is not in the PATH of this shell. Log in again, or run: "
            f"PATH={there.link.parent}:$PATH"
        )
    return DONE


def _remove(arguments: argparse.Namespace) -> int:
    from fcm.desktop import places, remove

    removed = remove(_prefix(arguments))
    for path in removed:
        print(f"Removed: {path}")
    if not removed:
        print(f"fcm was not installed at {places(_prefix(arguments)).link}.")
    return DONE
