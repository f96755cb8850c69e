"""fcm on the command line and in the menu of a Linux desktop: a link in bin, an entry and an icon in share.

The entry starts the window without a terminal; sudo finds the link of a system-wide installation.
https://specifications.freedesktop.org/desktop-entry-spec/, https://specifications.freedesktop.org/icon-theme-spec/
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from fcm import resources
from fcm.installation import program
from fcm.mistakes import SentenceError, WrongInputError
from fcm.text.textfile import whole_path

_MARK = "X-FCM-Program="
"""The line of the entry that says that it is ours, and where the link leads that was made with it."""


class DesktopError(SentenceError):
    """The link, entry or icon cannot be written or removed."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the three files go."""

    link: Path
    entry: Path
    icon: Path

    def all(self) -> tuple[Path, ...]:
        """The files, the link first."""
        return (self.link, self.entry, self.icon)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def default_prefix() -> Path:
    """``/usr/local`` for root, where sudo looks too; ``~/.local`` for everybody else.

    Raises:
        SentenceError: the user has no home folder.
    """
    if _is_root():
        return Path("/usr/local")
    try:
        return Path.home() / ".local"
    except RuntimeError:
        raise SentenceError("This user has no home folder. Set HOME, or specify a folder with --prefix.") from None


def places(prefix: Path | None = None) -> Places:
    """The files below a prefix; a user's own share follows XDG_DATA_HOME where no prefix is given."""
    chosen = prefix or default_prefix()
    share = chosen / "share"
    if prefix is None and not _is_root() and (data := os.environ.get("XDG_DATA_HOME")):
        share = Path(data)
    return Places(
        chosen / "bin" / "fcm",
        share / "applications" / "fcm.desktop",
        share / "icons" / "hicolor" / "scalable" / "apps" / "fcm.svg",
    )


def install(prefix: Path | None = None, started: Path | None = None) -> Places:
    """Install link, entry and icon; running it again changes nothing.

    Args:
        prefix: see ``places``.
        started: the program; the running one if not given.

    Raises:
        WrongInputError: this is not Linux, or fcm was not started as a program.
        DesktopError: something else has the name fcm there, or a file cannot be written.
    """
    _only_linux()
    own = started or program()
    if own is None:
        raise WrongInputError("Run this command through the program itself, for example .venv/bin/fcm desktop install.")
    there = places(prefix)
    _refuse_others(there, own)
    is_there = whole_path(there.link) == whole_path(own) and not _linked_by_us(there)
    try:
        for path in there.all():
            path.parent.mkdir(parents=True, exist_ok=True)
        if not is_there:  # pip and pipx may have put it there themselves
            there.link.unlink(missing_ok=True)
            there.link.symlink_to(own)
        there.entry.write_text(_entry(there.link, "" if is_there else str(own)), encoding="utf-8", newline="\n")
        there.icon.write_bytes(resources.path("icons", "app.svg").read_bytes())
    except OSError as error:
        raise DesktopError(_not_done("installed", error)) from error
    return there


def remove(prefix: Path | None = None) -> tuple[Path, ...]:
    """Remove what ``install`` installed, regardless of which fcm created it; returns what was removed.

    Raises:
        WrongInputError: this is not Linux.
        DesktopError: a file cannot be removed.
    """
    _only_linux()
    there = places(prefix)
    ours = [there.link] if _linked_by_us(there) else []
    if _mark(there) is not None:
        ours += [path for path in (there.entry, there.icon) if path.exists()]
    try:
        for path in ours:
            path.unlink()
    except OSError as error:
        raise DesktopError(_not_done("removed", error)) from error
    return tuple(ours)


def _refuse_others(there: Places, own: Path) -> None:
    is_own = whole_path(there.link) == whole_path(own) or _linked_by_us(there)
    if os.path.lexists(there.link) and not is_own:
        raise DesktopError(f"{there.link} is another program. Remove or rename it, or choose a different --prefix.")
    if there.entry.exists() and _mark(there) is None:
        raise DesktopError(f"{there.entry} belongs to another program. Remove it, or choose a different --prefix.")


def _mark(there: Places) -> str | None:
    """What the entry says that its link leads to, "" if the link was there before; None if it is no entry of ours."""
    try:
        lines = there.entry.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)), None)


def _linked_by_us(there: Places) -> bool:
    """Whether the link was made together with the entry, by this copy of fcm or another one."""
    return there.link.is_symlink() and os.readlink(there.link) == _mark(there)


def _entry(link: Path, linked: str) -> str:
    """The shipped entry with the full path, for a menu does not know the PATH of a shell."""
    shipped = resources.path("desktop", "fcm.desktop").read_text(encoding="utf-8")
    lines = [f"Exec={_quoted(link)}" if line == "Exec=fcm" else line for line in shipped.splitlines()]
    return "\n".join([*lines, f"{_MARK}{linked}", ""])


def _quoted(path: Path) -> str:
    """As the specification wants an argument of Exec that contains spaces or other special characters."""
    text = str(path)
    if all(sign.isalnum() or sign in "/._-+" for sign in text):
        return text
    for sign in ("\\", '"', "`", "$"):
        text = text.replace(sign, "\\" + sign)
    # A value is unescaped once as a string before it is taken apart as a command; % begins a field code.
    return '"' + text.replace("\\", "\\\\").replace("%", "%%") + '"'


def _only_linux() -> None:
    if sys.platform != "linux":
        instead = {
            "win32": "On Windows, start fcmw.exe, next to fcm.exe; it opens no console. To use fcm in every console, "
            "add that folder to the Path variable.",
            "darwin": "On macOS, link the program into a folder on your PATH, such as ~/.local/bin/fcm.",
        }
        raise WrongInputError(
            f"Menu entries are supported on Linux desktops only. {instead.get(sys.platform, 'Start fcm from a shell.')}"
        )


def _not_done(what: str, error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return (
        f"fcm was not {what}: {error.strerror or 'a file already exists at this path'}{where}. "
        "Run it with sudo, or choose a folder you can write to with --prefix."
    )
