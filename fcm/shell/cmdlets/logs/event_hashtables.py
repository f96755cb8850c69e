"""-FilterHashtable of Get-WinEvent as a structured query.

Keys are those of the documentation of Get-WinEvent; any other key is the name of a Data element, or of an element of
UserData. Values of one key are alternatives, keys are conditions that all hold.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from fcm.logs.channels import CHANNELS
from fcm.logs.queries.query import FILE
from fcm.shell.language.errors import ConversionError, ParameterError
from fcm.shell.values.values import as_time, as_whole, items, text
from fcm.text.markup import escape, quoteattr
from fcm.text.words import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fcm.shell.runtime.call import Call

    Names = Callable[[Call, Sequence[str]], list[str]]

_KEYS = ("LogName", "ProviderName", "Path", "Keywords", "ID", "Level", "StartTime", "EndTime", "UserID", "Data",
         "SuppressHashFilter")  # fmt: skip
_KEYWORDS = {
    "auditfailure": 0x10000000000000, "auditsuccess": 0x20000000000000, "correlationhint2": 0x40000000000000,
    "eventlogclassic": 0x80000000000000, "sqm": 0x8000000000000, "wdidiagnostic": 0x4000000000000,
    "wdicontext": 0x2000000000000, "responsetime": 0x1000000000000, "none": 0,
}  # fmt: skip
"""System.Diagnostics.Eventing.Reader.StandardEventKeywords."""
_LEVELS = {"logalways": 0, "critical": 1, "error": 2, "warning": 3, "informational": 4, "information": 4, "verbose": 5}
"""StandardEventLevel, and the name that events show."""
_USERS = {"system": "S-1-5-18", "nt authority\\system": "S-1-5-18", "localsystem": "S-1-5-18"}


def query_xml(call: Call, tables: Sequence[Any], logs_named: Names, providers_named: Names) -> str:
    """The query that hashtables say; each is a Query of its own.

    Raises:
        ParameterError: a key or value cannot be used.
        NotFoundError: there is no such log or provider.
    """
    if not tables:
        raise ParameterError("-FilterHashtable is empty.", "Use @{LogName='System'}.", call.at)
    parts = [_query(call, number, table, logs_named, providers_named) for number, table in enumerate(tables)]
    return f"<QueryList>{''.join(parts)}</QueryList>"


def _query(call: Call, number: int, table: Any, logs_named: Names, providers_named: Names) -> str:
    said = _keys(call, table)
    if not {"LogName", "ProviderName", "Path"} & set(said):
        raise ParameterError("The hashtable has no LogName, ProviderName or Path.", "Use @{LogName='System'; ...}.",
                             call.at)  # fmt: skip
    sources = [FILE + text(one) for one in items(said.pop("Path", None))]
    logs = [text(one) for one in items(said.pop("LogName", None))]
    sources += logs_named(call, logs) if logs else []
    providers = [text(one) for one in items(said.pop("ProviderName", None))]
    if providers and not any(one.startswith(FILE) for one in sources):
        providers = providers_named(call, providers)
    suppressed = said.pop("SuppressHashFilter", None)
    test = _expression(call, said, providers)
    sources = sources or [one.name for one in CHANNELS]
    lines = [f"<Select Path={quoteattr(one)}>{escape(test)}</Select>" for one in sources]
    if suppressed is not None:
        against = _keys(call, suppressed)
        wrong = next((one for one in ("LogName", "Path", "SuppressHashFilter") if one in against), None)
        if wrong is not None:
            raise ParameterError(
                f"SuppressHashFilter cannot contain {wrong}.", "Remove it from SuppressHashFilter.", call.at
            )
        names = [text(one) for one in items(against.pop("ProviderName", None))]
        test = _expression(call, against, names)
        lines += [f"<Suppress Path={quoteattr(one)}>{escape(test)}</Suppress>" for one in sources]
    return f'<Query Id="{number}">{"".join(lines)}</Query>'


def _keys(call: Call, table: Any) -> dict[str, Any]:
    """The table with its keys as they are written in the documentation."""
    if not isinstance(table, dict):
        raise ParameterError(f"{quoted(text(table))} is not a hashtable.", "Use @{LogName='System'}.", call.at)
    by_fold = {one.casefold(): one for one in _KEYS}
    return {by_fold.get(text(key).casefold(), text(key)): value for key, value in table.items()}


def _expression(call: Call, said: dict[str, Any], providers: Sequence[str]) -> str:
    system: list[str] = []
    event: list[str] = []
    if providers:
        system.append(f"Provider[{_or(f'@Name={_quoted(call, one)}' for one in providers)}]")
    for key, value in said.items():
        values = items(value)
        if not values:
            raise ParameterError(f"{key} has no value.", "Enter a value, or remove the key.", call.at)
        match key:
            case "ID":
                system.append(f"({_or(f'EventID={_whole(call, key, one)}' for one in values)})")
            case "Level":
                system.append(f"({_or(f'Level={_named(call, key, one, _LEVELS)}' for one in values)})")
            case "Keywords":
                mask = 0
                for one in values:
                    mask |= _named(call, key, one, _KEYWORDS)
                system.append(f"band(Keywords, {mask & (2**64 - 1)})")  # hexadecimal ones of 64 bits have a sign
            case "StartTime" | "EndTime":
                sign = ">=" if key == "StartTime" else "<="
                system.append(f"TimeCreated[@SystemTime {sign} '{_time(call, key, value)}']")
            case "UserID":
                users = [_quoted(call, _USERS.get(text(one).casefold(), text(one))) for one in values]
                system.append(f"Security[{_or(f'@UserID={one}' for one in users)}]")
            case "Data":
                found = [_quoted(call, text(one)) for one in values]
                event.append(f"({_or(f'EventData/Data={one} or UserData/*/*={one}' for one in found)})")
            case _:
                name = _quoted(call, key)
                found = [_quoted(call, text(one)) for one in values]
                in_user = [f" or UserData/*/{key}={one}" if key.isidentifier() else "" for one in found]
                named = [f"EventData/Data[@Name={name}]={one}" for one in found]
                event.append(f"({_or(one + more for one, more in zip(named, in_user, strict=True))})")
    tests = [f"System[{' and '.join(system)}]"] if system else []
    return f"*[{' and '.join([*tests, *event])}]" if tests or event else "*"


def _or(tests: Any) -> str:
    return " or ".join(tests)


def _quoted(call: Call, value: str) -> str:
    if "'" not in value:
        return f"'{value}'"
    if '"' in value:
        raise ParameterError(f"{quoted(value)} contains both kinds of quotes, which is not possible in a query.",
                             "Use Where-Object instead.", call.at)  # fmt: skip
    return f'"{value}"'


def _whole(call: Call, key: str, value: Any) -> int:
    try:
        return as_whole(value, key)
    except ConversionError as error:
        raise ParameterError(error.message, error.remedy, call.at) from error


def _named(call: Call, key: str, value: Any, names: dict[str, int]) -> int:
    known = names.get(text(value).casefold())
    return _whole(call, key, value) if known is None else known


def _time(call: Call, key: str, value: Any) -> str:
    try:
        time = as_time(value)
    except ConversionError as error:
        raise ParameterError(f"{key}: {error.message}", error.remedy, call.at) from error
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
