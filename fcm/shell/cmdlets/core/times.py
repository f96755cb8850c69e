"""Get-Date, New-TimeSpan, Start-Sleep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fcm.shell.cmdlets.core.selecting import core_error
from fcm.shell.language.errors import ParameterError, ShellError, UnsupportedError
from fcm.shell.runtime.parameters import ANY, TEXT, Param
from fcm.shell.runtime.registry import cmdlet
from fcm.shell.values.net.casting import to_time
from fcm.shell.values.objects import when
from fcm.shell.values.operators import formatted_value
from fcm.shell.values.times import loose
from fcm.shell.values.values import as_number, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from fcm.shell.runtime.call import Call

CORE = "Core"
_PARTS = ("Year", "Month", "Day", "Hour", "Minute", "Second", "Millisecond")


@cmdlet(
    "Start-Sleep",
    Param("Seconds", "number", position=0, pipes=(TEXT,)),
    Param("Milliseconds", "number", aliases=("ms",)),
    synopsis="Waits for a time on the cluster clock.",
    example="Start-Sleep 10",
    aliases=("sleep",),
    module=CORE,
)
def start_sleep(call: Call) -> Iterable[Any]:
    """Wait; in virtual time where the cluster has it.

    Raises:
        ParameterError: a parameter is missing or does not fit.
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
    Param(
        "Date", "any", position=0, help="A time to use instead of the current time, such as '2009-10-17 19:20:41'.",
        pipes=(ANY,),
    ),
    Param("Format"),
    Param("UFormat"),
    *(Param(name, "whole") for name in _PARTS),
    synopsis="Gets the time of the cluster clock, in local time.",
    example="Get-Date",
    module=CORE,
)  # fmt: skip
def get_date(call: Call) -> Iterable[Any]:
    """Time of the cluster."""
    if call.has_input and not call.has("Date"):
        found: list[Any] = []
        for one in call.input:
            call.values["Date"] = one
            found += _shown(call, _time(call))
        return found
    return _shown(call, _time(call))


def _shown(call: Call, time: datetime) -> list[Any]:
    if call.has("Format"):
        return [formatted_value(time, call.text("Format"))]
    return [_unix(time, call.text("UFormat"))] if call.has("UFormat") else [time]


def _time(call: Call) -> datetime:
    if not call.has("Date"):
        time = when(call.workspace.now())
    else:
        try:
            time = to_time(call.values["Date"])
        except UnsupportedError:
            raise
        except ShellError as error:
            failed = core_error(call, error.message, "CannotConvertArgumentNoMessage")
            failed.exact = False
            raise failed from error
    given = {name.casefold(): call.whole(name) for name in _PARTS if call.has(name)}
    if "millisecond" in given:
        given["microsecond"] = (given.pop("millisecond") or 0) * 1000
    try:
        return time.replace(**given) if given else time  # type: ignore[arg-type]
    except ValueError as error:
        raise ParameterError(f"There is no such time: {error}.", "Check year, month and day.") from error


def _unix(time: datetime, form: str) -> str:
    """-UFormat."""
    names = {
        **{"Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "y": "yy", "B": "MMMM", "b": "MMM"},
        **{"A": "dddd", "a": "ddd", "I": "hh", "p": "tt", "D": "MM/dd/yy", "R": "HH:mm", "T": "HH:mm:ss"},
        **{"F": "yyyy-MM-dd", "h": "MMM"},
    }
    shown, place = "", 0
    while place < len(form):
        if form[place] != "%" or place + 1 >= len(form):
            shown += form[place]
            place += 1
            continue
        letter = form[place + 1]
        place += 2
        match letter:
            case "%":
                shown += "%"
            case "e":
                shown += f"{time.day:2d}"
            case "j":
                shown += f"{time.timetuple().tm_yday:03d}"
            case "u":
                shown += str(time.isoweekday())
            case "n":
                shown += "\n"
            case "t":
                shown += "\t"
            case _ if letter in names:
                shown += formatted_value(time, f"{names[letter]}" if len(names[letter]) > 1 else f"%{names[letter]}")
            case _:
                raise UnsupportedError(f"-UFormat with %{letter}")
    return shown


@cmdlet(
    "New-TimeSpan",
    Param("Start", "any", position=0),
    Param("End", "any", position=1),
    Param("Days", "whole"),
    Param("Hours", "whole"),
    Param("Minutes", "whole"),
    Param("Seconds", "whole"),
    Param("Milliseconds", "whole"),
    synopsis="Creates a time span.",
    example="New-TimeSpan -Start '2009-10-17' -End (Get-Date)",
    module=CORE,
)
def new_span(call: Call) -> Iterable[Any]:
    """A span."""
    if call.has("Start") or call.has("End"):
        now = when(call.workspace.now())
        start = to_time(call.values["Start"]) if call.has("Start") else now
        end = to_time(call.values["End"]) if call.has("End") else now
        return [loose(end.replace(tzinfo=None)) - loose(start.replace(tzinfo=None))]
    names = ("Days", "Hours", "Minutes", "Seconds", "Milliseconds")
    return [timedelta(**{name.casefold(): call.whole(name, 0) for name in names})]
