"""The real PowerShell of this computer: where it is, and how it starts with fcm's modules before all others."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from fcm.mistakes import SentenceError

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = ("pwsh", "powershell")
"""PowerShell 7, else Windows PowerShell 5.1."""
ENGINES = ("auto", "powershell", "built-in")
"""What can run PowerShell; auto: PowerShell where there is one, else the built-in shell."""
MODULES = ("Fcm", "FailoverClusters", "Hyper-V", "FcmNodes")
"""The modules of fcm that are imported at the start of a session."""


FORBIDDEN = (
    "A group policy of this computer lets PowerShell run signed scripts only, and fcm's are not signed. Ask your "
    "administrator to allow them, or use the built-in shell: fcm shell, or fcm run --engine built-in"
)
"""What is said where -ExecutionPolicy Bypass has no effect."""
_SIGNED = "'AllSigned', 'Restricted', 'RemoteSigned'"
TOKEN = "FCM_TERMINAL"
"""The variable by which a session of the Console says which one it is."""


class NoPowerShellError(SentenceError):
    """There is no PowerShell on this computer."""


class ForbiddenError(SentenceError):
    """A group policy forbids scripts that are not signed."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a session is about."""

    uri: str
    """The cluster."""
    speed: float = 1.0
    """Of the clock of an embedded cluster; inf: as fast as possible."""
    fresh: bool = False
    """Whether the cluster begins without its history, and keeps none."""
    name: str = ""
    """What the cluster is called; "": its URI stands for it."""


def installed() -> str:
    """The path of PowerShell; "" if there is none."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), "")


def found() -> str:
    """The path of PowerShell.

    Raises:
        NoPowerShellError: there is none.
    """
    if path := installed():
        return path
    raise NoPowerShellError(
        "PowerShell is not installed. Install PowerShell 7 (https://aka.ms/powershell), or use the built-in shell: "
        "fcm shell, or fcm run --engine built-in"
    )


def program_for(engine: str) -> str:
    """The PowerShell that one of ``ENGINES`` means; "": the built-in shell.

    Raises:
        NoPowerShellError: PowerShell is asked for, and there is none.
    """
    match engine:
        case "built-in":
            return ""
        case "powershell":
            return found()
        case _:
            return installed()


_POLICY_5 = r"Software\Policies\Microsoft\Windows\PowerShell"
_POLICY_7 = r"Software\Policies\Microsoft\PowerShellCore"
"""Where the registry has what group policies say of scripts (learn.microsoft.com: about_Group_Policy_Settings)."""


def _setting(hive: str, key: str, name: str) -> str | int | None:
    """A value of the registry; None: there is none, or no registry."""
    found: str | int | None = None
    if sys.platform == "win32":
        import winreg

        top = winreg.HKEY_LOCAL_MACHINE if hive == "computer" else winreg.HKEY_CURRENT_USER
        with contextlib.suppress(OSError), winreg.OpenKey(top, key) as opened:
            found = winreg.QueryValueEx(opened, name)[0]
    return found


def check_policy(program: str) -> None:
    """Check that no group policy keeps fcm's scripts from running, which are files of this computer without signature.

    The policy of the computer comes before that of the user, both before -ExecutionPolicy (about_Execution_Policies).

    Raises:
        ForbiddenError: one does.
    """
    is_core = title_of(program) != "Windows PowerShell"
    for hive in ("computer", "user"):
        key = _POLICY_7 if is_core else _POLICY_5
        if is_core and _setting(hive, key, "UseWindowsPowerShellPolicySetting") == 1:
            key = _POLICY_5
        allows = _setting(hive, key, "EnableScripts")
        if allows is None:
            continue
        if allows == 0 or str(_setting(hive, key, "ExecutionPolicy")).casefold() in ("allsigned", "restricted"):
            raise ForbiddenError(FORBIDDEN)
        return


def title_of(program: str) -> str:
    """What an engine is called: PowerShell 7, Windows PowerShell, or the built-in shell ("")."""
    if not program:
        return "built-in shell"
    return "Windows PowerShell" if PurePath(program).stem.casefold() == "powershell" else "PowerShell"


def server(target: Target) -> list[str]:
    """The command by which the modules start the server, as words."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "fcm"]
    speed = "max" if target.speed == float("inf") else f"{target.speed:g}"
    words = [*own, "serve", "--stdio", "--cluster", target.uri, "--speed", speed]
    return [*words, "--fresh"] if target.fresh else words


def environment(target: Target, modules: Path) -> dict[str, str]:
    """The variables of a session: the modules in a folder come before all others, for this process only."""
    before = os.environ.get("PSModulePath", "")  # noqa: SIM112 (so PowerShell writes it, and the case counts)
    session = {"FCM_SESSION": os.urandom(8).hex()} if target.fresh else {}
    return {
        **os.environ,
        **session,
        "PSModulePath": os.pathsep.join(filter(None, (str(modules), before))),
        "FCM_SERVE": json.dumps(server(target)),
        "FCM_CLUSTER": target.name or target.uri,
    }


def begin(program: str, *options: str) -> list[str]:
    """The words that start PowerShell; the modules are not signed, so that Windows must be told to take them."""
    # This holds for the one process. On other systems there are no such policies.
    policy = ["-ExecutionPolicy", "Bypass"] if sys.platform == "win32" else []
    return [program, "-NoLogo", *options, *policy]


def quoted(text: str) -> str:
    """A text of PowerShell that nothing in it can end: all kinds of single quotes are doubled."""
    return "'" + re.sub("(['\u2018\u2019\u201a\u201b])", r"\1\1", text) + "'"


def interactive(program: str, modules: Path) -> list[str]:
    """The command of an interactive session, with the modules in a folder."""
    # By their paths: PowerShell 7 puts folders of its own before those that it inherits.
    names = ", ".join(quoted(str(modules / name)) for name in MODULES)
    first = (
        f"try {{ Import-Module {names} -ErrorAction Stop }} catch {{ "
        '[Console]::Error.WriteLine("The modules of fcm cannot be loaded. $_"); '
        f"if ($env:OS -eq 'Windows_NT' -and (Get-ExecutionPolicy) -in {_SIGNED}) "
        f"{{ [Console]::Error.WriteLine({quoted(FORBIDDEN)}) }}; exit 1 }}; "
        'function prompt { "[$env:FCM_CLUSTER] PS $($executionContext.SessionState.Path.CurrentLocation)> " }'
    )
    return [*begin(program, "-NoExit"), "-Command", first]
