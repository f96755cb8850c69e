"""How this copy of fcm was installed, and the commands that start and repair it, for all messages.

The distribution is called failover-cluster-manager and is not on PyPI; it comes from a checkout or a wheel. A package
called fcm that a registry might offer is someone else's.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

DISTRIBUTION = "failover-cluster-manager"
LIBVIRT_PACKAGES = "python3-dev libvirt-dev pkg-config gcc"
"""What libvirt's Python module needs to be built on Debian."""


def is_bundle() -> bool:
    """Whether this is the PyInstaller folder, which has no pip and takes no modules."""
    return bool(getattr(sys, "frozen", False))


def program() -> Path | None:
    """The full path of what was started, symbolic links resolved; None for ``python -m fcm`` and scripts."""
    started = sys.executable if is_bundle() else sys.argv[0]
    path = Path(os.path.realpath(shutil.which(started) or started))
    return path if path.stem.lower() in ("fcm", "fcmw") and path.is_file() else None


def typed(text: str) -> str:
    """One word of a command line as it is typed here: with quotation marks where a space or another sign needs them."""
    if sys.platform == "win32":
        # Both cmd and PowerShell take these, and no name of a file has one. In PowerShell "& " begins such a command.
        return f'"{text}"' if set(text) & set(" &()[]{}^=;!'+,`~$@#") else text
    return shlex.quote(text)


def command(words: str, path: bool = False) -> str:
    """The command line that runs this fcm with the given arguments: ``fcm tour``, or with its path.

    Args:
        words: what follows the program.
        path: with the full path in any case, because sudo and menus look elsewhere than a shell does.
    """
    own = program()
    if own is None:
        return f"{typed(sys.executable)} -m fcm {words}" if sys.executable and not is_bundle() else f"fcm {words}"
    found = shutil.which("fcm", path="/usr/local/bin:/usr/bin" if path else None)
    if found is not None and os.path.realpath(found) == str(own):
        return f"fcm {words}"
    return f"{typed(str(own))} {words}"


def again() -> str:
    """The sentence that explains how to repair an incomplete installation."""
    if is_bundle():
        return "Unpack the bundle again, including all files."
    return "Reinstall it: run make setup in the checkout, or pip install --force-reinstall with the path of the wheel."


def with_libvirt() -> str:
    """The sentence that explains how to install libvirt's Python module."""
    if is_bundle():
        return (
            "A bundle cannot include it, because it must match the libvirt version of the computer. To manage real "
            "hosts, install fcm from source: see docs/live-hosts.md."
        )
    if sys.platform == "win32":
        return "It is not made for Windows. To manage real hosts, run fcm on Linux: docs/live-hosts.md tells how."
    if sys.platform == "darwin":
        return (
            f"With Homebrew: brew install libvirt pkgconf, then {typed(sys.executable)} -m pip install libvirt-python."
        )
    return (
        f"On Debian: sudo apt-get install {LIBVIRT_PACKAGES}, then "
        f"{typed(sys.executable)} -m pip install libvirt-python."
    )
