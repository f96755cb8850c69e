"""Small cmdlets of every script: texts, time, folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import pipeline_input
from fcm.shell.language.errors import ParameterError, ShellError
from fcm.shell.runtime.parameters import ANY, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.files import text_of
from fcm.shell.values.objects import when
from fcm.shell.values.times import local
from fcm.shell.values.values import ShellObject, as_number, as_time, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fcm.shell.runtime.call import Call

CORE = "Core"


@cmdlet(
    "Write-Output",
    Param("InputObject", "any", position=0, rest=True, pipes=(ANY,)),
    synopsis="Writes values to the pipeline.",
    example="Write-Output 'done'",
    aliases=("echo", "write"),
    module=CORE,
)
def write_output(call: Call) -> Iterable[Any]:
    """Values."""
    return pipeline_input(call)


@cmdlet(
    "Write-Host",
    Param("Object", "any", position=0, rest=True, pipes=(ANY,)),
    Param("ForegroundColor"),
    Param("BackgroundColor"),
    Param("NoNewline", "switch"),
    synopsis="Displays text.",
    example='Write-Host "Moving $name"',
    module=CORE,
)
def write_host(call: Call) -> Iterable[Any]:
    """One line of text, at once."""
    call.session.say(text(call.values.get("Object", call.input)))
    return []


def _aside(call: Call, stream: str, wanted: bool) -> list[Any]:
    if wanted:
        call.session.say(call.text("Message"), stream)
    return []


@cmdlet(
    "Write-Warning", Param("Message", position=0, needed=True, pipes=(TEXT,)), synopsis="Displays a warning.",
    example="Write-Warning 'node3 is down'", module=CORE,
)  # fmt: skip
def write_warning(call: Call) -> Iterable[Any]:
    """One line, unless warnings are silenced."""
    action = call.text("WarningAction").casefold() or call.session.preference("Warning")
    return _aside(call, "warning", action not in ("silentlycontinue", "ignore"))


@cmdlet(
    "Write-Verbose", Param("Message", position=0, needed=True, pipes=(TEXT,)),
    synopsis="Displays text if -Verbose is set.",
    example="Write-Verbose 'Looking for a node' -Verbose", module=CORE,
)  # fmt: skip
def write_verbose(call: Call) -> Iterable[Any]:
    """One line, where it is wanted."""
    return _aside(call, "verbose", call.switch("Verbose") or call.session.preference("Verbose") == "continue")


@cmdlet(
    "Write-Error", Param("Message", position=0, needed=True, pipes=(TEXT,)), synopsis="Writes an error.",
    example="Write-Error 'No node is left'", module=CORE,
)  # fmt: skip
def write_error(call: Call) -> Iterable[Any]:
    """Report an error that the script itself has found.

    Raises:
        ShellError: always, with the message of the script.
    """
    raise ShellError(call.text("Message"), "", call.at, "NotSpecified")


@cmdlet(
    "Write-Progress",
    Param("Activity", position=0, needed=True),
    Param("Status", position=1),
    Param("PercentComplete", "whole"),
    Param("Completed", "switch"),
    synopsis="Displays progress.",
    example="Write-Progress 'Moving machines' -PercentComplete 50",
    module=CORE,
)
def write_progress(call: Call) -> Iterable[Any]:
    """Tell the progress."""
    percent = -1 if call.switch("Completed") else call.whole("PercentComplete") or 0
    call.session.on_progress(call.text("Activity"), call.text("Status"), percent)
    return []


@cmdlet(
    "Start-Sleep",
    Param("Seconds", "number", position=0, pipes=(TEXT,)),
    Param("Milliseconds", "number"),
    synopsis="Waits for a time on the cluster clock.",
    example="Start-Sleep 10",
    aliases=("sleep",),
    module=CORE,
)
def start_sleep(call: Call) -> Iterable[Any]:
    """Wait; in virtual time where the cluster has it.

    Raises:
        ParameterError: in the window, without a time, or with one that is not 0 to 86,400 s.
    """
    seconds = as_number(call.values.get("Seconds", 0)) + as_number(call.values.get("Milliseconds", 0)) / 1000
    if not call.session.waits:
        raise ParameterError(
            "Start-Sleep is not available in the window.", "Use Start-Sleep in scripts: fcm run, fcm shell.", call.at
        )
    if not call.has("Seconds") and not call.has("Milliseconds"):
        raise ParameterError("Start-Sleep requires -Seconds or -Milliseconds.", "Example: Start-Sleep 10", call.at)
    if not 0 <= seconds <= 86400:
        raise ParameterError(f"{text(seconds)} s is not a valid time to wait.", "Specify 0 to 86400 seconds.")
    call.session.waiting.until(lambda: False, float(seconds))
    return []


@cmdlet(
    "Get-Date",
    Param("Date", "any", position=0, help="A time to use instead of the current time, such as '2009-10-17 19:20:41'."),
    Param("Format"),
    synopsis="Gets the time of the cluster clock, in local time.",
    example="Get-Date",
    module=CORE,
)
def get_date(call: Call) -> Iterable[Any]:
    """Time of the cluster."""
    now = as_time(call.values["Date"]) if call.has("Date") else when(call.workspace.now())
    if call.has("Format"):
        from fcm.shell.values.operators import formatted

        return [formatted("{0:" + call.text("Format") + "}", [now])]
    return [now]


def file_object(path: Path) -> ShellObject:
    """A file or folder as a directory listing shows it."""
    status = path.stat()
    is_folder = path.is_dir()
    return ShellObject(
        "File",
        {
            "Mode": "d----" if is_folder else "-a---",
            "LastWriteTime": local(status.st_mtime),
            "Length": None if is_folder else status.st_size,
            "Name": path.name,
            "FullName": str(path),
        },
        str(path),
    )


@cmdlet(
    "Get-ChildItem",
    Param("Path", position=0, pipes=("File", TEXT)),
    synopsis="Gets the files in a folder on this computer.",
    example="Get-ChildItem .",
    aliases=("dir", "ls", "gci"),
    module=CORE,
)
def get_items(call: Call) -> Iterable[Any]:
    """List a folder."""
    folder = call.session.path(call.text("Path", "."))
    if folder.is_file():
        return [file_object(folder)]
    return [file_object(path) for path in sorted(folder.iterdir())]


@cmdlet(
    "Get-Content",
    Param("Path", position=0, needed=True, pipes=("File", TEXT)),
    Param("TotalCount", "whole", aliases=("First", "Head")),
    Param("Tail", "whole", aliases=("Last",)),
    Param("Raw", "switch", help="Return the text as one string instead of lines (3.0)."),
    synopsis="Gets the lines of a text file on this computer.",
    example="Get-ClusterLog -Node node1 -Destination logs | Get-Content -TotalCount 20",
    aliases=("cat", "type", "gc"),
    module=CORE,
)
def get_content(call: Call) -> Iterable[Any]:
    """Read a file.

    Raises:
        ParameterError: -Raw together with a number of lines.
    """
    path = call.session.path(call.text("Path"))
    whole = text_of(path)
    head, tail = call.count("TotalCount"), call.count("Tail")
    if call.switch("Raw"):
        if head is not None or tail is not None:
            raise ParameterError("-Raw returns the complete file.", "Leave -TotalCount and -Tail out.", call.at)
        return [whole]
    lines = whole.splitlines()
    if head is not None:
        return lines[:head]
    return lines if tail is None else lines[max(0, len(lines) - tail) :]


@cmdlet(
    "Set-Content",
    Param("Path", position=0, needed=True),
    Param("Value", "any", position=1, pipes=(ANY,)),
    synopsis="Writes lines to a text file on this computer.",
    example="Set-Content query.txt '<QueryList/>'",
    aliases=("sc",),
    module=CORE,
)
def set_content(call: Call) -> Iterable[Any]:
    """Write a file."""
    from fcm.shell.values.output import write_text
    from fcm.shell.values.values import items

    lines = call.input if call.has_input else items(call.values.get("Value"))
    path = call.session.path(call.text("Path"))
    return call.carry_out(str(path), lambda: write_text(path, "\n".join(text(line) for line in lines)))


@cmdlet(
    "Test-Path", Param("Path", position=0, needed=True, pipes=("File", TEXT)),
    synopsis="Checks whether a file or folder exists.",
    example="Test-Path logs", module=CORE,
)  # fmt: skip
def test_path(call: Call) -> Iterable[Any]:
    """Whether it is there."""
    return [call.session.path(call.text("Path")).exists()]


@cmdlet(
    "New-Item",
    Param("Path", position=0, needed=True),
    Param("ItemType", aliases=("Type",), choices=("Directory", "Folder", "Container")),
    Param("Force", "switch"),
    synopsis="Creates a folder on this computer.",
    example="New-Item logs -ItemType Directory",
    aliases=("mkdir", "md", "ni"),
    module=CORE,
)
def new_item(call: Call) -> Iterable[Any]:
    """Make a folder."""
    path = call.session.path(call.text("Path"))
    said = call.carry_out(str(path), lambda: path.mkdir(parents=True, exist_ok=True))
    return said or ([file_object(path)] if path.exists() else [])
