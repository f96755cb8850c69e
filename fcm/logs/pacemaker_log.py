"""Logs of Pacemaker and Corosync as lines of a cluster log, see ``cluster_log``.

Both write local time without a year; what they say is turned to GMT with the clock of the node that wrote it.
"""

from __future__ import annotations

import heapq
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from fcm.logs.cluster_log import stamp
from fcm.text.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "(hidden)"
"""What stands for a secret."""
_TIME = r"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?)"
_PACEMAKER = re.compile(
    rf"{_TIME} \S+ (?P<component>[\w.-]+)\s+\[(?P<process>\d+)\] (?:\([^)]*\))?\s*(?P<level>\w+): (?P<text>.*)"
)
_COROSYNC = re.compile(
    rf"{_TIME} \[(?P<process>\d+)\] \S+ corosync (?P<level>\w+)\s+\[(?P<component>\w+)\s*\] (?P<text>.*)"
)
_LEVELS = {"emerg": "ERR", "alert": "ERR", "crit": "ERR", "critical": "ERR", "error": "ERR", "warning": "WARN"}
_SECRET_NAME = r"[\w-]*(?:passw|secret|community|priv_?key|credential)[\w-]*"
# The options passwd_script and password_file name files; only their contents are secret.
_XML = re.compile(rf'(name="(?!\w*_(?:script|file)"){_SECRET_NAME}"[^<>]*? value=")[^"]*', re.IGNORECASE)
_PAIR = re.compile(
    rf"(?<![\w-])((?!\w*_(?:script|file)\b){_SECRET_NAME}\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;]+)", re.IGNORECASE
)


def lines_of(text: str, clock: float, offset: float, since: float | None = None) -> Iterator[str]:
    """The lines of a log, oldest first; what follows a line without a time of its own belongs to it.

    Args:
        text: of pacemaker.log or corosync.log. Its first line may be cut and is left out then.
        clock: what the clock of the node showed when it was read, s since the epoch.
        offset: s that its local time is ahead of GMT.
        since: s since the epoch, before which lines are left out; None: none is.
    """
    zone = timezone(timedelta(seconds=offset))
    now = datetime.fromtimestamp(clock, zone)
    head, is_wanted = "", False
    for line in text.splitlines():
        found = _PACEMAKER.match(line) or _COROSYNC.match(line)
        moment = None if found is None else _moment(found["time"], now)
        if found is None or moment is None:
            if head and is_wanted and line.strip():
                yield f"{head}{_cleaned(line)}"
            continue
        is_wanted = since is None or moment >= since
        process = int(found["process"])
        level = _LEVELS.get(found["level"].lower(), "INFO")
        head = f"{process:08x}.{process:08x}::{stamp(moment)} {level:<5} [{found['component']}] "
        if is_wanted:
            yield f"{head}{_cleaned(found['text'])}"


def _moment(text: str, now: datetime) -> float | None:
    """Seconds since the epoch; of the two years that are possible the one that is not in the future."""
    shape = "%Y %b %d %H:%M:%S.%f" if "." in text else "%Y %b %d %H:%M:%S"
    for year in (now.year, now.year - 1):
        try:
            moment = datetime.strptime(f"{year} {text}", shape).replace(tzinfo=now.tzinfo)
        except ValueError:  # February 29 of another year
            continue
        if moment <= now + timedelta(days=1):
            return moment.astimezone(UTC).timestamp()
    return None


def moment_of(line: str) -> float:
    """When a line of a cluster log was written, s since the epoch."""
    return datetime.strptime(f"{line[19:42]}+0000", "%Y/%m/%d-%H:%M:%S.%f%z").timestamp()


def hide(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without the values of options that are secrets, and without the secrets that are known."""
    for secret in sorted({one for one in secrets if one}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _PAIR.sub(rf"\1{HIDDEN}", _XML.sub(rf"\1{HIDDEN}", text))


def _cleaned(text: str) -> str:
    return hide(" ".join(plain(text).split()))


def merged(*logs: Iterable[str]) -> Iterator[str]:
    """Lines of several logs by their time, which stands at the same place in each."""
    return heapq.merge(*logs, key=lambda line: line[19:42])
