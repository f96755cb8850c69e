"""Methods of times and time spans."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from fcm.shell.language.errors import ShellError
from fcm.shell.values.net.casting import to_number, to_span
from fcm.shell.values.net.comparing import compare
from fcm.shell.values.net.cultures import Culture
from fcm.shell.values.net.types import NetType
from fcm.shell.values.operators import formatted_value
from fcm.shell.values.times import Unspecified
from fcm.shell.values.values import text

_UNITS = {"adddays": "days", "addhours": "hours", "addminutes": "minutes", "addseconds": "seconds"}


def of_time(value: datetime, name: str, arguments: list[Any]) -> Any:
    """A method of a time.

    Raises:
        KeyError: there is none of that name for these arguments.
    """
    match name, arguments:
        case "adddays" | "addhours" | "addminutes" | "addseconds" | "addmilliseconds", [count]:
            unit = _UNITS.get(name, "milliseconds")
            return value + timedelta(**{unit: float(to_number(NetType("System.Double"), count))})
        case "addmonths", [count]:
            return _months(value, int(to_number(NetType("System.Int32"), count)))
        case "addyears", [count]:
            return _months(value, 12 * int(to_number(NetType("System.Int32"), count)))
        case "addticks", [count]:
            return value + timedelta(microseconds=int(count) // 10)
        case "tostring", [form]:
            return formatted_value(value, text(form) if not isinstance(form, Culture) else "")
        case "tostring", [form, Culture()]:
            return formatted_value(value, text(form))
        case "touniversaltime", []:
            return _plain(value).astimezone(UTC)
        case "tolocaltime", []:
            return _plain(value if not isinstance(value, Unspecified) else value.replace(tzinfo=UTC)).astimezone()
        case "subtract", [datetime() as other]:
            return value.replace(tzinfo=None) - other.replace(tzinfo=None)
        case "subtract", [timedelta() as other]:
            return value - other
        case "add", [one]:
            return value + to_span(one)
        case "toshortdatestring", []:
            return formatted_value(value, "d")
        case "tolongdatestring", []:
            return formatted_value(value, "D")
        case "toshorttimestring", []:
            return formatted_value(value, "t")
        case "tolongtimestring", []:
            return formatted_value(value, "T")
        case "compareto", [one]:
            return compare(value, one)
    raise KeyError(name)


def _plain(value: datetime) -> datetime:
    parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    return datetime(*parts, tzinfo=value.tzinfo)


def _months(value: datetime, count: int) -> datetime:
    months = value.year * 12 + value.month - 1 + count
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise ShellError("The added value results in an un-representable DateTime.", "Add less.")
    day = min(value.day, calendar.monthrange(year, month + 1)[1])
    return value.replace(year=year, month=month + 1, day=day)


def of_span(value: timedelta, name: str, arguments: list[Any]) -> Any:
    """A method of a time span.

    Raises:
        KeyError: there is none of that name for these arguments.
    """
    match name, arguments:
        case "add", [one]:
            return value + to_span(one)
        case "subtract", [one]:
            return value - to_span(one)
        case "negate", []:
            return -value
        case "duration", []:
            return abs(value)
        case "tostring", [form]:
            return formatted_value(value, text(form))
    raise KeyError(name)
