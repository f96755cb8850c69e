"""Event channels: those of the guide's query and of Failover Clustering, and whether each is enabled.

Names have the dash form of Windows Server 2008 R2 (``...-VMMS-Admin``); the slash form of tools is understood too.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """Which logs are enabled, and since when."""

    def __init__(self) -> None:
        self._since: dict[str, float | None] = {
            channel.name: float("-inf") if channel.enabled else None for channel in CHANNELS
        }
        self._until: dict[str, list[tuple[float, float]]] = {}

    def enabled(self, channel: str) -> bool:
        """Whether the log takes events now."""
        return self._since.get(channel) is not None

    def enable(self, channel: str, on: bool, now: float) -> None:
        """Enable or disable a log from ``now`` (s since the epoch) on.

        Raises:
            KeyError: there is no such log.
        """
        since = self._since[channel]
        if on and since is None:
            self._since[channel] = now
        elif not on and since is not None:
            self._until.setdefault(channel, []).append((since, now))
            self._since[channel] = None

    def keeps(self, channel: str, time: float) -> bool:
        """Whether the log took an event of that time (s since the epoch)."""
        since = self._since.get(channel)
        if since is not None and time >= since:
            return True
        return any(start <= time <= end for start, end in self._until.get(channel, ()))
