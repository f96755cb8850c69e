"""Cmdlets that write to the streams: Write-Output, Write-Host, Write-Warning and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fcm.shell.language.errors import ShellError, UnsupportedError
from fcm.shell.language.exceptions import WRITTEN
from fcm.shell.runtime.execution.streams import record_of
from fcm.shell.runtime.parameters import ANY, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net.casting import to_enum
from fcm.shell.values.net.enums import ENUMS
from fcm.shell.values.net.types import NetType
from fcm.shell.values.records import ErrorRecord, ExceptionObject
from fcm.shell.values.values import ShellObject, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fcm.shell.runtime.call import Call

CORE = "Core"
_CATEGORY = NetType("System.Management.Automation.ErrorCategory")


@cmdlet(
    "Write-Output",
    Param("InputObject", "any", position=0, rest=True, pipes=(ANY,)),
    Param("NoEnumerate", "switch"),
    synopsis="Writes values to the pipeline.",
    example="Write-Output 'done'",
    aliases=("echo", "write"),
    module=CORE,
)
def write_output(call: Call) -> Iterable[Any]:
    """Values."""
    if call.has_input:
        return call.input
    given = call.values.get("InputObject")
    if call.switch("NoEnumerate"):
        return [given]
    found: list[Any] = []
    for one in given if isinstance(given, list) else [given]:
        found += list(one) if isinstance(one, list) else [one]
    return found if call.has("InputObject") else []


@cmdlet(
    "Write-Host",
    Param("Object", "any", position=0, rest=True, pipes=(ANY,)),
    Param("Separator", "any"),
    Param("ForegroundColor"),
    Param("BackgroundColor"),
    Param("NoNewline", "switch"),
    synopsis="Displays text.",
    example='Write-Host "Moving $name"',
    module=CORE,
)
def write_host(call: Call) -> Iterable[Any]:
    """One line of text, at once."""
    between = call.text("Separator") if call.has("Separator") else " "
    given = call.values.get("Object", call.input)
    parts = given if isinstance(given, list) else [given]
    line = between.join(text(one, between) for one in parts)
    record = record_of("host", line)
    color = call.text("ForegroundColor")
    shown = None if not color else to_enum(NetType("System.ConsoleColor"), color)
    message = ShellObject(
        "HostInformationMessage",
        {"Message": line, "NoNewLine": call.switch("NoNewline"), "ForegroundColor": shown, "BackgroundColor": None},
    )
    message.methods["ToString"] = lambda: line
    record.properties["MessageData"] = message
    call.session.errors.write(record, "host", line if not call.switch("NoNewline") else f"{line}\0")
    return []


def _action(call: Call, name: str, preference: str) -> str:
    return call.text(f"{name}Action").casefold() or call.session.preference(preference)


@cmdlet(
    "Write-Warning", Param("Message", position=0, needed=True, pipes=(TEXT,)), synopsis="Displays a warning.",
    example="Write-Warning 'node3 is down'", module=CORE,
)  # fmt: skip
def write_warning(call: Call) -> Iterable[Any]:
    """One line, unless warnings are silenced.

    Raises:
        UnsupportedError: the built-in shell does not have what is asked for.
    """
    line = call.text("Message")
    record = record_of("warning", line)
    action = _action(call, "Warning", "Warning")
    if action in ("silentlycontinue", "ignore", "0", "4"):
        call.session.streams.keep(3, record)
    elif action == "stop":
        raise UnsupportedError("-WarningAction Stop")
    else:
        call.session.errors.write(record, "warning", line)
    return []


@cmdlet(
    "Write-Verbose", Param("Message", position=0, needed=True, pipes=(TEXT,)),
    synopsis="Displays text if -Verbose is set.",
    example="Write-Verbose 'Looking for a node' -Verbose", module=CORE,
)  # fmt: skip
def write_verbose(call: Call) -> Iterable[Any]:
    """One line, where it is wanted."""
    wanted = call.switch("Verbose") if call.has("Verbose") else call.session.preference("Verbose") == "continue"
    if wanted:
        call.session.errors.write(record_of("verbose", call.text("Message")), "verbose", call.text("Message"))
    return []


@cmdlet(
    "Write-Debug", Param("Message", position=0, needed=True, pipes=(TEXT,)),
    synopsis="Displays text if -Debug is set.",
    example="Write-Debug 'took the lock' -Debug", module=CORE,
)  # fmt: skip
def write_debug(call: Call) -> Iterable[Any]:
    """One line, where it is wanted."""
    wanted = call.switch("Debug") if call.has("Debug") else call.session.preference("Debug") == "continue"
    if wanted:
        call.session.errors.write(record_of("debug", call.text("Message")), "debug", call.text("Message"))
    return []


@cmdlet(
    "Write-Information",
    Param("MessageData", "any", position=0, needed=True, aliases=("Msg", "Message"), pipes=(ANY,)),
    Param("Tags", "texts", position=1),
    synopsis="Writes to the information stream.",
    example="Write-Information 'scan finished' -InformationAction Continue",
    module=CORE,
)
def write_information(call: Call) -> Iterable[Any]:
    """A record; shown only where it is wanted."""
    data = call.values.get("MessageData", call.input[0] if call.input else None)
    record = record_of("information", text(data))
    record.properties = {"MessageData": data, "Tags": call.texts("Tags")}
    if not call.session.streams.take(6, record) and _action(call, "Information", "Information") == "continue":
        call.session.say(text(data), "information", told=True)
    return []


@cmdlet(
    "Write-Error",
    Param("Message", position=0, pipes=(TEXT,)),
    Param("Exception", "any"),
    Param("ErrorRecord", "any"),
    Param("ErrorId"),
    Param("Category"),
    Param("TargetObject", "any"),
    Param("RecommendedAction"),
    synopsis="Writes an error.",
    example="Write-Error 'No node is left'",
    module=CORE,
)
def write_error(call: Call) -> Iterable[Any]:
    """An error after which the script goes on."""
    given = call.values.get("ErrorRecord")
    if isinstance(given, ErrorRecord) and given.error is not None:
        call.session.errors.fail(given.error, call.wanted)
        return []
    thrown = call.values.get("Exception")
    message = call.text("Message") or (text(thrown.get("Message")) if isinstance(thrown, ExceptionObject) else "")
    category = call.text("Category", "NotSpecified")
    names = {name.casefold(): name for name in ENUMS[_CATEGORY.name]}
    error = ShellError(message, "", call.at, names.get(category.casefold(), category))
    error.exact, error.net_type = True, WRITTEN
    error.command = call.text("ErrorCommand") or _function(call)
    error.thrown = thrown if isinstance(thrown, ExceptionObject) else None
    if isinstance(thrown, ExceptionObject):
        error.net_type = text(thrown.properties.get("Type"))
    known = call.text("ErrorId") or error.net_type
    error.known_id = f"{known},{error.command}" if error.command and not call.has("ErrorId") else known
    if call.has("ErrorId") and error.command:
        error.known_id = f"{known},{error.command}"
    target = call.values.get("TargetObject")
    if target is not None:
        from fcm.shell.values.records import error_record

        error_record(error).properties["TargetObject"] = target
    call.session.errors.fail(error, call.wanted)
    return []


def _function(call: Call) -> str:
    """The function that a command stands in."""
    found = call.session.variables.get("MyInvocation")
    command = found.get("MyCommand") if isinstance(found, ShellObject) else None
    return text(command.get("Name")) if isinstance(command, ShellObject) else ""


@cmdlet(
    "Write-Progress",
    Param("Activity", position=0, needed=True),
    Param("Status", position=1),
    Param("Id", "whole", position=2),
    Param("ParentId", "whole"),
    Param("PercentComplete", "whole"),
    Param("SecondsRemaining", "whole"),
    Param("CurrentOperation"),
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
