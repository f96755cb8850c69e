"""Event channels: those of the guide's query and of Failover Clustering, and whether each is enabled.

Names have the dash form of Windows Server 2008 R2 (``...-VMMS-Admin``); the slash form of tools is understood too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HYPER_V = "Microsoft-Windows-Hyper-V-"
SYSTEM = "System"
CLUSTERING = "Microsoft-Windows-FailoverClustering"


@dataclass(frozen=True, slots=True)
class Channel:
    """One event log."""

    name: str
    enabled: bool = True
    """Whether it is enabled unless somebody changes it: analytic logs are not."""
    kind: str = "Admin"
    """Admin, Operational or Analytic."""


CHANNELS: tuple[Channel, ...] = (
    Channel(SYSTEM),
    Channel(f"{HYPER_V}Config-Admin"),
    Channel(f"{HYPER_V}High-Availability-Admin"),
    Channel(f"{HYPER_V}High-Availability-Analytic", enabled=False, kind="Analytic"),
    Channel(f"{HYPER_V}Hypervisor-Admin"),
    Channel(f"{HYPER_V}Integration-Admin"),
    Channel(f"{HYPER_V}Network-Admin"),
    Channel(f"{HYPER_V}SynthStor-Admin"),
    Channel(f"{HYPER_V}SynthNic-Admin"),
    Channel(f"{HYPER_V}Image-Management-Service-Admin"),
    Channel(f"{HYPER_V}VMMS-Admin"),
    Channel(f"{HYPER_V}Worker-Admin"),
    Channel(f"{CLUSTERING}-Operational", kind="Operational"),
    Channel(f"{CLUSTERING}-Diagnostic", enabled=False, kind="Analytic"),
    Channel(f"{CLUSTERING}-Manager-Admin"),
    Channel("fcm", kind="Operational"),
)
"""All logs; "fcm" holds what this program itself has to say."""


def _key(name: str) -> str:
    return name.strip().casefold().replace("/", "-")


_BY_KEY = {_key(channel.name): channel for channel in CHANNELS}


def channel_named(name: str) -> Channel | None:
    """The log of a name, in dash or slash form, whatever the case; None if there is none."""
    return _BY_KEY.get(_key(name))


class EventLogs:
    """Which logs are enabled, and when they were."""

    def __init__(self) -> None:
        self._spans = _at_first()

    def enabled(self, channel: str) -> bool:
        """Whether the log takes events now."""
        spans = self._spans.get(channel, [])
        return bool(spans) and spans[-1][1] == math.inf

    def enable(self, channel: str, on: bool, now: float) -> None:
        """Enable or disable a log from ``now`` (s since the epoch) on.

        Raises:
            KeyError: there is no such log.
        """
        spans = self._spans[channel]
        if on and not self.enabled(channel):
            self._spans[channel] = [*spans, (now, math.inf)]
        elif not on and self.enabled(channel):
            self._spans[channel] = [*spans[:-1], (spans[-1][0], now)]

    def spans(self, channel: str) -> Sequence[tuple[float, float]]:
        """When the log was enabled: first and last s since the epoch; -inf and inf where there is no end."""
        return self._spans.get(channel, ())

    def keeps(self, channel: str, time: float) -> bool:
        """Whether the log took an event of that time (s since the epoch)."""
        return any(start <= time <= end for start, end in self.spans(channel))

    def changed(self) -> dict[str, list[list[float | None]]]:
        """The logs that are not as they are at first, as plain values for a file; None stands for no end."""
        plain = _at_first()
        return {
            channel: [[None if math.isinf(end) else end for end in span] for span in spans]
            for channel, spans in self._spans.items()
            if spans != plain[channel]
        }

    def restore(self, changed: object) -> None:
        """Take what ``changed`` gave; what is no such thing is left out."""
        for channel, spans in changed.items() if isinstance(changed, dict) else ():
            if channel not in self._spans or not isinstance(spans, list):
                continue
            found = [_span(span) for span in spans]
            self._spans[channel] = [span for span in found if span is not None]


def _at_first() -> dict[str, list[tuple[float, float]]]:
    return {channel.name: [(-math.inf, math.inf)] if channel.enabled else [] for channel in CHANNELS}


def _span(value: object) -> tuple[float, float] | None:
    match value:
        case [None | int() | float() as start, None | int() | float() as end]:
            return (-math.inf if start is None else float(start), math.inf if end is None else float(end))
        case _:
            return None
